//! Reading connections of a SQLite file, opened when first needed.

use super::{Durability, Mode, SqliteTx, failure, open};
use crate::database::catalog::Catalog;
use crate::database::readers::{ReadTx, SCAN_TIME, Snapshots, Weight};
use crate::tx::Tx;
use model::{Error, Result};
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Connections of one database that may read at once.
const CONNECTIONS: usize = 5;
/// Of these, the first ones are for point reads alone: no scan holds up the look at a record.
const FOR_POINTS: usize = 1;
/// Instructions of the engine between two looks at the clock.
const PATIENCE: i32 = 20_000;

/// The reading side of a database.
pub struct SqliteReaders {
    path: PathBuf,
    durability: Durability,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    connections: Vec<Mutex<Option<Connection>>>,
    next: AtomicUsize,
}

impl SqliteReaders {
    pub fn new(path: PathBuf, durability: Durability, catalog: Arc<RwLock<Arc<Catalog>>>) -> SqliteReaders {
        let connections = (0..CONNECTIONS).map(|_| Mutex::new(None)).collect();
        SqliteReaders { path, durability, catalog, connections, next: AtomicUsize::new(0) }
    }

    fn with_connection(&self, weight: Weight, job: &mut dyn FnMut(&mut Connection) -> Result<()>) -> Result<()> {
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

    fn use_slot(
        &self,
        slot: &mut Option<Connection>,
        job: &mut dyn FnMut(&mut Connection) -> Result<()>,
    ) -> Result<()> {
        let connection = match slot {
            Some(connection) => connection,
            None => slot.insert(open(&self.path, Mode::Read, self.durability)?),
        };
        job(connection)
    }
}

impl Snapshots for SqliteReaders {
    /// Without a transaction: one statement is a snapshot by itself.
    fn point(&self, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        self.with_connection(Weight::Point, &mut |connection| {
            let catalog = self.catalog.read().clone();
            job(&mut ReadTx { tx: &mut SqliteTx(connection), catalog });
            Ok(())
        })
    }

    fn snapshot(&self, gone: Option<&Arc<AtomicBool>>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        self.with_connection(Weight::Scan, &mut |connection| {
            let snapshot = Snapshot::begin(connection, gone.cloned())?;
            let catalog = self.catalog.read().clone();
            job(&mut ReadTx { tx: &mut SqliteTx(snapshot.0), catalog });
            Ok(())
        })
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
            snapshot.0.progress_handler(PATIENCE, Some(is_over)).map_err(failure)?;
        }
        SqliteTx(snapshot.0).execute("BEGIN", &[])?;
        Ok(snapshot)
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // First the handler, which would stop the end as well.
        let freed = self.0.progress_handler(0, None::<fn() -> bool>).map_err(failure);
        let in_transaction = !self.0.is_autocommit();
        let ended = if in_transaction { SqliteTx(self.0).execute("ROLLBACK", &[]).map(drop) } else { Ok(()) };
        if let Err(error) = freed.and(ended) {
            tracing::warn!(%error, "a snapshot did not end");
        }
    }
}
