//! Which bytes the rows of files refer to, in all databases: those in the trash can come back with their files.

use super::Store;
use super::check::{find, table_exists};
use crate::database::files;
use crate::home::{databases, uploads};
use crate::postgres::READ;
use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::Tx;
use model::{DatabaseKey, Error, Result};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// The hashes of files, and how long each is.
pub type Hashes = HashMap<[u8; 32], u64>;

impl Store {
    /// The hashes of all files and uploads. An error when a database cannot be read: then nobody knows what it refers
    /// to. Uploads made before an instant (UTC milliseconds) are forgotten first.
    pub fn referenced_files(&self, forget_before: i64) -> Result<HashSet<[u8; 32]>> {
        self.home.write(crate::home::Touch::Nothing, |tx| uploads::delete_before(tx, forget_before))?;
        let mut found = HashSet::new();
        // Uploads first: one that becomes a file of a record meanwhile is seen here.
        self.home.read(|tx| {
            uploads::each_hash(tx, &mut |hash| {
                found.insert(hash);
            })
        })?;
        for (_, hashes) in self.files_of_databases()? {
            found.extend(hashes.into_keys());
        }
        Ok(found)
    }

    /// The hashes of the files of each database.
    pub fn files_of_databases(&self) -> Result<Vec<(DatabaseKey, Hashes)>> {
        let mut rows = Vec::new();
        self.home.read(|tx| {
            databases::each(tx, &mut |row| {
                rows.push(row);
                Ok(())
            })
        })?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let hashes = match self.node() {
                Some(node) => node.in_schema(&node.schema_of(row.key), READ, hashes_in)?,
                None => match find(&self.folder, &row) {
                    Some(path) => hashes_of_file(&path)?,
                    // Its trash was emptied.
                    None if row.deleted_at.is_some() => Hashes::new(),
                    None => return Err(Error::Unavailable(format!("the database {} has no file", row.key))),
                },
            };
            found.push((row.key, hashes));
        }
        Ok(found)
    }
}

/// The hashes in the file of a database, such as one in a backup.
pub(super) fn hashes_of_file(path: &Path) -> Result<Hashes> {
    let connection = sqlite::open(path, Mode::Read, Durability::Full)?;
    hashes_in(&mut SqliteTx(&connection))
}

/// A database that this program has not opened yet may have no files at all.
fn hashes_in(tx: &mut dyn Tx) -> Result<Hashes> {
    let mut hashes = Hashes::new();
    if table_exists(tx, "files")? {
        files::each_hash(tx, &mut |hash, size| {
            hashes.insert(hash, size);
        })?;
    }
    Ok(hashes)
}
