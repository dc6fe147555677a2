//! When the record was made.

use super::{Behaviour, Class, Names, Storage};
use crate::error::Rule;
use crate::filter::System;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::time::DateFormat;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a created time field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct CreatedTime {
    #[serde(default)]
    pub format: DateFormat,
}

impl Behaviour for CreatedTime {
    fn word(&self) -> &'static str {
        "created time"
    }

    fn class(&self) -> Class {
        Class::Instant
    }

    fn storage(&self) -> Storage {
        Storage::System(System::CreatedAt)
    }

    fn check_settings(&self) -> Result<(), Rule> {
        shared::check_format(&self.format)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_instant(value)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        self.check(given).is_ok().then(|| given.clone())
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_instant(value, &self.format)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
