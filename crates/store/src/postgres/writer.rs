//! Writes on PostgreSQL: waiting jobs share a transaction whose first statement locks the row of the sequence, so that
//! writers of several nodes take turns.
//!
//! What a job only inserts is kept and sent with the inserts of the others as one statement for each table, so a group
//! of plain creates costs two round trips. When a statement fails, or the connection, nobody can say whose it was: the
//! group is rolled back and its jobs are run one by one. Whether a commit whose answer was lost stands is told by the
//! keys of its rows in the log, asked under the lock, when the lost transaction has surely ended.

use super::pulse::Watched;
use super::{Failure, Node, PostgresTx, WRITE};
use crate::database::catalog::{self, Catalog};
use crate::database::write::{Counters, WriteTx};
use crate::database::writer::{Group, Job, Outcome};
use crate::tx;
use model::{Cell, Error, Result, Seq};
use parking_lot::RwLock;
use std::sync::{Arc, mpsc};

/// Most jobs that share a commit: the row of the sequence is locked for as long.
const GROUP: usize = 64;

const LOCK: &str = "SELECT seq, schema_version FROM state WHERE one = 1 FOR UPDATE";
const HAS_KEY: &str = "SELECT 1 FROM log WHERE key = ?1";

/// The writing side of a database on this node.
pub struct PostgresWriter {
    node: Arc<Node>,
    watched: Arc<Watched>,
    catalog: Arc<Catalog>,
    counters: Counters,
    published: Arc<RwLock<Arc<Catalog>>>,
}

/// Why an attempt did not end well.
struct Lost {
    failure: Failure,
    /// The keys of what may have been committed all the same.
    maybe: Vec<[u8; 16]>,
}

impl PostgresWriter {
    pub fn new(node: Arc<Node>, watched: Arc<Watched>, seq: Seq, published: Arc<RwLock<Arc<Catalog>>>) -> PostgresWriter {
        let catalog = published.read().clone();
        PostgresWriter { node, watched, catalog, counters: Counters::new(seq), published }
    }

    /// Runs the jobs in one transaction and commits it. `maybe` are the keys of an attempt before, whose commit was not
    /// answered: when it stands, nothing is run.
    fn attempt(&mut self, jobs: &mut [Job], maybe: &[[u8; 16]]) -> std::result::Result<(), Lost> {
        let before = self.catalog.clone();
        let mut keys = Vec::new();
        let mut committing = false;
        let done = self.run_all(jobs, maybe, &mut keys, &mut committing);
        match done {
            Ok(()) => {
                self.publish();
                Ok(())
            }
            Err(failure) => {
                self.catalog = before;
                // Nothing that is known of the numbers is sure now.
                self.counters = Counters::new(Seq(0));
                Err(Lost { maybe: if committing && failure.lost { keys } else { Vec::new() }, failure })
            }
        }
    }

    fn run_all(
        &mut self,
        jobs: &mut [Job],
        maybe: &[[u8; 16]],
        keys: &mut Vec<[u8; 16]>,
        committing: &mut bool,
    ) -> std::result::Result<(), Failure> {
        let node = self.node.clone();
        let mut pooled = node.pool.get(&self.watched.schema)?;
        pooled.broken = true;
        let mut tx = PostgresTx::begin(&mut pooled, node.trigrams(), WRITE);
        let own = |tx: &PostgresTx<'_>, error: Error| {
            tx.failure().cloned().unwrap_or_else(|| Failure::own(error.to_string()))
        };
        let state = tx::first(&mut tx, LOCK, &[], |row| {
            Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).integer().unwrap_or(0)))
        });
        let Some((seq, version)) = state.map_err(|error| own(&tx, error))? else {
            return Err(Failure::own("the database has no state".to_owned()));
        };
        let seq = Seq(seq as u64);
        if self.counters.seq() != seq {
            // Another node wrote: numbers that this one kept are stale.
            self.counters = Counters::new(seq);
        }
        if self.catalog.schema.version != version as u64 {
            self.catalog = Arc::new(catalog::load(&mut tx).map_err(|error| own(&tx, error))?);
        }
        for key in maybe {
            let stands = tx::first(&mut tx, HAS_KEY, &[Cell::Bytes(key)], |_| Ok(()));
            if stands.map_err(|error| own(&tx, error))?.is_some() {
                tx.commit().map_err(|error| own(&tx, error))?;
                drop(tx);
                pooled.broken = false;
                return Ok(());
            }
        }
        let unchanged = self.catalog.clone();
        for job in jobs {
            tx.begin_job();
            let mut write = WriteTx::new(&mut tx, self.catalog.clone(), &mut self.counters);
            let outcome = job.run(&mut write);
            let (catalog, pending) = write.finish();
            if let Some(failure) = tx.failure() {
                return Err(failure.clone());
            }
            if outcome == Outcome::Done {
                tx.keep_job();
                self.catalog = catalog;
                keys.extend(pending.key());
                self.counters.take(pending);
            } else {
                tx.drop_job();
            }
        }
        let schema_changed = !Arc::ptr_eq(&unchanged, &self.catalog);
        let version = schema_changed.then_some(self.catalog.schema.version);
        self.counters.flush(&mut tx, version).map_err(|error| own(&tx, error))?;
        *committing = true;
        tx.commit().map_err(|error| own(&tx, error))?;
        drop(tx);
        pooled.broken = false;
        if self.counters.seq() != seq {
            node.pulse.tell(&self.watched.schema);
        }
        Ok(())
    }

    fn publish(&self) {
        {
            let mut published = self.published.write();
            if published.schema.version < self.catalog.schema.version {
                *published = self.catalog.clone();
            }
        }
        self.watched.saw(self.counters.seq(), self.catalog.schema.version);
    }

    /// Runs a job until it stands, its error is its own, or the server was lost twice.
    fn run_alone(&mut self, mut job: Job, maybe: Vec<[u8; 16]>) {
        let mut maybe = maybe;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(std::slice::from_mut(&mut job), &maybe) {
                Ok(()) => return job.answer(Ok(())),
                Err(lost) if lost.failure.lost && tries < 2 => {
                    if maybe.is_empty() {
                        maybe = lost.maybe;
                    }
                }
                Err(lost) => {
                    tracing::error!(error = %lost.failure.error, cause = ?lost.failure.error, "a write was not committed");
                    return job.answer(Err(lost.failure.error));
                }
            }
        }
    }
}

impl Group for PostgresWriter {
    fn run(&mut self, first: Job, waiting: &mpsc::Receiver<Job>) {
        let mut jobs = vec![first];
        while jobs.len() < GROUP {
            match waiting.try_recv() {
                Ok(job) => jobs.push(job),
                Err(_) => break,
            }
        }
        let lost = match self.attempt(&mut jobs, &[]) {
            Ok(()) => return jobs.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(lost) => lost,
        };
        if !lost.maybe.is_empty() {
            // All or none of the group stands.
            match self.stands(&lost.maybe) {
                Ok(true) => return jobs.into_iter().for_each(|job| job.answer(Ok(()))),
                Ok(false) => {}
                Err(error) => return jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
            }
        }
        for job in jobs {
            self.run_alone(job, Vec::new());
        }
    }
}

impl PostgresWriter {
    /// Whether a commit that was not answered stands.
    fn stands(&mut self, keys: &[[u8; 16]]) -> Result<bool> {
        let schema = self.watched.schema.clone();
        let asked = |node: &Node| {
            node.in_schema(&schema, WRITE, |tx| {
                // Behind the lock the lost transaction has ended, one way or the other.
                tx::first(tx, LOCK, &[], |_| Ok(()))?;
                let key = keys.first().map_or(Cell::Null, |key| Cell::Bytes(key));
                Ok(tx::first(tx, HAS_KEY, &[key], |_| Ok(()))?.is_some())
            })
        };
        asked(&self.node).or_else(|_| asked(&self.node))
    }
}
