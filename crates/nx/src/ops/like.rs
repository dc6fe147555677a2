//! `like`: whether a text occurs in another, whatever the case.

use super::text::text;
use crate::fault::Fault;
use crate::value::Value;
use model::Schema;
use model::text::{contains_folded, fold};

/// Longest needle that is looked for character by character.
const SHORT: usize = 32;

/// Whether the right side occurs in the left one, by their text forms, case ignored. Null is the empty text. `%`, `_`
/// and `*` stand for themselves.
pub fn like(left: &Value, right: &Value, schema: &Schema) -> Result<bool, Fault> {
    match (left, right) {
        (Value::Text(text), Value::Text(part)) => Ok(occurs(text, part)),
        (_, Value::Null) => Ok(true),
        (Value::Null, Value::Text(part)) => Ok(part.is_empty()),
        (left, right) => Ok(occurs(&text(left, schema)?, &text(right, schema)?)),
    }
}

fn occurs(text: &str, part: &str) -> bool {
    if part.len() <= SHORT && part.is_ascii() && text.is_ascii() {
        return occurs_in_ascii(text.as_bytes(), part.as_bytes());
    }
    contains_folded(text, &fold(part))
}

fn occurs_in_ascii(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut from = 0;
    while let Some(found) = text[from..].iter().position(|b| *b == lower || *b == upper) {
        let after = from + found + 1;
        match text.get(after..after + rest.len()) {
            Some(there) if there.eq_ignore_ascii_case(rest) => return true,
            Some(_) => from = after,
            None => return false,
        }
    }
    false
}
