//! The values of a field of the records that a link field points at: one value through a link to one record, a list
//! through a link to many.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::ids::{FieldId, TableId};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a lookup field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lookup {
    /// The link field of the same table.
    pub link: FieldId,
    pub target_table: TableId,
    /// The field of the other table.
    pub target: FieldId,
}

impl Behaviour for Lookup {
    fn word(&self) -> &'static str {
        "lookup"
    }

    fn class(&self) -> Class {
        Class::List
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_computed(value)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        Some(given.clone())
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::plain_text(value, names).unwrap_or_default()
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}
