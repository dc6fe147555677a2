//! Upper and lower case, and blanks at the ends.

use super::{TEXT, bounded};
use crate::builtin::Builtin;
use crate::builtin::given::given;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "lower",
        signature: "lower(t)",
        summary: "The text in lower case.",
        examples: &[
            ("lower(\"ÉCOLE 7\")", "\"école 7\""),
            ("lower(\"ΣΊΣΥΦΟΣ\")", "\"σίσυφος\""),
            ("lower(null)", "null"),
        ],
        call: |context, arguments| bounded(given!(context.text(&arguments[0])?).to_lowercase()),
        ..TEXT
    },
    Builtin {
        name: "upper",
        signature: "upper(t)",
        summary: "The text in upper case.",
        examples: &[("upper(\"straße\")", "\"STRASSE\""), ("upper(\"\")", "\"\""), ("upper(null)", "null")],
        call: |context, arguments| bounded(given!(context.text(&arguments[0])?).to_uppercase()),
        ..TEXT
    },
    Builtin {
        name: "trim",
        signature: "trim(t)",
        summary: "The text without blanks at its ends.",
        examples: &[("trim(\" \\t a b \\n\")", "\"a b\""), ("trim(\"  \")", "\"\""), ("trim(null)", "null")],
        call: |context, arguments| Ok(Value::text(given!(context.text(&arguments[0])?).trim())),
        ..TEXT
    },
    Builtin {
        name: "capitalize",
        signature: "capitalize(t)",
        summary: "The text with the first letter of each word in upper case, the rest as it is.",
        examples: &[
            ("capitalize(\"frank böhmer\")", "\"Frank Böhmer\""),
            ("capitalize(\"élan  mcDonald 2nd\")", "\"Élan  McDonald 2nd\""),
            ("capitalize(null)", "null"),
        ],
        call: |context, arguments| bounded(capitalize(&given!(context.text(&arguments[0])?))),
        ..TEXT
    },
];

fn capitalize(text: &str) -> String {
    let mut capitalized = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        if at_start {
            capitalized.extend(c.to_uppercase());
        } else {
            capitalized.push(c);
        }
        at_start = c.is_whitespace();
    }
    capitalized
}
