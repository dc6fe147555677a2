//! What differs between the engines, as one table of facts. Nothing outside this crate asks which engine runs.

/// The engine behind a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavor {
    Sqlite,
}

impl Flavor {
    /// The column type of each of our column types.
    pub fn column(self, column: model::kind::ColumnType) -> &'static str {
        match (self, column) {
            (Flavor::Sqlite, model::kind::ColumnType::Integer) => "INTEGER",
            (Flavor::Sqlite, model::kind::ColumnType::Real) => "REAL",
            (Flavor::Sqlite, model::kind::ColumnType::Text) => "TEXT",
        }
    }
}
