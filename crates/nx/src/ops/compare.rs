//! Comparison: what equals what, and what comes before what.

use super::caption::{caption, chosen_caption};
use super::number::{read_number, to_number};
use crate::value::{Choice, Object, Value};
use model::Schema;
use model::time::DAY_MS;
use std::cmp::Ordering;
use std::sync::Arc;

/// `=`. Null equals null and `""`, and nothing else; options equal their number and their caption; several options
/// equal each of theirs; a record equals its number; dates and instants compare as instants. Any other pair of
/// different types is unequal.
#[inline]
pub fn equal(left: &Value, right: &Value, schema: &Schema) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Null, Value::Null) => true,
        (Value::Null, Value::Text(text)) | (Value::Text(text), Value::Null) => text.is_empty(),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::DateTime(a), Value::DateTime(b)) | (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Interval(a), Value::Interval(b)) => a == b,
        (Value::Date(day), Value::DateTime(ms)) | (Value::DateTime(ms), Value::Date(day)) => {
            i64::from(*day) * DAY_MS == *ms
        }
        (Value::Appointment { start: a, end: b }, Value::Appointment { start: c, end: d }) => (a, b) == (c, d),
        (Value::Choice(a), Value::Choice(b)) => a.id == b.id,
        (Value::Choice(choice), Value::Number(number)) | (Value::Number(number), Value::Choice(choice)) => {
            f64::from(choice.id.0) == *number
        }
        (Value::Choice(choice), Value::Text(text)) | (Value::Text(text), Value::Choice(choice)) => {
            caption(*choice, schema) == Some(text)
        }
        (Value::Multi(multi), other @ (Value::Choice(_) | Value::Number(_) | Value::Text(_)))
        | (other @ (Value::Choice(_) | Value::Number(_) | Value::Text(_)), Value::Multi(multi)) => match other {
            Value::Text(text) => chosen_caption(schema, multi.table, multi.field, &multi.ids, text),
            Value::Choice(Choice { id, .. }) => multi.ids.contains(id),
            other => to_number(other).is_some_and(|number| multi.ids.iter().any(|id| f64::from(id.0) == number)),
        },
        // Options are a set.
        (Value::Multi(a), Value::Multi(b)) => {
            a.ids.iter().all(|id| b.ids.contains(id)) && b.ids.iter().all(|id| a.ids.contains(id))
        }
        (Value::Record(a), Value::Record(b)) => a == b,
        (Value::Record(address), Value::Number(number)) | (Value::Number(number), Value::Record(address)) => {
            f64::from(address.record.0) == *number
        }
        (Value::User(a), Value::User(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => {
            Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b, schema)))
        }
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b) || equal_objects(a, b, schema),
        (Value::Table(a), Value::Table(b)) => a == b,
        _ => false,
    }
}

/// The same keys, in any order, with equal values.
fn equal_objects(a: &Object, b: &Object, schema: &Schema) -> bool {
    if a.entries.len() != b.entries.len() {
        return false;
    }
    let mut sorted = [a, b].map(|object| object.entries.iter().collect::<Vec<_>>());
    sorted.iter_mut().for_each(|entries| entries.sort_by(|a, b| a.0.cmp(&b.0)));
    let [a, b] = sorted;
    a.iter().zip(b).all(|((key, value), (other, there))| key == other && equal(value, there, schema))
}

/// How `<` and its kin see two values; none, which makes all of them false, when a side is null or the two have no
/// order: text goes by code points, options and records by number, text beside a number by the number that it is.
#[inline]
pub fn compare(left: &Value, right: &Value, schema: &Schema) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::Text(text), Value::Number(number)) => read_number(text)?.partial_cmp(number),
        (Value::Number(number), Value::Text(text)) => number.partial_cmp(&read_number(text)?),
        (Value::Choice(choice), Value::Text(text)) => Some(caption(*choice, schema)?.cmp(text)),
        (Value::Text(text), Value::Choice(choice)) => Some(text.as_ref().cmp(caption(*choice, schema)?)),
        (Value::Record(a), Value::Record(b)) => Some(a.cmp(b)),
        (Value::Appointment { start: a, end: b }, Value::Appointment { start: c, end: d }) => Some((a, b).cmp(&(c, d))),
        // What is left and has a number: booleans, dates, times, options, records beside numbers.
        (Value::Text(_), _) | (_, Value::Text(_)) => None,
        (left, right) => to_number(left)?.partial_cmp(&to_number(right)?),
    }
}
