//! Ordered indexes: the engine's own, on columns or on the natural keys of text.

use super::{Definition, IndexKey};
use crate::database::layout::{column_name, table_name};
use crate::flavor::Flavor;
use model::filter::System;

/// The statement that makes the index. The record's number is the last key of every index, ascending.
pub fn create(flavor: Flavor, definition: &Definition) -> String {
    let mut keys = String::new();
    for column in &definition.columns {
        let name = match column.column {
            IndexKey::Column(id) => column_name(id),
            IndexKey::System(system) => system_column(system).to_owned(),
        };
        if !keys.is_empty() {
            keys.push_str(", ");
        }
        keys.push_str(&if column.natural { natural_key(flavor, &name) } else { name });
        if column.descending {
            keys.push_str(" DESC");
        }
    }
    format!("CREATE INDEX IF NOT EXISTS {} ON {} ({keys})", definition.name(), table_name(definition.table))
}

/// The natural key of a text column, the same in an index and where it sorts. Null has none, so it comes before empty
/// text.
pub fn natural_key(flavor: Flavor, column: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("mt_key({column})"),
    }
}

/// The column of what every record has.
pub fn system_column(system: System) -> &'static str {
    match system {
        System::Id => "id",
        System::Seq => "seq",
        System::CreatedAt => "created_at",
        System::CreatedBy => "created_by",
        System::ModifiedAt => "modified_at",
        System::ModifiedBy => "modified_by",
        System::Valid => "valid",
        System::Parent => "parent",
        System::Rank => "rank",
    }
}
