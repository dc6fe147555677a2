//! The order of values for `order by`, `sort`, `min` and `max`: any two have one.

use super::number::to_number;
use crate::value::Value;
use std::cmp::Ordering;

/// Null first; then booleans, numbers, dates, times and options by the numbers they stand for; then text by code
/// points; then records, users, appointments, lists and objects, each among their like.
pub fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => of_numbers(*a, *b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Record(a), Value::Record(b)) => a.cmp(b),
        (Value::User(a), Value::User(b)) => a.cmp(b),
        (Value::Appointment { start: a, end: b }, Value::Appointment { start: c, end: d }) => (a, b).cmp(&(c, d)),
        (Value::Multi(a), Value::Multi(b)) => a.ids.cmp(&b.ids),
        (Value::Array(a), Value::Array(b)) => first_unequal(a.iter().zip(b.iter()), a.len().cmp(&b.len())),
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.entries.iter().zip(&b.entries).map(|((a, _), (b, _))| a.cmp(b)).find(|order| order.is_ne());
            let values = a.entries.iter().zip(&b.entries).map(|((_, a), (_, b))| (a, b));
            keys.unwrap_or_else(|| first_unequal(values, a.entries.len().cmp(&b.entries.len())))
        }
        (Value::Table(a), Value::Table(b)) => a.cmp(b),
        (left, right) => match (class(left), class(right)) {
            // Of one class that is not above: numbers and what stands for them, and nulls.
            (a, b) if a == b => of_numbers(to_number(left).unwrap_or(0.0), to_number(right).unwrap_or(0.0)),
            (a, b) => a.cmp(&b),
        },
    }
}

/// Numbers are never NaN, so their partial order is total.
fn of_numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

fn first_unequal<'v>(mut pairs: impl Iterator<Item = (&'v Value, &'v Value)>, otherwise: Ordering) -> Ordering {
    pairs.find_map(|(a, b)| Some(order(a, b)).filter(|order| order.is_ne())).unwrap_or(otherwise)
}

fn class(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::Interval(_)
        | Value::Choice(_) => 1,
        Value::Text(_) => 2,
        Value::Record(_) => 3,
        Value::User(_) => 4,
        Value::Appointment { .. } => 5,
        Value::Multi(_) => 6,
        Value::Array(_) => 7,
        Value::Object(_) => 8,
        Value::Table(_) => 9,
    }
}
