//! Lists in another order or with fewer items, and single items of them.

use super::{COLLECTIONS, unique};
use crate::builtin::given::{given, items, takes};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "unique",
        signature: "unique(a)",
        summary: "The items without those that equal an earlier one.",
        result: result::items,
        examples: &[
            ("unique([2, 1, 2, null, 1, null])", "[2,1,null]"),
            ("unique([\"a\", \"A\", \"a\"])", "[\"a\",\"A\"]"),
            ("unique([null, \"\", 0])", "[null,0]"),
            ("unique([[1], [1], { a: 1 }])", "[[1],{\"a\":1}]"),
            ("unique(null)", "[]"),
        ],
        call: |context, arguments| unique::unique(&items(&arguments[0]), context.host.schema()),
        ..COLLECTIONS
    },
    Builtin {
        name: "sort",
        signature: "sort(a)",
        summary: "The items in ascending order: nulls, numbers and dates, texts by code points, records.",
        result: result::items,
        examples: &[
            ("sort([3, 1, 2])", "[1,2,3]"),
            ("sort([\"b\", \"é\", \"A\", null, 2])", "[null,2,\"A\",\"b\",\"é\"]"),
            ("sort([])", "[]"),
        ],
        call: |_, arguments| {
            let mut sorted = items(&arguments[0]).into_owned();
            sorted.sort_by(ops::order);
            Ok(Value::array(sorted))
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "rsort",
        signature: "rsort(a)",
        summary: "The items in descending order.",
        result: result::items,
        examples: &[("rsort([3, null, 10])", "[10,3,null]"), ("rsort(\"x\")", "[\"x\"]")],
        call: |_, arguments| {
            let mut sorted = items(&arguments[0]).into_owned();
            sorted.sort_by(|a, b| ops::order(b, a));
            Ok(Value::array(sorted))
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "item",
        signature: "item(a, n) or item(object, key)",
        summary: "The item at a place counted from 0, or the value of a key; null when there is none.",
        arity: (2, Some(2)),
        result: |types| match types.first() {
            Some(crate::types::Type::Object) => crate::types::Type::Any,
            _ => result::item(types),
        },
        examples: &[
            ("item([\"a\", \"b\"], 1)", "\"b\""),
            ("item([\"a\"], 1)", "null"),
            ("item([\"a\"], -1)", "null"),
            ("item({ a: 1 }, \"a\")", "1"),
            ("item({ a: 1 }, \"b\")", "null"),
            ("item(\"x\", 0)", "\"x\""),
            ("item(null, 0)", "null"),
        ],
        call: item,
        ..COLLECTIONS
    },
];

fn item(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    match (&arguments[0], &arguments[1]) {
        (_, Value::Null) => Ok(Value::Null),
        (Value::Object(object), key) => {
            let key = given!(context.text(key)?);
            Ok(ops::key(object, &key).cloned().unwrap_or_default())
        }
        (list, place) => match ops::to_number(place) {
            Some(place) => Ok(ops::item(list, place).unwrap_or_default()),
            None => Err(takes("item", "a place in the list", place)),
        },
    }
}
