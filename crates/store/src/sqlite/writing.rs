//! [`Tx`] of a group of writes: insertions keep their statements from one row to the next, the rows of a job are at hand
//! until they may have changed, and it is known whether a job wrote anything at all.

use super::{Bound, SqliteTx, failure};
use crate::flavor::Flavor;
use crate::tx::{Insertion, Next, Row, Tx};
use model::{Cell, Result, StoredCell};
use rusqlite::{CachedStatement, Connection};
use std::sync::Arc;

/// Most insertions whose statements are kept: those of a table, of the log and of its index are in turn.
const MOST_STATEMENTS: usize = 4;
/// Most rows of a job that are at hand. A job of more is no request whose answer shows them all.
const MOST_ROWS: usize = 200;

/// The statements of a transaction that writes.
pub struct WritingTx<'c> {
    plain: SqliteTx<'c>,
    statements: Vec<(Arc<Insertion>, CachedStatement<'c>)>,
    rows: Vec<(Arc<Insertion>, Vec<StoredCell>)>,
    wrote: bool,
}

impl<'c> WritingTx<'c> {
    pub fn new(connection: &'c Connection) -> WritingTx<'c> {
        WritingTx { plain: SqliteTx(connection), statements: Vec::new(), rows: Vec::new(), wrote: false }
    }

    /// From now on everything belongs to one job.
    pub fn begin_job(&mut self) {
        self.rows.clear();
        self.wrote = false;
    }

    /// Whether the job may have changed anything.
    pub fn wrote(&self) -> bool {
        self.wrote
    }

    /// Anything may change now.
    fn writes(&mut self) {
        self.wrote = true;
        self.rows.clear();
    }
}

impl Tx for WritingTx<'_> {
    fn flavor(&self) -> Flavor {
        Flavor::Sqlite
    }

    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
        self.writes();
        self.plain.execute(sql, params)
    }

    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        if !sql.starts_with("SELECT") {
            self.writes();
        }
        self.plain.query(sql, params, each)
    }

    fn query_keys(
        &mut self,
        sql: &str,
        lead: &[Cell<'_>],
        keys: &mut dyn Iterator<Item = i64>,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        self.plain.query_keys(sql, lead, keys, each)
    }

    fn insert(&mut self, into: &Arc<Insertion>, cells: &[Cell<'_>]) -> Result<()> {
        self.wrote = true;
        let known = self.statements.iter().position(|(other, _)| Arc::ptr_eq(other, into));
        let place = match known {
            Some(place) => place,
            None => {
                if self.statements.len() >= MOST_STATEMENTS {
                    self.statements.clear();
                }
                let statement = self.plain.0.prepare_cached(&into.one).map_err(failure)?;
                self.statements.push((into.clone(), statement));
                self.statements.len() - 1
            }
        };
        let statement = &mut self.statements[place].1;
        for (place, cell) in cells.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, Bound(cell)).map_err(failure)?;
        }
        statement.raw_execute().map_err(failure)?;
        if self.rows.len() < MOST_ROWS {
            self.rows.push((into.clone(), cells.iter().map(|cell| cell.to_stored()).collect()));
        }
        Ok(())
    }

    fn inserted(&self, into: &Arc<Insertion>, key: i64) -> Option<&[StoredCell]> {
        // They are asked for in the order in which they came, mostly, and are few.
        let found = self.rows.iter().find(|(other, row)| {
            matches!(row.first(), Some(StoredCell::Integer(given)) if *given == key) && Arc::ptr_eq(other, into)
        });
        found.map(|(_, row)| row.as_slice())
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        self.writes();
        self.plain.script(sql)
    }
}
