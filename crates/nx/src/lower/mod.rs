//! The lowering: which of what a script asks of a table the store can do itself.
//!
//! An expression over the records of a table becomes an [`Expr`] only when that gives the same value for every record,
//! whatever lies in it; conditions are taken apart at `and`, and what cannot be said stays with the evaluator. What does
//! not depend on the record (variables, selects of their own) is worked out once and stands in the query as a constant,
//! so that its very type is known. The model turns expressions that plain tests say into tests, which indexes serve.

mod aggregate;
mod arithmetic;
mod calls;
mod compare;
mod field;
mod shape;
mod sort;

use crate::eval::facts::Facts;
use crate::ir::{Access, Kind, Node};
use crate::value::Value;
pub(crate) use field::{only_target, path};
use model::expr::{Expr, MAX_NODES};
use model::filter::System;
use model::{Filter, Schema, TableId};
pub(crate) use shape::{Low, Shape};
pub(crate) use sort::{ascending, turned};

/// What is being lowered: expressions of one context, whose items are the records of a table.
pub(crate) struct Lower<'a, 'p> {
    pub schema: &'a Schema,
    pub facts: &'a Facts,
    pub table: TableId,
    /// The number of the context.
    pub depth: usize,
    /// The value of an expression that does not depend on the record; none when it cannot be told beforehand.
    pub outer: &'a mut dyn FnMut(&'p Node) -> Option<Value>,
}

/// A condition, taken apart.
#[derive(Default)]
pub(crate) struct Parts<'p> {
    /// What the store tests.
    pub pushed: Vec<Filter>,
    /// The same as expressions, where they are all such.
    pub exprs: Option<Vec<Expr>>,
    /// What the evaluator tests.
    pub rest: Vec<&'p Node>,
}

impl<'a, 'p> Lower<'a, 'p> {
    /// A condition on the records.
    pub fn condition(&mut self, node: &'p Node) -> Parts<'p> {
        let traits = self.facts.traits(node);
        let mut parts = Parts { exprs: Some(Vec::new()), ..Parts::default() };
        // What sets variables is run for each record in the order of the script.
        if !traits.sets.is_empty() || traits.writes || traits.breaks || traits.nodes > MAX_NODES {
            parts.rest.push(node);
            return parts;
        }
        self.conjuncts(node, &mut parts);
        parts
    }

    fn conjuncts(&mut self, node: &'p Node, parts: &mut Parts<'p>) {
        match &node.kind {
            Kind::And(left, right) => {
                self.conjuncts(left, parts);
                self.conjuncts(right, parts);
            }
            Kind::Block(nodes) if nodes.len() == 1 => self.conjuncts(&nodes[0], parts),
            _ => match self.expr(node) {
                Some(low) => {
                    parts.exprs.iter_mut().for_each(|exprs| exprs.push(low.expr.clone()));
                    parts.pushed.push(Filter::Holds(low.expr));
                }
                None => match self.has_option(node) {
                    Some(filter) => {
                        parts.exprs = None;
                        parts.pushed.push(filter);
                    }
                    None => parts.rest.push(node),
                },
            },
        }
    }

    /// An expression whose value the store works out as the evaluator would; none when it could differ.
    pub fn expr(&mut self, node: &'p Node) -> Option<Low> {
        let low = self.low(node)?;
        // The model has the last word on what can stand in an expression.
        low.expr.class(self.schema, self.table).ok()?;
        Some(low)
    }

    /// Whether the expression is the same for every record.
    fn is_outer(&self, node: &Node) -> bool {
        let traits = self.facts.traits(node);
        traits.is_steady() && !traits.reads_context(self.depth)
    }

    fn low(&mut self, node: &'p Node) -> Option<Low> {
        if self.is_outer(node) {
            let value = (self.outer)(node)?;
            return Low::constant(value);
        }
        match &node.kind {
            Kind::Block(nodes) if nodes.len() == 1 => self.low(&nodes[0]),
            Kind::This(depth) => (depth.0 == self.depth).then(|| Low::this(self.table)),
            Kind::Field { .. } => self.field(node),
            Kind::Not(inner) => Some(Low::truth(Expr::Not(Box::new(self.low(inner)?.truthy())))),
            Kind::And(left, right) => {
                let (left, right) = (self.low(left)?, self.low(right)?);
                Some(Low::truth(Expr::And(vec![left.truthy(), right.truthy()])))
            }
            Kind::Or(left, right) => {
                let (left, right) = (self.low(left)?, self.low(right)?);
                Some(Low::truth(Expr::Or(vec![left.truthy(), right.truthy()])))
            }
            Kind::If { condition, then, otherwise } => self.choose(condition, then, otherwise.as_deref()),
            Kind::Negate(inner) => self.negated(inner),
            Kind::Binary { operator, left, right } => self.binary(*operator, left, right),
            Kind::Call { builtin, arguments } => self.call(builtin.name, arguments),
            Kind::Constant(_)
            | Kind::Template(_)
            | Kind::Array(_)
            | Kind::Object(_)
            | Kind::Variable(_)
            | Kind::SetVariable(_, _)
            | Kind::Block(_)
            | Kind::Key { .. }
            | Kind::FreeName { .. }
            | Kind::Select(_)
            | Kind::Filter { .. }
            | Kind::Map { .. }
            | Kind::Order { .. }
            | Kind::CallFunction { .. }
            | Kind::Switch { .. }
            | Kind::ForEach { .. }
            | Kind::ForRange { .. }
            | Kind::While { .. }
            | Kind::Break
            | Kind::Create(_)
            | Kind::Delete(_)
            | Kind::Assign { .. }
            | Kind::AssignKey { .. } => None,
        }
    }

    fn choose(&mut self, condition: &'p Node, then: &'p Node, otherwise: Option<&'p Node>) -> Option<Low> {
        let condition = self.low(condition)?.truthy();
        let then = self.low(then)?;
        let otherwise = match otherwise {
            Some(node) => self.low(node)?,
            None => Low::constant(Value::Null)?,
        };
        let shape = match (&then.shape, &otherwise.shape) {
            (a, b) if a == b => a.clone(),
            (Shape::Null, other) | (other, Shape::Null) => other.clone(),
            _ => return None,
        };
        // The number of the record itself is a number to the store.
        if matches!(shape, Shape::This(_)) {
            return None;
        }
        let parts = (Box::new(condition), Box::new(then.expr), Box::new(otherwise.expr));
        Some(Low::of(Expr::If { condition: parts.0, then: parts.1, otherwise: parts.2 }, shape))
    }

    /// The same lowering at the records of another table, in a context within this one. What depends on the record out
    /// here is nothing constant there.
    fn within<R>(&mut self, table: TableId, depth: usize, lower: impl FnOnce(&mut Lower<'_, 'p>) -> R) -> R {
        let (schema, facts, own) = (self.schema, self.facts, self.depth);
        let outer = &mut *self.outer;
        let mut outer = |node: &'p Node| {
            let traits = facts.traits(node);
            if traits.reads_context(own) { None } else { outer(node) }
        };
        lower(&mut Lower { schema, facts, table, depth, outer: &mut outer })
    }

    /// Whether the expression is the record of the context itself.
    fn is_this(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::This(depth) => depth.0 == self.depth,
            Kind::Field { of, access: Access::Itself, .. } => self.is_this(of),
            Kind::Block(nodes) if nodes.len() == 1 => self.is_this(&nodes[0]),
            _ => false,
        }
    }
}

/// The cell of a column that every record has.
fn system(system: System) -> Expr {
    Expr::Cell(model::filter::Operand::System(system))
}
