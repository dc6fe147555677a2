//! What a value is.

use super::SYSTEM;
use crate::builtin::given::named;
use crate::builtin::{Builtin, result};
use crate::ops::{self, Bounded};
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "typeof",
        signature: "typeof(x)",
        summary: "The name of a value's type.",
        result: result::text,
        examples: &[
            ("typeof(1)", "\"number\""),
            ("typeof(\"x\")", "\"text\""),
            ("typeof(null)", "\"null\""),
            ("typeof([1])", "\"array\""),
            ("typeof(date(2024, 1, 1))", "\"date\""),
            ("typeof(get(record(Customers, 1), \"Tags\"))", "\"multi\""),
            ("typeof(record(Customers, 1))", "\"record\""),
        ],
        call: |_, arguments| Ok(Value::text(ops::type_name(&arguments[0]))),
        ..SYSTEM
    },
    Builtin {
        name: "debugValueInfo",
        signature: "debugValueInfo(x)",
        summary: "The type of a value with its text form.",
        result: result::text,
        examples: &[
            ("debugValueInfo(1.5)", "\"number(1.5)\""),
            ("debugValueInfo([1, \"a\"])", "\"array(1, a)\""),
            ("debugValueInfo(null)", "\"null()\""),
        ],
        call: |context, arguments| {
            let mut info = Bounded::default();
            info.push(ops::type_name(&arguments[0]))?;
            info.push("(")?;
            ops::write_text(&named(context.host, &arguments[0])?, context.host.schema(), &mut info)?;
            info.push(")")?;
            Ok(info.into_value())
        },
        ..SYSTEM
    },
];
