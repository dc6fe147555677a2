//! Functions of numbers. What would be no number, or infinite, is null.

pub mod angles;
pub mod make;
pub mod powers;
pub mod round;

use super::given::{given, number};
use super::{Builtin, Group, result, row};
use crate::fault::Fault;
use crate::value::Value;

/// What rows of this group share.
const NUMBERS: Builtin = Builtin { result: result::number, ..row(Group::Numbers) };

/// A function of one number.
fn unary(function: &str, arguments: &[Value], work: fn(f64) -> f64) -> Result<Value, Fault> {
    Ok(Value::number(work(given!(number(function, &arguments[0])?))))
}

/// A function of two.
fn binary(function: &str, arguments: &[Value], work: fn(f64, f64) -> f64) -> Result<Value, Fault> {
    let (one, other) = (given!(number(function, &arguments[0])?), given!(number(function, &arguments[1])?));
    Ok(Value::number(work(one, other)))
}
