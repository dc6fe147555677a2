//! Selections: records of a table that a script asked for and that nobody has read yet.

use super::Machine;
use crate::ir::{Access, Depth, Node};
use crate::lower::Lower;
use crate::value::Value;
use model::expr::Expr;
use model::query::Sort;
use model::{Filter, TableId};
use std::rc::Rc;

/// What an expression gives before it must be a value. Small, since it lies on the stack at each level.
#[derive(Clone)]
pub(super) enum Flow<'p> {
    Value(Value),
    /// Records.
    Rows(Box<Selection<'p>>),
    /// A value of each of them.
    Column(Box<Column<'p>>),
}

/// Records of a table.
#[derive(Clone)]
pub(super) struct Selection<'p> {
    pub table: TableId,
    /// Where the script asks for them.
    pub node: &'p Node,
    /// What the host tests.
    pub pushed: Vec<Filter>,
    /// The same as expressions, where all are such.
    pub exprs: Option<Vec<Expr>>,
    /// What is tested here, in this order, of the records that the host finds.
    pub rest: Vec<(Depth, &'p Node)>,
    /// First the one that was asked for first: the last one counts most.
    pub orders: Vec<Order<'p>>,
    /// The order in which they lie to begin with, before they are asked into another one; none is by number.
    pub base: Vec<Sort>,
    /// How many are left out, and how many taken at most.
    pub window: Option<(u64, u64)>,
}

/// An order by a key.
#[derive(Clone)]
pub(super) struct Order<'p> {
    pub depth: Depth,
    pub key: &'p Node,
    /// How the host can do it.
    pub sort: Option<Vec<Sort>>,
}

/// A value of each record of a selection, flattened.
#[derive(Clone)]
pub(super) struct Column<'p> {
    pub rows: Selection<'p>,
    pub of: Of<'p>,
    pub node: &'p Node,
}

/// Which value.
#[derive(Clone)]
pub(super) enum Of<'p> {
    /// What lies at the end of a path.
    Path(Vec<(TableId, Access)>),
    /// An expression in the context of the record.
    Body { depth: Depth, body: &'p Node },
}

impl<'p> Selection<'p> {
    /// All records of a table.
    pub fn of(table: TableId, node: &'p Node) -> Selection<'p> {
        Selection {
            table,
            node,
            pushed: Vec::new(),
            exprs: Some(Vec::new()),
            rest: Vec::new(),
            orders: Vec::new(),
            base: Vec::new(),
            window: None,
        }
    }

    /// The sort keys of the host; none when the order is to be made here.
    pub fn sort(&self) -> Option<Vec<Sort>> {
        if !self.rest.is_empty() {
            return self.orders.is_empty().then(Vec::new);
        }
        let mut keys = Vec::new();
        for order in self.orders.iter().rev() {
            keys.extend(order.sort.clone()?);
        }
        keys.extend(self.base.iter().cloned());
        Some(keys)
    }

    /// Whether the host can do all of it.
    pub fn is_whole(&self) -> bool {
        self.rest.is_empty() && self.sort().is_some()
    }

    /// The same records, in whatever order.
    pub fn unordered(&self) -> Selection<'p> {
        if self.window.is_some() {
            self.clone()
        } else {
            Selection { orders: Vec::new(), base: Vec::new(), ..self.clone() }
        }
    }

    /// The expressions that run here, and their contexts.
    fn runs(&self) -> Vec<(Depth, &'p Node)> {
        let orders = if self.sort().is_some() { &[] } else { self.orders.as_slice() };
        self.rest.iter().copied().chain(orders.iter().map(|order| (order.depth, order.key))).collect()
    }
}

impl<'p> Flow<'p> {
    /// The expressions that run here when it is read.
    pub fn runs(&self) -> Vec<(Depth, &'p Node)> {
        match self {
            Flow::Value(_) => Vec::new(),
            Flow::Rows(rows) => rows.runs(),
            Flow::Column(column) => {
                let mut runs = column.rows.runs();
                if let Of::Body { depth, body } = column.of {
                    runs.push((depth, body));
                }
                runs
            }
        }
    }
}

impl<'p> Machine<'p, '_> {
    /// Whether what is still to be run depends on nothing but the records themselves, so that it may wait until the
    /// variables and contexts of now are others.
    pub(super) fn can_wait(&self, flow: &Flow<'p>) -> bool {
        !self.program.writes
            && flow.runs().into_iter().all(|(depth, node)| {
                let traits = self.traits(node);
                let own = |context: &usize| *context == depth.0;
                traits.is_steady() && traits.uses.is_empty() && traits.contexts.iter().all(own)
            })
    }

    /// Keeps those records for which a condition holds.
    pub(super) fn narrow(
        &mut self,
        mut rows: Box<Selection<'p>>,
        depth: Depth,
        condition: &'p Node,
    ) -> super::Outcome<Box<Selection<'p>>> {
        let parts = self.lowering_at(rows.table, depth, |lower| lower.condition(condition))?;
        match (&mut rows.exprs, parts.exprs) {
            (Some(exprs), Some(more)) => exprs.extend(more),
            _ => rows.exprs = None,
        }
        rows.pushed.extend(parts.pushed);
        rows.rest.extend(parts.rest.into_iter().map(|node| (depth, node)));
        Ok(rows)
    }

    /// Orders the records by a key.
    pub(super) fn ordered(
        &mut self,
        mut rows: Box<Selection<'p>>,
        depth: Depth,
        key: &'p Node,
    ) -> super::Outcome<Box<Selection<'p>>> {
        let sort = self.lowering_at(rows.table, depth, |lower| lower.sort(key))?;
        rows.orders.push(Order { depth, key, sort });
        Ok(rows)
    }

    /// Lowers something over the records of a table. What does not depend on them is worked out here; a mistake in it
    /// leaves the expression to the evaluator, who meets it again if it comes there at all.
    pub(super) fn lowering_at<R>(
        &mut self,
        table: TableId,
        depth: Depth,
        lower: impl FnOnce(&mut Lower<'_, 'p>) -> R,
    ) -> super::Outcome<R> {
        let (schema, facts) = (std::sync::Arc::clone(&self.schema), Rc::clone(&self.facts));
        let mut failed = None;
        let mut outer = |node: &'p Node| match self.eval(node) {
            Ok(value) => Some(value),
            Err(super::Stop::Failed(failure)) if matches!(failure.fault, crate::Fault::Script(_)) => None,
            Err(stop) => {
                failed = Some(stop);
                None
            }
        };
        let lowered = lower(&mut Lower { schema: &schema, facts: &facts, table, depth: depth.0, outer: &mut outer });
        match failed {
            Some(stop) => Err(stop),
            None => Ok(lowered),
        }
    }
}
