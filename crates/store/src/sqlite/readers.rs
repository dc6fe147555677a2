//! Reading connections of a SQLite file, opened when first needed.
//!
//! Only this process writes the file. So a connection keeps its snapshot from one read to the next until something was
//! committed: to begin one and to end it are half of what a look at a record costs. While the write-ahead log is copied
//! back into the file, idle connections let go of theirs ([`Slots::let_go`]), for else the log would only grow.

use super::{Durability, Mode, SqliteTx, failure, open};
use crate::database::catalog::Catalog;
use crate::database::readers::{ReadTx, SCAN_TIME, Snapshots, Weight};
use crate::tx::Tx;
use model::{Error, Result};
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// Connections of one database that may read at once.
const CONNECTIONS: usize = 5;
/// Of these, the first ones are for point reads alone: no scan holds up the look at a record.
const FOR_POINTS: usize = 1;
/// Instructions of the engine between two looks at the clock.
const PATIENCE: i32 = 20_000;

/// The reading connections of a database, and how often it was written.
pub struct Slots {
    slots: Vec<Mutex<Slot>>,
    commits: AtomicU64,
}

/// A place for a reading connection.
#[derive(Default)]
struct Slot {
    connection: Option<Connection>,
    /// What [`Slots::commits`] was before its snapshot began, if it may have one.
    since: Option<u64>,
}

/// The reading side of a database.
pub struct SqliteReaders {
    path: PathBuf,
    durability: Durability,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    slots: Arc<Slots>,
    next: AtomicUsize,
}

impl Slots {
    /// No connection yet.
    pub fn new() -> Arc<Slots> {
        Arc::new(Slots { slots: (0..CONNECTIONS).map(|_| Mutex::default()).collect(), commits: AtomicU64::new(0) })
    }

    /// Something was committed. To be called before anybody is told of it, by a catalog or an answer.
    pub fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Ends the snapshots of connections that nobody uses.
    pub fn let_go(&self) {
        for slot in &self.slots {
            if let Some(mut slot) = slot.try_lock() {
                slot.end();
            }
        }
    }
}

impl Slot {
    /// The connection, with a snapshot of all that was committed until now. It begins with the first statement.
    fn renewed(&mut self, readers: &SqliteReaders) -> Result<&mut Connection> {
        let commits = readers.slots.commits.load(Ordering::Acquire);
        let is_current = |connection: &Connection| self.since == Some(commits) && !connection.is_autocommit();
        if !self.connection.as_ref().is_some_and(is_current) {
            self.end();
            let connection = match self.connection.take() {
                Some(connection) => connection,
                None => open(&readers.path, Mode::Read, readers.durability)?,
            };
            let connection = self.connection.insert(connection);
            SqliteTx(connection).execute("BEGIN", &[])?;
            self.since = Some(commits);
        }
        self.connection.as_mut().ok_or_else(|| Error::Internal("a reader without a connection".to_owned()))
    }

    fn end(&mut self) {
        self.since = None;
        let open = self.connection.as_ref().filter(|connection| !connection.is_autocommit());
        let ended = open.map_or(Ok(0), |connection| SqliteTx(connection).execute("ROLLBACK", &[]));
        if let Err(error) = ended {
            tracing::warn!(%error, "a snapshot did not end");
            self.connection = None;
        }
    }
}

impl SqliteReaders {
    pub fn new(
        path: PathBuf,
        durability: Durability,
        catalog: Arc<RwLock<Arc<Catalog>>>,
        slots: Arc<Slots>,
    ) -> SqliteReaders {
        SqliteReaders { path, durability, catalog, slots, next: AtomicUsize::new(0) }
    }

    fn with_slot(&self, weight: Weight, job: impl FnOnce(&mut Slot) -> Result<()>) -> Result<()> {
        let slots = &self.slots.slots;
        let (open, to_wait_for) = match weight {
            Weight::Point | Weight::Brief => (&slots[..], &slots[..FOR_POINTS]),
            Weight::Scan => (&slots[FOR_POINTS..], &slots[FOR_POINTS..]),
        };
        // The first that is free: it has the pages in its cache that the others before it read.
        if let Some(mut slot) = open.iter().find_map(Mutex::try_lock) {
            return job(&mut slot);
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        job(&mut to_wait_for[next % to_wait_for.len()].lock())
    }

    /// Runs a job on a slot's snapshot.
    fn read(&self, slot: &mut Slot, bound: Option<Bound>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        // Before the snapshot: a catalog may be older than it, but not newer.
        let catalog = self.catalog.read().clone();
        let connection = slot.renewed(self)?;
        let is_brief = matches!(bound, Some(Bound::Brief));
        match bound {
            None => job(&mut ReadTx { tx: &mut SqliteTx(connection), catalog, is_brief }),
            Some(bound) => {
                let bounded = Bounded::new(connection, bound)?;
                job(&mut ReadTx { tx: &mut SqliteTx(bounded.0), catalog, is_brief });
            }
        }
        Ok(())
    }
}

impl Snapshots for SqliteReaders {
    fn point(&self, is_brief: bool, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        self.with_slot(Weight::Point, |slot| self.read(slot, is_brief.then_some(Bound::Brief), job))
    }

    fn snapshot(&self, gone: Option<&Arc<AtomicBool>>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        self.with_slot(Weight::Scan, |slot| {
            // Its caller may have gone while it waited for the connection.
            if gone.is_some_and(|gone| gone.load(Ordering::Relaxed)) {
                return Err(Error::TimedOut);
            }
            self.read(slot, gone.cloned().map(Bound::Gone), job)
        })
    }
}

/// When a statement is stopped.
enum Bound {
    /// After [`PATIENCE`].
    Brief,
    /// When nobody waits for it any more, or it takes too long.
    Gone(Arc<AtomicBool>),
}

/// A connection whose statements are bounded in time. However the job ends, by a panic too, they are not any more then.
struct Bounded<'c>(&'c mut Connection);

impl<'c> Bounded<'c> {
    fn new(connection: &'c mut Connection, bound: Bound) -> Result<Bounded<'c>> {
        let bounded = Bounded(connection);
        let set = match bound {
            Bound::Brief => bounded.0.progress_handler(PATIENCE, Some(|| true)),
            Bound::Gone(gone) => {
                let deadline = Instant::now() + SCAN_TIME;
                let is_over = move || gone.load(Ordering::Relaxed) || Instant::now() > deadline;
                bounded.0.progress_handler(PATIENCE, Some(is_over))
            }
        };
        set.map_err(failure)?;
        Ok(bounded)
    }
}

impl Drop for Bounded<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.progress_handler(0, None::<fn() -> bool>).map_err(failure) {
            tracing::warn!(%error, "a read leaves its bound behind");
        }
    }
}
