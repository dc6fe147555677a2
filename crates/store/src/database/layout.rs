//! How a table lies in SQL: names that are ours (`t7`, `f3`), never the user's, and the statements used all the time.

use super::beside::Beside;
use super::ground::{Ground, Physical};
use crate::flavor::{CellType, Flavor};
use crate::tx::Insertion;
use model::ids::ColumnId;
use model::kind::{Class, ColumnType, Storage};
use model::{Field, Slot, Table, TableId};
use std::sync::Arc;

/// The columns every record has, in the order of [`model::change::DeletedRecord::system`].
///
/// `parent` is 0 at the top; both it and `rank` are null in a plain table.
pub const SYSTEM: [&str; 9] =
    ["id", "seq", "created_at", "created_by", "modified_at", "modified_by", "valid", "parent", "rank"];

/// How many system columns lead a row read by [`Layout::get`] and by the query printer.
pub const SYSTEM_COLUMNS: usize = SYSTEM.len();

/// The system columns that an insertion gives, in its order.
pub const INSERTED: [(&str, CellType); 7] = [
    ("id", CellType::Integer),
    ("seq", CellType::Integer),
    ("created_at", CellType::Integer),
    ("created_by", CellType::Integer),
    ("valid", CellType::Integer),
    ("parent", CellType::Integer),
    ("rank", CellType::Text),
];

/// A table in SQL.
#[derive(Clone, Debug)]
pub struct Layout {
    pub table: TableId,
    /// Where its rows lie.
    pub ground: Ground,
    /// The value columns of live fields, in the order in which `insert` takes them.
    pub columns: Vec<LayoutColumn>,
    /// The link columns of live fields.
    pub links: Vec<LayoutColumn>,
    /// Inserts the number, sequence, `created_at`, `created_by`, validity, parent and rank, all `columns`, and what lies
    /// beside them ([`super::beside`]).
    pub insert: Arc<Insertion>,
    /// Reads the system columns and all `columns` of one record, `?1`.
    pub get: String,
}

/// A column of a slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LayoutColumn {
    pub slot: Slot,
    pub column: ColumnId,
    pub class: Class,
    pub cells: ColumnType,
    /// What is kept beside it.
    pub beside: Beside,
}

impl Layout {
    /// The layout of a table's live fields.
    pub fn of(table: &Table, physical: Physical, flavor: Flavor) -> Layout {
        let ground = Ground { table: table.id, physical };
        let (mut columns, mut links) = (Vec::new(), Vec::new());
        for field in table.live_fields() {
            let (target, cells) = match field.kind.storage() {
                Storage::Column(cells) => (&mut columns, cells),
                Storage::LinkRows => (&mut links, ColumnType::Integer),
                Storage::System(_) | Storage::Derived => continue,
            };
            let (class, beside) = (field.kind.class(), Beside::of(flavor, &field.kind));
            for c in &field.columns {
                let slot = Slot { field: field.id, locale: c.locale };
                target.push(LayoutColumn { slot, column: c.column, class, cells, beside });
            }
        }
        let mut inserted: Vec<(String, CellType)> = Vec::with_capacity(INSERTED.len() + columns.len());
        inserted.extend(INSERTED.map(|(column, cells)| (column.to_owned(), cells)));
        inserted.extend(columns.iter().map(|c| (column_name(c.column), c.cells.into())));
        inserted.extend(columns.iter().flat_map(|c| c.beside.columns(c.column)));
        let inserted: Vec<(&str, CellType)> =
            inserted.iter().map(|(column, cells)| (column.as_str(), *cells)).collect();
        let insert = Arc::new(Insertion::leading(flavor, &ground.name(), ground.lead(), &inserted, ""));
        let mut get = format!("SELECT {}", SYSTEM.join(", "));
        for c in &columns {
            get.push_str(", ");
            get.push_str(&column_name(c.column));
        }
        get.push_str(&format!(" FROM {} WHERE id = ?1", ground.source()));
        Layout { table: table.id, ground, columns, links, insert, get }
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

/// The physical table of a table that has one of its own. What reads or writes records asks [`Ground`] instead.
pub(crate) fn table_name(table: TableId) -> String {
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
