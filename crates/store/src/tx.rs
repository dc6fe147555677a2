//! What an engine implements: statements in one transaction, rows handed out borrowed.

use crate::flavor::{CellType, Flavor};

use model::{Cell, Result, StoredCell};
use std::ops::ControlFlow;
use std::sync::Arc;

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

/// How rows go into one table: what an engine needs to take many of them in at once.
#[derive(Clone, Debug)]
pub struct Insertion {
    /// Inserts one row, whose cells are `?1`, `?2`, …
    pub one: String,
    /// Inserts many rows, as arrays of cells for each column; empty where the engine takes rows one by one.
    pub many: String,
    /// The types of the columns in their order.
    pub types: Vec<CellType>,
    pub table: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Whether nothing goes before the values of a row and nothing follows them.
    pub is_plain: bool,
}

impl Insertion {
    /// The insertion into these columns of a table. `conflict` follows the values.
    pub fn new(flavor: Flavor, table: &str, columns: &[(&str, CellType)], conflict: &str) -> Insertion {
        Insertion::leading(flavor, table, None, columns, conflict)
    }

    /// As [`Insertion::new`], with a column before the others that has the same number in every row.
    pub fn leading(
        flavor: Flavor,
        table: &str,
        lead: Option<(&str, i64)>,
        columns: &[(&str, CellType)],
        conflict: &str,
    ) -> Insertion {
        let names = lead.iter().map(|(name, _)| *name).chain(columns.iter().map(|(name, _)| *name));
        let into = format!("INSERT INTO {table} ({})", names.collect::<Vec<&str>>().join(", "));
        let lead = lead.map(|(_, number)| format!("{number}, ")).unwrap_or_default();
        let holes: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
        let many = match flavor {
            Flavor::Sqlite => String::new(),
            Flavor::Postgres => {
                let arrays =
                    columns.iter().zip(&holes).map(|((_, t), hole)| format!("{hole}::{}[]", flavor.scalar(*t)));
                format!("{into} SELECT {lead}* FROM unnest({}) {conflict}", arrays.collect::<Vec<String>>().join(", "))
            }
        };
        let one = format!("{into} VALUES ({lead}{}) {conflict}", holes.join(", "));
        Insertion {
            one,
            many,
            types: columns.iter().map(|(_, t)| *t).collect(),
            table: table.to_owned(),
            columns: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            is_plain: conflict.is_empty() && lead.is_empty(),
        }
    }
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

    /// As [`Tx::query`], for a statement that calculates and may come to what is no number of the engine. False when an
    /// engine refuses it for that, which then leaves all as it was; rows may have been handed out.
    fn query_risky(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<bool> {
        self.query(sql, params, each).map(|()| true)
    }

    /// As [`Tx::query`], for a statement that finds few rows by an index whatever the data are: an engine across a
    /// network may send it beside those of others.
    fn query_short(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.query(sql, params, each)
    }

    /// Runs a short statement once for each key, which is bound behind `lead`, and hands out the first row of each: an
    /// engine in this process looks the statement up once.
    fn query_keys(
        &mut self,
        sql: &str,
        lead: &[Cell<'_>],
        keys: &mut dyn Iterator<Item = i64>,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        let (mut params, mut stopped) = (lead.to_vec(), false);
        for key in keys {
            params.truncate(lead.len());
            params.push(Cell::Integer(key));
            self.query_short(sql, &params, &mut |row| {
                stopped = each(row)?.is_break();
                Ok(STOP)
            })?;
            if stopped {
                break;
            }
        }
        Ok(())
    }

    /// Runs a statement whose outcome nobody waits for: an engine across a network sends it with others, at the latest
    /// with the commit, and a failure is then told there.
    fn put(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.execute(sql, params).map(drop)
    }

    /// Inserts a row whose outcome nobody waits for, as [`Tx::put`].
    fn insert(&mut self, into: &Arc<Insertion>, cells: &[Cell<'_>]) -> Result<()> {
        self.put(&into.one, cells)
    }

    /// The cells of a row that was given to [`Tx::insert`] in this write and is not changed since, when the engine has
    /// it at hand. Its first cell is `key`.
    fn inserted(&self, _into: &Arc<Insertion>, _key: i64) -> Option<&[StoredCell]> {
        None
    }

    /// The schema in which the engine keeps what trigram indexes need; none when there can be no such index.
    fn trigrams(&self) -> Option<&str> {
        Some("")
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
