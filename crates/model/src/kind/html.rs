//! Text with HTML markup, kept and shown as it is.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of an HTML field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Html {}

impl Behaviour for Html {
    fn word(&self) -> &'static str {
        "html"
    }

    fn class(&self) -> Class {
        Class::Text
    }

    fn is_long(&self) -> bool {
        true
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_text(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_text(given, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_text(value)
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_text(a, b, order)
    }
}
