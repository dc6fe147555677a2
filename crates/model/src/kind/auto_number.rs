//! The number of the record, given by the server.

use super::{Behaviour, Class, Names, Storage};
use crate::error::Rule;
use crate::filter::System;
use crate::kind::number::NumberFormat;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of an automatic number field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct AutoNumber {}

impl Behaviour for AutoNumber {
    fn word(&self) -> &'static str {
        "automatic number"
    }

    fn class(&self) -> Class {
        Class::Integer
    }

    fn storage(&self) -> Storage {
        Storage::System(System::Id)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_integer(value)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        self.check(given).is_ok().then(|| given.clone())
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_number(value, &NumberFormat::Plain)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_numbers(a, b)
    }
}
