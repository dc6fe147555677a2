//! Length, parts by position, and filling up.

use super::{TEXT, length, offset};
use crate::builtin::given::{given, items, optional, takes, whole};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops::Bounded;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "length",
        signature: "length(t or a)",
        summary: "How many characters a text has, or items an array or keys an object; 0 of null.",
        result: result::number,
        examples: &[
            ("length(\"Ninox\")", "5"),
            ("length(\"é😀\")", "2"),
            ("length([1, null, 3])", "3"),
            ("length(null)", "0"),
            ("length(1234)", "4"),
        ],
        call: |context, arguments| {
            let count = match &arguments[0] {
                Value::Array(items) => items.len(),
                Value::Multi(multi) => multi.ids.len(),
                Value::Object(object) => object.entries.len(),
                value => context.text(value)?.map_or(0, |text| length(&text)),
            };
            Ok(Value::Number(count as f64))
        },
        ..TEXT
    },
    Builtin {
        name: "substr",
        signature: "substr(t, start [, length])",
        summary: "The part of a text from a position on, counted from 0; a negative one counts from the end.",
        arity: (2, Some(3)),
        examples: &[
            ("substr(\"Ninox\", 2, 2)", "\"no\""),
            ("substr(\"Ninox\", 2)", "\"nox\""),
            ("substr(\"Ninox\", 9, 2)", "\"\""),
            ("substr(\"Ninox\", -3, 2)", "\"no\""),
            ("substr(\"Ninox\", 2, -1)", "\"\""),
            ("substr(\"Böhmer\", 1, 1)", "\"ö\""),
            ("substr(null, 1)", "null"),
        ],
        call: substr,
        ..TEXT
    },
    Builtin {
        name: "substring",
        signature: "substring(t, start [, end])",
        summary: "The part of a text between two positions, the end not included; the smaller of the two is the start.",
        arity: (2, Some(3)),
        examples: &[
            ("substring(\"Ninox\", 1, 3)", "\"in\""),
            ("substring(\"Ninox\", 3, 1)", "\"in\""),
            ("substring(\"Ninox\", -5, 2)", "\"Ni\""),
            ("substring(\"Ninox\", 3, 99)", "\"ox\""),
            ("substring(null, 1, 3)", "null"),
        ],
        call: substring,
        ..TEXT
    },
    Builtin {
        name: "slice",
        signature: "slice(t or a, start [, end])",
        summary: "The part of a text or array between two positions, the end not included; negative ones count from the end.",
        arity: (2, Some(3)),
        result: result::part,
        examples: &[
            ("slice(\"Mermaid\", 3, 7)", "\"maid\""),
            ("slice(\"Mermaid\", -4)", "\"maid\""),
            ("slice(\"Mermaid\", 1, -1)", "\"ermai\""),
            ("slice([1, 2, 3, 4], 1, 3)", "[2,3]"),
            ("slice([1, 2, 3], 5)", "[]"),
            ("slice(null, 1, 2)", "null"),
        ],
        call: slice,
        ..TEXT
    },
    Builtin {
        name: "lpad",
        signature: "lpad(t, n [, pad])",
        summary: "The text filled up at its left to n characters; never cut.",
        arity: (2, Some(3)),
        examples: &[
            ("lpad(\"42\", 6, \"0\")", "\"000042\""),
            ("lpad(7, 3, \"0\")", "\"007\""),
            ("lpad(\"x\", 4, \"ab\")", "\"abax\""),
            ("lpad(\"long\", 2, \"0\")", "\"long\""),
            ("lpad(null, 2, \"0\")", "null"),
        ],
        call: |context, arguments| padded(context, "lpad", arguments, |text, pad| [pad, text]),
        ..TEXT
    },
    Builtin {
        name: "rpad",
        signature: "rpad(t, n [, pad])",
        summary: "The text filled up at its right to n characters; never cut.",
        arity: (2, Some(3)),
        examples: &[
            ("rpad(\"42\", 4, \".\")", "\"42..\""),
            ("rpad(\"é\", 3, \"ab\")", "\"éab\""),
            ("rpad(\"x\", 3, \"\")", "\"x\""),
        ],
        call: |context, arguments| padded(context, "rpad", arguments, |text, pad| [text, pad]),
        ..TEXT
    },
];

fn substr(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let start = given!(whole("substr", &arguments[1])?);
    let count = match optional(arguments, 2) {
        Some(count) => whole("substr", count)?.unwrap_or(0).max(0),
        None => i64::MAX,
    };
    let (start, _) = range(start, None, length(&text));
    let rest = &text[offset(&text, start)..];
    Ok(Value::text(&rest[..offset(rest, usize::try_from(count).unwrap_or(usize::MAX))]))
}

fn substring(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let start = given!(whole("substring", &arguments[1])?).max(0);
    let end = match optional(arguments, 2) {
        Some(end) => whole("substring", end)?.unwrap_or(0).max(0),
        None => i64::MAX,
    };
    let (start, end) = range(start.min(end), Some(start.max(end)), length(&text));
    Ok(Value::text(&text[offset(&text, start)..offset(&text, end)]))
}

fn slice(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let start = given!(whole("slice", &arguments[1])?);
    let end = match optional(arguments, 2) {
        Some(end) => whole("slice", end)?,
        None => None,
    };
    match &arguments[0] {
        Value::Null => Ok(Value::Null),
        list @ (Value::Array(_) | Value::Multi(_)) => {
            let items = items(list);
            let (start, end) = range(start, end, items.len());
            Ok(Value::array(items[start..end].to_vec()))
        }
        value @ (Value::Object(_) | Value::Table(_)) => Err(takes("slice", "a text or an array", value)),
        value => {
            let text = given!(context.text(value)?);
            let (start, end) = range(start, end, length(&text));
            Ok(Value::text(&text[offset(&text, start)..offset(&text, end)]))
        }
    }
}

/// Positions within a length: negative ones count from its end, those outside are moved to an end. The end is not
/// before the start; without one it is that of the whole.
fn range(start: i64, end: Option<i64>, length: usize) -> (usize, usize) {
    let place = |place: i64| match usize::try_from(place) {
        Ok(place) => place.min(length),
        Err(_) => length.saturating_sub(usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let start = place(start);
    (start, end.map_or(length, place).max(start))
}

fn padded(
    context: &mut Context<'_>,
    function: &str,
    arguments: &[Value],
    arrange: for<'t> fn(&'t str, &'t str) -> [&'t str; 2],
) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let wanted = given!(whole(function, &arguments[1])?);
    let pad = match optional(arguments, 2) {
        Some(pad) => given!(context.text(pad)?),
        None => " ".into(),
    };
    let missing = usize::try_from(wanted).unwrap_or(0).saturating_sub(length(&text));
    if missing == 0 || pad.is_empty() {
        return Ok(Value::Text(text));
    }
    let (times, rest) = (missing / length(&pad), missing % length(&pad));
    let rest = &pad[..offset(&pad, rest)];
    let mut padded = Bounded::default();
    padded.room(pad.len().saturating_mul(times).saturating_add(rest.len()).saturating_add(text.len()))?;
    let fill = format!("{}{rest}", pad.repeat(times));
    arrange(&text, &fill).iter().try_for_each(|part| padded.push(part))?;
    Ok(padded.into_value())
}
