//! What differs between the engines, as one table of facts. Nothing outside this crate asks which engine runs.

use model::kind::ColumnType;

/// The type of the cells of a column, ours or a record's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellType {
    Integer,
    Real,
    Text,
    Bytes,
}

impl From<ColumnType> for CellType {
    fn from(column: ColumnType) -> CellType {
        match column {
            ColumnType::Integer => CellType::Integer,
            ColumnType::Real => CellType::Real,
            ColumnType::Text => CellType::Text,
        }
    }
}

/// The engine behind a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavor {
    Sqlite,
    Postgres,
}

impl Flavor {
    /// The type of a column that holds cells of a type. Text compares by code points in both engines.
    pub fn column(self, column: CellType) -> &'static str {
        match (self, column) {
            (Flavor::Sqlite, CellType::Integer) => "INTEGER",
            (Flavor::Sqlite, CellType::Real) => "REAL",
            (Flavor::Sqlite, CellType::Text) => "TEXT",
            (Flavor::Sqlite, CellType::Bytes) => "BLOB",
            (Flavor::Postgres, CellType::Text) => "text COLLATE \"C\"",
            (Flavor::Postgres, column) => self.scalar(column),
        }
    }

    /// The type of a parameter.
    pub fn scalar(self, column: CellType) -> &'static str {
        match (self, column) {
            (Flavor::Sqlite, column) => self.column(column),
            (Flavor::Postgres, CellType::Integer) => "bigint",
            (Flavor::Postgres, CellType::Real) => "double precision",
            (Flavor::Postgres, CellType::Text) => "text",
            (Flavor::Postgres, CellType::Bytes) => "bytea",
        }
    }

    /// What ends the definition of a table.
    pub fn table_end(self) -> &'static str {
        match self {
            Flavor::Sqlite => " STRICT",
            Flavor::Postgres => "",
        }
    }

    /// What ends the definition of a table that lies in the order of its key.
    pub fn keyed_table_end(self) -> &'static str {
        match self {
            Flavor::Sqlite => " WITHOUT ROWID, STRICT",
            Flavor::Postgres => "",
        }
    }
}
