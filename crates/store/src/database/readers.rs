//! Readers: connections for snapshots, and the threads that run long ones.

use super::catalog::Catalog;
use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::Tx;
use model::{Error, Result};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Connections of one database that may read at once.
const CONNECTIONS: usize = 5;
/// How many of them no scan takes: a point read waits for other point reads at most.
const FOR_POINTS: usize = 1;
/// Longest a scan may take.
const SCAN_TIME: Duration = Duration::from_secs(30);
/// Instructions of the engine between two looks at the clock.
const PATIENCE: i32 = 20_000;

/// How long a read will be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// A few look-ups by key: runs on the caller's own task.
    Point,
    /// Anything whose length the data decide: runs on a reader thread.
    Scan,
}

/// A snapshot while it is read.
pub struct ReadTx<'a> {
    pub tx: &'a mut dyn Tx,
    /// The catalog of the snapshot, or a slightly older one: columns are never taken away under it.
    pub catalog: Arc<Catalog>,
}

/// Threads that run scans, shared by all databases, so that a long scan never holds a thread of the runtime.
pub struct ScanPool {
    queue: mpsc::Sender<Box<dyn FnOnce() + Send>>,
}

impl ScanPool {
    /// Starts this many threads; they end when the pool is dropped.
    pub fn start(threads: usize) -> Result<Arc<ScanPool>> {
        let (queue, jobs) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let jobs = Arc::new(Mutex::new(jobs));
        for n in 0..threads {
            let jobs = jobs.clone();
            std::thread::Builder::new()
                .name(format!("scan-{n}"))
                .spawn(move || {
                    loop {
                        let job = jobs.lock().recv();
                        let Ok(job) = job else { return };
                        // A job that panics drops its answer, which its caller sees; the thread goes on.
                        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
                    }
                })
                .map_err(|e| Error::Unavailable(format!("no thread for reading: {e}")))?;
        }
        Ok(Arc::new(ScanPool { queue }))
    }
}

/// What a scan needs of its database while it waits for a thread.
pub trait Source: Send + Sync {
    fn catalog(&self) -> Arc<Catalog>;
    fn readers(&self) -> &Readers;
}

/// The reading connections of a database, opened when first needed.
pub struct Readers {
    path: PathBuf,
    durability: Durability,
    connections: Vec<Mutex<Option<Connection>>>,
    next: AtomicUsize,
    scans: Arc<ScanPool>,
}

/// Tells a running scan that nobody waits for it any more.
struct GoneGuard(Arc<AtomicBool>);

impl Drop for GoneGuard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A transaction that reads. However the job ends, by a panic too, the connection is as it was before.
struct Snapshot<'c>(&'c mut Connection);

impl<'c> Snapshot<'c> {
    fn begin(connection: &'c mut Connection, gone: Option<Arc<AtomicBool>>) -> Result<Snapshot<'c>> {
        let snapshot = Snapshot(connection);
        if let Some(gone) = gone {
            // Its caller may have gone while it waited for the connection.
            if gone.load(Ordering::Relaxed) {
                return Err(Error::TimedOut);
            }
            let deadline = Instant::now() + SCAN_TIME;
            let is_over = move || gone.load(Ordering::Relaxed) || Instant::now() > deadline;
            snapshot.0.progress_handler(PATIENCE, Some(is_over)).map_err(sqlite::failure)?;
        }
        SqliteTx(snapshot.0).execute("BEGIN", &[])?;
        Ok(snapshot)
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // First the handler, which would stop the end as well.
        let freed = self.0.progress_handler(0, None::<fn() -> bool>).map_err(sqlite::failure);
        let in_transaction = !self.0.is_autocommit();
        let ended = if in_transaction { SqliteTx(self.0).execute("ROLLBACK", &[]).map(drop) } else { Ok(()) };
        if let Err(error) = freed.and(ended) {
            tracing::warn!(%error, "a snapshot did not end");
        }
    }
}

impl Readers {
    pub(super) fn new(path: PathBuf, durability: Durability, scans: Arc<ScanPool>) -> Readers {
        let connections = (0..CONNECTIONS).map(|_| Mutex::new(None)).collect();
        Readers { path, durability, connections, next: AtomicUsize::new(0), scans }
    }

    /// A short read on the calling thread, without a transaction around it: one statement is a snapshot by itself.
    pub fn here<T>(&self, catalog: Arc<Catalog>, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        self.with_connection(Weight::Point, |connection| job(&mut ReadTx { tx: &mut SqliteTx(connection), catalog }))
    }

    /// A read in a transaction on the calling thread, bounded in time, stopped when `gone` turns true.
    pub fn snapshot<T>(
        &self,
        catalog: Arc<Catalog>,
        gone: Option<Arc<AtomicBool>>,
        job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.with_connection(Weight::Scan, |connection| {
            let snapshot = Snapshot::begin(connection, gone)?;
            job(&mut ReadTx { tx: &mut SqliteTx(snapshot.0), catalog })
        })
    }

    /// A read on a scan thread.
    pub async fn scan<T: Send + 'static>(
        &self,
        source: Arc<dyn Source>,
        job: impl FnOnce(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let gone = Arc::new(AtomicBool::new(false));
        let _guard = GoneGuard(gone.clone());
        let work = move || {
            if !gone.load(Ordering::Relaxed) {
                drop(sender.send(source.readers().snapshot(source.catalog(), Some(gone), job)));
            }
        };
        self.scans.queue.send(Box::new(work)).map_err(|_| Error::Unavailable("shutting down".to_owned()))?;
        receiver.await.unwrap_or_else(|_| Err(Error::Internal("a read gave no answer".to_owned())))
    }

    fn with_connection<T>(&self, weight: Weight, job: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let (open, to_wait_for) = match weight {
            Weight::Point => (&self.connections[..], &self.connections[..FOR_POINTS]),
            Weight::Scan => (&self.connections[FOR_POINTS..], &self.connections[FOR_POINTS..]),
        };
        // The first that is free: it has the pages in its cache that the others before it read.
        for slot in open {
            if let Some(mut slot) = slot.try_lock() {
                return self.use_slot(&mut slot, job);
            }
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.use_slot(&mut to_wait_for[next % to_wait_for.len()].lock(), job)
    }

    fn use_slot<T>(&self, slot: &mut Option<Connection>, job: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        if slot.is_none() {
            *slot = Some(sqlite::open(&self.path, Mode::Read, self.durability)?);
        }
        match slot {
            Some(connection) => job(connection),
            None => Err(Error::Internal("a reader without a connection".to_owned())),
        }
    }
}
