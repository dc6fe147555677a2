//! A time of day.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::time::{DAY_MS, read_clock};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a time field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Time {}

impl Behaviour for Time {
    fn word(&self) -> &'static str {
        "time"
    }

    fn class(&self) -> Class {
        Class::Time
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Time(ms) if (0..DAY_MS).contains(ms) => Ok(()),
            _ => Err(Rule::Type("a time of day")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        let value = match given {
            Value::Null => return Some(Value::Null),
            Value::Time(_) => given.clone(),
            Value::Instant(ms) => Value::Time(ms.rem_euclid(DAY_MS)),
            Value::Duration(ms) => Value::Time(*ms),
            Value::Number(ms) if ms.is_finite() => Value::Time(ms.trunc() as i64),
            _ => {
                let text = shared::plain_text(given, names)?;
                if text.trim().is_empty() {
                    return Some(Value::Null);
                }
                Value::Time(read_clock(text.trim())??)
            }
        };
        self.check(&value).is_ok().then_some(value)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Time(ms) => shared::time_text(*ms),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
