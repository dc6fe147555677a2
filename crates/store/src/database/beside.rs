//! What PostgreSQL keeps beside a column of text: SQLite calls our functions, PostgreSQL cannot, so what they would say
//! is stored. Every write of a text cell goes through here.
//!
//! `f3k` is the key of the natural order, without the text that breaks its ties. `f3f` is the text after case folding,
//! null when it is all ASCII, where the engine folds as we do.

use super::layout::column_name;
use crate::flavor::{CellType, Flavor};
use model::{Cell, ColumnId, StoredCell, text};

/// The columns beside a column of text.
pub fn columns(flavor: Flavor, column: ColumnId) -> Vec<(String, CellType)> {
    match flavor {
        Flavor::Sqlite => Vec::new(),
        Flavor::Postgres => vec![(key(column), CellType::Bytes), (folded(column), CellType::Text)],
    }
}

/// What lies in [`columns`] beside a cell.
pub fn cells(flavor: Flavor, cell: Cell<'_>) -> Vec<StoredCell> {
    match (flavor, cell) {
        (Flavor::Sqlite, _) => Vec::new(),
        (Flavor::Postgres, Cell::Text(given)) => {
            let folded = match given.is_ascii() {
                true => StoredCell::Null,
                false => StoredCell::Text(text::fold(given).into_owned()),
            };
            vec![StoredCell::Bytes(text::collation_key(given)), folded]
        }
        (Flavor::Postgres, _) => vec![StoredCell::Null, StoredCell::Null],
    }
}

/// The natural key of a column of text. Null has none, so it comes before empty text.
pub fn key_of(flavor: Flavor, table: &str, column: ColumnId) -> String {
    match flavor {
        Flavor::Sqlite => format!("mt_key({table}.{})", column_name(column)),
        Flavor::Postgres => format!("{table}.{}", key(column)),
    }
}

/// A column of text in the form in which [`text::contains_folded`] looks at it: SQLite's function folds by itself.
pub fn folded_of(flavor: Flavor, table: &str, column: ColumnId) -> String {
    match flavor {
        Flavor::Sqlite => format!("{table}.{}", column_name(column)),
        Flavor::Postgres => format!("coalesce({table}.{}, lower({table}.{}))", folded(column), column_name(column)),
    }
}

/// The column of the natural keys of a column of text.
pub fn key(column: ColumnId) -> String {
    format!("f{}k", column.0)
}

/// The column of the folded texts of a column of text.
fn folded(column: ColumnId) -> String {
    format!("f{}f", column.0)
}
