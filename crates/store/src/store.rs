//! The store: a data folder with its home file and the files of its databases, opened when asked for; or PostgreSQL,
//! with a schema for each of these, and a data folder for what is this process' own.
//!
//! Making and deleting a database keep file and list in step: the file comes first and goes last, and whatever a crash
//! left half done is finished at the next opening ([`Store::sweep`]). A schema stays where it is when its database is
//! deleted. Backup, check and export are rooms of their own.

mod backup;
mod check;
mod columns;
mod copy;
mod export;
mod files;
mod kin;
mod opened;
mod restore;

use crate::database::Database;
use crate::database::readers::ScanPool;
use crate::folder::{self, DataFolder};
use crate::home::{self, Home, Touch, databases};
use crate::index::AdvisorOptions;
use crate::postgres::{Node, PostgresOptions};
use crate::sqlite::Durability;
use crate::tx::Tx;
use model::{DatabaseKey, Error, Result, Subject, UserId};
use opened::{Opened, Place};
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub use backup::{DatabaseFile, FilesPart, HomeFile, Manifest};
pub use files::Hashes;
pub use restore::restore;

/// Settings of the store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Where PostgreSQL is; none for files in the data folder.
    pub postgres: Option<PostgresOptions>,
    pub durability: Durability,
    /// Threads that run scans, shared by all databases.
    pub scan_threads: usize,
    /// Databases kept open when nobody uses them.
    pub open_databases: usize,
    pub advice: AdvisorOptions,
}

impl Default for StoreOptions {
    fn default() -> StoreOptions {
        StoreOptions {
            postgres: None,
            durability: Durability::Full,
            scan_threads: 4,
            open_databases: 64,
            advice: AdvisorOptions::default(),
        }
    }
}

/// A data folder, locked for this process.
pub struct Store {
    home: Home,
    opened: Opened,
    folder: DataFolder,
    node: Option<Arc<Node>>,
}

impl Store {
    /// Takes the folder's lock, opens the home store and finishes what a crash left half done.
    pub fn open(path: &Path, options: StoreOptions, now: i64) -> Result<Store> {
        let folder = DataFolder::open(path)?;
        let node = options.postgres.as_ref().map(|postgres| kin::open(&folder, postgres)).transpose()?;
        let home = match &node {
            Some(node) => Home::open_schema(node, now)?,
            None => {
                kin::refuse_foreign(&folder)?;
                Home::open_file(&folder.home(), options.durability, now)?
            }
        };
        if let Some(node) = &node {
            kin::recognise(&folder, &home, node)?;
        }
        let scans = ScanPool::start(options.scan_threads.max(1))?;
        let opened = Opened::new(options.durability, options.advice, options.open_databases, scans);
        let store = Store { home, opened, folder, node };
        store.sweep()?;
        Ok(store)
    }

    /// Whether other processes may work on it.
    pub fn is_shared(&self) -> bool {
        self.node.is_some()
    }

    /// Runs what a request does: it sees every change of rights and schemas that any node answered before now. An error
    /// when the engine cannot be reached.
    pub async fn arrive<T>(&self, request: impl Future<Output = T>) -> Result<T> {
        match &self.node {
            None => Ok(request.await),
            Some(node) => node.arrive(request).await,
        }
    }

    /// As [`Store::arrive`], for a request that can be run again while nothing of it stands: one that only reads, or
    /// whose first write is all that it does before it looks.
    pub async fn arrive_lightly<T, F: Future<Output = T>>(&self, mut request: impl FnMut() -> F) -> Result<T> {
        match &self.node {
            None => Ok(request().await),
            Some(node) => node.arrive_lightly(request).await,
        }
    }

    /// PostgreSQL, when the store is there.
    pub(crate) fn node(&self) -> Option<&Arc<Node>> {
        self.node.as_ref()
    }

    /// The home store.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The databases that are open now.
    pub fn open_databases(&self) -> Vec<Arc<Database>> {
        self.opened.all()
    }

    /// An open database. Keep the handle for a request, not for longer: a database is closed only when nobody holds
    /// its handle.
    pub fn database(&self, key: DatabaseKey) -> Result<Arc<Database>> {
        if let Some(database) = self.opened.get(key) {
            return Ok(database);
        }
        let row = self.home.read(|tx| databases::find(tx, key))?;
        if row.is_none_or(|row| row.deleted_at.is_some()) {
            return Err(Error::not_found(Subject::Database, key.to_string()));
        }
        if let Some(node) = &self.node {
            // Another node may have restored it while this one could not close it.
            self.opened.readmit(key);
            return self.opened.open(key, Place::Schema { node, is_new: false });
        }
        let path = self.folder.database(key);
        if !path.exists() {
            return Err(Error::Unavailable(format!("the file {} is missing", path.display())));
        }
        self.opened.open(key, Place::File(&path))
    }

    /// Makes the file of a new database, then lists it with `list`, which also does what else belongs to it. When that
    /// fails the file is taken away again.
    pub fn create_database<T>(
        &self,
        key: DatabaseKey,
        touch: Touch,
        list: impl FnOnce(&mut dyn Tx) -> Result<T>,
    ) -> Result<T> {
        if let Some(node) = &self.node {
            let opened = self.opened.open(key, Place::Schema { node, is_new: true });
            let result = opened.and_then(|_| self.home.write(touch, list));
            if result.is_err() {
                self.opened.close(key);
                self.take_back(node, key);
            }
            return result;
        }
        let path = self.folder.database(key);
        if path.exists() || self.folder.trashed(key).exists() {
            return Err(Error::Conflict(format!("there is a database {key} already")));
        }
        drop(folder::open_private(&path)?);
        let result = self
            .opened
            .open(key, Place::File(&path))
            .and_then(|_| folder::sync_dir(&self.folder.databases_dir()))
            .and_then(|()| self.home.write(touch, list));
        if result.is_err() {
            self.opened.close(key);
            copy::remove(&path);
        }
        result
    }

    /// Takes the schema of a database away that was not made. When the commit that lists it was not answered it may be
    /// made all the same: behind the lock of those who write, that commit has ended one way or the other.
    fn take_back(&self, node: &Node, key: DatabaseKey) {
        let listed = self.home.write(Touch::Nothing, |tx| Ok(databases::find(tx, key)?.is_some()));
        let done = listed.and_then(|listed| if listed { Ok(()) } else { node.drop_schema(&node.schema_of(key)) });
        if let Err(error) = done {
            tracing::warn!(database.key = %key, %error, "the schema of a database that was not made stays");
        }
    }

    /// Marks a database deleted, closes it and moves its file to the trash.
    pub fn delete_database(&self, key: DatabaseKey, now: i64) -> Result<()> {
        self.delete_database_by(key, now, None)
    }

    /// The same, noting who did it.
    pub fn delete_database_by(&self, key: DatabaseKey, now: i64, by: Option<UserId>) -> Result<()> {
        self.home.write(Touch::Access, |tx| match databases::find(tx, key)? {
            Some(row) if row.deleted_at.is_none() => {
                databases::note_deleter(tx, row.id, by)?;
                databases::set_deleted(tx, row.id, Some(now))
            }
            Some(_) | None => Err(Error::not_found(Subject::Database, key.to_string())),
        })?;
        self.discard(key);
        Ok(())
    }

    /// Brings a deleted database back from the trash, when its workspace is still there.
    pub fn restore_database(&self, key: DatabaseKey) -> Result<()> {
        let not_found = || Error::not_found(Subject::Database, key.to_string());
        let row = self.home.read(|tx| databases::find(tx, key))?.ok_or_else(not_found)?;
        if row.deleted_at.is_none() {
            return Err(Error::Conflict(format!("the database {key} is not in the trash")));
        }
        if self.node.is_some() {
            return self.home.write(Touch::Access, |tx| unmark(tx, &row));
        }
        if !self.opened.is_closed(key) {
            // A long read kept it from being moved when it was deleted.
            self.discard(key);
        }
        if !self.opened.is_closed(key) {
            return Err(Error::Unavailable(format!("the database {key} is still in use")));
        }
        let (file, trashed) = (self.folder.database(key), self.folder.trashed(key));
        if !file.exists() {
            folder::rename(&trashed, &file)?;
        }
        let restored = self.home.write(Touch::Access, |tx| unmark(tx, &row));
        if restored.is_err() {
            folder::rename(&file, &trashed)?;
        }
        restored
    }

    /// Removes for good what was deleted before an instant (UTC milliseconds); how many databases that were.
    pub fn purge(&self, before: i64) -> Result<usize> {
        let mut old = Vec::new();
        self.home.read(|tx| {
            databases::each(tx, &mut |row| {
                if row.deleted_at.is_some_and(|at| at < before) {
                    old.push(row);
                }
                Ok(())
            })
        })?;
        let mut purged = 0;
        for row in old {
            if let Some(node) = &self.node {
                self.opened.close_or_wait(row.key)?;
                self.home.write(Touch::Access, |tx| databases::remove(tx, row.id))?;
                node.drop_schema(&node.schema_of(row.key))?;
                self.opened.forget(row.key);
                purged += 1;
            } else if self.opened.is_closed(row.key) && !self.folder.database(row.key).exists() {
                self.home.write(Touch::Access, |tx| databases::remove(tx, row.id))?;
                copy::remove(&self.folder.trashed(row.key));
                purged += 1;
            }
        }
        Ok(purged)
    }

    /// Brings files in step with the list: those of deleted databases go to the trash, those of live ones come out.
    pub fn sweep(&self) -> Result<()> {
        if self.node.is_some() {
            return self.close_deleted();
        }
        let mut astray = Vec::new();
        self.home.read(|tx| {
            databases::each(tx, &mut |row| {
                let (there, trashed) = (self.folder.database(row.key).exists(), self.folder.trashed(row.key).exists());
                match row.deleted_at {
                    Some(_) if there => astray.push((row.key, Astray::ToTrash)),
                    None if !there && trashed => astray.push((row.key, Astray::FromTrash)),
                    Some(_) | None => {}
                }
                Ok(())
            })
        })?;
        for (key, way) in astray {
            match way {
                Astray::ToTrash => self.discard(key),
                Astray::FromTrash => folder::rename(&self.folder.trashed(key), &self.folder.database(key))?,
            }
        }
        Ok(())
    }

    /// Closes the databases that are deleted; their schemas stay where they are.
    fn close_deleted(&self) -> Result<()> {
        let open = self.opened.all();
        let deleted = self.home.read(|tx| {
            let mut deleted = Vec::new();
            for database in &open {
                if databases::find(tx, database.key())?.is_none_or(|row| row.deleted_at.is_some()) {
                    deleted.push(database.key());
                }
            }
            Ok(deleted)
        })?;
        drop(open);
        deleted.into_iter().for_each(|key| self.discard(key));
        Ok(())
    }

    /// Closes a database and moves its file to the trash. What cannot be moved now is moved by the next sweep; the
    /// list says already that it is deleted.
    fn discard(&self, key: DatabaseKey) {
        let moved = self.opened.close_or_wait(key).and_then(|()| {
            let path = self.folder.database(key);
            // Opening a file that is not there would make it.
            if self.node.is_some() || !path.exists() {
                return Ok(());
            }
            copy::settle(&path)?;
            folder::rename(&path, &self.folder.trashed(key))
        });
        match moved {
            Ok(()) => self.opened.forget(key),
            Err(error) => tracing::warn!(database.key = %key, %error, "a deleted database stays in its place for now"),
        }
    }

    /// Files in the folder of databases that no list names.
    fn unlisted(&self) -> Result<Vec<String>> {
        let mut unlisted = Vec::new();
        for name in folder::entries(&self.folder.databases_dir())? {
            let listed = match folder::key_of_file(&name) {
                Some(key) => self.home.read(|tx| databases::find(tx, key))?.is_some(),
                // The logs of an open file stand beside it.
                None => name.ends_with(".db-wal") || name.ends_with(".db-shm") || name.ends_with(".db-journal"),
            };
            if !listed && unlisted.len() < home::MAX_LIST {
                unlisted.push(name);
            }
        }
        Ok(unlisted)
    }
}

/// Marks a deleted database as live, if its workspace is there.
fn unmark(tx: &mut dyn Tx, row: &databases::DatabaseRow) -> Result<()> {
    databases::set_deleted(tx, row.id, None)?;
    match databases::find(tx, row.key)? {
        Some(row) if row.deleted_at.is_none() => Ok(()),
        // It went with its workspace, which is still deleted.
        Some(_) | None => Err(Error::not_found(Subject::Database, row.key.to_string())),
    }
}

enum Astray {
    ToTrash,
    FromTrash,
}

/// The bytes of a file.
fn size(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|meta| meta.len()).map_err(|e| folder::failure("cannot read", path, &e))
}
