//! Writes on SQLite: waiting jobs share a transaction, since only this process writes.
//!
//! Jobs run one behind the other with nothing between them, since a savepoint for each costs a copy of every page that
//! it touches. When one fails after it wrote something, all is rolled back and the group is run once more, each job in a
//! savepoint of its own; so are the next groups, for a while: who fails once may fail again.

use super::readers::Slots;
use super::writing::WritingTx;
use super::{SqliteTx, failure};
use crate::database::catalog::Catalog;
use crate::database::queue::Queue;
use crate::database::write::{Counters, WriteTx};
use crate::database::writer::{Group, Job, Outcome};
use crate::tx::Tx;
use model::{Error, Result, Seq};
use parking_lot::RwLock;
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use std::sync::Arc;
use tokio::sync::watch;

/// Most jobs that share a commit.
const GROUP: usize = 512;
/// Groups that are run with savepoints after one that had to be run again.
const CAREFUL: u32 = 32;

/// Pages of the write-ahead log from which on it is copied back into the file.
const LONG_LOG: i32 = 1000;

/// The writing side of a database: its only writing connection.
pub struct SqliteWriter {
    connection: Connection,
    state: State,
    published: Arc<RwLock<Arc<Catalog>>>,
    announce: watch::Sender<Seq>,
    readers: Arc<Slots>,
    /// Groups that are still to be run with savepoints.
    careful: u32,
}

/// What a transaction moves.
struct State {
    catalog: Arc<Catalog>,
    counters: Counters,
}

/// How jobs share a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With nothing between them.
    Together,
    /// Each in a savepoint.
    Apart,
}

/// Whether a transaction can be committed.
enum Ran {
    Well,
    /// What a job that failed has left in it cannot be taken out.
    Badly,
}

impl SqliteWriter {
    pub fn new(
        mut connection: Connection,
        seq: Seq,
        published: Arc<RwLock<Arc<Catalog>>>,
        announce: watch::Sender<Seq>,
        readers: Arc<Slots>,
    ) -> Result<SqliteWriter> {
        let state = State { catalog: published.read().clone(), counters: Counters::new(seq) };
        let idle = readers.clone();
        connection.wal_hook(Some(move |log: &mut Wal, pages| copy_back(log, pages, &idle))).map_err(failure)?;
        Ok(SqliteWriter { connection, state, published, announce, readers, careful: 0 })
    }

    /// Runs the jobs and whatever waits behind them in one transaction. Whether it was committed; none when nothing
    /// stands and they are to be run again.
    fn attempt(&mut self, way: Way, jobs: &mut Vec<Job>, waiting: &Queue) -> Option<Result<()>> {
        let before = (self.state.counters.seq(), self.state.catalog.clone());
        let committed = match self.run_jobs(way, jobs, waiting) {
            Ok(Ran::Well) => Some(self.commit(&before.1)),
            Ok(Ran::Badly) => None,
            Err(error) => Some(Err(error)),
        };
        // Even a commit that says it failed may be in the file.
        self.readers.committed();
        match &committed {
            Some(Ok(())) => {
                if !Arc::ptr_eq(&before.1, &self.state.catalog) {
                    *self.published.write() = self.state.catalog.clone();
                }
                if before.0 != self.state.counters.seq() {
                    self.announce.send_replace(self.state.counters.seq());
                }
                return committed;
            }
            Some(Err(error)) => tracing::error!(%error, "a group of writes was not committed"),
            None => {}
        }
        // The error may have ended the transaction already; a second rollback then fails, and may.
        let _ = SqliteTx(&self.connection).execute("ROLLBACK", &[]);
        self.state = State { catalog: before.1, counters: Counters::new(before.0) };
        committed
    }

    /// Begins a transaction and runs the jobs in it. An error means that the whole transaction is lost.
    fn run_jobs(&mut self, way: Way, jobs: &mut Vec<Job>, waiting: &Queue) -> Result<Ran> {
        let (connection, state) = (&self.connection, &mut self.state);
        SqliteTx(connection).execute("BEGIN IMMEDIATE", &[])?;
        let mut tx = WritingTx::new(connection);
        for at in 0..GROUP {
            if at == jobs.len() {
                let Some(job) = waiting.try_next() else { break };
                jobs.push(job);
            }
            if way == Way::Apart {
                SqliteTx(connection).execute("SAVEPOINT job", &[])?;
            }
            tx.begin_job();
            let mut write = WriteTx::new(&mut tx, state.catalog.clone(), &mut state.counters);
            let outcome = jobs[at].run(&mut write);
            let (catalog, pending) = write.finish();
            // An error such as a full disk makes the engine roll the transaction back.
            let is_lost = connection.is_autocommit();
            match (outcome, way) {
                (_, Way::Together) if is_lost => return Ok(Ran::Badly),
                (_, Way::Apart) if is_lost => {
                    if outcome == Outcome::Failed {
                        // Its own error says more than that of those before it, which are lost too.
                        jobs.remove(at).answer(Ok(()));
                    }
                    return Err(Error::Unavailable("the store could not keep the write".to_owned()));
                }
                (Outcome::Done, _) => {
                    if way == Way::Apart {
                        SqliteTx(connection).execute("RELEASE job", &[])?;
                    }
                    state.catalog = catalog;
                    state.counters.take(pending);
                }
                (Outcome::Failed, Way::Apart) => {
                    SqliteTx(connection).execute("ROLLBACK TO job", &[])?;
                    SqliteTx(connection).execute("RELEASE job", &[])?;
                }
                (Outcome::Failed, Way::Together) if !tx.wrote() => {}
                (Outcome::Failed, Way::Together) if at == 0 => {
                    // Nothing else is in the transaction yet.
                    SqliteTx(connection).execute("ROLLBACK", &[])?;
                    SqliteTx(connection).execute("BEGIN IMMEDIATE", &[])?;
                    state.counters = Counters::new(state.counters.seq());
                }
                (Outcome::Failed, Way::Together) => return Ok(Ran::Badly),
            }
        }
        Ok(Ran::Well)
    }

    /// Commits what jobs did; `before` is the catalog before them.
    fn commit(&mut self, before: &Arc<Catalog>) -> Result<()> {
        let mut tx = SqliteTx(&self.connection);
        let schema_changed = !Arc::ptr_eq(before, &self.state.catalog);
        let version = schema_changed.then_some(self.state.catalog.schema.version);
        self.state.counters.flush(&mut tx, version)?;
        tx.execute("COMMIT", &[]).map(drop)
    }
}

/// Copies a long log back into the file after a commit. A snapshot keeps what came after it from being copied, and the log
/// from being begun anew, so those that nobody uses end: once for the copy, and once for those that began meanwhile.
fn copy_back(log: &mut Wal, pages: i32, readers: &Slots) -> rusqlite::Result<()> {
    if pages >= LONG_LOG {
        readers.let_go();
        if let Err(error) = log.checkpoint() {
            // What could not be copied now is copied after a later commit.
            tracing::debug!(%error, "the log was not copied back");
        }
        readers.let_go();
    }
    Ok(())
}

impl Group for SqliteWriter {
    fn run(&mut self, first: Job, waiting: &Queue) {
        let mut jobs = vec![first];
        let together = match self.careful.checked_sub(1) {
            None => self.attempt(Way::Together, &mut jobs, waiting),
            Some(left) => {
                self.careful = left;
                None
            }
        };
        let committed = together.unwrap_or_else(|| {
            if jobs.len() > 1 {
                self.careful = CAREFUL;
            }
            let lost = || Err(Error::Internal("a group of writes was not run".to_owned()));
            self.attempt(Way::Apart, &mut jobs, waiting).unwrap_or_else(lost)
        });
        for job in jobs {
            job.answer(committed.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::format;
    use crate::database::queue::{Entry, queue};
    use model::DatabaseKey;
    use std::sync::mpsc;

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

    /// A writer over a fresh database, and the end at which its jobs wait.
    fn writer() -> (SqliteWriter, Entry, Queue) {
        let connection = Connection::open_in_memory().expect("a database");
        let key = DatabaseKey::parse("abcdefghij12").expect("a key");
        let catalog = Arc::new(format::prepare_file(&connection, key, 0).expect("a format").catalog);
        let (catalog, announce) = (Arc::new(RwLock::new(catalog)), watch::channel(Seq(0)).0);
        let writer = SqliteWriter::new(connection, Seq(0), catalog, announce, Slots::new()).expect("a writer");
        let (entry, waiting) = queue();
        (writer, entry, waiting)
    }

    fn notes(writer: &SqliteWriter) -> Vec<String> {
        let mut found = Vec::new();
        let sql = "SELECT key FROM meta WHERE key LIKE 'note%' ORDER BY key";
        let mut each = |row: &dyn crate::tx::Row| {
            found.push(row.cell(0).text().unwrap_or_default().to_owned());
            Ok(crate::tx::GO_ON)
        };
        SqliteTx(&writer.connection).query(sql, &[], &mut each).expect("notes");
        found
    }

    #[test]
    fn one_that_fails_among_others_leaves_nothing_and_takes_nobody_with_it() {
        let (mut writer, _entry, waiting) = writer();
        let told = Arc::new(parking_lot::Mutex::new(Vec::new()));
        let job = |n: usize, wrong: bool| {
            let told = told.clone();
            let work = move |w: &mut WriteTx<'_>| {
                w.tx.execute(&format!("INSERT INTO meta (key, value) VALUES ('note{n}', '')"), &[])?;
                if wrong { Err(Error::PreconditionFailed) } else { Ok(n) }
            };
            Job::new(work, move |result| told.lock().push(result))
        };
        for round in 0..3 {
            let jobs: Vec<Job> = (0..3).map(|n| job(round * 3 + n, n == 1)).collect();
            let (entry, behind) = queue();
            let mut jobs = jobs.into_iter();
            let first = jobs.next().expect("a job");
            jobs.for_each(|job| assert!(entry.put(job)));
            writer.run(first, &behind);
            assert!(writer.careful > 0);
        }
        // Alone, or first, it costs the others nothing.
        writer.careful = 0;
        writer.run(job(9, true), &waiting);
        assert_eq!(writer.careful, 0);
        let wrong = || Err(Error::PreconditionFailed);
        let expected = [Ok(0), wrong(), Ok(2), Ok(3), wrong(), Ok(5), Ok(6), wrong(), Ok(8), wrong()];
        assert_eq!(*told.lock(), expected);
        assert_eq!(notes(&writer), ["note0", "note2", "note3", "note5", "note6", "note8"]);
    }

    #[test]
    fn one_that_fails_before_it_wrote_is_no_reason_to_run_the_others_again() {
        let (mut writer, entry, waiting) = writer();
        let runs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = runs.clone();
        let write = move |w: &mut WriteTx<'_>| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            w.tx.execute(NOTE, &[]).map(drop)
        };
        assert!(entry.put(Job::new(|_| Err::<(), _>(Error::TimedOut), drop)));
        writer.run(Job::new(write, drop), &waiting);
        assert_eq!((runs.load(std::sync::atomic::Ordering::Relaxed), writer.careful), (1, 0));
        assert_eq!(notes(&writer), ["note"]);
    }
}
