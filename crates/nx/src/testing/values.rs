//! Random values: of every type, with the edges that mistakes love.

use super::{CUSTOMERS, INVOICES};
use crate::value::{Choice, Multi, Object, Value};
use model::{ChoiceId, FieldId, RecordAddress, RecordId, UserId};
use proptest::prelude::*;
use std::sync::Arc;

/// A value of any type; what it names is in [`super::MemoryHost::sample`], or is not.
pub fn any_value() -> impl Strategy<Value = Value> {
    any_scalar().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::array),
            proptest::collection::vec(("[a-cA ]{0,2}", inner), 0..4).prop_map(|entries| {
                let mut unique: Vec<(Arc<str>, Value)> = Vec::new();
                for (key, value) in entries {
                    if unique.iter().all(|(there, _)| there.as_ref() != key) {
                        unique.push((Arc::from(key), value));
                    }
                }
                Value::Object(Arc::new(Object { entries: unique }))
            }),
        ]
    })
}

fn any_scalar() -> impl Strategy<Value = Value> {
    let far = 100_000_000;
    let choice = |id: u32| Value::Choice(Choice { table: CUSTOMERS, field: FieldId(6), id: ChoiceId(id) });
    let multi = |ids: Vec<u32>| {
        let ids = ids.into_iter().map(ChoiceId).collect();
        Value::Multi(Arc::new(Multi { table: CUSTOMERS, field: FieldId(7), ids }))
    };
    let record = |number: u32| Value::Record(RecordAddress { table: INVOICES, record: RecordId(number) });
    let texts = ["", " ", "Active", "new", "42", "-1e3", "2024-02-29", "{\"a\":[1]}", "(a|b)*$", "%41%ff", "x <1,2>"];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::number),
        (-4i32..40).prop_map(|number| Value::Number(f64::from(number))),
        prop::sample::select(vec![0.5, -2.5, 1e21, -1e-7, 9_007_199_254_740_993.0, f64::MAX]).prop_map(Value::Number),
        "\\PC{0,6}".prop_map(Value::text),
        prop::sample::select(texts.to_vec()).prop_map(Value::text),
        (-far..=far).prop_map(Value::Date),
        (-1000i32..30_000).prop_map(Value::Date),
        (-i64::from(far) * 86_400_000..=i64::from(far) * 86_400_000).prop_map(Value::DateTime),
        (0i64..86_400_000).prop_map(Value::Time),
        any::<i64>().prop_map(|ms| Value::Interval(ms / 1024)),
        (0i64..1 << 40, 0i64..1 << 30).prop_map(|(start, length)| Value::Appointment { start, end: start + length }),
        (1u32..5).prop_map(choice),
        proptest::collection::vec(1u32..5, 0..3).prop_map(multi),
        (1u32..6).prop_map(record),
        (4u32..7).prop_map(|id| Value::User(UserId(id))),
    ]
}
