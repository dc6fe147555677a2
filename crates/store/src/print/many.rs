//! Reading the records of several tables as one list: by address, by sequence, by a search. Each table answers for
//! itself and the answers are merged here, so 5,000 outlines need no statement over 5,000 tables.

use super::compare::{Part, compare_parts, parts};
use super::operand::Printer;
use super::residual::Hidden;
use super::select::{Conditions, Each, Head, by_ids, query_passing};
use super::statement::statement;
use crate::database::blocks;
use crate::database::catalog::Catalog;
use crate::tx::{GO_ON, STOP, Tx};
use model::filter::{Operand, System};
use model::kind::Names;
use model::query::{Page, Query, Sort};
use model::{Error, RecordAddress, RecordId, Result, StoredCell, TableId};
use std::cmp::Ordering;

/// Refuses what reading several tables does not offer.
pub fn check(query: &Query) -> Result<()> {
    let by_field = query.sort.iter().any(|sort| sort.by.names_fields());
    if by_field || query.filter.names_fields() {
        return Err(Error::malformed("query", "must not name fields when it reads several tables"));
    }
    if matches!(query.page, Page::After { .. }) {
        return Err(Error::malformed("page", "must not start after a record when there are several tables"));
    }
    Ok(())
}

/// Reads the records of several tables.
pub fn select(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    tables: &[TableId],
    query: &Query,
    names: &dyn Names,
    each: &mut Each<'_>,
) -> Result<()> {
    for table in tables {
        catalog.schema.table(*table)?;
    }
    let (skip, take) = match query.page {
        Page::All => (0, u64::MAX),
        Page::Window { skip, take } => (skip, take),
        Page::After { .. } => return Err(Error::Internal("a page after a record of several tables".to_owned())),
    };
    let page = page_of(tx, catalog, tables, query, names, (skip, take))?;
    // Neighbours of one table are read together.
    let mut rest = page.as_slice();
    let mut stopped = false;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|address| address.table == first.table).count();
        let ids: Vec<RecordId> = rest[..run].iter().map(|address| address.record).collect();
        let head = Head::of(catalog, tx.flavor(), first.table, &query.projection)?;
        by_ids(tx, &head, &ids, &mut |row| {
            let next = each(row)?;
            stopped = next.is_break();
            Ok(next)
        })?;
        if stopped {
            return Ok(());
        }
        rest = &rest[run..];
    }
    Ok(())
}

/// How many records of several tables there are.
pub fn count(tx: &mut dyn Tx, catalog: &Catalog, tables: &[TableId], query: &Query, names: &dyn Names) -> Result<u64> {
    let mut total = 0;
    for table in sorted(tables) {
        let one = Query { sort: Vec::new(), ..query.clone() };
        total += super::count_one(tx, catalog, table, &one, names, super::Fields::All)?;
    }
    Ok(total)
}

/// The addresses of a page, in order.
fn page_of(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    tables: &[TableId],
    query: &Query,
    names: &dyn Names,
    (skip, take): (u64, u64),
) -> Result<Vec<RecordAddress>> {
    let by_address = query.sort.is_empty();
    let bare = query.filter.is_all() && query.search.as_ref().is_none_or(|search| search.needle.is_empty());
    let most = skip.saturating_add(take);
    let (mut skip, mut left) = (skip, take);
    let mut found: Vec<(Vec<Vec<Part>>, RecordAddress)> = Vec::new();
    for table in sorted(tables) {
        if by_address && left == 0 {
            break;
        }
        if by_address && bare {
            // Whole tables are skipped by their counts.
            let count = blocks::count(tx, table)?;
            if skip >= count {
                skip -= count;
                continue;
            }
        }
        let wanted = if by_address { skip.saturating_add(left) } else { most };
        let mut keys = keys_of(tx, catalog, table, query, names, wanted)?;
        if by_address {
            let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(keys.len());
            keys.drain(..skipped);
            skip -= skipped as u64;
            left -= keys.len() as u64;
        }
        found.extend(keys);
    }
    if by_address {
        return Ok(found.into_iter().map(|(_, address)| address).collect());
    }
    found.sort_by(|(a, at), (b, bt)| {
        let unequal = query.sort.iter().enumerate().map(|(i, sort)| compare_parts(&a[i], &b[i], sort.direction));
        unequal.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal).then(at.cmp(bt))
    });
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let take = usize::try_from(take).unwrap_or(usize::MAX);
    Ok(found.into_iter().skip(skip).take(take).map(|(_, address)| address).collect())
}

/// The first `most` records of a table in the order of the query, with their sort keys.
fn keys_of(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: TableId,
    query: &Query,
    names: &dyn Names,
    most: u64,
) -> Result<Vec<(Vec<Vec<Part>>, RecordAddress)>> {
    let mut printer = Printer::new(catalog, tx.flavor());
    let scope = printer.scope(table)?;
    let needle = query.search.as_ref().map(|search| search.needle.as_str()).filter(|needle| !needle.is_empty());
    let mut conditions = Conditions::new(&mut printer, &scope, &query.filter, needle.map(|needle| (needle, None)))?;
    let order = printer.order_by(&scope, &query.sort)?;
    let mut keys: Vec<(usize, &Sort)> = Vec::new();
    for sort in &query.sort {
        let hidden = Hidden::sort_operand(&mut printer, &scope, &sort.by)?;
        keys.push((conditions.cells.add(hidden), sort));
    }
    let (name, from, cells) = (&scope.name, &scope.from, conditions.cells.sql());
    let mut sql = format!("SELECT {name}.id{cells} FROM {from}{}", conditions.sql);
    // Where SQL cannot say the order, the first records may be any.
    let most = if order.is_some() { most } else { u64::MAX };
    let order = order.unwrap_or_else(|| format!("{}.id", scope.name));
    sql.push_str(&format!(" ORDER BY {order}"));
    if conditions.judge.is_none() {
        let limit = printer.bind(StoredCell::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
        sql.push_str(&format!(" LIMIT {limit}"));
    }
    let mut found = Vec::new();
    let (sql, params) = statement(&sql, &printer.params);
    query_passing(tx, &sql, &params, &conditions, 1, names, &mut |row| {
        let id = row.cell(0).integer().and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
        let address = RecordAddress { table, record: RecordId(id) };
        let key = |(cell, sort): &(usize, &Sort)| match sort.by {
            // Among several tables the number of a record alone says nothing: its address does.
            Operand::System(System::Id) => vec![Part::Whole(address.pack())],
            _ => {
                let held = conditions.cells.held(row, 1, *cell);
                parts(held.field, &held.value, &held.titles, sort)
            }
        };
        found.push((keys.iter().map(key).collect(), address));
        Ok(if found.len() as u64 >= most { STOP } else { GO_ON })
    })?;
    Ok(found)
}

/// The tables by number, each once.
fn sorted(tables: &[TableId]) -> Vec<TableId> {
    let mut tables = tables.to_vec();
    tables.sort_unstable();
    tables.dedup();
    tables
}
