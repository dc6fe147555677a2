//! Writes on PostgreSQL: waiting jobs share a transaction whose first statement locks the row of the sequence, so that
//! writers of several nodes take turns.
//!
//! What a job only inserts is kept and sent with the inserts of the others as one statement for each table, so a group
//! of plain creates costs two round trips. Many rows are sent before that, and the server takes them in while the next
//! jobs are run (`ahead.rs`). When a statement fails, or the connection, nobody can say whose it was: the
//! group is rolled back and its jobs are run one by one. Whether a commit whose answer was lost stands is told by the
//! keys of its rows in the log, asked under the lock, when the lost transaction has surely ended.

use super::pulse::Watched;
use super::{Connection, Failure, Node, PostgresTx, WRITE};
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

/// The jobs of a group. Who waits joins while the group runs: its commit is the dear part.
struct Jobs<'w> {
    all: Vec<Job>,
    /// Where others wait; none when nobody may join.
    waiting: Option<&'w mpsc::Receiver<Job>>,
}

impl Jobs<'_> {
    /// The job at a place, which may be one that has just joined.
    fn at(&mut self, place: usize) -> Option<&mut Job> {
        if place == self.all.len() && place < GROUP {
            self.all.extend(self.waiting.and_then(|waiting| waiting.try_recv().ok()));
        }
        self.all.get_mut(place)
    }
}

/// How far an attempt came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not to the first job: whatever went wrong, it was none of theirs.
    Beginning,
    Running,
    Committing,
}

/// Why an attempt did not end well.
struct Lost {
    failure: Failure,
    stage: Stage,
    /// The keys of what may have been committed all the same.
    maybe: Vec<[u8; 16]>,
}

impl Lost {
    /// The error of all that wait, when nobody would do better alone.
    fn of_all(&self) -> Option<Error> {
        (self.stage == Stage::Beginning).then(|| self.failure.error.clone())
    }
}

impl PostgresWriter {
    pub fn new(
        node: Arc<Node>,
        watched: Arc<Watched>,
        seq: Seq,
        published: Arc<RwLock<Arc<Catalog>>>,
    ) -> PostgresWriter {
        let catalog = published.read().clone();
        PostgresWriter { node, watched, catalog, counters: Counters::new(seq), published }
    }

    /// Runs the jobs, and those that come meanwhile, in one transaction and commits it. `maybe` are the keys of an
    /// attempt before, whose commit was not answered: when it stands, nothing is run.
    fn attempt(&mut self, jobs: &mut Jobs<'_>, maybe: &[[u8; 16]]) -> std::result::Result<(), Lost> {
        let before = self.catalog.clone();
        let mut keys = Vec::new();
        let mut stage = Stage::Beginning;
        let done = self.run_all(jobs, maybe, &mut keys, &mut stage);
        match done {
            Ok(()) => {
                self.publish();
                Ok(())
            }
            Err(failure) => {
                self.catalog = before;
                // Nothing that is known of the numbers is sure now.
                self.counters = Counters::new(Seq(0));
                let maybe = if stage == Stage::Committing && failure.lost { keys } else { Vec::new() };
                Err(Lost { failure, stage, maybe })
            }
        }
    }

    fn run_all(
        &mut self,
        jobs: &mut Jobs<'_>,
        maybe: &[[u8; 16]],
        keys: &mut Vec<[u8; 16]>,
        stage: &mut Stage,
    ) -> std::result::Result<(), Failure> {
        let node = self.node.clone();
        let mut pooled = node.pool.get(&self.watched.schema)?;
        pooled.broken = true;
        let done = self.run_on(&mut pooled, jobs, maybe, keys, stage);
        pooled.ends_with(done.as_ref().err());
        let before = done?;
        if self.counters.seq() != before {
            node.pulse.tell(&self.watched.schema);
        }
        Ok(())
    }

    /// The same on a connection; the sequence before.
    fn run_on(
        &mut self,
        pooled: &mut Connection,
        jobs: &mut Jobs<'_>,
        maybe: &[[u8; 16]],
        keys: &mut Vec<[u8; 16]>,
        stage: &mut Stage,
    ) -> std::result::Result<Seq, Failure> {
        let node = self.node.clone();
        let mut tx = PostgresTx::begin(pooled, node.trigrams(), WRITE);
        let own = |tx: &PostgresTx<'_>, error: Error| {
            tx.failure().cloned().unwrap_or_else(|| Failure::own(error.to_string()))
        };
        let state = tx::first(&mut tx, LOCK, &[], state_of);
        let Some((seq, version)) = state.map_err(|error| own(&tx, error))? else {
            return Err(Failure::own("the database has no state".to_owned()));
        };
        let seq = Seq(seq as u64);
        if self.counters.seq() != seq {
            // Another node wrote: numbers that this one kept are stale.
            self.counters = Counters::new(seq);
        }
        if self.catalog.schema.version != version as u64 {
            let newer = catalog::refresh(&mut tx, &self.catalog);
            self.catalog = Arc::new(newer.map_err(|error| own(&tx, error))?);
        }
        for key in maybe {
            let stands = tx::first(&mut tx, HAS_KEY, &[Cell::Bytes(key)], |_| Ok(()));
            if stands.map_err(|error| own(&tx, error))?.is_some() {
                tx.commit().map_err(|error| own(&tx, error))?;
                // The others have not been told of it.
                node.pulse.tell(&self.watched.schema);
                return Ok(seq);
            }
        }
        *stage = Stage::Running;
        let unchanged = self.catalog.clone();
        let mut place = 0;
        while let Some(job) = jobs.at(place) {
            place += 1;
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
        *stage = Stage::Committing;
        tx.commit().map_err(|error| own(&tx, error))?;
        Ok(seq)
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

    /// Runs a job until it stands, its error is its own, or the server was lost twice. The error when others would
    /// fare no better.
    fn run_alone(&mut self, job: Job) -> Option<Error> {
        let mut jobs = Jobs { all: vec![job], waiting: None };
        let mut maybe = Vec::new();
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(&mut jobs, &maybe) {
                Ok(()) => {
                    answer_all(jobs.all, &Ok(()));
                    return None;
                }
                Err(lost) if lost.failure.lost && tries < 2 => maybe = lost.maybe,
                Err(lost) => {
                    tracing::error!(error = %lost.failure.error, cause = ?lost.failure.error, "a write was not committed");
                    let of_all = lost.of_all();
                    answer_all(jobs.all, &Err(lost.failure.error));
                    return of_all;
                }
            }
        }
    }
}

impl Group for PostgresWriter {
    fn run(&mut self, first: Job, waiting: &mpsc::Receiver<Job>) {
        let mut jobs = Jobs { all: vec![first], waiting: Some(waiting) };
        let mut attempted = self.attempt(&mut jobs, &[]);
        if matches!(&attempted, Err(lost) if lost.stage == Stage::Beginning && lost.failure.lost) {
            // The connection had gone since its last use.
            attempted = self.attempt(&mut jobs, &[]);
        }
        let jobs = jobs.all;
        let Err(lost) = attempted else { return answer_all(jobs, &Ok(())) };
        if let Some(error) = lost.of_all() {
            tracing::error!(%error, cause = ?error, "writes were not begun");
            return answer_all(jobs, &Err(error));
        }
        if !lost.maybe.is_empty() {
            // All or none of the group stands.
            match self.stands(&lost.maybe) {
                Ok(true) => return answer_all(jobs, &Ok(())),
                Ok(false) => {}
                Err(error) => return answer_all(jobs, &Err(error)),
            }
        }
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            if let Some(error) = self.run_alone(job) {
                return answer_all(jobs, &Err(error));
            }
        }
    }
}

fn answer_all(jobs: impl IntoIterator<Item = Job>, result: &Result<()>) {
    jobs.into_iter().for_each(|job| job.answer(result.clone()));
}

impl PostgresWriter {
    /// Whether a commit that was not answered stands.
    fn stands(&mut self, keys: &[[u8; 16]]) -> Result<bool> {
        let schema = self.watched.schema.clone();
        let asked = |node: &Node| {
            node.in_schema(&schema, WRITE, |tx| {
                // Behind the lock the lost transaction has ended, one way or the other.
                let state = tx::first(tx, LOCK, &[], state_of)?;
                let key = keys.first().map_or(Cell::Null, |key| Cell::Bytes(key));
                Ok(tx::first(tx, HAS_KEY, &[key], |_| Ok(()))?.and(state))
            })
        };
        let state = asked(&self.node).or_else(|_| asked(&self.node))?;
        if let Some((seq, version)) = state {
            // Those who wait for news, here and at other nodes, have not been told of it.
            self.watched.saw(Seq(seq as u64), version as u64);
            self.node.pulse.tell(&schema);
        }
        Ok(state.is_some())
    }
}

/// The sequence and the version of the schema.
fn state_of(row: &dyn tx::Row) -> Result<(i64, i64)> {
    Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).integer().unwrap_or(0)))
}
