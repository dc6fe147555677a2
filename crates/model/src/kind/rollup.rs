//! A summary of the values of a field of the records that a link field points at.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::ids::{FieldId, TableId};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a rollup field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rollup {
    /// The link field of the same table.
    pub link: FieldId,
    pub target_table: TableId,
    /// The field of the other table.
    pub target: FieldId,
    pub function: RollupFunction,
}

impl Behaviour for Rollup {
    fn word(&self) -> &'static str {
        "rollup"
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

/// How the values become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollupFunction {
    /// Linked records, those with an empty value too.
    Countall,
    /// Values that are not empty.
    Counta,
    /// Numbers.
    Count,
    Sum,
    Max,
    Min,
    /// Whether all are true; not of nothing.
    And,
    /// Whether one is true.
    Or,
    /// Whether an odd number of them is true.
    Xor,
    /// The texts, with commas between them.
    ArrayJoin,
    /// The values, each once.
    ArrayUnique,
    /// The values that are not empty.
    ArrayCompact,
    /// The texts, with commas between them.
    Concatenate,
    Average,
}

impl RollupFunction {
    /// Whether it picks some of the values as they are, so that they compare and show as in their own field.
    pub fn picks(self) -> bool {
        match self {
            RollupFunction::Max | RollupFunction::Min | RollupFunction::ArrayUnique | RollupFunction::ArrayCompact => {
                true
            }
            RollupFunction::Countall
            | RollupFunction::Counta
            | RollupFunction::Count
            | RollupFunction::Sum
            | RollupFunction::And
            | RollupFunction::Or
            | RollupFunction::Xor
            | RollupFunction::ArrayJoin
            | RollupFunction::Concatenate
            | RollupFunction::Average => false,
        }
    }
}
