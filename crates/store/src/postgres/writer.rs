//! Writes on PostgreSQL: waiting jobs share a transaction whose first statement locks the row of the sequence, so that
//! writers of several nodes take turns.
//!
//! A node that wrote last knows what the lock would tell it, so it does not ask: its jobs are run first, and what they
//! wrote is sent with the lock, in one statement or between a beginning and a commit, in one round trip. A lock that finds another state
//! refuses, and the group is run again after asking. While a transaction is on its way the jobs that wait are run in
//! memory, up to the first that must ask the server something, and sent behind it (`flight.rs`).
//!
//! What a job only inserts is kept and sent with the inserts of the others as one statement for each table. Many rows
//! are sent before that, and the server takes them in while the next jobs are run (`ahead.rs`). When a statement fails,
//! or the connection, nobody can say whose it was: the group is rolled back and its jobs are run one by one. Whether a
//! commit whose answer was lost stands is told by the keys of its rows in the log, asked under the lock. When they are
//! not there the state is changed: the lost transaction has ended then, or comes to its lock later, finds another state
//! than it was made for, and ends itself.

use super::epochs::Epochs;
use super::flight::{Flight, Row};
use super::groups::{Jobs, Key, Lost, Sent, SentGroup, Stage, Told, answer_all, doubt};
use super::pulse::Watched;
use super::{Failure, Node, PostgresTx, WRITE};
use crate::database::catalog::{self, Catalog};
use crate::database::queue::Queue;
use crate::database::write::{Counters, WriteTx};
use crate::database::writer::{Group, Job, Outcome};
use crate::tx::{self, Tx};
use futures_util::future::Either;
use model::{Cell, Error, Result, Seq};
use parking_lot::RwLock;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Most groups in a row on one connection, which others may wait for.
const ROW: usize = 32;
/// Jobs that are worth to be run while their group can do nothing but wait: to be woken costs as much as a few of them.
const EARLY: usize = 4;
/// Between two looks at what is on its way while jobs are run.
const LOOK: Duration = Duration::from_micros(200);
/// Most runs of a job alone whose rights change on the way. The next one or two ask for them and refuse it.
const MOST_CHANGES: u32 = 3;
/// Groups whose state is asked for after a guess was wrong: who meets other writers may meet them again.
const CAREFUL: u32 = 32;

const LOCK: &str = "SELECT seq, schema_version FROM state WHERE one = 1 FOR UPDATE";
/// The same for a state that is known: any other divides by zero.
const LOCK_KNOWN: &str = "SELECT 1 / (CASE WHEN seq = ?1 AND schema_version = ?2 THEN 1 ELSE 0 END) FROM state \
                          WHERE one = 1 FOR UPDATE";
/// The same where it is known, too, what the sequence comes to. Rights are to be those of an epoch, if one is given.
const MOVE_KNOWN: &str = "UPDATE state SET seq = CAST(?3 AS BIGINT) \
                          / (CASE WHEN seq = ?1 AND schema_version = ?2 AND (SELECT COALESCE(?4, access) = access FROM rights) \
                          THEN 1 ELSE 0 END) WHERE one = 1";
/// The same where a group before it may have failed: what it wrote last is to be there.
const MOVE_BEHIND: &str = "UPDATE state SET seq = CAST(?3 AS BIGINT) \
                           / (CASE WHEN seq = ?1 AND schema_version = ?2 AND (SELECT COALESCE(?4, access) = access FROM rights) \
                           AND EXISTS (SELECT 1 FROM log WHERE key = ?5) THEN 1 ELSE 0 END) WHERE one = 1";
const HAS_KEY: &str = "SELECT 1 FROM log WHERE key = ?1";
/// Makes every guess made before a wrong one.
const OTHER_STATE: &str = "UPDATE state SET schema_version = schema_version + 1 WHERE one = 1";

/// The writing side of a database on this node.
pub struct PostgresWriter {
    node: Arc<Node>,
    told: Told,
    catalog: Arc<Catalog>,
    counters: Counters,
    /// Whether the state is that of the catalog and the counters, unless another node wrote.
    known: bool,
    /// Groups whose state is still to be asked for.
    careful: u32,
    /// Whether the epoch of rights is to be asked for.
    doubts_rights: bool,
}

/// What jobs were run by.
struct Ran {
    /// The epoch of rights of those that have not looked yet: it is to be compared before the commit.
    rights: Option<u64>,
    /// What has to be there when they are sent behind a group that is on its way.
    behind: Option<Key>,
}

/// How a transaction locks the state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// It is taken to be what this node knows.
    Guess,
    /// It is asked for.
    Ask,
}

impl PostgresWriter {
    pub fn new(
        node: Arc<Node>,
        watched: Arc<Watched>,
        seq: Seq,
        published: Arc<RwLock<Arc<Catalog>>>,
    ) -> PostgresWriter {
        let catalog = published.read().clone();
        let told = Told { node: node.clone(), watched, published };
        PostgresWriter {
            node,
            told,
            catalog,
            counters: Counters::new(seq),
            known: true,
            careful: 0,
            doubts_rights: false,
        }
    }

    /// How the next transaction locks the state.
    fn lock(&mut self) -> Lock {
        if let Some(left) = self.careful.checked_sub(1) {
            self.careful = left;
            return Lock::Ask;
        }
        let is_known = self.known && self.told.watched.seq() <= self.counters.seq();
        if is_known { Lock::Guess } else { Lock::Ask }
    }

    /// What was known is not so, since a transaction was lost that began with this catalog.
    fn forget(&mut self, catalog: Arc<Catalog>, failure: &Failure) {
        self.catalog = catalog;
        self.counters = Counters::new(Seq(0));
        self.known = false;
        if failure.is_division_by_zero() {
            (self.careful, self.doubts_rights) = (CAREFUL, true);
        }
    }

    /// Runs the jobs, and those that come meanwhile, and sends their transaction with its commit, which begins the next
    /// one when there `goes_on` to be one. Groups on their way end before anything is sent, or this one is sent behind them.
    /// After an error they and the connection are left as they are.
    fn send(
        &mut self,
        row: &mut Row,
        jobs: &mut Jobs<'_>,
        lock: Lock,
        goes_on: bool,
    ) -> std::result::Result<Sent, Lost> {
        let began = self.catalog.clone();
        let (mut keys, mut stage) = (Vec::new(), Stage::Beginning);
        let (node, Row { place, flight }) = (self.node.clone(), row);
        let sent = place.take().map_or_else(|| node.pool.get(&self.told.watched.schema), Ok).and_then(|pooled| {
            let pooled = place.insert(pooled);
            // Until its outcome is known.
            pooled.broken = true;
            pooled.write_alone(true)?;
            let mut tx = PostgresTx::begin(pooled, node.trigrams(), WRITE).behind(flight);
            let sent = self.send_on(&mut tx, jobs, lock, goes_on.then_some(WRITE), (&mut keys, &mut stage));
            sent.map_err(|error| tx.failure().cloned().unwrap_or_else(|| Failure::own(error.to_string())))
        });
        sent.map_err(|failure| {
            self.forget(began, &failure);
            Lost::new(failure, stage, keys)
        })
    }

    fn send_on(
        &mut self,
        tx: &mut PostgresTx<'_>,
        jobs: &mut Jobs<'_>,
        lock: Lock,
        next: Option<&str>,
        (keys, stage): (&mut Vec<Key>, &mut Stage),
    ) -> Result<Sent> {
        let known = [self.counters.seq().0 as i64, self.catalog.schema.version as i64];
        match lock {
            Lock::Guess => tx.lock_with(LOCK_KNOWN, &known.map(Cell::Integer)),
            Lock::Ask => self.ask(tx)?,
        }
        *stage = Stage::Running;
        let before = (self.catalog.clone(), self.counters.seq());
        let Ran { mut rights, behind } = self.run_jobs(tx, jobs, keys, lock)?;
        let after = (self.catalog.clone(), self.counters.seq());
        if lock == Lock::Guess && tx.is_unbegun() && after.1 != before.1 {
            let [seq, version] = known;
            let [seq, version, moved] = [seq, version, after.1.0 as i64].map(Cell::Integer);
            let epoch = rights.take().map_or(Cell::Null, |epoch| Cell::Integer(epoch as i64));
            match &behind {
                None => tx.lock_with(MOVE_KNOWN, &[seq, version, moved, epoch]),
                Some(key) => tx.lock_with(MOVE_BEHIND, &[seq, version, moved, epoch, Cell::Bytes(key)]),
            }
            self.counters.wrote_seq();
        }
        let version = (!Arc::ptr_eq(&before.0, &after.0)).then_some(after.0.schema.version);
        self.counters.flush(tx, version)?;
        *stage = Stage::Committing;
        if let Some(epoch) = rights {
            tx.put(&self.node.rights, &[Cell::Integer(epoch as i64)])?;
        }
        tx.commit_ahead(next)?;
        Ok(Sent { keys: std::mem::take(keys), before, after })
    }

    /// Runs the jobs, and those that come until the groups before have ended or these may be sent behind them.
    fn run_jobs(
        &mut self,
        tx: &mut PostgresTx<'_>,
        jobs: &mut Jobs<'_>,
        keys: &mut Vec<Key>,
        lock: Lock,
    ) -> Result<Ran> {
        let rights = self.node.epochs.access.load(Ordering::Acquire);
        let (mut looks, mut at) = (false, 0);
        let (was_behind, mut looked) = (tx.is_behind(), Instant::now());
        loop {
            let ran = Ran { rights: looks.then_some(rights), behind: None };
            if was_behind && tx.is_unbegun() && looked.elapsed() > LOOK {
                if !tx.is_behind() {
                    // The server waits for them.
                    return Ok(ran);
                }
                // What came is taken in while it yields.
                tx.step(async {
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                    }
                })?;
                looked = Instant::now();
            }
            let Some(job) = jobs.at(at) else {
                if !tx.is_behind() {
                    return Ok(ran);
                }
                let behind = tx.may_follow().filter(|_| lock == Lock::Guess).and_then(Flight::to_find);
                if behind.is_some() && !keys.is_empty() {
                    tx.follow();
                    return Ok(Ran { behind, ..ran });
                }
                tx.step(jobs.more(if behind.is_some() { 1 } else { EARLY }))?;
                continue;
            };
            at += 1;
            if let Some(arrival) = job.arrival() {
                if arrival.access() != rights {
                    job.refuse();
                    continue;
                }
                looks = true;
            }
            tx.begin_job();
            let mut write = WriteTx::new(tx, self.catalog.clone(), &mut self.counters);
            let outcome = job.run(&mut write);
            let (catalog, pending) = write.finish();
            if let Some(failure) = tx.failure() {
                return Err(failure.error.clone());
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
    }

    /// Locks the state and takes it in, with the rights when they are in doubt.
    fn ask(&mut self, tx: &mut PostgresTx<'_>) -> Result<()> {
        let state = tx::first(tx, LOCK, &[], state_of)?;
        let (seq, version) = state.ok_or_else(|| Error::Internal("the database has no state".to_owned()))?;
        let seq = Seq(seq as u64);
        if self.counters.seq() != seq {
            // Another node wrote: numbers that this one kept are stale.
            self.counters = Counters::new(seq);
        }
        if self.catalog.schema.version != version as u64 {
            self.catalog = Arc::new(catalog::refresh(tx, &self.catalog)?);
        }
        self.known = true;
        if std::mem::take(&mut self.doubts_rights) {
            let epochs = tx::all(tx, &Epochs::sql(&self.node.prefix), &[], |row| {
                Ok((row.cell(0).text().unwrap_or("").to_owned(), row.cell(1).integer().unwrap_or(0)))
            })?;
            epochs.iter().for_each(|(key, value)| self.node.epochs.note(key, *value));
        }
        Ok(())
    }

    /// Runs the jobs in a transaction and waits for its outcome.
    fn attempt(&mut self, jobs: &mut Jobs<'_>) -> std::result::Result<(), Lost> {
        let mut row = Row::new(&self.told);
        let ended = self.send(&mut row, jobs, Lock::Ask, false).and_then(|sent| {
            let ended = row.place.iter_mut().try_for_each(|pooled| pooled.settle());
            if ended.is_ok() {
                self.told.of(&sent);
            }
            ended.map_err(|failure| self.lost(sent, failure))
        });
        row.end(ended.as_ref().err().map(|lost| &lost.failure));
        ended
    }

    /// What is left of a transaction that was sent and failed.
    fn lost(&mut self, sent: Sent, failure: Failure) -> Lost {
        self.forget(sent.before.0, &failure);
        Lost::new(failure, Stage::Committing, sent.keys)
    }

    /// Runs a group and sends its transaction.
    fn run_group(&mut self, row: &mut Row, mut jobs: Jobs<'_>, may_go_on: bool) {
        let lock = self.lock();
        // Who comes in a row with one group is likely to have another behind.
        let goes_on = may_go_on && !row.flight.is_empty();
        match self.send(row, &mut jobs, lock, goes_on) {
            Ok(sent) => {
                row.flight.push(SentGroup { jobs: jobs.all, sent });
                row.flight.answer();
            }
            Err(lost) => self.recover(row, Some((jobs.all, lost))),
        }
    }

    /// Waits until the first group on its way has ended, or for a job that may be sent behind it.
    fn wait(&mut self, row: &mut Row, waiting: Option<&Queue>) {
        let Row { place, flight } = row;
        let waiting = waiting.filter(|_| flight.to_find().is_some());
        let held = waiting.map_or_else(|| Either::Right(pending()), |queue| Either::Left(queue.hold(1)));
        let ended = place.as_mut().map_or(Ok(None), |pooled| flight.step(pooled, held));
        match ended {
            Ok(_) => flight.answer(),
            Err(_) => self.recover(row, None),
        }
    }

    /// Brings the groups of a row to an end after a failure, and then a group that was `behind` them.
    fn recover(&mut self, row: &mut Row, behind: Option<(Vec<Job>, Lost)>) {
        let fates = row.place.as_mut().map(|pooled| row.flight.fates(pooled)).unwrap_or_default();
        let mut all: Vec<(Vec<Job>, Lost)> = Vec::new();
        for (group, fate) in fates {
            let SentGroup { jobs, sent } = group;
            match fate {
                Ok(()) => {
                    self.told.of(&sent);
                    answer_all(jobs, &Ok(()));
                }
                // It was made for what the first of those that failed would have left.
                Err(failure) if !all.is_empty() => all.push((jobs, Lost::new(failure, Stage::Committing, sent.keys))),
                Err(failure) => all.push((jobs, self.lost(sent, failure))),
            }
        }
        if let Some((jobs, mut lost)) = behind {
            if !all.is_empty() {
                // Its commit was not sent: it was found out that one before has failed.
                lost.nobodys = true;
                lost.maybe.clear();
            }
            all.push((jobs, lost));
        }
        row.end(all.first().map(|(_, lost)| &lost.failure));
        // The last first: one that stands stands upon those before it, and none of them may be run again before it is
        // known that those behind it never will.
        for n in (0..all.len()).rev().filter(|n| !all[*n].1.maybe.is_empty()).collect::<Vec<_>>() {
            match self.stands(&all[n].1.maybe) {
                Ok(false) => all[n].1.maybe.clear(),
                Ok(true) => {
                    all.drain(..=n).for_each(|(jobs, _)| answer_all(jobs, &Ok(())));
                    break;
                }
                Err(error) => {
                    for (jobs, lost) in all.drain(..=n) {
                        jobs.iter().filter(|_| !lost.maybe.is_empty()).for_each(doubt);
                        answer_all(jobs, &Err(error.clone()));
                    }
                    break;
                }
            }
        }
        all.into_iter().for_each(|(jobs, lost)| self.run_again(jobs, lost));
    }

    /// Brings the jobs of an attempt that was lost to an end.
    fn run_again(&mut self, jobs: Vec<Job>, mut lost: Lost) {
        let mut jobs = Jobs { all: jobs, waiting: None };
        let mut is_first = true;
        loop {
            if !lost.maybe.is_empty() {
                // All or none of the group stands.
                match self.stands(&lost.maybe) {
                    Ok(true) => return answer_all(jobs.all, &Ok(())),
                    Ok(false) => {}
                    Err(error) => {
                        jobs.all.iter().for_each(doubt);
                        return answer_all(jobs.all, &Err(error));
                    }
                }
            }
            if !is_first || !lost.nobodys {
                break;
            }
            is_first = false;
            match self.attempt(&mut jobs) {
                Ok(()) => return answer_all(jobs.all, &Ok(())),
                Err(again) => lost = again,
            }
        }
        if let Some(error) = lost.of_all() {
            tracing::error!(%error, cause = ?error, "writes were not begun");
            return answer_all(jobs.all, &Err(error));
        }
        let mut jobs = jobs.all.into_iter();
        while let Some(job) = jobs.next() {
            if let Some(error) = self.run_alone(job) {
                return answer_all(jobs, &Err(error));
            }
        }
    }

    /// Runs a job until it stands, its error is its own, the server was lost twice, or rights change all the time. The
    /// error when others would fare no better.
    fn run_alone(&mut self, job: Job) -> Option<Error> {
        let mut jobs = Jobs { all: vec![job], waiting: None };
        let (mut losses, mut changes) = (0, 0);
        loop {
            let Err(mut lost) = self.attempt(&mut jobs) else {
                answer_all(jobs.all, &Ok(()));
                return None;
            };
            if lost.failure.is_division_by_zero() && changes < MOST_CHANGES {
                changes += 1;
                continue;
            }
            if lost.failure.lost && losses == 0 {
                losses += 1;
                let stands = if lost.maybe.is_empty() { Ok(false) } else { self.stands(&lost.maybe) };
                match stands {
                    Ok(true) => {
                        answer_all(jobs.all, &Ok(()));
                        return None;
                    }
                    Ok(false) => continue,
                    Err(error) => lost.failure.error = error,
                }
            }
            tracing::error!(error = %lost.failure.error, cause = ?lost.failure.error, "a write was not committed");
            let of_all = lost.of_all();
            if !lost.maybe.is_empty() {
                jobs.all.iter().for_each(doubt);
            }
            answer_all(jobs.all, &Err(lost.failure.error));
            return of_all;
        }
    }

    /// Whether a commit that was not answered stands. If not it never will.
    fn stands(&mut self, keys: &[Key]) -> Result<bool> {
        let watched = self.told.watched.clone();
        let asked = |node: &Node| {
            node.in_schema(&watched.schema, WRITE, |tx| {
                // Behind the lock the lost transaction has ended, or it is yet to come to its own lock.
                let state = tx::first(tx, LOCK, &[], state_of)?;
                let key = keys.first().map_or(Cell::Null, |key| Cell::Bytes(key));
                let stands = tx::first(tx, HAS_KEY, &[key], |_| Ok(()))?.is_some();
                if !stands {
                    // Then it finds another state there than the one it was made for, whatever becomes of its jobs.
                    tx.execute(OTHER_STATE, &[])?;
                }
                Ok(state.filter(|_| stands))
            })
        };
        let state = asked(&self.node).or_else(|_| asked(&self.node))?;
        if let Some((seq, version)) = state {
            // Those who wait for news, here and at other nodes, have not been told of it.
            watched.saw(Seq(seq as u64), version as u64);
            self.node.pulse.tell(&watched);
        }
        Ok(state.is_some())
    }
}

impl Group for PostgresWriter {
    fn run(&mut self, first: Job, waiting: &Queue) {
        let mut row = Row::new(&self.told);
        let (mut next, mut groups) = (Some(first), 0);
        loop {
            match next.take() {
                Some(first) => {
                    groups += 1;
                    self.run_group(&mut row, Jobs { all: vec![first], waiting: Some(waiting) }, groups < ROW);
                }
                None if row.flight.is_empty() => return row.end(None),
                None => self.wait(&mut row, Some(waiting).filter(|_| groups < ROW)),
            }
            next = if groups < ROW { waiting.try_next() } else { None };
        }
    }
}

/// The sequence and the version of the schema.
fn state_of(row: &dyn tx::Row) -> Result<(i64, i64)> {
    Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).integer().unwrap_or(0)))
}
