//! Reads of one database: statements by themselves, and snapshots.

use super::pulse::Watched;
use super::{Node, PostgresTx, READ};
use crate::database::catalog::{self, Catalog};
use crate::database::readers::{ReadTx, Snapshots};
use crate::tx::Tx;
use model::{Error, Result};
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The reading side of a database.
pub struct PostgresReaders {
    pub node: Arc<Node>,
    pub watched: Arc<Watched>,
    pub catalog: Arc<RwLock<Arc<Catalog>>>,
}

impl PostgresReaders {
    /// The catalog, read again when another node changed it.
    fn catalog(&self, tx: &mut dyn Tx) -> Result<Arc<Catalog>> {
        let known = self.catalog.read().clone();
        if known.schema.version >= self.watched.version.load(Ordering::Acquire) {
            return Ok(known);
        }
        let newer = Arc::new(catalog::refresh(tx, &known)?);
        let mut published = self.catalog.write();
        if published.schema.version < newer.schema.version {
            *published = newer.clone();
        }
        Ok(newer)
    }
}

impl Snapshots for PostgresReaders {
    fn point(&self, _: bool, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        let mut pooled = self.node.pool.get(&self.watched.schema)?;
        let mut tx = PostgresTx::bare(&mut pooled, self.node.trigrams());
        let catalog = self.catalog(&mut tx)?;
        job(&mut ReadTx { tx: &mut tx, catalog, is_brief: false });
        let failure = tx.failure().cloned();
        pooled.ends_with(failure.as_ref());
        Ok(())
    }

    fn snapshot(&self, gone: Option<&Arc<AtomicBool>>, job: &mut dyn FnMut(&mut ReadTx<'_>)) -> Result<()> {
        let mut pooled = self.node.pool.get(&self.watched.schema)?;
        // Its caller may have gone while it waited for the connection.
        if gone.is_some_and(|gone| gone.load(Ordering::Relaxed)) {
            return Err(Error::TimedOut);
        }
        pooled.broken = true;
        let gone = gone.map(|gone| &**gone);
        let mut tx = PostgresTx::begin(&mut pooled, self.node.trigrams(), READ).watching(gone);
        let catalog = self.catalog(&mut tx)?;
        job(&mut ReadTx { tx: &mut tx, catalog, is_brief: false });
        // The job has given its answer; nobody waits for the end of the snapshot.
        let (failure, unbegun) = (tx.failure().cloned(), tx.is_unbegun());
        drop(tx);
        let failure = failure.or_else(|| if unbegun { None } else { pooled.simple("COMMIT").err() });
        pooled.ends_with(failure.as_ref());
        Ok(())
    }
}
