//! One database: a file of its own with its catalog, records, log and indexes, one writer and a few readers.
//!
//! [`Database::write`] runs a function in a transaction that it shares with the other waiting writes;
//! [`Database::read`] runs one on a snapshot. Both functions are synchronous; `await` ends at these two doors.

pub mod blocks;
pub mod catalog;
pub mod format;
pub mod layout;
pub mod links;
pub mod log;
pub mod places;
pub mod readers;
pub mod records;
pub mod tables;
pub mod write;
mod writer;

use crate::index::{self, Advisor, AdvisorOptions, Definition};
use crate::sqlite::{self, Durability, Mode};
use crate::tx::Tx;
use catalog::Catalog;
use model::query::{Query, Source};
use model::time::Instant;
use model::{DatabaseKey, Error, Result, Seq};
use parking_lot::RwLock;
use readers::{Readers, ScanPool};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

pub use readers::{ReadTx, Weight};
pub use write::WriteTx;

/// An open database. Dropping it ends its writer, after what waits is written; a scan that still runs ends by itself.
pub struct Database {
    key: DatabaseKey,
    path: PathBuf,
    writer: writer::Writer,
    seq: watch::Receiver<Seq>,
    advisor: Advisor,
    shared: Arc<Shared>,
}

/// What a scan needs, also after nobody waits for it.
struct Shared {
    catalog: Arc<RwLock<Arc<Catalog>>>,
    readers: Readers,
}

impl Database {
    /// Opens the file at `path`, making and migrating it as needed.
    pub fn open(
        path: &Path,
        key: DatabaseKey,
        durability: Durability,
        scans: Arc<ScanPool>,
        advice: AdvisorOptions,
        now: i64,
    ) -> Result<Database> {
        let connection = sqlite::open(path, Mode::Write, durability)?;
        let opened = format::prepare(&connection, key, now)?;
        let catalog = Arc::new(RwLock::new(Arc::new(opened.catalog)));
        let (announce, seq) = watch::channel(opened.seq);
        let writer = writer::Writer::start(connection, key, opened.seq, catalog.clone(), announce)?;
        let readers = Readers::new(path.to_owned(), durability, scans);
        let shared = Arc::new(Shared { catalog, readers });
        Ok(Database { key, path: path.to_owned(), writer, seq, advisor: Advisor::new(advice), shared })
    }

    /// Its key.
    pub fn key(&self) -> DatabaseKey {
        self.key
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The catalog as of the last committed change of the schema.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.shared.catalog.read().clone()
    }

    /// The sequence of the last commit; changes wake whoever watches.
    pub fn seq(&self) -> watch::Receiver<Seq> {
        self.seq.clone()
    }

    /// The advisor of its indexes.
    pub fn advisor(&self) -> &Advisor {
        &self.advisor
    }

    /// Takes note of how long a read took; when its shape has been slow often enough, an index for it is built on a
    /// thread of its own.
    pub fn notice(self: &Arc<Database>, tx: &mut dyn Tx, catalog: &Catalog, query: &Query, elapsed: Duration) {
        let rows = || match query.source {
            Source::Table(table) => blocks::count(tx, table).unwrap_or(0),
            Source::Tables(_) => 0,
        };
        if let Some(definition) = self.advisor.note(catalog, &catalog.indexes, query, elapsed, rows) {
            self.build(definition);
        }
    }

    /// Takes up the builds of indexes that a crash or a shutdown cut short.
    pub fn resume_builds(self: &Arc<Database>, now: Instant) {
        index::unfinished(&self.catalog().indexes, now).into_iter().for_each(|definition| self.build(definition));
    }

    fn build(self: &Arc<Database>, definition: Definition) {
        let database = self.clone();
        let build = move || {
            let name = definition.name();
            tracing::info!(database.key = %database.key, index.name = %name, "building an index");
            let built = index::run_build(&database, &definition, database.advisor.options());
            database.advisor.built(&definition);
            match built {
                Ok(()) => tracing::info!(database.key = %database.key, index.name = %name, "the index stands"),
                Err(error) => tracing::warn!(database.key = %database.key, index.name = %name, %error, "no index"),
            }
        };
        if let Err(error) = std::thread::Builder::new().name("index".to_owned()).spawn(build) {
            tracing::warn!(%error, "no thread for an index");
        }
    }

    /// Runs `job` in a transaction and answers after it is committed. When `job` fails nothing of it stays.
    ///
    /// Jobs that wait are run one after the other in one transaction, each in a savepoint of its own, and share the
    /// commit, so a job must not wait for another.
    ///
    /// `job` may be run again: an engine across a network rolls back and tries again. It must not consume what it
    /// captured, and must have no effect besides the transaction. The result of its last run is the answer.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.writer.send(writer::Job::new(job, move |result| drop(sender.send(result))))?;
        receiver.await.unwrap_or_else(|_| Err(Error::Unavailable("the write was not begun".to_owned())))
    }

    /// As [`Database::write`], for callers outside an async runtime.
    pub fn write_blocking<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.writer.send(writer::Job::new(job, move |result| drop(sender.send(result))))?;
        receiver.recv().unwrap_or_else(|_| Err(Error::Unavailable("the write was not begun".to_owned())))
    }

    /// Runs `job` on a snapshot. Point reads run right here, scans on the reader threads; a scan whose caller goes
    /// away is stopped.
    pub async fn read<T: Send + 'static>(
        &self,
        weight: Weight,
        job: impl FnOnce(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match weight {
            Weight::Point => self.shared.readers.here(self.catalog(), job),
            Weight::Scan => self.shared.readers.scan(self.shared.clone(), job).await,
        }
    }

    /// As [`Database::read`], on the calling thread.
    pub fn read_blocking<T>(&self, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        self.shared.readers.snapshot(self.catalog(), None, job)
    }
}

impl readers::Source for Shared {
    fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().clone()
    }

    fn readers(&self) -> &Readers {
        &self.readers
    }
}
