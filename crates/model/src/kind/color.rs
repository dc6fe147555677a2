//! A color: `red`, `green`, `blue` and `alpha` from 0 to 255.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a color field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Color {
    /// Whether people choose an alpha.
    #[serde(default)]
    pub alpha: bool,
    /// Colors offered first, as `#rrggbb`.
    #[serde(default)]
    pub presets: Vec<String>,
}

impl Behaviour for Color {
    fn word(&self) -> &'static str {
        "color"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a color")?;
        shared::check_no_other_keys(object, &PARTS)?;
        for part in PARTS {
            match object.get(part).map(Json::as_u64) {
                Some(Some(0..=255)) => {}
                // Without an alpha it is opaque.
                None if part == "alpha" => {}
                Some(_) | None => return Err(Rule::Malformed(format!("must have a number from 0 to 255 in {part}"))),
            }
        }
        Ok(())
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            Value::Text(text) => read(text.trim()),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        let Value::Structure(json) = value else { return String::new() };
        let [red, green, blue, alpha] = PARTS.map(|part| json[part].as_u64().unwrap_or(255));
        match alpha {
            255 => format!("#{red:02x}{green:02x}{blue:02x}"),
            _ => format!("#{red:02x}{green:02x}{blue:02x}{alpha:02x}"),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}

const PARTS: [&str; 4] = ["red", "green", "blue", "alpha"];

/// The color of `#rrggbb` or `#rrggbbaa`.
fn read(text: &str) -> Option<Value> {
    let digits =
        text.strip_prefix('#').filter(|d| matches!(d.len(), 6 | 8) && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let part = |i: usize| digits.get(i..i + 2).map_or(Some(255), |d| u8::from_str_radix(d, 16).ok());
    let (red, green, blue, alpha) = (part(0)?, part(2)?, part(4)?, part(6)?);
    Some(Value::Structure(serde_json::json!({ "red": red, "green": green, "blue": blue, "alpha": alpha })))
}
