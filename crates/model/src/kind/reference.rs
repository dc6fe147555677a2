//! A link to one record.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::ids::{FieldId, TableId};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a link field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Reference {
    /// Tables it may point into.
    pub targets: Vec<TableId>,
    /// The reverse fields of those tables.
    #[serde(default)]
    pub partners: Vec<Partner>,
    /// Whether a record is pointed at by one record at most (one to one).
    #[serde(default)]
    pub exclusive: bool,
}

impl Behaviour for Reference {
    fn word(&self) -> &'static str {
        "link"
    }

    fn class(&self) -> Class {
        Class::Reference
    }

    fn check_settings(&self) -> Result<(), Rule> {
        shared::check_targets(&self.targets)
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Reference(address) => shared::check_references(&[*address], &self.targets),
            _ => Err(Rule::Type("a record")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        if *given == Value::Null {
            return Some(Value::Null);
        }
        match shared::coerce_references(given, &self.targets, names)?.as_slice() {
            [] => Some(Value::Null),
            [address] => Some(Value::Reference(*address)),
            _ => None,
        }
    }

    fn display(&self, value: &Value, names: &dyn Names) -> String {
        shared::display_references(value, names)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_milliseconds(a, b)
    }
}

/// The reverse field that a link has in one of its target tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Partner {
    pub table: TableId,
    pub field: FieldId,
}
