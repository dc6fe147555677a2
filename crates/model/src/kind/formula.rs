//! A formula: an expression worked out from other fields.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a formula field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Formula {
    /// As the dialect that made it wrote it.
    pub expression: String,
}

impl Behaviour for Formula {
    fn word(&self) -> &'static str {
        "formula"
    }

    fn class(&self) -> Class {
        Class::List
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
