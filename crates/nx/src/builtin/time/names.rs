//! Names of days and months.

use super::TIME;
use crate::builtin::given::{day, given, optional};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::format::Language;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "weekdayName",
        signature: "weekdayName(d [, language])",
        summary: "The name of the day of the week of a date, or of a number as `weekday` gives it; in en, de, fr or es.",
        arity: (1, Some(2)),
        result: result::text,
        examples: &[
            ("weekdayName(date(2024, 3, 15))", "\"Friday\""),
            ("weekdayName(date(2024, 3, 15), \"de\")", "\"Freitag\""),
            ("weekdayName(6, \"es\")", "\"domingo\""),
            ("weekdayName(null)", "null"),
        ],
        call: |context, arguments| {
            let language = language(context, arguments)?;
            let place = match &arguments[0] {
                Value::Number(number) if (0.0..7.0).contains(number) => *number as usize,
                value => usize::from(given!(day("weekdayName", value)?).weekday()),
            };
            Ok(language.weekdays().get(place).map_or(Value::Null, Value::text))
        },
        ..TIME
    },
    Builtin {
        name: "monthName",
        signature: "monthName(d [, language])",
        summary: "The name of the month of a date, or of a number from 1 to 12; in en, de, fr or es.",
        arity: (1, Some(2)),
        result: result::text,
        examples: &[
            ("monthName(date(2024, 3, 15))", "\"March\""),
            ("monthName(date(2024, 3, 15), \"fr\")", "\"mars\""),
            ("monthName(12, \"de\")", "\"Dezember\""),
        ],
        call: |context, arguments| {
            let language = language(context, arguments)?;
            let month = match &arguments[0] {
                Value::Number(number) if (1.0..13.0).contains(number) => *number as usize,
                value => usize::from(given!(day("monthName", value)?).civil().1),
            };
            Ok(language.months().get(month - 1).map_or(Value::Null, Value::text))
        },
        ..TIME
    },
];

fn language(context: &mut Context<'_>, arguments: &[Value]) -> Result<Language, Fault> {
    match optional(arguments, 1) {
        Some(code) => match context.text(code)? {
            Some(code) => Language::find(&code),
            None => Ok(Language::English),
        },
        None => Ok(Language::English),
    }
}
