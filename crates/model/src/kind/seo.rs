//! What search engines and social networks show of a record: `title`, `description` and `image`.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a SEO field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Seo {}

impl Behaviour for Seo {
    fn word(&self) -> &'static str {
        "seo"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a SEO object")?;
        shared::check_no_other_keys(object, &["title", "description", "image"])?;
        shared::check_text_key(object, "title")?;
        shared::check_text_key(object, "description")?;
        match object.get("image") {
            None | Some(Json::Null | Json::String(_) | Json::Object(_)) => Ok(()),
            Some(_) => Err(Rule::Malformed("must have a file in image".to_owned())),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Structure(json) => json["title"].as_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
