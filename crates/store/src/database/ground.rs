//! Where the rows of a table lie: in a physical table of its own, or in the one that all tables of the standard outline
//! shape share, whose rows lead with the table's number. Thousands of physical tables would cost every connection much
//! after each change of the schema. Only this file knows how a statement says which rows are meant.

use super::layout::{column_type, table_name};
use super::tables::needs_index;
use crate::tx::Tx;
use model::kind::ColumnType;
use model::table::Shape;
use model::{LocaleId, Result, Table, TableId};

/// The shared physical table.
pub const OUTLINES: &str = "outlines";
/// The column in it that says whose row it is.
pub const TABLE: &str = "t";

/// The value columns of the shared table, numbered from 1: content, note, checked, checkbox, heading, color, collapsed.
pub const OUTLINE: [ColumnType; 7] = [
    ColumnType::Text,
    ColumnType::Text,
    ColumnType::Integer,
    ColumnType::Integer,
    ColumnType::Integer,
    ColumnType::Integer,
    ColumnType::Integer,
];

/// What holds the rows of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Physical {
    /// A physical table that holds no other's.
    Own,
    /// The one that outlines share.
    Outlines,
}

/// A table with what holds its rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ground {
    pub table: TableId,
    pub physical: Physical,
}

/// A transaction that knows where each table lies.
pub trait Grounds {
    /// The transaction, and where the rows of a table lie.
    fn at(&mut self, table: TableId) -> Result<(&mut dyn Tx, Ground)>;
}

impl Physical {
    /// What holds the rows of a new table: the shared table if it has all columns of it and nothing else.
    pub fn fit(table: &Table) -> Physical {
        let retired = table.retired.iter().chain(&table.retired_links).count();
        let columns = table.fields.len() == OUTLINE.len()
            && table.fields.iter().all(|field| match field.columns.as_slice() {
                [column] => {
                    let place = (column.column.0 as usize).checked_sub(1);
                    let shared = place.and_then(|place| OUTLINE.get(place)).copied();
                    shared.is_some()
                        && column_type(field) == shared
                        && column.locale == LocaleId::NONE
                        && !field.indexed
                        && !needs_index(field)
                }
                _ => false,
            });
        match columns && retired == 0 && table.shape == Shape::Tree {
            true => Physical::Outlines,
            false => Physical::Own,
        }
    }
}

impl Ground {
    /// The physical table.
    pub fn name(self) -> String {
        match self.physical {
            Physical::Own => table_name(self.table),
            Physical::Outlines => OUTLINES.to_owned(),
        }
    }

    /// The rows as `FROM` introduces them, under the name that the table's own physical table has or would have.
    pub fn source(self) -> String {
        match self.physical {
            Physical::Own => table_name(self.table),
            Physical::Outlines => self.aliased(&table_name(self.table)),
        }
    }

    /// The rows as `FROM` introduces them under another name. Both engines take the inner select as part of the outer.
    pub fn aliased(self, alias: &str) -> String {
        match self.physical {
            Physical::Own => format!("{} AS {alias}", table_name(self.table)),
            Physical::Outlines => format!("(SELECT * FROM {OUTLINES} WHERE {TABLE} = {}) AS {alias}", self.table.0),
        }
    }

    /// What begins the conditions of a statement on [`Ground::name`].
    pub fn only(self) -> String {
        match self.physical {
            Physical::Own => String::new(),
            Physical::Outlines => format!("{TABLE} = {} AND ", self.table.0),
        }
    }

    /// The column that leads a row, and what it holds.
    pub fn lead(self) -> Option<(&'static str, i64)> {
        match self.physical {
            Physical::Own => None,
            Physical::Outlines => Some((TABLE, self.table.0.into())),
        }
    }
}
