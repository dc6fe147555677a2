//! Numbers from other values, and from chance.

use super::NUMBERS;
use crate::builtin::{Builtin, Effect};
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "number",
        signature: "number(x)",
        summary: "The number that a text is or that a value stands for: 1 or 0 of a boolean, milliseconds of dates and \
                  times, the id of an option, the number of a record; null when there is none.",
        examples: &[
            ("number(\"42\")", "42"),
            ("number(\" -1.5e3 \")", "-1500"),
            ("number(\"4 pieces\")", "null"),
            ("number(\"\")", "null"),
            ("number(true)", "1"),
            ("number(date(1970, 1, 2))", "86400000"),
            ("number(time(0, 1))", "60000"),
            ("number(record(Customers, 2))", "2"),
            ("number([1])", "null"),
        ],
        call: |_, arguments| Ok(ops::to_number(&arguments[0]).map_or(Value::Null, Value::number)),
        ..NUMBERS
    },
    Builtin {
        name: "random",
        signature: "random()",
        summary: "A number by chance, from 0 and below 1.",
        arity: (0, Some(0)),
        effect: Effect::Volatile,
        examples: &[("floor(random())", "0")],
        call: |context, _| Ok(Value::number(context.host.random())),
        ..NUMBERS
    },
];
