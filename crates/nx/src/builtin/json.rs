//! Functions of objects and JSON.

use super::given::{given, takes};
use super::{Builtin, Group, result, row};
use crate::encode::write_json;
use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::value::{Object, Value};
use model::Json;
use std::sync::Arc;

const JSON: Builtin = row(Group::Json);

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "parseJSON",
        signature: "parseJSON(t)",
        summary: "The value that a JSON text is; anything else is an error.",
        examples: &[
            ("parseJSON(\"{\"\"b\"\": [1, null], \"\"a\"\": 1e2}\")", "{\"b\":[1,null],\"a\":100}"),
            ("parseJSON(\"\"\"x\"\"\")", "\"x\""),
            ("parseJSON(null)", "null"),
        ],
        call: |context, arguments| parse(&given!(context.text(&arguments[0])?)),
        ..JSON
    },
    Builtin {
        name: "formatJSON",
        signature: "formatJSON(x)",
        summary: "A value as compact JSON text, keys in their order.",
        result: result::text,
        examples: &[
            ("formatJSON({ b: [1, null], a: \"x\" })", "\"{\\\"b\\\":[1,null],\\\"a\\\":\\\"x\\\"}\""),
            ("formatJSON(\"é\")", "\"\\\"é\\\"\""),
            ("formatJSON(date(2024, 3, 15))", "\"\\\"2024-03-15\\\"\""),
            ("formatJSON(null)", "null"),
        ],
        call: |context, arguments| {
            if let Value::Null = arguments[0] {
                return Ok(Value::Null);
            }
            let mut text = Bounded::default();
            write_json(&arguments[0], context.host.schema(), &mut text)?;
            Ok(text.into_value())
        },
        ..JSON
    },
    Builtin {
        name: "setItem",
        signature: "setItem(object, key, x)",
        summary: "A new object with a key set, in its place or at the end.",
        arity: (3, Some(3)),
        result: result::object,
        examples: &[
            ("setItem({ a: 1, b: 2 }, \"a\", 3)", "{\"a\":3,\"b\":2}"),
            ("setItem({ a: 1 }, \"b\", null)", "{\"a\":1,\"b\":null}"),
            ("setItem({}, \"k k\", [1])", "{\"k k\":[1]}"),
            ("setItem(null, \"a\", 1)", "null"),
        ],
        call: |context, arguments| {
            let object = given!(object("setItem", &arguments[0])?);
            let key = given!(context.text(&arguments[1])?);
            ops::check_nesting(&arguments[2])?;
            let mut entries = object.entries.clone();
            match entries.iter_mut().find(|(there, _)| *there == key) {
                Some((_, value)) => *value = arguments[2].clone(),
                None => entries.push((key, arguments[2].clone())),
            }
            ops::check_items(entries.len())?;
            Ok(Value::Object(Arc::new(Object { entries })))
        },
        ..JSON
    },
    Builtin {
        name: "removeItem",
        signature: "removeItem(object, key)",
        summary: "A new object without a key.",
        arity: (2, Some(2)),
        result: result::object,
        examples: &[
            ("removeItem({ a: 1, b: 2 }, \"a\")", "{\"b\":2}"),
            ("removeItem({ a: 1 }, \"x\")", "{\"a\":1}"),
            ("removeItem(null, \"a\")", "null"),
        ],
        call: |context, arguments| {
            let object = given!(object("removeItem", &arguments[0])?);
            let key = given!(context.text(&arguments[1])?);
            let entries = object.entries.iter().filter(|(there, _)| *there != key).cloned().collect();
            Ok(Value::Object(Arc::new(Object { entries })))
        },
        ..JSON
    },
];

fn object(function: &str, value: &Value) -> Result<Option<Arc<Object>>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object.clone())),
        other => Err(takes(function, "an object", other)),
    }
}

fn parse(text: &str) -> Result<Value, Fault> {
    // What reads JSON follows 128 levels; we follow fewer.
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let shown: String = text.chars().take(50).collect();
        Fault::script(format!("parseJSON takes JSON, not \"{shown}\": {error}"))
    })?;
    let value = ops::from_json(&json);
    ops::check_nesting(&value)?;
    Ok(value)
}
