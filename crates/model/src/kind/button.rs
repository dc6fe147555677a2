//! A button: its cell counts the clicks, as `{"count": 3}`.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::field::MAX_NAME;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a button field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Button {
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub color: String,
    /// How often it can be clicked.
    #[serde(default)]
    pub max_count: Option<u32>,
    /// Whether people may set the count back.
    #[serde(default)]
    pub reset: bool,
}

impl Behaviour for Button {
    fn word(&self) -> &'static str {
        "button"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check_settings(&self) -> Result<(), Rule> {
        match self.label.chars().count() <= MAX_NAME {
            true => Ok(()),
            false => Err(Rule::Length { min: None, max: Some(MAX_NAME as u64), eq: None }),
        }
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a count of clicks")?;
        shared::check_no_other_keys(object, &["count"])?;
        match object.get("count").and_then(Json::as_u64) {
            Some(_) => Ok(()),
            None => Err(Rule::Malformed("must have a number in count".to_owned())),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Structure(json) => json["count"].as_u64().map(|count| count.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
