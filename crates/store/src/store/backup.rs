//! Backup: a folder with a copy of every file, each as of one moment, and a manifest that says what is in it.
//!
//! The home file comes first, so every database it lists is copied after. The server's own key is not in a backup.

use super::files::{Hashes, hashes_of_file};
use super::{Store, copy, size};
use crate::database::format;
use crate::folder::{self, file_name};
use crate::home::{self, databases};
use crate::sqlite;
use model::{DatabaseKey, Error, Result};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The format of the manifest.
pub(super) const FORMAT: u32 = 1;
/// The name of the manifest in the folder of a backup.
pub(super) const MANIFEST: &str = "manifest.json";
/// The name of the home file there.
pub(super) const HOME: &str = "home.db";

const VERSION: &str = "SELECT max(version) FROM migrations";
const SEQ: &str = "SELECT seq FROM state WHERE one = 1";

/// What a backup holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the manifest.
    pub format: u32,
    /// The program that made it.
    pub program: String,
    /// When it was begun, UTC milliseconds.
    pub made_at: i64,
    pub home: HomeFile,
    pub databases: Vec<DatabaseFile>,
    /// The files of records, in `files/` under their hashes.
    #[serde(default)]
    pub files: FilesPart,
}

/// The files of records in a backup.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FilesPart {
    pub count: u64,
    pub bytes: u64,
}

/// The home file in a backup.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HomeFile {
    /// The version of its format.
    pub version: u32,
    pub bytes: u64,
    pub sha256: String,
}

/// The file of a database in a backup.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DatabaseFile {
    pub key: DatabaseKey,
    pub name: String,
    /// When it was deleted, if it is in the trash.
    pub deleted_at: Option<i64>,
    /// The version of its format.
    pub version: u32,
    /// Its last write in the backup.
    pub seq: u64,
    pub bytes: u64,
    pub sha256: String,
}

impl DatabaseFile {
    /// Where the file is, in a backup as in a data folder.
    pub(super) fn folder(&self) -> &'static str {
        if self.deleted_at.is_some() { "trash" } else { "databases" }
    }
}

impl Store {
    /// Copies everything into a folder that is empty or not there yet, while the server goes on. The backup is whole
    /// when its manifest is there.
    ///
    /// `copy_files` copies the bytes that the copied databases refer to.
    pub fn backup(
        &self,
        target: &Path,
        now: i64,
        copy_files: impl FnOnce(&Hashes) -> Result<FilesPart>,
    ) -> Result<Manifest> {
        if self.node().is_some() {
            return Err(Error::Unavailable(
                "a store on PostgreSQL is backed up by the tools of PostgreSQL: see docs/operating.md".to_owned(),
            ));
        }
        refuse_full(target)?;
        for dir in [target.to_owned(), target.join("databases"), target.join("trash")] {
            folder::create_private_dir(&dir)?;
        }
        let (home, listed) = self.backup_home(&target.join(HOME))?;
        let mut files = Vec::with_capacity(listed.len());
        let mut hashes = Hashes::new();
        for row in listed {
            let mut file = DatabaseFile {
                key: row.key,
                name: row.name,
                deleted_at: row.deleted_at,
                version: 0,
                seq: 0,
                bytes: 0,
                sha256: String::new(),
            };
            let to = target.join(file.folder()).join(file_name(file.key));
            let Some(copied) = self.snapshot_of(&file, &to)? else {
                // Its trash was emptied meanwhile, or before: then there is nothing to keep but the list's word.
                continue;
            };
            file.version = one_number(&copied, VERSION)? as u32;
            file.seq = one_number(&copied, SEQ)?;
            drop(copied);
            hashes.extend(hashes_of_file(&to)?);
            (file.bytes, file.sha256) = (size(&to)?, copy::checksum(&to)?);
            files.push(file);
        }
        let program = format!("manytongue {}", env!("CARGO_PKG_VERSION"));
        let manifest =
            Manifest { format: FORMAT, program, made_at: now, home, databases: files, files: copy_files(&hashes)? };
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|e| Error::Internal(format!("a manifest cannot be written: {e}")))?;
        folder::sync_dir(&target.join("databases"))?;
        folder::sync_dir(&target.join("trash"))?;
        folder::write_private(&target.join(MANIFEST), &text)?;
        Ok(manifest)
    }

    fn backup_home(&self, to: &Path) -> Result<(HomeFile, Vec<databases::DatabaseRow>)> {
        let copied = copy::snapshot(&self.folder.home(), to)?;
        let mut listed = Vec::new();
        databases::each(&mut sqlite::SqliteTx(&copied), &mut |row| {
            listed.push(row);
            Ok(())
        })?;
        let version = one_number(&copied, VERSION)? as u32;
        drop(copied);
        Ok((HomeFile { version, bytes: size(to)?, sha256: copy::checksum(to)? }, listed))
    }

    /// A copy of a database's file, wherever it is: it may be deleted or restored while we look. None when a deleted
    /// one has no file any more.
    fn snapshot_of(&self, file: &DatabaseFile, to: &Path) -> Result<Option<Connection>> {
        for _ in 0..3 {
            for from in [self.folder.database(file.key), self.folder.trashed(file.key)] {
                if !from.exists() {
                    continue;
                }
                match copy::snapshot(&from, to) {
                    Ok(copied) => return Ok(Some(copied)),
                    // It was moved between the look and the opening.
                    Err(_) if !from.exists() => copy::remove(to),
                    Err(error) => return Err(error),
                }
            }
        }
        if file.deleted_at.is_some() {
            return Ok(None);
        }
        Err(Error::Unavailable(format!("the file of the database {} is missing", file.key)))
    }
}

/// The newest formats that this program reads: home and database.
pub(super) fn newest() -> (u32, u32) {
    let newest = |steps: &[crate::migrations::Migration]| steps.iter().map(|step| step.version).max().unwrap_or(0);
    (newest(home::STEPS), newest(format::STEPS))
}

/// Refuses a folder that has something in it.
pub(super) fn refuse_full(target: &Path) -> Result<()> {
    if target.exists() && !folder::entries(target)?.is_empty() {
        return Err(Error::Conflict(format!("{} is not empty", target.display())));
    }
    Ok(())
}

fn one_number(connection: &Connection, sql: &str) -> Result<u64> {
    let number: i64 = connection.query_row(sql, [], |row| row.get(0)).map_err(sqlite::failure)?;
    Ok(number.max(0) as u64)
}
