//! [`Tx`] over a connection: statements that nobody waits for are kept and sent with the next that somebody does.

use super::ahead;
use super::cells::{Bound, Param, PostgresRow};
use super::connection::{Connection, Outgoing};
use super::failure::Failure;
use super::flight::Flight;
use super::joined::are_one;
use crate::flavor::Flavor;
use crate::tx::{Insertion, Next, Tx};
use model::{Cell, Result, StoredCell};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Most rows of one statement.
const MOST_ROWS: usize = 5_000;
/// Most rows of a job that are kept before they are sent: a long job must neither fill the memory nor be silent for as
/// long as the server takes for being gone.
const MOST_KEPT: usize = 20_000;
/// Most statements that are sent behind what is on its way.
const MOST_AT_ONCE: usize = 32;

/// A statement that waits to be sent.
pub enum Waiting {
    Simple(Cow<'static, str>),
    Put(String, Vec<StoredCell>),
    /// As `Put`, for what touches no row that another of these or a row of `Rows` is.
    Apart(String, Vec<StoredCell>),
    Rows(Arc<Insertion>, Vec<Vec<StoredCell>>),
}

/// A transaction on a connection.
pub struct PostgresTx<'c> {
    connection: &'c mut Connection,
    trigrams: Option<&'c str>,
    /// What waits to be sent: of the opening and of jobs that stand.
    standing: Vec<Waiting>,
    /// What waits of the running job.
    job: Vec<Waiting>,
    /// Whether a job runs whose effects must be told from those before.
    in_job: bool,
    /// Whether the running job has its savepoint.
    saved: bool,
    /// Rows that were kept since the last statement was sent.
    kept: usize,
    /// What is on its way on the connection, and has to end before anything is sent.
    flight: Option<&'c mut Flight>,
    /// What locks, until it is sent.
    lock: Option<Waiting>,
    /// What ended the transaction.
    failure: Option<Failure>,
    gone: Option<&'c AtomicBool>,
    reads_only: bool,
    /// Whether there is a transaction, to be begun if not already.
    is_whole: bool,
    /// Whether anything was sent.
    is_begun: bool,
}

impl<'c> PostgresTx<'c> {
    /// Statements of their own, without a transaction around them.
    pub fn bare(connection: &'c mut Connection, trigrams: Option<&'c str>) -> PostgresTx<'c> {
        PostgresTx {
            connection,
            trigrams,
            standing: Vec::new(),
            job: Vec::new(),
            in_job: false,
            saved: false,
            kept: 0,
            flight: None,
            lock: None,
            failure: None,
            gone: None,
            reads_only: false,
            is_whole: false,
            is_begun: false,
        }
    }

    /// A transaction that is begun with its first statement, unless the one before has begun it.
    pub fn begin(connection: &'c mut Connection, trigrams: Option<&'c str>, opening: &'static str) -> PostgresTx<'c> {
        let is_begun = std::mem::take(&mut connection.begun);
        let mut tx = PostgresTx::bare(connection, trigrams);
        if !is_begun {
            tx.standing.push(Waiting::Simple(opening.into()));
        }
        tx.is_whole = true;
        tx
    }

    /// Has what is on its way end before anything is sent.
    pub fn behind(self, flight: &'c mut Flight) -> PostgresTx<'c> {
        PostgresTx { flight: Some(flight), ..self }
    }

    /// Has queries end when this turns true. Nothing may be written.
    pub fn watching(self, gone: Option<&'c AtomicBool>) -> PostgresTx<'c> {
        PostgresTx { gone, reads_only: true, ..self }
    }

    /// Whether something is on its way that has to end before anything is sent.
    pub fn is_behind(&self) -> bool {
        self.flight.as_ref().is_some_and(|flight| !flight.is_empty())
    }

    /// What is on its way, when this may be sent behind it at once: it is little, and begins by itself, whatever becomes
    /// of the one before.
    pub fn may_follow(&self) -> Option<&Flight> {
        let is_little = !self.is_begun && self.standing.len() <= MOST_AT_ONCE;
        self.flight.as_deref().filter(|_| is_little && self.opens())
    }

    /// Has it sent behind what is on its way, which need not end before.
    pub fn follow(&mut self) {
        self.flight = None;
    }

    /// Waits until the first of what is on its way has ended, or for something else, which is then told.
    pub fn step<T: Send>(&mut self, other: impl Future<Output = T> + Send) -> Result<Option<T>> {
        let Some(flight) = &mut self.flight else { return Ok(None) };
        flight.step(self.connection, other).map_err(|failure| self.failed(failure))
    }

    /// Has a statement sent that locks, behind the opening, instead of the one that was to be sent there.
    pub fn lock_with(&mut self, sql: &str, params: &[Cell<'_>]) {
        self.lock = Some(Waiting::Apart(sql.to_owned(), params.iter().map(|cell| cell.to_stored()).collect()));
    }

    /// Puts the lock into its place, before anything is sent.
    fn place_lock(&mut self) {
        if let Some(lock) = self.lock.take() {
            self.standing.insert(self.opens().into(), lock);
        }
    }

    /// Whether the first of what waits is the opening.
    fn opens(&self) -> bool {
        matches!(self.standing.first(), Some(Waiting::Simple(sql)) if sql.starts_with("BEGIN"))
    }

    /// Has a statement sent, at the latest with the commit, that is not worth to be prepared.
    pub fn put_text(&mut self, sql: String) {
        self.wait_with(Waiting::Simple(sql.into()));
    }

    /// Whether nothing was sent yet.
    pub fn is_unbegun(&self) -> bool {
        !self.is_begun
    }

    /// What ended the transaction, if something did.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// From now on everything belongs to one job.
    pub fn begin_job(&mut self) {
        (self.in_job, self.saved) = (true, false);
    }

    /// The job stands.
    pub fn keep_job(&mut self) {
        let job = std::mem::take(&mut self.job);
        self.standing.extend(job);
        if self.saved {
            self.standing.push(Waiting::Simple("RELEASE SAVEPOINT job".into()));
        }
        (self.in_job, self.saved) = (false, false);
        self.merge();
        if ahead::is_worth(&self.standing) {
            // Its failure is kept.
            let _ = self.send_ahead();
        }
    }

    /// Nothing of the job stays.
    pub fn drop_job(&mut self) {
        self.job.clear();
        if self.saved {
            self.standing.push(Waiting::Simple("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job".into()));
        }
        (self.in_job, self.saved) = (false, false);
    }

    /// Sends what waits and commits.
    pub fn commit(&mut self) -> Result<()> {
        self.standing.push(Waiting::Simple("COMMIT".into()));
        self.flush().map(drop)
    }

    /// Sends what waits and the commit, whose outcome belongs to who waits for the connection next. The `next` transaction
    /// is begun with the commit, which saves the server a message that would wake us. What is one statement needs neither
    /// opening nor commit.
    pub fn commit_ahead(&mut self, mut next: Option<&str>) -> Result<()> {
        if self.is_behind() || self.failure.is_some() {
            self.ready()?;
        }
        self.place_lock();
        if self.connection.writes_alone() && !self.is_begun && self.opens() && are_one(&self.standing[1..]) {
            self.standing.remove(0);
            next = None;
        } else {
            let end = next.map_or(Cow::Borrowed("COMMIT"), |opening| format!("COMMIT; {opening}").into());
            self.standing.push(Waiting::Simple(end));
        }
        // Who is to be told of one that has ended is told when the server has this one.
        self.send_now()?;
        self.connection.end_ahead();
        self.connection.begun = next.is_some();
        Ok(())
    }

    /// Sends what waits of jobs that stand.
    fn send_ahead(&mut self) -> Result<()> {
        self.ready()?;
        self.send_now()
    }

    fn send_now(&mut self) -> Result<()> {
        self.place_lock();
        (self.kept, self.is_begun) = (0, true);
        let taken = std::mem::take(&mut self.standing);
        ahead::send(self.connection, taken).map_err(|failure| self.failed(failure))
    }

    /// Looks whether the transaction goes on, and waits for what has to end before something is sent.
    fn ready(&mut self) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.error.clone());
        }
        match &mut self.flight {
            Some(flight) => flight.settle(self.connection).map_err(|failure| self.failed(failure)),
            None => Ok(()),
        }
    }

    /// Rows of jobs that stand become one insertion each. Rows of different tables do not depend on each other.
    fn merge(&mut self) {
        let mut merged: Vec<Waiting> = Vec::with_capacity(self.standing.len());
        let mut barrier = 0;
        for waiting in std::mem::take(&mut self.standing) {
            match waiting {
                Waiting::Rows(into, rows) => {
                    let same = merged[barrier..].iter_mut().find_map(|w| match w {
                        Waiting::Rows(other, kept) if Arc::ptr_eq(other, &into) && kept.len() < MOST_ROWS => Some(kept),
                        _ => None,
                    });
                    match same {
                        Some(kept) => kept.extend(rows),
                        None => merged.push(Waiting::Rows(into, rows)),
                    }
                }
                other => {
                    merged.push(other);
                    barrier = merged.len();
                }
            }
        }
        self.standing = merged;
    }

    fn wait_with(&mut self, waiting: Waiting) {
        if self.in_job { self.job.push(waiting) } else { self.standing.push(waiting) }
    }

    /// Takes what is to be sent before the next statement. The savepoint of a job comes before what it writes.
    fn taken(&mut self, writes: bool) -> Vec<Waiting> {
        self.kept = 0;
        self.is_begun = true;
        self.place_lock();
        let mut taken = std::mem::take(&mut self.standing);
        if self.in_job && !self.saved && (writes || !self.job.is_empty()) {
            taken.push(Waiting::Simple("SAVEPOINT job".into()));
            self.saved = true;
        }
        taken.append(&mut self.job);
        taken
    }

    fn flush(&mut self) -> Result<u64> {
        self.ready()?;
        let taken = self.taken(false);
        if taken.is_empty() {
            return Ok(0);
        }
        let sent = outgoing(self.connection, &taken).and_then(|sent| self.connection.run(&sent));
        sent.map_err(|failure| self.failed(failure))
    }

    /// Whether the last statement came to what is no number, which is nobody's failure then.
    fn was_refused(&mut self) -> bool {
        let refused = self.failure.take_if(|failure| failure.is_out_of_range());
        refused.is_some()
    }

    fn failed(&mut self, failure: Failure) -> model::Error {
        let error = failure.error.clone();
        self.failure.get_or_insert(failure);
        error
    }
}

/// What waits, as it is sent.
fn outgoing<'p>(
    connection: &mut Connection,
    waiting: &'p [Waiting],
) -> std::result::Result<Vec<Outgoing<'p>>, Failure> {
    let mut sent = Vec::with_capacity(waiting.len());
    for one in waiting {
        sent.push(match one {
            Waiting::Simple(sql) => Outgoing::Simple(sql),
            Waiting::Put(sql, params) | Waiting::Apart(sql, params) => {
                let cells: Vec<Cell<'_>> = params.iter().map(StoredCell::borrow).collect();
                let statement = connection.prepare(sql, &cells)?;
                Outgoing::Prepared(statement, params.iter().map(|cell| Param::One(Bound::from(cell))).collect())
            }
            Waiting::Rows(into, rows) => match rows.as_slice() {
                [row] => {
                    let cells: Vec<Cell<'_>> = row.iter().map(StoredCell::borrow).collect();
                    let statement = connection.prepare(&into.one, &cells)?;
                    Outgoing::Prepared(statement, row.iter().map(|cell| Param::One(Bound::from(cell))).collect())
                }
                rows => {
                    let used = into.used(rows);
                    let statement = connection.prepare_plain(&into.many(&used))?;
                    Outgoing::Prepared(statement, ahead::columns(rows, &used))
                }
            },
        });
    }
    Ok(sent)
}

impl Tx for PostgresTx<'_> {
    fn flavor(&self) -> Flavor {
        Flavor::Postgres
    }

    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
        self.ready()?;
        let taken = self.taken(true);
        let connection = &mut *self.connection;
        let done = outgoing(connection, &taken).and_then(|mut sent| {
            let statement = connection.prepare(sql, params)?;
            sent.push(Outgoing::Prepared(statement, params.iter().map(|cell| Param::One(Bound(*cell))).collect()));
            connection.run(&sent)
        });
        done.map_err(|failure| self.failed(failure))
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        each: &mut dyn FnMut(&dyn crate::tx::Row) -> Next,
    ) -> Result<()> {
        self.ready()?;
        // A query that writes (with RETURNING) must come after the savepoint.
        let taken = self.taken(!sql.starts_with("SELECT"));
        let connection = &mut *self.connection;
        let gone = self.gone;
        let stop = move || gone.is_some_and(|gone| gone.load(Ordering::Relaxed));
        let begun = outgoing(connection, &taken).and_then(|sent| {
            let statement = connection.prepare(sql, params)?;
            connection.query(&sent, &statement, params, &stop)
        });
        let mut rows = match begun {
            Ok(rows) => rows,
            Err(failure) => return Err(self.failed(failure)),
        };
        loop {
            let found = match self.connection.next(&mut rows, &stop) {
                Ok(found) => found,
                Err(failure) => return Err(self.failed(failure)),
            };
            if found.is_empty() {
                return Ok(());
            }
            for row in &found {
                let next = each(&PostgresRow(row));
                if !matches!(next, Ok(flow) if flow.is_continue()) {
                    let ended = self.connection.end(rows, self.reads_only);
                    let flow = next?;
                    debug_assert!(flow.is_break());
                    return ended.map_err(|failure| self.failed(failure));
                }
            }
        }
    }

    fn query_risky(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        each: &mut dyn FnMut(&dyn crate::tx::Row) -> Next,
    ) -> Result<bool> {
        self.ready()?;
        if !self.is_whole {
            let queried = self.query(sql, params, each);
            return if self.was_refused() { Ok(false) } else { queried.map(|()| true) };
        }
        self.wait_with(Waiting::Simple("SAVEPOINT risk".into()));
        let queried = self.query(sql, params, each);
        if self.was_refused() {
            // At once, since nothing can be prepared before.
            let undone = self.connection.simple("ROLLBACK TO SAVEPOINT risk; RELEASE SAVEPOINT risk");
            return undone.map(|()| false).map_err(|failure| self.failed(failure));
        }
        self.wait_with(Waiting::Simple("RELEASE SAVEPOINT risk".into()));
        queried.map(|()| true)
    }

    fn put(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.wait_with(Waiting::Put(sql.to_owned(), params.iter().map(|cell| cell.to_stored()).collect()));
        Ok(())
    }

    fn put_apart(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.wait_with(Waiting::Apart(sql.to_owned(), params.iter().map(|cell| cell.to_stored()).collect()));
        Ok(())
    }

    fn insert(&mut self, into: &Arc<Insertion>, cells: &[Cell<'_>]) -> Result<()> {
        let row: Vec<StoredCell> = cells.iter().map(|cell| cell.to_stored()).collect();
        let queue = if self.in_job { &mut self.job } else { &mut self.standing };
        // Rows of one table that came with no other statement between.
        let same = queue.iter_mut().rev().map_while(|waiting| match waiting {
            Waiting::Rows(other, rows) => Some((Arc::ptr_eq(other, into), rows)),
            Waiting::Simple(_) | Waiting::Put(..) | Waiting::Apart(..) => None,
        });
        let rows = same.filter(|(same, _)| *same).map(|(_, rows)| rows).next();
        match rows {
            Some(rows) if rows.len() < MOST_ROWS => rows.push(row),
            Some(_) | None => queue.push(Waiting::Rows(into.clone(), vec![row])),
        }
        self.kept += 1;
        if self.kept >= MOST_KEPT {
            self.flush()?;
        }
        Ok(())
    }

    fn inserted(&self, into: &Arc<Insertion>, key: i64) -> Option<&[StoredCell]> {
        for waiting in self.job.iter().rev() {
            match waiting {
                Waiting::Rows(other, rows) if Arc::ptr_eq(other, into) => {
                    let of = |row: &Vec<StoredCell>| match row.first() {
                        Some(StoredCell::Integer(key)) => *key,
                        _ => 0,
                    };
                    // Numbers are given in order; if not, it is read from the engine.
                    if let Ok(place) = rows.binary_search_by_key(&key, of) {
                        return Some(&rows[place]);
                    }
                }
                Waiting::Rows(..) => {}
                // It may have changed the row.
                Waiting::Simple(_) | Waiting::Put(..) | Waiting::Apart(..) => return None,
            }
        }
        None
    }

    fn trigrams(&self) -> Option<&str> {
        self.trigrams
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        self.ready()?;
        let taken = self.taken(true);
        let connection = &mut *self.connection;
        let done = outgoing(connection, &taken).and_then(|mut sent| {
            sent.push(Outgoing::Script(sql));
            connection.run(&sent)
        });
        done.map(drop).map_err(|failure| self.failed(failure))
    }
}
