//! A transaction that notes what is sent through it: the text of each statement, how often, how many rows it gave and
//! how long that took. Never what was bound.

use crate::flavor::Flavor;
use crate::tx::{Insertion, Next, Row, Tx};
use model::{Cell, Result, StoredCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most different statements that are told apart; those after are only counted.
const MOST: usize = 200;

/// A statement as it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// With `?1`, `?2`, … in the place of values.
    pub sql: String,
    pub times: u64,
    /// That it gave, of all times.
    pub rows: u64,
    /// Of all times, with what was done with the rows while they came.
    pub time: Duration,
}

/// What was sent, in the order of the first time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    pub statements: Vec<Sent>,
    /// How often something was sent that is not among them.
    pub others: u64,
}

/// A transaction whose statements are noted.
pub struct Traced<'t> {
    tx: &'t mut dyn Tx,
    pub trace: Trace,
}

impl<'t> Traced<'t> {
    pub fn new(tx: &'t mut dyn Tx) -> Traced<'t> {
        Traced { tx, trace: Trace::default() }
    }

    /// Sends something, and notes it.
    fn noted<T>(&mut self, sql: &str, send: impl FnOnce(&mut dyn Tx, &mut u64) -> Result<T>) -> Result<T> {
        let (started, mut rows) = (Instant::now(), 0);
        let answer = send(self.tx, &mut rows);
        self.trace.note(sql, rows, started.elapsed());
        answer
    }
}

impl Trace {
    fn note(&mut self, sql: &str, rows: u64, time: Duration) {
        let known = self.statements.iter().position(|sent| sent.sql == sql);
        if known.is_none() && self.statements.len() >= MOST {
            self.others += 1;
            return;
        }
        let place = known.unwrap_or(self.statements.len());
        if known.is_none() {
            self.statements.push(Sent { sql: sql.to_owned(), times: 0, rows: 0, time: Duration::ZERO });
        }
        let sent = &mut self.statements[place];
        sent.times += 1;
        sent.rows += rows;
        sent.time += time;
    }
}

/// Hands rows on and counts them.
fn counted<'e>(rows: &'e mut u64, each: &'e mut dyn FnMut(&dyn Row) -> Next) -> impl FnMut(&dyn Row) -> Next + use<'e> {
    move |row| {
        *rows += 1;
        each(row)
    }
}

impl Tx for Traced<'_> {
    fn flavor(&self) -> Flavor {
        self.tx.flavor()
    }

    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
        self.noted(sql, |tx, _| tx.execute(sql, params))
    }

    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.noted(sql, |tx, rows| tx.query(sql, params, &mut counted(rows, each)))
    }

    fn query_short(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.noted(sql, |tx, rows| tx.query_short(sql, params, &mut counted(rows, each)))
    }

    fn put(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.noted(sql, |tx, _| tx.put(sql, params))
    }

    fn put_apart(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.noted(sql, |tx, _| tx.put_apart(sql, params))
    }

    fn insert(&mut self, into: &Arc<Insertion>, cells: &[Cell<'_>]) -> Result<()> {
        self.noted(&into.one, |tx, _| tx.insert(into, cells))
    }

    fn inserted(&self, into: &Arc<Insertion>, key: i64) -> Option<&[StoredCell]> {
        self.tx.inserted(into, key)
    }

    fn trigrams(&self) -> Option<&str> {
        self.tx.trigrams()
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        self.noted(sql, |tx, _| tx.script(sql))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_statement_is_told_once_and_too_many_are_only_counted() {
        let mut trace = Trace::default();
        for n in 0..MOST + 2 {
            trace.note(&format!("SELECT {n}"), 1, Duration::ZERO);
        }
        trace.note("SELECT 0", 2, Duration::from_millis(3));
        assert_eq!((trace.statements.len(), trace.others), (MOST, 2));
        let first = Sent { sql: "SELECT 0".to_owned(), times: 2, rows: 3, time: Duration::from_millis(3) };
        assert_eq!(trace.statements[0], first);
    }
}
