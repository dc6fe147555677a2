//! For tests only: a place for a store of its own, on the engine that this run of the tests is about.
//!
//! Without more it is SQLite. With `MANYTONGUE_TEST_ENGINE=postgres` it is the PostgreSQL at
//! `MANYTONGUE_TEST_POSTGRES_URL`, where each place has schemas of its own that go with it.

pub mod proxy;

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
    /// Whether it shares the store of another place, which takes the schemas away.
    is_guest: bool,
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
            let prefix = format!("test_{process}_{time}_{count}");
            // So that its connections can be told from those of other tests.
            let url = format!("{url}{}application_name={prefix}", if url.contains('?') { '&' } else { '?' });
            PostgresOptions { prefix, ..PostgresOptions::new(&url) }
        });
        Bed { folder, postgres, node: OnceLock::new(), is_guest: false }
    }

    /// Another node's place: the same store on PostgreSQL, another folder. It must go before this one.
    pub fn second(&self) -> Bed {
        let folder = TempDir::new().expect("a folder");
        Bed { folder, postgres: self.postgres.clone(), node: OnceLock::new(), is_guest: true }
    }

    /// The same store on PostgreSQL from another folder, reached by another port of the loopback.
    pub fn by_way_of(&self, port: u16) -> Bed {
        let mut second = self.second();
        if let Some(postgres) = &mut second.postgres {
            postgres.url = at_port(&postgres.url, port);
        }
        second
    }

    /// What its connections call themselves; also the name of the home schema.
    pub fn name(&self) -> &str {
        &self.postgres.as_ref().expect("a run about PostgreSQL").prefix
    }

    /// The rows that PostgreSQL gives for statements, as texts; the statements see all schemas.
    pub fn sql(&self, statements: &str) -> Vec<Vec<String>> {
        psql(&self.postgres.as_ref().expect("a run about PostgreSQL").url, statements)
    }

    /// An empty place for files, whatever the run is about: for what only SQLite does.
    pub fn in_files() -> Bed {
        Bed { folder: TempDir::new().expect("a folder"), postgres: None, node: OnceLock::new(), is_guest: false }
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

/// The rows that the PostgreSQL at an address gives for statements, as texts.
pub fn psql(url: &str, statements: &str) -> Vec<Vec<String>> {
    const BETWEEN: &str = "\u{1f}";
    let settings = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F", BETWEEN, "-c", statements, url];
    let output = Command::new("psql").args(settings).output().expect("psql");
    assert!(output.status.success(), "{statements}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| line.split(BETWEEN).map(str::to_owned).collect()).collect()
}

/// The host and port of an address.
pub fn host_of(url: &str) -> &str {
    let (_, rest) = url.rsplit_once('@').or_else(|| url.split_once("://")).expect("an address");
    rest.split(['/', '?']).next().unwrap_or(rest)
}

/// An address at another port of the loopback.
pub fn at_port(url: &str, port: u16) -> String {
    url.replacen(host_of(url), &format!("127.0.0.1:{port}"), 1)
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
        if let Some(options) = self.postgres.as_ref().filter(|_| !self.is_guest) {
            let node = self.node.take().map_or_else(|| Node::open(options, true), Ok);
            if let Err(error) = node.and_then(|node| node.erase()) {
                eprintln!("the schemas {}… stay: {error:?}", options.prefix);
            }
        }
    }
}
