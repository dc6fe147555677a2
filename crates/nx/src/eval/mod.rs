//! The evaluator: runs a checked script over a host, within a budget.
//!
//! It walks the tree. What a script selects stays a [`Selection`] as long as it can, so that whatever is done with it
//! next (filter, order, slice, path, aggregate) becomes part of one query; what the host cannot do runs here, over rows
//! that are read in batches with the cells that it needs. Start with [`run`], then `Machine::eval` and `flow`.

mod about;
mod aggregate;
mod condition;
mod control;
mod expression;
pub(crate) mod facts;
mod flow;
mod frame;
mod items;
mod linked;
mod loader;
mod memo;
mod path;
mod plan;
mod selection;
mod size;
mod stream;
#[cfg(test)]
mod tests;
mod write;

use crate::budget::Budget;
use crate::fault::Fault;
use crate::host::Host;
use crate::ir::{Kind, Node, Program, Span};
use crate::value::Value;
pub(crate) use aggregate::takes_selection;
pub use condition::condition;
use facts::{Facts, Traits};
use frame::{Frame, Held, Item};
use loader::Loader;
use memo::Memo;
use model::{RecordAddress, Schema};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// Why and where a script stopped.
#[derive(Debug)]
pub struct Failure {
    pub fault: Fault,
    pub span: Span,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// Whether selections become queries of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lowering {
    #[default]
    On,
    /// Everything is worked out here over whole tables: the oracle of the lowering.
    Off,
}

/// Runs a script. `about` is the record that it is about, when it was checked for one.
pub fn run(
    program: &Program,
    host: &mut dyn Host,
    about: Option<RecordAddress>,
    budget: &mut Budget,
) -> Result<Value, Failure> {
    run_with(program, host, about, budget, Lowering::On)
}

/// [`run`], with or without lowering.
pub fn run_with(
    program: &Program,
    host: &mut dyn Host,
    about: Option<RecordAddress>,
    budget: &mut Budget,
    lowering: Lowering,
) -> Result<Value, Failure> {
    let mut machine = Machine::new(program, host, about, budget, lowering);
    let result = machine.read_about().and_then(|()| machine.eval(&program.root)).and_then(|value| {
        let size = size::encoded(&value);
        machine.budget.result(size).map_err(|fault| stopped(&program.root, fault))?;
        Ok(value)
    });
    let late = machine.budget.look();
    let failure = |fault, node: &Node| Failure { fault, span: node.span };
    match result {
        Err(Stop::Failed(failure)) => Err(*failure),
        // The checker lets no `break` stand outside a loop.
        Err(Stop::Break) => Err(failure(Fault::script("break outside a loop"), &program.root)),
        Ok(value) => late.map(|()| value).map_err(|fault| failure(fault, &program.root)),
    }
}

/// Why the evaluation of an expression ends without a value.
pub(crate) enum Stop {
    Break,
    Failed(Box<Failure>),
}

pub(crate) type Outcome<T> = Result<T, Stop>;

/// A script while it runs.
pub(crate) struct Machine<'p, 'h> {
    program: &'p Program,
    host: &'h mut dyn Host,
    budget: &'h mut Budget,
    schema: Arc<Schema>,
    lowering: Lowering,
    facts: Rc<Facts>,
    /// The first is the script's own.
    frames: Vec<Frame<'p>>,
    /// Arguments of calls in the making.
    stack: Vec<Value>,
    /// Where the stack of the thread was when the script began.
    base: usize,
    memo: Memo,
    loader: Loader,
}

impl<'p, 'h> Machine<'p, 'h> {
    fn new(
        program: &'p Program,
        host: &'h mut dyn Host,
        about: Option<RecordAddress>,
        budget: &'h mut Budget,
        lowering: Lowering,
    ) -> Machine<'p, 'h> {
        let mut frame = Frame::of(program.globals);
        frame.contexts.extend(about.map(|record| Item::value(Value::Record(record))));
        Machine {
            schema: Arc::clone(host.schema()),
            program,
            host,
            budget,
            lowering,
            facts: Rc::new(Facts::of(program)),
            frames: vec![frame],
            stack: Vec::new(),
            base: here(),
            memo: Memo::default(),
            loader: Loader::default(),
        }
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, node: &'p Node) -> Outcome<Value> {
        if let Some(value) = self.peek(node) {
            return Ok(value.clone());
        }
        self.guard(node)?;
        if let Err(fault) = self.budget.tick() {
            return Err(stopped(node, fault));
        }
        self.eval_kind(node)
    }

    /// The arms are functions of their own so that this frame, which there is one of for each level, stays small.
    fn eval_kind(&mut self, node: &'p Node) -> Outcome<Value> {
        match &node.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::This(depth) => Ok(self.context(*depth).this.clone()),
            Kind::Template(parts) => self.template(node, parts),
            Kind::Array(items) => self.array(node, items),
            Kind::Object(entries) => self.object(node, entries),
            Kind::SetVariable(place, value) => self.set_variable(*place, value),
            Kind::Key { of, name } => self.key(node, of, name),
            Kind::FreeName { name, contexts } => self.free_name(node, name, contexts),
            Kind::Not(_) | Kind::And(_, _) | Kind::Or(_, _) => self.test(node).map(Value::Bool),
            Kind::Negate(operand) => self.negate(node, operand),
            Kind::Binary { operator, left, right } => self.binary(node, *operator, left, right),
            Kind::Switch { subject, cases, default } => self.switch(node, subject, cases, default.as_deref()),
            Kind::ForEach { place, of, body } => self.for_each(node, *place, of, body),
            Kind::ForRange { place, from, to, step, body } => {
                self.for_range(node, *place, from, to, step.as_deref(), body)
            }
            Kind::While { condition, body } => self.repeat(node, condition, body),
            Kind::Break => Err(Stop::Break),
            Kind::Create(table) => self.create(node, *table),
            Kind::Delete(of) => self.delete(node, of),
            Kind::Assign { of, table, field, value } => self.assign(node, of, *table, *field, value),
            Kind::AssignKey { of, name, value } => self.assign_key(node, of, name, value),
            // What may give a selection.
            Kind::Variable(_)
            | Kind::Block(_)
            | Kind::Field { .. }
            | Kind::Select(_)
            | Kind::Filter { .. }
            | Kind::Map { .. }
            | Kind::Order { .. }
            | Kind::Call { .. }
            | Kind::CallFunction { .. }
            | Kind::If { .. } => self.eval_flow(node),
        }
    }

    #[inline(never)]
    fn eval_flow(&mut self, node: &'p Node) -> Outcome<Value> {
        let flow = self.flow(node)?;
        self.force(node, flow)
    }

    /// The value of an expression that lies somewhere already.
    #[inline]
    fn peek(&self, node: &'p Node) -> Option<&Value> {
        match &node.kind {
            Kind::Constant(value) => Some(value),
            Kind::Variable(place) => match self.held(*place) {
                Held::Value(value) => Some(value),
                Held::Flow(_) => None,
            },
            Kind::This(depth) => Some(&self.context(*depth).this),
            Kind::Field { .. } => self.cell(node),
            _ => None,
        }
    }

    /// Refuses expressions within each other that would use up the stack of the thread.
    #[inline]
    fn guard(&self, node: &Node) -> Outcome<()> {
        match self.base.abs_diff(here()) > self.budget.limits.stack {
            true => Err(stopped(node, self.budget.too_nested())),
            false => Ok(()),
        }
    }

    fn traits(&self, node: &Node) -> Traits {
        self.facts.traits(node)
    }
}

/// About where the stack of the thread is.
#[inline(always)]
fn here() -> usize {
    let mark = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&mark)) as usize
}

fn stopped(node: &Node, fault: Fault) -> Stop {
    Stop::Failed(Box::new(Failure { fault, span: node.span }))
}

/// A result of what knows no place in the script.
fn placed<T>(node: &Node, result: Result<T, impl Into<Fault>>) -> Outcome<T> {
    result.map_err(|fault| stopped(node, fault.into()))
}
