//! Parts of days and times.

use super::{TIME, iso_week};
use crate::builtin::given::{day, given, instant};
use crate::builtin::{Builtin, result};
use crate::fault::Fault;
use crate::value::Value;
use model::time::{DAY_MS, Day};

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "year",
        signature: "year(d)",
        summary: "The year of a date or datetime.",
        examples: &[("year(date(2024, 3, 15))", "2024"), ("year(date(0, 1, 1))", "0"), ("year(null)", "null")],
        call: |_, arguments| of_day("year", arguments, |day| f64::from(day.civil().0)),
        ..TIME
    },
    Builtin {
        name: "quarter",
        signature: "quarter(d)",
        summary: "The quarter of the year, from 1.",
        examples: &[("quarter(date(2024, 3, 15))", "1"), ("quarter(date(2024, 10, 1))", "4")],
        call: |_, arguments| of_day("quarter", arguments, |day| f64::from(quarter(day))),
        ..TIME
    },
    Builtin {
        name: "month",
        signature: "month(d)",
        summary: "The month of the year, from 1.",
        examples: &[("month(date(2024, 3, 15))", "3"), ("month(\"2024-12-01T10:00:00\")", "12")],
        call: |_, arguments| of_day("month", arguments, |day| f64::from(day.civil().1)),
        ..TIME
    },
    Builtin {
        name: "week",
        signature: "week(d)",
        summary: "The number of the week by ISO 8601.",
        examples: &[
            ("week(date(2024, 3, 15))", "11"),
            ("week(date(2024, 12, 30))", "1"),
            ("week(date(2021, 1, 3))", "53"),
            ("week(date(2020, 12, 31))", "53"),
        ],
        call: |_, arguments| of_day("week", arguments, |day| f64::from(iso_week(day).1)),
        ..TIME
    },
    Builtin {
        name: "day",
        signature: "day(d)",
        summary: "The day of the month, from 1.",
        examples: &[("day(date(2024, 2, 29))", "29"), ("day(datetime(-1))", "31")],
        call: |_, arguments| of_day("day", arguments, |day| f64::from(day.civil().2)),
        ..TIME
    },
    Builtin {
        name: "weekday",
        signature: "weekday(d)",
        summary: "The day of the week: 0 is Monday, 6 is Sunday.",
        examples: &[("weekday(date(2024, 3, 15))", "4"), ("weekday(date(2024, 3, 17))", "6")],
        call: |_, arguments| of_day("weekday", arguments, |day| f64::from(day.weekday())),
        ..TIME
    },
    Builtin {
        name: "hour",
        signature: "hour(d)",
        summary: "The hour of a datetime or time, from 0 to 23.",
        examples: &[("hour(time(14, 30))", "14"), ("hour(datetime(-1))", "23"), ("hour(date(2024, 3, 15))", "0")],
        call: |_, arguments| of_clock("hour", arguments, |ms| ms / 3_600_000),
        ..TIME
    },
    Builtin {
        name: "minute",
        signature: "minute(d)",
        summary: "The minute of a datetime or time.",
        examples: &[("minute(time(14, 30))", "30")],
        call: |_, arguments| of_clock("minute", arguments, |ms| ms / 60_000 % 60),
        ..TIME
    },
    Builtin {
        name: "second",
        signature: "second(d)",
        summary: "The second of a datetime or time.",
        examples: &[("second(time(14, 30, 15))", "15"), ("second(null)", "null")],
        call: |_, arguments| of_clock("second", arguments, |ms| ms / 1000 % 60),
        ..TIME
    },
    Builtin {
        name: "yearmonth",
        signature: "yearmonth(d)",
        summary: "Year and month as text that sorts.",
        result: result::text,
        examples: &[("yearmonth(date(2024, 3, 15))", "\"2024/03\"")],
        call: |_, arguments| {
            let (year, month, _) = given!(day("yearmonth", &arguments[0])?).civil();
            Ok(Value::text(format!("{year:04}/{month:02}")))
        },
        ..TIME
    },
    Builtin {
        name: "yearquarter",
        signature: "yearquarter(d)",
        summary: "Year and quarter as text that sorts.",
        result: result::text,
        examples: &[("yearquarter(date(2024, 3, 15))", "\"2024/1\"")],
        call: |_, arguments| {
            let day = given!(day("yearquarter", &arguments[0])?);
            Ok(Value::text(format!("{:04}/{}", day.civil().0, quarter(day))))
        },
        ..TIME
    },
    Builtin {
        name: "yearweek",
        signature: "yearweek(d)",
        summary: "Year and week by ISO 8601 as text that sorts.",
        result: result::text,
        examples: &[
            ("yearweek(date(2024, 3, 15))", "\"2024/11\""),
            ("yearweek(date(2024, 12, 30))", "\"2025/01\""),
            ("yearweek(date(2021, 1, 3))", "\"2020/53\""),
        ],
        call: |_, arguments| {
            let (year, week) = iso_week(given!(day("yearweek", &arguments[0])?));
            Ok(Value::text(format!("{year:04}/{week:02}")))
        },
        ..TIME
    },
];

fn quarter(day: Day) -> u8 {
    (day.civil().1 - 1) / 3 + 1
}

fn of_day(function: &str, arguments: &[Value], part: fn(Day) -> f64) -> Result<Value, Fault> {
    Ok(Value::Number(part(given!(day(function, &arguments[0])?))))
}

fn of_clock(function: &str, arguments: &[Value], part: fn(i64) -> i64) -> Result<Value, Fault> {
    let ms = match &arguments[0] {
        Value::Time(ms) => *ms,
        // The hours of a length of time are those of the text form, less whole days.
        Value::Interval(ms) => *ms,
        value => given!(instant(function, value)?),
    };
    Ok(Value::Number(part(ms.rem_euclid(DAY_MS)) as f64))
}
