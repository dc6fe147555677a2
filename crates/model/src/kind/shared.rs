//! What several kinds do alike, by the shape of their values.

mod dates;
mod lists;
mod numbers;
mod structures;
mod texts;

pub use dates::{
    LEAST_SPAN, check_date, check_format, check_instant, coerce_date, coerce_instant, compare_milliseconds,
    display_date, display_instant, duration_text, read_duration, read_span, time_text,
};
pub use lists::{
    check_distinct, check_references, check_targets, check_user, check_users, coerce_references, coerce_user,
    coerce_users, compare_lists, compare_references, display_references, display_users, words,
};
pub use numbers::{
    MAX_INTEGER, check_integer, check_number, coerce_boolean, coerce_integer, coerce_number, compare_numbers,
    display_number, number_text,
};
pub use structures::{MAX_JSON_BYTES, check_json, check_no_other_keys, check_text_key, object, structure_text};
pub use texts::{MAX_TEXT, check_text, coerce_text, compare_text, display_text, order_texts};

use super::Names;
use crate::error::Rule;
use crate::query::TextOrder;
use crate::time::{Day, Instant};
use crate::value::Value;
use std::cmp::Ordering;

/// The text of a value whatever its kind, empty for null; none for options, whose names only their field knows.
pub fn plain_text(value: &Value, names: &dyn Names) -> Option<String> {
    Some(match value {
        Value::Null => String::new(),
        Value::Bool(checked) => checked.to_string(),
        Value::Number(number) => number_text(*number),
        Value::Text(text) => text.clone(),
        Value::Date(day) => Day(*day).to_iso(),
        Value::Instant(ms) => Instant(*ms).to_iso(),
        Value::Time(ms) => time_text(*ms),
        Value::Duration(ms) => duration_text(*ms),
        Value::Span { start, end } => format!("{} - {}", Instant(*start).to_iso(), Instant(*end).to_iso()),
        Value::Choice(_) | Value::Choices(_) => return None,
        Value::Reference(_) | Value::References(_) => display_references(value, names),
        Value::User(_) | Value::Users(_) => display_users(value, names),
        Value::Structure(json) => structure_text(json),
        Value::List(list) => {
            let parts: Option<Vec<String>> = list.iter().map(|item| plain_text(item, names)).collect();
            parts?.join(", ")
        }
    })
}

/// Any value that a computed field could hold.
pub fn check_computed(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Number(_) => check_number(value),
        Value::Text(_) => check_text(value),
        Value::Structure(_) => check_json(value),
        Value::List(list) => list.iter().try_for_each(check_computed),
        Value::Null
        | Value::Bool(_)
        | Value::Date(_)
        | Value::Instant(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Span { .. }
        | Value::Choice(_)
        | Value::Choices(_)
        | Value::Reference(_)
        | Value::References(_)
        | Value::User(_)
        | Value::Users(_) => Ok(()),
    }
}

/// The order of any two values: empty ones first, then by shape, then as the shape compares.
pub fn compare_any(a: &Value, b: &Value, order: TextOrder) -> Ordering {
    match (a, b) {
        (Value::Text(_), Value::Text(_)) => compare_text(a, b, order),
        // Numbers are never NaN, and -0 equals 0 as in SQL.
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Choices(a), Value::Choices(b)) => a.cmp(b),
        (Value::References(a), Value::References(b)) => a.cmp(b),
        (Value::Users(a), Value::Users(b)) => a.cmp(b),
        (Value::Span { start: a, end: c }, Value::Span { start: b, end: d }) => (a, c).cmp(&(b, d)),
        (Value::Structure(a), Value::Structure(b)) => structure_text(a).cmp(&structure_text(b)),
        (Value::List(a), Value::List(b)) => {
            let unequal = a.iter().zip(b).map(|(a, b)| compare_any(a, b, order)).find(|o| o.is_ne());
            unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        _ => shape_place(a).cmp(&shape_place(b)).then_with(|| whole(a).cmp(&whole(b))),
    }
}

/// The place of a shape among all.
fn shape_place(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::Text(_) => 3,
        Value::Date(_) => 4,
        Value::Instant(_) => 5,
        Value::Time(_) => 6,
        Value::Duration(_) => 7,
        Value::Span { .. } => 8,
        Value::Choice(_) => 9,
        Value::Choices(_) => 10,
        Value::Reference(_) => 11,
        Value::References(_) => 12,
        Value::User(_) => 13,
        Value::Users(_) => 14,
        Value::Structure(_) => 15,
        Value::List(_) => 16,
    }
}

/// The whole number that a value is kept as, if it is kept as one.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Date(day) => Some(i64::from(*day)),
        Value::Instant(ms) | Value::Time(ms) | Value::Duration(ms) => Some(*ms),
        Value::Choice(id) => Some(i64::from(id.0)),
        Value::Reference(address) => Some(address.pack()),
        Value::User(id) => Some(i64::from(id.0)),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Span { .. }
        | Value::Choices(_)
        | Value::References(_)
        | Value::Users(_)
        | Value::Structure(_)
        | Value::List(_) => None,
    }
}
