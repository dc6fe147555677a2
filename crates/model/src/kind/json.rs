//! Any JSON.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a JSON field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct JsonKind {}

impl Behaviour for JsonKind {
    fn word(&self) -> &'static str {
        "JSON"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_json(value)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Structure(_) => self.check(given).is_ok().then(|| given.clone()),
            Value::Bool(checked) => Some(Value::Structure(Json::from(*checked))),
            Value::Number(number) => Some(Value::Structure(Json::from(*number))),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            Value::Text(text) => {
                let json = serde_json::from_str(text).ok()?;
                Some(Value::Structure(json)).filter(|value| self.check(value).is_ok())
            }
            _ => None,
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Structure(json) => shared::structure_text(json),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
