//! Rows of selections: read in batches, tested by what the host could not test, and put in order.

use super::frame::{Batch, Item};
use super::plan::{Reader, Wants, record};
use super::selection::{Column, Of, Selection};
use super::{Machine, Outcome, placed, stopped};
use crate::fault::Fault;
use crate::ir::{Depth, Node};
use crate::ops;
use crate::value::Value;
use model::query::{Page, Projection, Query};
use model::{RecordId, TableId};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

/// Records of a batch: the first is small, for who needs one only.
const FIRST: u64 = 64;
const MOST: u64 = 2_048;
/// Bytes of cells after which a batch is full.
const FULL: usize = 4 << 20;

/// What is done with a batch.
type EachBatch<'e, 'p, 'h> = &'e mut dyn FnMut(&mut Machine<'p, 'h>, &Rc<Batch<'p>>) -> Outcome<ControlFlow<()>>;
/// What is done with a value, and the keys before it.
type EachValue<'e, 'p, 'h> = &'e mut dyn FnMut(&mut Machine<'p, 'h>, Vec<Value>, Value) -> Outcome<ControlFlow<()>>;
/// What is done with a row. It is not in its context yet: [`Machine::look_at`] puts it there.
type Each<'e, 'p, 'h> = &'e mut dyn FnMut(&mut Machine<'p, 'h>, &Rc<Batch<'p>>, usize) -> Outcome<ControlFlow<()>>;

impl<'p, 'h> Machine<'p, 'h> {
    /// The rows of a selection one by one, in the order of the host, with the cells that these expressions need.
    pub(super) fn each_row(
        &mut self,
        rows: &Selection<'p>,
        wants: Wants<'p>,
        runs: &[(Depth, &'p Node)],
        each: Each<'_, 'p, 'h>,
    ) -> Outcome<()> {
        let mut wants = wants;
        let schema = Arc::clone(&self.schema);
        for (depth, node) in rows.rest.iter().chain(runs) {
            wants.read(&schema, rows.table, *depth, node);
        }
        let bodies: Vec<&'p Node> = rows.rest.iter().chain(runs).map(|(_, body)| *body).collect();
        let lowest = rows.rest.iter().chain(runs).map(|(depth, _)| *depth).min_by_key(|depth| depth.0);
        let before = self.frame().contexts.clone();
        let scope = self.remember_turns(&bodies, lowest, &[]);
        let done = self.batches(rows, &wants, &mut |machine, batch| {
            for at in 0..batch.records.len() {
                if machine.passes(rows, batch, at)? && each(machine, batch, at)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        });
        self.forget(scope);
        self.frame_mut().contexts = before;
        done
    }

    /// Makes a row the item of a context.
    #[inline]
    pub(super) fn look_at(&mut self, depth: Depth, table: TableId, batch: &Rc<Batch<'p>>, at: usize) {
        let this = record(table, batch.records[at]);
        self.enter(depth, Item { this, row: Some((Rc::clone(batch), at)) });
    }

    /// Whether a row passes what the host could not test.
    #[inline]
    fn passes(&mut self, rows: &Selection<'p>, batch: &Rc<Batch<'p>>, at: usize) -> Outcome<bool> {
        for (depth, condition) in &rows.rest {
            if let Err(fault) = self.budget.test(1) {
                return Err(stopped(condition, fault));
            }
            self.look_at(*depth, rows.table, batch, at);
            if !self.test(condition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the rows in batches. Without an order they come in pages, each after the last record of the one before;
    /// in an order of the host, which has no such pages, they are read at once and must not be more than fit.
    fn batches(&mut self, rows: &Selection<'p>, wants: &Wants<'p>, each: EachBatch<'_, 'p, 'h>) -> Outcome<()> {
        let sort = rows.sort().unwrap_or_default();
        let paged = sort.is_empty() && rows.window.is_none();
        let mut query = Query { projection: Projection::These(wants.operands.clone()), ..self.query(rows, sort) };
        if !paged {
            query.page = rows.window.map_or(Page::All, |(skip, take)| Page::Window { skip, take });
            let batch = Rc::new(self.read(rows.node, &query, wants, usize::MAX)?);
            self.loader.accompany(rows.table, &batch.records);
            return each(self, &batch).map(drop);
        }
        let (mut last, mut take) = (RecordId(0), FIRST);
        loop {
            query.page = Page::After { record: last, take };
            let batch = Rc::new(self.read(rows.node, &query, wants, FULL)?);
            let Some(end) = batch.records.last() else { return Ok(()) };
            last = *end;
            // A batch that is full of long cells is shorter than what was asked for, and not the last one.
            let more = batch.records.len() as u64 == take || batch.is_full;
            self.loader.accompany(rows.table, &batch.records);
            if each(self, &batch)?.is_break() || !more {
                return Ok(());
            }
            take = (take * 4).min(MOST);
        }
    }

    fn read(&mut self, node: &Node, query: &Query, wants: &Wants<'p>, full: usize) -> Outcome<Batch<'p>> {
        let schema = Arc::clone(&self.schema);
        let readers: Vec<Reader<'_>> = wants.sources.iter().map(|source| Reader::of(&schema, *source)).collect();
        let mut batch = Batch {
            columns: wants.columns.clone(),
            width: readers.len(),
            records: Vec::new(),
            cells: Vec::new(),
            is_full: false,
        };
        // Without pages all rows are held at once.
        let room = self.budget.limits.rows.saturating_sub(self.budget.spent.rows);
        let mut bytes = 0;
        let asked = self.host.select(query, &mut |record, cell| {
            batch.records.push(record);
            for (i, reader) in readers.iter().enumerate() {
                let value = reader.value(&cell(i));
                bytes += super::size::held(&value);
                batch.cells.push(value);
            }
            batch.is_full = bytes > full;
            let stop = batch.is_full || (full == usize::MAX && batch.records.len() as u64 > room);
            Ok(if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        self.budget.spent.queries += 1;
        self.budget.spent.read += batch.records.len() as u64;
        placed(node, asked)?;
        if full == usize::MAX {
            let held = if batch.records.len() as u64 > room { self.budget.hold(room + 1) } else { Ok(()) };
            placed(node, held)?;
        }
        placed(node, self.budget.look())?;
        Ok(batch)
    }

    /// The records of a selection.
    pub(super) fn records(&mut self, rows: &Selection<'p>) -> Outcome<Value> {
        let column = None;
        let found = self.sorted(rows, column)?;
        Ok(Value::array(found))
    }

    /// The values of a column, flattened.
    pub(super) fn values(&mut self, column: &Column<'p>) -> Outcome<Value> {
        let found = self.sorted(&column.rows, Some(column))?;
        Ok(Value::array(found))
    }

    /// What a selection or a column of it gives, in its order, flattened.
    fn sorted(&mut self, rows: &Selection<'p>, column: Option<&Column<'p>>) -> Outcome<Vec<Value>> {
        let keys = match rows.sort() {
            Some(_) => Vec::new(),
            None => rows.orders.iter().rev().map(|order| (order.depth, order.key)).collect(),
        };
        let mut found: Vec<(Vec<Value>, Value)> = Vec::new();
        let mut flat = Vec::new();
        self.each_value(rows, column, &keys, &mut |machine, keys, value| {
            let items = super::items::count(&value);
            placed(rows.node, machine.budget.hold(items as u64))?;
            placed(rows.node, machine.budget.make(super::size::held(&value)))?;
            match keys.is_empty() {
                true => super::items::flatten(&mut flat, value),
                false => found.push((keys, value)),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let compare = |a: &[Value], b: &[Value]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| ops::order(a, b))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        };
        found.sort_by(|(a, _), (b, _)| compare(a, b));
        found.into_iter().for_each(|(_, value)| super::items::flatten(&mut flat, value));
        Ok(flat)
    }

    /// The values of a column, or the records themselves, one by one in the order of the host; before each, its keys.
    pub(super) fn each_value(
        &mut self,
        rows: &Selection<'p>,
        column: Option<&Column<'p>>,
        keys: &[(Depth, &'p Node)],
        each: EachValue<'_, 'p, 'h>,
    ) -> Outcome<()> {
        let schema = Arc::clone(&self.schema);
        let mut wants = Wants::default();
        let mut runs = keys.to_vec();
        enum What<'p> {
            Record,
            Cell(usize),
            Body(Depth, &'p Node),
        }
        let what = match column.map(|column| &column.of) {
            None => What::Record,
            Some(Of::Body { depth, body }) => {
                runs.push((*depth, *body));
                What::Body(*depth, body)
            }
            Some(Of::Path(steps)) => match super::plan::reached(&schema, rows.table, steps) {
                Some((operand, source)) => What::Cell(wants.add(operand, source)),
                None => {
                    let fault = Fault::script("a path that leads nowhere");
                    return Err(stopped(rows.node, fault));
                }
            },
        };
        let table = rows.table;
        self.each_row(rows, wants, &runs, &mut |machine, batch, at| {
            let mut values = Vec::new();
            for (depth, key) in keys {
                machine.look_at(*depth, table, batch, at);
                values.push(machine.eval(key)?);
            }
            let value = match &what {
                What::Record => record(table, batch.records[at]),
                What::Cell(column) => batch.cells[at * batch.width + column].clone(),
                What::Body(depth, body) => {
                    placed(body, machine.budget.step())?;
                    machine.look_at(*depth, table, batch, at);
                    machine.eval(body)?
                }
            };
            each(machine, values, value)
        })
    }
}
