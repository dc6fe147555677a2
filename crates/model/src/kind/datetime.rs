//! An instant.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::time::DateFormat;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a date and time field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DateTime {
    #[serde(default)]
    pub format: DateFormat,
}

impl Behaviour for DateTime {
    fn word(&self) -> &'static str {
        "date and time"
    }

    fn class(&self) -> Class {
        Class::Instant
    }

    fn check_settings(&self) -> Result<(), Rule> {
        shared::check_format(&self.format)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_instant(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_instant(given, &self.format, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_instant(value, &self.format)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
