//! The order of records: sort keys that compare without further ado.

use super::titles::Titles;
use super::values::{self, Resolved};
use super::{Row, World};
use crate::field::Field;
use crate::filter::{Operand, System};
use crate::ids::RecordAddress;
use crate::kind::{Class, Kind, Names};
use crate::query::{Direction, Query, Sort, Source, TextOrder};
use crate::text;
use crate::value::Value;
use std::cmp::Ordering;

/// A part of a sort key; empty comes first.
#[derive(Clone, PartialEq, PartialOrd, Debug)]
pub enum Part {
    Empty,
    Whole(i64),
    Number(f64),
    Bytes(Vec<u8>),
}

/// Sorts by the keys of the query. Ties come by ascending address, even in a descending sort.
pub fn sort(world: &dyn World, rows: &mut [&Row], query: &Query, names: &dyn Names) {
    let merged = matches!(query.source, Source::Tables(_));
    let key_of = |row: &Row, sort: &Sort| {
        // Among several tables the number of a record alone says nothing: its address does.
        if merged && sort.by == Operand::System(System::Id) {
            return vec![Part::Whole(row.address().pack())];
        }
        parts(world, &values::resolve(world, row, &sort.by), sort, names)
    };
    rows.sort_by_cached_key(|row| {
        let keys = query.sort.iter().map(|sort| Key { parts: key_of(row, sort), direction: sort.direction }).collect();
        (Keys(keys), row.address())
    });
}

/// The parts by which a value sorts.
pub fn parts(world: &dyn World, cell: &Resolved<'_>, sort: &Sort, names: &dyn Names) -> Vec<Part> {
    if let Some(bucket) = &sort.bucket {
        let begun = Resolved { value: bucket.begin(cell.value.clone()), field: cell.field };
        return parts(world, &begun, &Sort { bucket: None, ..sort.clone() }, names);
    }
    // Unchecked and never checked are the same to people.
    if cell.field.is_some_and(|field| field.kind.class() == Class::Bool) && !matches!(cell.value, Value::List(_)) {
        return vec![Part::Whole(i64::from(cell.value == Value::Bool(true)))];
    }
    let one = |element: &Value| element_parts(world, cell.field, element, sort, names);
    match &cell.value {
        Value::Choices(_) | Value::References(_) | Value::Users(_) | Value::List(_) => {
            let elements = values::elements(cell.value.clone());
            let Some(first) = elements.first() else { return vec![Part::Empty] };
            let mut key = one(first);
            key.push(Part::Whole(elements.len() as i64));
            key
        }
        Value::Null => vec![Part::Empty],
        value => one(value),
    }
}

fn element_parts(
    world: &dyn World,
    field: Option<&Field>,
    element: &Value,
    sort: &Sort,
    names: &dyn Names,
) -> Vec<Part> {
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
        Value::Choice(id) => match field.map(|field| &field.kind) {
            Some(Kind::Choice(kind)) => Part::Whole(i64::try_from(kind.options.place(*id)).unwrap_or(i64::MAX)),
            // Of several options the first one's name counts.
            Some(Kind::MultiChoice(kind)) => match kind.options.get(*id) {
                Some(option) => text_part(&option.name),
                None => Part::Empty,
            },
            Some(_) | None => Part::Whole(i64::from(id.0)),
        },
        // The place of a record in the tree has no name: its number counts.
        Value::Reference(address) if field.is_none() => Part::Whole(address.pack()),
        Value::Reference(address) => match title(world, *address, names) {
            Some(title) => text_part(&title),
            None => Part::Empty,
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

/// The title by which a link sorts: none when the record is gone or has no value in its primary field.
fn title(world: &dyn World, address: RecordAddress, names: &dyn Names) -> Option<String> {
    let row = world.row(address)?;
    let primary = world.schema().table(address.table).ok()?.primary;
    let value = values::resolve(world, row, &Operand::Slot(crate::field::Slot::plain(primary))).value;
    if value == Value::Null { None } else { Titles::new(world, names).record_title(address) }
}

/// One sort key of a record with its direction.
struct Key {
    parts: Vec<Part>,
    direction: Direction,
}

/// All sort keys of a record, in order.
struct Keys(Vec<Key>);

impl Ord for Keys {
    fn cmp(&self, other: &Keys) -> Ordering {
        for (a, b) in self.0.iter().zip(&other.0) {
            let order = compare_parts(&a.parts, &b.parts);
            let order = match a.direction {
                Direction::Ascending => order,
                Direction::Descending => order.reverse(),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// The order of two keys. Numbers are never NaN, so the partial order is total.
pub fn compare_parts(a: &[Part], b: &[Part]) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

impl PartialOrd for Keys {
    fn partial_cmp(&self, other: &Keys) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Keys) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Keys {}
