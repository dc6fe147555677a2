//! Options of choices.

use super::COLLECTIONS;
use crate::builtin::given::takes;
use crate::builtin::{Builtin, result};
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "chosen",
        signature: "chosen(choice, x)",
        summary: "Whether an option is chosen, by its number or caption.",
        arity: (2, Some(2)),
        result: result::boolean,
        examples: &[
            ("chosen(get(record(Customers, 1), \"Status\"), \"Active\")", "true"),
            ("chosen(get(record(Customers, 1), \"Tags\"), 3)", "true"),
            ("chosen(get(record(Customers, 1), \"Tags\"), \"new\")", "false"),
            ("chosen(null, 1)", "false"),
        ],
        call: |context, arguments| match &arguments[0] {
            Value::Null => Ok(Value::Bool(false)),
            choice @ (Value::Choice(_) | Value::Multi(_)) => {
                Ok(Value::Bool(ops::equal(choice, &arguments[1], context.host.schema())))
            }
            other => Err(takes("chosen", "a choice", other)),
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "numbers",
        signature: "numbers(choice)",
        summary: "The numbers of the chosen options.",
        result: result::numbers,
        examples: &[("numbers(get(record(Customers, 1), \"Tags\"))", "[1,3]"), ("numbers(null)", "[]")],
        call: |_, arguments| {
            let number = |id: model::ChoiceId| Value::Number(f64::from(id.0));
            match &arguments[0] {
                Value::Null => Ok(Value::array(Vec::new())),
                Value::Choice(choice) => Ok(Value::array(vec![number(choice.id)])),
                Value::Multi(multi) => Ok(Value::array(multi.ids.iter().copied().map(number).collect())),
                other => Err(takes("numbers", "a choice", other)),
            }
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "color",
        signature: "color(choice)",
        summary: "The colour of an option; null when it has none.",
        result: result::text,
        examples: &[
            ("color(get(record(Customers, 2), \"Status\"))", "\"#ff0000\""),
            ("color(get(record(Customers, 1), \"Status\"))", "null"),
            ("color(5)", "null"),
        ],
        call: |context, arguments| match &arguments[0] {
            Value::Choice(choice) => {
                let option = ops::option(*choice, context.host.schema());
                Ok(option.and_then(|option| option.color.as_ref()).map_or(Value::Null, Value::text))
            }
            _ => Ok(Value::Null),
        },
        ..COLLECTIONS
    },
    Builtin {
        name: "icon",
        signature: "icon(choice)",
        summary: "The icon of an option; null when it has none.",
        result: result::text,
        examples: &[("icon(get(record(Customers, 1), \"Status\"))", "null"), ("icon(null)", "null")],
        call: |context, arguments| match &arguments[0] {
            Value::Choice(choice) => {
                let option = ops::option(*choice, context.host.schema());
                // Doors keep icons beside what the core knows.
                let icon = option.and_then(|option| option.bag.values().find_map(|kept| kept.get("icon")?.as_str()));
                Ok(icon.map_or(Value::Null, Value::text))
            }
            _ => Ok(Value::Null),
        },
        ..COLLECTIONS
    },
];
