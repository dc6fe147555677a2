//! Arithmetic: numbers as IEEE doubles, texts one after the other, dates and lengths of time.
//!
//! One null counts as 0, two give null; what is not finite, or further away than dates go, is null.

use super::bounded::Bounded;
use super::number::{Operand, operand};
use super::text::write_text;
use super::type_name;
use crate::fault::Fault;
use crate::ir::Operator;
use crate::value::Value;
use model::Schema;
use model::kind::shared::MAX_INTEGER;
use model::time::{DAY_MS, Day, Instant};

/// `+`: the text forms one after the other when a side is a text or an option, else a sum.
#[inline]
pub fn add(left: &Value, right: &Value, schema: &Schema) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::number(a + b)),
        (Value::Text(_) | Value::Choice(_) | Value::Multi(_), _)
        | (_, Value::Text(_) | Value::Choice(_) | Value::Multi(_)) => concatenate(left, right, schema),
        _ => calculate(Operator::Add, left, right),
    }
}

fn concatenate(left: &Value, right: &Value, schema: &Schema) -> Result<Value, Fault> {
    let mut text = Bounded::default();
    write_text(left, schema, &mut text)?;
    write_text(right, schema, &mut text)?;
    Ok(text.into_value())
}

/// `+ - * / %` of what is not text.
#[inline]
pub fn calculate(operator: Operator, left: &Value, right: &Value) -> Result<Value, Fault> {
    if let (Value::Number(a), Value::Number(b)) = (left, right) {
        return Ok(number(operator, *a, *b));
    }
    if let Some(value) = of_time(operator, left, right) {
        return Ok(value);
    }
    match (operand(left), operand(right)) {
        (Operand::Refused, _) => Err(refused(operator, left)),
        (_, Operand::Refused) => Err(refused(operator, right)),
        (Operand::NoNumber, _) | (_, Operand::NoNumber) | (Operand::Null, Operand::Null) => Ok(Value::Null),
        (Operand::Number(a), Operand::Number(b)) => Ok(number(operator, a, b)),
        (Operand::Number(a), Operand::Null) => Ok(number(operator, a, 0.0)),
        (Operand::Null, Operand::Number(b)) => Ok(number(operator, 0.0, b)),
    }
}

fn refused(operator: Operator, value: &Value) -> Fault {
    Fault::script(format!("{} does not calculate with {}", operator.word(), a_type(value)))
}

/// The type of a value with its article.
fn a_type(value: &Value) -> String {
    let name = type_name(value);
    format!("{} {name}", if name.starts_with(['a', 'o']) { "an" } else { "a" })
}

fn number(operator: Operator, a: f64, b: f64) -> Value {
    // What is divided by 0 is not finite, or NaN: null.
    match operator {
        Operator::Add => Value::number(a + b),
        Operator::Subtract => Value::number(a - b),
        Operator::Multiply => Value::number(a * b),
        Operator::Divide => Value::number(a / b),
        Operator::Remainder => Value::number(a % b),
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Like => Value::Null,
    }
}

/// `-value`.
#[inline]
pub fn negate(value: &Value) -> Result<Value, Fault> {
    match (value, operand(value)) {
        (Value::Interval(ms), _) => Ok(interval(-(*ms as f64))),
        (_, Operand::Number(number)) => Ok(Value::number(0.0 - number)),
        (_, Operand::Null | Operand::NoNumber) => Ok(Value::Null),
        (_, Operand::Refused) => Err(refused(Operator::Subtract, value)),
    }
}

/// Where dates, times and lengths of time have a meaning of their own; none where they are numbers like others.
fn of_time(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    match operator {
        Operator::Add => later(left, right).or_else(|| later(right, left)),
        Operator::Subtract => earlier(left, right),
        Operator::Multiply | Operator::Divide | Operator::Remainder => scaled(operator, left, right),
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Like => None,
    }
}

fn later(from: &Value, by: &Value) -> Option<Value> {
    Some(match (from, by) {
        (Value::Date(day), by) if count(by).is_some() => days_later(*day, count(by)?),
        (Value::DateTime(ms), by) if count(by).is_some() => instant_days_later(*ms, count(by)?),
        (Value::Date(day), Value::Interval(by)) => instant(i64::from(*day) * DAY_MS, *by),
        (Value::DateTime(ms), Value::Interval(by)) => instant(*ms, *by),
        (Value::Time(ms), Value::Interval(by)) => Value::Time((ms + by.rem_euclid(DAY_MS)).rem_euclid(DAY_MS)),
        (Value::Interval(a), Value::Interval(b)) => interval(*a as f64 + *b as f64),
        (Value::Interval(ms), by) if count(by).is_some() => interval(*ms as f64 + count(by)?),
        _ => return None,
    })
}

fn earlier(from: &Value, by: &Value) -> Option<Value> {
    Some(match (from, by) {
        (Value::Date(a), Value::Date(b)) => Value::Number(f64::from(*a) - f64::from(*b)),
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_))
        | (Value::Time(_), Value::Time(_)) => interval(milliseconds(from)? as f64 - milliseconds(by)? as f64),
        (Value::Interval(a), by) if !matches!(by, Value::Interval(_)) => interval(*a as f64 - count(by)?),
        (from, Value::Interval(b)) if count(from).is_some() => interval(count(from)? - *b as f64),
        (from, Value::Interval(b)) => later(from, &Value::Interval(b.saturating_neg()))?,
        (from, by) => later(from, &Value::Number(-count(by)?))?,
    })
}

fn scaled(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    match (operator, left, right) {
        (Operator::Multiply, Value::Interval(ms), by) | (Operator::Multiply, by, Value::Interval(ms)) => {
            Some(interval(*ms as f64 * count(by)?))
        }
        (Operator::Divide, Value::Interval(ms), by) => Some(interval(*ms as f64 / count(by)?)),
        (Operator::Remainder, Value::Interval(a), Value::Interval(b)) => Some(interval(*a as f64 % *b as f64)),
        (Operator::Remainder, Value::Interval(a), by) => Some(interval(*a as f64 % count(by)?)),
        _ => None,
    }
}

/// A plain number, or what counts as one.
fn count(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Number(number) => Some(*number),
        Value::Bool(checked) => Some(f64::from(u8::from(*checked))),
        _ => None,
    }
}

fn milliseconds(value: &Value) -> Option<i64> {
    match value {
        Value::Date(day) => Some(i64::from(*day) * DAY_MS),
        Value::DateTime(ms) | Value::Time(ms) => Some(*ms),
        _ => None,
    }
}

/// So many whole days later; the number is cut to a whole one.
fn days_later(day: i32, days: f64) -> Value {
    let day = i64::from(day).saturating_add(days as i64);
    match i32::try_from(day) {
        Ok(day) if day.unsigned_abs() <= Day::FURTHEST.unsigned_abs() => Value::Date(day),
        Ok(_) | Err(_) => Value::Null,
    }
}

fn instant_days_later(ms: i64, days: f64) -> Value {
    instant(ms, (days as i64).saturating_mul(DAY_MS))
}

/// An instant, if we can write it.
fn instant(ms: i64, later: i64) -> Value {
    let ms = ms.saturating_add(later);
    if ms.unsigned_abs() <= Instant::FURTHEST.unsigned_abs() { Value::DateTime(ms) } else { Value::Null }
}

/// A length of time, if it is exact.
pub(crate) fn interval(ms: f64) -> Value {
    if ms.abs() <= MAX_INTEGER { Value::Interval(ms as i64) } else { Value::Null }
}
