//! Powers, roots and logarithms.

use super::{NUMBERS, binary, unary};
use crate::builtin::Builtin;
use crate::builtin::given::{given, number, optional};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "sqr",
        signature: "sqr(n)",
        summary: "The number times itself.",
        examples: &[("sqr(5)", "25"), ("sqr(-0.5)", "0.25"), ("sqr(1e200)", "null")],
        call: |_, arguments| unary("sqr", arguments, |number| number * number),
        ..NUMBERS
    },
    Builtin {
        name: "sqrt",
        signature: "sqrt(n)",
        summary: "The square root; null of negative numbers.",
        examples: &[("sqrt(16)", "4"), ("sqrt(2)", "1.4142135623730951"), ("sqrt(-1)", "null")],
        call: |_, arguments| unary("sqrt", arguments, f64::sqrt),
        ..NUMBERS
    },
    Builtin {
        name: "pow",
        signature: "pow(n, n)",
        summary: "The first number to the power of the second.",
        arity: (2, Some(2)),
        examples: &[
            ("pow(2, 10)", "1024"),
            ("pow(2, -1)", "0.5"),
            ("pow(-8, 0.5)", "null"),
            ("pow(10, 400)", "null"),
            ("pow(0, 0)", "1"),
        ],
        call: |_, arguments| binary("pow", arguments, f64::powf),
        ..NUMBERS
    },
    Builtin {
        name: "exp",
        signature: "exp(n)",
        summary: "e to the power of the number.",
        examples: &[("exp(0)", "1"), ("exp(1)", "2.718281828459045"), ("exp(1000)", "null")],
        call: |_, arguments| unary("exp", arguments, f64::exp),
        ..NUMBERS
    },
    Builtin {
        name: "ln",
        signature: "ln(n)",
        summary: "The natural logarithm; null of what is not above 0.",
        examples: &[("ln(1)", "0"), ("ln(0)", "null"), ("ln(-1)", "null")],
        call: |_, arguments| unary("ln", arguments, f64::ln),
        ..NUMBERS
    },
    Builtin {
        name: "log",
        signature: "log(n [, base])",
        summary: "The logarithm to a base, 10 unless it is given.",
        arity: (1, Some(2)),
        examples: &[("log(1000)", "3"), ("log(8, 2)", "3"), ("log(5, 1)", "null"), ("log(0)", "null")],
        call: |_, arguments| {
            let of = given!(number("log", &arguments[0])?);
            let base = match optional(arguments, 1) {
                Some(base) => given!(number("log", base)?),
                None => 10.0,
            };
            // These two are exact for the powers of their bases.
            Ok(Value::number(match base {
                2.0 => of.log2(),
                10.0 => of.log10(),
                base => of.ln() / base.ln(),
            }))
        },
        ..NUMBERS
    },
];
