//! Queries of selections, and the cells that expressions read of a row.

use super::Machine;
use super::selection::Selection;
use crate::ir::{Access, Depth, Kind, Node};
use crate::lower::{Low, path};
use crate::ops;
use crate::value::Value;
use model::expr::Expr;
use model::filter::{Operand, System};
use model::query::{Projection, Query, Sort};
use model::{Filter, RecordAddress, RecordId, Schema, Slot, TableId};

/// Which cells are read with each row, who reads them, and how they become values.
#[derive(Default)]
pub(super) struct Wants<'p> {
    pub operands: Vec<Operand>,
    /// As what each cell is to be read.
    pub sources: Vec<(TableId, Access)>,
    pub columns: Vec<(&'p Node, usize)>,
}

impl<'p> Wants<'p> {
    /// Adds a cell, or finds it; its place.
    pub fn add(&mut self, operand: Operand, source: (TableId, Access)) -> usize {
        match self.operands.iter().position(|known| *known == operand) {
            Some(place) => place,
            None => {
                self.operands.push(operand);
                self.sources.push(source);
                self.operands.len() - 1
            }
        }
    }

    /// Adds the cells that an expression reads of the records of a table in its context.
    pub fn read(&mut self, schema: &Schema, table: TableId, depth: Depth, node: &'p Node) {
        if let Some(steps) = steps_of(node, depth)
            && let Some((operand, source)) = reached(schema, table, &steps)
        {
            let place = self.add(operand, source);
            self.columns.push((node, place));
            return;
        }
        for child in node.children() {
            self.read(schema, table, depth, child);
        }
    }
}

/// The steps from the item of a context to what a node reads.
fn steps_of(node: &Node, depth: Depth) -> Option<Vec<(TableId, Access)>> {
    let Kind::Field { of, table, access } = &node.kind else { return None };
    let mut steps = match &of.kind {
        Kind::This(own) if *own == depth => Vec::new(),
        Kind::Field { .. } => steps_of(of, depth)?,
        _ => return None,
    };
    steps.push((*table, *access));
    Some(steps)
}

/// What is projected to read the end of a path, and as what it is read.
pub(super) fn reached(
    schema: &Schema,
    table: TableId,
    steps: &[(TableId, Access)],
) -> Option<(Operand, (TableId, Access))> {
    let last = *steps.last()?;
    match (steps, last.1) {
        (_, Access::Itself) => None,
        ([(of, _)], access) if *of == table => Some((operand(access)?, last)),
        ([(_, Access::Field(link)), (_, Access::Field(_))], _) => {
            let low = within_bounds(schema, table, path(schema, table, steps)?)?;
            match low.expr {
                Expr::At { of, .. } => match *of {
                    Expr::Cell(Operand::Slot(slot)) => Some((Operand::Through { link: *link, slot }, last)),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => Some((Operand::expr(within_bounds(schema, table, path(schema, table, steps)?)?.expr), last)),
    }
}

fn within_bounds(schema: &Schema, table: TableId, low: Low) -> Option<Low> {
    low.expr.class(schema, table).ok()?;
    Some(low)
}

/// The operand of a field or column of the record itself.
pub(super) fn operand(access: Access) -> Option<Operand> {
    match access {
        Access::Field(field) => Some(Operand::Slot(Slot::plain(field))),
        Access::System(system) => Some(Operand::System(system)),
        Access::Itself => None,
    }
}

/// How a cell becomes a value of the language.
pub(super) enum Reader<'s> {
    Plain,
    Field(ops::Origin<'s>),
}

impl<'s> Reader<'s> {
    pub fn of(schema: &'s Schema, (table, access): (TableId, Access)) -> Reader<'s> {
        let Access::Field(id) = access else { return Reader::Plain };
        match ops::origin(schema, table, id) {
            Some((table, field)) => Reader::Field((table, field.id, &field.kind)),
            None => Reader::Plain,
        }
    }

    pub fn value(&self, cell: &model::Value) -> Value {
        match self {
            Reader::Plain => ops::from_plain(cell),
            Reader::Field(origin) => ops::from_model(cell, *origin),
        }
    }
}

impl<'p> Machine<'p, '_> {
    /// The query of a selection, without a page and projection.
    pub(super) fn query(&self, rows: &Selection<'p>, sort: Vec<Sort>) -> Query {
        let filter = match rows.pushed.len() {
            1 => rows.pushed[0].clone(),
            _ => Filter::And(rows.pushed.clone()),
        };
        Query { filter, sort, ..Query::table(rows.table) }
    }

    /// A query for records by their numbers.
    pub(super) fn by_numbers(&self, table: TableId, records: &[RecordId], operands: Vec<Operand>) -> Query {
        let numbers = records.iter().map(|record| model::Value::Number(f64::from(record.0))).collect();
        let filter = Filter::Test(model::Test {
            operand: Operand::System(System::Id),
            predicate: model::Predicate::OneOf(numbers),
        });
        Query { filter, projection: Projection::These(operands), ..Query::table(table) }
    }

    /// Lowers something that needs no values of variables.
    pub(super) fn lower_path(&self, table: TableId, steps: &[(TableId, Access)]) -> Option<Low> {
        within_bounds(&self.schema, table, path(&self.schema, table, steps)?)
    }
}

/// The record of a table.
pub(super) fn record(table: TableId, record: RecordId) -> Value {
    Value::Record(RecordAddress { table, record })
}
