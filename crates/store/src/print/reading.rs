//! From a printed cell back to a value, titles and rollups included.

use super::compare::{self, FieldRef};
use super::judge::element_text;
use model::kind::rollup::RollupFunction;
use model::kind::{Class, Kind, NoNames};
use model::time::Instant;
use model::{Cell, Json, StoredCell, TableId, Value};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a printed cell is read.
#[derive(Clone, Debug)]
pub enum Reading {
    /// Always null.
    Nothing,
    /// A cell of a class.
    One(Class),
    /// A JSON array of cells: a list of what they hold, lists among them opened, empty ones left out.
    Each(Arc<Reading>),
    /// A JSON array of cells, to be made one value.
    Rolled(Arc<Rolled>),
    /// A JSON array of titles: a list of text.
    Titles(Title),
}

/// What a rollup needs to become one value.
#[derive(Debug)]
pub struct Rolled {
    pub function: RollupFunction,
    /// How each cell is read; of links whose texts are joined it has the titles.
    pub reading: Reading,
    /// The field whose values are rolled up.
    pub source: FieldRef,
}

/// How the title of a record is read.
#[derive(Clone, Debug)]
pub enum Title {
    /// It is text as printed.
    Text,
    /// A JSON array of the table and the raw cell of its primary field.
    ByTable(Arc<BTreeMap<TableId, Leaf>>),
}

/// How the raw cell of a primary field becomes a title.
#[derive(Clone, Debug)]
pub enum Leaf {
    /// As the field shows it.
    Shown(FieldRef, Reading),
    /// It holds titles of other records, shown with commas between them.
    Links(Reading),
}

impl Reading {
    /// The value in a cell.
    pub fn value(&self, cell: Cell<'_>) -> Value {
        match self {
            Reading::Nothing => Value::Null,
            Reading::One(class) => class.decode(cell),
            Reading::Each(reading) if !reading.holds_titles() => {
                list_or_null(cells(cell).flat_map(|c| compare::elements(reading.value(c.borrow()))).collect())
            }
            Reading::Rolled(rolled) => rolled.value(cell),
            // An empty title stands for a record, so it stays.
            Reading::Titles(_) | Reading::Each(_) => {
                let titles = self.titles(cell).into_iter();
                list_or_null(titles.map(|title| Value::Text(title.unwrap_or_default())).collect())
            }
        }
    }

    /// The titles in a cell, none where there is no record or nothing in its primary field.
    pub fn titles(&self, cell: Cell<'_>) -> Vec<Option<String>> {
        match self {
            Reading::Titles(title) => cells(cell).map(|entry| title.text(entry.borrow())).collect(),
            Reading::Each(reading) => cells(cell).flat_map(|c| reading.titles(c.borrow())).collect(),
            Reading::Nothing | Reading::One(_) | Reading::Rolled(_) => Vec::new(),
        }
    }

    fn holds_titles(&self) -> bool {
        match self {
            Reading::Titles(_) => true,
            Reading::Each(reading) => reading.holds_titles(),
            Reading::Nothing | Reading::One(_) | Reading::Rolled(_) => false,
        }
    }

    /// The class of the value: a list where it is not known before.
    pub fn class(&self) -> Class {
        match self {
            Reading::One(class) => *class,
            Reading::Nothing | Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => Class::List,
        }
    }
}

impl Title {
    /// The text of a title; none when the cell is null, or null is what the primary field holds.
    pub fn text(&self, cell: Cell<'_>) -> Option<String> {
        match self {
            Title::Text => cell.text().map(str::to_owned),
            Title::ByTable(leaves) => {
                let mut entry = cells(cell);
                let table = u32::try_from(entry.next()?.borrow().integer()?).ok()?;
                let raw = entry.next()?;
                leaves.get(&TableId(table))?.text(raw.borrow())
            }
        }
    }
}

impl Leaf {
    /// A primary field that is not there.
    pub fn nothing() -> Leaf {
        Leaf::Links(Reading::Nothing)
    }

    /// Whether the raw cell is the title.
    pub fn is_text(&self) -> bool {
        matches!(self, Leaf::Shown(_, Reading::One(Class::Text)))
    }

    fn text(&self, raw: Cell<'_>) -> Option<String> {
        match self {
            Leaf::Shown(source, reading) => match reading.value(raw) {
                Value::Null => None,
                // A title that is a user is not known here: names are kept elsewhere.
                value => Some(element_text(source.field(), &value, &NoNames(Instant(0)))),
            },
            Leaf::Links(reading) => {
                let texts: Vec<String> = reading.titles(raw).into_iter().map(Option::unwrap_or_default).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
        }
    }
}

impl Rolled {
    fn value(&self, cell: Cell<'_>) -> Value {
        // Not even an empty list: the record that has the rollup is not there.
        if cell == Cell::Null {
            return Value::Null;
        }
        let raw: Vec<StoredCell> = cells(cell).collect();
        if let RollupFunction::ArrayJoin | RollupFunction::Concatenate = self.function {
            return self.joined(&raw);
        }
        let by_record: Vec<Vec<Value>> =
            raw.iter().map(|cell| compare::elements(self.reading.value(cell.borrow()))).collect();
        // An empty value is not true.
        let all_true = by_record.iter().all(|values| !values.is_empty() && truths(values) == values.len());
        let values: Vec<Value> = by_record.into_iter().flatten().collect();
        let count = |number: usize| Value::Number(number as f64);
        match self.function {
            RollupFunction::Countall => count(raw.len()),
            RollupFunction::Counta => count(values.len()),
            RollupFunction::Count => count(numbers(&values).len()),
            RollupFunction::Sum => Value::Number(total(&numbers(&values))),
            RollupFunction::Average => match numbers(&values).as_slice() {
                [] => Value::Null,
                numbers => Value::Number(total(numbers) / numbers.len() as f64),
            },
            RollupFunction::Max => compare::extreme(self.source.field(), values, Ordering::Greater),
            RollupFunction::Min => compare::extreme(self.source.field(), values, Ordering::Less),
            RollupFunction::And => Value::Bool(!raw.is_empty() && all_true),
            RollupFunction::Or => Value::Bool(truths(&values) > 0),
            RollupFunction::Xor => Value::Bool(truths(&values) % 2 == 1),
            RollupFunction::ArrayUnique => {
                let mut unique: Vec<Value> = Vec::new();
                for value in values {
                    if !unique.contains(&value) {
                        unique.push(value);
                    }
                }
                list_or_null(unique)
            }
            RollupFunction::ArrayJoin | RollupFunction::Concatenate | RollupFunction::ArrayCompact => {
                list_or_null(values)
            }
        }
    }

    fn joined(&self, raw: &[StoredCell]) -> Value {
        let mut texts: Vec<String> = Vec::new();
        for cell in raw {
            match &self.reading {
                titles if titles.holds_titles() => {
                    texts.extend(titles.titles(cell.borrow()).into_iter().map(Option::unwrap_or_default));
                }
                reading => {
                    let values = compare::elements(reading.value(cell.borrow()));
                    texts.extend(values.iter().map(|v| element_text(self.source.field(), v, &NoNames(Instant(0)))));
                }
            }
        }
        if texts.is_empty() { Value::Null } else { Value::Text(texts.join(", ")) }
    }
}

/// The cells in a JSON array.
fn cells(cell: Cell<'_>) -> impl Iterator<Item = StoredCell> {
    let list: Vec<Json> = cell.text().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    list.into_iter().map(|item| match item {
        Json::Null => StoredCell::Null,
        Json::Bool(checked) => StoredCell::Integer(checked.into()),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => StoredCell::Integer(whole),
            None => number.as_f64().map_or(StoredCell::Null, StoredCell::Real),
        },
        Json::String(text) => StoredCell::Text(text),
        // An array within an array may come as such or as its text.
        nested @ (Json::Array(_) | Json::Object(_)) => StoredCell::Text(nested.to_string()),
    })
}

/// A list; null when it is empty.
fn list_or_null(list: Vec<Value>) -> Value {
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

/// How many values are true: a checked box, a number other than zero, anything else that is not empty.
fn truths(values: &[Value]) -> usize {
    values.iter().filter(|value| !matches!(value, Value::Bool(false) | Value::Number(0.0))).count()
}

/// Whether the kind holds records.
pub fn is_link(kind: &Kind) -> bool {
    matches!(kind, Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_))
}
