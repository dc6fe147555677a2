//! Logic, operators, literals, calls and choices.

use super::frame::{Frame, Held};
use super::selection::Flow;
use super::size::held;
use super::{Machine, Outcome, placed};
use crate::builtin::{Builtin, Context, Effect};
use crate::ir::{Kind, Node, Operator};
use crate::ops::{self, Bounded};
use crate::value::{Object, Value};
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Machine<'p, '_> {
    /// Whether a condition holds.
    pub(super) fn test(&mut self, node: &'p Node) -> Outcome<bool> {
        match &node.kind {
            Kind::Not(inner) => Ok(!self.test(inner)?),
            Kind::And(left, right) => Ok(self.test(left)? && self.test(right)?),
            Kind::Or(left, right) => Ok(self.test(left)? || self.test(right)?),
            _ => match self.peek(node) {
                Some(value) => Ok(ops::truth(value)),
                None => Ok(ops::truth(&self.eval(node)?)),
            },
        }
    }

    #[inline(never)]
    pub(super) fn binary(
        &mut self,
        node: &'p Node,
        operator: Operator,
        left: &'p Node,
        right: &'p Node,
    ) -> Outcome<Value> {
        // What lies there already is not copied.
        let value = match (self.peek(left), self.peek(right)) {
            (Some(left), Some(right)) => ops::binary(operator, left, right, &self.schema),
            (None, Some(_)) => {
                let left = self.eval(left)?;
                // The left side may have set what the right one reads.
                match self.peek(right) {
                    Some(right) => ops::binary(operator, &left, right, &self.schema),
                    None => {
                        let right = self.eval(right)?;
                        ops::binary(operator, &left, &right, &self.schema)
                    }
                }
            }
            _ => {
                let left = self.eval(left)?;
                let right = self.eval(right)?;
                ops::binary(operator, &left, &right, &self.schema)
            }
        };
        let value = placed(node, value)?;
        if let Value::Text(text) = &value {
            placed(node, self.budget.make(text.len()))?;
        }
        Ok(value)
    }

    #[inline(never)]
    pub(super) fn negate(&mut self, node: &'p Node, operand: &'p Node) -> Outcome<Value> {
        let operand = self.eval(operand)?;
        placed(node, ops::negate(&operand))
    }

    #[inline(never)]
    pub(super) fn template(&mut self, node: &'p Node, parts: &'p [Node]) -> Outcome<Value> {
        let mut text = Bounded::default();
        for part in parts {
            let value = self.eval(part)?;
            placed(node, ops::write_text(&value, &self.schema, &mut text))?;
        }
        placed(node, self.budget.make(text.as_str().len()))?;
        Ok(text.into_value())
    }

    #[inline(never)]
    pub(super) fn array(&mut self, node: &'p Node, items: &'p [Node]) -> Outcome<Value> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = self.eval(item)?;
            placed(node, ops::check_nesting(&value))?;
            values.push(value);
        }
        self.made(node, values)
    }

    #[inline(never)]
    pub(super) fn object(&mut self, node: &'p Node, entries: &'p [(Arc<str>, Node)]) -> Outcome<Value> {
        let mut made = Object { entries: Vec::with_capacity(entries.len()) };
        for (key, value) in entries {
            let value = self.eval(value)?;
            placed(node, ops::check_nesting(&value))?;
            // A key that is written twice has its last value, in the place of the first.
            match made.entries.iter_mut().find(|(there, _)| there == key) {
                Some(entry) => entry.1 = value,
                None => made.entries.push((Arc::clone(key), value)),
            }
        }
        let made = Value::Object(Arc::new(made));
        placed(node, self.budget.make(held(&made)))?;
        Ok(made)
    }

    /// A built-in function; what it is to do with a selection may be a query.
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        node: &'p Node,
        builtin: &'static Builtin,
        arguments: &'p [Node],
    ) -> Outcome<Flow<'p>> {
        let base = self.stack.len();
        let mut rest = arguments;
        if let Some((first, others)) = arguments.split_first()
            && super::aggregate::takes_selection(builtin.name, arguments.len())
        {
            let flow = self.flow(first)?;
            let first = match self.answer(builtin.name, flow, others)? {
                super::aggregate::Answer::Done(flow) => return Ok(flow),
                super::aggregate::Answer::Value(value) => value,
                super::aggregate::Answer::Unread(flow) => self.force(first, flow)?,
            };
            self.stack.truncate(base);
            self.stack.push(first);
            rest = others;
        }
        let result = self.call_with(node, builtin, base, rest);
        self.stack.truncate(base);
        result.map(Flow::Value)
    }

    fn call_with(
        &mut self,
        node: &'p Node,
        builtin: &'static Builtin,
        base: usize,
        rest: &'p [Node],
    ) -> Outcome<Value> {
        for argument in rest {
            let value = self.eval(argument)?;
            self.stack.push(value);
        }
        if matches!(builtin.effect, Effect::Reads) {
            self.budget.spent.queries += 1;
        }
        let mut context = Context { host: &mut *self.host };
        let value = (builtin.call)(&mut context, &self.stack[base..]);
        if builtin.effect == Effect::Writes {
            self.budget.spent.writes += 1;
            self.loader.clear();
        }
        let value = placed(node, value)?;
        match &value {
            Value::Text(_) | Value::Array(_) | Value::Object(_) => placed(node, self.budget.make(held(&value)))?,
            _ => {}
        }
        Ok(value)
    }

    /// A function of the script.
    #[inline(never)]
    pub(super) fn call_function(
        &mut self,
        node: &'p Node,
        function: usize,
        arguments: &'p [Node],
    ) -> Outcome<Flow<'p>> {
        let program = self.program;
        let Some(function) = program.functions.get(function) else { return Ok(Flow::Value(Value::Null)) };
        let mut frame = Frame::of(function.places);
        for (place, argument) in arguments.iter().enumerate() {
            let flow = self.flow(argument)?;
            let held = match self.keep(argument, flow)? {
                Flow::Value(value) => Held::Value(value),
                flow => Held::Flow(Rc::new(flow)),
            };
            frame.set(place, held);
        }
        placed(node, self.budget.step())?;
        placed(node, self.budget.call(self.frames.len()))?;
        self.frames.push(frame);
        let result = self.flow(&function.body).and_then(|flow| self.keep(&function.body, flow));
        self.frames.pop();
        result
    }

    #[inline(never)]
    pub(super) fn switch(
        &mut self,
        node: &'p Node,
        subject: &'p Node,
        cases: &'p [(Node, Node)],
        default: Option<&'p Node>,
    ) -> Outcome<Value> {
        let subject = self.eval(subject)?;
        for (case, body) in cases {
            let case = self.eval(case)?;
            let same = ops::binary(Operator::Equal, &subject, &case, &self.schema);
            if ops::truth(&placed(node, same)?) {
                return self.eval(body);
            }
        }
        default.map_or(Ok(Value::Null), |body| self.eval(body))
    }
}
