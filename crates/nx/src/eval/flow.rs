//! Expressions that give selections, and what selections become when a value is needed.

use super::frame::Held;
use super::selection::{Column, Flow, Of, Selection};
use super::{Lowering, Machine, Outcome};
use crate::ir::{Access, Depth, Kind, Node, Place};
use crate::value::Value;
use model::TableId;
use std::rc::Rc;

impl<'p> Machine<'p, '_> {
    /// What an expression gives, a selection as long as it can be one.
    pub(super) fn flow(&mut self, node: &'p Node) -> Outcome<Flow<'p>> {
        if let Some(value) = self.remembered(node) {
            return Ok(Flow::Value(value));
        }
        self.guard(node)?;
        let result = self.flow_kind(node)?;
        if !self.is_to_be_remembered(node) {
            return Ok(result);
        }
        let value = self.force(node, result)?;
        self.remember(node, value.clone());
        Ok(Flow::Value(value))
    }

    fn flow_kind(&mut self, node: &'p Node) -> Outcome<Flow<'p>> {
        match &node.kind {
            Kind::Select(table) if self.lowering == Lowering::On => {
                Ok(Flow::Rows(Box::new(Selection::of(*table, node))))
            }
            Kind::Select(table) => self.records(&Selection::of(*table, node)).map(Flow::Value),
            Kind::Variable(place) => Ok(match self.held(*place) {
                Held::Value(value) => Flow::Value(value.clone()),
                Held::Flow(flow) => flow.as_ref().clone(),
            }),
            Kind::Block(nodes) => self.block(nodes),
            Kind::If { condition, then, otherwise } => match (self.test(condition)?, otherwise) {
                (true, _) => self.flow(then),
                (false, Some(otherwise)) => self.flow(otherwise),
                (false, None) => Ok(Flow::Value(Value::Null)),
            },
            Kind::SetVariable(place, value) => self.set_flow(*place, value),
            Kind::Filter { of, context, condition } => self.filter(node, of, *context, condition),
            Kind::Order { of, context, key } => self.order(node, of, *context, key),
            Kind::Map { of, context, body } => self.map(node, of, *context, body),
            Kind::Field { of, table, access } => self.field(node, of, *table, *access),
            Kind::Call { builtin, arguments } => self.call(node, builtin, arguments),
            Kind::CallFunction { function, arguments } => self.call_function(node, *function, arguments),
            _ => self.eval(node).map(Flow::Value),
        }
    }

    fn block(&mut self, nodes: &'p [Node]) -> Outcome<Flow<'p>> {
        let Some((last, before)) = nodes.split_last() else { return Ok(Flow::Value(Value::Null)) };
        for node in before {
            match &node.kind {
                // What is only kept need not be read yet.
                Kind::SetVariable(place, value) => drop(self.set_flow(*place, value)?),
                _ => drop(self.eval(node)?),
            }
        }
        self.flow(last)
    }

    /// Declares or assigns a variable, which keeps a selection if that can wait.
    fn set_flow(&mut self, place: Place, value: &'p Node) -> Outcome<Flow<'p>> {
        let flow = self.flow(value)?;
        let flow = self.keep(value, flow)?;
        let held = match &flow {
            Flow::Value(value) => Held::Value(value.clone()),
            flow => Held::Flow(Rc::new(flow.clone())),
        };
        self.hold(place, held);
        Ok(flow)
    }

    /// A flow that may outlive the variables and contexts of now.
    pub(super) fn keep(&mut self, node: &'p Node, flow: Flow<'p>) -> Outcome<Flow<'p>> {
        if self.can_wait(&flow) { Ok(flow) } else { self.force(node, flow).map(Flow::Value) }
    }

    fn filter(&mut self, node: &'p Node, of: &'p Node, depth: Depth, condition: &'p Node) -> Outcome<Flow<'p>> {
        match self.flow(of)? {
            Flow::Rows(rows) if rows.window.is_none() && self.facts.is_harmless(condition) => {
                self.narrow(rows, depth, condition).map(Flow::Rows)
            }
            flow => {
                let items = self.force(of, flow)?;
                self.filter_items(node, items, depth, condition).map(Flow::Value)
            }
        }
    }

    fn order(&mut self, node: &'p Node, of: &'p Node, depth: Depth, key: &'p Node) -> Outcome<Flow<'p>> {
        match self.flow(of)? {
            Flow::Rows(rows) if rows.window.is_none() && self.facts.is_harmless(key) => {
                self.ordered(rows, depth, key).map(Flow::Rows)
            }
            flow => {
                let items = self.force(of, flow)?;
                self.order_items(node, items, depth, key).map(Flow::Value)
            }
        }
    }

    fn map(&mut self, node: &'p Node, of: &'p Node, depth: Depth, body: &'p Node) -> Outcome<Flow<'p>> {
        match self.flow(of)? {
            Flow::Rows(rows) if self.facts.is_harmless(body) => Ok(column(*rows, Of::Body { depth, body }, node)),
            flow => {
                let items = self.force(of, flow)?;
                self.map_items(node, items, depth, body).map(Flow::Value)
            }
        }
    }

    fn field(&mut self, node: &'p Node, of: &'p Node, table: TableId, access: Access) -> Outcome<Flow<'p>> {
        if let Some(value) = self.cell(node) {
            return Ok(Flow::Value(value.clone()));
        }
        match self.flow(of)? {
            Flow::Rows(rows) if rows.table == table && access != Access::Itself => {
                Ok(column(*rows, Of::Path(vec![(table, access)]), node))
            }
            Flow::Rows(rows) if rows.table == table => Ok(Flow::Rows(rows)),
            Flow::Column(mut found) => {
                if self.extends(&mut found, table, access) {
                    found.node = node;
                    return Ok(Flow::Column(found));
                }
                let value = self.force(of, Flow::Column(found))?;
                self.field_of_value(node, &value, table, access).map(Flow::Value)
            }
            flow => {
                let value = self.force(of, flow)?;
                self.field_of_value(node, &value, table, access).map(Flow::Value)
            }
        }
    }

    /// Goes a step further along the path of a column, if one query can read what is there.
    fn extends(&self, column: &mut Column<'p>, table: TableId, access: Access) -> bool {
        let Of::Path(steps) = &mut column.of else { return false };
        if !self.leads_to(steps, table) {
            return false;
        }
        if access == Access::Itself {
            return true;
        }
        steps.push((table, access));
        let is_readable = super::plan::reached(&self.schema, column.rows.table, steps).is_some();
        if !is_readable {
            steps.pop();
        }
        is_readable
    }

    /// Whether a path ends in a reference into this table alone.
    fn leads_to(&self, steps: &[(TableId, Access)], target: TableId) -> bool {
        let Some((table, Access::Field(id))) = steps.last() else { return false };
        let field = self.schema.table(*table).and_then(|table| table.field(*id));
        field.is_ok_and(|field| crate::lower::only_target(&self.schema, field) == Some(target))
    }

    /// The value of a flow.
    pub(super) fn force(&mut self, node: &'p Node, flow: Flow<'p>) -> Outcome<Value> {
        let value = match flow {
            Flow::Value(value) => return Ok(value),
            Flow::Rows(rows) => self.records(&rows)?,
            Flow::Column(column) => self.values(&column)?,
        };
        // A variable keeps what was read for it.
        if let Kind::Variable(place) = &node.kind {
            self.hold(*place, Held::Value(value.clone()));
        }
        Ok(value)
    }
}

/// A value of each record.
fn column<'p>(rows: Selection<'p>, of: Of<'p>, node: &'p Node) -> Flow<'p> {
    Flow::Column(Box::new(Column { rows, of, node }))
}
