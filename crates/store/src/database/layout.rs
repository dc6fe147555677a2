//! How a table lies in SQL: names that are ours (`t7`, `f3`), never the user's, and the statements used all the time.

use model::ids::ColumnId;
use model::kind::{Class, ColumnType, Storage};
use model::{Field, Slot, Table, TableId};

/// The columns every record has, in the order of [`model::change::DeletedRecord::system`].
///
/// `parent` is 0 at the top; both it and `rank` are null in a plain table.
pub const SYSTEM: [&str; 9] =
    ["id", "seq", "created_at", "created_by", "modified_at", "modified_by", "valid", "parent", "rank"];

/// How many system columns lead a row read by [`Layout::get`] and by the query printer.
pub const SYSTEM_COLUMNS: usize = SYSTEM.len();

/// A table in SQL.
#[derive(Clone, Debug)]
pub struct Layout {
    pub table: TableId,
    /// The physical table.
    pub name: String,
    /// The value columns of live fields, in the order in which `insert` takes them.
    pub columns: Vec<LayoutColumn>,
    /// The link columns of live fields.
    pub links: Vec<LayoutColumn>,
    /// Inserts the number, sequence, `created_at`, `created_by`, validity, parent and rank, and all `columns`.
    pub insert: String,
    /// Reads the system columns and all `columns` of one record, `?1`.
    pub get: String,
}

/// A column of a slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LayoutColumn {
    pub slot: Slot,
    pub column: ColumnId,
    pub class: Class,
}

impl Layout {
    /// The layout of a table's live fields.
    pub fn of(table: &Table) -> Layout {
        let name = table_name(table.id);
        let (mut columns, mut links) = (Vec::new(), Vec::new());
        for field in table.live_fields() {
            let target = match field.kind.storage() {
                Storage::Column(_) => &mut columns,
                Storage::LinkRows => &mut links,
                Storage::System(_) | Storage::Derived => continue,
            };
            for c in &field.columns {
                let slot = Slot { field: field.id, locale: c.locale };
                target.push(LayoutColumn { slot, column: c.column, class: field.kind.class() });
            }
        }
        let mut insert = format!("INSERT INTO {name} (id, seq, created_at, created_by, valid, parent, rank");
        let mut get = format!("SELECT {}", SYSTEM.join(", "));
        for c in &columns {
            insert.push_str(", ");
            insert.push_str(&column_name(c.column));
            get.push_str(", ");
            get.push_str(&column_name(c.column));
        }
        insert.push_str(") VALUES (");
        for i in 0..7 + columns.len() {
            insert.push_str(&if i == 0 { "?1".to_owned() } else { format!(", ?{}", i + 1) });
        }
        insert.push(')');
        get.push_str(&format!(" FROM {name} WHERE id = ?1"));
        Layout { table: table.id, name, columns, links, insert, get }
    }

    /// The place of a slot among `columns`; a slot without locale means the first locale.
    pub fn place(&self, slot: Slot) -> Option<usize> {
        self.columns.iter().position(|c| c.slot == slot).or_else(|| {
            (slot.locale == model::LocaleId::NONE)
                .then(|| self.columns.iter().position(|c| c.slot.field == slot.field))
                .flatten()
        })
    }
}

/// The physical table of a table. The only place that knows.
pub fn table_name(table: TableId) -> String {
    format!("t{}", table.0)
}

/// The physical column.
pub fn column_name(column: ColumnId) -> String {
    format!("f{}", column.0)
}

/// The table of the link rows of a column.
pub fn link_table(table: TableId, column: ColumnId) -> String {
    format!("l{}_{}", table.0, column.0)
}

/// The type of a field's columns, if it has any in its table.
pub fn column_type(field: &Field) -> Option<ColumnType> {
    match field.kind.storage() {
        Storage::Column(column) => Some(column),
        Storage::LinkRows | Storage::System(_) | Storage::Derived => None,
    }
}
