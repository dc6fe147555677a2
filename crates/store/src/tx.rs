//! What an engine implements: statements in one transaction, rows handed out borrowed.

use crate::flavor::Flavor;
use model::{Cell, Result, StoredCell};
use std::ops::ControlFlow;

/// A row while it is read. Cells are borrowed from the engine and gone with the row.
pub trait Row {
    /// The cell at a place of the select list, from 0.
    fn cell(&self, index: usize) -> Cell<'_>;
}

/// What to do after a row.
pub type Next = Result<ControlFlow<()>>;

/// The next row, please.
pub const GO_ON: ControlFlow<()> = ControlFlow::Continue(());
/// No more rows.
pub const STOP: ControlFlow<()> = ControlFlow::Break(());

/// A statement with its parameters, to be run with others in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub params: Vec<StoredCell>,
}

/// Statements of one transaction. Parameters are `?1`, `?2`, … in every engine's text; statements are prepared once
/// and kept.
pub trait Tx {
    /// The engine's peculiarities.
    fn flavor(&self) -> Flavor;

    /// Runs a statement that answers no rows; how many rows it touched.
    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64>;

    /// Runs a statement and hands out its rows one by one until there are none or `each` stops.
    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()>;

    /// Runs statements in order; an engine across a network sends them at once.
    fn execute_all(&mut self, statements: &[Statement]) -> Result<()> {
        for statement in statements {
            let params: Vec<Cell<'_>> = statement.params.iter().map(StoredCell::borrow).collect();
            self.execute(&statement.sql, &params)?;
        }
        Ok(())
    }

    /// Runs a script of definitions without parameters.
    fn script(&mut self, sql: &str) -> Result<()>;
}

/// The first row as something of our own, if there is one.
pub fn first<T>(
    tx: &mut dyn Tx,
    sql: &str,
    params: &[Cell<'_>],
    read: impl Fn(&dyn Row) -> Result<T>,
) -> Result<Option<T>> {
    let mut found = None;
    tx.query(sql, params, &mut |row| {
        found = Some(read(row)?);
        Ok(STOP)
    })?;
    Ok(found)
}

/// All rows as things of our own. For short results only: lists of records are streamed.
pub fn all<T>(tx: &mut dyn Tx, sql: &str, params: &[Cell<'_>], read: impl Fn(&dyn Row) -> Result<T>) -> Result<Vec<T>> {
    let mut found = Vec::new();
    tx.query(sql, params, &mut |row| {
        found.push(read(row)?);
        Ok(GO_ON)
    })?;
    Ok(found)
}
