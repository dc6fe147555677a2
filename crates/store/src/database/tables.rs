//! Tables and columns in SQL: what definitions need to exist physically. Nothing is ever dropped here: a deleted table
//! or field keeps its columns until its trash expires.

use super::beside;
use super::layout::{self, column_name, link_table, table_name};
use super::write::WriteTx;
use crate::flavor::{CellType, Flavor};
use crate::index::{self, Definition, IndexColumn, Origin};
use crate::print::flavor_sql;
use crate::tx::{GO_ON, Tx};
use model::kind::{Class, ColumnType, Storage};
use model::table::Shape;
use model::{Cell, ColumnId, Field, Kind, Result, Table, TableId};

/// Makes the physical table of a new definition, with its columns and the indexes that its fields need.
pub fn create(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    let (name, flavor) = (table_name(table.id), w.tx.flavor());
    let (int, text) = (flavor.column(CellType::Integer), flavor.column(CellType::Text));
    let mut sql = format!(
        "CREATE TABLE {name} (id {int} PRIMARY KEY, seq {int} NOT NULL, created_at {int} NOT NULL, created_by {int}, \
         modified_at {int}, modified_by {int}, valid {int} NOT NULL, parent {int}, rank {text}"
    );
    // What is read seldom lies behind what is read always: an engine walks over the columns before the one it wants.
    let mut beside = String::new();
    for field in &table.fields {
        if let Some(column_type) = layout::column_type(field) {
            for c in &field.columns {
                for (place, (column, cells)) in columns_of(flavor, c.column, column_type).into_iter().enumerate() {
                    let columns = if place == 0 { &mut sql } else { &mut beside };
                    columns.push_str(&format!(", {column} {}", flavor.column(cells)));
                }
            }
        }
    }
    sql.push_str(&beside);
    sql.push(')');
    sql.push_str(flavor.table_end());
    w.tx.script(&sql)?;
    w.tx.script(&format!("CREATE INDEX {name}_seq ON {name} (seq)"))?;
    if table.shape != Shape::Plain {
        create_place_index(w, table)?;
    }
    w.put_table(table.clone())?;
    for field in &table.fields {
        if field.kind.storage() == Storage::LinkRows {
            create_links(w, table, field)?;
        }
        create_indexes(w, table, field)?;
    }
    Ok(())
}

/// The index by which children are found in their order.
pub fn create_place_index(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    let name = table_name(table.id);
    w.tx.script(&format!("CREATE INDEX IF NOT EXISTS {name}_place ON {name} (parent, rank, id)"))
}

/// Makes the columns (or link tables) of a field that has been given new column numbers. The caller stores the table's
/// definition after, then asks for [`create_indexes`].
pub fn add_columns(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
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
        columns.extend(beside::columns(flavor, column));
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

/// Makes the indexes that a field's kind, validators or its owner ask for. Text that somebody wants indexed gets one for
/// finding and one for the order that people see.
pub fn create_indexes(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
    if layout::column_type(field).is_none() {
        return Ok(());
    }
    let needed = matches!(field.kind, Kind::Reference(_)) || field.is_unique();
    for c in &field.columns {
        let required = Definition::required(table.id, c.column);
        if needed {
            index::ensure(w, &required)?;
        }
        if field.indexed {
            let asked = Definition { origin: Origin::Asked, ..required };
            if field.kind.class() == Class::Text {
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
