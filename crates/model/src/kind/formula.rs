//! A formula: a script that is worked out from the record and what it is linked with, and kept beside the record, so
//! that lists are filtered, sorted and indexed by it like by any other field.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a formula field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Formula {
    /// As the dialect that made it wrote it.
    pub expression: String,
    /// The same in NX. A door gives it with names; it is kept with the numbers of tables and fields in their place, so
    /// that renaming changes nothing. Empty: it cannot be worked out.
    #[serde(default)]
    pub script: String,
    /// What its values are: told by the script when it is saved, whatever a door says.
    #[serde(default)]
    pub result: FormulaResult,
}

/// The class of a formula's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormulaResult {
    /// Also what has no class of its own here, as text.
    #[default]
    Text,
    Number,
    Boolean,
    Date,
    Instant,
    Time,
    Duration,
}

impl Formula {
    /// A formula as a door gives it: as its dialect wrote it, and in NX with names.
    pub fn new(expression: impl Into<String>, script: impl Into<String>) -> Formula {
        Formula { expression: expression.into(), script: script.into(), result: FormulaResult::default() }
    }
}

impl Behaviour for Formula {
    fn word(&self) -> &'static str {
        "formula"
    }

    fn class(&self) -> Class {
        match self.result {
            FormulaResult::Text => Class::Text,
            FormulaResult::Number => Class::Number,
            FormulaResult::Boolean => Class::Bool,
            FormulaResult::Date => Class::Date,
            FormulaResult::Instant => Class::Instant,
            FormulaResult::Time => Class::Time,
            FormulaResult::Duration => Class::Duration,
        }
    }

    fn check_settings(&self) -> Result<(), Rule> {
        match self.expression.chars().count() as u64 {
            0 => Err(Rule::Required),
            1..=MAX_EXPRESSION => Ok(()),
            _ => Err(Rule::Length { min: None, max: Some(MAX_EXPRESSION), eq: None }),
        }
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

/// Longest expression, in characters.
const MAX_EXPRESSION: u64 = 100_000;
