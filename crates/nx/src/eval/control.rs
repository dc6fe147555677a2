//! Loops.

use super::frame::Held;
use super::items::list;
use super::selection::{Flow, Selection};
use super::{Machine, Outcome, Stop, placed, stopped};
use crate::fault::Fault;
use crate::ir::{Node, Place};
use crate::ops;
use crate::value::Value;
use std::ops::ControlFlow;

impl<'p> Machine<'p, '_> {
    /// Gives an array of the body's values; an array among them stays one item.
    #[inline(never)]
    pub(super) fn for_each(&mut self, node: &'p Node, place: Place, of: &'p Node, body: &'p Node) -> Outcome<Value> {
        let flow = self.flow(of)?;
        // Records that nothing changes meanwhile are gone over as they come.
        let scope_of = |machine: &mut Self| machine.remember_turns(&[body], None, &[place]);
        let mut values = Vec::new();
        if let Flow::Rows(rows) = &flow
            && self.lowers_loop(rows, body)
        {
            let scope = scope_of(self);
            self.each_value(rows, None, &[], &mut |machine, _, record| {
                placed(node, machine.budget.hold(1))?;
                machine.turn(node, place, record, body, &mut values)
            })?;
            self.forget(scope);
            return self.made(node, values);
        }
        let items = list(self.force(of, flow)?);
        let scope = scope_of(self);
        for chunk in items.chunks(super::loader::GROUP) {
            self.loader.accompany_values(chunk);
            for item in chunk {
                if self.turn(node, place, item.clone(), body, &mut values)?.is_break() {
                    self.forget(scope);
                    return self.made(node, values);
                }
            }
        }
        self.forget(scope);
        self.made(node, values)
    }

    fn lowers_loop(&self, rows: &Selection<'p>, body: &'p Node) -> bool {
        !self.program.writes
            && rows.sort().is_some()
            && rows.rest.iter().all(|(_, rest)| {
                // The body must not change what the conditions of later rows read.
                let (sets, uses) = (self.traits(body).sets, self.traits(rest).uses);
                uses.iter().all(|place| !sets.contains(place))
            })
    }

    /// One turn of a loop.
    fn turn(
        &mut self,
        node: &'p Node,
        place: Place,
        item: Value,
        body: &'p Node,
        values: &mut Vec<Value>,
    ) -> Outcome<ControlFlow<()>> {
        placed(node, self.budget.step())?;
        self.hold(place, Held::Value(item));
        match self.eval(body) {
            Ok(value) => {
                placed(node, ops::check_nesting(&value))?;
                values.push(value);
                Ok(ControlFlow::Continue(()))
            }
            Err(Stop::Break) => Ok(ControlFlow::Break(())),
            Err(stop) => Err(stop),
        }
    }

    /// From a number to another, which is not reached (12.1 of the facts).
    #[inline(never)]
    pub(super) fn for_range(
        &mut self,
        node: &'p Node,
        place: Place,
        from: &'p Node,
        to: &'p Node,
        step: Option<&'p Node>,
        body: &'p Node,
    ) -> Outcome<Value> {
        let from = self.bound(from)?;
        let to = self.bound(to)?;
        let step = match step {
            Some(step) => self.bound(step)?.unwrap_or(0.0),
            None => 1.0,
        };
        if step == 0.0 {
            return Err(stopped(node, Fault::script("the step of a loop must not be 0")));
        }
        let mut values = Vec::new();
        if let (Some(from), Some(to)) = (from, to) {
            let scope = self.remember_turns(&[body], None, &[place]);
            let mut turns = 0.0;
            loop {
                // Not added up, so that steps like 0.1 do not drift.
                let at = from + step * turns;
                let is_over = if step > 0.0 { at >= to } else { at <= to };
                if is_over || self.turn(node, place, Value::number(at), body, &mut values)?.is_break() {
                    break;
                }
                turns += 1.0;
            }
            self.forget(scope);
        }
        self.made(node, values)
    }

    /// A bound of a loop; none when it is null.
    fn bound(&mut self, node: &'p Node) -> Outcome<Option<f64>> {
        let value = self.eval(node)?;
        match (&value, ops::to_number(&value)) {
            (_, Some(number)) => Ok(Some(number)),
            (Value::Null, None) => Ok(None),
            (_, None) => {
                let what = format!("a loop counts in numbers, not in {}", ops::type_name(&value));
                Err(stopped(node, Fault::script(what)))
            }
        }
    }

    #[inline(never)]
    pub(super) fn repeat(&mut self, node: &'p Node, condition: &'p Node, body: &'p Node) -> Outcome<Value> {
        let scope = self.remember_turns(&[condition, body], None, &[]);
        while self.test(condition)? {
            placed(node, self.budget.step())?;
            match self.eval(body) {
                Ok(_) => {}
                Err(Stop::Break) => break,
                Err(stop) => return Err(stop),
            }
        }
        self.forget(scope);
        Ok(Value::Null)
    }
}
