//! Bounds of what a script can build: a text, a list, what lies within another. They hold before anything is built.

use crate::fault::Fault;
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// Longest text of a script, in bytes.
pub const MAX_TEXT: usize = 32 << 20;
/// Most items that a function makes at once.
pub const MAX_ITEMS: usize = 100_000;
/// How deep arrays and objects lie within each other.
pub const MAX_NESTING: usize = 64;

/// A text in the making, which does not outgrow [`MAX_TEXT`] or a smaller bound.
pub struct Bounded {
    text: String,
    limit: usize,
}

impl Default for Bounded {
    fn default() -> Bounded {
        Bounded::within(MAX_TEXT)
    }
}

impl Bounded {
    /// An empty text that may have so many bytes.
    pub fn within(limit: usize) -> Bounded {
        Bounded { text: String::new(), limit }
    }

    /// Appends a text.
    pub fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.room(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Appends a character.
    pub fn push_char(&mut self, c: char) -> Result<(), Fault> {
        self.room(c.len_utf8())?;
        self.text.push(c);
        Ok(())
    }

    /// Appends what is formatted.
    pub fn push_formatted(&mut self, arguments: fmt::Arguments<'_>) -> Result<(), Fault> {
        fmt::write(&mut *self, arguments).map_err(|_| too_long(self.limit))
    }

    /// Refuses so many bytes more, if they do not fit.
    pub fn room(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.limit - self.text.len() { Err(too_long(self.limit)) } else { Ok(()) }
    }

    /// What was appended.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text.
    pub fn finish(self) -> Arc<str> {
        Arc::from(self.text)
    }

    /// The text as a value.
    pub fn into_value(self) -> Value {
        Value::Text(self.finish())
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text).map_err(|_| fmt::Error)
    }
}

fn too_long(limit: usize) -> Fault {
    Fault::Budget(format!("a text would be longer than {limit} bytes"))
}

/// Refuses more items than a list may have.
pub fn check_items(count: usize) -> Result<(), Fault> {
    if count > MAX_ITEMS {
        return Err(Fault::Budget(format!("a list would have more than {MAX_ITEMS} items")));
    }
    Ok(())
}

/// Refuses a value that would lie deeper than [`MAX_NESTING`] once it is put into an array or object. Whoever makes
/// these asks it for each item, so that nothing that walks values, not even their end, runs out of stack.
pub fn check_nesting(item: &Value) -> Result<(), Fault> {
    fits(item, MAX_NESTING - 1)
        .then_some(())
        .ok_or_else(|| Fault::Budget(format!("arrays and objects would lie more than {MAX_NESTING} deep")))
}

/// Whether a value is at most so deep.
fn fits(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|item| fits(item, depth - 1)),
        Value::Object(object) => depth > 0 && object.entries.iter().all(|(_, item)| fits(item, depth - 1)),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::Interval(_)
        | Value::Appointment { .. }
        | Value::Choice(_)
        | Value::Multi(_)
        | Value::Record(_)
        | Value::User(_)
        | Value::Table(_) => true,
    }
}
