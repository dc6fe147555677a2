//! What PostgreSQL keeps beside a column of text: SQLite calls our functions, PostgreSQL cannot, so what they would say
//! is stored. Every write of a text cell goes through here.
//!
//! `f3k` is the key of the natural order, without the text that breaks its ties. `f3f` is the text after case folding,
//! null when it is all ASCII, where the engine folds as we do. Every column of text has room for both, but they are
//! kept only where the kind of the field has a use for them: long texts have no keys, and are sorted here when somebody
//! wants that; what is no text to people, like JSON, has neither.

use super::layout::column_name;
use crate::flavor::{CellType, Flavor};
use model::kind::Class;
use model::{Cell, ColumnId, Kind, StoredCell, text};

/// Which columns lie beside a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beside {
    key: bool,
    folded: bool,
}

impl Beside {
    /// What every column of text has room for.
    pub fn room(flavor: Flavor) -> Beside {
        let is_kept = flavor == Flavor::Postgres;
        Beside { key: is_kept, folded: is_kept }
    }

    /// What is kept beside the columns of a kind. What else lies there means nothing.
    pub fn of(flavor: Flavor, kind: &Kind) -> Beside {
        let folded = flavor == Flavor::Postgres && kind.class() == Class::Text;
        Beside { key: folded && !kind.is_long(), folded }
    }

    /// The columns beside a column.
    pub fn columns(self, column: ColumnId) -> Vec<(String, CellType)> {
        let key = self.key.then(|| (key(column), CellType::Bytes));
        key.into_iter().chain(self.folded.then(|| (folded(column), CellType::Text))).collect()
    }

    /// What lies in [`Beside::columns`] beside a cell.
    pub fn cells(self, cell: Cell<'_>) -> Vec<StoredCell> {
        let Cell::Text(given) = cell else { return vec![StoredCell::Null; self.columns_count()] };
        let key = self.key.then(|| StoredCell::Bytes(text::collation_key(given)));
        let folded = || match given.is_ascii() {
            true => StoredCell::Null,
            false => StoredCell::Text(text::fold(given).into_owned()),
        };
        key.into_iter().chain(self.folded.then(folded)).collect()
    }

    fn columns_count(self) -> usize {
        usize::from(self.key) + usize::from(self.folded)
    }
}

/// Whether the engine has the natural keys of a kind's texts at hand.
pub fn has_keys(flavor: Flavor, kind: &Kind) -> bool {
    flavor == Flavor::Sqlite || Beside::of(flavor, kind).key
}

/// The natural key of a column of text whose kind [has keys](has_keys). Null has none, so it comes before empty text.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind) -> Vec<String> {
        let beside = Beside::of(Flavor::Postgres, &kind);
        let columns = beside.columns(ColumnId(3));
        assert_eq!(columns.len(), beside.cells(Cell::Text("Ä")).len());
        assert_eq!(columns.len(), beside.cells(Cell::Null).len());
        columns.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn keys_are_kept_of_short_texts_and_folded_texts_of_all() {
        assert_eq!(names(Kind::Line(Default::default())), ["f3k", "f3f"]);
        assert_eq!(names(Kind::LongText(Default::default())), ["f3f"]);
        assert_eq!(names(Kind::Html(Default::default())), ["f3f"]);
        assert!(names(Kind::Json(Default::default())).is_empty());
        assert!(Beside::of(Flavor::Sqlite, &Kind::Line(Default::default())).columns(ColumnId(3)).is_empty());
    }

    #[test]
    fn only_what_is_not_ascii_is_folded() {
        let beside = Beside::of(Flavor::Postgres, &Kind::LongText(Default::default()));
        assert_eq!(beside.cells(Cell::Text("Ab")), [StoredCell::Null]);
        assert_eq!(beside.cells(Cell::Text("ÄB")), [StoredCell::Text("äb".to_owned())]);
    }
}
