//! Angles, in radians.

use super::{NUMBERS, binary, unary};
use crate::builtin::Builtin;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "sin",
        signature: "sin(n)",
        summary: "The sine of an angle.",
        examples: &[("sin(0)", "0"), ("round(sin(pi() / 2), 9)", "1")],
        call: |_, arguments| unary("sin", arguments, f64::sin),
        ..NUMBERS
    },
    Builtin {
        name: "cos",
        signature: "cos(n)",
        summary: "The cosine of an angle.",
        examples: &[("cos(0)", "1"), ("round(cos(pi()), 9)", "-1")],
        call: |_, arguments| unary("cos", arguments, f64::cos),
        ..NUMBERS
    },
    Builtin {
        name: "tan",
        signature: "tan(n)",
        summary: "The tangent of an angle.",
        examples: &[("tan(0)", "0"), ("round(tan(pi() / 4), 9)", "1")],
        call: |_, arguments| unary("tan", arguments, f64::tan),
        ..NUMBERS
    },
    Builtin {
        name: "asin",
        signature: "asin(n)",
        summary: "The angle of a sine; null outside -1 to 1.",
        examples: &[("asin(0)", "0"), ("asin(2)", "null")],
        call: |_, arguments| unary("asin", arguments, f64::asin),
        ..NUMBERS
    },
    Builtin {
        name: "acos",
        signature: "acos(n)",
        summary: "The angle of a cosine; null outside -1 to 1.",
        examples: &[("acos(1)", "0"), ("acos(-1.5)", "null")],
        call: |_, arguments| unary("acos", arguments, f64::acos),
        ..NUMBERS
    },
    Builtin {
        name: "atan",
        signature: "atan(n)",
        summary: "The angle of a tangent.",
        examples: &[("atan(0)", "0"), ("round(atan(1) * 4 - pi(), 9)", "0")],
        call: |_, arguments| unary("atan", arguments, f64::atan),
        ..NUMBERS
    },
    Builtin {
        name: "atan2",
        signature: "atan2(y, x)",
        summary: "The angle of a point.",
        arity: (2, Some(2)),
        examples: &[("atan2(1, 1) * 4 = pi()", "true"), ("atan2(0, 1)", "0")],
        call: |_, arguments| binary("atan2", arguments, f64::atan2),
        ..NUMBERS
    },
    Builtin {
        name: "degrees",
        signature: "degrees(n)",
        summary: "Radians in degrees.",
        examples: &[("degrees(atan(1))", "45"), ("degrees(pi())", "180")],
        call: |_, arguments| unary("degrees", arguments, |radians| radians * 180.0 / std::f64::consts::PI),
        ..NUMBERS
    },
    Builtin {
        name: "radians",
        signature: "radians(n)",
        summary: "Degrees in radians.",
        examples: &[("radians(180) = pi()", "true"), ("radians(0)", "0")],
        call: |_, arguments| unary("radians", arguments, |degrees| degrees * std::f64::consts::PI / 180.0),
        ..NUMBERS
    },
    Builtin {
        name: "pi",
        signature: "pi()",
        summary: "The half circumference of a circle of radius 1.",
        arity: (0, Some(0)),
        examples: &[("pi()", "3.141592653589793")],
        call: |_, _| Ok(Value::Number(std::f64::consts::PI)),
        ..NUMBERS
    },
];
