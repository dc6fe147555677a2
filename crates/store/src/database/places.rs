//! Places of records in an ordered table or a tree: reads of parents, children and ranks. 0 is the top.

use super::ground::Grounds;
use super::layout::column_name;
use crate::index;
use crate::print::flavor_sql;
use crate::tx::{self, Next};
use model::{Cell, ColumnId, RecordId, Result, TableId};

/// The parent and rank of a record.
pub fn of(at: &mut dyn Grounds, table: TableId, record: RecordId) -> Result<Option<(i64, String)>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT parent, rank FROM {} WHERE {}id = ?1", ground.name(), ground.only());
    tx::first(tx, &sql, &[Cell::Integer(record.0.into())], |row| {
        Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).text().unwrap_or("").to_owned()))
    })
}

/// The children of a parent in their order.
pub fn children(at: &mut dyn Grounds, table: TableId, parent: i64) -> Result<Vec<(RecordId, String)>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT id, rank FROM {} WHERE {}parent = ?1 ORDER BY rank, id", ground.name(), ground.only());
    tx::all(tx, &sql, &[Cell::Integer(parent)], |row| {
        Ok((number(row.cell(0)), row.cell(1).text().unwrap_or("").to_owned()))
    })
}

/// The ranks at `index` and one before it among the children, `without` left out; past the end the last one and none.
pub fn around(
    at: &mut dyn Grounds,
    table: TableId,
    parent: i64,
    without: RecordId,
    index: usize,
) -> Result<(Option<String>, Option<String>)> {
    let (tx, ground) = at.at(table)?;
    let sql = format!(
        "SELECT rank FROM {} WHERE {}parent = ?1 AND id <> ?2 ORDER BY rank, id LIMIT 2 OFFSET ?3",
        ground.name(),
        ground.only()
    );
    let offset = i64::try_from(index.saturating_sub(1)).unwrap_or(i64::MAX);
    let params = [Cell::Integer(parent), Cell::Integer(without.0.into()), Cell::Integer(offset)];
    let mut found = tx::all(tx, &sql, &params, |row| Ok(row.cell(0).text().unwrap_or("").to_owned()))?.into_iter();
    if index == 0 {
        return Ok((None, found.next()));
    }
    match (found.next(), found.next()) {
        (None, _) => Ok((last(at, table, parent, without)?, None)),
        (before, after) => Ok((before, after)),
    }
}

/// The highest rank among the children, `without` left out.
pub fn last(at: &mut dyn Grounds, table: TableId, parent: i64, without: RecordId) -> Result<Option<String>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!(
        "SELECT rank FROM {} WHERE {}parent = ?1 AND id <> ?2 ORDER BY rank DESC, id DESC LIMIT 1",
        ground.name(),
        ground.only()
    );
    let params = [Cell::Integer(parent), Cell::Integer(without.0.into())];
    tx::first(tx, &sql, &params, |row| Ok(row.cell(0).text().unwrap_or("").to_owned()))
}

/// The ranks just before and just after a place among the children, `without` left out.
pub fn neighbours(
    at: &mut dyn Grounds,
    table: TableId,
    parent: i64,
    sibling: (RecordId, &str),
    without: RecordId,
) -> Result<(Option<String>, Option<String>)> {
    let (tx, ground) = at.at(table)?;
    let (name, only) = (ground.name(), ground.only());
    let params = [
        Cell::Integer(parent),
        Cell::Integer(without.0.into()),
        Cell::Text(sibling.1),
        Cell::Integer(sibling.0.0.into()),
    ];
    let rank = |row: &dyn tx::Row| Ok(row.cell(0).text().unwrap_or("").to_owned());
    let before = format!(
        "SELECT rank FROM {name} WHERE {only}parent = ?1 AND id <> ?2 AND (rank, id) < (?3, ?4) \
         ORDER BY rank DESC, id DESC LIMIT 1"
    );
    let after = format!(
        "SELECT rank FROM {name} WHERE {only}parent = ?1 AND id <> ?2 AND (rank, id) > (?3, ?4) \
         ORDER BY rank, id LIMIT 1"
    );
    Ok((tx::first(tx, &before, &params, rank)?, tx::first(tx, &after, &params, rank)?))
}

/// Hands out the parent and the number of every record, each parent's children together and in their order.
pub fn each_by_place(at: &mut dyn Grounds, table: TableId, each: &mut dyn FnMut(i64, RecordId) -> Next) -> Result<()> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT parent, id FROM {} ORDER BY parent, rank, id", ground.source());
    tx.query(&sql, &[], &mut |row| each(row.cell(0).integer().unwrap_or(0), number(row.cell(1))))
}

/// The records below another, nearer ones first, at most `most` of them.
pub fn below(at: &mut dyn Grounds, table: TableId, record: RecordId, most: usize) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let (name, only) = (ground.name(), ground.only());
    let children = flavor_sql::join_by_index(tx.flavor(), &name, "child", &format!("{only}child.parent = below.id"));
    let sql = format!(
        "WITH RECURSIVE below (id) AS (SELECT id FROM {name} WHERE {only}parent = ?1 UNION ALL \
         SELECT child.id FROM below {children}) SELECT id FROM below LIMIT ?2"
    );
    let params = [Cell::Integer(record.0.into()), Cell::Integer(i64::try_from(most).unwrap_or(i64::MAX))];
    tx::all(tx, &sql, &params, |row| Ok(number(row.cell(0))))
}

/// A record and those above it, the nearest first, at most `most` of them. Empty when the record is not there.
pub fn above(at: &mut dyn Grounds, table: TableId, record: RecordId, most: usize) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let (name, only) = (ground.name(), ground.only());
    let parents = flavor_sql::join_by_index(tx.flavor(), &name, "higher", &format!("{only}higher.id = above.parent"));
    let sql = format!(
        "WITH RECURSIVE above (id, parent) AS (SELECT id, parent FROM {name} WHERE {only}id = ?1 UNION ALL \
         SELECT higher.id, higher.parent FROM above {parents}) SELECT id FROM above LIMIT ?2"
    );
    let params = [Cell::Integer(record.0.into()), Cell::Integer(i64::try_from(most).unwrap_or(i64::MAX))];
    tx::all(tx, &sql, &params, |row| Ok(number(row.cell(0))))
}

/// The place of a record among its siblings, from 0.
pub fn index_of(at: &mut dyn Grounds, table: TableId, record: RecordId) -> Result<Option<usize>> {
    let Some((parent, rank)) = of(at, table, record)? else { return Ok(None) };
    let (tx, ground) = at.at(table)?;
    let (name, only) = (ground.name(), ground.only());
    let sql = format!("SELECT count(*) FROM {name} WHERE {only}parent = ?1 AND (rank, id) < (?2, ?3)");
    let params = [Cell::Integer(parent), Cell::Text(&rank), Cell::Integer(record.0.into())];
    let found = tx::first(tx, &sql, &params, |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
    Ok(Some(usize::try_from(found.unwrap_or(0)).unwrap_or(0)))
}

/// How many children a parent has.
pub fn count(at: &mut dyn Grounds, table: TableId, parent: i64) -> Result<usize> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT count(*) FROM {} WHERE {}parent = ?1", ground.name(), ground.only());
    let found = tx::first(tx, &sql, &[Cell::Integer(parent)], |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
    Ok(usize::try_from(found.unwrap_or(0)).unwrap_or(0))
}

/// The records that never had a place, in the order of creation.
pub fn unplaced(at: &mut dyn Grounds, table: TableId) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT id FROM {} WHERE {}parent IS NULL ORDER BY id", ground.name(), ground.only());
    tx::all(tx, &sql, &[], |row| Ok(number(row.cell(0))))
}

/// The records in the order of creation.
pub fn all_records(at: &mut dyn Grounds, table: TableId) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT id FROM {} ORDER BY id", ground.source());
    tx::all(tx, &sql, &[], |row| Ok(number(row.cell(0))))
}

/// At most so many records after one, in the order of creation.
pub fn records_after(at: &mut dyn Grounds, table: TableId, after: RecordId, most: usize) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let sql = format!("SELECT id FROM {} WHERE {}id > ?1 ORDER BY id LIMIT ?2", ground.name(), ground.only());
    tx::all(tx, &sql, &[Cell::Integer(after.0.into()), Cell::Integer(most as i64)], |row| Ok(number(row.cell(0))))
}

/// The records whose column refers to a packed address.
pub fn referring(at: &mut dyn Grounds, table: TableId, column: ColumnId, target: i64) -> Result<Vec<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let (only, column) = (ground.only(), column_name(column));
    let sql = format!("SELECT id FROM {} WHERE {only}{column} = ?1 ORDER BY id", ground.name());
    tx::all(tx, &sql, &[Cell::Integer(target)], |row| Ok(number(row.cell(0))))
}

/// Another record whose column holds the same value, if there is one.
pub fn same_value(
    at: &mut dyn Grounds,
    table: TableId,
    column: ColumnId,
    value: Cell<'_>,
    besides: RecordId,
) -> Result<Option<RecordId>> {
    let (tx, ground) = at.at(table)?;
    let (name, only) = (column_name(column), ground.only());
    let head = index::text_head(tx.flavor(), &name).zip(index::text_head(tx.flavor(), "?1"));
    let head = match (head, value) {
        (Some((name, given)), Cell::Text(_)) => format!("{name} = {given} AND "),
        (Some(_) | None, _) => String::new(),
    };
    let sql = format!("SELECT id FROM {} WHERE {only}{head}{name} = ?1 AND id <> ?2 LIMIT 1", ground.name());
    tx::first(tx, &sql, &[value, Cell::Integer(besides.0.into())], |row| Ok(number(row.cell(0))))
}

fn number(cell: Cell<'_>) -> RecordId {
    RecordId(cell.integer().and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
}
