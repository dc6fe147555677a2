//! Writes on SQLite: each waiting job in a savepoint of one transaction, since only this process writes.

use super::SqliteTx;
use crate::database::catalog::Catalog;
use crate::database::write::{Counters, WriteTx};
use crate::database::writer::{Group, Job, Outcome};
use crate::tx::Tx;
use model::{Error, Result, Seq};
use parking_lot::RwLock;
use rusqlite::Connection;
use std::sync::{Arc, mpsc};
use tokio::sync::watch;

/// Most jobs that share a commit.
const GROUP: usize = 512;

/// The writing side of a database: its only writing connection.
pub struct SqliteWriter {
    connection: Connection,
    catalog: Arc<Catalog>,
    counters: Counters,
    published: Arc<RwLock<Arc<Catalog>>>,
    announce: watch::Sender<Seq>,
}

impl SqliteWriter {
    pub fn new(
        connection: Connection,
        seq: Seq,
        published: Arc<RwLock<Arc<Catalog>>>,
        announce: watch::Sender<Seq>,
    ) -> SqliteWriter {
        let catalog = published.read().clone();
        SqliteWriter { catalog, counters: Counters::new(seq), connection, published, announce }
    }

    /// Runs one job in its savepoint. An error means that the whole transaction is lost.
    fn run_one(&mut self, mut job: Job) -> Result<Job> {
        SqliteTx(&self.connection).execute("SAVEPOINT job", &[])?;
        let mut tx = SqliteTx(&self.connection);
        let mut write = WriteTx::new(&mut tx, self.catalog.clone(), &mut self.counters);
        let outcome = job.run(&mut write);
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
            job.answer(Ok(()));
            return Err(Error::Unavailable("the store could not keep the write".to_owned()));
        }
        Ok(job)
    }
}

impl Group for SqliteWriter {
    fn run(&mut self, first: Job, waiting: &mpsc::Receiver<Job>) {
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
            job.answer(committed.clone());
        }
        if let Err(error) = &committed {
            not_begun.into_iter().for_each(|job| refuse(job, error));
        }
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
    use model::DatabaseKey;

    const NOTE: &str = "INSERT INTO meta (key, value) VALUES ('note', '')";

    /// Runs a job twice, rolling the first run back. What its caller is told.
    fn run_again<T: Send + 'static>(
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
        outcomes: [Outcome; 2],
        committed: Result<()>,
    ) -> Result<T> {
        let connection = Connection::open_in_memory().expect("a database");
        let key = DatabaseKey::parse("abcdefghij12").expect("a key");
        let catalog = Arc::new(format::prepare_file(&connection, key, 0).expect("a format").catalog);
        let (sender, told) = mpsc::channel();
        let mut job = Job::new(work, move |result| drop(sender.send(result)));
        for outcome in outcomes {
            let mut tx = SqliteTx(&connection);
            tx.execute("BEGIN IMMEDIATE", &[]).expect("a transaction");
            let mut counters = Counters::new(Seq(0));
            let ran = job.run(&mut WriteTx::new(&mut tx, catalog.clone(), &mut counters));
            assert_eq!(ran, outcome);
            SqliteTx(&connection).execute("ROLLBACK", &[]).expect("a rollback");
        }
        assert!(told.try_recv().is_err(), "nobody is told before the commit");
        job.answer(committed);
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
        Job::new(work, move |_| sender.send(seen.strong_count()).expect("heard")).answer(Ok(()));
        assert_eq!(left.recv(), Ok(0));
    }
}
