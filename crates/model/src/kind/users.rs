//! Several users of the server.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a users field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Users {}

impl Behaviour for Users {
    fn word(&self) -> &'static str {
        "users"
    }

    fn class(&self) -> Class {
        Class::Users
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_users(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_users(given, names)
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_users(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        let list = |value: &Value| match value {
            Value::Users(list) => list.clone(),
            _ => Vec::new(),
        };
        shared::compare_lists(&list(a), &list(b))
    }
}
