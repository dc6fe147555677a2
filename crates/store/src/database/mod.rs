//! One database: a file or schema of its own with its catalog, records, log and indexes, one writer and some readers.
//!
//! [`Database::write`] runs a function in a transaction that it shares with the other waiting writes;
//! [`Database::read`] runs one on a snapshot. Both functions are synchronous; `await` ends at these two doors.

pub(crate) mod beside;
pub mod blocks;
pub mod catalog;
pub mod changes;
pub mod deploys;
pub mod done;
pub mod files;
pub mod format;
pub mod ground;
pub mod layout;
pub mod links;
pub mod log;
pub mod orders;
pub mod places;
pub(crate) mod queue;
pub mod readers;
pub mod record_files;
pub mod records;
pub mod runs;
pub mod tables;
pub mod trash;
pub mod write;
pub(crate) mod writer;

use crate::index::{self, Advisor, AdvisorOptions, Definition};
use crate::postgres::{Arrival, Node, PostgresReaders, PostgresWriter, Watched};
use crate::sqlite::readers::{Slots, SqliteReaders};
use crate::sqlite::writer::SqliteWriter;
use crate::sqlite::{self, Durability, Mode};
use crate::tx::Tx;
use catalog::Catalog;
use model::query::{Query, Source};
use model::time::Instant;
use model::{DatabaseKey, Error, Result, Seq};
use parking_lot::RwLock;
use readers::{ScanPool, Snapshots};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

pub use readers::{ReadTx, Weight};
pub use write::WriteTx;

/// An open database. Dropping it ends its writer, after what waits is written; a scan that still runs ends by itself.
pub struct Database {
    key: DatabaseKey,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    writer: writer::Writer,
    snapshots: Arc<dyn Snapshots>,
    scans: Arc<ScanPool>,
    seq: watch::Receiver<Seq>,
    advisor: Advisor,
    /// On PostgreSQL: this process among others, and what is known of the others' writes.
    shared: Option<(Arc<Node>, Arc<Watched>)>,
}

impl Database {
    /// Opens the file at `path`, making and migrating it as needed.
    pub fn open_file(
        path: &Path,
        key: DatabaseKey,
        durability: Durability,
        scans: Arc<ScanPool>,
        advice: AdvisorOptions,
        now: i64,
    ) -> Result<Database> {
        let connection = sqlite::open(path, Mode::Write, durability)?;
        let opened = format::prepare_file(&connection, key, now)?;
        let catalog = Arc::new(RwLock::new(Arc::new(opened.catalog)));
        let (announce, seq) = watch::channel(opened.seq);
        let slots = Slots::new();
        let group = SqliteWriter::new(connection, opened.seq, catalog.clone(), announce, slots.clone())?;
        let writer = writer::Writer::start(key, Box::new(group))?;
        let snapshots = Arc::new(SqliteReaders::new(path.to_owned(), durability, catalog.clone(), slots));
        Ok(Database { key, catalog, writer, snapshots, scans, seq, advisor: Advisor::new(advice), shared: None })
    }

    /// Opens the schema of a database, migrating it as needed; makes it only when it `is_new`.
    pub fn open_schema(
        node: &Arc<Node>,
        key: DatabaseKey,
        is_new: bool,
        scans: Arc<ScanPool>,
        advice: AdvisorOptions,
        now: i64,
    ) -> Result<Database> {
        let schema = node.schema_of(key);
        let opened = format::prepare_schema(node, &schema, key, is_new, now)?;
        let version = opened.catalog.schema.version;
        let catalog = Arc::new(RwLock::new(Arc::new(opened.catalog)));
        let (announce, seq) = watch::channel(opened.seq);
        let watched = Arc::new(Watched::new(&schema, version, announce));
        node.pulse.watch(&watched);
        let group = PostgresWriter::new(node.clone(), watched.clone(), opened.seq, catalog.clone());
        let writer = writer::Writer::start(key, Box::new(group))?;
        let snapshots: Arc<dyn Snapshots> =
            Arc::new(PostgresReaders { node: node.clone(), watched: watched.clone(), catalog: catalog.clone() });
        let shared = Some((node.clone(), watched));
        Ok(Database { key, catalog, writer, snapshots, scans, seq, advisor: Advisor::new(advice), shared })
    }

    /// Its key.
    pub fn key(&self) -> DatabaseKey {
        self.key
    }

    /// The catalog as of the last change of the schema that this process knows of.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().clone()
    }

    /// On PostgreSQL, this process among others.
    pub(crate) fn node(&self) -> Option<&Arc<Node>> {
        self.shared.as_ref().map(|(node, _)| node)
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
    /// Jobs that wait are run one after the other in one transaction, of which one that fails leaves nothing, and share
    /// the commit, so a job must not wait for another.
    ///
    /// `job` may be run again: an engine across a network rolls back and tries again. It must not consume what it
    /// captured, and must have no effect besides the transaction. The result of its last run is the answer.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut arrival = None;
        if let Some((node, watched)) = &self.shared {
            node.written(watched);
            if let Some(here) = Arrival::here() {
                here.admit_write()?;
                arrival = Some(here).filter(|arrival| arrival.must_look());
            }
        }
        let (sender, receiver) = oneshot::channel();
        self.writer.send(writer::Job::new(job, move |result| drop(sender.send(result))).looking_for(arrival))?;
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

    /// Runs `job` on a snapshot that holds all that was answered before the request came. A scan whose caller goes away
    /// is stopped. `job` may be run again, and what an earlier run gave is forgotten.
    pub async fn read<T: Send + 'static>(
        &self,
        weight: Weight,
        mut job: impl FnMut(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // In boxes: the look at one record, which waits for nothing, is not to carry what the others need for waiting.
        match (&self.shared, weight) {
            (None, Weight::Point) => readers::here(&*self.snapshots, job),
            (None, Weight::Brief) => match readers::brief(&*self.snapshots, &mut job)? {
                Some(read) => Ok(read),
                None => Box::pin(readers::scan(&self.scans, self.snapshots.clone(), Weight::Scan, job)).await,
            },
            (None, Weight::Scan) => Box::pin(readers::scan(&self.scans, self.snapshots.clone(), weight, job)).await,
            (Some((node, watched)), _) => Box::pin(self.read_shared(node, watched, weight, job)).await,
        }
    }

    async fn read_shared<T: Send + 'static>(
        &self,
        node: &Arc<Node>,
        watched: &Arc<Watched>,
        weight: Weight,
        mut job: impl FnMut(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let rounds = if weight == Weight::Scan { 1 } else { 3 };
        let catalog = self.catalog();
        if let Some(read) = node.read_short(watched, &catalog, rounds, &mut job).await? {
            return Ok(read);
        }
        node.pulse.fresh(watched).await?;
        readers::scan(&self.scans, self.snapshots.clone(), weight, job).await
    }

    /// As [`Database::read`], on the calling thread.
    pub fn read_blocking<T>(&self, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        if let Some((node, watched)) = &self.shared {
            node.pulse.look_blocking(Some(watched.clone()))?;
        }
        readers::snapshot(&*self.snapshots, job)
    }
}
