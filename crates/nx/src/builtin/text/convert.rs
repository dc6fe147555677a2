//! Values as text.

use super::TEXT;
use crate::builtin::given::{given, instant, optional, takes};
use crate::builtin::{Builtin, Context};
use crate::fault::Fault;
use crate::format::{self, Language, Moment};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "text",
        signature: "text(x)",
        summary: "The text form of a value: of an option its caption, of a user the name, of a record its number.",
        examples: &[
            ("text(42)", "\"42\""),
            ("text(0.1)", "\"0.1\""),
            ("text(1000000)", "\"1000000\""),
            ("text(true)", "\"true\""),
            ("text([1, 2])", "\"1, 2\""),
            ("text({ a: 1 })", "\"{\\\"a\\\":1}\""),
            ("text(date(2024, 3, 15))", "\"2024-03-15\""),
            ("text(null)", "null"),
        ],
        call: as_text,
        ..TEXT
    },
    Builtin {
        name: "string",
        signature: "string(x)",
        summary: "As `text`.",
        examples: &[("string(1.50)", "\"1.5\"")],
        call: as_text,
        ..TEXT
    },
    Builtin {
        name: "html",
        signature: "html(x)",
        summary: "The text form; in the original, text that is shown as HTML.",
        examples: &[("html(\"<b>x</b>\")", "\"<b>x</b>\"")],
        call: as_text,
        ..TEXT
    },
    Builtin {
        name: "raw",
        signature: "raw(x)",
        summary: "The text form; of a record its table's id and its number.",
        examples: &[("raw(record(Customers, 1))", "\"A1\""), ("raw(5)", "\"5\""), ("raw(null)", "null")],
        call: |context, arguments| match &arguments[0] {
            Value::Record(address) => Ok(Value::text(crate::host::spelled(*address))),
            _ => as_text(context, arguments),
        },
        ..TEXT
    },
    Builtin {
        name: "format",
        signature: "format(d or n, pattern [, language])",
        summary: "A date, time or number by a pattern; names of months and days in en, de, fr or es.",
        arity: (2, Some(3)),
        examples: &[
            ("format(7, \"000\")", "\"007\""),
            ("format(1234.5, \"#,##0.00\")", "\"1,234.50\""),
            ("format(date(2024, 3, 15), \"DD.MM.YYYY\")", "\"15.03.2024\""),
            ("format(date(2024, 3, 5), \"dddd, D. MMMM\", \"de\")", "\"Dienstag, 5. März\""),
            ("format(datetime(2024, 3, 15, 14, 5), \"h:mm a [at] [W]WW\")", "\"2:05 pm at W11\""),
            ("format(time(9, 30), \"HH:mm\")", "\"09:30\""),
            ("format(null, \"000\")", "null"),
        ],
        call: formatted,
        ..TEXT
    },
];

fn as_text(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Text(given!(context.text(&arguments[0])?)))
}

fn formatted(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let pattern = given!(context.text(&arguments[1])?);
    let language = match optional(arguments, 2) {
        Some(language) => context.text(language)?,
        None => None,
    };
    let language = language.map_or(Ok(Language::English), |code| Language::find(&code))?;
    match &arguments[0] {
        Value::Null => Ok(Value::Null),
        Value::Number(number) => format::number(*number, &pattern),
        Value::Time(ms) => format::moment(Moment::of_time(*ms), &pattern, language),
        Value::Bool(_) | Value::Interval(_) | Value::Choice(_) | Value::Record(_) => {
            let number = given!(crate::ops::to_number(&arguments[0]));
            format::number(number, &pattern)
        }
        value @ (Value::Date(_) | Value::DateTime(_) | Value::Appointment { .. } | Value::Text(_)) => {
            // A text may be a number too.
            if let Value::Text(text) = value
                && let Some(number) = crate::ops::read_number(text)
            {
                return format::number(number, &pattern);
            }
            format::moment(Moment::of_instant(given!(instant("format", value)?)), &pattern, language)
        }
        value @ (Value::Multi(_) | Value::User(_) | Value::Array(_) | Value::Object(_) | Value::Table(_)) => {
            Err(takes("format", "a date, a time or a number", value))
        }
    }
}
