//! Kinds that hold a number or a yes-or-no.

use super::plain_text;
use crate::error::Rule;
use crate::kind::Names;
use crate::kind::number::NumberFormat;
use crate::value::Value;
use std::cmp::Ordering;

/// The largest whole number that a double holds exactly with all below it.
pub const MAX_INTEGER: f64 = 9_007_199_254_740_992.0;

/// A finite number.
pub fn check_number(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Number(number) if number.is_finite() => Ok(()),
        _ => Err(Rule::Type("a number")),
    }
}

/// A whole number, exact as a double.
pub fn check_integer(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Number(number) if number.fract() != 0.0 || !number.is_finite() => Err(Rule::Type("a whole number")),
        Value::Number(number) if number.abs() > MAX_INTEGER => {
            Err(Rule::Range { min: Some(-MAX_INTEGER), max: Some(MAX_INTEGER) })
        }
        Value::Number(_) => Ok(()),
        _ => Err(Rule::Type("a whole number")),
    }
}

/// A number from loose input: of text, all but digits, point and signs is dropped, and a percent sign divides by 100.
pub fn coerce_number(given: &Value, _: &dyn Names) -> Option<Value> {
    match given {
        Value::Null => Some(Value::Null),
        Value::Bool(checked) => Some(Value::Number(f64::from(u8::from(*checked)))),
        Value::Number(number) => number.is_finite().then_some(Value::Number(*number)),
        Value::Duration(ms) => Some(Value::Number(*ms as f64)),
        Value::Text(text) => read_number(text),
        Value::List(list) => match list.as_slice() {
            [] => Some(Value::Null),
            [Value::Number(number)] if number.is_finite() => Some(Value::Number(*number)),
            _ => None,
        },
        Value::Date(_)
        | Value::Instant(_)
        | Value::Time(_)
        | Value::Span { .. }
        | Value::Choice(_)
        | Value::Choices(_)
        | Value::Reference(_)
        | Value::References(_)
        | Value::User(_)
        | Value::Users(_)
        | Value::Structure(_) => None,
    }
}

fn read_number(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Value::Null);
    }
    // Numbers as programs write them (1e6) first; but not the words "inf" and "nan", which Rust would read too.
    let exact = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if let Some(number) = text.parse::<f64>().ok().filter(|n| exact && n.is_finite()) {
        return Some(Value::Number(number));
    }
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '+' | '-')).collect();
    let number = kept.parse::<f64>().ok().filter(|n| n.is_finite())?;
    Some(Value::Number(if text.contains('%') { number / 100.0 } else { number }))
}

/// [`coerce_number`], rounded to a whole number.
pub fn coerce_integer(given: &Value, names: &dyn Names) -> Option<Value> {
    match coerce_number(given, names)? {
        Value::Number(number) => Some(Value::Number(number.round())).filter(|value| check_integer(value).is_ok()),
        empty => Some(empty),
    }
}

/// A yes-or-no from loose input: `true` and `false` as text, else whether there is something other than zero.
pub fn coerce_boolean(given: &Value, names: &dyn Names) -> Option<Value> {
    match given {
        Value::Bool(_) | Value::Null => Some(given.clone()),
        Value::Number(number) => Some(Value::Bool(*number != 0.0)),
        Value::Choice(_) => Some(Value::Bool(true)),
        Value::Choices(list) => Some(Value::Bool(!list.is_empty())),
        _ => {
            let text = plain_text(given, names)?;
            Some(match text.trim().to_ascii_lowercase().as_str() {
                "" => Value::Null,
                "false" | "0" | "no" | "off" => Value::Bool(false),
                _ => Value::Bool(true),
            })
        }
    }
}

/// Null first.
pub fn compare_numbers(a: &Value, b: &Value) -> Ordering {
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    // Numbers are never NaN, so the partial order is total, and -0 equals 0 as in SQL.
    number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal)
}

/// The number in its format; empty for null.
pub fn display_number(value: &Value, format: &NumberFormat) -> String {
    let Value::Number(number) = value else { return String::new() };
    match format {
        NumberFormat::Plain => number_text(*number),
        NumberFormat::Decimal { precision } => fixed(*number, *precision),
        NumberFormat::Percent { precision } => format!("{}%", fixed(number * 100.0, *precision)),
        NumberFormat::Currency { precision, symbol } => {
            let digits = fixed(number.abs(), *precision);
            let sign = if *number < 0.0 { "-" } else { "" };
            format!("{sign}{symbol}{}", grouped(&digits))
        }
    }
}

/// The shortest text that reads back to the same double, as JavaScript writes it for all but the largest and smallest.
pub fn number_text(number: f64) -> String {
    // JavaScript writes -0 as 0, and turns to exponents from 1e21 and below 1e-6.
    if number == 0.0 {
        return "0".to_owned();
    }
    if !(1e-6..1e21).contains(&number.abs()) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
            Some(_) | None => text,
        };
    }
    format!("{number}")
}

/// Digits after the point, rounded as the exact value of the double demands.
fn fixed(number: f64, precision: u8) -> String {
    let text = format!("{number:.*}", usize::from(precision.min(20)));
    match text.strip_prefix('-') {
        // JavaScript keeps the sign of -0.001 as "-0.00"; people take it for a mistake.
        Some(digits) if digits.bytes().all(|b| b == b'0' || b == b'.') => digits.to_owned(),
        Some(_) | None => text,
    }
}

/// Digits with commas between thousands.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}
