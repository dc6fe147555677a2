//! For tests only: a place for a store of its own, on the engine that this run of the tests is about.
//!
//! Without more it is SQLite. With `MANYTONGUE_TEST_ENGINE=postgres` it is the PostgreSQL at
//! `MANYTONGUE_TEST_POSTGRES_URL`, where each place has schemas of its own that go with it.

use model::{DatabaseKey, Result};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use store::database::Database;
use store::database::readers::ScanPool;
use store::home::Home;
use store::index::AdvisorOptions;
use store::postgres::{Node, PostgresOptions};
use store::sqlite::Durability;
use store::store::{Store, StoreOptions};
use tempfile::TempDir;

/// Whether this run is about PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var("MANYTONGUE_TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

/// A place for a store; what is in it goes with the value.
pub struct Bed {
    folder: TempDir,
    postgres: Option<PostgresOptions>,
    node: OnceLock<Arc<Node>>,
}

impl Default for Bed {
    fn default() -> Bed {
        Bed::new()
    }
}

impl Bed {
    /// An empty place.
    pub fn new() -> Bed {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = TempDir::new().expect("a folder");
        let postgres = on_postgres().then(|| {
            let url = std::env::var("MANYTONGUE_TEST_POSTGRES_URL").expect("MANYTONGUE_TEST_POSTGRES_URL is set");
            let time = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() % 1_000_000_000);
            let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            PostgresOptions { prefix: format!("test_{process}_{time}_{count}"), ..PostgresOptions::new(&url) }
        });
        Bed { folder, postgres, node: OnceLock::new() }
    }

    /// An empty place for files, whatever the run is about: for what only SQLite does.
    pub fn in_files() -> Bed {
        Bed { folder: TempDir::new().expect("a folder"), postgres: None, node: OnceLock::new() }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where PostgreSQL is, when this run is about it.
    pub fn postgres(&self) -> Option<&PostgresOptions> {
        self.postgres.as_ref()
    }

    /// All bytes that are kept here: the files by name, and what a dump of PostgreSQL has.
    pub fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        files(self.path(), &mut found);
        if let Some(options) = &self.postgres {
            let schemas = format!("--schema={}*", options.prefix);
            let dump = Command::new("pg_dump").args(["--inserts", &schemas, &options.url]).output().expect("pg_dump");
            assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
            found.push(("PostgreSQL".to_owned(), dump.stdout));
        }
        found
    }

    /// Settings for a store here, as quick as they can be.
    pub fn options(&self) -> StoreOptions {
        StoreOptions { postgres: self.postgres.clone(), durability: Durability::Normal, ..StoreOptions::default() }
    }

    /// Opens the store.
    pub fn store(&self) -> Store {
        Store::open(self.path(), self.options(), 0).expect("a store")
    }

    /// Opens a database without a store around it, made as needed.
    pub fn database(&self, key: DatabaseKey, advice: AdvisorOptions, now: i64) -> Result<Database> {
        self.database_with_scans(key, 1, advice, now)
    }

    /// The same with this many threads that scan.
    pub fn database_with_scans(
        &self,
        key: DatabaseKey,
        threads: usize,
        advice: AdvisorOptions,
        now: i64,
    ) -> Result<Database> {
        let scans = ScanPool::start(threads)?;
        let path = self.path().join(format!("{key}.db"));
        let Some(options) = &self.postgres else {
            return Database::open_file(&path, key, Durability::Normal, scans, advice, now);
        };
        let node = self.node.get_or_init(|| {
            let node = Node::open(options, true).expect("PostgreSQL");
            Home::open_schema(&node, now).expect("a home");
            node
        });
        let is_new = !path.exists();
        // On PostgreSQL the file only says that the schema was made.
        std::fs::write(&path, b"").expect("a mark");
        Database::open_schema(node, key, is_new, scans, advice, now)
    }
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        if let Some(options) = &self.postgres {
            let node = self.node.take().map_or_else(|| Node::open(options, true), Ok);
            if let Err(error) = node.and_then(|node| node.erase()) {
                eprintln!("the schemas {}… stay: {error:?}", options.prefix);
            }
        }
    }
}
