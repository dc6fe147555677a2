//! Cells: a value as it lies in a column of SQL, borrowed while a row is read.

use serde::{Deserialize, Serialize};

/// A borrowed cell of a row. Doors encode straight from it; no owned value is made on the way of a list.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    /// The integer in the cell, if it is one.
    pub fn integer(self) -> Option<i64> {
        match self {
            Cell::Integer(number) => Some(number),
            Cell::Null | Cell::Real(_) | Cell::Text(_) | Cell::Bytes(_) => None,
        }
    }

    /// The cell as its own.
    pub fn to_stored(self) -> StoredCell {
        match self {
            Cell::Null => StoredCell::Null,
            Cell::Integer(number) => StoredCell::Integer(number),
            Cell::Real(number) => StoredCell::Real(number),
            Cell::Text(text) => StoredCell::Text(text.to_owned()),
            Cell::Bytes(bytes) => StoredCell::Bytes(bytes.to_vec()),
        }
    }
}

impl<'a> Cell<'a> {
    /// The bytes, if it holds some.
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Cell::Bytes(bytes) => Some(bytes),
            Cell::Null | Cell::Integer(_) | Cell::Real(_) | Cell::Text(_) => None,
        }
    }

    /// The text in the cell, if it is text.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Null | Cell::Integer(_) | Cell::Real(_) | Cell::Bytes(_) => None,
        }
    }
}

/// A cell that owns its bytes: a parameter of a statement, or a cell kept in the log.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub enum StoredCell {
    #[default]
    #[serde(rename = "0")]
    Null,
    #[serde(rename = "i")]
    Integer(i64),
    #[serde(rename = "r")]
    Real(f64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "b")]
    Bytes(Vec<u8>),
}

impl StoredCell {
    /// The cell, borrowed.
    pub fn borrow(&self) -> Cell<'_> {
        match self {
            StoredCell::Null => Cell::Null,
            StoredCell::Integer(number) => Cell::Integer(*number),
            StoredCell::Real(number) => Cell::Real(*number),
            StoredCell::Text(text) => Cell::Text(text),
            StoredCell::Bytes(bytes) => Cell::Bytes(bytes),
        }
    }
}
