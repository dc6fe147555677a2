//! Expressions in memory, written to be seen right.

mod call;

use super::values::{field, resolve, stored};
use super::{Row, World, derived};
use crate::expr::{Expr, Gather, Operation, Relation};
use crate::ids::{FieldId, LocaleId, RecordAddress, TableId};
use crate::kind::{Kind, shared};
use crate::query::TextOrder;
use crate::sum::Sum;
use crate::value::Value;
use std::cmp::Ordering;

/// What an expression is at a record. What has no class is null.
pub fn value(world: &dyn World, row: &Row, expr: &Expr) -> Value {
    let of = |part: &Expr| value(world, row, part);
    match expr {
        Expr::Constant(constant) => constant.0.clone(),
        Expr::Cell(operand) => resolve(world, row, operand).value,
        Expr::At { link, table, of } => match referred(world, row, *link, *table) {
            Some(target) => value(world, target, of),
            None => Value::Null,
        },
        Expr::Over { link, table, only, function, of } => {
            let rows = gathered(world, row, *link, *table);
            let rows = rows.into_iter().filter(|row| is_true(&value(world, row, only)));
            summary(*function, rows.map(|row| value(world, row, of)).collect())
        }
        Expr::Not(part) => Value::Bool(!is_true(&of(part))),
        Expr::And(parts) => Value::Bool(parts.iter().all(|part| is_true(&of(part)))),
        Expr::Or(parts) => Value::Bool(parts.iter().any(|part| is_true(&of(part)))),
        Expr::If { condition, then, otherwise } => of(if is_true(&of(condition)) { then } else { otherwise }),
        Expr::Compare { relation, left, right } => Value::Bool(compares(*relation, &of(left), &of(right))),
        Expr::Calculate { operation, left, right } => calculated(*operation, &of(left), &of(right)),
        Expr::Call { function, arguments } => call::call(*function, &arguments.iter().map(of).collect::<Vec<Value>>()),
    }
}

/// Whether a value is true.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

/// The record of this table that a reference points at.
fn referred<'w>(world: &'w dyn World, row: &Row, link: FieldId, table: TableId) -> Option<&'w Row> {
    match stored(row, field(world, row.table, link)?, LocaleId::NONE) {
        Value::Reference(address) if address.table == table => world.row(address),
        _ => None,
    }
}

/// The records of this table that a links or reverse field holds.
fn gathered<'w>(world: &'w dyn World, row: &Row, link: FieldId, table: TableId) -> Vec<&'w Row> {
    let Some(link) = field(world, row.table, link) else { return Vec::new() };
    let addresses: Vec<RecordAddress> = match &link.kind {
        Kind::Reverse(reverse) => match derived::referring(world, row.address(), reverse) {
            Value::References(list) => list,
            _ => Vec::new(),
        },
        _ => match stored(row, link, LocaleId::NONE) {
            Value::References(list) => list,
            _ => Vec::new(),
        },
    };
    addresses.into_iter().filter(|address| address.table == table).filter_map(|address| world.row(address)).collect()
}

fn summary(function: Gather, values: Vec<Value>) -> Value {
    let is_filled = |value: &&Value| !matches!(value, Value::Null) && **value != Value::text("");
    let filled: Vec<&Value> = values.iter().filter(is_filled).collect();
    let mut sum = Sum::default();
    sum.extend(filled.iter().filter_map(|value| number(value)));
    let extreme = |direction: Ordering| {
        let mut best: Option<&Value> = None;
        for value in &filled {
            if best.is_none_or(|best| shared::compare_any(value, best, TextOrder::Codepoint) == direction) {
                best = Some(value);
            }
        }
        best.cloned().unwrap_or_default()
    };
    match function {
        Gather::Count => Value::Number(values.len() as f64),
        Gather::CountFilled => Value::Number(filled.len() as f64),
        Gather::Sum if sum.count() == 0 => Value::Null,
        Gather::Sum => sum.total().map_or(Value::Null, Value::Number),
        Gather::Average => sum.average().map_or(Value::Null, Value::Number),
        Gather::Min => extreme(Ordering::Less),
        Gather::Max => extreme(Ordering::Greater),
    }
}

fn compares(relation: Relation, left: &Value, right: &Value) -> bool {
    let is_nothing = |value: &Value| *value == Value::Null || *value == Value::text("");
    let equal = left == right || (is_nothing(left) && is_nothing(right));
    if relation == Relation::Equal || relation == Relation::NotEqual {
        return equal == (relation == Relation::Equal);
    }
    if *left == Value::Null || *right == Value::Null {
        return false;
    }
    let order = shared::compare_any(left, right, TextOrder::Codepoint);
    match relation {
        Relation::Equal | Relation::NotEqual => false,
        Relation::Less => order == Ordering::Less,
        Relation::LessOrEqual => order != Ordering::Greater,
        Relation::Greater => order == Ordering::Greater,
        Relation::GreaterOrEqual => order != Ordering::Less,
    }
}

fn calculated(operation: Operation, left: &Value, right: &Value) -> Value {
    let (left, right) = match (number(left), number(right)) {
        (None, None) => return Value::Null,
        (left, right) => (left.unwrap_or(0.0), right.unwrap_or(0.0)),
    };
    finite(match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        // By 0 it is not finite.
        Operation::Divide => left / right,
        Operation::Remainder => left % right,
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// A number; null when it is not finite. There is one zero.
fn finite(number: f64) -> Value {
    if number.is_finite() { Value::Number(number + 0.0) } else { Value::Null }
}
