//! Tests in Rust, where SQL cannot print them: the same as the evaluator's.

use super::compare::{compare_elements, elements};
use model::filter::{Comparison, Predicate};
use model::kind::{Class, Kind, Names, NoNames, shared};
use model::query::TextOrder;
use model::time::Instant;
use model::{Field, Value, text};
use std::cmp::Ordering;

/// A value of a record, the field whose kind it has, and the titles of the records in it.
pub struct Held<'a> {
    pub value: Value,
    pub field: Option<&'a Field>,
    pub titles: Vec<Option<String>>,
}

/// Whether a test holds.
pub fn holds(held: &Held<'_>, predicate: &Predicate) -> bool {
    let value = &held.value;
    if let Predicate::IsEmpty = predicate {
        return value.is_empty();
    }
    // From here on nothing is true of an empty cell.
    if value.is_empty() {
        return false;
    }
    let elements = || elements(value.clone());
    match predicate {
        Predicate::IsEmpty => true,
        Predicate::Equals(given) => value == given,
        Predicate::OneOf(list) => list.contains(value),
        Predicate::Compare(comparison, given) => compares(held, *comparison, given),
        Predicate::Contains(needle) => {
            let needle = text::fold(needle);
            searchable_texts(held).iter().any(|text| text::contains_folded(text, &needle))
        }
        Predicate::HasAny(list) => elements().iter().any(|element| list.contains(element)),
        Predicate::HasAll(list) => list.iter().all(|given| elements().contains(given)),
        Predicate::SameSet(list) => {
            list.iter().all(|given| elements().contains(given)) && elements().iter().all(|e| list.contains(e))
        }
        // Periods were refused when the filter was printed.
        Predicate::During(_, _) => false,
    }
}

fn compares(held: &Held<'_>, comparison: Comparison, given: &Value) -> bool {
    if std::mem::discriminant(&held.value) != std::mem::discriminant(given) {
        return false;
    }
    let order = match held.field {
        Some(field) if field.kind.class() != Class::List && !matches!(given, Value::List(_)) => {
            compare_elements(field, &held.value, given)
        }
        Some(_) | None => shared::compare_any(&held.value, given, TextOrder::Codepoint),
    };
    match comparison {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }
}

/// The texts in which `Contains` looks: text, names of options and titles of records, each element of a list apart.
fn searchable_texts(held: &Held<'_>) -> Vec<String> {
    let mut titles = held.titles.iter();
    let text = |element: &Value| match element {
        Value::Text(text) => Some(text.clone()),
        Value::Choice(_) => held.field.map(|field| element_text(field, element, &NoNames(Instant(0)))),
        Value::Reference(_) => titles.next().map(|title| title.clone().unwrap_or_default()),
        _ => None,
    };
    elements(held.value.clone()).iter().filter_map(text).collect()
}

/// The text of a value or of one element of a list, as the field it comes from shows it.
pub fn element_text(field: &Field, value: &Value, names: &dyn Names) -> String {
    match (&field.kind, value) {
        (Kind::MultiChoice(kind), Value::Choice(id)) => {
            kind.options.get(*id).map(|option| option.name.clone()).unwrap_or_default()
        }
        (_, Value::List(list)) => {
            list.iter().map(|item| element_text(field, item, names)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Reference(_) | Value::User(_)) => shared::plain_text(value, names).unwrap_or_default(),
        _ => field.kind.behaviour().display(value, names),
    }
}

/// Whether a folded needle is in what people see of a value; links show their titles.
pub fn shows(held: &Held<'_>, folded: &str, names: &dyn Names) -> bool {
    let Some(field) = held.field else { return false };
    let shown = if held.titles.is_empty() {
        element_text(field, &held.value, names)
    } else {
        held.titles.iter().map(|t| t.as_deref().unwrap_or("")).collect::<Vec<_>>().join(", ")
    };
    text::contains_folded(&shown, folded)
}
