//! Reading connections of a SQLite file, opened when first needed.

use super::{Durability, Mode, SqliteTx, failure, open};
use crate::database::catalog::Catalog;
use crate::database::readers::{ReadTx, SCAN_TIME, Snapshots};
use crate::tx::Tx;
use model::Result;
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Connections of one database that may read at once.
const CONNECTIONS: usize = 4;
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

    fn with_connection(&self, job: &mut dyn FnMut(&mut Connection) -> Result<()>) -> Result<()> {
        // The first that is free: it has the pages in its cache that the others before it read.
        for slot in &self.connections {
            if let Some(mut slot) = slot.try_lock() {
                return self.use_slot(&mut slot, job);
            }
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.use_slot(&mut self.connections[next % CONNECTIONS].lock(), job)
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
        self.with_connection(&mut |connection| {
            let catalog = self.catalog.read().clone();
            job(&mut ReadTx { tx: &mut SqliteTx(connection), catalog });
            Ok(())
        })
    }

    fn snapshot(&self, gone: Option<&Arc<AtomicBool>>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        self.with_connection(&mut |connection| {
            if let Some(gone) = gone.cloned() {
                let deadline = Instant::now() + SCAN_TIME;
                connection
                    .progress_handler(PATIENCE, Some(move || gone.load(Ordering::Relaxed) || Instant::now() > deadline))
                    .map_err(failure)?;
            }
            let mut tx = SqliteTx(connection);
            tx.execute("BEGIN", &[])?;
            let catalog = self.catalog.read().clone();
            job(&mut ReadTx { tx: &mut tx, catalog });
            if tx.execute("COMMIT", &[]).is_err() {
                tx.execute("ROLLBACK", &[])?;
            }
            if gone.is_some() {
                connection.progress_handler(0, None::<fn() -> bool>).map_err(failure)?;
            }
            Ok(())
        })
    }
}
