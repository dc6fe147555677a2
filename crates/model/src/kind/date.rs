//! A calendar day, the same whatever the zone.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::time::DateFormat;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a date field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Date {
    /// How it is shown; its zone says which day an instant is.
    #[serde(default)]
    pub format: DateFormat,
}

impl Behaviour for Date {
    fn word(&self) -> &'static str {
        "date"
    }

    fn class(&self) -> Class {
        Class::Date
    }

    fn check_settings(&self) -> Result<(), Rule> {
        shared::check_format(&self.format)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_date(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_date(given, &self.format, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_date(value, &self.format)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
