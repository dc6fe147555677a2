//! What an operand holds: stored values, the columns every record has, and what is worked out when read.

use super::titles::Titles;
use super::{Row, World, derived, expr};
use crate::expr::Expr;
use crate::field::{Field, Slot};
use crate::filter::{Filter, Operand, System};
use crate::ids::{FieldId, LocaleId, RecordAddress, TableId, UserId};
use crate::kind::{Class, Kind, Names, NoNames, Storage, shared};
use crate::query::{Source, TextOrder};
use crate::time::Instant;
use crate::value::Value;

/// Longest chain of lookups that is followed; what lies beyond is null.
pub const MAX_CHAIN: usize = 8;

/// A value and the field that says how it compares, if one does.
pub struct Resolved<'w> {
    pub value: Value,
    pub field: Option<&'w Field>,
}

/// What an operand holds in a record.
pub fn resolve<'w>(world: &'w dyn World, row: &Row, operand: &Operand) -> Resolved<'w> {
    let nothing = Resolved { value: Value::Null, field: None };
    match operand {
        Operand::System(system) => Resolved { value: system_value(row, *system), field: None },
        Operand::Slot(slot) => match field(world, row.table, slot.field) {
            Some(field) => {
                Resolved { value: field_value(world, row, field, slot.locale, 0), field: Some(source(world, field)) }
            }
            None => nothing,
        },
        Operand::Through { link, slot } => {
            let link = field(world, row.table, *link).map(|link| field_value(world, row, link, LocaleId::NONE, 0));
            let Some(Value::Reference(address)) = link else { return nothing };
            match world.row(address) {
                Some(target) => resolve(world, target, &Operand::Slot(*slot)),
                None => nothing,
            }
        }
        Operand::Title(link) => match field(world, row.table, *link) {
            Some(link) => {
                Resolved { value: titles(world, field_value(world, row, link, LocaleId::NONE, 0)), field: None }
            }
            None => nothing,
        },
        Operand::Expr(expr) => Resolved { value: expr::value(world, row, expr), field: None },
    }
}

/// The titles of the records of a link, a text for each; null when it is empty.
fn titles(world: &dyn World, links: Value) -> Value {
    let no_users = NoNames(world.now());
    let names = Titles::new(world, &no_users);
    let title = |link: Value| match link {
        Value::Reference(address) => Some(Value::Text(names.record_title(address).unwrap_or_default())),
        _ => None,
    };
    derived::list_or_null(elements(links).into_iter().filter_map(title).collect())
}

/// A live field.
pub fn field(world: &dyn World, table: TableId, id: FieldId) -> Option<&Field> {
    world.schema().table(table).ok()?.field(id).ok()
}

/// The field whose kind the values have: of a lookup, and of a rollup that picks values, the field looked up.
pub fn source<'w>(world: &'w dyn World, looked_up: &'w Field) -> &'w Field {
    let mut found = looked_up;
    for _ in 0..MAX_CHAIN {
        let target = match &found.kind {
            Kind::Lookup(lookup) => field(world, lookup.target_table, lookup.target),
            Kind::Rollup(rollup) if rollup.function.picks() => field(world, rollup.target_table, rollup.target),
            _ => None,
        };
        match target {
            Some(target) => found = target,
            None => break,
        }
    }
    found
}

/// The value of a field in a locale.
pub fn field_value(world: &dyn World, row: &Row, field: &Field, locale: LocaleId, depth: usize) -> Value {
    match field.kind.storage() {
        Storage::Column(_) | Storage::LinkRows => stored(row, field, locale),
        Storage::System(system) => system_value(row, system),
        Storage::Derived if depth >= MAX_CHAIN => Value::Null,
        Storage::Derived => match &field.kind {
            Kind::Reverse(reverse) => derived::referring(world, row.address(), reverse),
            Kind::Lookup(lookup) => derived::look_up(world, row, lookup, depth + 1),
            Kind::Rollup(rollup) => derived::roll_up(world, row, rollup, depth + 1),
            // Formulas are worked out by the language, not here.
            _ => Value::Null,
        },
    }
}

/// The value that lies in the record.
pub fn stored(row: &Row, field: &Field, locale: LocaleId) -> Value {
    // Without a locale it is the first one that the field has.
    let locale = match field.columns.first() {
        Some(first) if locale == LocaleId::NONE => first.locale,
        Some(_) | None => locale,
    };
    row.values.get(&Slot { field: field.id, locale }).cloned().unwrap_or_default()
}

fn system_value(row: &Row, system: System) -> Value {
    let user = |user: Option<UserId>| user.map(Value::User).unwrap_or_default();
    match system {
        System::Id => Value::Number(f64::from(row.id.0)),
        System::CreatedAt => Value::Instant(row.created_at),
        System::CreatedBy => user(row.created_by),
        System::ModifiedAt => row.modified_at.map(Value::Instant).unwrap_or_default(),
        System::ModifiedBy => user(row.modified_by),
        System::Seq => Value::Number(row.seq as f64),
        System::Parent => {
            row.parent.map(|record| Value::Reference(RecordAddress { table: row.table, record })).unwrap_or_default()
        }
        System::Rank => Value::Text(row.rank.clone()),
        System::Valid => Value::Bool(row.valid),
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

/// The first value that none passes in this direction, in the order of the field.
pub fn extreme(field: &Field, values: Vec<Value>, direction: std::cmp::Ordering) -> Value {
    let mut best: Option<Value> = None;
    for value in values {
        let better = best.as_ref().is_none_or(|best| compare_elements(field, &value, best) == direction);
        if better {
            best = Some(value);
        }
    }
    best.unwrap_or_default()
}

/// Two elements in the order of the field they come from, text by code points.
pub fn compare_elements(field: &Field, a: &Value, b: &Value) -> std::cmp::Ordering {
    match (&field.kind, a, b) {
        (Kind::MultiChoice(kind), Value::Choice(a), Value::Choice(b)) => {
            kind.options.place(*a).cmp(&kind.options.place(*b))
        }
        // The elements of other lists compare as they are.
        _ if matches!(field.kind.class(), Class::References | Class::Users | Class::List) => {
            shared::compare_any(a, b, TextOrder::Codepoint)
        }
        _ => field.kind.behaviour().compare(a, b, TextOrder::Codepoint),
    }
}

/// The filter with its periods replaced by what they mean at an instant.
pub fn at(world: &dyn World, source_of_rows: &Source, filter: Filter, now: Instant) -> Filter {
    let holds_days = |table: TableId, id: FieldId| {
        field(world, table, id).is_some_and(|field| source(world, field).kind.class() == Class::Date)
    };
    let is_day = |operand: &Operand| {
        super::tables(source_of_rows).iter().any(|table| match operand {
            Operand::System(_) | Operand::Title(_) => false,
            Operand::Slot(slot) => holds_days(*table, slot.field),
            Operand::Through { link, slot } => match field(world, *table, *link).map(|field| &field.kind) {
                Some(Kind::Reference(reference)) => reference.targets.iter().any(|t| holds_days(*t, slot.field)),
                Some(_) | None => false,
            },
            Operand::Expr(expr) => expr.class(world.schema(), *table) == Ok(Some(Class::Date)),
        })
    };
    filter.at(now, &is_day)
}

/// The expressions in a filter.
pub fn expressions(filter: &Filter) -> Vec<&Expr> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(expressions).collect(),
        Filter::Not(part) => expressions(part),
        Filter::Test(test) => match &test.operand {
            Operand::Expr(expr) => vec![expr.as_ref()],
            Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_) => Vec::new(),
        },
        Filter::Holds(expr) => vec![expr],
    }
}
