//! Fields worked out when read: reverse links, lookups and rollups.

use super::titles::{Titles, element_text};
use super::values::{elements, extreme, field, field_value, source, stored};
use super::{Row, World};
use crate::ids::{FieldId, LocaleId, RecordAddress, TableId};
use crate::kind::Class;
use crate::kind::lookup::Lookup;
use crate::kind::reverse::Reverse;
use crate::kind::rollup::{Rollup, RollupFunction};
use crate::value::Value;
use std::cmp::Ordering;

/// The records whose link field points at this one, by ascending address.
pub fn referring(world: &dyn World, address: RecordAddress, reverse: &Reverse) -> Value {
    let Some(link) = field(world, reverse.table, reverse.field) else { return Value::Null };
    let mut found: Vec<RecordAddress> = Vec::new();
    for row in world.rows(reverse.table) {
        let points_here = match stored(row, link, LocaleId::NONE) {
            Value::Reference(target) => target == address,
            Value::References(targets) => targets.contains(&address),
            _ => false,
        };
        if points_here {
            found.push(row.address());
        }
    }
    found.sort_unstable();
    if found.is_empty() { Value::Null } else { Value::References(found) }
}

/// The records that a link field of the row points at and that are there, in its order; and whether it can be many.
fn linked<'w>(world: &'w dyn World, row: &Row, link: FieldId, table: TableId, depth: usize) -> (Vec<&'w Row>, bool) {
    let Some(link) = field(world, row.table, link) else { return (Vec::new(), false) };
    let addresses = match field_value(world, row, link, LocaleId::NONE, depth) {
        Value::Reference(address) => vec![address],
        Value::References(list) => list,
        _ => Vec::new(),
    };
    let rows = addresses.into_iter().filter(|a| a.table == table).filter_map(|a| world.row(a)).collect();
    (rows, link.kind.class() == Class::References)
}

/// Through one link the value itself; through many a list of the values that are not empty, lists among them opened.
pub fn look_up(world: &dyn World, row: &Row, lookup: &Lookup, depth: usize) -> Value {
    let Some(target) = field(world, lookup.target_table, lookup.target) else { return Value::Null };
    let (rows, many) = linked(world, row, lookup.link, lookup.target_table, depth);
    let values = rows.iter().map(|row| field_value(world, row, target, LocaleId::NONE, depth));
    if !many {
        return values.into_iter().next().unwrap_or_default();
    }
    let list: Vec<Value> = values.flat_map(elements).collect();
    list_or_null(list)
}

/// One value from the values of all linked records; lists among them opened, empty ones left out.
pub fn roll_up(world: &dyn World, row: &Row, rollup: &Rollup, depth: usize) -> Value {
    let Some(target) = field(world, rollup.target_table, rollup.target) else { return Value::Null };
    let (rows, _) = linked(world, row, rollup.link, rollup.target_table, depth);
    let by_row: Vec<Vec<Value>> =
        rows.iter().map(|row| elements(field_value(world, row, target, LocaleId::NONE, depth))).collect();
    // An empty value is not true.
    let all_true = by_row.iter().all(|values| !values.is_empty() && truths(values) == values.len());
    let values: Vec<Value> = by_row.into_iter().flatten().collect();
    let target = source(world, target);
    let count = |number: usize| Value::Number(number as f64);
    match rollup.function {
        RollupFunction::Countall => count(rows.len()),
        RollupFunction::Counta => count(values.len()),
        RollupFunction::Count => count(numbers(&values).len()),
        RollupFunction::Sum => Value::Number(total(&numbers(&values))),
        RollupFunction::Average => average(&numbers(&values)),
        RollupFunction::Max => extreme(target, values, Ordering::Greater),
        RollupFunction::Min => extreme(target, values, Ordering::Less),
        RollupFunction::And => Value::Bool(!rows.is_empty() && all_true),
        RollupFunction::Or => Value::Bool(truths(&values) > 0),
        RollupFunction::Xor => Value::Bool(truths(&values) % 2 == 1),
        RollupFunction::ArrayJoin | RollupFunction::Concatenate => {
            let names = Titles::at_depth(world, depth);
            let texts: Vec<String> = values.iter().map(|value| element_text(target, value, &names)).collect();
            if texts.is_empty() { Value::Null } else { Value::Text(texts.join(", ")) }
        }
        RollupFunction::ArrayUnique => {
            let mut unique: Vec<Value> = Vec::new();
            for value in values {
                if !unique.contains(&value) {
                    unique.push(value);
                }
            }
            list_or_null(unique)
        }
        RollupFunction::ArrayCompact => list_or_null(values),
    }
}

/// A list; null when it is empty.
pub fn list_or_null(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { Value::List(list) }
}

fn numbers(values: &[Value]) -> Vec<f64> {
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    values.iter().filter_map(number).collect()
}

/// The sum; 0 of nothing, where the standard library says -0.
fn total(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

fn average(numbers: &[f64]) -> Value {
    match numbers.len() {
        0 => Value::Null,
        count => Value::Number(total(numbers) / count as f64),
    }
}

/// How many values are true: a checked box, a number other than zero, anything else that is not empty.
fn truths(values: &[Value]) -> usize {
    values.iter().filter(|value| !matches!(value, Value::Bool(false) | Value::Number(0.0))).count()
}
