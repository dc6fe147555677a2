//! Ordered indexes: the engine's own, on columns or on the natural keys of text.

use super::{Definition, IndexKey};
use crate::database::beside;
use crate::database::layout::{column_name, table_name};
use crate::flavor::Flavor;
use model::ColumnId;
use model::filter::System;

/// Most characters of a text in an index of PostgreSQL, whose entries are bounded.
const TEXT_HEAD: usize = 600;
/// Most bytes of a natural key there.
const KEY_HEAD: usize = 1_000;

/// The statement that makes the index. The record's number is the last key of every index, ascending. `texts` are the
/// columns of text.
pub fn create(flavor: Flavor, definition: &Definition, texts: &[ColumnId], concurrently: bool) -> String {
    let mut keys: Vec<String> = Vec::new();
    for column in &definition.columns {
        let key = match column.column {
            IndexKey::Column(id) if column.natural => match flavor {
                Flavor::Sqlite => format!("mt_key({})", column_name(id)),
                Flavor::Postgres => format!("substr({}, 1, {KEY_HEAD})", beside::key(id)),
            },
            IndexKey::Column(id) if texts.contains(&id) => {
                text_head(flavor, &column_name(id)).unwrap_or_else(|| column_name(id))
            }
            IndexKey::Column(id) => column_name(id),
            IndexKey::System(system) => system_column(system).to_owned(),
        };
        // Where nulls lie is an engine's own habit: ours is that of SQLite.
        let direction = match (flavor, column.descending) {
            (Flavor::Sqlite, false) => "",
            (Flavor::Sqlite, true) => " DESC",
            (Flavor::Postgres, false) => " ASC NULLS FIRST",
            (Flavor::Postgres, true) => " DESC NULLS LAST",
        };
        keys.push(format!("{key}{direction}"));
    }
    if flavor == Flavor::Postgres {
        keys.push("id".to_owned());
    }
    let how = if concurrently { "INDEX CONCURRENTLY" } else { "INDEX" };
    let (name, table) = (definition.name(), table_name(definition.table));
    format!("CREATE {how} IF NOT EXISTS {name} ON {table} ({})", keys.join(", "))
}

/// The beginning of a text, by which an index finds it; none where an index holds whole texts.
pub fn text_head(flavor: Flavor, text: &str) -> Option<String> {
    match flavor {
        Flavor::Sqlite => None,
        Flavor::Postgres => Some(format!("left({text}, {TEXT_HEAD})")),
    }
}

/// The natural key of any text; none where the engine has only those that are stored.
pub fn key_of_text(flavor: Flavor, text: &str) -> Option<String> {
    match flavor {
        Flavor::Sqlite => Some(format!("mt_key({text})")),
        Flavor::Postgres => None,
    }
}

/// The sort keys of a text, with its natural key unless it is compared by code points. What an index holds comes first,
/// when there is one.
pub fn text_order(flavor: Flavor, text: &str, natural: Option<String>, by_head: bool) -> Vec<String> {
    let mut keys = match (flavor, natural) {
        (Flavor::Sqlite, natural) => return vec![natural.unwrap_or_else(|| text.to_owned())],
        (Flavor::Postgres, Some(key)) => vec![format!("substr({key}, 1, {KEY_HEAD})"), key, text.to_owned()],
        (Flavor::Postgres, None) => vec![format!("left({text}, {TEXT_HEAD})"), text.to_owned()],
    };
    if !by_head {
        keys.remove(0);
    }
    keys
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
