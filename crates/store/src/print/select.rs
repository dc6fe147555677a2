//! Reading the records of one table: a page in the order of creation goes straight to its place, a sorted one finds
//! the numbers first and reads the records then.

use super::compare::{Part, compare_parts, parts};
use super::flavor_sql;
use super::operand::{Printer, Scope};
use super::reading::Reading;
use super::residual::{Cells, Hidden, Judge};
use super::row::{Output, RecordRow};
use super::statement::statement;
use crate::database::blocks;
use crate::database::catalog::Catalog;
use crate::database::layout::{Layout, SYSTEM, SYSTEM_COLUMNS, table_name};
use crate::flavor::Flavor;
use crate::index;
use crate::tx::{GO_ON, Insertion, Next, Row, STOP, Tx};
use model::filter::Operand;
use model::kind::Names;
use model::query::{Page, Projection, Query, Sort};
use model::{Cell, Filter, RecordId, Result, StoredCell, TableId};
use std::borrow::Cow;
use std::sync::Arc;

/// A sorted page of more records than this is read whole in one statement.
const LONGEST_PAGE: u64 = 10_000;

/// How [`Layout::get`] ends.
const BY_ID: &str = " WHERE id = ?1";

/// Reading no more records than this by an index is short.
const SHORT: u64 = 1_000;

/// Skipping more records than this is cheaper over their numbers alone.
const NEAR: u64 = 200;

/// Records that are held, beside those of twice the page, before those that come later are let go.
const SORT_BATCH: usize = 4_096;

/// By what a record is sorted here, with its number.
type SortKey = (Vec<Vec<Part>>, u32);

/// What hands out records.
pub type Each<'e> = dyn FnMut(&RecordRow<'_>) -> Next + 'e;

/// What a statement selects: the columns every record has, then what is asked for.
pub struct Head<'c> {
    pub table: TableId,
    /// `SELECT … FROM table`.
    sql: Cow<'c, str>,
    /// The same of one record, `?1`.
    one: Cow<'c, str>,
    pub outputs: Vec<Output>,
    /// What is bound in the list; what else is bound comes behind.
    params: Vec<StoredCell>,
    /// How the rows of the table go in, when all its columns are selected in their order.
    insert: Option<&'c Arc<Insertion>>,
}

/// Which records, in SQL as far as it goes.
pub struct Conditions {
    /// With ` WHERE ` before it, or empty.
    pub sql: String,
    pub judge: Option<Judge>,
    pub cells: Cells,
}

/// Reads the records of a query over one table.
pub fn select(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: TableId,
    query: &Query,
    names: &dyn Names,
    each: &mut Each<'_>,
) -> Result<()> {
    catalog.schema.table(table)?;
    let head = Head::of(catalog, tx.flavor(), table, &query.projection)?;
    let plain = query.sort.is_empty() && query.filter.is_all() && is_blank(query);
    if plain {
        return in_order_of_creation(tx, &head, query.page.clone(), each);
    }
    let mut printer = Printer::new(catalog, tx.flavor());
    let scope = printer.scope(table)?;
    let mut conditions = Conditions::of(&mut printer, &scope, query)?;
    let Some(order) = printer.order_by(&scope, &query.sort)? else {
        let ids = sorted_ids(tx, printer, &scope, conditions, query, names)?;
        return by_ids(tx, &head, &ids, each);
    };
    if let Page::After { record, .. } = query.page {
        let after = printer.bind(StoredCell::Integer(record.0.into()));
        conditions.and(&format!("{}.id > {after}", scope.name));
    }
    let (skip, take) = window(&query.page);
    // An index on several columns finds an equality in another order than that of creation: sorting numbers is cheap,
    // sorting records is not.
    let reordered = catalog.indexes.iter().any(|s| s.definition.table == table && s.definition.columns.len() > 1);
    let straight = skip <= NEAR && conditions.judge.is_none() && index::yields_in_order(catalog, query);
    // Where each statement is a journey, one that sorts whole records costs less than two.
    let near = tx.flavor() == Flavor::Sqlite;
    let narrow = near && !straight && (!query.sort.is_empty() || conditions.judge.is_some() || reordered);
    if narrow && take.is_some_and(|take| take <= LONGEST_PAGE) {
        let select = format!("SELECT {}.id{} FROM {}", scope.name, conditions.cells.sql(), scope.from);
        let mut ids = Vec::new();
        run(tx, &mut printer, &select, &order, &conditions, (1, skip, take), names, &mut |row| {
            ids.push(RecordId(row.cell(0).integer().and_then(|id| u32::try_from(id).ok()).unwrap_or(0)));
            Ok(GO_ON)
        })?;
        return by_ids(tx, &head, &ids, each);
    }
    let short = straight && take.is_some_and(|take| take <= SHORT);
    let select = head.among(&mut printer, &conditions.cells)?;
    // There the numbers are sorted within the statement that reads the records.
    let nested = !near && !straight && !query.sort.is_empty() && conditions.judge.is_none();
    if nested && take.is_some_and(|take| take <= LONGEST_PAGE) {
        let ids = format!("SELECT {}.id FROM {}", scope.name, scope.from);
        let ids = with_window(&mut printer, &ids, &order, &conditions, (skip, take));
        let sql = format!("{select} WHERE {}.id IN ({ids}) ORDER BY {order}", scope.name);
        let (sql, params) = statement(&sql, &printer.params);
        return tx.query(&sql, &params, &mut |row| each(&RecordRow::new(row, &head.outputs, head.table)));
    }
    let from = SYSTEM_COLUMNS + head.outputs.len();
    let mut hand_out = |row: &dyn Row| each(&RecordRow::new(row, &head.outputs, head.table));
    if short {
        let sql = with_window(&mut printer, &select, &order, &conditions, (skip, take));
        let (sql, params) = statement(&sql, &printer.params);
        return tx.query_short(&sql, &params, &mut hand_out);
    }
    run(tx, &mut printer, &select, &order, &conditions, (from, skip, take), names, &mut hand_out)
}

/// Runs a select with its conditions, order and window. When rows are judged in Rust, so are skip and take.
fn run(
    tx: &mut dyn Tx,
    printer: &mut Printer<'_>,
    select: &str,
    order: &str,
    conditions: &Conditions,
    (from, skip, take): (usize, u64, Option<u64>),
    names: &dyn Names,
    each: &mut dyn FnMut(&dyn Row) -> Next,
) -> Result<()> {
    if conditions.judge.is_none() {
        let sql = with_window(printer, select, order, conditions, (skip, take));
        let (sql, params) = statement(&sql, &printer.params);
        return tx.query(&sql, &params, each);
    }
    let sql = format!("{select}{} ORDER BY {order}", conditions.sql);
    let (mut skip, mut left) = (skip, take.unwrap_or(u64::MAX));
    if left == 0 {
        return Ok(());
    }
    let (sql, params) = statement(&sql, &printer.params);
    query_passing(tx, &sql, &params, conditions, from, names, &mut |row| {
        if skip > 0 {
            skip -= 1;
            return Ok(GO_ON);
        }
        left -= 1;
        let next = each(row)?;
        Ok(if left == 0 { STOP } else { next })
    })
}

/// A select with its conditions, order and window.
fn with_window(
    printer: &mut Printer<'_>,
    select: &str,
    order: &str,
    conditions: &Conditions,
    (skip, take): (u64, Option<u64>),
) -> String {
    let mut sql = format!("{select}{} ORDER BY {order}", conditions.sql);
    if take.is_some() || skip > 0 {
        let take = printer.bind(count_cell(take.unwrap_or(u64::MAX)));
        let skip = printer.bind(count_cell(skip));
        sql.push_str(&format!(" LIMIT {take} OFFSET {skip}"));
    }
    sql
}

/// Runs a statement and hands out the rows that pass what SQL could not say. Their hidden cells start at `from`.
pub fn query_passing(
    tx: &mut dyn Tx,
    sql: &str,
    params: &[Cell<'_>],
    conditions: &Conditions,
    from: usize,
    names: &dyn Names,
    each: &mut dyn FnMut(&dyn Row) -> Next,
) -> Result<()> {
    let Some(judge) = &conditions.judge else { return tx.query(sql, params, each) };
    tx.query(sql, params, &mut |row| match judge.passes(&conditions.cells, row, from, names) {
        true => each(row),
        false => Ok(GO_ON),
    })
}

/// A page of all records by number.
fn in_order_of_creation(tx: &mut dyn Tx, head: &Head<'_>, page: Page, each: &mut Each<'_>) -> Result<()> {
    let mut hand_out = |row: &dyn Row| each(&RecordRow::new(row, &head.outputs, head.table));
    let (first, skip, take): (i64, u64, u64) = match page {
        Page::All => return tx.query(&format!("{} ORDER BY 1", head.sql), &head.bound(&[]), &mut hand_out),
        Page::Window { skip: 0, take } => (0, 0, take),
        Page::Window { skip, take } => {
            let (first, left) = blocks::seek(tx, head.table, skip)?;
            (first.0.into(), left, take)
        }
        Page::After { record, take } => (i64::from(record.0) + 1, 0, take),
    };
    let [from, limit, offset] = [1, 2, 3].map(|number| head.place(number));
    let sql = format!("{} WHERE id >= {from} ORDER BY 1 LIMIT {limit} OFFSET {offset}", head.sql);
    let count = |count: u64| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let params = head.bound(&[Cell::Integer(first), count(take), count(skip)]);
    if take <= SHORT { tx.query_short(&sql, &params, &mut hand_out) } else { tx.query(&sql, &params, &mut hand_out) }
}

/// Records by number in this order; missing ones are passed over.
pub fn by_ids(tx: &mut dyn Tx, head: &Head<'_>, ids: &[RecordId], each: &mut Each<'_>) -> Result<()> {
    let mut rest = ids;
    // What this write has inserted may be at hand still.
    while let (Some(id), Some(into)) = (rest.first(), head.insert) {
        let Some(cells) = tx.inserted(into, id.0.into()) else { break };
        if each(&RecordRow::new(&Inserted(cells), &head.outputs, head.table))?.is_break() {
            return Ok(());
        }
        rest = &rest[1..];
    }
    if rest.is_empty() {
        return Ok(());
    }
    if tx.flavor() == Flavor::Postgres && rest.len() > 1 {
        return by_ids_at_once(tx, head, rest, each);
    }
    let mut keys = rest.iter().map(|id| i64::from(id.0));
    tx.query_keys(&head.one, &head.bound(&[]), &mut keys, &mut |row| {
        each(&RecordRow::new(row, &head.outputs, head.table))
    })
}

/// [`by_ids`] where each statement is a journey.
fn by_ids_at_once(tx: &mut dyn Tx, head: &Head<'_>, ids: &[RecordId], each: &mut Each<'_>) -> Result<()> {
    let numbers: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    let sql = format!("{}{}", head.sql, flavor_sql::wanted(&table_name(head.table), &head.place(1)));
    let numbers = format!("[{}]", numbers.join(","));
    tx.query_short(&sql, &head.bound(&[Cell::Text(&numbers)]), &mut |row| {
        each(&RecordRow::new(row, &head.outputs, head.table))
    })
}

/// A row that was inserted in this write, as [`Layout::get`] would read it.
struct Inserted<'r>(&'r [StoredCell]);

impl Row for Inserted<'_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        // What nobody has changed has no time of change.
        let place = match index {
            0..=3 => index,
            4 | 5 => return Cell::Null,
            6.. => index - 2,
        };
        self.0.get(place).map_or(Cell::Null, StoredCell::borrow)
    }
}

/// The numbers of the page when the order is not one of SQL: all keys are read and sorted here. No more are held than
/// twice those of the page and a batch.
fn sorted_ids(
    tx: &mut dyn Tx,
    printer: Printer<'_>,
    scope: &Scope,
    conditions: Conditions,
    query: &Query,
    names: &dyn Names,
) -> Result<Vec<RecordId>> {
    let mut printer = printer;
    let mut conditions = conditions;
    let mut keys: Vec<(usize, &Sort)> = Vec::new();
    for sort in &query.sort {
        let hidden = Hidden::sort_operand(&mut printer, scope, &sort.by)?;
        keys.push((conditions.cells.add(hidden), sort));
    }
    let select = format!("SELECT {}.id{} FROM {}", scope.name, conditions.cells.sql(), scope.from);
    let order = format!("{}.id", scope.name);
    let by_keys = |(a, first): &SortKey, (b, second): &SortKey| {
        let unequal = keys.iter().enumerate().map(|(i, (_, sort))| compare_parts(&a[i], &b[i], sort.direction));
        unequal.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| first.cmp(second))
    };
    let (skip, take) = window(&query.page);
    let (skip, take) = (clamp(skip), clamp(take.unwrap_or(u64::MAX)));
    let most = skip.saturating_add(take);
    let mut found: Vec<SortKey> = Vec::new();
    let cells = &conditions.cells;
    run(tx, &mut printer, &select, &order, &conditions, (1, 0, None), names, &mut |row| {
        let key = |(cell, sort): &(usize, &Sort)| {
            let held = cells.held(row, 1, *cell);
            parts(held.field, &held.value, &held.titles, sort)
        };
        let id = row.cell(0).integer().and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
        found.push((keys.iter().map(key).collect(), id));
        if most > 0 && found.len() >= most.saturating_mul(2).saturating_add(SORT_BATCH) {
            found.select_nth_unstable_by(most - 1, by_keys);
            found.truncate(most);
        }
        Ok(GO_ON)
    })?;
    found.sort_unstable_by(by_keys);
    Ok(found.into_iter().skip(skip).take(take).map(|(_, id)| RecordId(id)).collect())
}

impl<'c> Head<'c> {
    /// What a projection selects of a table.
    pub fn of(catalog: &'c Catalog, flavor: Flavor, table: TableId, projection: &Projection) -> Result<Head<'c>> {
        let operands: &[Operand] = match projection {
            Projection::Nothing => &[],
            Projection::These(operands) => operands,
        };
        let layout = catalog.layout(table)?;
        if let Some(head) = Head::whole(layout, operands) {
            return Ok(head);
        }
        let mut printer = Printer::new(catalog, flavor);
        let (sql, outputs) = Head::print(&mut printer, table, operands)?;
        let (sql, params) = statement(&sql, &printer.params);
        let (sql, params) = (sql.into_owned(), params.into_iter().map(Cell::to_stored).collect::<Vec<StoredCell>>());
        let one = format!("{sql} WHERE id = ?{}", params.len() + 1);
        Ok(Head { table, sql: Cow::Owned(sql), one: Cow::Owned(one), outputs, params, insert: None })
    }

    /// The select of operands, and how they are read.
    fn print(printer: &mut Printer<'_>, table: TableId, operands: &[Operand]) -> Result<(String, Vec<Output>)> {
        let scope = printer.scope(table)?;
        let mut sql = format!("SELECT {}", SYSTEM.map(|column| format!("{}.{column}", scope.name)).join(", "));
        let mut outputs = Vec::with_capacity(operands.len());
        for operand in operands {
            let printed = printer.operand(&scope, operand)?;
            sql.push_str(", ");
            sql.push_str(&printed.sql);
            let class = printed.reading.class();
            outputs.push(Output { operand: operand.clone(), class, reading: printed.reading });
        }
        sql.push_str(" FROM ");
        sql.push_str(&scope.from);
        Ok((sql, outputs))
    }

    /// All columns of a table in their order: the statement that is written already.
    fn whole(layout: &'c Layout, operands: &[Operand]) -> Option<Head<'c>> {
        let is_whole = layout.columns.len() == operands.len()
            && layout.columns.iter().zip(operands).all(|(column, operand)| *operand == Operand::Slot(column.slot));
        let sql = layout.get.strip_suffix(BY_ID).filter(|_| is_whole)?;
        let output = |column: &crate::database::layout::LayoutColumn| Output {
            operand: Operand::Slot(column.slot),
            class: column.class,
            reading: Reading::One(column.class),
        };
        let outputs = layout.columns.iter().map(output).collect();
        let (sql, one, insert) = (Cow::Borrowed(sql), Cow::Borrowed(layout.get.as_str()), Some(&layout.insert));
        Some(Head { table: layout.table, sql, one, outputs, params: Vec::new(), insert })
    }

    /// The select as part of a statement in which other things are bound, with hidden cells behind those asked for.
    fn among(&self, printer: &mut Printer<'_>, cells: &Cells) -> Result<Cow<'_, str>> {
        let sql = match self.params.is_empty() {
            true => Cow::Borrowed(self.sql.as_ref()),
            false => {
                let operands: Vec<Operand> = self.outputs.iter().map(|output| output.operand.clone()).collect();
                Cow::Owned(Head::print(printer, self.table, &operands)?.0)
            }
        };
        if cells.len() == 0 {
            return Ok(sql);
        }
        let from = format!(" FROM {}", printer.catalog.ground(self.table)?.source());
        let list = sql.strip_suffix(from.as_str()).unwrap_or(&sql);
        Ok(Cow::Owned(format!("{list}{}{from}", cells.sql())))
    }

    /// What is bound: the parameters of the list, then these.
    fn bound<'a>(&'a self, more: &[Cell<'a>]) -> Vec<Cell<'a>> {
        self.params.iter().map(StoredCell::borrow).chain(more.iter().copied()).collect()
    }

    /// The place of what is bound behind the list, from 1.
    fn place(&self, number: usize) -> String {
        format!("?{}", self.params.len() + number)
    }
}

impl Conditions {
    /// The conditions of a query: its filter, split at the top, and its search.
    pub fn of(printer: &mut Printer<'_>, scope: &Scope, query: &Query) -> Result<Conditions> {
        let search = query.search.as_ref().filter(|search| !search.needle.is_empty());
        let search = search.map(|search| (search.needle.as_str(), Some(search.fields.as_slice())));
        Conditions::new(printer, scope, &query.filter, search)
    }

    /// The conditions of a filter and a search for a needle in these fields, or in all.
    pub fn new(
        printer: &mut Printer<'_>,
        scope: &Scope,
        filter: &Filter,
        search: Option<(&str, Option<&[model::FieldId]>)>,
    ) -> Result<Conditions> {
        let mut conditions = Conditions { sql: String::new(), judge: None, cells: Cells::default() };
        let mut judges = Vec::new();
        conditions.split(printer, scope, filter, &mut judges)?;
        if let Some((needle, fields)) = search {
            let is_asked = |field: &model::Field| fields.is_none_or(|fields| fields.contains(&field.id));
            let search = printer.search(scope, needle, &is_asked)?;
            match &search.sql {
                Some(sql) if search.cells.is_empty() => conditions.and(sql),
                Some(_) | None => judges.push(Judge::search(search, &mut conditions.cells)),
            }
        }
        conditions.judge = (!judges.is_empty()).then_some(Judge::And(judges));
        Ok(conditions)
    }

    /// Each part of a conjunction by itself: one that SQL cannot say leaves the others to it.
    fn split(
        &mut self,
        printer: &mut Printer<'_>,
        scope: &Scope,
        filter: &Filter,
        judges: &mut Vec<Judge>,
    ) -> Result<()> {
        if let Filter::And(parts) = filter {
            return parts.iter().try_for_each(|part| self.split(printer, scope, part, judges));
        }
        match printer.filter(scope, filter)? {
            Some(sql) => self.and(&sql),
            None => judges.push(Judge::of(printer, scope, filter, &mut self.cells)?),
        }
        Ok(())
    }

    fn and(&mut self, sql: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(sql);
    }
}

/// Whether there is nothing to search for.
fn is_blank(query: &Query) -> bool {
    query.search.as_ref().is_none_or(|search| search.needle.is_empty())
}

fn window(page: &Page) -> (u64, Option<u64>) {
    match page {
        Page::All => (0, None),
        Page::Window { skip, take } => (*skip, Some(*take)),
        Page::After { take, .. } => (0, Some(*take)),
    }
}

fn count_cell(count: u64) -> StoredCell {
    StoredCell::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn clamp(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
