//! Functions of text. Lengths and positions count Unicode scalar values.

pub mod case;
pub mod convert;
pub mod cut;
pub mod parts;
pub mod regular;
pub mod search;
pub mod web;

use super::{Builtin, Group, result, row};
use crate::fault::Fault;
use crate::ops::Bounded;
use crate::value::Value;

/// What rows of this group share.
const TEXT: Builtin = Builtin { result: result::text, ..row(Group::Text) };

/// A text as a value, if it is not too long.
fn bounded(text: String) -> Result<Value, Fault> {
    Bounded::default().room(text.len())?;
    Ok(Value::text(text))
}

/// Where the character of this number begins, in bytes; the end when there are fewer.
fn offset(text: &str, characters: usize) -> usize {
    if text.is_ascii() {
        return characters.min(text.len());
    }
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

/// How many characters a text has.
fn length(text: &str) -> usize {
    text.chars().count()
}
