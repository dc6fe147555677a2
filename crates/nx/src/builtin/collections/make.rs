//! New lists.

use super::COLLECTIONS;
use crate::builtin::given::{given, number};
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "range",
        signature: "range(n) or range(from, to [, step])",
        summary: "Numbers from 0, or from a number, before an end.",
        arity: (1, Some(3)),
        result: result::numbers,
        examples: &[
            ("range(3)", "[0,1,2]"),
            ("range(2, 5)", "[2,3,4]"),
            ("range(0, 1, 0.25)", "[0,0.25,0.5,0.75]"),
            ("range(3, 0, -1)", "[3,2,1]"),
            ("range(5, 1)", "[]"),
            ("range(0)", "[]"),
            ("range(null)", "null"),
        ],
        call: range,
        ..COLLECTIONS
    },
    Builtin {
        name: "array",
        signature: "array(a, b, ...)",
        summary: "One array of the items of arrays and of single values.",
        arity: (0, None),
        result: result::joined_items,
        examples: &[
            ("array([1, 2], 3, [4])", "[1,2,3,4]"),
            ("array([1], null, [])", "[1,null]"),
            ("array([[1]], 2)", "[[1],2]"),
            ("array()", "[]"),
        ],
        call: |_, arguments| {
            let mut joined = Vec::new();
            for argument in arguments {
                match argument {
                    Value::Array(items) => {
                        ops::check_items(joined.len() + items.len())?;
                        joined.extend(items.iter().cloned());
                    }
                    Value::Multi(multi) => joined.extend(ops::choices(multi).map(Value::Choice)),
                    single => joined.push(single.clone()),
                }
                ops::check_items(joined.len())?;
            }
            // An object, which a single value may be, now lies one deeper.
            joined.iter().try_for_each(ops::check_nesting)?;
            Ok(Value::array(joined))
        },
        ..COLLECTIONS
    },
];

fn range(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let bound = given!(number("range", &arguments[0])?);
    let (from, to) = match arguments.get(1) {
        Some(to) => (bound, given!(number("range", to)?)),
        None => (0.0, bound),
    };
    let step = match arguments.get(2) {
        Some(step) => given!(number("range", step)?),
        None => 1.0,
    };
    if step == 0.0 {
        return Err(Fault::script("range takes a step other than 0"));
    }
    let count = ((to - from) / step).ceil().max(0.0);
    ops::check_items(if count.is_nan() { 0 } else { count as usize })?;
    Ok(Value::array((0..count as usize).map(|i| Value::number(from + step * i as f64)).collect()))
}
