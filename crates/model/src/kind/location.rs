//! A place on earth: `latitude`, `longitude` and perhaps `text`.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a location field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Location {}

impl Behaviour for Location {
    fn word(&self) -> &'static str {
        "location"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a location")?;
        shared::check_no_other_keys(object, &["latitude", "longitude", "text"])?;
        shared::check_text_key(object, "text")?;
        for (key, bound) in [("latitude", 90.0), ("longitude", 180.0)] {
            match object.get(key).and_then(Json::as_f64) {
                Some(degrees) if degrees.abs() <= bound => {}
                Some(_) => return Err(Rule::Range { min: Some(-bound), max: Some(bound) }),
                None => return Err(Rule::Malformed(format!("must have a number in {key}"))),
            }
        }
        Ok(())
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            Value::Text(text) => Some(read(text.trim())?).filter(|value| self.check(value).is_ok()),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        let Value::Structure(json) = value else { return String::new() };
        let degrees = |key: &str| json[key].as_f64().map(shared::number_text).unwrap_or_default();
        let place = format!("{},{}", degrees("latitude"), degrees("longitude"));
        match json["text"].as_str() {
            Some(text) if !text.is_empty() => format!("{text} <{place}>"),
            _ => place,
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}

/// The place in `text <latitude,longitude>` or `latitude,longitude`.
fn read(text: &str) -> Option<Value> {
    let (label, place) = match text.strip_suffix('>').and_then(|inner| inner.rsplit_once('<')) {
        Some((label, place)) => (label.trim(), place),
        None => ("", text),
    };
    let (latitude, longitude) = place.split_once(',')?;
    let degrees = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let mut json = serde_json::json!({ "latitude": degrees(latitude)?, "longitude": degrees(longitude)? });
    if !label.is_empty() {
        json["text"] = Json::from(label);
    }
    Some(Value::Structure(json))
}
