//! Readers: where reads run, and the threads for long ones. How a snapshot is had is the engine's own:
//! `sqlite/readers.rs`, `postgres/readers.rs`.

use super::catalog::Catalog;
use super::ground::{Ground, Grounds};
use crate::tx::Tx;
use model::{Error, Result, TableId};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Longest a scan may take.
pub const SCAN_TIME: Duration = Duration::from_secs(30);

/// How long a read will be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// A few look-ups by key: where the engine is in this process they run on the caller's own task.
    Point,
    /// A short list, it is hoped: runs as a point where the engine is in this process, is given up after a millisecond or
    /// so, and runs as a scan then.
    Brief,
    /// Anything whose length the data decide: runs on a reader thread.
    Scan,
}

/// A snapshot while it is read.
pub struct ReadTx<'a> {
    pub tx: &'a mut dyn Tx,
    /// The catalog of the snapshot, or a slightly older one: columns are never taken away under it.
    pub catalog: Arc<Catalog>,
    /// Whether it is given up when it is long. Who finds out that it will be says so by [`Error::TimedOut`].
    pub is_brief: bool,
}

impl Grounds for ReadTx<'_> {
    fn at(&mut self, table: TableId) -> Result<(&mut dyn Tx, Ground)> {
        let ground = self.catalog.ground(table)?;
        Ok((&mut *self.tx, ground))
    }
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

/// How an engine reads. An error is of the engine itself: the job was not run.
pub trait Snapshots: Send + Sync {
    /// Runs a job of a few statements, each a snapshot by itself. In this process a brief one fails with
    /// [`Error::TimedOut`] after a millisecond or so.
    fn point(&self, is_brief: bool, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()>;

    /// Runs a job on one snapshot, which lasts as long as the job. With `gone` it is bounded in time, and its statements
    /// fail once that turns true.
    fn snapshot(&self, gone: Option<&Arc<AtomicBool>>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()>;
}

/// Tells a running scan that nobody waits for it any more.
struct GoneGuard(Arc<AtomicBool>);

impl Drop for GoneGuard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A short read on the calling thread.
pub fn here<T>(snapshots: &dyn Snapshots, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
    once(|run| snapshots.point(false, run), job)
}

/// A read on the calling thread, which is given up when it is long.
pub fn brief<T>(snapshots: &dyn Snapshots, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<Option<T>> {
    match once(|run| snapshots.point(true, run), job) {
        Ok(read) => Ok(Some(read)),
        Err(Error::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A read of one snapshot on the calling thread.
pub fn snapshot<T>(snapshots: &dyn Snapshots, job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
    once(|run| snapshots.snapshot(None, run), job)
}

/// A read on a scan thread; it is stopped when its caller goes away.
pub async fn scan<T: Send + 'static>(
    scans: &ScanPool,
    snapshots: Arc<dyn Snapshots>,
    weight: Weight,
    job: impl FnOnce(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let gone = Arc::new(AtomicBool::new(false));
    let _guard = GoneGuard(gone.clone());
    let work = move || {
        if gone.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = Some((job, sender));
        let mut run = |read: &mut ReadTx<'_>| {
            // Its caller goes on while the snapshot is ended.
            if let Some((job, sender)) = waiting.take() {
                // The snapshot is ended in order also when the job panics.
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(read)));
                drop(sender.send(result.unwrap_or_else(|_| Err(Error::Internal("a read panicked".to_owned())))));
            }
        };
        let ran = match weight {
            Weight::Point => snapshots.point(false, &mut run),
            Weight::Brief | Weight::Scan => snapshots.snapshot(Some(&gone), &mut run),
        };
        match (ran, waiting) {
            (Err(error), Some((_, sender))) => drop(sender.send(Err(error))),
            (Err(error), None) => tracing::warn!(%error, "a snapshot did not end well"),
            (Ok(()), _) => {}
        }
    };
    scans.queue.send(Box::new(work)).map_err(|_| Error::Unavailable("shutting down".to_owned()))?;
    receiver.await.unwrap_or_else(|_| Err(Error::Internal("a read gave no answer".to_owned())))
}

/// Runs a job that can run once where one that may run often is asked for.
fn once<T>(
    runner: impl FnOnce(&mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()>,
    job: impl FnOnce(&mut ReadTx<'_>) -> Result<T>,
) -> Result<T> {
    let (mut job, mut result) = (Some(job), None);
    runner(&mut |read| {
        if let Some(job) = job.take() {
            result = Some(job(read));
        }
    })?;
    result.unwrap_or_else(|| Err(Error::Internal("a read was not run".to_owned())))
}
