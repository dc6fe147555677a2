//! Values as numbers.

use crate::value::Value;

/// What a value is to arithmetic.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Operand {
    /// Counts as 0 beside a number.
    Null,
    Number(f64),
    /// Text that is no number: what is calculated with it is null.
    NoNumber,
    /// Not to be calculated with.
    Refused,
}

/// A value as an operand of arithmetic.
#[inline]
pub fn operand(value: &Value) -> Operand {
    match value {
        Value::Number(number) => Operand::Number(*number),
        Value::Null => Operand::Null,
        Value::Text(text) if text.trim().is_empty() => Operand::Null,
        Value::Multi(_)
        | Value::User(_)
        | Value::Array(_)
        | Value::Object(_)
        | Value::Appointment { .. }
        | Value::Table(_) => Operand::Refused,
        Value::Bool(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::Interval(_)
        | Value::Choice(_)
        | Value::Record(_) => to_number(value).map_or(Operand::NoNumber, Operand::Number),
    }
}

/// The number that a value stands for: 1 or 0 of a boolean, milliseconds of dates and times, the id of a choice, the
/// number of a record, what a text says. None when there is none.
#[inline]
pub fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Bool(checked) => Some(f64::from(u8::from(*checked))),
        Value::Text(text) => read_number(text),
        Value::Date(day) => Some(f64::from(*day) * model::time::DAY_MS as f64),
        Value::DateTime(ms) | Value::Time(ms) | Value::Interval(ms) => Some(*ms as f64),
        Value::Choice(choice) => Some(f64::from(choice.id.0)),
        Value::Record(address) => Some(f64::from(address.record.0)),
        Value::Null
        | Value::Appointment { .. }
        | Value::Multi(_)
        | Value::User(_)
        | Value::Array(_)
        | Value::Object(_)
        | Value::Table(_) => None,
    }
}

/// The number that a text is, as a whole: digits, a point, an exponent, a sign, blanks around it.
pub fn read_number(text: &str) -> Option<f64> {
    let text = text.trim();
    // Rust would read the words "inf" and "nan" too.
    let written = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !written {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}
