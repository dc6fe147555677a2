//! Tables and columns in SQL: what definitions need to exist physically. Nothing is ever dropped here: a deleted table
//! or field keeps its columns until its trash expires.

use super::layout::{self, column_name, link_table, table_name};
use super::write::WriteTx;
use crate::index::{self, Definition, IndexColumn, Origin};
use model::kind::{Class, ColumnType, Storage};
use model::table::Shape;
use model::{Field, Kind, Result, Table};

/// Makes the physical table of a new definition, with its columns and the indexes that its fields need.
pub fn create(w: &mut WriteTx<'_>, table: &Table) -> Result<()> {
    let name = table_name(table.id);
    let mut sql = format!(
        "CREATE TABLE {name} (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, created_at INTEGER NOT NULL, \
         created_by INTEGER, modified_at INTEGER, modified_by INTEGER, valid INTEGER NOT NULL, parent INTEGER, rank TEXT"
    );
    for field in &table.fields {
        if let Some(column_type) = layout::column_type(field) {
            for c in &field.columns {
                sql.push_str(&format!(", {} {}", column_name(c.column), w.tx.flavor().column(column_type)));
            }
        }
    }
    sql.push_str(") STRICT");
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
        let (name, column) = (table_name(table.id), column_name(c.column));
        w.tx.script(&format!("ALTER TABLE {name} ADD COLUMN {column} {}", w.tx.flavor().column(column_type)))?;
    }
    Ok(())
}

fn create_links(w: &mut WriteTx<'_>, table: &Table, field: &Field) -> Result<()> {
    for c in &field.columns {
        let name = link_table(table.id, c.column);
        w.tx.script(&format!(
            "CREATE TABLE {name} (owner INTEGER NOT NULL, position INTEGER NOT NULL, target INTEGER NOT NULL, \
             PRIMARY KEY (owner, position)) WITHOUT ROWID, STRICT"
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
