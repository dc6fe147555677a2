//! Short reads on the task of their request: over connections that many requests share, without a thread of their own.
//!
//! A job of a read is a plain function, and nothing may wait inside it here. So it is run a first time to learn which
//! statement it asks, the statement is sent together with a look at what other nodes did, and the job is run again with
//! the answer at hand. Only statements that find few rows by an index go this way ([`Tx::query_short`]): on a shared
//! connection each waits for those before it. A job that asks anything else is run on a thread, with a snapshot.

use super::address::Address;
use super::cells::PostgresRow;
use super::epochs::Epochs;
use super::failure::Failure;
use super::pulse::Watched;
use super::rounds::{LOOK_WIDTH, Rounds};
use super::wanted::{Told, Wanted};
use crate::flavor::Flavor;
use crate::tx::{Next, Row, Tx, by_key};
use model::{Cell, Error, Result, StoredCell};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Connections of a database that its short lists share.
const CLIENTS: usize = 2;
/// Databases that have such connections at the same time.
const MOST_LINES: usize = 4;
/// A line that was not used for this long gives way to another database.
const IDLE: Duration = Duration::from_secs(5);
/// Between two attempts to open a line that nobody waits for, and longest time that one takes.
const RETRY: Duration = Duration::from_secs(2);

/// A statement and its answer. Rows of a key begin with a look.
pub struct Answer {
    pub wanted: Wanted,
    pub rows: Vec<tokio_postgres::Row>,
}

/// What was wanted of such a row.
struct BehindLook<'r>(PostgresRow<'r>);

impl Row for BehindLook<'_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        self.0.cell(index + LOOK_WIDTH)
    }
}

/// A run of a job that has these answers at hand.
pub struct ShortTx<'a> {
    answers: &'a [Arc<Answer>],
    next: usize,
    trigrams: Option<&'a str>,
    /// The short statement whose answer is not at hand.
    pub wanted: Option<Wanted>,
    /// Whether it asked what is not short, or asked on after it was refused.
    pub other: bool,
}

impl<'a> ShortTx<'a> {
    pub fn new(answers: &'a [Arc<Answer>], trigrams: Option<&'a str>) -> ShortTx<'a> {
        ShortTx { answers, next: 0, trigrams, wanted: None, other: false }
    }

    /// Hands out the answer to a short statement, or notes that it is wanted.
    fn ask(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        by_key: bool,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        if self.wanted.is_some() || self.other {
            return self.refuse();
        }
        let same = |Wanted { sql: of, params: with, by_key: keyed }: &Wanted| {
            of == sql && *keyed == by_key && with.iter().map(StoredCell::borrow).eq(params.iter().copied())
        };
        let Some(answer) = self.answers.get(self.next).filter(|answer| same(&answer.wanted)) else {
            let params = params.iter().map(|cell| cell.to_stored()).collect();
            self.wanted = Some(Wanted { sql: sql.to_owned(), params, by_key });
            return Err(Error::Internal("a statement to be asked".to_owned()));
        };
        self.next += 1;
        for row in &answer.rows {
            let row = PostgresRow(row);
            let next = if by_key { each(&BehindLook(row))? } else { each(&row)? };
            if next.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn refuse<T>(&mut self) -> Result<T> {
        self.other = true;
        Err(Error::Internal("a statement that is not short".to_owned()))
    }
}

impl Tx for ShortTx<'_> {
    fn flavor(&self) -> Flavor {
        Flavor::Postgres
    }

    fn execute(&mut self, _: &str, _: &[Cell<'_>]) -> Result<u64> {
        self.refuse()
    }

    fn query(&mut self, _: &str, _: &[Cell<'_>], _: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.refuse()
    }

    fn query_short(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.ask(sql, params, false, each)
    }

    fn query_keys(
        &mut self,
        sql: &str,
        lead: &[Cell<'_>],
        keys: &mut dyn Iterator<Item = i64>,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        by_key(lead, keys, each, &mut |params, each| self.ask(sql, params, true, each))
    }

    fn trigrams(&self) -> Option<&str> {
        self.trigrams
    }

    fn script(&mut self, _: &str) -> Result<()> {
        self.refuse()
    }
}

/// The shared connections of all databases.
pub struct Lines {
    address: Address,
    epochs: Arc<Epochs>,
    open: Mutex<Vec<(String, Arc<Line>)>>,
    /// When one that nobody waits for was begun.
    begun: Mutex<Option<Instant>>,
}

/// The shared connections of one database.
pub struct Line {
    rounds: Vec<Arc<Rounds>>,
    next: AtomicUsize,
    /// For those who only look or find records by their keys, which no list holds up. It is one connection, so that
    /// many go in one round.
    quick: Arc<Rounds>,
    used: Mutex<Instant>,
}

impl Lines {
    pub fn new(address: Address, epochs: Arc<Epochs>) -> Lines {
        Lines { address, epochs, open: Mutex::default(), begun: Mutex::default() }
    }

    /// Looks at what other nodes did until now, at the home store and at the database that was used last. False when no
    /// connection is open for it.
    pub async fn look(&self) -> bool {
        let recent = {
            let open = self.open.lock();
            open.iter()
                .filter(|(_, line)| line.is_open())
                .max_by_key(|(_, line)| *line.used.lock())
                .map(|(_, line)| line.clone())
        };
        match recent {
            Some(line) => line.look().await.is_ok(),
            None => false,
        }
    }

    /// Takes note that a database is written to. Whether a line is to be opened for it: those who write look, too, and
    /// look at less cost there.
    pub fn is_missing(&self, watched: &Watched) -> bool {
        if let Some((_, line)) =
            self.open.lock().iter().find(|(schema, line)| *schema == watched.schema && line.is_open())
        {
            *line.used.lock() = Instant::now();
            return false;
        }
        let mut begun = self.begun.lock();
        let is_due = begun.is_none_or(|begun| begun.elapsed() > RETRY);
        if is_due {
            *begun = Some(Instant::now());
        }
        is_due
    }

    /// Opens the line of a database that is missing, in its time.
    pub async fn open_for(&self, watched: &Arc<Watched>) {
        let _ = tokio::time::timeout(RETRY, self.of(watched)).await;
    }

    /// The line of a database; none when other databases keep all of them busy.
    pub async fn of(&self, watched: &Arc<Watched>) -> Option<Arc<Line>> {
        {
            let mut open = self.open.lock();
            open.retain(|(_, line)| line.is_open());
            if let Some((_, line)) = open.iter().find(|(schema, _)| *schema == watched.schema) {
                *line.used.lock() = Instant::now();
                return Some(line.clone());
            }
            if open.len() >= MOST_LINES {
                let idle = open.iter().position(|(_, line)| line.used.lock().elapsed() > IDLE)?;
                open.swap_remove(idle);
            }
        }
        match Line::open(&self.address, &self.epochs, watched).await {
            Ok(line) => {
                let mut open = self.open.lock();
                // Somebody may have been faster.
                if let Some((_, first)) = open.iter().find(|(schema, line)| *schema == watched.schema && line.is_open())
                {
                    return Some(first.clone());
                }
                let line = Arc::new(line);
                open.push((watched.schema.clone(), line.clone()));
                Some(line)
            }
            Err(failure) => {
                tracing::debug!(error = ?failure.error, "no shared connection");
                None
            }
        }
    }
}

impl Line {
    /// Looks at what other nodes did until now.
    pub async fn look(&self) -> std::result::Result<(), Failure> {
        self.quick.ask(None, true).await.map(drop)
    }

    /// Sends a statement and, when `look` says so, looks at what other nodes did until now. None when the answer is
    /// long.
    pub async fn ask(&self, wanted: Wanted, look: bool) -> Told {
        let rounds = if wanted.by_key { &self.quick } else { self.free() };
        rounds.ask(Some(wanted), look).await
    }

    /// A connection where no round is under way, or else the next.
    fn free(&self) -> &Arc<Rounds> {
        let free = self.rounds.iter().find(|rounds| !rounds.is_running());
        free.unwrap_or_else(|| &self.rounds[self.next.fetch_add(1, Ordering::Relaxed) % self.rounds.len()])
    }

    async fn open(
        address: &Address,
        epochs: &Arc<Epochs>,
        watched: &Arc<Watched>,
    ) -> std::result::Result<Line, Failure> {
        let mut rounds = Vec::with_capacity(CLIENTS);
        for _ in 0..CLIENTS {
            rounds.push(Arc::new(Rounds::open(address, epochs, watched).await?));
        }
        let quick = Arc::new(Rounds::open(address, epochs, watched).await?);
        Ok(Line { rounds, next: AtomicUsize::new(0), quick, used: Mutex::new(Instant::now()) })
    }

    fn is_open(&self) -> bool {
        self.rounds.iter().chain([&self.quick]).all(|rounds| rounds.is_open())
    }
}
