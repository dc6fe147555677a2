//! Appointments and lengths of time.

use super::TIME;
use crate::builtin::given::{given, instant, number, takes};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "appointment",
        signature: "appointment(start, end)",
        summary: "An appointment from a start to an end, or of a length of time.",
        arity: (2, Some(2)),
        result: result::appointment,
        examples: &[
            (
                "appointment(datetime(2024, 3, 15, 9), datetime(2024, 3, 15, 10))",
                "\"2024-03-15T09:00:00 - 2024-03-15T10:00:00\"",
            ),
            ("appointment(null, now())", "null"),
        ],
        call: appointment,
        ..TIME
    },
    Builtin {
        name: "start",
        signature: "start(appointment)",
        summary: "When an appointment starts.",
        result: result::datetime,
        examples: &[
            ("start(appointment(date(2024, 3, 15), timeinterval(3600000)))", "\"2024-03-15T00:00:00\""),
            ("start(null)", "null"),
        ],
        call: |_, arguments| Ok(Value::DateTime(given!(of("start", &arguments[0])?).0)),
        ..TIME
    },
    Builtin {
        name: "endof",
        signature: "endof(appointment)",
        summary: "When an appointment ends.",
        result: result::datetime,
        examples: &[("endof(appointment(date(2024, 3, 15), timeinterval(3600000)))", "\"2024-03-15T01:00:00\"")],
        call: |_, arguments| Ok(Value::DateTime(given!(of("endof", &arguments[0])?).1)),
        ..TIME
    },
    Builtin {
        name: "duration",
        signature: "duration(appointment)",
        summary: "How long an appointment is.",
        result: result::interval,
        examples: &[("duration(appointment(date(2024, 3, 15), date(2024, 3, 16)))", "\"24:00:00.000\"")],
        call: |_, arguments| {
            let (start, end) = given!(of("duration", &arguments[0])?);
            Ok(Value::Interval(end.saturating_sub(start)))
        },
        ..TIME
    },
    Builtin {
        name: "timeinterval",
        signature: "timeinterval(ms)",
        summary: "A length of time of milliseconds.",
        result: result::interval,
        examples: &[
            ("timeinterval(3723004)", "\"1:02:03.004\""),
            ("timeinterval(-60000)", "\"-0:01:00.000\""),
            ("timeinterval(1e300)", "null"),
            ("timeinterval(null)", "null"),
        ],
        call: |_, arguments| Ok(ops::interval(given!(number("timeinterval", &arguments[0])?))),
        ..TIME
    },
];

fn appointment(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let start = given!(instant("appointment", &arguments[0])?);
    let end = match &arguments[1] {
        Value::Interval(ms) => start.saturating_add(*ms),
        value => given!(instant("appointment", value)?),
    };
    if end < start {
        return Err(Fault::script("appointment ends before it starts"));
    }
    Ok(Value::Appointment { start, end })
}

/// Start and end.
fn of(function: &str, value: &Value) -> Result<Option<(i64, i64)>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::Appointment { start, end } => Ok(Some((*start, *end))),
        other => Err(takes(function, "an appointment", other)),
    }
}
