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

type Answer = Box<dyn FnOnce(Result<()>) + Send>;
type Run = Box<dyn FnOnce(&mut WriteTx<'_>) -> (Outcome, Answer) + Send>;

/// A write that waits for its turn.
pub struct Job {
    run: Run,
}

#[derive(PartialEq)]
enum Outcome {
    Done,
    Failed,
}

impl Job {
    /// A job and what to do with its result once it is committed or has failed.
    pub fn new<T: Send + 'static>(
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Job {
        Job {
            run: Box::new(move |tx| {
                let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
                    .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
                let outcome = if result.is_ok() { Outcome::Done } else { Outcome::Failed };
                let answer: Answer = Box::new(move |committed| {
                    answer(match committed {
                        Ok(()) => result,
                        Err(error) => Err(error),
                    });
                });
                (outcome, answer)
            }),
        }
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
        let mut answers: Vec<Answer> = Vec::new();
        let mut committed = SqliteTx(&self.connection).execute("BEGIN IMMEDIATE", &[]).map(drop);
        let mut next = Some(first);
        while let Some(job) = next {
            match &committed {
                Ok(()) => match self.run_one(job) {
                    Ok(answer) => answers.push(answer),
                    Err(error) => committed = Err(error),
                },
                // The transaction is broken: nobody's write stands, and this one was not begun.
                Err(error) => {
                    let error = error.clone();
                    answers.push(refuse(job, error));
                }
            }
            next = if answers.len() < GROUP { waiting.try_recv().ok() } else { None };
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
        for answer in answers {
            answer(committed.clone());
        }
    }

    /// Runs one job in its savepoint. An error means that the whole transaction is lost.
    fn run_one(&mut self, job: Job) -> Result<Answer> {
        SqliteTx(&self.connection).execute("SAVEPOINT job", &[])?;
        let mut tx = SqliteTx(&self.connection);
        let mut write = WriteTx::new(&mut tx, self.catalog.clone(), &mut self.counters);
        let (outcome, answer) = (job.run)(&mut write);
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
            answer(Ok(()));
            return Err(Error::Unavailable("the store could not keep the write".to_owned()));
        }
        Ok(answer)
    }
}

/// The answer of a job that is not run.
fn refuse(job: Job, error: Error) -> Answer {
    Box::new(move |_| {
        // Dropping the job drops its answer channel, which its caller reads as a failure.
        tracing::warn!(%error, "a write was not begun");
        drop(job);
    })
}
