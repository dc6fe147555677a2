//! Signs and fractions.

use super::{NUMBERS, unary};
use crate::builtin::given::{given, number, optional, whole};
use crate::builtin::{Builtin, result};
use crate::fault::Fault;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "abs",
        signature: "abs(n)",
        summary: "The number without its sign; a length of time without its.",
        result: result::measure,
        examples: &[
            ("abs(-5)", "5"),
            ("abs(2.5)", "2.5"),
            ("abs(timeinterval(-1000))", "\"0:00:01.000\""),
            ("abs(null)", "null"),
        ],
        call: |_, arguments| match &arguments[0] {
            Value::Interval(ms) => Ok(Value::Interval(ms.saturating_abs())),
            _ => unary("abs", arguments, f64::abs),
        },
        ..NUMBERS
    },
    Builtin {
        name: "ceil",
        signature: "ceil(n)",
        summary: "The next whole number above.",
        examples: &[("ceil(-3.9)", "-3"), ("ceil(1.1)", "2"), ("ceil(2)", "2"), ("ceil(-0.5)", "0")],
        call: |_, arguments| unary("ceil", arguments, f64::ceil),
        ..NUMBERS
    },
    Builtin {
        name: "floor",
        signature: "floor(n)",
        summary: "The next whole number below.",
        examples: &[("floor(-3.1)", "-4"), ("floor(1.9)", "1"), ("floor(\"2.5\")", "2")],
        call: |_, arguments| unary("floor", arguments, f64::floor),
        ..NUMBERS
    },
    Builtin {
        name: "sign",
        signature: "sign(n)",
        summary: "-1, 0 or 1.",
        examples: &[("sign(-3)", "-1"), ("sign(0)", "0"), ("sign(0.1)", "1"), ("sign(null)", "null")],
        call: |_, arguments| unary("sign", arguments, |number| if number == 0.0 { 0.0 } else { number.signum() }),
        ..NUMBERS
    },
    Builtin {
        name: "round",
        signature: "round(n [, digits])",
        summary: "The number rounded to digits after the point, or before it when they are negative; halves go up.",
        arity: (1, Some(2)),
        examples: &[
            ("round(3.7)", "4"),
            ("round(2.5)", "3"),
            ("round(-2.5)", "-2"),
            ("round(1234.5678, 2)", "1234.57"),
            ("round(1.005, 2)", "1.01"),
            ("round(1234.5678, -2)", "1200"),
            ("round(0.49999999999999994)", "0"),
            ("round(1e300, 5)", "1e+300"),
            ("round(null)", "null"),
        ],
        call: round,
        ..NUMBERS
    },
    Builtin {
        name: "odd",
        signature: "odd(n)",
        summary: "Whether a whole number is odd; a fraction is not.",
        result: result::boolean,
        examples: &[("odd(3)", "true"), ("odd(-1)", "true"), ("odd(2)", "false"), ("odd(1.5)", "false")],
        call: |_, arguments| Ok(Value::Bool((given!(number("odd", &arguments[0])?) % 2.0).abs() == 1.0)),
        ..NUMBERS
    },
    Builtin {
        name: "even",
        signature: "even(n)",
        summary: "Whether a whole number is even; a fraction is not.",
        result: result::boolean,
        examples: &[("even(0)", "true"), ("even(-2)", "true"), ("even(3)", "false"), ("even(0.5)", "false")],
        call: |_, arguments| Ok(Value::Bool(given!(number("even", &arguments[0])?) % 2.0 == 0.0)),
        ..NUMBERS
    },
];

fn round(_: &mut crate::builtin::Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let given = given!(number("round", &arguments[0])?);
    let digits = match optional(arguments, 1) {
        Some(digits) => whole("round", digits)?.unwrap_or(0).clamp(-400, 400),
        None => 0,
    };
    Ok(Value::number(rounded(given, digits)))
}

/// The number rounded to digits after the point. The point is moved in the decimal digits, where 1.005 is what it looks
/// like.
pub(crate) fn rounded(number: f64, digits: i64) -> f64 {
    if digits == 0 {
        return half_up(number);
    }
    let moved = |number: f64, by: i64| {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        format!("{mantissa}e{}", exponent.parse::<i64>().ok()? + by).parse::<f64>().ok()
    };
    // There are no digits so far behind the point.
    let scaled = moved(number, digits).filter(|scaled| scaled.abs() < 9e15);
    scaled.and_then(|scaled| moved(half_up(scaled), -digits)).unwrap_or(number)
}

/// The nearest whole number; a half goes up, as in JavaScript.
fn half_up(number: f64) -> f64 {
    let below = number.floor();
    if number - below >= 0.5 { below + 1.0 } else { below }
}
