//! Writes. Each is carried out at once, in its place in the order of the script.

use super::items::{is_list, list};
use super::{Machine, Outcome, placed, stopped};
use crate::fault::Fault;
use crate::ir::{Access, Depth, Kind, Node};
use crate::ops;
use crate::value::Value;
use model::change::{Children, NewRecord, RecordSet, RecordUpdate};
use model::{Change, Field, FieldId, RecordAddress, RecordId, Slot, TableId};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

impl<'p> Machine<'p, '_> {
    #[inline(never)]
    pub(super) fn create(&mut self, node: &'p Node, table: TableId) -> Outcome<Value> {
        placed(node, self.budget.step())?;
        let made = self.change(node, Change::CreateRecords { table, records: vec![NewRecord::default()] })?;
        match made.first() {
            Some(record) => Ok(super::plan::record(table, *record)),
            None => Err(stopped(node, Fault::script("create made no record"))),
        }
    }

    #[inline(never)]
    pub(super) fn delete(&mut self, node: &'p Node, of: &'p Node) -> Outcome<Value> {
        let mut records: BTreeMap<TableId, Vec<RecordId>> = BTreeMap::new();
        for item in list(self.eval(of)?) {
            match item {
                Value::Record(address) => records.entry(address.table).or_default().push(address.record),
                Value::Null => {}
                other => {
                    let what = format!("delete takes records, not {}", ops::type_name(&other));
                    return Err(stopped(node, Fault::script(what)));
                }
            }
        }
        for (table, records) in records {
            let records = RecordSet::of(records);
            self.change(node, Change::DeleteRecords { table, records, children: Children::Delete })?;
        }
        Ok(Value::Null)
    }

    #[inline(never)]
    pub(super) fn assign(
        &mut self,
        node: &'p Node,
        of: &'p Node,
        table: TableId,
        field: FieldId,
        value: &'p Node,
    ) -> Outcome<Value> {
        let targets = self.eval(of)?;
        let value = self.eval(value)?;
        let records = self.targets(node, targets)?;
        self.write(node, records.into_iter().filter(|record| record.table == table), field, &value)?;
        Ok(value)
    }

    #[inline(never)]
    pub(super) fn assign_key(
        &mut self,
        node: &'p Node,
        of: &'p Node,
        name: &Arc<str>,
        value: &'p Node,
    ) -> Outcome<Value> {
        let targets = self.eval(of)?;
        let value = self.eval(value)?;
        let mut of_fields: BTreeMap<(TableId, FieldId), Vec<RecordAddress>> = BTreeMap::new();
        for record in self.targets(node, targets)? {
            let table = self.schema.table(record.table).ok();
            match table.and_then(|table| ops::field_of(table, name)) {
                Some(Access::Field(field)) => of_fields.entry((record.table, field)).or_default().push(record),
                Some(Access::System(_) | Access::Itself) | None => {
                    let what = format!("there is no field \"{name}\" to assign to");
                    return Err(stopped(node, Fault::script(what)));
                }
            }
        }
        for ((_, field), records) in of_fields {
            self.write(node, records.into_iter(), field, &value)?;
        }
        Ok(value)
    }

    /// The records that an assignment is about; null is none.
    fn targets(&self, node: &Node, of: Value) -> Outcome<Vec<RecordAddress>> {
        let record = |item| match item {
            Value::Record(record) => Some(Ok(record)),
            Value::Null => None,
            other => {
                let what =
                    format!("only fields of records can be assigned to, not those of {}", ops::type_name(&other));
                Some(Err(stopped(node, Fault::script(what))))
            }
        };
        list(of).into_iter().filter_map(record).collect()
    }

    /// Writes one value into a field of these records.
    fn write(
        &mut self,
        node: &Node,
        records: impl Iterator<Item = RecordAddress>,
        field: FieldId,
        value: &Value,
    ) -> Outcome<()> {
        let mut of_tables: BTreeMap<TableId, Vec<RecordId>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for record in records {
            // A record that is there twice is written once.
            if seen.insert(record) {
                of_tables.entry(record.table).or_default().push(record.record);
            }
        }
        for (table, records) in of_tables {
            let kept = self.kept(node, table, field, value)?;
            let update = |record| RecordUpdate { record, values: vec![(Slot::plain(field), kept.clone())] };
            let updates = records.into_iter().map(update).collect();
            self.change(node, Change::UpdateRecords { table, updates })?;
        }
        Ok(())
    }

    /// What a field keeps of a value; the refusal names the field.
    fn kept(&self, node: &Node, table: TableId, field: FieldId, value: &Value) -> Outcome<model::Value> {
        let schema = Arc::clone(&self.schema);
        let found = schema.table(table).and_then(|table| table.field(field));
        let field: &Field = placed(node, found)?;
        ops::assign(value, &field.kind, &schema).map_err(|fault| {
            let fault = match fault {
                Fault::Script(why) => Fault::Script(format!("the field \"{}\" {why}", field.name)),
                other => other,
            };
            stopped(node, fault)
        })
    }

    pub(super) fn change(&mut self, node: &Node, change: Change) -> Outcome<Vec<RecordId>> {
        self.loader.clear();
        self.budget.spent.writes += 1;
        let made = self.host.change(change);
        let made = placed(node, made)?;
        placed(node, self.budget.look())?;
        Ok(made)
    }

    /// `records.(F := e)`: one change instead of one for each record, where the records are different ones and `e` reads
    /// nothing but cells of its own record. None when it is something else.
    pub(super) fn assign_items(
        &mut self,
        node: &'p Node,
        of: &Value,
        depth: Depth,
        body: &'p Node,
    ) -> Outcome<Option<Value>> {
        let Some((table, field, value)) = plain_assignment(body, depth) else { return Ok(None) };
        if !is_list(of) || !self.traits(value).is_steady() || !self.reads_own_cells(value, depth) {
            return Ok(None);
        }
        let items = list(of.clone());
        let mut seen = HashSet::new();
        let alike =
            |item: &Value| matches!(item, Value::Record(record) if record.table == table && seen.insert(*record));
        if !items.iter().all(alike) {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(items.len());
        let mut updates = Vec::with_capacity(items.len());
        for chunk in items.chunks(super::loader::GROUP) {
            self.loader.accompany_values(chunk);
            for item in chunk {
                let Value::Record(address) = item else { continue };
                placed(node, self.budget.step())?;
                self.enter(depth, super::frame::Item::value(item.clone()));
                let value = self.eval(value)?;
                let kept = self.kept(body, table, field, &value)?;
                updates.push(RecordUpdate { record: address.record, values: vec![(Slot::plain(field), kept)] });
                super::items::flatten(&mut values, value);
            }
        }
        self.leave(depth);
        if !updates.is_empty() {
            self.change(body, Change::UpdateRecords { table, updates })?;
        }
        self.made(node, values).map(Some)
    }

    /// Whether an expression reads no more than stored cells of the record of the context: nothing that the writes to
    /// other records change.
    fn reads_own_cells(&self, node: &Node, depth: Depth) -> bool {
        match &node.kind {
            Kind::Field { of, table, access } => {
                let is_own = matches!(&of.kind, Kind::This(own) if *own == depth);
                is_own
                    && match access {
                        Access::Field(id) => {
                            let field = self.schema.table(*table).and_then(|table| table.field(*id));
                            field.is_ok_and(|field| field.kind.storage() != model::kind::Storage::Derived)
                        }
                        Access::System(_) | Access::Itself => true,
                    }
            }
            Kind::Select(_) | Kind::Key { .. } | Kind::FreeName { .. } | Kind::CallFunction { .. } => false,
            Kind::Call { builtin, .. } if builtin.effect != crate::builtin::Effect::Pure => false,
            _ => node.children().into_iter().all(|child| self.reads_own_cells(child, depth)),
        }
    }
}

/// The field and value of a body that assigns one field of its own record.
fn plain_assignment(body: &Node, depth: Depth) -> Option<(TableId, FieldId, &Node)> {
    match &body.kind {
        Kind::Block(nodes) if nodes.len() == 1 => plain_assignment(&nodes[0], depth),
        Kind::Assign { of, table, field, value } => match &of.kind {
            Kind::This(own) if *own == depth => Some((*table, *field, value)),
            _ => None,
        },
        _ => None,
    }
}
