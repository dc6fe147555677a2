//! The plain evaluator: runs a [`Query`] over rows in memory. It is the oracle of the SQL printers, so it is written to
//! be seen right, not to be fast.
//!
//! Start with [`select`]; `values` says what an operand holds, `judge` which records pass, `order` in what order
//! they come, `summary` what groups of them add up to.

mod derived;
pub(crate) mod expr;
mod judge;
mod order;
mod summary;
#[cfg(test)]
mod tests;
mod titles;
mod values;

use crate::error::{Error, Result};
use crate::field::Slot;
use crate::filter::{Filter, Operand};
use crate::ids::{RecordAddress, RecordId, TableId, UserId};
use crate::kind::{Names, NoNames};
use crate::query::{Page, Projection, Query, Source, Summary};
use crate::schema::Schema;
use crate::time::Instant;
use crate::value::Value;
use std::collections::BTreeMap;

/// A record whole, in memory.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub table: TableId,
    pub id: RecordId,
    pub created_at: i64,
    pub created_by: Option<UserId>,
    pub modified_at: Option<i64>,
    pub modified_by: Option<UserId>,
    pub seq: u64,
    pub parent: Option<RecordId>,
    pub rank: String,
    pub valid: bool,
    /// The values of stored fields, per locale of a localized field; what is not there is null.
    pub values: BTreeMap<Slot, Value>,
}

impl Row {
    /// The address of the record.
    pub fn address(&self) -> RecordAddress {
        RecordAddress { table: self.table, record: self.id }
    }
}

/// All records of a database in memory.
pub trait World {
    fn schema(&self) -> &Schema;

    /// The records of a table, in any order.
    fn rows(&self, table: TableId) -> Vec<&Row>;

    /// One record.
    fn row(&self, address: RecordAddress) -> Option<&Row> {
        self.rows(address.table).into_iter().find(|row| row.id == address.record)
    }

    /// The instant of [`matches()`] and [`summarize`]; [`select`] asks its `names`.
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// The records that a query means, in its order, one page of them.
pub fn select<'w>(world: &'w dyn World, query: &Query, names: &dyn Names) -> Result<Vec<&'w Row>> {
    check_offered(world, query)?;
    let filter = values::at(world, &query.source, query.filter.clone(), names.now());
    let mut rows = gather(world, &query.source)?;
    rows.retain(|row| {
        judge::passes(world, &filter, row)
            && query.search.as_ref().is_none_or(|search| judge::is_found(world, &query.source, search, row, names))
    });
    order::sort(world, &mut rows, query, names);
    Ok(match query.page {
        Page::All => rows,
        Page::Window { skip, take } => rows.into_iter().skip(clamp(skip)).take(clamp(take)).collect(),
        Page::After { record, take } => rows.into_iter().filter(|row| row.id > record).take(clamp(take)).collect(),
    })
}

/// Whether a record passes a filter.
pub fn matches(world: &dyn World, filter: &Filter, row: &Row) -> bool {
    let filter = values::at(world, &Source::Table(row.table), filter.clone(), world.now());
    judge::passes(world, &filter, row)
}

/// What an operand holds in a record. Of a tree, [`crate::filter::System::Parent`] is a reference; the automatic number,
/// the sequence and the like are numbers. A field without a value is null, whatever its storage.
pub fn value_of(world: &dyn World, row: &Row, operand: &Operand) -> Value {
    values::resolve(world, row, operand).value
}

/// The text of a record's primary field; none when there is no such record.
pub fn title_of(world: &dyn World, address: RecordAddress, names: &dyn Names) -> Option<String> {
    titles::Titles::new(world, names).record_title(address)
}

/// The groups of a summary in their order: the values they have in common, and the measures. Empty values of any shape
/// are one group, whose value is null. Without group keys there is one group, of no records too.
pub fn summarize(world: &dyn World, summary: &Summary) -> Vec<(Vec<Value>, Vec<Value>)> {
    let names = NoNames(world.now());
    let filter = values::at(world, &summary.source, summary.filter.clone(), world.now());
    let mut rows = gather(world, &summary.source).unwrap_or_default();
    rows.retain(|row| {
        judge::passes(world, &filter, row)
            && summary.search.as_ref().is_none_or(|search| judge::is_found(world, &summary.source, search, row, &names))
    });
    rows.sort_by_key(|row| row.address());
    summary::groups(world, &rows, summary, &names)
}

/// Refuses what [`Source::Tables`] and keyset paging do not offer.
fn check_offered(world: &dyn World, query: &Query) -> Result<()> {
    let merged = matches!(query.source, Source::Tables(_));
    if merged && (query.filter.names_fields() || query.sort.iter().any(|sort| sort.by.names_fields())) {
        return Err(Error::malformed("query", "must not name fields when it reads several tables"));
    }
    if matches!(query.page, Page::After { .. }) && (merged || !query.sort.is_empty()) {
        return Err(Error::malformed(
            "page",
            "must not start after a record when there are sort keys or several tables",
        ));
    }
    let projected: &[Operand] = match &query.projection {
        Projection::Nothing => &[],
        Projection::These(operands) => operands,
    };
    let operands = query.sort.iter().map(|sort| &sort.by).chain(projected);
    check_expressions(world, &query.source, &query.filter, operands)
}

/// Refuses expressions that have no class.
fn check_expressions<'o>(
    world: &dyn World,
    source: &Source,
    filter: &Filter,
    operands: impl Iterator<Item = &'o Operand>,
) -> Result<()> {
    let mut expressions = values::expressions(filter);
    expressions.extend(operands.filter_map(|operand| match operand {
        Operand::Expr(expr) => Some(expr.as_ref()),
        Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_) => None,
    }));
    let classed =
        |table: &TableId| expressions.iter().try_for_each(|expr| expr.class(world.schema(), *table).map(drop));
    tables(source).iter().try_for_each(classed)
}

/// All records of the source.
fn gather<'w>(world: &'w dyn World, source: &Source) -> Result<Vec<&'w Row>> {
    let mut rows = Vec::new();
    for table in tables(source) {
        world.schema().table(*table)?;
        rows.extend(world.rows(*table));
    }
    Ok(rows)
}

fn tables(source: &Source) -> &[TableId] {
    match source {
        Source::Table(table) => std::slice::from_ref(table),
        Source::Tables(tables) => tables,
    }
}

fn clamp(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
