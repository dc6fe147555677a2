//! What an engine implements: statements in one transaction, rows handed out borrowed.

use crate::flavor::{CellType, Flavor};

use model::{Cell, Result, StoredCell};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// The types of the columns in their order.
    pub types: Vec<CellType>,
    pub table: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Whether nothing goes before the values of a row and nothing follows them.
    pub is_plain: bool,
    flavor: Flavor,
    /// A column before the others that has the same number in every row.
    lead: Option<(String, i64)>,
    /// What follows the values.
    conflict: String,
    /// The columns in which any row that came with others had something, by their bits; those from the 64th on always do.
    seen: Arc<AtomicU64>,
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
        let names = names.collect::<Vec<&str>>().join(", ");
        let number = lead.map(|(_, number)| format!("{number}, ")).unwrap_or_default();
        let holes: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
        Insertion {
            one: format!("INSERT INTO {table} ({names}) VALUES ({number}{}) {conflict}", holes.join(", ")),
            types: columns.iter().map(|(_, t)| *t).collect(),
            table: table.to_owned(),
            columns: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            is_plain: conflict.is_empty() && lead.is_none(),
            flavor,
            lead: lead.map(|(name, number)| (name.to_owned(), number)),
            conflict: conflict.to_owned(),
            seen: Arc::default(),
        }
    }

    /// The columns that these rows fill, and those that others filled before: a statement of fewer columns costs less,
    /// and there are to be few statements.
    pub fn used(&self, rows: &[Vec<StoredCell>]) -> Vec<usize> {
        let bit = |column: usize| 1_u64.checked_shl(column as u32).unwrap_or(0);
        let filled = filled(rows, self.columns.len()).into_iter().fold(0, |all, column| all | bit(column));
        let seen = self.seen.fetch_or(filled, Ordering::Relaxed) | filled;
        (0..self.columns.len()).filter(|column| bit(*column) == 0 || seen & bit(*column) != 0).collect()
    }

    /// Inserts many rows, as arrays of cells for each of these columns; the others stay empty. Arrays of a select list are
    /// taken apart row by row, those of a `FROM` would each be written down first.
    pub fn many(&self, used: &[usize]) -> String {
        let lead = self.lead.as_ref();
        let names = lead.iter().map(|(name, _)| name.as_str()).chain(used.iter().map(|i| self.columns[*i].as_str()));
        let names = names.collect::<Vec<&str>>().join(", ");
        let number = lead.map(|(_, number)| format!("{number}, ")).unwrap_or_default();
        let array = |(hole, column): (usize, &usize)| {
            format!("unnest(?{}::{}[])", hole + 1, self.flavor.scalar(self.types[*column]))
        };
        let arrays = used.iter().enumerate().map(array).collect::<Vec<String>>().join(", ");
        let (table, conflict) = (&self.table, &self.conflict);
        format!("INSERT INTO {table} ({names}) SELECT {number}{arrays} {conflict}")
    }
}

/// The columns, of so many, in which any of these rows has something: many are empty in all of them.
pub fn filled(rows: &[Vec<StoredCell>], width: usize) -> Vec<usize> {
    let is_filled = |column: &usize| rows.iter().any(|row| !matches!(row.get(*column), None | Some(StoredCell::Null)));
    (0..width).filter(is_filled).collect()
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
    /// engine in this process looks the statement up once, one across a network may find the keys of many callers at
    /// once. The statement ends with ` = ` and the key, and the key is the first cell of its row; it begins with `SELECT `,
    /// and an engine may have other expressions precede what it selects.
    fn query_keys(
        &mut self,
        sql: &str,
        lead: &[Cell<'_>],
        keys: &mut dyn Iterator<Item = i64>,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        by_key(lead, keys, each, &mut |params, each| self.query_short(sql, params, each))
    }

    /// Runs a statement whose outcome nobody waits for: an engine across a network sends it with others, at the latest
    /// with the commit, and a failure is then told there.
    fn put(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.execute(sql, params).map(drop)
    }

    /// As [`Tx::put`], for a statement whose rows no other of this transaction that is put so touches, nor any that is
    /// inserted: an engine across a network may send them as one.
    fn put_apart(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<()> {
        self.put(sql, params)
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

/// Takes rows one by one.
type Taker<'t> = dyn FnMut(&dyn Row) -> Next + 't;

/// Asks once for each key, bound behind `lead`, and hands out the first row of each, until `each` stops.
pub fn by_key(
    lead: &[Cell<'_>],
    keys: &mut dyn Iterator<Item = i64>,
    each: &mut Taker<'_>,
    ask: &mut dyn FnMut(&[Cell<'_>], &mut Taker<'_>) -> Result<()>,
) -> Result<()> {
    let (mut params, mut stopped) = (lead.to_vec(), false);
    for key in keys {
        params.truncate(lead.len());
        params.push(Cell::Integer(key));
        ask(&params, &mut |row| {
            stopped = each(row)?.is_break();
            Ok(STOP)
        })?;
        if stopped {
            break;
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_go_into_the_columns_that_any_of_them_ever_filled() {
        let columns = [("id", CellType::Integer), ("f1", CellType::Text), ("f2", CellType::Real)];
        let into = Insertion::new(Flavor::Postgres, "t7", &columns, "ON CONFLICT DO NOTHING");
        let row = |name: StoredCell, number: StoredCell| vec![StoredCell::Integer(1), name, number];
        let named = [row(StoredCell::Text("a".to_owned()), StoredCell::Null)];
        let counted = [row(StoredCell::Null, StoredCell::Real(0.5))];
        assert_eq!(into.used(&named), [0, 1]);
        let only = "INSERT INTO t7 (id, f1) SELECT unnest(?1::bigint[]), unnest(?2::text[]) ON CONFLICT DO NOTHING";
        assert_eq!(into.many(&[0, 1]), only);
        // What was filled once stays, so that there are few statements.
        assert_eq!(into.used(&counted), [0, 1, 2]);
        assert_eq!(into.used(&named), [0, 1, 2]);
        let led = Insertion::leading(Flavor::Postgres, "outlines", Some(("table_id", 9)), &columns, "");
        let there =
            "INSERT INTO outlines (table_id, id, f2) SELECT 9, unnest(?1::bigint[]), unnest(?2::double precision[]) ";
        assert_eq!(led.many(&[0, 2]), there);
        let wide: Vec<(String, CellType)> = (0..70).map(|i| (format!("f{i}"), CellType::Integer)).collect();
        let wide: Vec<(&str, CellType)> = wide.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let into = Insertion::new(Flavor::Postgres, "t8", &wide, "");
        assert_eq!(into.used(&[vec![StoredCell::Integer(1)]]), [0, 64, 65, 66, 67, 68, 69]);
    }
}
