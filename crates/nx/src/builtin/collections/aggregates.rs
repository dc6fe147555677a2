//! Sums and counts.

use super::COLLECTIONS;
use super::sum::Sum;
use crate::builtin::given::items;
use crate::builtin::{Builtin, result};
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "sum",
        signature: "sum(a)",
        summary: "The sum of the numbers; of lengths of time a length of time; null of nothing.",
        result: result::measure,
        examples: &[
            ("sum([1, 2, null, 3.5])", "6.5"),
            ("sum([])", "null"),
            ("sum([null])", "null"),
            ("sum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])", "1"),
            ("sum([\"4\", \"x\", true])", "5"),
            ("sum([timeinterval(1000), timeinterval(500)])", "\"0:00:01.500\""),
            ("sum(5)", "5"),
            ("sum(null)", "null"),
        ],
        call: |_, arguments| Ok(measured(&arguments[0], Sum::total)),
        ..COLLECTIONS
    },
    Builtin {
        name: "avg",
        signature: "avg(a)",
        summary: "The average of the numbers; null of nothing.",
        result: result::measure,
        examples: &[
            ("avg([1, 2, null, 6])", "3"),
            ("avg([])", "null"),
            ("avg([timeinterval(1000), timeinterval(2000)])", "\"0:00:01.500\""),
        ],
        call: |_, arguments| Ok(measured(&arguments[0], Sum::average)),
        ..COLLECTIONS
    },
    Builtin {
        name: "cnt",
        signature: "cnt(a)",
        summary: "How many items are not null.",
        result: result::number,
        examples: &[("cnt([1, null, \"\"])", "2"), ("cnt([])", "0"), ("cnt(null)", "0"), ("cnt(\"x\")", "1")],
        call: |_, arguments| Ok(count(&arguments[0])),
        ..COLLECTIONS
    },
    Builtin {
        name: "count",
        signature: "count(a)",
        summary: "As `cnt`.",
        result: result::number,
        examples: &[("count([1, null, 3])", "2")],
        call: |_, arguments| Ok(count(&arguments[0])),
        ..COLLECTIONS
    },
];

/// A measure of the items that are numbers, or that text says are; the others are left out as nulls are.
fn measured(list: &Value, measure: fn(&Sum) -> Option<f64>) -> Value {
    let (mut sum, mut only_intervals) = (Sum::default(), true);
    for item in items(list).iter() {
        if let Some(number) = ops::to_number(item) {
            sum.add(number);
            only_intervals &= matches!(item, Value::Interval(_));
        }
    }
    match measure(&sum) {
        Some(ms) if only_intervals => ops::interval(ms.round()),
        Some(number) => Value::number(number),
        None => Value::Null,
    }
}

fn count(list: &Value) -> Value {
    let count = match list {
        Value::Array(items) => items.iter().filter(|item| !matches!(item, Value::Null)).count(),
        Value::Multi(multi) => multi.ids.len(),
        Value::Null => 0,
        _ => 1,
    };
    Value::Number(count as f64)
}
