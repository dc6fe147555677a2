//! Groups of records and what they add up to.

use super::values::{self, Resolved};
use super::{Row, World, order};
use crate::kind::files::total_size;
use crate::kind::{Names, shared};
use crate::query::{Aggregate, Direction, Measure, Summary, TextOrder};
use crate::sum::Sum;
use crate::value::Value;
use std::cmp::Ordering;

/// A group in the making.
struct Group<'w> {
    /// The values the records have in common.
    values: Vec<Value>,
    /// What each of them sorts by.
    keys: Vec<Vec<order::Part>>,
    rows: Vec<&'w Row>,
}

/// The groups of the rows, sorted, each with its measures.
pub fn groups(world: &dyn World, rows: &[&Row], summary: &Summary, names: &dyn Names) -> Vec<(Vec<Value>, Vec<Value>)> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    if summary.group.is_empty() {
        groups.push(Group { values: Vec::new(), keys: Vec::new(), rows: Vec::new() });
    }
    for row in rows {
        let cells: Vec<Resolved<'_>> = summary.group.iter().map(|sort| group_cell(world, row, sort)).collect();
        let values: Vec<Value> = cells.iter().map(|cell| cell.value.clone()).collect();
        match groups.iter_mut().find(|group| group.values == values) {
            Some(group) => group.rows.push(row),
            None => {
                let keys = cells.iter().zip(&summary.group);
                let keys = keys.map(|(cell, sort)| order::parts(world, cell, sort, names)).collect();
                groups.push(Group { values, keys, rows: vec![row] });
            }
        }
    }
    groups.sort_by(|a, b| compare(a, b, summary));
    let measured = |group: Group<'_>| {
        let measures = summary.measures.iter().map(|measure| measure_of(world, &group.rows, measure)).collect();
        (group.values, measures)
    };
    groups.into_iter().map(measured).collect()
}

/// The value by which a row is grouped: empty ones of any shape are null.
fn group_cell<'w>(world: &'w dyn World, row: &Row, sort: &crate::query::Sort) -> Resolved<'w> {
    let cell = values::resolve(world, row, &sort.by);
    let cell = match &sort.bucket {
        Some(bucket) => Resolved { value: bucket.begin(cell.value), field: cell.field },
        None => cell,
    };
    if cell.value.is_empty() { Resolved { value: Value::Null, field: cell.field } } else { cell }
}

/// By the sort keys; groups that sort alike (links to records of one title) by their values.
fn compare(a: &Group<'_>, b: &Group<'_>, summary: &Summary) -> Ordering {
    for (i, sort) in summary.group.iter().enumerate() {
        let order = order::compare_parts(&a.keys[i], &b.keys[i]);
        let order = match sort.direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        };
        let order = order.then_with(|| shared::compare_any(&a.values[i], &b.values[i], TextOrder::Codepoint));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn measure_of(world: &dyn World, rows: &[&Row], measure: &Measure) -> Value {
    let cells: Vec<Resolved<'_>> = rows.iter().map(|row| values::resolve(world, row, &measure.over)).collect();
    let filled: Vec<&Resolved<'_>> = cells.iter().filter(|cell| !cell.value.is_empty()).collect();
    let values = || filled.iter().map(|cell| cell.value.clone()).collect::<Vec<Value>>();
    let count = |number: usize| Value::Number(number as f64);
    match measure.function {
        Aggregate::Count => count(rows.len()),
        Aggregate::CountEmpty => count(cells.len() - filled.len()),
        Aggregate::CountFilled => count(filled.len()),
        Aggregate::CountUnique => {
            let mut unique = Vec::new();
            for value in values() {
                if !unique.contains(&value) {
                    unique.push(value);
                }
            }
            count(unique.len())
        }
        Aggregate::Sum => sum(&values()),
        Aggregate::Average => average(&values()),
        Aggregate::Min => extreme(&filled, Ordering::Less),
        Aggregate::Max => extreme(&filled, Ordering::Greater),
        Aggregate::TotalSize => Value::Number(values().iter().map(total_size).fold(0, u64::saturating_add) as f64),
    }
}

/// The sum of numbers, null when it is not finite, or of durations as a duration; what is neither counts nothing.
fn sum(values: &[Value]) -> Value {
    let (mut numbers, mut durations, mut has_durations) = (Sum::default(), 0i64, false);
    for value in values {
        match value {
            Value::Number(number) => numbers.add(*number),
            Value::Duration(ms) => {
                durations = durations.saturating_add(*ms);
                has_durations = true;
            }
            _ => {}
        }
    }
    if has_durations { Value::Duration(durations) } else { numbers.total().map_or(Value::Null, Value::Number) }
}

/// The average of numbers, or of durations to the millisecond.
fn average(values: &[Value]) -> Value {
    let count = values.iter().filter(|value| matches!(value, Value::Number(_) | Value::Duration(_))).count();
    match (count, sum(values)) {
        (0, _) => Value::Null,
        (_, Value::Duration(ms)) => Value::Duration((ms as f64 / count as f64).round() as i64),
        (_, Value::Number(number)) => Value::Number(number / count as f64 + 0.0),
        (_, _) => Value::Null,
    }
}

fn extreme(cells: &[&Resolved<'_>], direction: Ordering) -> Value {
    let mut best: Option<&Resolved<'_>> = None;
    for cell in cells {
        let order = |best: &&Resolved<'_>| match cell.field {
            Some(field) => values::compare_elements(field, &cell.value, &best.value),
            None => shared::compare_any(&cell.value, &best.value, TextOrder::Codepoint),
        };
        if best.as_ref().is_none_or(|best| order(best) == direction) {
            best = Some(cell);
        }
    }
    best.map(|cell| cell.value.clone()).unwrap_or_default()
}
