//! The rules of the operators, one by one.

mod arithmetic;
mod assign;
mod compare;
mod laws;
mod text;
mod truth;

use crate::encode;
use crate::ops;
use crate::testing::{CUSTOMERS, INVOICES, MemoryHost};
use crate::value::{Choice, Multi, Value};
use model::time::{Day, Instant};
use model::{ChoiceId, FieldId, RecordAddress, RecordId, Schema, UserId};
use std::sync::Arc;

fn schema() -> Arc<Schema> {
    MemoryHost::sample().memory.schema
}

fn n(number: f64) -> Value {
    Value::Number(number)
}

fn t(text: &str) -> Value {
    Value::text(text)
}

fn d(iso: &str) -> Value {
    Value::Date(Day::parse(iso).unwrap().0)
}

fn dt(iso: &str) -> Value {
    Value::DateTime(Instant::parse(iso).unwrap().0)
}

/// An option of a customer's status: Lead 1, Active 2, Lost 3.
fn status(id: u32) -> Value {
    Value::Choice(Choice { table: CUSTOMERS, field: FieldId(6), id: ChoiceId(id) })
}

/// A customer's tags: vip 1, new 2, late 3.
fn tags(ids: &[u32]) -> Value {
    let ids = ids.iter().map(|id| ChoiceId(*id)).collect();
    Value::Multi(Arc::new(Multi { table: CUSTOMERS, field: FieldId(7), ids }))
}

fn record(number: u32) -> Value {
    Value::Record(RecordAddress { table: INVOICES, record: RecordId(number) })
}

fn list(items: &[Value]) -> Value {
    Value::array(items.to_vec())
}

fn json(value: &Value) -> String {
    let mut out = Vec::new();
    encode(value, &schema(), &mut out);
    String::from_utf8(out).unwrap()
}

fn object(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (Arc::from(*key), value.clone())).collect();
    Value::Object(Arc::new(crate::value::Object { entries }))
}

fn user(id: u32) -> Value {
    Value::User(UserId(id))
}
