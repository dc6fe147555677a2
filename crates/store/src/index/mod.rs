//! Indexes of records: which stand, how they are built and dropped, and which ones slow reads ask for.
//!
//! Every index has a row in the `indexes` table and a name made of its definition, so that asking twice makes one.
//! An ordered index is the engine's own; a trigram index finds texts that may contain a needle, and the printer looks
//! at each text again. Start with [`Definition`], then [`build`] and [`advisor`].

pub mod advisor;
pub mod background;
pub mod build;
mod ordered;
mod shape;
mod trigram;

use crate::database::catalog::stored;
use crate::tx::{self, Tx};
use model::filter::System;
use model::time::{DAY_MS, Instant};
use model::{Cell, ColumnId, Result, TableId};
use serde::{Deserialize, Serialize};

pub use advisor::{Advisor, AdvisorOptions};
pub use background::run_build;
pub use build::{build_step, drop, drop_columns, ensure};
pub(crate) use ordered::{key_of_text, text_head, text_order};
pub use shape::is_brief;
pub(crate) use shape::yields_in_order;
pub(crate) use trigram::{like_pattern, match_text, table_name as trigram_table, waiting_name as waiting_table};

/// An index as asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub table: TableId,
    /// The most significant first. A trigram index has one.
    pub columns: Vec<IndexColumn>,
    pub form: Form,
    pub origin: Origin,
}

/// One column of an index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexColumn {
    pub column: IndexKey,
    /// Whether text lies in the natural order instead of by code points.
    #[serde(default)]
    pub natural: bool,
    #[serde(default)]
    pub descending: bool,
}

/// What an index orders.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKey {
    Column(ColumnId),
    System(System),
}

/// The form of an index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// For equality, ranges and order.
    Ordered,
    /// For `contains` with needles of three characters and more.
    Trigram,
}

/// Why an index stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A field cannot do without it: links and unique fields.
    Required,
    /// Somebody asked for it.
    Asked,
    /// Slow reads asked for it; it goes when it is not used any more.
    Automatic,
}

/// An index that is there, built or being built.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    pub name: String,
    pub definition: Definition,
    /// Whether it covers all records. The engine keeps an ordered index to itself until it does.
    pub built: bool,
    /// UTC milliseconds.
    pub made_at: i64,
    pub used_at: i64,
}

impl Definition {
    /// The index that a link or unique field needs on a column.
    pub fn required(table: TableId, column: ColumnId) -> Definition {
        Definition {
            table,
            columns: vec![IndexColumn { column: IndexKey::Column(column), natural: false, descending: false }],
            form: Form::Ordered,
            origin: Origin::Required,
        }
    }

    /// An index for `contains` on a text column.
    pub fn trigram(table: TableId, column: ColumnId, origin: Origin) -> Definition {
        Definition { form: Form::Trigram, origin, ..Definition::required(table, column) }
    }

    /// Its name in SQL: made of the definition, so that one definition is one index.
    pub fn name(&self) -> String {
        let mut name = match self.form {
            Form::Ordered => format!("i{}", self.table.0),
            Form::Trigram => format!("x{}", self.table.0),
        };
        for column in &self.columns {
            match column.column {
                IndexKey::Column(id) => name.push_str(&format!("_{}", id.0)),
                IndexKey::System(system) => name.push_str(&format!("_{}", ordered::system_column(system))),
            }
            name.push_str(if column.natural { "n" } else { "" });
            name.push_str(if column.descending { "d" } else { "" });
        }
        name
    }

    /// Whether it orders or finds by one of these columns.
    pub fn uses(&self, columns: &[ColumnId]) -> bool {
        self.columns.iter().any(|c| match c.column {
            IndexKey::Column(id) => columns.contains(&id),
            IndexKey::System(_) => false,
        })
    }

    /// Whether this index does all that `asked` would do: it begins with the same columns.
    pub fn serves(&self, asked: &Definition) -> bool {
        self.table == asked.table && self.form == asked.form && self.columns.starts_with(&asked.columns)
    }
}

/// The form in which a definition is stored. `filled` is the last record that a trigram index covers while it is built.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    definition: Definition,
    #[serde(default)]
    filled: u32,
}

const LIST: &str = "SELECT name, definition, built, made_at, used_at FROM indexes ORDER BY name";
const FIND: &str = "SELECT definition, built FROM indexes WHERE name = ?1";

/// All indexes of the database, by name.
pub fn list(tx: &mut dyn Tx) -> Result<Vec<Standing>> {
    tx::all(tx, LIST, &[], |row| {
        let kept: Kept = stored(row.cell(1).text())?;
        Ok(Standing {
            name: row.cell(0).text().unwrap_or("").to_owned(),
            definition: kept.definition,
            built: row.cell(2).integer() == Some(1),
            made_at: row.cell(3).integer().unwrap_or(0),
            used_at: row.cell(4).integer().unwrap_or(0),
        })
    })
}

/// The indexes whose build was cut short, by a crash or a shutdown: [`run_build`] takes each up where it was left.
pub fn unfinished(standing: &[Standing], now: Instant) -> Vec<Definition> {
    // One that has not been used for long is not in the making, it is on its way out.
    let recent = |s: &&Standing| !s.built && s.used_at > now.0 - DAY_MS;
    standing.iter().filter(recent).map(|s| s.definition.clone()).collect()
}

/// What is kept of an index, and whether it is built.
fn find(tx: &mut dyn Tx, name: &str) -> Result<Option<(Kept, bool)>> {
    tx::first(tx, FIND, &[Cell::Text(name)], |row| Ok((stored(row.cell(0).text())?, row.cell(1).integer() == Some(1))))
}

/// Whether an ordered index holds a column, by its natural keys or as it is.
pub(crate) fn orders(standing: &[Standing], table: TableId, column: ColumnId, natural: bool) -> bool {
    let holds = |c: &IndexColumn| c.column == IndexKey::Column(column) && c.natural == natural;
    standing.iter().any(|s| {
        let definition = &s.definition;
        s.built && definition.table == table && definition.form == Form::Ordered && definition.columns.iter().any(holds)
    })
}

/// The built trigram index on a column, among those that stand.
pub(crate) fn trigram_on(standing: &[Standing], table: TableId, column: ColumnId) -> Option<&Standing> {
    standing.iter().find(|s| {
        s.built && s.definition.form == Form::Trigram && s.definition.table == table && s.definition.uses(&[column])
    })
}
