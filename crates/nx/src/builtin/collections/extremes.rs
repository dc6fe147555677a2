//! The least and the greatest, the first and the last.

use super::COLLECTIONS;
use crate::builtin::given::items;
use crate::builtin::{Builtin, result};
use crate::ops;
use crate::value::Value;
use std::cmp::Ordering;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "min",
        signature: "min(a) or min(x, y, ...)",
        summary: "The least item in the order of values; nulls are left out, null of nothing.",
        arity: (1, None),
        result: result::joined,
        examples: &[
            ("min([3, 1, 2])", "1"),
            ("min([null, 5])", "5"),
            ("min(\"b\", \"B\")", "\"B\""),
            ("min([date(2024, 3, 15), date(2024, 1, 1)])", "\"2024-01-01\""),
            ("min([])", "null"),
        ],
        call: |_, arguments| Ok(extreme(arguments, Ordering::Less)),
        ..COLLECTIONS
    },
    Builtin {
        name: "max",
        signature: "max(a) or max(x, y, ...)",
        summary: "The greatest item in the order of values; nulls are left out, null of nothing.",
        arity: (1, None),
        result: result::joined,
        examples: &[("max(3, 9)", "9"), ("max([3, 1], 2)", "3"), ("max([-1, null])", "-1"), ("max(null)", "null")],
        call: |_, arguments| Ok(extreme(arguments, Ordering::Greater)),
        ..COLLECTIONS
    },
    Builtin {
        name: "first",
        signature: "first(a)",
        summary: "The first item; null of nothing.",
        result: result::item,
        examples: &[("first([7, 8])", "7"), ("first([])", "null"), ("first(7)", "7"), ("first([null, 1])", "null")],
        call: |_, arguments| {
            Ok(match &arguments[0] {
                Value::Array(items) => items.first().cloned().unwrap_or_default(),
                list => items(list).first().cloned().unwrap_or_default(),
            })
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "last",
        signature: "last(a)",
        summary: "The last item; null of nothing.",
        result: result::item,
        examples: &[("last([7, 8])", "8"), ("last([])", "null"), ("last(null)", "null")],
        call: |_, arguments| Ok(items(&arguments[0]).last().cloned().unwrap_or_default()),
        ..COLLECTIONS
    },
];

/// Of several, the first is kept.
fn extreme(arguments: &[Value], direction: Ordering) -> Value {
    let mut best: Option<Value> = None;
    for list in arguments {
        for item in items(list).iter().filter(|item| !matches!(item, Value::Null)) {
            if best.as_ref().is_none_or(|best| ops::order(item, best) == direction) {
                best = Some(item.clone());
            }
        }
    }
    best.unwrap_or_default()
}
