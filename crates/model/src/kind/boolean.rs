//! Yes or no. Empty counts as no.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a checkbox field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Boolean {}

impl Behaviour for Boolean {
    fn word(&self) -> &'static str {
        "checkbox"
    }

    fn class(&self) -> Class {
        Class::Bool
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Bool(_) => Ok(()),
            _ => Err(Rule::Type("true or false")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_boolean(given, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Bool(true) => "true".to_owned(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        let checked = |value: &Value| *value == Value::Bool(true);
        checked(a).cmp(&checked(b))
    }
}
