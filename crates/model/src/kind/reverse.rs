//! The records whose link field points at this one, by ascending address. Writing it writes those links.

use super::{Behaviour, Class, Names, Storage};
use crate::error::Rule;
use crate::ids::{FieldId, TableId};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a reverse link field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reverse {
    /// The table of the link field.
    pub table: TableId,
    /// The link field.
    pub field: FieldId,
}

impl Behaviour for Reverse {
    fn word(&self) -> &'static str {
        "reverse link"
    }

    fn class(&self) -> Class {
        Class::References
    }

    fn storage(&self) -> Storage {
        Storage::Derived
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::References(list) => shared::check_references(list, &[self.table]),
            _ => Err(Rule::Type("a list of records")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        if self.check(given).is_ok() {
            return Some(given.clone());
        }
        let list = shared::coerce_references(given, &[self.table], names)?;
        Some(if list.is_empty() { Value::Null } else { Value::References(list) })
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_references(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_references(a, b)
    }
}
