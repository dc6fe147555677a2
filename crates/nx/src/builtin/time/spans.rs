//! Days between two dates.

use super::TIME;
use crate::builtin::given::{day, given};
use crate::builtin::{Builtin, Effect};
use crate::value::Value;
use model::time::Day;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "days",
        signature: "days(a, b)",
        summary: "The days from a to b; negative when b is before a.",
        arity: (2, Some(2)),
        examples: &[
            ("days(date(2024, 1, 1), date(2024, 1, 31))", "30"),
            ("days(date(2024, 3, 1), date(2024, 2, 1))", "-29"),
            ("days(datetime(2024, 1, 1, 23, 0), datetime(2024, 1, 2, 1, 0))", "1"),
            ("days(null, date(2024, 1, 1))", "null"),
        ],
        call: |_, arguments| {
            let (a, b) = (given!(day("days", &arguments[0])?), given!(day("days", &arguments[1])?));
            Ok(Value::Number(f64::from(b.0) - f64::from(a.0)))
        },
        ..TIME
    },
    Builtin {
        name: "workdays",
        signature: "workdays(a, b)",
        summary: "The days from Monday to Friday from a on and before b; negative when b is before a.",
        arity: (2, Some(2)),
        examples: &[
            ("workdays(date(2024, 3, 15), date(2024, 3, 18))", "1"),
            ("workdays(date(2024, 3, 11), date(2024, 3, 18))", "5"),
            ("workdays(date(2024, 3, 16), date(2024, 3, 18))", "0"),
            ("workdays(date(2024, 3, 18), date(2024, 3, 11))", "-5"),
            ("workdays(date(2024, 3, 15), date(2024, 3, 15))", "0"),
        ],
        call: |_, arguments| {
            let (a, b) = (given!(day("workdays", &arguments[0])?), given!(day("workdays", &arguments[1])?));
            Ok(Value::Number((workdays_before(b) - workdays_before(a)) as f64))
        },
        ..TIME
    },
    Builtin {
        name: "age",
        signature: "age(d)",
        summary: "The full years from a date to today.",
        effect: Effect::Volatile,
        examples: &[
            ("age(date(2000, 3, 15))", "24"),
            ("age(date(2000, 3, 16))", "23"),
            ("age(date(2004, 2, 29))", "20"),
            ("age(date(2030, 1, 1))", "-5"),
            ("age(null)", "null"),
        ],
        call: |context, arguments| {
            let (born, today) = (given!(day("age", &arguments[0])?), context.host.now().utc_day());
            // The days to come count backwards.
            let years = if born <= today { full_years(born, today) } else { -full_years(today, born) };
            Ok(Value::Number(f64::from(years)))
        },
        ..TIME
    },
];

/// The workdays before a day, counted from a Monday long ago.
fn workdays_before(day: Day) -> i64 {
    // 1970-01-05 was a Monday.
    let days = i64::from(day.0) - 4;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

fn full_years(from: Day, to: Day) -> i32 {
    let ((year, month, day), (to_year, to_month, to_day)) = (from.civil(), to.civil());
    to_year - year - i32::from((to_month, to_day) < (month, day))
}
