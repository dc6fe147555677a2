//! Queries: every read that can be asked of the records.
//!
//! A [`Query`] says what is meant; `store` prints it as SQL, [`crate::evaluate`] runs it in memory and is the oracle
//! of every printer.

use crate::filter::{Filter, Operand};
use crate::ids::{FieldId, RecordId, TableId};
use crate::time::Bucket;
use serde::{Deserialize, Serialize};

/// A read of records.
#[derive(Clone, PartialEq, Debug)]
pub struct Query {
    pub source: Source,
    pub filter: Filter,
    pub search: Option<Search>,
    /// First key first. Ties, and no key at all, come in the order of creation.
    pub sort: Vec<Sort>,
    pub page: Page,
    pub projection: Projection,
}

/// Where the records come from.
#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    Table(TableId),
    /// Several tables merged: only id, table, sequence order, search and count are offered.
    Tables(Vec<TableId>),
}

/// Case-insensitive search in the displayed text of fields; a record matches when one of them contains the needle.
#[derive(Clone, PartialEq, Debug)]
pub struct Search {
    pub needle: String,
    pub fields: Vec<FieldId>,
}

/// One sort key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sort {
    pub by: Operand,
    pub direction: Direction,
    #[serde(default)]
    pub order: TextOrder,
    /// For users, whose names the database does not hold: ids in the order of their names. Ids not listed come last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranks: Option<Vec<i64>>,
    /// For days and instants: those within one span of the calendar are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
}

/// Ascending has empty cells first, descending has them last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Ascending,
    Descending,
}

/// How text is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextOrder {
    /// By Unicode root collation, ties by code points: lists that people read.
    #[default]
    Natural,
    /// By code points: NX.
    Codepoint,
}

/// Which part of the sorted records.
#[derive(Clone, PartialEq, Debug)]
pub enum Page {
    /// All of them.
    All,
    /// `take` records after the first `skip`.
    Window { skip: u64, take: u64 },
    /// `take` records after this one in the order of creation (keyset paging; only without sort keys).
    After { record: RecordId, take: u64 },
}

/// Which values of a record are read.
#[derive(Clone, PartialEq, Debug)]
pub enum Projection {
    /// Only the system columns.
    Nothing,
    /// These operands, in this order.
    These(Vec<Operand>),
}

impl Query {
    /// All records of a table, in the order of creation, without values.
    pub fn table(table: TableId) -> Query {
        Query {
            source: Source::Table(table),
            filter: Filter::all(),
            search: None,
            sort: Vec::new(),
            page: Page::All,
            projection: Projection::Nothing,
        }
    }
}

/// A summary: measures over groups of records.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    pub source: Source,
    pub filter: Filter,
    pub search: Option<Search>,
    /// Groups come sorted by these.
    pub group: Vec<Sort>,
    pub measures: Vec<Measure>,
}

/// One aggregate.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    pub function: Aggregate,
    /// What is aggregated; [`Aggregate::Count`] ignores it.
    pub over: Operand,
}

/// The aggregates. Empty cells are left out of all but [`Aggregate::Count`] and [`Aggregate::CountEmpty`]; the sum of
/// nothing is 0, and so are the bytes, the others of nothing are null. Who must tell a sum of nothing from one that is 0
/// asks for [`Aggregate::CountFilled`] beside it.
///
/// Numbers are added as [`crate::sum::Sum`] does; PostgreSQL adds plainly, so that its last digits may differ. A sum
/// that is not finite is null, and so is the average of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// Records.
    Count,
    CountEmpty,
    CountFilled,
    CountUnique,
    Sum,
    Average,
    Min,
    Max,
    /// The bytes of all files; of what is no file, nothing.
    TotalSize,
}
