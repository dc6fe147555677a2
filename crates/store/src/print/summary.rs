//! Summaries that SQL cannot say: one pass over narrow rows, folded into groups here. What the engine can work out
//! itself is in `aggregate.rs`.

use super::compare::{Part, compare_elements, compare_parts, parts};
use super::judge::Held;
use super::operand::Printer;
use super::residual::Hidden;
use super::select::{Conditions, query_passing};
use super::statement::statement;
use crate::database::catalog::Catalog;
use crate::tx::{GO_ON, Tx};
use model::kind::files::total_size;
use model::kind::{Names, shared};
use model::query::{Aggregate, Query, Sort, Source, Summary, TextOrder};
use model::sum::Sum;
use model::{Error, Json, Result, TableId, Value};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// Most groups, and most distinct values of one of them.
pub const MOST: usize = 1_000_000;

/// A group: its values and its measures.
pub type Line = (Vec<Value>, Vec<Value>);

/// A group: what its records have in common, what that sorts by, and its measures.
pub struct Group<M> {
    pub values: Vec<Value>,
    pub keys: Vec<Vec<Part>>,
    pub measures: M,
}

/// A measure in the making.
#[derive(Default)]
struct Measured {
    records: u64,
    filled: u64,
    unique: HashSet<String>,
    numbers: Sum,
    durations: i128,
    /// How many durations were added.
    lengths: u64,
    best: Option<Value>,
    bytes: u64,
}

/// The groups of a summary in their order.
pub fn summarize(tx: &mut dyn Tx, catalog: &Catalog, summary: &Summary, names: &dyn Names) -> Result<Vec<Line>> {
    let mut groups: Vec<Group<Vec<Measured>>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    if summary.group.is_empty() {
        places.insert(String::new(), 0);
        groups.push(Group { values: Vec::new(), keys: Vec::new(), measures: empty(summary) });
    }
    let (tables, all_fields): (Vec<TableId>, bool) = match &summary.source {
        Source::Table(table) => (vec![*table], false),
        Source::Tables(tables) => (tables.clone(), true),
    };
    for table in tables {
        gather(tx, catalog, (table, all_fields), summary, names, &mut groups, &mut places)?;
    }
    let finished = |group: Group<Vec<Measured>>| {
        let measures = group.measures.into_iter().zip(&summary.measures);
        (group.values, measures.map(|(measured, measure)| measured.value(measure.function)).collect())
    };
    Ok(in_order(groups, summary).into_iter().map(finished).collect())
}

/// The groups sorted.
pub fn in_order<M>(mut groups: Vec<Group<M>>, summary: &Summary) -> Vec<Group<M>> {
    groups.sort_by(|a, b| compare(a, b, summary));
    groups
}

/// The sum of durations; of none the number 0.
pub fn duration(total: i128, number: u64) -> Value {
    if number == 0 { Value::Number(0.0) } else { Value::Duration(bounded(total)) }
}

/// The average of durations to the millisecond.
pub fn average_duration(total: i128, number: u64) -> Value {
    match number {
        0 => Value::Null,
        number => Value::Duration((bounded(total) as f64 / number as f64).round() as i64),
    }
}

fn bounded(total: i128) -> i64 {
    total.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// Folds the records of a table in.
fn gather(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    (table, all_fields): (TableId, bool),
    summary: &Summary,
    names: &dyn Names,
    groups: &mut Vec<Group<Vec<Measured>>>,
    places: &mut HashMap<String, usize>,
) -> Result<()> {
    let mut printer = Printer::new(catalog, tx.flavor());
    let scope = printer.scope(table)?;
    let search = summary.search.as_ref().filter(|search| !search.needle.is_empty());
    let search = search.map(|search| (search.needle.as_str(), (!all_fields).then_some(search.fields.as_slice())));
    let mut conditions = Conditions::new(&mut printer, &scope, &summary.filter, search)?;
    let mut group_cells = Vec::new();
    for sort in &summary.group {
        group_cells.push(conditions.cells.add(Hidden::operand(&mut printer, &scope, &sort.by)?));
    }
    let mut measure_cells = Vec::new();
    for measure in &summary.measures {
        let needed = measure.function != Aggregate::Count;
        let hidden = needed.then(|| Hidden::operand(&mut printer, &scope, &measure.over)).transpose()?;
        measure_cells.push(hidden.map(|hidden| conditions.cells.add(hidden)));
    }
    let (name, from, cells) = (&scope.name, &scope.from, conditions.cells.sql());
    let sql = format!("SELECT {name}.id{cells} FROM {from}{} ORDER BY {name}.id", conditions.sql);
    let cells = &conditions.cells;
    let (sql, params) = statement(&sql, &printer.params);
    query_passing(tx, &sql, &params, &conditions, 1, names, &mut |row| {
        let held: Vec<Held<'_>> = group_cells
            .iter()
            .zip(&summary.group)
            .map(|(cell, sort)| grouped(cells.held(row, 1, *cell), sort))
            .collect();
        let name = held.iter().map(|held| canonical(&held.value)).collect::<Vec<String>>().join("\u{1f}");
        let place = match places.get(&name) {
            Some(place) => *place,
            None => {
                if groups.len() >= MOST {
                    return Err(Error::TooLarge { what: "number of groups", limit: MOST as u64 });
                }
                let keys = held.iter().zip(&summary.group);
                let keys = keys.map(|(held, sort)| parts(held.field, &held.value, &held.titles, sort)).collect();
                let values = held.into_iter().map(|held| held.value).collect();
                groups.push(Group { values, keys, measures: empty(summary) });
                places.insert(name, groups.len() - 1);
                groups.len() - 1
            }
        };
        for (i, cell) in measure_cells.iter().enumerate() {
            let measured = &mut groups[place].measures[i];
            measured.records += 1;
            if let Some(cell) = cell {
                measured.add(cells.held(row, 1, *cell), summary.measures[i].function)?;
            }
        }
        Ok(GO_ON)
    })
}

/// Empty values of any shape are one group, and so are those within one span of the calendar.
fn grouped<'h>(held: Held<'h>, sort: &Sort) -> Held<'h> {
    let held = match &sort.bucket {
        Some(bucket) => Held { value: bucket.begin(held.value), ..held },
        None => held,
    };
    if held.value.is_empty() { Held { value: Value::Null, ..held } } else { held }
}

fn empty(summary: &Summary) -> Vec<Measured> {
    summary.measures.iter().map(|_| Measured::default()).collect()
}

/// By the sort keys; groups that sort alike (links to records of one title) by their values.
fn compare<M>(a: &Group<M>, b: &Group<M>, summary: &Summary) -> Ordering {
    for (i, sort) in summary.group.iter().enumerate() {
        let order = compare_parts(&a.keys[i], &b.keys[i], sort.direction)
            .then_with(|| shared::compare_any(&a.values[i], &b.values[i], TextOrder::Codepoint));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

impl Measured {
    fn add(&mut self, held: Held<'_>, function: Aggregate) -> Result<()> {
        if held.value.is_empty() {
            return Ok(());
        }
        self.filled += 1;
        match function {
            Aggregate::Count | Aggregate::CountEmpty | Aggregate::CountFilled => {}
            Aggregate::CountUnique => {
                if self.unique.len() >= MOST {
                    return Err(Error::TooLarge { what: "number of distinct values", limit: MOST as u64 });
                }
                self.unique.insert(canonical(&held.value));
            }
            Aggregate::Sum | Aggregate::Average => match held.value {
                Value::Number(number) => self.numbers.add(number),
                Value::Duration(ms) => {
                    self.durations += i128::from(ms);
                    self.lengths += 1;
                }
                _ => {}
            },
            Aggregate::Min => self.keep(held, Ordering::Less),
            Aggregate::Max => self.keep(held, Ordering::Greater),
            Aggregate::TotalSize => self.bytes = self.bytes.saturating_add(total_size(&held.value)),
        }
        Ok(())
    }

    fn keep(&mut self, held: Held<'_>, direction: Ordering) {
        let better = self.best.as_ref().is_none_or(|best| {
            direction
                == match held.field {
                    Some(field) => compare_elements(field, &held.value, best),
                    None => shared::compare_any(&held.value, best, TextOrder::Codepoint),
                }
        });
        if better {
            self.best = Some(held.value);
        }
    }

    fn value(self, function: Aggregate) -> Value {
        let count = |number: u64| Value::Number(number as f64);
        match function {
            Aggregate::Count => count(self.records),
            Aggregate::CountEmpty => count(self.records - self.filled),
            Aggregate::CountFilled => count(self.filled),
            Aggregate::CountUnique => count(self.unique.len() as u64),
            Aggregate::Sum if self.lengths > 0 => duration(self.durations, self.lengths),
            Aggregate::Sum => self.numbers.total().map_or(Value::Null, Value::Number),
            Aggregate::Average if self.lengths > 0 => average_duration(self.durations, self.lengths),
            Aggregate::Average => self.numbers.average().map_or(Value::Null, Value::Number),
            Aggregate::TotalSize => count(self.bytes),
            Aggregate::Min | Aggregate::Max => self.best.unwrap_or_default(),
        }
    }
}

/// A text that equal values have in common and others do not.
fn canonical(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        // -0 equals 0.
        Value::Number(number) if *number == 0.0 => "n0".to_owned(),
        Value::Number(number) => format!("n{number}"),
        Value::Text(text) => format!("t{text}"),
        Value::Choice(id) => format!("c{}", id.0),
        Value::Structure(json) => format!("j{}", sorted_keys(json)),
        Value::List(list) => format!("a{}", list.iter().map(canonical).collect::<Vec<String>>().join("\u{1e}")),
        value => serde_json::to_string(value).unwrap_or_default(),
    }
}

/// JSON whose objects have their keys in order: equal objects may differ in it.
fn sorted_keys(json: &Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<(&String, &Json)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Json::Object(entries.into_iter().map(|(key, value)| (key.clone(), sorted_keys(value))).collect())
        }
        Json::Array(list) => Json::Array(list.iter().map(sorted_keys).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    }
}

/// A summary that is one plain count can be asked as a count.
pub fn as_count(summary: &Summary) -> Option<Query> {
    let counts = summary.group.is_empty()
        && !summary.measures.is_empty()
        && summary.measures.iter().all(|measure| measure.function == Aggregate::Count);
    counts.then(|| Query {
        source: summary.source.clone(),
        filter: summary.filter.clone(),
        search: summary.search.clone(),
        sort: Vec::new(),
        page: model::query::Page::All,
        projection: model::query::Projection::Nothing,
    })
}
