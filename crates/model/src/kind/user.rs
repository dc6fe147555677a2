//! One user of the server.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a user field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct User {}

impl Behaviour for User {
    fn word(&self) -> &'static str {
        "user"
    }

    fn class(&self) -> Class {
        Class::User
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_user(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_user(given, names)
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_users(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}
