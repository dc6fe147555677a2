//! What functions ask of a selection without having it read: how many, the first, a part, a sum.

use super::plan::record;
use super::selection::{Column, Flow, Of, Selection};
use super::{Machine, Outcome, placed};
use crate::ir::{Access, Node};
use crate::lower::{Low, Shape, turned};
use crate::value::Value;
use model::expr::{Expr, Relation};
use model::filter::{Operand, System};
use model::query::{Aggregate, Direction, Measure, Page, Projection, Query, Sort, Summary, TextOrder};
use model::{Filter, RecordId};
use std::ops::ControlFlow;

/// What became of a function over a selection.
pub(super) enum Answer<'p> {
    /// The result.
    Done(Flow<'p>),
    /// The function is to be called with this.
    Value(Value),
    /// The selection is to be read, and the function to be called with what it gives.
    Unread(Flow<'p>),
}

/// Whether a function with so many arguments may be answered without the items of its first.
pub(crate) fn takes_selection(name: &str, arguments: usize) -> bool {
    matches!(
        (name, arguments),
        ("cnt" | "count" | "length" | "sum" | "avg" | "min" | "max" | "first" | "last" | "unique", 1)
            | ("item", 2)
            | ("slice", 2 | 3)
    )
}

impl<'p> Machine<'p, '_> {
    pub(super) fn answer(&mut self, name: &str, flow: Flow<'p>, rest: &'p [Node]) -> Outcome<Answer<'p>> {
        match (name, flow) {
            (_, Flow::Value(value)) => Ok(Answer::Value(value)),
            ("cnt" | "count" | "length", Flow::Rows(rows)) => self.count(&rows).map(done),
            ("cnt" | "count", Flow::Column(column)) => self.count_values(column),
            ("sum" | "avg" | "min" | "max", Flow::Column(column)) => self.measure(name, column),
            ("unique", Flow::Column(column)) => self.unique(column),
            ("first", flow) => self.one(flow, 0),
            ("last", flow) => self.last(flow),
            ("item", flow) => match self.whole(rest.first())? {
                Some(place) => self.one(flow, place),
                None => Ok(Answer::Unread(flow)),
            },
            ("slice", flow) => self.slice(flow, rest),
            (_, flow) => Ok(Answer::Unread(flow)),
        }
    }

    /// How many records.
    fn count(&mut self, rows: &Selection<'p>) -> Outcome<Value> {
        let mut count = 0;
        if rows.rest.is_empty() {
            let query = self.query(rows, Vec::new());
            let counted = self.host.count(&query);
            self.budget.spent.queries += 1;
            count = placed(rows.node, counted)?;
            if let Some((skip, take)) = rows.window {
                count = count.saturating_sub(skip).min(take);
            }
        } else {
            self.each_row(&rows.unordered(), super::plan::Wants::default(), &[], &mut |_, _, _| {
                count += 1;
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(Value::number(count as f64))
    }

    /// How many values that are not null.
    fn count_values(&mut self, column: Box<Column<'p>>) -> Outcome<Answer<'p>> {
        let mut rows = column.rows.unordered();
        if rows.window.is_none()
            && let Some(low) = self.lower_column(&column)?
            // An empty text is no null to the language, but is to the store.
            && !matches!(low.shape, Shape::Text | Shape::Null)
        {
            if !low.filled {
                let null = Box::new(Expr::constant(model::Value::Null));
                let filled = Expr::Compare { relation: Relation::NotEqual, left: Box::new(low.expr), right: null };
                rows.pushed.push(Filter::Holds(filled));
            }
            return self.count(&rows).map(done);
        }
        let mut count = 0_u64;
        self.each_value(&rows, Some(&column), &[], &mut |_, _, value| {
            let mut items = Vec::new();
            super::items::flatten(&mut items, value);
            count += items.iter().filter(|item| !matches!(item, Value::Null)).count() as u64;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(done(Value::number(count as f64)))
    }

    /// A sum, average or extreme of numbers; of what the host cannot work out, the values one after the other.
    fn measure(&mut self, name: &str, column: Box<Column<'p>>) -> Outcome<Answer<'p>> {
        let mut column = column;
        column.rows = column.rows.unordered();
        if !column.rows.rest.is_empty() || column.rows.window.is_some() {
            return Ok(Answer::Unread(Flow::Column(column)));
        }
        let Some(low) = self.lower_column(&column)? else { return Ok(Answer::Unread(Flow::Column(column))) };
        let function = match (name, &low.shape) {
            ("sum", Shape::Number) => Aggregate::Sum,
            ("avg", Shape::Number) => Aggregate::Average,
            ("min", Shape::Number | Shape::Date | Shape::DateTime) => Aggregate::Min,
            ("max", Shape::Number | Shape::Date | Shape::DateTime) => Aggregate::Max,
            _ => return Ok(Answer::Unread(Flow::Column(column))),
        };
        let over = operand_of(low.expr);
        let query = self.query(&column.rows, Vec::new());
        let measures = [function, Aggregate::CountFilled];
        let measures = measures.map(|function| Measure { function, over: over.clone() }).to_vec();
        let summary = Summary { source: query.source, filter: query.filter, search: None, group: Vec::new(), measures };
        let groups = self.host.summarize(&summary);
        self.budget.spent.queries += 1;
        let groups = placed(column.node, groups)?;
        let measures = groups.into_iter().next().map(|(_, measures)| measures).unwrap_or_default();
        // The sum of nothing is 0 to the store.
        let value = match measures.as_slice() {
            [value, model::Value::Number(filled)] if *filled > 0.0 => crate::ops::from_plain(value),
            _ => Value::Null,
        };
        Ok(done(value))
    }

    /// The values without those that were there before, in the order of their first records.
    fn unique(&mut self, column: Box<Column<'p>>) -> Outcome<Answer<'p>> {
        let rows = &column.rows;
        let simple = rows.rest.is_empty() && rows.orders.is_empty() && rows.window.is_none();
        let low = if simple { self.lower_column(&column)? } else { None };
        // What is empty without being null would fall together with it.
        let groups = low.filter(|low| matches!(low.shape, Shape::Number | Shape::Date | Shape::DateTime));
        let Some(low) = groups else { return Ok(Answer::Unread(Flow::Column(column))) };
        let query = self.query(rows, Vec::new());
        let by = Sort { order: TextOrder::Codepoint, ..crate::lower::ascending(low.expr) };
        let first = Measure { function: Aggregate::Min, over: Operand::System(System::Id) };
        let summary = Summary {
            source: query.source,
            filter: query.filter,
            search: None,
            group: vec![by],
            measures: vec![first],
        };
        let groups = self.host.summarize(&summary);
        self.budget.spent.queries += 1;
        let groups = placed(column.node, groups)?;
        placed(column.node, self.budget.hold(groups.len() as u64))?;
        let first_record = |measures: &[model::Value]| match measures {
            [model::Value::Number(record)] => *record,
            _ => f64::MAX,
        };
        let mut found: Vec<(f64, Value)> = Vec::with_capacity(groups.len());
        for (values, measures) in &groups {
            let value = values.first().map(crate::ops::from_plain).unwrap_or_default();
            found.push((first_record(measures), value));
        }
        found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let values = found.into_iter().map(|(_, value)| value).collect();
        self.made(column.node, values).map(done)
    }

    /// The item at a place.
    fn one(&mut self, flow: Flow<'p>, place: u64) -> Outcome<Answer<'p>> {
        let Some(rows) = self.of_single_items(&flow) else { return Ok(Answer::Unread(flow)) };
        if rows.is_whole() {
            let node = rows.node;
            let part = self.windowed(flow, place, 1)?;
            let found = match self.force(node, part)? {
                Value::Array(items) => items.first().cloned().unwrap_or_default(),
                other => other,
            };
            return Ok(done(found));
        }
        if rows.sort().is_none() || rows.window.is_some() {
            return Ok(Answer::Unread(flow));
        }
        // The rows come in the order of the host: the first that passes, or the one after so many.
        let (mut left, mut found) = (place, Value::Null);
        let column = match &flow {
            Flow::Column(column) => Some(column.as_ref()),
            Flow::Rows(_) | Flow::Value(_) => None,
        };
        let rows = rows.clone();
        self.each_value(&rows, column, &[], &mut |_, _, value| {
            if left > 0 {
                left -= 1;
                return Ok(ControlFlow::Continue(()));
            }
            found = value;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(done(found))
    }

    fn last(&mut self, flow: Flow<'p>) -> Outcome<Answer<'p>> {
        let Some(rows) = self.of_single_items(&flow) else { return Ok(Answer::Unread(flow)) };
        if rows.window.is_some() || !rows.is_whole() {
            return Ok(Answer::Unread(flow));
        }
        let newest = Sort {
            by: Operand::System(System::Id),
            direction: Direction::Descending,
            order: TextOrder::Codepoint,
            ranks: None,
            bucket: None,
        };
        let mut sort: Vec<Sort> = rows.sort().unwrap_or_default().into_iter().map(turned).collect();
        sort.push(newest);
        let query = self.query(rows, sort);
        let page = Page::Window { skip: 0, take: 1 };
        let query = Query { page, projection: Projection::Nothing, ..query };
        let mut found: Option<RecordId> = None;
        let asked = self.host.select(&query, &mut |record, _| {
            found = Some(record);
            Ok(ControlFlow::Break(()))
        });
        self.budget.spent.queries += 1;
        self.budget.spent.read += u64::from(found.is_some());
        placed(rows.node, asked)?;
        let Some(found) = found else { return Ok(done(Value::Null)) };
        let last = record(rows.table, found);
        match flow {
            Flow::Column(column) => self.value_at(&column, last).map(done),
            Flow::Rows(_) | Flow::Value(_) => Ok(done(last)),
        }
    }

    /// The value of a column in one record.
    fn value_at(&mut self, column: &Column<'p>, record: Value) -> Outcome<Value> {
        match &column.of {
            Of::Body { depth, body } => self.map_items(column.node, record, *depth, body),
            Of::Path(steps) => {
                let mut value = record;
                for (table, access) in steps {
                    value = self.field_of_value(column.node, &value, *table, *access)?;
                }
                Ok(value)
            }
        }
    }

    fn slice(&mut self, flow: Flow<'p>, rest: &'p [Node]) -> Outcome<Answer<'p>> {
        if self.of_single_items(&flow).is_none_or(|rows| !rows.is_whole()) {
            return Ok(Answer::Unread(flow));
        }
        // Evaluated once: what is no place makes the function itself say what it makes of it.
        let (Some(start), end) = (self.whole(rest.first())?, rest.get(1)) else { return Ok(Answer::Unread(flow)) };
        let take = match end {
            None => u64::from(u32::MAX),
            Some(end) => match self.whole(Some(end))? {
                Some(end) => end.saturating_sub(start),
                None => return Ok(Answer::Unread(flow)),
            },
        };
        self.windowed(flow, start, take).map(Answer::Done)
    }

    /// A part of a selection or column.
    fn windowed(&mut self, flow: Flow<'p>, skip: u64, take: u64) -> Outcome<Flow<'p>> {
        let part = |rows: &mut Selection<'p>| {
            let (before, most) = rows.window.unwrap_or((0, u64::from(u32::MAX)));
            rows.window = Some((before.saturating_add(skip), most.saturating_sub(skip).min(take)));
        };
        match flow {
            Flow::Value(value) => Ok(Flow::Value(value)),
            Flow::Rows(mut rows) => {
                part(&mut rows);
                Ok(Flow::Rows(rows))
            }
            Flow::Column(mut column) => {
                part(&mut column.rows);
                self.values(&column).map(Flow::Value)
            }
        }
    }

    /// The selection, when each of its records is or has exactly one item.
    fn of_single_items<'f>(&self, flow: &'f Flow<'p>) -> Option<&'f Selection<'p>> {
        match flow {
            Flow::Value(_) => None,
            Flow::Rows(rows) => Some(rows),
            Flow::Column(column) => match &column.of {
                Of::Path(steps) => self.lower_path(column.rows.table, steps).map(|_| &column.rows),
                Of::Body { .. } => None,
            },
        }
    }

    /// A place in a list; none when the argument is something else. Only what may be evaluated twice.
    fn whole(&mut self, node: Option<&'p Node>) -> Outcome<Option<u64>> {
        let Some(node) = node else { return Ok(None) };
        if !self.traits(node).is_steady() {
            return Ok(None);
        }
        match self.eval(node)? {
            Value::Number(number) if number >= 0.0 && number.fract() == 0.0 && number < f64::from(u32::MAX) => {
                Ok(Some(number as u64))
            }
            _ => Ok(None),
        }
    }

    /// The expression of a column.
    fn lower_column(&mut self, column: &Column<'p>) -> Outcome<Option<Low>> {
        match &column.of {
            Of::Path(steps) => {
                let scalar = steps.iter().all(|(_, access)| *access != Access::Itself);
                Ok(if scalar { self.lower_path(column.rows.table, steps) } else { None })
            }
            Of::Body { depth, body } => self.lowering_at(column.rows.table, *depth, |lower| lower.expr(body)),
        }
    }
}

fn done<'p>(value: Value) -> Answer<'p> {
    Answer::Done(Flow::Value(value))
}

/// The operand that an expression is.
pub(super) fn operand_of(expr: Expr) -> Operand {
    match expr {
        Expr::Cell(operand) => operand,
        expr => Operand::expr(expr),
    }
}
