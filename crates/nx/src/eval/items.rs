//! Arrays that are there: filters, maps and orders over their items, and how they flatten.

use super::frame::Item;
use super::{Machine, Outcome, placed, stopped};
use crate::ir::{Depth, Node};
use crate::ops;
use crate::value::{Choice, Value};

/// Appends a value to an array: of a list its items.
pub(super) fn flatten(into: &mut Vec<Value>, value: Value) {
    match value {
        Value::Array(items) => match std::sync::Arc::try_unwrap(items) {
            Ok(items) => into.extend(items),
            Err(items) => into.extend(items.iter().cloned()),
        },
        Value::Multi(multi) => {
            let option =
                |id: &model::ChoiceId| Value::Choice(Choice { table: multi.table, field: multi.field, id: *id });
            into.extend(multi.ids.iter().map(option));
        }
        single => into.push(single),
    }
}

/// How many items a value adds to an array.
pub(super) fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Multi(multi) => multi.ids.len(),
        _ => 1,
    }
}

/// Whether a value is a list.
pub(super) fn is_list(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Multi(_))
}

/// The items of a list; a single value is one item, null is none.
pub(super) fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        value => {
            let mut items = Vec::new();
            flatten(&mut items, value);
            items
        }
    }
}

impl<'p> Machine<'p, '_> {
    pub(super) fn filter_items(
        &mut self,
        node: &'p Node,
        of: Value,
        depth: Depth,
        condition: &'p Node,
    ) -> Outcome<Value> {
        let items = list(of);
        placed(node, self.budget.test(items.len() as u64))?;
        let mut kept = Vec::new();
        self.each_item(node, &items, depth, condition, &mut |machine, item| {
            if machine.test(condition)? {
                kept.push(item.clone());
            }
            Ok(())
        })?;
        self.made(node, kept)
    }

    pub(super) fn map_items(&mut self, node: &'p Node, of: Value, depth: Depth, body: &'p Node) -> Outcome<Value> {
        if !is_list(&of) {
            if matches!(of, Value::Null) {
                return Ok(Value::Null);
            }
            self.enter(depth, Item::value(of));
            let value = self.eval(body);
            self.leave(depth);
            return value;
        }
        if let Some(value) = self.assign_items(node, &of, depth, body)? {
            return Ok(value);
        }
        let items = list(of);
        let mut mapped = Vec::with_capacity(items.len());
        self.each_item(node, &items, depth, body, &mut |machine, _| {
            placed(node, machine.budget.step())?;
            let value = machine.eval(body)?;
            placed(node, machine.budget.make(count(&value) * size_of::<Value>()))?;
            flatten(&mut mapped, value);
            Ok(())
        })?;
        self.made(node, mapped)
    }

    pub(super) fn order_items(&mut self, node: &'p Node, of: Value, depth: Depth, key: &'p Node) -> Outcome<Value> {
        let items = list(of);
        let mut keyed = Vec::with_capacity(items.len());
        self.each_item(node, &items, depth, key, &mut |machine, item| {
            keyed.push((machine.eval(key)?, item.clone()));
            Ok(())
        })?;
        keyed.sort_by(|(a, _), (b, _)| ops::order(a, b));
        self.made(node, keyed.into_iter().map(|(_, item)| item).collect())
    }

    /// Puts each item into the context and does something with it. Records among them are read together.
    fn each_item(
        &mut self,
        node: &'p Node,
        items: &[Value],
        depth: Depth,
        body: &'p Node,
        each: &mut dyn FnMut(&mut Self, &Value) -> Outcome<()>,
    ) -> Outcome<()> {
        let scope = self.remember_turns(&[body], Some(depth), &[]);
        for chunk in items.chunks(super::loader::GROUP) {
            self.loader.accompany_values(chunk);
            for item in chunk {
                if let Err(fault) = self.budget.tick() {
                    return Err(stopped(node, fault));
                }
                self.enter(depth, Item::value(item.clone()));
                each(self, item)?;
            }
        }
        self.leave(depth);
        self.forget(scope);
        Ok(())
    }

    /// An array that the script made.
    pub(super) fn made(&mut self, node: &Node, items: Vec<Value>) -> Outcome<Value> {
        let array = Value::array(items);
        placed(node, self.budget.make(super::size::held(&array)))?;
        Ok(array)
    }
}
