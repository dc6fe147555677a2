//! Groups of writes on PostgreSQL: jobs that share a transaction, one that was sent, and one that was lost.

use super::pulse::Watched;
use super::{Failure, Node};
use crate::database::catalog::Catalog;
use crate::database::queue::Queue;
use crate::database::writer::Job;
use futures_util::future::Either;
use model::{Error, Result, Seq};
use parking_lot::RwLock;
use std::sync::Arc;

/// Most jobs that share a commit: the row of the sequence is locked for as long.
const GROUP: usize = 64;

/// The key of a row in the log.
pub type Key = [u8; 16];

/// Who is told of what was committed.
#[derive(Clone)]
pub struct Told {
    pub node: Arc<Node>,
    pub watched: Arc<Watched>,
    pub published: Arc<RwLock<Arc<Catalog>>>,
}

/// The jobs of a group. Who waits joins while the group runs: its commit is the dear part.
pub struct Jobs<'w> {
    pub all: Vec<Job>,
    /// Where others wait; none when nobody may join.
    pub waiting: Option<&'w Queue>,
}

impl Jobs<'_> {
    /// The job at a place, which may be one that has just joined.
    pub fn at(&mut self, place: usize) -> Option<&mut Job> {
        if place == self.all.len() && place < GROUP {
            self.all.extend(self.waiting.and_then(Queue::try_next));
        }
        self.all.get_mut(place)
    }

    /// Waits until so many wait that may join.
    pub fn more(&self, wanted: usize) -> impl Future<Output = ()> + Send + use<> {
        match self.waiting {
            Some(waiting) if self.all.len() < GROUP => Either::Left(waiting.hold(wanted)),
            Some(_) | None => Either::Right(std::future::pending()),
        }
    }
}

/// A transaction whose commit was sent, and whose outcome nobody has waited for.
pub struct Sent {
    /// The keys of its rows in the log.
    pub keys: Vec<Key>,
    /// The state before it.
    pub before: (Arc<Catalog>, Seq),
    /// The state after it, if it stands.
    pub after: (Arc<Catalog>, Seq),
}

/// A group and its transaction.
pub struct SentGroup {
    pub jobs: Vec<Job>,
    pub sent: Sent,
}

/// How far an attempt came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not to the first job: whatever went wrong, it was none of theirs.
    Beginning,
    Running,
    Committing,
}

/// Why an attempt did not end well.
pub struct Lost {
    pub failure: Failure,
    /// Whether it may have been nobody's fault: that of the connection, or of what was known of the state or of rights.
    pub nobodys: bool,
    pub stage: Stage,
    /// The keys of what may have been committed all the same.
    pub maybe: Vec<Key>,
}

impl Lost {
    /// The error of all that wait, when nobody would do better alone.
    pub fn of_all(&self) -> Option<Error> {
        let of_all = self.stage == Stage::Beginning || self.failure.is_of_a_lock();
        of_all.then(|| self.failure.error.clone())
    }

    /// Of an attempt that came to this stage with these keys.
    pub fn new(failure: Failure, stage: Stage, keys: Vec<Key>) -> Lost {
        let nobodys = failure.lost || failure.is_division_by_zero();
        let maybe = if stage == Stage::Committing && failure.lost { keys } else { Vec::new() };
        Lost { failure, nobodys, stage, maybe }
    }
}

impl SentGroup {
    /// Answers the jobs of what was committed.
    pub fn stands(self) {
        answer_all(self.jobs, &Ok(()));
    }
}

impl Told {
    /// Tells of what stands.
    pub fn of(&self, sent: &Sent) {
        let (catalog, seq) = &sent.after;
        {
            let mut published = self.published.write();
            if published.schema.version < catalog.schema.version {
                *published = catalog.clone();
            }
        }
        self.watched.saw(*seq, catalog.schema.version);
        if *seq != sent.before.1 {
            self.node.pulse.tell(&self.watched);
        }
    }
}

/// Takes note that nobody knows whether the write of a job stands.
pub fn doubt(job: &Job) {
    job.arrival().into_iter().for_each(|arrival| arrival.doubt());
}

pub fn answer_all(jobs: impl IntoIterator<Item = Job>, result: &Result<()>) {
    jobs.into_iter().for_each(|job| job.answer(result.clone()));
}
