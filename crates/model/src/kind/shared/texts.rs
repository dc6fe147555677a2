//! Kinds that hold text.

use super::plain_text;
use crate::error::Rule;
use crate::kind::Names;
use crate::query::TextOrder;
use crate::text;
use crate::value::Value;
use std::cmp::Ordering;

/// Longest text of a cell, in characters.
pub const MAX_TEXT: u64 = 1_000_000;

/// Text within the bound of a cell.
pub fn check_text(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Text(text) if is_too_long(text) => Err(Rule::Length { min: None, max: Some(MAX_TEXT), eq: None }),
        Value::Text(text) if text.contains('\0') => {
            Err(Rule::Malformed("must not contain the character U+0000".to_owned()))
        }
        Value::Text(_) => Ok(()),
        _ => Err(Rule::Type("text")),
    }
}

/// The text of anything that has one.
pub fn coerce_text(given: &Value, names: &dyn Names) -> Option<Value> {
    if check_text(given).is_ok() {
        return Some(given.clone());
    }
    let text = plain_text(given, names)?;
    if text.is_empty() {
        return Some(Value::Null);
    }
    Some(Value::Text(text)).filter(|value| check_text(value).is_ok())
}

/// The text itself.
pub fn display_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// Null first, then by the order asked for.
pub fn compare_text(a: &Value, b: &Value, order: TextOrder) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => order_texts(a, b, order),
        _ => matches!(a, Value::Text(_)).cmp(&matches!(b, Value::Text(_))),
    }
}

/// Two texts in the order asked for.
pub fn order_texts(a: &str, b: &str, order: TextOrder) -> Ordering {
    match order {
        TextOrder::Natural => text::compare_natural(a, b),
        TextOrder::Codepoint => a.cmp(b),
    }
}

fn is_too_long(text: &str) -> bool {
    // Counting is only needed when the bytes could be more characters than allowed.
    text.len() as u64 > MAX_TEXT && text.chars().count() as u64 > MAX_TEXT
}
