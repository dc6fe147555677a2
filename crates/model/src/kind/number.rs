//! A number: an IEEE double, shown as decimal, percent or currency.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a number field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Number {
    #[serde(default)]
    pub format: NumberFormat,
}

/// How a number is shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// As it is: the shortest text that reads back to the same double.
    #[default]
    Plain,
    /// With this many digits after the point.
    Decimal { precision: u8 },
    /// Times 100 with a percent sign.
    Percent { precision: u8 },
    /// With a symbol before it and thousands in groups.
    Currency { precision: u8, symbol: String },
}

impl Behaviour for Number {
    fn word(&self) -> &'static str {
        "number"
    }

    fn class(&self) -> Class {
        Class::Number
    }

    fn check_settings(&self) -> Result<(), Rule> {
        match &self.format {
            NumberFormat::Plain => Ok(()),
            NumberFormat::Decimal { precision }
            | NumberFormat::Percent { precision }
            | NumberFormat::Currency { precision, .. }
                if *precision <= 10 =>
            {
                Ok(())
            }
            NumberFormat::Decimal { .. } | NumberFormat::Percent { .. } | NumberFormat::Currency { .. } => {
                Err(Rule::Range { min: Some(0.0), max: Some(10.0) })
            }
        }
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        shared::check_number(value)
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        shared::coerce_number(given, names)
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        shared::display_number(value, &self.format)
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        shared::compare_numbers(a, b)
    }
}
