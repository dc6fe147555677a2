//! Link rows: the targets of a many-field, in their order, indexed both ways.

use super::layout::link_table;
use crate::tx::{self, Tx};
use model::{Cell, ColumnId, RecordId, Result, TableId};

/// The targets of an owner as packed addresses, in order.
pub fn targets(tx: &mut dyn Tx, table: TableId, column: ColumnId, owner: RecordId) -> Result<Vec<i64>> {
    let sql = format!("SELECT target FROM {} WHERE owner = ?1 ORDER BY position", link_table(table, column));
    tx::all(tx, &sql, &[Cell::Integer(owner.0.into())], |row| Ok(row.cell(0).integer().unwrap_or(0)))
}

/// The owners of a target with their positions.
pub fn owners(tx: &mut dyn Tx, table: TableId, column: ColumnId, target: i64) -> Result<Vec<(RecordId, i64)>> {
    let sql = format!("SELECT owner, position FROM {} WHERE target = ?1 ORDER BY owner", link_table(table, column));
    tx::all(tx, &sql, &[Cell::Integer(target)], |row| {
        let owner = u32::try_from(row.cell(0).integer().unwrap_or(0)).unwrap_or(0);
        Ok((RecordId(owner), row.cell(1).integer().unwrap_or(0)))
    })
}

/// Replaces the targets of an owner.
pub fn set(tx: &mut dyn Tx, table: TableId, column: ColumnId, owner: RecordId, targets: &[i64]) -> Result<()> {
    clear(tx, table, column, owner)?;
    for (position, target) in targets.iter().enumerate() {
        insert(tx, table, column, owner, position as i64, *target)?;
    }
    Ok(())
}

/// Adds one link row.
pub fn insert(
    tx: &mut dyn Tx,
    table: TableId,
    column: ColumnId,
    owner: RecordId,
    position: i64,
    target: i64,
) -> Result<()> {
    let sql = format!("INSERT INTO {} (owner, position, target) VALUES (?1, ?2, ?3)", link_table(table, column));
    tx.put(&sql, &[Cell::Integer(owner.0.into()), Cell::Integer(position), Cell::Integer(target)])
}

/// Puts a link row back at its position, or last when another has it since. False when the link is there already.
pub fn restore(
    tx: &mut dyn Tx,
    table: TableId,
    column: ColumnId,
    owner: RecordId,
    position: i64,
    target: i64,
) -> Result<bool> {
    let name = link_table(table, column);
    let sql = format!("SELECT position, target FROM {name} WHERE owner = ?1 ORDER BY position");
    let present = tx::all(tx, &sql, &[Cell::Integer(owner.0.into())], |row| {
        Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).integer().unwrap_or(0)))
    })?;
    if present.iter().any(|(_, t)| *t == target) {
        return Ok(false);
    }
    let is_free = present.iter().all(|(p, _)| *p != position);
    let last = present.last().map_or(0, |(p, _)| p + 1);
    insert(tx, table, column, owner, if is_free { position } else { last }, target)?;
    Ok(true)
}

/// Takes the link rows of an owner away.
pub fn clear(tx: &mut dyn Tx, table: TableId, column: ColumnId, owner: RecordId) -> Result<()> {
    let sql = format!("DELETE FROM {} WHERE owner = ?1", link_table(table, column));
    tx.put(&sql, &[Cell::Integer(owner.0.into())])
}

/// Takes the link rows that point at a target away.
pub fn clear_target(tx: &mut dyn Tx, table: TableId, column: ColumnId, target: i64) -> Result<()> {
    let sql = format!("DELETE FROM {} WHERE target = ?1", link_table(table, column));
    tx.put(&sql, &[Cell::Integer(target)])
}
