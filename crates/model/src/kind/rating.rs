//! Stars: a whole number from 1 to a maximum.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::number::NumberFormat;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a rating field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rating {
    pub icon: String,
    pub color: String,
    /// From 1 to 10.
    pub max: u8,
}

impl Behaviour for Rating {
    fn word(&self) -> &'static str {
        "rating"
    }

    fn class(&self) -> Class {
        Class::Integer
    }

    fn check_settings(&self) -> Result<(), Rule> {
        match self.max {
            1..=10 => Ok(()),
            _ => Err(Rule::Range { min: Some(1.0), max: Some(10.0) }),
        }
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_integer(value)?;
        match value {
            Value::Number(stars) if (1.0..=f64::from(self.max)).contains(stars) => Ok(()),
            _ => Err(Rule::Range { min: Some(1.0), max: Some(f64::from(self.max)) }),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        match shared::coerce_integer(given, names)? {
            Value::Number(0.0) => Some(Value::Null),
            Value::Number(stars) if stars < 0.0 => None,
            Value::Number(stars) => Some(Value::Number(stars.min(f64::from(self.max)))),
            empty => Some(empty),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_number(value, &NumberFormat::Plain)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_numbers(a, b)
    }
}

impl Default for Rating {
    fn default() -> Rating {
        Rating { icon: "star".to_owned(), color: "yellowBright".to_owned(), max: 5 }
    }
}
