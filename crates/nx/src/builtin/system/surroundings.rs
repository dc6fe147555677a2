//! Where a script runs.

use super::SYSTEM;
use crate::builtin::{Builtin, result};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "clientLang",
        signature: "clientLang()",
        summary: "The language of the client: of a server, English.",
        arity: (0, Some(0)),
        result: result::text,
        examples: &[("clientLang()", "\"en\"")],
        call: |_, _| Ok(Value::text("en")),
        ..SYSTEM
    },
    Builtin {
        name: "ninoxApp",
        signature: "ninoxApp()",
        summary: "The program that runs the script: a server.",
        arity: (0, Some(0)),
        result: result::text,
        examples: &[("ninoxApp()", "\"server\"")],
        call: |_, _| Ok(Value::text("server")),
        ..SYSTEM
    },
];
