//! Links to many records, in an order.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::ids::TableId;
use crate::kind::reference::Partner;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a links field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Links {
    /// Tables it may point into.
    pub targets: Vec<TableId>,
    /// The reverse fields of those tables.
    #[serde(default)]
    pub partners: Vec<Partner>,
    /// Whether a record is in the list of one record at most (one to many).
    #[serde(default)]
    pub exclusive: bool,
}

impl Behaviour for Links {
    fn word(&self) -> &'static str {
        "links"
    }

    fn class(&self) -> Class {
        Class::References
    }

    fn check_settings(&self) -> Result<(), Rule> {
        shared::check_targets(&self.targets)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::References(list) => shared::check_references(list, &self.targets),
            _ => Err(Rule::Type("a list of records")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        if self.check(given).is_ok() {
            return Some(given.clone());
        }
        let list = shared::coerce_references(given, &self.targets, names)?;
        Some(if list.is_empty() { Value::Null } else { Value::References(list) })
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_references(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_references(a, b)
    }
}
