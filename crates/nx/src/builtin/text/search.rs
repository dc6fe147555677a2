//! Whether and where a text or array has something.

use super::{TEXT, length};
use crate::builtin::given::{given, items};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "index",
        signature: "index(t or a, x)",
        summary: "Where a text or array has x first, counted from 0; -1 when nowhere.",
        arity: (2, Some(2)),
        result: result::number,
        examples: &[
            ("index(\"Hello\", \"l\")", "2"),
            ("index(\"Böhmer\", \"h\")", "2"),
            ("index(\"Hello\", \"x\")", "-1"),
            ("index([\"a\", \"b\"], \"b\")", "1"),
            ("index([1, null], null)", "1"),
            ("index(null, \"x\")", "-1"),
        ],
        call: |context, arguments| {
            Ok(place(context, arguments)?.map_or(Value::Null, |place| Value::Number(place as f64)))
        },
        ..TEXT
    },
    Builtin {
        name: "contains",
        signature: "contains(t or a, x)",
        summary: "Whether a text or array has x; case counts.",
        arity: (2, Some(2)),
        result: result::boolean,
        examples: &[
            ("contains(\"Hello\", \"ell\")", "true"),
            ("contains(\"Hello\", \"ELL\")", "false"),
            ("contains([1, 2], 2)", "true"),
            ("contains(null, \"x\")", "false"),
            ("contains(\"Hello\", null)", "null"),
        ],
        call: |context, arguments| match (&arguments[0], &arguments[1]) {
            (Value::Text(text), Value::Text(part)) => Ok(Value::Bool(text.contains(part.as_ref()))),
            _ => Ok(place(context, arguments)?.map_or(Value::Null, |place| Value::Bool(place >= 0))),
        },
        ..TEXT
    },
    Builtin {
        name: "startsWith",
        signature: "startsWith(t, x)",
        summary: "Whether a text starts with x; case counts.",
        arity: (2, Some(2)),
        result: result::boolean,
        examples: &[
            ("startsWith(\"Hello\", \"He\")", "true"),
            ("startsWith(\"Hello\", \"he\")", "false"),
            ("startsWith(null, \"x\")", "null"),
        ],
        call: |context, arguments| {
            let text = given!(context.text(&arguments[0])?);
            Ok(Value::Bool(text.starts_with(given!(context.text(&arguments[1])?).as_ref())))
        },
        ..TEXT
    },
    Builtin {
        name: "endsWith",
        signature: "endsWith(t, x)",
        summary: "Whether a text ends with x; case counts.",
        arity: (2, Some(2)),
        result: result::boolean,
        examples: &[("endsWith(\"Hello\", \"lo\")", "true"), ("endsWith(\"Hello\", \"l\")", "false")],
        call: |context, arguments| {
            let text = given!(context.text(&arguments[0])?);
            Ok(Value::Bool(text.ends_with(given!(context.text(&arguments[1])?).as_ref())))
        },
        ..TEXT
    },
    Builtin {
        name: "replace",
        signature: "replace(t, find, by)",
        summary: "The text with every occurrence of a text replaced, as it is written.",
        arity: (3, Some(3)),
        examples: &[
            ("replace(\"banana\", \"a\", \"o\")", "\"bonono\""),
            ("replace(\"a.b.c\", \".\", \"\")", "\"abc\""),
            ("replace(\"aaa\", \"aa\", \"b\")", "\"ba\""),
            ("replace(\"abc\", \"\", \"x\")", "\"abc\""),
            ("replace(null, \"a\", \"o\")", "null"),
        ],
        call: replace,
        ..TEXT
    },
];

/// The place of the second argument in the first, -1 when nowhere; none when a text is sought by null.
fn place(context: &mut Context<'_>, arguments: &[Value]) -> Result<Option<i64>, Fault> {
    let at = |found: Option<usize>| found.map_or(-1, |place| i64::try_from(place).unwrap_or(i64::MAX));
    match &arguments[0] {
        Value::Null => Ok(Some(-1)),
        list @ (Value::Array(_) | Value::Multi(_)) => {
            let schema = context.host.schema();
            Ok(Some(at(items(list).iter().position(|item| ops::equal(item, &arguments[1], schema)))))
        }
        value => {
            let (Some(text), Some(part)) = (context.text(value)?, context.text(&arguments[1])?) else {
                return Ok(None);
            };
            Ok(Some(at(text.find(part.as_ref()).map(|found| length(&text[..found])))))
        }
    }
}

fn replace(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let (find, by) = (given!(context.text(&arguments[1])?), given!(context.text(&arguments[2])?));
    if find.is_empty() {
        return Ok(Value::Text(text));
    }
    let mut replaced = Bounded::default();
    for (i, part) in text.split(find.as_ref()).enumerate() {
        if i > 0 {
            replaced.push(&by)?;
        }
        replaced.push(part)?;
    }
    Ok(replaced.into_value())
}
