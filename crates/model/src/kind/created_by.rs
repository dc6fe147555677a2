//! Who made the record.

use super::{Behaviour, Class, Names, Storage};
use crate::error::Rule;
use crate::filter::System;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a created by field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct CreatedBy {}

impl Behaviour for CreatedBy {
    fn word(&self) -> &'static str {
        "created by"
    }

    fn class(&self) -> Class {
        Class::User
    }

    fn storage(&self) -> Storage {
        Storage::System(System::CreatedBy)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_user(value)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        self.check(given).is_ok().then(|| given.clone())
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_users(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
