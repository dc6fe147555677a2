//! A video elsewhere: `url` and what is known of it.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a video field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Video {}

impl Behaviour for Video {
    fn word(&self) -> &'static str {
        "video"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a video")?;
        if !object.get("url").is_some_and(Json::is_string) {
            return Err(Rule::Malformed("must have text in url".to_owned()));
        }
        match object.iter().find(|(_, part)| part.is_array() || part.is_object() || part.is_boolean()) {
            Some((key, _)) => Err(Rule::Malformed(format!("must have text or a number in {key}"))),
            None => Ok(()),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            Value::Text(url) => Some(Value::Structure(serde_json::json!({ "url": url.trim() })))
                .filter(|value| self.check(value).is_ok()),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        let Value::Structure(json) = value else { return String::new() };
        json["title"].as_str().filter(|t| !t.is_empty()).or(json["url"].as_str()).unwrap_or_default().to_owned()
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
