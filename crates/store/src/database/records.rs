//! Records in SQL: insert, update, delete, restore. No rules here: the engine has judged before.

use super::beside::Beside;
use super::ground::Grounds;
use super::layout::{Layout, SYSTEM, SYSTEM_COLUMNS, column_name};
use super::links;
use super::places;
use super::write::WriteTx;
use crate::tx::{self, Tx};
use model::change::DeletedRecord;
use model::{Cell, ColumnId, Error, RecordAddress, RecordId, Result, StoredCell, Table, TableId, UserId};

/// When and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// UTC milliseconds.
    pub at: i64,
    pub by: Option<UserId>,
}

/// A record to insert: its cells in the order of [`Layout::columns`].
pub struct NewRow<'a> {
    pub id: RecordId,
    pub cells: &'a [StoredCell],
    pub valid: bool,
    /// In a table with places: 0 is the top.
    pub parent: Option<i64>,
    pub rank: Option<&'a str>,
}

/// Inserts a record.
pub fn insert(w: &mut WriteTx<'_>, layout: &Layout, stamp: Stamp, row: &NewRow<'_>) -> Result<()> {
    let mut params: Vec<Cell<'_>> = Vec::with_capacity(7 + row.cells.len());
    params.extend([
        Cell::Integer(row.id.0.into()),
        Cell::Integer(w.seq().0 as i64),
        Cell::Integer(stamp.at),
        user_cell(stamp.by),
        Cell::Integer(row.valid.into()),
        row.parent.map_or(Cell::Null, Cell::Integer),
        row.rank.map_or(Cell::Null, Cell::Text),
    ]);
    params.extend(row.cells.iter().map(StoredCell::borrow));
    let cells = layout.columns.iter().zip(row.cells);
    let beside: Vec<StoredCell> = cells.flat_map(|(c, cell)| c.beside.cells(cell.borrow())).collect();
    params.extend(beside.iter().map(StoredCell::borrow));
    w.tx.insert(&layout.insert, &params)?;
    w.count(layout.table, row.id, 1);
    w.touch(layout.table);
    if let (Some(parent), Some(rank)) = (row.parent, row.rank) {
        w.orders().add(layout.table, parent, rank, row.id);
    }
    Ok(())
}

/// Sets cells of a record that is there and stamps it.
pub fn update(
    w: &mut WriteTx<'_>,
    layout: &Layout,
    stamp: Stamp,
    id: RecordId,
    valid: bool,
    cells: &[(ColumnId, StoredCell)],
) -> Result<()> {
    let (name, only) = (layout.ground.name(), layout.ground.only());
    let mut sql = format!("UPDATE {name} SET seq = ?2, modified_at = ?3, modified_by = ?4, valid = ?5");
    let mut params = vec![
        Cell::Integer(id.0.into()),
        Cell::Integer(w.seq().0 as i64),
        Cell::Integer(stamp.at),
        user_cell(stamp.by),
        Cell::Integer(valid.into()),
    ];
    let beside = besides_of(layout, cells);
    for (column, cell) in cells {
        params.push(cell.borrow());
        sql.push_str(&format!(", {} = ?{}", column_name(*column), params.len()));
    }
    for (name, cell) in &beside {
        params.push(cell.borrow());
        sql.push_str(&format!(", {name} = ?{}", params.len()));
    }
    sql.push_str(&format!(" WHERE {only}id = ?1"));
    w.tx.put(&sql, &params)?;
    w.touch(layout.table);
    Ok(())
}

/// Sets cells that are worked out: the record gets the sequence of this write, but nobody changed it.
pub fn set_computed(
    w: &mut WriteTx<'_>,
    layout: &Layout,
    id: RecordId,
    cells: &[(ColumnId, StoredCell)],
) -> Result<()> {
    let (name, only) = (layout.ground.name(), layout.ground.only());
    let mut sql = format!("UPDATE {name} SET seq = ?2");
    let mut params = vec![Cell::Integer(id.0.into()), Cell::Integer(w.seq().0 as i64)];
    let beside = besides_of(layout, cells);
    for (column, cell) in cells {
        params.push(cell.borrow());
        sql.push_str(&format!(", {} = ?{}", column_name(*column), params.len()));
    }
    for (name, cell) in &beside {
        params.push(cell.borrow());
        sql.push_str(&format!(", {name} = ?{}", params.len()));
    }
    sql.push_str(&format!(" WHERE {only}id = ?1"));
    w.tx.put(&sql, &params)?;
    w.touch(layout.table);
    Ok(())
}

/// Sets the place of a record in an ordered table or tree. Whoever moves one that has a place takes it out of the order
/// that it lies in first ([`WriteTx::orders`]).
pub fn set_place(w: &mut WriteTx<'_>, layout: &Layout, id: RecordId, parent: i64, rank: &str) -> Result<()> {
    let (name, only) = (layout.ground.name(), layout.ground.only());
    let sql = format!("UPDATE {name} SET parent = ?2, rank = ?3, seq = ?4 WHERE {only}id = ?1");
    let params = [Cell::Integer(id.0.into()), Cell::Integer(parent), Cell::Text(rank), Cell::Integer(w.seq().0 as i64)];
    w.tx.put(&sql, &params)?;
    w.touch(layout.table);
    w.orders().add(layout.table, parent, rank, id);
    Ok(())
}

/// Sets only the stored judgement of a record.
pub fn set_valid(w: &mut WriteTx<'_>, layout: &Layout, id: RecordId, valid: bool) -> Result<()> {
    let sql = format!("UPDATE {} SET valid = ?2 WHERE {}id = ?1", layout.ground.name(), layout.ground.only());
    w.tx.put(&sql, &[Cell::Integer(id.0.into()), Cell::Integer(valid.into())])
}

/// Whether a record is there.
pub fn exists(at: &mut dyn Grounds, record: RecordAddress) -> Result<bool> {
    let (tx, ground) = at.at(record.table)?;
    let sql = format!("SELECT 1 FROM {} WHERE {}id = ?1", ground.name(), ground.only());
    Ok(tx::first(tx, &sql, &[Cell::Integer(record.record.0.into())], |_| Ok(()))?.is_some())
}

/// Some columns of a record, and whether it is judged valid; none when it is not there.
pub fn read_columns(
    tx: &mut dyn Tx,
    layout: &Layout,
    id: RecordId,
    columns: &[ColumnId],
) -> Result<Option<(bool, Vec<StoredCell>)>> {
    let mut sql = "SELECT valid".to_owned();
    for column in columns {
        sql.push_str(", ");
        sql.push_str(&column_name(*column));
    }
    sql.push_str(&format!(" FROM {} WHERE {}id = ?1", layout.ground.name(), layout.ground.only()));
    tx::first(tx, &sql, &[Cell::Integer(id.0.into())], |row| {
        let valid = row.cell(0).integer() != Some(0);
        Ok((valid, (0..columns.len()).map(|i| row.cell(i + 1).to_stored()).collect()))
    })
}

/// Everything of a record, hidden and retired columns included, for the log.
pub fn capture(at: &mut dyn Grounds, table: &Table, id: RecordId) -> Result<Option<DeletedRecord>> {
    let (tx, ground) = at.at(table.id)?;
    let (columns, link_columns) = every_column(table);
    let mut sql = format!("SELECT {}", SYSTEM.join(", "));
    for column in &columns {
        sql.push_str(", ");
        sql.push_str(&column_name(*column));
    }
    sql.push_str(&format!(" FROM {} WHERE {}id = ?1", ground.name(), ground.only()));
    let found = tx::first(tx, &sql, &[Cell::Integer(id.0.into())], |row| {
        let cells = columns.iter().enumerate().map(|(i, c)| (*c, row.cell(SYSTEM_COLUMNS + i).to_stored()));
        Ok(DeletedRecord {
            id,
            system: (0..SYSTEM_COLUMNS).map(|i| row.cell(i).to_stored()).collect(),
            cells: cells.filter(|(_, cell)| *cell != StoredCell::Null).collect(),
            links: Vec::new(),
            linked_from: Vec::new(),
            referred_from: Vec::new(),
            files: Vec::new(),
        })
    })?;
    let Some(mut record) = found else { return Ok(None) };
    for column in link_columns {
        let targets = links::targets(tx, table.id, column, id)?;
        if !targets.is_empty() {
            record.links.push((column, targets));
        }
    }
    Ok(Some(record))
}

/// Takes a record and its own link rows away. What refers to it is the engine's business.
pub fn delete(w: &mut WriteTx<'_>, table: &Table, id: RecordId) -> Result<()> {
    if w.orders().knows(table.id)
        && let Some((parent, rank)) = places::of(w, table.id, id)?
    {
        w.orders().remove(table.id, parent, &rank, id);
    }
    let ground = w.ground(table.id)?;
    let sql = format!("DELETE FROM {} WHERE {}id = ?1", ground.name(), ground.only());
    if w.tx.execute(&sql, &[Cell::Integer(id.0.into())])? > 0 {
        w.count(table.id, id, -1);
    }
    for column in every_column(table).1 {
        links::clear(w.tx, table.id, column, id)?;
    }
    w.touch(table.id);
    Ok(())
}

/// Puts the row of a deleted record back as it was, with this write's sequence. Its links come with
/// [`restore_links`], once all records of the write are back.
pub fn restore(w: &mut WriteTx<'_>, table: &Table, record: &DeletedRecord) -> Result<()> {
    if record.system.len() != SYSTEM_COLUMNS {
        return Err(Error::Internal("a deleted record of another format".to_owned()));
    }
    // Cells that are null were left out, so a text is a cell of a column of text.
    let texts = record.cells.iter().filter(|(_, cell)| matches!(cell, StoredCell::Text(_)));
    let room = Beside::room(w.tx.flavor());
    let beside: Vec<_> = texts.flat_map(|(column, cell)| besides(room, *column, cell)).collect();
    let ground = w.ground(table.id)?;
    let mut sql = format!("INSERT INTO {} ({}", ground.name(), SYSTEM.join(", "));
    let mut params: Vec<Cell<'_>> = record.system.iter().map(StoredCell::borrow).collect();
    params[1] = Cell::Integer(w.seq().0 as i64);
    for (column, cell) in &record.cells {
        sql.push_str(", ");
        sql.push_str(&column_name(*column));
        params.push(cell.borrow());
    }
    for (name, cell) in &beside {
        sql.push_str(", ");
        sql.push_str(name);
        params.push(cell.borrow());
    }
    if let Some((name, number)) = ground.lead() {
        sql.push_str(&format!(", {name}"));
        params.push(Cell::Integer(number));
    }
    let holes: Vec<String> = (1..=params.len()).map(|i| format!("?{i}")).collect();
    sql.push_str(&format!(") VALUES ({})", holes.join(", ")));
    w.tx.execute(&sql, &params)?;
    w.count(table.id, record.id, 1);
    if let [.., StoredCell::Integer(parent), StoredCell::Text(rank)] = record.system.as_slice() {
        w.orders().add(table.id, *parent, rank, record.id);
    }
    w.reserve_up_to(table.id, record.id)?;
    w.touch(table.id);
    Ok(())
}

/// Puts the links of a restored record back, both ways, as far as both ends are there and nobody put something else in
/// their place since. The other records that changed by it.
pub fn restore_links(w: &mut WriteTx<'_>, table: &Table, record: &DeletedRecord) -> Result<Vec<(TableId, RecordId)>> {
    let me = RecordAddress { table: table.id, record: record.id }.pack();
    let mut changed = Vec::new();
    for (column, targets) in &record.links {
        let mut there = Vec::with_capacity(targets.len());
        for target in targets {
            if is_there(w, *target)? {
                there.push(*target);
            }
        }
        links::set(w.tx, table.id, *column, record.id, &there)?;
    }
    for field in table.fields.iter().filter(|f| matches!(f.kind, model::Kind::Reference(_))) {
        for c in &field.columns {
            let cell = record.cells.iter().find(|(column, _)| *column == c.column).map(|(_, cell)| cell);
            if let Some(StoredCell::Integer(target)) = cell
                && !is_there(w, *target)?
            {
                set_cell(w, table.id, record.id, c.column, &StoredCell::Null)?;
            }
        }
    }
    for (owner_table, column, owner, position) in &record.linked_from {
        let address = RecordAddress { table: *owner_table, record: *owner };
        if exists(w, address)? && links::restore(w.tx, *owner_table, *column, *owner, *position, me)? {
            w.touch(*owner_table);
            changed.push((*owner_table, *owner));
        }
    }
    for (owner_table, column, owner) in &record.referred_from {
        let (ground, cell) = (w.ground(*owner_table)?, column_name(*column));
        let (name, only) = (ground.name(), ground.only());
        let sql = format!("UPDATE {name} SET {cell} = ?2 WHERE {only}id = ?1 AND {cell} IS NULL");
        if w.tx.execute(&sql, &[Cell::Integer(owner.0.into()), Cell::Integer(me)])? > 0 {
            w.touch(*owner_table);
            changed.push((*owner_table, *owner));
        }
    }
    Ok(changed)
}

fn is_there(at: &mut dyn Grounds, packed: i64) -> Result<bool> {
    match RecordAddress::unpack(packed) {
        Some(address) => exists(at, address),
        None => Ok(false),
    }
}

/// All value columns and all link columns of a table that exist in SQL.
fn every_column(table: &Table) -> (Vec<ColumnId>, Vec<ColumnId>) {
    let (mut columns, mut link_columns) = (table.retired.clone(), table.retired_links.clone());
    for field in &table.fields {
        let target = match field.kind.storage() {
            model::kind::Storage::Column(_) => &mut columns,
            model::kind::Storage::LinkRows => &mut link_columns,
            model::kind::Storage::System(_) | model::kind::Storage::Derived => continue,
        };
        target.extend(field.columns.iter().map(|c| c.column));
    }
    (columns, link_columns)
}

fn user_cell(user: Option<UserId>) -> Cell<'static> {
    user.map_or(Cell::Null, |u| Cell::Integer(u.0.into()))
}

/// Sets one cell without stamping the record: conversions fill a new column.
pub fn set_cell(w: &mut WriteTx<'_>, table: TableId, id: RecordId, column: ColumnId, cell: &StoredCell) -> Result<()> {
    let ground = w.ground(table)?;
    let mut sql = format!("UPDATE {} SET {} = ?2", ground.name(), column_name(column));
    let beside = match cell {
        StoredCell::Text(_) => besides(Beside::room(w.tx.flavor()), column, cell),
        // Only references are taken away so, and a new column has nothing beside it yet.
        StoredCell::Null | StoredCell::Integer(_) | StoredCell::Real(_) | StoredCell::Bytes(_) => Vec::new(),
    };
    let mut params = vec![Cell::Integer(id.0.into()), cell.borrow()];
    for (name, cell) in &beside {
        params.push(cell.borrow());
        sql.push_str(&format!(", {name} = ?{}", params.len()));
    }
    sql.push_str(&format!(" WHERE {}id = ?1", ground.only()));
    w.tx.put(&sql, &params)?;
    w.touch(table);
    Ok(())
}

/// The names and cells of what lies beside these cells of live fields.
fn besides_of(layout: &Layout, cells: &[(ColumnId, StoredCell)]) -> Vec<(String, StoredCell)> {
    let of = |(column, cell): &(ColumnId, StoredCell)| {
        let found = layout.columns.iter().find(|c| c.column == *column);
        found.map(|c| besides(c.beside, *column, cell)).unwrap_or_default()
    };
    cells.iter().flat_map(of).collect()
}

/// The names and cells of what lies beside a cell.
fn besides(beside: Beside, column: ColumnId, cell: &StoredCell) -> Vec<(String, StoredCell)> {
    let names = beside.columns(column).into_iter().map(|(name, _)| name);
    names.zip(beside.cells(cell.borrow())).collect()
}
