//! Texts into parts and parts into texts.

use super::TEXT;
use crate::builtin::given::{given, items, named};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "split",
        signature: "split(t, separator)",
        summary: "The parts of a text between separators, empty ones too; without a separator its characters.",
        arity: (2, Some(2)),
        result: result::texts,
        examples: &[
            ("split(\"a,b\", \",\")", "[\"a\",\"b\"]"),
            ("split(\",a,,\", \",\")", "[\"\",\"a\",\"\",\"\"]"),
            ("split(\"né\", \"\")", "[\"n\",\"é\"]"),
            ("split(\"\", \",\")", "[\"\"]"),
            ("split(null, \",\")", "null"),
        ],
        call: split,
        ..TEXT
    },
    Builtin {
        name: "join",
        signature: "join(a, separator)",
        summary: "The text forms of the items with a separator between them; null is an empty text.",
        arity: (2, Some(2)),
        examples: &[
            ("join([\"a\", \"b\"], \"-\")", "\"a-b\""),
            ("join([1, null, true], \", \")", "\"1, , true\""),
            ("join([], \", \")", "\"\""),
            ("join(\"a\", \", \")", "\"a\""),
        ],
        call: |context, arguments| {
            let separator = context.text(&arguments[1])?.unwrap_or_default();
            joined(context, &arguments[0], &separator)
        },
        ..TEXT
    },
    Builtin {
        name: "concat",
        signature: "concat(a)",
        summary: "The text forms of the items with commas between them.",
        examples: &[("concat([\"a\", 1.5, null])", "\"a, 1.5, \""), ("concat(null)", "\"\"")],
        call: |context, arguments| joined(context, &arguments[0], ", "),
        ..TEXT
    },
];

fn split(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let separator = given!(context.text(&arguments[1])?);
    if separator.is_empty() {
        ops::check_items(text.chars().count())?;
        let mut buffer = [0; 4];
        return Ok(Value::array(text.chars().map(|c| Value::text(c.encode_utf8(&mut buffer))).collect()));
    }
    ops::check_items(text.matches(separator.as_ref()).count() + 1)?;
    Ok(Value::array(text.split(separator.as_ref()).map(Value::text).collect()))
}

fn joined(context: &mut Context<'_>, list: &Value, separator: &str) -> Result<Value, Fault> {
    let list = named(context.host, list)?;
    let schema = context.host.schema();
    let mut joined = Bounded::default();
    for (i, item) in items(&list).iter().enumerate() {
        if i > 0 {
            joined.push(separator)?;
        }
        ops::write_text(item, schema, &mut joined)?;
    }
    Ok(joined.into_value())
}
