//! What operators do to values: truth, arithmetic, comparison, text form, order; and the way of values from cells and
//! back into them.
//!
//! Everything here is defined for any pair of values. What cannot be calculated with at all is a [`Fault`]; what would
//! be no number is null.

mod arithmetic;
mod assign;
mod bounded;
mod caption;
mod cells;
mod compare;
mod like;
mod names;
mod number;
mod order;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use arithmetic::interval;
pub use assign::assign;
pub use bounded::{Bounded, MAX_ITEMS, MAX_NESTING, MAX_TEXT, check_items, check_nesting};
pub(crate) use caption::option;
pub use caption::{caption, chosen_caption, options, origin};
pub(crate) use cells::object;
pub use cells::{Origin, from_json, from_model, from_plain, to_json};
pub use compare::{compare, equal};
pub use like::like;
pub use names::{field_of, item, key, table_named};
pub use number::{read_number, to_number};
pub use order::order;
pub(crate) use text::{choices, write_appointment, write_date, write_datetime, write_interval, write_time};
pub use text::{text, write_number, write_text};

use crate::fault::Fault;
use crate::ir::Operator;
use crate::value::Value;
use model::Schema;
use std::cmp::Ordering;

/// Whether a condition holds: false, null, 0, `""` and empty lists are false, everything else is true.
#[inline]
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(checked) => *checked,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::Multi(multi) => !multi.ids.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::Interval(_)
        | Value::Appointment { .. }
        | Value::Choice(_)
        | Value::Record(_)
        | Value::User(_)
        | Value::Object(_)
        | Value::Table(_) => true,
    }
}

/// An operator of two sides.
#[inline]
pub fn binary(operator: Operator, left: &Value, right: &Value, schema: &Schema) -> Result<Value, Fault> {
    let compared = |holds: fn(Ordering) -> bool| Ok(Value::Bool(compare(left, right, schema).is_some_and(holds)));
    match operator {
        Operator::Add => arithmetic::add(left, right, schema),
        Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            arithmetic::calculate(operator, left, right)
        }
        Operator::Equal => Ok(Value::Bool(equal(left, right, schema))),
        Operator::NotEqual => Ok(Value::Bool(!equal(left, right, schema))),
        Operator::Less => compared(Ordering::is_lt),
        Operator::LessOrEqual => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::GreaterOrEqual => compared(Ordering::is_ge),
        Operator::Like => Ok(Value::Bool(like(left, right, schema)?)),
    }
}

/// The sign turned: of a number, or of the number that a value stands for, so that `order by -Date` comes backwards.
#[inline]
pub fn negate(value: &Value) -> Result<Value, Fault> {
    arithmetic::negate(value)
}

/// The name of a value's type.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Text(_) => "text",
        Value::Date(_) => "date",
        Value::DateTime(_) => "datetime",
        Value::Time(_) => "time",
        Value::Interval(_) => "timeinterval",
        Value::Appointment { .. } => "appointment",
        Value::Choice(_) => "choice",
        Value::Multi(_) => "multi",
        Value::Record(_) => "record",
        Value::User(_) => "user",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Table(_) => "table",
    }
}
