//! The moment, and days and times of their parts.

use super::{TIME, datetime, normalized, time_of_day};
use crate::builtin::given::{given, instant, takes, whole};
use crate::builtin::{Builtin, Context, Effect, result};
use crate::fault::Fault;
use crate::value::Value;
use model::time::DAY_MS;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "today",
        signature: "today()",
        summary: "The day of the request.",
        arity: (0, Some(0)),
        effect: Effect::Volatile,
        result: result::date,
        examples: &[("today()", "\"2024-03-15\"")],
        call: |context, _| Ok(Value::Date(context.host.now().utc_day().0)),
        ..TIME
    },
    Builtin {
        name: "now",
        signature: "now()",
        summary: "The moment of the request; the same in a whole script.",
        arity: (0, Some(0)),
        effect: Effect::Volatile,
        result: result::datetime,
        examples: &[("now()", "\"2024-03-15T12:00:00\"")],
        call: |context, _| Ok(Value::DateTime(context.host.now().0)),
        ..TIME
    },
    Builtin {
        name: "date",
        signature: "date(year, month, day) or date(d)",
        summary: "A day, of its parts, which may overflow, or of a datetime, milliseconds or ISO text.",
        arity: (1, Some(3)),
        result: result::date,
        examples: &[
            ("date(2024, 3, 15)", "\"2024-03-15\""),
            ("date(2024, 13, 1)", "\"2025-01-01\""),
            ("date(2024, 8, 0)", "\"2024-07-31\""),
            ("date(2024, 2, 30)", "\"2024-03-01\""),
            ("date(2023, 2, 29)", "\"2023-03-01\""),
            ("date(2024, 0, 15)", "\"2023-12-15\""),
            ("date(2024, -11, 1)", "\"2023-01-01\""),
            ("date(datetime(2024, 3, 15, 23, 59))", "\"2024-03-15\""),
            ("date(0)", "\"1970-01-01\""),
            ("date(-1)", "\"1969-12-31\""),
            ("date(\"2024-03-15\")", "\"2024-03-15\""),
            ("date(2024, 3, 1) - 1", "\"2024-02-29\""),
            ("date(1e9, 1, 1)", "null"),
            ("date(null)", "null"),
        ],
        call: date,
        ..TIME
    },
    Builtin {
        name: "datetime",
        signature: "datetime(date, time) or datetime(year, month, day [, h [, min [, s [, ms]]]]) or datetime(d)",
        summary: "An instant, of a day and a time, of parts, which may overflow, or of a date, milliseconds or ISO text.",
        arity: (1, Some(7)),
        result: result::datetime,
        examples: &[
            ("datetime(date(2024, 3, 15), time(14, 30))", "\"2024-03-15T14:30:00\""),
            ("datetime(2024, 3, 15)", "\"2024-03-15T00:00:00\""),
            ("datetime(2024, 2, 28, 24, 0)", "\"2024-02-29T00:00:00\""),
            ("datetime(2024, 1, 1, 0, 0, -1)", "\"2023-12-31T23:59:59\""),
            ("datetime(\"2024-03-15T10:00:00+02:00\")", "\"2024-03-15T08:00:00\""),
            ("datetime(1000)", "\"1970-01-01T00:00:01\""),
            ("datetime(date(2024, 3, 15))", "\"2024-03-15T00:00:00\""),
        ],
        call: instant_of,
        ..TIME
    },
    Builtin {
        name: "time",
        signature: "time(h, min [, s [, ms]]) or time(d)",
        summary: "A time of day, of its parts, which may overflow, or of a datetime or milliseconds.",
        arity: (1, Some(4)),
        result: result::time,
        examples: &[
            ("time(14, 30)", "\"14:30:00\""),
            ("time(23, 59, 60)", "\"00:00:00\""),
            ("time(0, -1)", "\"23:59:00\""),
            ("time(datetime(2024, 3, 15, 9, 5, 7))", "\"09:05:07\""),
            ("time(60000)", "\"00:01:00\""),
            ("time(null)", "null"),
        ],
        call: time,
        ..TIME
    },
];

/// All arguments as whole numbers; none when one is null.
fn parts(function: &str, arguments: &[Value]) -> Result<Option<Vec<i64>>, Fault> {
    arguments.iter().map(|argument| whole(function, argument)).collect()
}

fn date(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    match arguments {
        [one] => {
            let day = given!(crate::builtin::given::day("date", one)?);
            Ok(Value::Date(day.0))
        }
        [_, _, _] => match given!(parts("date", arguments)?)[..] {
            [year, month, day] => Ok(normalized(year, month, day).map_or(Value::Null, |day| Value::Date(day.0))),
            _ => Ok(Value::Null),
        },
        _ => Err(Fault::script("date takes a year, a month and a day, or one value")),
    }
}

fn instant_of(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    match arguments {
        [one] => Ok(datetime(given!(instant("datetime", one)?))),
        [date, time] => {
            let day = given!(crate::builtin::given::day("datetime", date)?);
            let of_day = match time {
                Value::Null => return Ok(Value::Null),
                Value::Time(ms) | Value::Interval(ms) => *ms,
                Value::DateTime(ms) => ms.rem_euclid(DAY_MS),
                other => return Err(takes("datetime", "a time beside a date", other)),
            };
            Ok(datetime((i64::from(day.0) * DAY_MS).saturating_add(of_day)))
        }
        _ => {
            let parts = given!(parts("datetime", arguments)?);
            let part = |place: usize| parts.get(place).copied().unwrap_or(0);
            let day = given!(normalized(part(0), part(1), part(2)));
            let of_day = milliseconds(part(3), part(4), part(5), part(6));
            Ok(datetime((i64::from(day.0) * DAY_MS).saturating_add(of_day)))
        }
    }
}

fn time(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    match arguments {
        [Value::Time(ms) | Value::Interval(ms)] => Ok(time_of_day(*ms)),
        [one] => Ok(time_of_day(given!(instant("time", one)?))),
        _ => {
            let parts = given!(parts("time", arguments)?);
            let part = |place: usize| parts.get(place).copied().unwrap_or(0);
            Ok(time_of_day(milliseconds(part(0), part(1), part(2), part(3))))
        }
    }
}

fn milliseconds(hours: i64, minutes: i64, seconds: i64, ms: i64) -> i64 {
    let parts = [(hours, 3_600_000), (minutes, 60_000), (seconds, 1000), (ms, 1)];
    parts.iter().fold(0, |sum: i64, (count, unit)| sum.saturating_add(count.saturating_mul(*unit)))
}
