//! The writer: one thread for each database, to which all writes go. Waiting jobs share a transaction and its commit;
//! how they do is the engine's own: `sqlite/writer.rs`, `postgres/writer.rs`.

use super::queue::{Entry, Queue, queue};
use super::write::WriteTx;
use crate::postgres::Arrival;
use model::{DatabaseKey, Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

/// A write that waits for its turn.
pub struct Job {
    work: Box<dyn Work>,
    /// Its request, where that has not looked yet at what other nodes did: the write's transaction does it.
    arrival: Option<Arc<Arrival>>,
    /// Whether its last run was none, since it is judged by rights that have changed.
    refused: bool,
}

/// What the writer does with a job, whatever its result is.
trait Work: Send {
    /// Runs it, keeping the result. When what a run did was rolled back it may be run again; the last run counts.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome;

    /// Refuses it instead of running it.
    fn refuse(&mut self, error: Error);

    /// Tells its caller the result, or why it was not committed.
    fn answer(self: Box<Self>, committed: Result<()>);
}

/// How a run of a job ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Done,
    Failed,
}

/// A function with what becomes of its result.
struct Waiting<T, F, A> {
    work: F,
    answer: A,
    /// Of the last run.
    result: Option<Result<T>>,
}

impl Job {
    /// A job and what to do with its result once it is committed or has failed. `work` may be run again, see
    /// [`super::Database::write`].
    pub fn new<T: Send + 'static>(
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Job {
        Job { work: Box::new(Waiting { work, answer, result: None }), arrival: None, refused: false }
    }

    /// The job of a request whose look it is to bring along, if there is one.
    pub fn looking_for(self, arrival: Option<Arc<Arrival>>) -> Job {
        Job { arrival, ..self }
    }

    /// The request whose look it brings along.
    pub fn arrival(&self) -> Option<&Arc<Arrival>> {
        self.arrival.as_ref()
    }

    /// Refuses it instead of running it, since it is judged by rights that have changed. Like a run, this may be rolled
    /// back and the job run after all.
    pub fn refuse(&mut self) {
        self.refused = true;
        self.work.refuse(Arrival::changed());
    }

    /// Runs it. When what a run did was rolled back it may be run again; the last run counts.
    pub fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome {
        self.refused = false;
        self.work.run(tx)
    }

    /// Tells its caller the result, or why it was not committed.
    pub fn answer(self, committed: Result<()>) {
        if let (Some(arrival), Ok(())) = (&self.arrival, &committed) {
            arrival.wrote(!self.refused);
        }
        self.work.answer(committed);
    }
}

impl<T, F, A> Work for Waiting<T, F, A>
where
    T: Send,
    F: FnMut(&mut WriteTx<'_>) -> Result<T> + Send,
    A: FnOnce(Result<T>) + Send,
{
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
        let outcome = if result.is_ok() { Outcome::Done } else { Outcome::Failed };
        self.result = Some(result);
        outcome
    }

    fn refuse(&mut self, error: Error) {
        self.result = Some(Err(error));
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let Waiting { work, answer, result } = *self;
        // What was captured may hold the database itself: it is let go of before the caller goes on.
        drop(work);
        let result = result.unwrap_or_else(|| Err(Error::Internal("a write was not run".to_owned())));
        answer(committed.and(result));
    }
}

/// How an engine writes.
pub trait Group: Send {
    /// Runs `first` and whatever waits behind it in one transaction, then answers all of them.
    fn run(&mut self, first: Job, waiting: &Queue);
}

/// The sending end of a database's writer.
pub struct Writer {
    /// None while it is dropped.
    jobs: Option<Entry>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    /// Waits until all that was sent is written: the file may be opened again right after, and only one writer may
    /// know its counters.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != std::thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("a writer ended badly");
        }
    }
}

impl Writer {
    /// Starts the thread; it ends, and drops the group, when the writer is dropped.
    pub fn start(key: DatabaseKey, mut group: Box<dyn Group>) -> Result<Writer> {
        let (jobs, waiting) = queue();
        let thread = std::thread::Builder::new()
            .name(format!("write-{key}"))
            .spawn(move || {
                while let Some(first) = waiting.next() {
                    group.run(first, &waiting);
                }
            })
            .map_err(|e| Error::Unavailable(format!("no thread for writing: {e}")))?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    pub fn send(&self, job: Job) -> Result<()> {
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.put(job));
        if sent { Ok(()) } else { Err(Error::Unavailable("the database is closed".to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::write::Counters;
    use crate::postgres::Epochs;
    use crate::sqlite::SqliteTx;
    use model::Seq;
    use std::sync::mpsc;

    /// A job of a request that has not looked yet; what its caller was told comes out of the other end.
    fn job(arrival: &Arc<Arrival>) -> (Job, mpsc::Receiver<Result<i32>>) {
        let (sender, told) = mpsc::channel();
        let job = Job::new(|_| Ok(7), move |result| drop(sender.send(result)));
        (job.looking_for(Some(arrival.clone())), told)
    }

    fn run(job: &mut Job) {
        let connection = rusqlite::Connection::open_in_memory().expect("a database");
        let key = DatabaseKey::parse("abcdefghij12").expect("a key");
        let catalog = crate::database::format::prepare_file(&connection, key, 0).expect("a format").catalog;
        let (mut tx, mut counters) = (SqliteTx(&connection), Counters::new(Seq(0)));
        assert_eq!(job.run(&mut WriteTx::new(&mut tx, Arc::new(catalog), &mut counters)), Outcome::Done);
    }

    #[test]
    fn a_request_whose_write_was_refused_and_then_done_is_not_judged_anew() {
        let arrival = Arrival::now(&Epochs::default());
        let (mut refused, told) = job(&arrival);
        refused.refuse();
        // What refused it was rolled back, and it is run with those of a later attempt.
        run(&mut refused);
        refused.answer(Ok(()));
        assert_eq!(told.recv(), Ok(Ok(7)));
        assert!(!arrival.is_stale() && !arrival.must_look(), "it stands, by the rights that hold");
    }

    #[test]
    fn a_request_is_judged_anew_once_its_refusal_stands() {
        let arrival = Arrival::now(&Epochs::default());
        let (mut refused, told) = job(&arrival);
        refused.refuse();
        assert!(!arrival.is_stale());
        refused.answer(Ok(()));
        assert_eq!(told.recv(), Ok(Err(Arrival::changed())));
        assert!(arrival.is_stale());
    }

    #[test]
    fn a_request_is_not_run_again_when_its_write_may_stand() {
        let arrival = Arrival::now(&Epochs::default());
        let (lost, told) = job(&arrival);
        arrival.doubt();
        lost.answer(Err(Error::TimedOut));
        assert_eq!(told.recv(), Ok(Err(Error::TimedOut)));
        drop(arrival.refuse());
        assert!(arrival.is_unsure() && !arrival.is_stale());
    }
}
