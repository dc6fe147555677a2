//! Kinds that hold an object or other JSON.

use crate::Json;
use crate::error::Rule;
use crate::value::Value;
use std::io;

/// Largest JSON of a cell, in bytes as text.
pub const MAX_JSON_BYTES: usize = 1_048_576;
/// Deepest JSON of a cell.
const MAX_JSON_DEPTH: u64 = 64;

type Object = serde_json::Map<String, Json>;

/// Any JSON within the bounds of a cell.
pub fn check_json(value: &Value) -> Result<(), Rule> {
    let Value::Structure(json) = value else { return Err(Rule::Type("JSON")) };
    check_depth(json, 1)?;
    let mut size = Size(0);
    // The only thing that can fail is the bound of `Size`.
    serde_json::to_writer(&mut size, json)
        .map_err(|_| Rule::Malformed(format!("must not be larger than {MAX_JSON_BYTES} bytes as JSON")))
}

fn check_depth(json: &Json, depth: u64) -> Result<(), Rule> {
    if depth > MAX_JSON_DEPTH {
        return Err(Rule::TooDeep { limit: MAX_JSON_DEPTH });
    }
    match json {
        Json::Array(list) => list.iter().try_for_each(|item| check_depth(item, depth + 1)),
        Json::Object(map) => map.values().try_for_each(|item| check_depth(item, depth + 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(()),
    }
}

/// Counts bytes up to the bound.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        if self.0 > MAX_JSON_BYTES { Err(io::Error::other("too large")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The object in a value, within the bounds of a cell.
pub fn object<'a>(value: &'a Value, expected: &'static str) -> Result<&'a Object, Rule> {
    check_json(value).map_err(|rule| if let Rule::Type(_) = rule { Rule::Type(expected) } else { rule })?;
    match value {
        Value::Structure(Json::Object(object)) => Ok(object),
        _ => Err(Rule::Type(expected)),
    }
}

/// Refuses keys that are not among these.
pub fn check_no_other_keys(object: &Object, known: &[&str]) -> Result<(), Rule> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Rule::Malformed(format!("must not have the key {key}"))),
        None => Ok(()),
    }
}

/// A key that holds text or nothing.
pub fn check_text_key(object: &Object, key: &str) -> Result<(), Rule> {
    match object.get(key) {
        None | Some(Json::Null | Json::String(_)) => Ok(()),
        Some(_) => Err(Rule::Malformed(format!("must have text in {key}"))),
    }
}

/// The JSON as compact text; plain text for a string, empty for null.
pub fn structure_text(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => json.to_string(),
    }
}
