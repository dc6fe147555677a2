//! A whole number, exact to 2^53.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::number::{Number, NumberFormat};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a whole number field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Integer {
    #[serde(default)]
    pub format: NumberFormat,
}

impl Behaviour for Integer {
    fn word(&self) -> &'static str {
        "whole number"
    }

    fn class(&self) -> Class {
        Class::Integer
    }

    fn check_settings(&self) -> Result<(), Rule> {
        Number { format: self.format.clone() }.check_settings()
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_integer(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_integer(given, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_number(value, &self.format)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_numbers(a, b)
    }
}
