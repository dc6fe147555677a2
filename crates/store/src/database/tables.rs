//! Tables and columns in SQL: what definitions need to exist physically. Nothing is ever dropped here: a deleted table
//! or field keeps its columns until its trash expires.

use super::beside::{self, Beside};
use super::ground::{self, Physical};
use super::layout::{self, SYSTEM, column_name, link_table, table_name};
use super::write::WriteTx;
use crate::flavor::{CellType, Flavor};
use crate::index::{self, Definition, IndexColumn, Origin};
use crate::print::flavor_sql;
use crate::tx::{self, GO_ON, Tx};
use model::kind::{Class, ColumnType, Storage};
use model::table::Shape;
use model::time::Instant;
use model::{Cell, ColumnId, Error, Field, Kind, Result, Subject, Table, TableId};

/// Makes what a new definition needs: nothing but its row when the shared physical table holds all of it, else a physical
/// table with its columns and the indexes that its fields need.
pub fn create(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    if Physical::fit(table) == Physical::Outlines {
        return w.put_table(table.clone());
    }
    create_physical(w, table)?;
    w.put_table(table.clone())?;
    for field in &table.fields {
        if field.kind.storage() == Storage::LinkRows {
            create_links(w, table, field)?;
        }
        create_indexes(w, table, field)?;
    }
    Ok(())
}

fn create_physical(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    let (name, flavor) = (table_name(table.id), w.tx.flavor());
    let (int, text) = (flavor.column(CellType::Integer), flavor.column(CellType::Text));
    let system = format!(
        ", seq {int} NOT NULL, created_at {int} NOT NULL, created_by {int}, modified_at {int}, modified_by {int}, \
         valid {int} NOT NULL, parent {int}, rank {text}"
    );
    // What is read seldom lies behind what is read always: an engine walks over the columns before the one it wants.
    let (mut fields, mut beside) = (String::new(), String::new());
    for field in &table.fields {
        if let Some(column_type) = layout::column_type(field) {
            for c in &field.columns {
                for (place, (column, cells)) in columns_of(flavor, c.column, column_type).into_iter().enumerate() {
                    let columns = if place == 0 { &mut fields } else { &mut beside };
                    columns.push_str(&format!(", {column} {}", flavor.column(cells)));
                }
            }
        }
    }
    // PostgreSQL takes every column apart on its way to those of a condition. SQLite jumps over them, but follows a long
    // text to its end to find what lies behind it.
    let [first, second] = match flavor {
        Flavor::Sqlite => [&system, &fields],
        Flavor::Postgres => [&fields, &system],
    };
    let sql = format!("CREATE TABLE {name} (id {int} PRIMARY KEY{first}{second}{beside}){}", flavor.table_end());
    w.tx.script(&sql)?;
    w.tx.script(&format!("CREATE INDEX {name}_seq ON {name} (seq)"))?;
    match table.shape {
        Shape::Plain => Ok(()),
        Shape::Ordered | Shape::Tree => place_index(w, table),
    }
}

/// Gives a table that lies in the shared physical table one of its own. Its rows are copied and stay behind as well, for
/// readers that began with the older catalog; [`sweep`] takes them away later. A table that has its own keeps it.
pub fn move_out(w: &mut WriteTx<'_>, table: TableId) -> Result<()> {
    let shared = w.ground(table)?;
    if shared.physical == Physical::Own {
        return Ok(());
    }
    let definition = w.catalog().schema.tables.get(&table).cloned();
    let definition = definition.ok_or_else(|| Error::not_found(Subject::Table, table.0.to_string()))?;
    create_physical(w, &definition)?;
    let flavor = w.tx.flavor();
    let mut columns: Vec<String> = SYSTEM.map(str::to_owned).into();
    for (place, cells) in (1..).zip(ground::OUTLINE) {
        columns.extend(columns_of(flavor, ColumnId(place), cells).into_iter().map(|(column, _)| column));
    }
    let (columns, own) = (columns.join(", "), table_name(table));
    w.tx.execute(&format!("INSERT INTO {own} ({columns}) SELECT {columns} FROM {} ORDER BY id", shared.source()), &[])?;
    w.moved_out(table, Instant::now().0)
}

/// Which rows a sweep of the shared physical table takes away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// All that tables left behind: nobody reads with an older catalog.
    Ever,
    /// What was left before this instant (UTC milliseconds).
    Before(i64),
}

/// How long what a table left behind when it moved out stays (milliseconds): longer than any read lasts.
const LEFT_FOR: i64 = 3_600_000;

impl Left {
    /// What goes while others read.
    pub fn long_ago() -> Left {
        Left::Before(Instant::now().0 - LEFT_FOR)
    }

    /// What goes when a database is opened: on PostgreSQL other nodes may have it open.
    pub fn at_opening(flavor: Flavor) -> Left {
        match flavor {
            Flavor::Sqlite => Left::Ever,
            Flavor::Postgres => Left::long_ago(),
        }
    }
}

const LEFT: &str = "SELECT id FROM tables WHERE lies > 1 AND lies < ?1";
const SWEPT: &str = "UPDATE tables SET lies = 0 WHERE id = ?1";

/// Takes away what tables that moved out left behind in the shared physical table.
pub fn sweep(tx: &mut dyn Tx, left: Left) -> Result<()> {
    let before = match left {
        Left::Ever => i64::MAX,
        Left::Before(instant) => instant,
    };
    let tables = tx::all(tx, LEFT, &[Cell::Integer(before)], |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
    for table in tables {
        let number = [Cell::Integer(table)];
        tx.execute(&format!("DELETE FROM {} WHERE {} = ?1", ground::OUTLINES, ground::TABLE), &number)?;
        tx.execute(SWEPT, &number)?;
    }
    Ok(())
}

/// The index by which children are found in their order.
pub fn create_place_index(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    move_out(w, table.id)?;
    place_index(w, table)
}

fn place_index(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    let name = table_name(table.id);
    w.tx.script(&format!("CREATE INDEX IF NOT EXISTS {name}_place ON {name} (parent, rank, id)"))
}

/// Makes the columns (or link tables) of a field that has been given new column numbers. The caller stores the table's
/// definition after, then asks for [`create_indexes`].
pub fn add_columns(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
    if matches!(field.kind.storage(), Storage::Column(_) | Storage::LinkRows) {
        move_out(w, table.id)?;
    }
    match field.kind.storage() {
        Storage::Column(column_type) => add_value_columns(w, table, field, column_type),
        Storage::LinkRows => create_links(w, table, field),
        Storage::System(_) | Storage::Derived => Ok(()),
    }
}

fn add_value_columns(w: &mut WriteTx<'_>, table: &Table, field: &Field, column_type: ColumnType) -> Result<()> {
    for c in &field.columns {
        let (name, flavor) = (table_name(table.id), w.tx.flavor());
        for (column, cells) in columns_of(flavor, c.column, column_type) {
            w.tx.script(&format!("ALTER TABLE {name} ADD COLUMN {column} {}", flavor.column(cells)))?;
        }
    }
    Ok(())
}

/// The column of a slot and what lies beside it.
fn columns_of(flavor: Flavor, column: ColumnId, column_type: ColumnType) -> Vec<(String, CellType)> {
    let mut columns = vec![(column_name(column), column_type.into())];
    if column_type == ColumnType::Text {
        columns.extend(Beside::room(flavor).columns(column));
    }
    columns
}

fn create_links(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
    for c in &field.columns {
        let (name, flavor) = (link_table(table.id, c.column), w.tx.flavor());
        let (int, end) = (flavor.column(CellType::Integer), flavor.keyed_table_end());
        w.tx.script(&format!(
            "CREATE TABLE {name} (owner {int} NOT NULL, position {int} NOT NULL, target {int} NOT NULL, \
             PRIMARY KEY (owner, position)){end}"
        ))?;
        w.tx.script(&format!("CREATE INDEX {name}_target ON {name} (target, owner)"))?;
    }
    Ok(())
}

/// Whether a field cannot do without an index.
pub(super) fn needs_index(field: &Field) -> bool {
    matches!(field.kind, Kind::Reference(_)) || field.is_unique()
}

/// Makes the indexes that a field's kind, validators or its owner ask for. Text that somebody wants indexed gets one for
/// finding and one for the order that people see.
pub fn create_indexes(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
    if layout::column_type(field).is_none() {
        return Ok(());
    }
    let needed = needs_index(field);
    for c in &field.columns {
        let required = Definition::required(table.id, c.column);
        if needed {
            index::ensure(w, &required)?;
        }
        if field.indexed {
            let asked = Definition { origin: Origin::Asked, ..required };
            if field.kind.class() == Class::Text && beside::has_keys(w.tx.flavor(), &field.kind) {
                let columns = asked.columns.iter().map(|column| IndexColumn { natural: true, ..*column }).collect();
                index::ensure(w, &Definition { columns, ..asked.clone() })?;
            }
            index::ensure(w, &asked)?;
        }
    }
    Ok(())
}

/// The tables among these that are there, with how many writes changed each so far.
pub fn versions(tx: &mut dyn Tx, ids: &[TableId]) -> Result<Vec<(TableId, u64)>> {
    let (each, element) = (flavor_sql::each(tx.flavor(), "?1", "w"), flavor_sql::element(tx.flavor(), "w"));
    let sql = format!("SELECT id, version FROM tables WHERE id IN (SELECT {element} FROM {each})");
    let numbers: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    let numbers = format!("[{}]", numbers.join(","));
    let mut found = Vec::with_capacity(ids.len());
    tx.query_short(&sql, &[Cell::Text(&numbers)], &mut |row| {
        let whole = |place: usize| row.cell(place).integer().unwrap_or(0);
        found.push((TableId(u32::try_from(whole(0)).unwrap_or(0)), whole(1).max(0) as u64));
        Ok(GO_ON)
    })?;
    Ok(found)
}
