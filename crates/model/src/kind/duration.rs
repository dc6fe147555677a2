//! A length of time.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a duration field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Duration {}

impl Behaviour for Duration {
    fn word(&self) -> &'static str {
        "duration"
    }

    fn class(&self) -> Class {
        Class::Duration
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Duration(ms) if ms.unsigned_abs() <= shared::MAX_INTEGER as u64 => Ok(()),
            _ => Err(Rule::Type("a duration")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        let value = match given {
            Value::Null => return Some(Value::Null),
            Value::Duration(_) => given.clone(),
            Value::Time(ms) => Value::Duration(*ms),
            Value::Span { start, end } => Value::Duration(end.saturating_sub(*start)),
            Value::Number(ms) if ms.is_finite() => Value::Duration(ms.trunc() as i64),
            _ => {
                let text = shared::plain_text(given, names)?;
                if text.trim().is_empty() {
                    return Some(Value::Null);
                }
                Value::Duration(shared::read_duration(&text)?)
            }
        };
        self.check(&value).is_ok().then_some(value)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Duration(ms) => shared::duration_text(*ms),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
