//! How much room values take.

use crate::value::Value;

/// What a value holds beside itself and what it makes, in bytes: of a text its length, of lists their places.
pub(super) fn held(value: &Value) -> usize {
    let own = size_of::<Value>();
    own + match value {
        Value::Text(text) => text.len(),
        Value::Array(items) => items.len() * own,
        Value::Object(object) => object.entries.iter().map(|(key, _)| key.len() + 2 * own).sum(),
        Value::Multi(multi) => multi.ids.len() * 4,
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::Interval(_)
        | Value::Appointment { .. }
        | Value::Choice(_)
        | Value::Record(_)
        | Value::User(_)
        | Value::Table(_) => 0,
    }
}

/// About how many bytes a result is as JSON, from below.
pub(super) fn encoded(value: &Value) -> u64 {
    match value {
        Value::Text(text) => text.len() as u64 + 2,
        Value::Array(items) => items.iter().map(|item| encoded(item) + 1).sum::<u64>() + 1,
        Value::Object(object) => {
            object.entries.iter().map(|(key, value)| key.len() as u64 + 4 + encoded(value)).sum::<u64>() + 1
        }
        Value::Null | Value::Bool(_) => 4,
        Value::Number(_) => 1,
        Value::Record(_) | Value::User(_) | Value::Table(_) | Value::Choice(_) | Value::Multi(_) => 2,
        Value::Date(_) | Value::Time(_) | Value::Interval(_) => 10,
        Value::DateTime(_) | Value::Appointment { .. } => 21,
    }
}
