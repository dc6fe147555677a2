//! An appointment: from one instant to another.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::time::{Instant, Reading};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of an appointment field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Appointment {}

impl Behaviour for Appointment {
    fn word(&self) -> &'static str {
        "appointment"
    }

    fn class(&self) -> Class {
        Class::Span
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Span { start, end } if start > end => {
                Err(Rule::Malformed("must not end before it starts".to_owned()))
            }
            Value::Span { start, end } if *start < shared::LEAST_SPAN || *end > Instant::FURTHEST => {
                Err(Rule::DateRange {
                    min: Some(Instant(shared::LEAST_SPAN).to_iso()),
                    max: Some(Instant(Instant::FURTHEST).to_iso()),
                })
            }
            Value::Span { .. } => Ok(()),
            _ => Err(Rule::Type("an appointment")),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        let value = match given {
            Value::Null => return Some(Value::Null),
            Value::Span { .. } => given.clone(),
            Value::Instant(ms) => Value::Span { start: *ms, end: *ms },
            Value::Text(text) if text.trim().is_empty() => return Some(Value::Null),
            Value::Text(text) => match shared::read_span(text) {
                Reading::Found((start, end)) => Value::Span { start: start.0, end: end.0 },
                Reading::Impossible => return Some(Value::Null),
                Reading::Unreadable => return None,
            },
            _ => return None,
        };
        self.check(&value).is_ok().then_some(value)
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        match value {
            Value::Span { .. } => shared::plain_text(value, names).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
