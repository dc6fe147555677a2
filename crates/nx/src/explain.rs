//! What becomes of a script's selects: which conditions, orders and columns the store takes over, and which stay with
//! the evaluator. Nothing is run: the values of variables are not known, only their types, so that what depends on a
//! value of unknown type is told apart.
//!
//! What a run used is in [`Budget::spent`](crate::Budget). The queries are those that the store would get, with values
//! of the right types in the place of variables, so that a door can have their SQL printed.

use crate::eval::facts::Facts;
use crate::ir::{Access, Depth, Kind, Node, Program, Span};
use crate::lower::{Lower, path};
use crate::types::Type;
use crate::value::{Choice, Multi, Value};
use model::filter::Operand;
use model::query::{Projection, Query, Sort};
use model::{ChoiceId, Filter, RecordAddress, RecordId, Schema, TableId, UserId};
use std::fmt::Write;
use std::sync::Arc;

/// The selects of a script, in its order.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    pub plans: Vec<Plan>,
}

/// One select, with all that becomes part of its query.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    pub span: Span,
    pub table: TableId,
    pub conditions: Vec<Piece>,
    pub orders: Vec<Piece>,
    /// The column that is read of the records, if only that is.
    pub column: Option<Piece>,
    /// The function that is asked of it, if the store may answer it without handing out the records: `cnt`, `sum`.
    pub function: Option<&'static str>,
    /// What the store is asked: the conditions and orders that it takes, and the column.
    pub query: Query,
}

/// A part of a select, and who works it out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    pub span: Span,
    pub by: By,
}

/// Who works something out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Store,
    /// The evaluator, over the rows of the query.
    Evaluator,
    /// Known when the script runs: it depends on the type of a value.
    Either,
}

/// The plans of a script.
pub fn explain(program: &Program, schema: &Arc<Schema>) -> Explanation {
    let mut planner = Planner { schema, facts: Facts::of(program), plans: Vec::new() };
    planner.walk(&program.root);
    program.functions.iter().for_each(|function| planner.walk(&function.body));
    Explanation { plans: planner.plans }
}

impl Explanation {
    /// The plans as people read them; `source` is the text of the script.
    pub fn text(&self, source: &str, schema: &Schema) -> String {
        let mut out = String::new();
        for plan in &self.plans {
            // Writing to a string does not fail.
            let _ = plan.write(source, schema, &mut out);
        }
        out
    }
}

impl Plan {
    fn write(&self, source: &str, schema: &Schema, out: &mut String) -> std::fmt::Result {
        let table = schema.table(self.table).map(|table| table.name.clone()).unwrap_or_default();
        writeln!(out, "select {table}: {}", excerpt(source, self.span))?;
        for (word, pieces) in
            [("where", &self.conditions), ("order", &self.orders), ("column", &Vec::from_iter(self.column))]
        {
            for piece in pieces {
                let by = match piece.by {
                    By::Store => "store",
                    By::Evaluator => "evaluator",
                    By::Either => "store or evaluator, by the types of values",
                };
                writeln!(out, "  {word} {} -> {by}", excerpt(source, piece.span))?;
            }
        }
        if let Some(function) = self.function {
            let whole = self.conditions.iter().chain(&self.column).all(|piece| piece.by == By::Store);
            writeln!(out, "  {function}() -> {}", if whole { "store" } else { "evaluator" })?;
        }
        Ok(())
    }
}

/// The text of a part of the script.
pub fn excerpt(source: &str, span: Span) -> &str {
    source.get(span.start as usize..span.end as usize).unwrap_or_default()
}

struct Planner<'s> {
    schema: &'s Schema,
    facts: Facts,
    plans: Vec<Plan>,
}

impl Planner<'_> {
    fn walk(&mut self, node: &Node) {
        if let Some(plan) = self.plan(node) {
            self.plans.push(plan);
            self.within(node);
            return;
        }
        node.children().into_iter().for_each(|child| self.walk(child));
    }

    /// The selects within the parts of a plan: in its conditions, keys and bodies.
    fn within(&mut self, node: &Node) {
        match &node.kind {
            Kind::Filter { of, condition: inner, .. }
            | Kind::Order { of, key: inner, .. }
            | Kind::Map { of, body: inner, .. } => {
                self.within(of);
                self.walk(inner);
            }
            Kind::Field { of, .. } => self.within(of),
            Kind::Call { arguments, .. } => {
                let Some((first, rest)) = arguments.split_first() else { return };
                self.within(first);
                rest.iter().for_each(|argument| self.walk(argument));
            }
            Kind::Block(nodes) if nodes.len() == 1 => self.within(&nodes[0]),
            _ => {}
        }
    }

    fn plan(&self, node: &Node) -> Option<Plan> {
        let mut plan = match &node.kind {
            Kind::Block(nodes) if nodes.len() == 1 => self.plan(&nodes[0])?,
            Kind::Select(table) => Plan {
                span: node.span,
                table: *table,
                conditions: Vec::new(),
                orders: Vec::new(),
                column: None,
                function: None,
                query: Query::table(*table),
            },
            Kind::Filter { of, context, condition } => {
                let plan = self.open(of)?;
                self.filter(plan, *context, condition)
            }
            Kind::Order { of, context, key } => {
                let plan = self.open(of)?;
                self.order(plan, *context, key)
            }
            Kind::Map { of, context, body } => {
                let mut plan = self.open(of)?;
                let lowered = self.lower(&plan, *context, |lower| lower.expr(body));
                let by = by(&lowered.0.map(|low| plan.reads(Operand::expr(low.expr))), lowered.1);
                plan.column = Some(Piece { span: body.span, by });
                plan
            }
            Kind::Field { of, table, access } => {
                let mut plan = self.open(of)?;
                if *access != Access::Itself {
                    let low = path(self.schema, plan.table, &[(*table, *access)]);
                    let found = low.map(|low| plan.reads(Operand::expr(low.expr)));
                    plan.column = Some(Piece { span: node.span, by: by(&found, true) });
                }
                plan
            }
            Kind::Call { builtin, arguments } if crate::eval::takes_selection(builtin.name, arguments.len()) => {
                let mut plan = self.plan(arguments.first()?)?;
                if plan.function.is_some() {
                    return None;
                }
                plan.function = Some(builtin.name);
                plan
            }
            _ => return None,
        };
        plan.span = node.span;
        Some(plan)
    }

    /// A plan that can become more.
    fn open(&self, node: &Node) -> Option<Plan> {
        self.plan(node).filter(|plan| plan.column.is_none() && plan.function.is_none())
    }

    fn filter(&self, mut plan: Plan, context: Depth, condition: &Node) -> Plan {
        for conjunct in conjuncts(condition) {
            let (parts, known) = self.lower(&plan, context, |lower| lower.condition(conjunct));
            let pushed = parts.rest.is_empty().then_some(parts.pushed);
            let by = by(&pushed, known);
            plan.conditions.push(Piece { span: conjunct.span, by });
            let filter = std::mem::take(&mut plan.query.filter);
            plan.query.filter = pushed.into_iter().flatten().fold(filter, Filter::and);
        }
        plan
    }

    fn order(&self, mut plan: Plan, context: Depth, key: &Node) -> Plan {
        let (sort, known) = self.lower(&plan, context, |lower| lower.sort(key));
        let sort = sort.filter(|_| plan.conditions.iter().all(|piece| piece.by == By::Store));
        plan.orders.push(Piece { span: key.span, by: by(&sort, known) });
        let sort: Vec<Sort> = sort.into_iter().flatten().chain(std::mem::take(&mut plan.query.sort)).collect();
        plan.query.sort = sort;
        plan
    }

    /// Lowers something, with values of their types in the place of what is not known; and whether all types are.
    fn lower<'p, R>(&self, plan: &Plan, context: Depth, lower: impl FnOnce(&mut Lower<'_, 'p>) -> R) -> (R, bool) {
        let mut known = true;
        let mut outer = |node: &'p Node| {
            let value = sample(node);
            known &= value.is_some();
            value
        };
        let (schema, facts) = (self.schema, &self.facts);
        let lowered = lower(&mut Lower { schema, facts, table: plan.table, depth: context.0, outer: &mut outer });
        (lowered, known)
    }
}

impl Plan {
    fn reads(&mut self, operand: Operand) {
        self.query.projection = Projection::These(vec![operand]);
    }
}

fn by<T>(pushed: &Option<T>, known: bool) -> By {
    match (pushed, known) {
        (Some(_), _) => By::Store,
        (None, true) => By::Evaluator,
        (None, false) => By::Either,
    }
}

fn conjuncts(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::And(left, right) => [conjuncts(left), conjuncts(right)].concat(),
        Kind::Block(nodes) if nodes.len() == 1 => conjuncts(&nodes[0]),
        _ => vec![node],
    }
}

/// A value such as an expression gives; none when its type is not known.
fn sample(node: &Node) -> Option<Value> {
    if let Kind::Constant(value) = &node.kind {
        return Some(value.clone());
    }
    Some(match &node.ty {
        Type::Null => Value::Null,
        Type::Bool => Value::Bool(true),
        Type::Number => Value::Number(1.0),
        Type::Text => Value::text("text"),
        Type::Date => Value::Date(0),
        Type::DateTime => Value::DateTime(0),
        Type::Time => Value::Time(0),
        Type::Interval => Value::Interval(0),
        Type::Appointment => Value::Appointment { start: 0, end: 0 },
        Type::Choice(table, field) => Value::Choice(Choice { table: *table, field: *field, id: ChoiceId(1) }),
        Type::Multi(table, field) => Value::Multi(Arc::new(Multi { table: *table, field: *field, ids: Vec::new() })),
        Type::Record(table) => Value::Record(RecordAddress { table: *table, record: RecordId(1) }),
        Type::User => Value::User(UserId(1)),
        Type::Array(_) => Value::array(Vec::new()),
        Type::Object => Value::Object(Arc::default()),
        Type::Any => return None,
    })
}
