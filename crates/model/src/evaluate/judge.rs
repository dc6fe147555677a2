//! Which records pass a filter or are found by a search.

use super::titles::{self, Titles};
use super::values::{self, Resolved};
use super::{Row, World, expr};
use crate::field::{Field, Slot};
use crate::filter::{Comparison, Filter, Operand, Predicate};
use crate::ids::LocaleId;
use crate::kind::{Class, Kind, Names, NoNames, shared};
use crate::query::{Search, Source, TextOrder};
use crate::text;
use crate::value::Value;
use std::cmp::Ordering;

/// Whether the row passes. Periods were replaced before ([`values::at`]).
pub fn passes(world: &dyn World, filter: &Filter, row: &Row) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| passes(world, part, row)),
        Filter::Or(parts) => parts.iter().any(|part| passes(world, part, row)),
        Filter::Not(part) => !passes(world, part, row),
        Filter::Test(test) => match (&test.operand, &test.predicate) {
            // An expression has no field whose options or links have names.
            (Operand::Expr(expr), Predicate::Contains(_))
                if !matches!(expr::value(world, row, expr), Value::Text(_)) =>
            {
                false
            }
            (operand, predicate) => holds(world, &values::resolve(world, row, operand), predicate),
        },
        Filter::Holds(expr) => expr::is_true(&expr::value(world, row, expr)),
    }
}

fn holds(world: &dyn World, cell: &Resolved<'_>, predicate: &Predicate) -> bool {
    let value = &cell.value;
    if let Predicate::IsEmpty = predicate {
        return value.is_empty();
    }
    // From here on nothing is true of an empty cell.
    if value.is_empty() {
        return false;
    }
    let elements = || values::elements(value.clone());
    match predicate {
        Predicate::IsEmpty => true,
        Predicate::Equals(given) => value == given,
        Predicate::OneOf(list) => list.contains(value),
        Predicate::Compare(comparison, given) => compares(cell, *comparison, given),
        Predicate::Contains(needle) => {
            let needle = text::fold(needle);
            searchable_texts(world, cell).iter().any(|text| text::contains_folded(text, &needle))
        }
        Predicate::HasAny(list) => elements().iter().any(|element| list.contains(element)),
        Predicate::HasAll(list) => list.iter().all(|given| elements().contains(given)),
        Predicate::SameSet(list) => {
            list.iter().all(|given| elements().contains(given)) && elements().iter().all(|e| list.contains(e))
        }
        // Replaced by comparisons before we come here.
        Predicate::During(_, _) => false,
    }
}

fn compares(cell: &Resolved<'_>, comparison: Comparison, given: &Value) -> bool {
    if std::mem::discriminant(&cell.value) != std::mem::discriminant(given) {
        return false;
    }
    let order = match cell.field {
        // What a rollup or formula holds, and a list of many links, compares by its own shape.
        Some(field) if field.kind.class() != Class::List && !matches!(given, Value::List(_)) => {
            values::compare_elements(field, &cell.value, given)
        }
        Some(_) | None => shared::compare_any(&cell.value, given, TextOrder::Codepoint),
    };
    match comparison {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }
}

/// The texts in which [`Predicate::Contains`] looks: text, names of options and titles of records, each element of a
/// list apart. Other values contain no text.
fn searchable_texts(world: &dyn World, cell: &Resolved<'_>) -> Vec<String> {
    let no_users = NoNames(world.now());
    let titles = Titles::new(world, &no_users);
    let text = |element: &Value| match element {
        Value::Text(text) => Some(text.clone()),
        Value::Choice(_) => cell.field.map(|field| titles::element_text(field, element, &titles)),
        Value::Reference(address) => titles.record_title(*address),
        _ => None,
    };
    values::elements(cell.value.clone()).iter().filter_map(text).collect()
}

/// Whether the needle is in the displayed text of a field of the row, in any of its locales. An empty needle is in
/// every record. Over several tables all live fields are looked at.
pub fn is_found(world: &dyn World, source: &Source, search: &Search, row: &Row, names: &dyn Names) -> bool {
    if search.needle.is_empty() {
        return true;
    }
    let Ok(table) = world.schema().table(row.table) else { return false };
    let looked_at = |field: &&Field| match source {
        Source::Table(_) => search.fields.contains(&field.id),
        Source::Tables(_) => true,
    };
    let needle = text::fold(&search.needle);
    let titles = Titles::new(world, names);
    table.live_fields().filter(looked_at).any(|field| {
        locales(field).into_iter().any(|locale| {
            let cell = values::resolve(world, row, &Operand::Slot(Slot { field: field.id, locale }));
            text::contains_folded(&shown(field, &cell, &titles), &needle)
        })
    })
}

fn locales(field: &Field) -> Vec<LocaleId> {
    match field.columns.as_slice() {
        [] => vec![LocaleId::NONE],
        columns => columns.iter().map(|column| column.locale).collect(),
    }
}

fn shown(field: &Field, cell: &Resolved<'_>, names: &dyn Names) -> String {
    match (&field.kind, cell.field) {
        (Kind::Lookup(_) | Kind::Rollup(_), Some(source)) => titles::element_text(source, &cell.value, names),
        _ => titles::element_text(field, &cell.value, names),
    }
}
