//! The order of values in Rust, where SQL cannot print it: the same as the evaluator's.

use model::kind::{Class, Kind, shared};
use model::query::{Direction, Sort, TextOrder};
use model::{Field, FieldId, Table, Value, text};
use std::cmp::Ordering;
use std::sync::Arc;

/// A field of a table, kept with its table.
#[derive(Clone, Debug)]
pub struct FieldRef {
    table: Arc<Table>,
    place: usize,
}

impl FieldRef {
    /// The live field of a number.
    pub fn find(table: &Arc<Table>, id: FieldId) -> Option<FieldRef> {
        let place = table.fields.iter().position(|f| f.id == id && f.is_live())?;
        Some(FieldRef { table: table.clone(), place })
    }

    pub fn field(&self) -> &Field {
        &self.table.fields[self.place]
    }
}

/// A part of a sort key; empty comes first.
#[derive(Clone, PartialEq, PartialOrd, Debug)]
pub enum Part {
    Empty,
    Whole(i64),
    Number(f64),
    Bytes(Vec<u8>),
}

/// The parts by which a value sorts. `titles` are those of the records in it, one for each.
pub fn parts(field: Option<&Field>, value: &Value, titles: &[Option<String>], sort: &Sort) -> Vec<Part> {
    if let Some(bucket) = &sort.bucket {
        let begun = bucket.begin(value.clone());
        return parts(field, &begun, titles, &Sort { bucket: None, ..sort.clone() });
    }
    // Unchecked and never checked are the same to people.
    if field.is_some_and(|f| f.kind.class() == Class::Bool) && !matches!(value, Value::List(_)) {
        return vec![Part::Whole(i64::from(*value == Value::Bool(true)))];
    }
    let one = |element: &Value| element_parts(field, element, titles.first(), sort);
    match value {
        Value::Choices(_) | Value::References(_) | Value::Users(_) | Value::List(_) => {
            let elements = elements(value.clone());
            let Some(first) = elements.first() else { return vec![Part::Empty] };
            let mut key = one(first);
            key.push(Part::Whole(elements.len() as i64));
            key
        }
        value => one(value),
    }
}

fn element_parts(field: Option<&Field>, element: &Value, title: Option<&Option<String>>, sort: &Sort) -> Vec<Part> {
    let text_part = |text: &str| match sort.order {
        TextOrder::Natural => Part::Bytes(text::natural_key(text)),
        TextOrder::Codepoint => Part::Bytes(text.as_bytes().to_vec()),
    };
    vec![match element {
        Value::Null => Part::Empty,
        Value::Bool(checked) => Part::Whole(i64::from(*checked)),
        Value::Number(number) => Part::Number(*number),
        Value::Text(text) => text_part(text),
        Value::Date(day) => Part::Whole(i64::from(*day)),
        Value::Instant(ms) | Value::Time(ms) | Value::Duration(ms) => Part::Whole(*ms),
        Value::Span { start, end } => return vec![Part::Whole(*start), Part::Whole(*end)],
        Value::Choice(id) => match field.map(|f| &f.kind) {
            Some(Kind::Choice(kind)) => Part::Whole(i64::try_from(kind.options.place(*id)).unwrap_or(i64::MAX)),
            Some(Kind::MultiChoice(kind)) => match kind.options.get(*id) {
                Some(option) => text_part(&option.name),
                None => Part::Empty,
            },
            Some(_) | None => Part::Whole(i64::from(id.0)),
        },
        // The place of a record in the tree has no name: its number counts.
        Value::Reference(address) if field.is_none() => Part::Whole(address.pack()),
        Value::Reference(_) => match title {
            Some(Some(title)) => text_part(title),
            Some(None) | None => Part::Empty,
        },
        Value::User(user) => Part::Whole(match &sort.ranks {
            Some(ranks) => {
                let rank = ranks.iter().position(|ranked| *ranked == i64::from(user.0));
                rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(i64::MAX)
            }
            None => i64::from(user.0),
        }),
        Value::Structure(json) => Part::Bytes(json.to_string().into_bytes()),
        Value::Choices(_) | Value::References(_) | Value::Users(_) | Value::List(_) => Part::Empty,
    }]
}

/// The order of two keys in a direction. Numbers are never NaN, so the partial order is total.
pub fn compare_parts(a: &[Part], b: &[Part], direction: Direction) -> Ordering {
    let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

/// The elements of a list, the value itself when it is none, nothing when it is empty.
pub fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::Choices(list) => list.into_iter().map(Value::Choice).collect(),
        Value::References(list) => list.into_iter().map(Value::Reference).collect(),
        Value::Users(list) => list.into_iter().map(Value::User).collect(),
        Value::List(list) => list.into_iter().flat_map(elements).collect(),
        value if value.is_empty() => Vec::new(),
        value => vec![value],
    }
}

/// Two elements in the order of the field they come from, text by code points.
pub fn compare_elements(field: &Field, a: &Value, b: &Value) -> Ordering {
    match (&field.kind, a, b) {
        (Kind::MultiChoice(kind), Value::Choice(a), Value::Choice(b)) => {
            kind.options.place(*a).cmp(&kind.options.place(*b))
        }
        _ if matches!(field.kind.class(), Class::References | Class::Users | Class::List) => {
            shared::compare_any(a, b, TextOrder::Codepoint)
        }
        _ => field.kind.behaviour().compare(a, b, TextOrder::Codepoint),
    }
}

/// The first value that none passes in this direction, in the order of the field.
pub fn extreme(field: &Field, values: Vec<Value>, direction: Ordering) -> Value {
    let mut best: Option<Value> = None;
    for value in values {
        if best.as_ref().is_none_or(|best| compare_elements(field, &value, best) == direction) {
            best = Some(value);
        }
    }
    best.unwrap_or_default()
}
