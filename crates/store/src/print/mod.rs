//! Queries as SQL, and running them: the same meaning as `model::evaluate`, which is the oracle of its tests.
//!
//! What SQL can say is printed, with every value bound and every name ours; what it cannot is judged and sorted in Rust
//! while rows stream. Start with [`select`], then `select.rs`, `operand.rs` and `filter.rs`.

mod aggregate;
mod compare;
mod contains;
mod derived;
mod expr;
mod filter;
pub(crate) mod flavor_sql;
mod judge;
mod lists;
mod many;
mod operand;
mod reading;
mod residual;
mod row;
mod search;
mod select;
mod sort;
mod statement;
mod summary;
#[cfg(test)]
mod tests;

use crate::database::blocks;
use crate::database::catalog::Catalog;
use crate::tx::{GO_ON, Next, Row, STOP, Tx};
use model::filter::Operand;
use model::kind::Names;
use model::query::{Page, Projection, Query, Source, Summary};
use model::{Error, RecordId, Result, TableId, Value};

use operand::{Guard, Printer};
pub use row::{Output, RecordRow};
use statement::statement;

/// Reads the records that a query means, in its order, one by one.
pub fn select(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    query: &Query,
    names: &dyn Names,
    each: &mut dyn FnMut(&RecordRow<'_>) -> Next,
) -> Result<()> {
    let query = &*query.simplified(&catalog.schema);
    check_classes(catalog, &query.source, query.sort.iter().map(|sort| &sort.by))?;
    match &query.source {
        Source::Table(table) => {
            if matches!(query.page, Page::After { .. }) && !query.sort.is_empty() {
                return Err(Error::malformed("page", "must not start after a record when there are sort keys"));
            }
            select::select(tx, catalog, *table, query, names, each)
        }
        Source::Tables(tables) => {
            many::check(query)?;
            many::select(tx, catalog, tables, query, names, each)
        }
    }
}

/// Reads records by number, in the order given; missing ones are passed over.
pub fn by_ids(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: TableId,
    ids: &[RecordId],
    projection: &Projection,
    each: &mut dyn FnMut(&RecordRow<'_>) -> Next,
) -> Result<()> {
    catalog.schema.table(table)?;
    let head = select::Head::of(catalog, tx.flavor(), table, projection)?;
    select::by_ids(tx, &head, ids, each)
}

/// How many records a query means, whatever its page.
pub fn count(tx: &mut dyn Tx, catalog: &Catalog, query: &Query, names: &dyn Names) -> Result<u64> {
    let query = &*query.simplified(&catalog.schema);
    check_classes(catalog, &query.source, query.sort.iter().map(|sort| &sort.by))?;
    match &query.source {
        Source::Table(table) => count_one(tx, catalog, *table, query, names, Fields::Asked),
        Source::Tables(tables) => {
            many::check(&Query { page: Page::All, ..query.clone() })?;
            many::count(tx, catalog, tables, query, names)
        }
    }
}

/// The groups of a summary in their order: the values they have in common, and their measures.
pub fn summarize(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    summary: &Summary,
    names: &dyn Names,
) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
    let summary = &*summary.simplified(&catalog.schema);
    let measured = summary.measures.iter().map(|measure| &measure.over);
    check_classes(catalog, &summary.source, summary.group.iter().map(|sort| &sort.by).chain(measured))?;
    if let Some(query) = summary::as_count(summary) {
        let count = Value::Number(count(tx, catalog, &query, names)? as f64);
        return Ok(vec![(Vec::new(), vec![count; summary.measures.len()])]);
    }
    match aggregate::summarize(tx, catalog, summary)? {
        Some(groups) => Ok(groups),
        None => summary::summarize(tx, catalog, summary, names),
    }
}

/// Refuses expressions that have no class, also where nothing would ask for their values.
fn check_classes<'o>(catalog: &Catalog, source: &Source, operands: impl Iterator<Item = &'o Operand>) -> Result<()> {
    let tables = match source {
        Source::Table(table) => std::slice::from_ref(table),
        Source::Tables(tables) => tables,
    };
    for operand in operands {
        if let Operand::Expr(expr) = operand {
            tables.iter().try_for_each(|table| expr.class(&catalog.schema, *table).map(drop))?;
        }
    }
    Ok(())
}

/// The fields that a search looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    /// Those it names.
    Asked,
    /// All of the table.
    All,
}

fn count_one(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: TableId,
    query: &Query,
    names: &dyn Names,
    fields: Fields,
) -> Result<u64> {
    for guard in [Guard::Later, Guard::Here] {
        if let Some(count) = attempt_count(tx, catalog, table, query, names, (fields, guard))? {
            return Ok(count);
        }
    }
    Err(Error::Internal("a count that no guard makes sound".to_owned()))
}

/// As [`count_one`]; none when the engine refuses a number.
fn attempt_count(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: TableId,
    query: &Query,
    names: &dyn Names,
    (fields, guard): (Fields, Guard),
) -> Result<Option<u64>> {
    let mut printer = Printer::new(catalog, tx.flavor()).guarded(guard);
    let scope = printer.scope(table)?;
    let search = query.search.as_ref().filter(|search| !search.needle.is_empty());
    if query.filter.is_all() && search.is_none() {
        return blocks::count(tx, table).map(Some);
    }
    let search =
        search.map(|search| (search.needle.as_str(), (fields == Fields::Asked).then_some(search.fields.as_slice())));
    let conditions = select::Conditions::new(&mut printer, &scope, &query.filter, search)?;
    if conditions.judge.is_none() {
        let sql = format!("SELECT count(*) FROM {}{}", scope.from, conditions.sql);
        let (sql, params) = statement(&sql, &printer.params);
        let mut count = 0;
        let mut read = |row: &dyn Row| {
            count = row.cell(0).integer().and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            Ok(STOP)
        };
        let is_sound = match printer.is_risky() {
            true => tx.query_risky(&sql, &params, &mut read)?,
            false => tx.query(&sql, &params, &mut read).map(|()| true)?,
        };
        return Ok(is_sound.then_some(count));
    }
    if printer.is_risky() {
        return Ok(None);
    }
    let (name, from, cells) = (&scope.name, &scope.from, conditions.cells.sql());
    let sql = format!("SELECT {name}.id{cells} FROM {from}{}", conditions.sql);
    let (sql, params) = statement(&sql, &printer.params);
    let mut count = 0;
    select::query_passing(tx, &sql, &params, &conditions, 1, names, &mut |_| {
        count += 1;
        Ok(GO_ON)
    })?;
    Ok(Some(count))
}
