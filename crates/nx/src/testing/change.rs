//! What a script does to records, in memory: all of a change or nothing of it.

use super::Memory;
use model::change::{NewRecord, RecordSet, RecordUpdate};
use model::evaluate::{Row, World};
use model::field::DefaultValue;
use model::kind::reverse::Reverse;
use model::{
    Change, Error, Field, FieldId, Kind, LocaleId, Path, RecordAddress, RecordId, Result, Rule, Slot, Subject, TableId,
    UserId, Value,
};
use std::collections::BTreeMap;

impl Memory {
    /// Carries a change of records out; the records it made.
    pub fn change(&mut self, change: Change, user: Option<UserId>) -> Result<Vec<RecordId>> {
        let mut after = self.clone();
        after.seq += 1;
        let made = match change {
            Change::CreateRecords { table, records } => {
                records.into_iter().map(|record| after.create(table, record, user)).collect::<Result<Vec<_>>>()?
            }
            Change::UpdateRecords { table, updates } => {
                updates.into_iter().try_for_each(|update| after.update(table, update, user))?;
                Vec::new()
            }
            Change::DeleteRecords { table, records, .. } => {
                after.delete(table, &records)?;
                Vec::new()
            }
            other => return Err(Error::Internal(format!("the host in memory only changes records, not {other:?}"))),
        };
        *self = after;
        Ok(made)
    }

    fn create(&mut self, table: TableId, new: NewRecord, user: Option<UserId>) -> Result<RecordId> {
        let definition = self.schema.table(table)?.clone();
        let next = self.next.entry(table).or_insert(1);
        let id = new.id.unwrap_or(RecordId(*next));
        *next = (*next).max(id.0 + 1);
        let address = RecordAddress { table, record: id };
        if self.row(address).is_some() {
            return Err(Error::Conflict(format!("record {} is there already", id.0)));
        }
        let mut values = new.values;
        if !new.without_defaults {
            for field in definition.live_fields() {
                let given = values.iter().any(|(slot, _)| slot.field == field.id);
                if let Some(value) = field.default.as_ref().filter(|_| !given).map(|d| self.default(d, field, user)) {
                    values.push((Slot::plain(field.id), value));
                }
            }
        }
        let row = Row {
            table,
            id,
            created_at: self.now.0,
            created_by: user,
            modified_at: None,
            modified_by: None,
            seq: self.seq,
            parent: None,
            rank: String::new(),
            valid: true,
            values: BTreeMap::new(),
        };
        self.rows.entry(table).or_default().insert(id, row);
        values.into_iter().try_for_each(|(slot, value)| self.put(address, slot, value))?;
        Ok(id)
    }

    fn default(&self, default: &DefaultValue, field: &Field, user: Option<UserId>) -> Value {
        match default {
            DefaultValue::Fixed(value) => value.clone(),
            DefaultValue::Now if matches!(field.kind, Kind::Date(_)) => Value::Date(self.now.utc_day().0),
            DefaultValue::Now => Value::Instant(self.now.0),
            DefaultValue::Me => user.map(Value::User).unwrap_or_default(),
            // This host runs no scripts of its own.
            DefaultValue::Script(_) => Value::Null,
        }
    }

    fn update(&mut self, table: TableId, update: RecordUpdate, user: Option<UserId>) -> Result<()> {
        let address = RecordAddress { table, record: update.record };
        let (now, seq) = (self.now.0, self.seq);
        let row =
            self.row_mut(address).ok_or_else(|| Error::not_found(Subject::Record, update.record.0.to_string()))?;
        (row.modified_at, row.modified_by, row.seq) = (Some(now), user, seq);
        update.values.into_iter().try_for_each(|(slot, value)| self.put(address, slot, value))
    }

    fn delete(&mut self, table: TableId, records: &RecordSet) -> Result<()> {
        self.schema.table(table)?;
        for record in records.iter() {
            let gone = RecordAddress { table, record };
            if let Some(rows) = self.rows.get_mut(&table) {
                rows.remove(&record);
            }
            for row in self.rows.values_mut().flat_map(BTreeMap::values_mut) {
                row.values.values_mut().for_each(|value| unlink(value, gone));
            }
        }
        Ok(())
    }

    /// Judges a value and puts it into its place.
    fn put(&mut self, address: RecordAddress, slot: Slot, value: Value) -> Result<()> {
        let schema = self.schema.clone();
        let field = schema.table(address.table)?.field(slot.field)?;
        let at = || Path::field(field.id, &field.name);
        if !field.is_writable() {
            return Err(Error::invalid(at(), Rule::ReadOnly));
        }
        field.kind.check(&value).map_err(|rule| Error::invalid(at(), rule))?;
        if targets(&value).iter().any(|target| self.row(*target).is_none()) {
            return Err(Error::invalid(at(), Rule::TargetRecord));
        }
        if let Kind::Reverse(reverse) = &field.kind {
            return self.put_reverse(address, reverse, &targets(&value));
        }
        let locale = match field.columns.first() {
            Some(first) if slot.locale == LocaleId::NONE => first.locale,
            Some(_) | None => slot.locale,
        };
        if let Some(row) = self.row_mut(address) {
            row.values.insert(Slot { field: slot.field, locale }, value);
        }
        Ok(())
    }

    /// Exactly these records point at the record through the link field.
    fn put_reverse(&mut self, address: RecordAddress, reverse: &Reverse, owners: &[RecordAddress]) -> Result<()> {
        let schema = self.schema.clone();
        let link = schema.table(reverse.table)?.field(reverse.field)?;
        let slot = Slot::plain(reverse.field);
        for row in self.rows.get_mut(&reverse.table).into_iter().flat_map(BTreeMap::values_mut) {
            let value = row.values.entry(slot).or_default();
            unlink(value, address);
            if owners.contains(&RecordAddress { table: row.table, record: row.id }) {
                *value = match (&link.kind, std::mem::take(value)) {
                    (Kind::Links(_), Value::References(mut list)) => {
                        list.push(address);
                        Value::References(list)
                    }
                    (Kind::Links(_), _) => Value::References(vec![address]),
                    _ => Value::Reference(address),
                };
            }
        }
        Ok(())
    }

    fn row_mut(&mut self, address: RecordAddress) -> Option<&mut Row> {
        self.rows.get_mut(&address.table)?.get_mut(&address.record)
    }

    /// Puts a value where no change may: what a test finds when it begins.
    pub fn set(&mut self, table: TableId, record: u32, values: &[(u32, Value)]) {
        let (record, now) = (RecordId(record), self.now.0);
        let next = self.next.entry(table).or_insert(1);
        *next = (*next).max(record.0 + 1);
        let row = self.rows.entry(table).or_default().entry(record).or_insert_with(|| Row {
            table,
            id: record,
            created_at: now,
            created_by: None,
            modified_at: None,
            modified_by: None,
            seq: 0,
            parent: None,
            rank: String::new(),
            valid: true,
            values: BTreeMap::new(),
        });
        row.values.extend(values.iter().map(|(field, value)| (Slot::plain(FieldId(*field)), value.clone())));
    }
}

/// The records that a value points at.
fn targets(value: &Value) -> Vec<RecordAddress> {
    match value {
        Value::Reference(address) => vec![*address],
        Value::References(list) => list.clone(),
        _ => Vec::new(),
    }
}

/// Takes a record out of a link.
fn unlink(value: &mut Value, gone: RecordAddress) {
    match value {
        Value::Reference(address) if *address == gone => *value = Value::Null,
        Value::References(list) => list.retain(|address| *address != gone),
        _ => {}
    }
}
