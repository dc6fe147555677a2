//! Names after a dot, and bare names of what is only known now.

use super::items::{count, flatten, is_list, list};
use super::{Machine, Outcome, placed};
use crate::ir::{Access, Depth, Node};
use crate::ops;
use crate::value::Value;
use model::{RecordAddress, TableId};
use std::sync::Arc;

impl<'p> Machine<'p, '_> {
    /// A field of a value that is there.
    pub(super) fn field_of_value(
        &mut self,
        node: &'p Node,
        of: &Value,
        table: TableId,
        access: Access,
    ) -> Outcome<Value> {
        if let Value::Record(record) = of {
            return self.field_of_record(node, *record, table, access);
        }
        if !is_list(of) {
            return Ok(Value::Null);
        }
        self.over_items(node, of.clone(), &mut |machine, item| match item {
            Value::Record(record) => machine.field_of_record(node, *record, table, access),
            _ => Ok(Value::Null),
        })
    }

    fn field_of_record(
        &mut self,
        node: &'p Node,
        record: RecordAddress,
        table: TableId,
        access: Access,
    ) -> Outcome<Value> {
        if record.table != table {
            return Ok(Value::Null);
        }
        match access {
            Access::Itself => Ok(Value::Record(record)),
            access => self.load(node, record, access),
        }
    }

    /// A name of what is not known before.
    #[inline(never)]
    pub(super) fn key(&mut self, node: &'p Node, of: &'p Node, name: &Arc<str>) -> Outcome<Value> {
        let of = self.eval(of)?;
        if is_list(&of) {
            return self.over_items(node, of, &mut |machine, item| machine.named(node, item, name));
        }
        self.named(node, &of, name)
    }

    fn named(&mut self, node: &'p Node, of: &Value, name: &str) -> Outcome<Value> {
        match of {
            Value::Object(object) => Ok(ops::key(object, name).cloned().unwrap_or_default()),
            Value::Record(record) => match self.access_named(*record, name) {
                Some(access) => self.field_of_record(node, *record, record.table, access),
                None => Ok(Value::Null),
            },
            _ => Ok(Value::Null),
        }
    }

    fn access_named(&self, record: RecordAddress, name: &str) -> Option<Access> {
        ops::field_of(self.schema.table(record.table).ok()?, name)
    }

    /// A bare name: of the innermost context that has it.
    #[inline(never)]
    pub(super) fn free_name(&mut self, node: &'p Node, name: &Arc<str>, contexts: &[Depth]) -> Outcome<Value> {
        // Innermost first; an exact spelling anywhere goes before one that differs in case.
        for exact in [true, false] {
            for depth in contexts {
                let this = self.context(*depth).this.clone();
                match &this {
                    Value::Object(object) => {
                        let found = object.entries.iter().find(|(key, _)| key == name);
                        match found {
                            Some((_, value)) => return Ok(value.clone()),
                            None if exact => {}
                            None => {
                                if let Some(value) = ops::key(object, name) {
                                    return Ok(value.clone());
                                }
                            }
                        }
                    }
                    Value::Record(record) => {
                        let Ok(table) = self.schema.table(record.table) else { continue };
                        let is_spelled = table.live_fields().any(|field| field.name.as_str() == name.as_ref());
                        if exact && !is_spelled {
                            continue;
                        }
                        if let Some(access) = ops::field_of(table, name) {
                            return self.field_of_record(node, *record, record.table, access);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(Value::Null)
    }

    /// Something of each item, flattened.
    fn over_items(
        &mut self,
        node: &'p Node,
        of: Value,
        each: &mut dyn FnMut(&mut Self, &Value) -> Outcome<Value>,
    ) -> Outcome<Value> {
        let items = list(of);
        let mut found = Vec::with_capacity(items.len());
        for chunk in items.chunks(super::loader::GROUP) {
            self.loader.accompany_values(chunk);
            for item in chunk {
                let value = each(self, item)?;
                placed(node, self.budget.make(count(&value) * size_of::<Value>()))?;
                flatten(&mut found, value);
            }
            placed(node, self.budget.look())?;
        }
        self.made(node, found)
    }
}
