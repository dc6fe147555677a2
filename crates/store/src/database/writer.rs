//! The writer: one thread with the only writing connection. Waiting jobs share a transaction and its commit.

use super::catalog::Catalog;
use super::write::{Counters, WriteTx};
use crate::sqlite::SqliteTx;
use crate::tx::Tx;
use model::{DatabaseKey, Error, Result, Seq};
use parking_lot::RwLock;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Most jobs that share a commit.
const GROUP: usize = 512;

/// A write that waits for its turn.
pub struct Job {
    work: Box<dyn Work>,
}

/// What the writer does with a job, whatever its result is.
trait Work: Send {
    /// Runs it, keeping the result. When what a run did was rolled back it may be run again; the last run counts.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> Outcome;

    /// Tells its caller the result, or why it was not committed.
    fn answer(self: Box<Self>, committed: Result<()>);
}

#[derive(PartialEq, Debug)]
enum Outcome {
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
        Job { work: Box::new(Waiting { work, answer, result: None }) }
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

    fn answer(self: Box<Self>, committed: Result<()>) {
        let Waiting { work, answer, result } = *self;
        // What was captured may hold the database itself: it is let go of before the caller goes on.
        drop(work);
        let result = result.unwrap_or_else(|| Err(Error::Internal("a write was not run".to_owned())));
        answer(committed.and(result));
    }
}

/// The sending end of a database's writer.
pub struct Writer {
    /// None while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
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
    /// Starts the thread; it ends, and closes the connection, when the writer is dropped.
    pub fn start(
        connection: Connection,
        key: DatabaseKey,
        seq: Seq,
        published: Arc<RwLock<Arc<Catalog>>>,
        announce: watch::Sender<Seq>,
    ) -> Result<Writer> {
        let (jobs, waiting) = mpsc::channel();
        let catalog = published.read().clone();
        let mut state = State { catalog, counters: Counters::new(seq), connection, published, announce };
        let thread = std::thread::Builder::new()
            .name(format!("write-{key}"))
            .spawn(move || {
                while let Ok(first) = waiting.recv() {
                    state.run_group(first, &waiting);
                }
            })
            .map_err(|e| Error::Unavailable(format!("no thread for writing: {e}")))?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    pub fn send(&self, job: Job) -> Result<()> {
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        if sent { Ok(()) } else { Err(Error::Unavailable("the database is closed".to_owned())) }
    }
}

struct State {
    connection: Connection,
    catalog: Arc<Catalog>,
    counters: Counters,
    published: Arc<RwLock<Arc<Catalog>>>,
    announce: watch::Sender<Seq>,
}

impl State {
    /// Runs `first` and whatever waits behind it in one transaction, then answers all of them.
    fn run_group(&mut self, first: Job, waiting: &mpsc::Receiver<Job>) {
        let before = (self.counters.seq(), self.catalog.clone());
        let (mut ran, mut not_begun): (Vec<Job>, Vec<Job>) = Default::default();
        let mut committed = SqliteTx(&self.connection).execute("BEGIN IMMEDIATE", &[]).map(drop);
        let mut next = Some(first);
        while let Some(job) = next {
            match &committed {
                Ok(()) => match self.run_one(job) {
                    Ok(job) => ran.push(job),
                    Err(error) => committed = Err(error),
                },
                // The transaction is broken: nobody's write stands, and this one was not begun.
                Err(_) => not_begun.push(job),
            }
            next = if ran.len() + not_begun.len() < GROUP { waiting.try_recv().ok() } else { None };
        }
        if committed.is_ok() {
            let mut tx = SqliteTx(&self.connection);
            let schema_changed = !Arc::ptr_eq(&before.1, &self.catalog);
            committed = self
                .counters
                .flush(&mut tx, schema_changed.then_some(self.catalog.schema.version))
                .and_then(|()| tx.execute("COMMIT", &[]).map(drop));
        }
        match &committed {
            Ok(()) => {
                if !Arc::ptr_eq(&before.1, &self.catalog) {
                    *self.published.write() = self.catalog.clone();
                }
                if before.0 != self.counters.seq() {
                    self.announce.send_replace(self.counters.seq());
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group of writes was not committed");
                // The error may have ended the transaction already; a second rollback then fails, and may.
                let _ = SqliteTx(&self.connection).execute("ROLLBACK", &[]);
                self.catalog = before.1;
                self.counters = Counters::new(before.0);
            }
        }
        for job in ran {
            job.work.answer(committed.clone());
        }
        if let Err(error) = &committed {
            not_begun.into_iter().for_each(|job| refuse(job, error));
        }
    }

    /// Runs one job in its savepoint. An error means that the whole transaction is lost.
    fn run_one(&mut self, mut job: Job) -> Result<Job> {
        SqliteTx(&self.connection).execute("SAVEPOINT job", &[])?;
        let mut tx = SqliteTx(&self.connection);
        let mut write = WriteTx::new(&mut tx, self.catalog.clone(), &mut self.counters);
        let outcome = job.work.run(&mut write);
        let (catalog, pending) = write.finish();
        if outcome == Outcome::Done {
            SqliteTx(&self.connection).execute("RELEASE job", &[])?;
            self.catalog = catalog;
            self.counters.take(pending);
        } else if !self.connection.is_autocommit() {
            let mut tx = SqliteTx(&self.connection);
            tx.execute("ROLLBACK TO job", &[])?;
            tx.execute("RELEASE job", &[])?;
        } else {
            // An error such as a full disk made the engine roll the transaction back: the jobs before are lost too.
            job.work.answer(Ok(()));
            return Err(Error::Unavailable("the store could not keep the write".to_owned()));
        }
        Ok(job)
    }
}

/// Ends a job that is not run: dropping it drops its answer channel, which its caller reads as a failure.
fn refuse(job: Job, error: &Error) {
    tracing::warn!(%error, "a write was not begun");
    drop(job);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::format;

    const NOTE: &str = "INSERT INTO meta (key, value) VALUES ('note', '')";

    /// Runs a job twice, rolling the first run back. What its caller is told.
    fn run_again<T: Send + 'static>(
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        outcomes: [Outcome; 2],
        committed: Result<()>,
    ) -> Result<T> {
        let connection = Connection::open_in_memory().expect("a database");
        let key = DatabaseKey::parse("abcdefghij12").expect("a key");
        let catalog = Arc::new(format::prepare(&connection, key, 0).expect("a format").catalog);
        let (sender, told) = mpsc::channel();
        let mut job = Job::new(work, move |result| drop(sender.send(result)));
        for outcome in outcomes {
            let mut tx = SqliteTx(&connection);
            tx.execute("BEGIN IMMEDIATE", &[]).expect("a transaction");
            let mut counters = Counters::new(Seq(0));
            let ran = job.work.run(&mut WriteTx::new(&mut tx, catalog.clone(), &mut counters));
            assert_eq!(ran, outcome);
            SqliteTx(&connection).execute("ROLLBACK", &[]).expect("a rollback");
        }
        assert!(told.try_recv().is_err(), "nobody is told before the commit");
        job.work.answer(committed);
        told.recv().expect("an answer")
    }

    #[test]
    fn a_job_that_is_run_again_answers_what_its_last_run_gave() {
        let mut runs = 0;
        let write = move |w: &mut WriteTx<'_>| {
            runs += 1;
            w.tx.execute(NOTE, &[]).map(|_| runs)
        };
        assert_eq!(run_again(write, [Outcome::Done, Outcome::Done], Ok(())), Ok(2));
        assert_eq!(run_again(write, [Outcome::Done, Outcome::Done], Err(Error::TimedOut)), Err(Error::TimedOut));
    }

    #[test]
    fn a_job_that_failed_or_panicked_may_succeed_when_it_is_run_again() {
        for panics in [true, false] {
            let mut runs = 0;
            let write = move |_: &mut WriteTx<'_>| {
                runs += 1;
                assert!(!panics || runs > 1, "on purpose");
                if runs > 1 { Ok("well") } else { Err(Error::TimedOut) }
            };
            assert_eq!(run_again(write, [Outcome::Failed, Outcome::Done], Ok(())), Ok("well"));
        }
    }

    #[test]
    fn what_a_job_captured_is_let_go_of_before_its_caller_is_told() {
        let captured = Arc::new(());
        let seen = Arc::downgrade(&captured);
        let (sender, left) = mpsc::channel();
        let work = move |_: &mut WriteTx<'_>| Ok(Arc::strong_count(&captured));
        Job::new(work, move |_| sender.send(seen.strong_count()).expect("heard")).work.answer(Ok(()));
        assert_eq!(left.recv(), Ok(0));
    }
}
