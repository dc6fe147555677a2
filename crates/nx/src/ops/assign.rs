//! The way of a value into a cell: the conversions that an assignment makes. Whatever else is refused by its value.

use super::caption::caption;
use super::cells::to_json;
use super::number::read_number;
use super::text::text;
use crate::fault::Fault;
use crate::value::{Choice, Value};
use model::kind::choice::Options;
use model::kind::{NoNames, shared};
use model::time::{DAY_MS, Instant};
use model::{ChoiceId, Kind, RecordAddress, RecordId, Rule, Schema, TableId};
use std::fmt;

/// Longest part of a value that a message repeats, in characters.
const MAX_SHOWN: usize = 100;

/// What a field of this kind keeps of a value. Null clears. Text and numbers become each other when nothing is lost;
/// options come from captions and ids, links from records and numbers, dates from dates, instants and ISO text. The
/// message of a refusal continues the name of the field.
pub fn assign(value: &Value, kind: &Kind, schema: &Schema) -> Result<model::Value, Fault> {
    if kind.is_computed() || matches!(kind, Kind::Reverse(_)) {
        return Err(Fault::script(format!("is a {} field, which scripts do not write", kind.word())));
    }
    if let Value::Null = value {
        return Ok(model::Value::Null);
    }
    let kept = keep(value, kind, schema)?;
    match kind.check(&kept) {
        Ok(()) => Ok(kept),
        Err(rule) => Err(refused(value, schema, rule)),
    }
}

/// The refusal of a value: what it is, and the rule that it breaks.
fn refused(value: &Value, schema: &Schema, rule: impl fmt::Display) -> Fault {
    Fault::script(format!("{rule}, not {}", shown(value, schema)))
}

/// The value for a message: text in quotes, what is long cut short.
fn shown(value: &Value, schema: &Schema) -> String {
    let whole = match value {
        Value::Text(text) => format!("\"{}\"", text.chars().take(MAX_SHOWN).collect::<String>()),
        Value::Null => "null".to_owned(),
        Value::Record(address) => format!("the record {}", crate::host::spelled(*address)),
        Value::Array(_) | Value::Object(_) | Value::Table(_) => format!("an {}", super::type_name(value)),
        value => text(value, schema).map(|text| text.to_string()).unwrap_or_default(),
    };
    whole.chars().take(MAX_SHOWN + 2).collect()
}

/// The value in the shape of the kind, not judged by its bounds yet.
fn keep(value: &Value, kind: &Kind, schema: &Schema) -> Result<model::Value, Fault> {
    let wrong = |expected: &'static str| refused(value, schema, Rule::Type(expected));
    match kind {
        Kind::Line(_)
        | Kind::LongText(_)
        | Kind::Html(_)
        | Kind::Email(_)
        | Kind::Phone(_)
        | Kind::Url(_)
        | Kind::Slug(_)
        | Kind::Icon(_) => match value {
            Value::Record(_) | Value::User(_) | Value::Array(_) | Value::Object(_) | Value::Table(_) => {
                Err(wrong("text"))
            }
            value => Ok(model::Value::text(text(value, schema)?.as_ref())),
        },
        Kind::Number(_) => number(value).ok_or_else(|| wrong("a number")),
        Kind::Integer(_) | Kind::Rating(_) => number(value).ok_or_else(|| wrong("a whole number")),
        Kind::Boolean(_) => match value {
            Value::Bool(checked) => Ok(model::Value::Bool(*checked)),
            Value::Number(number) if *number == 0.0 || *number == 1.0 => Ok(model::Value::Bool(*number == 1.0)),
            _ => Err(wrong("a boolean")),
        },
        Kind::Date(_) => match instant(value) {
            Some(instant) => Ok(empty_or(instant, |ms| model::Value::Date(Instant(ms).utc_day().0))),
            None => Err(wrong("a date")),
        },
        Kind::DateTime(_) => match instant(value) {
            Some(instant) => Ok(empty_or(instant, model::Value::Instant)),
            None => Err(wrong("a date and time")),
        },
        Kind::Time(_) => match value {
            Value::Time(ms) => Ok(model::Value::Time(*ms)),
            Value::DateTime(ms) => Ok(model::Value::Time(ms.rem_euclid(DAY_MS))),
            value => read_by_kind(value, kind).ok_or_else(|| wrong("a time of day")),
        },
        Kind::Duration(_) => match value {
            Value::Interval(ms) => Ok(model::Value::Duration(*ms)),
            Value::Number(ms) if ms.fract() == 0.0 => Ok(model::Value::Duration(*ms as i64)),
            value => read_by_kind(value, kind).ok_or_else(|| wrong("a timeinterval")),
        },
        Kind::Appointment(_) => match value {
            Value::Appointment { start, end } => Ok(model::Value::Span { start: *start, end: *end }),
            value => read_by_kind(value, kind).ok_or_else(|| wrong("an appointment")),
        },
        Kind::Choice(choice) => match value {
            Value::Text(text) if text.trim().is_empty() => Ok(model::Value::Null),
            value => option(value, &choice.options, schema).map(model::Value::Choice),
        },
        Kind::MultiChoice(multi) => several(value, &multi.options, schema),
        Kind::Location(_) | Kind::Color(_) | Kind::Video(_) | Kind::Seo(_) => match value {
            Value::Object(_) => Ok(model::Value::Structure(to_json(value, schema)?)),
            value => read_by_kind(value, kind).ok_or_else(|| wrong(kind.word())),
        },
        Kind::Json(_) => Ok(model::Value::Structure(to_json(value, schema)?)),
        Kind::User(_) => user(value).map(model::Value::User).ok_or_else(|| wrong("a user")),
        Kind::Users(_) => {
            let users = each(value).iter().map(user).collect::<Option<Vec<_>>>().ok_or_else(|| wrong("users"))?;
            Ok(list_or_null(users, model::Value::Users))
        }
        Kind::Reference(link) => record(value, &link.targets, schema).map(model::Value::Reference),
        Kind::Links(links) => {
            let items = each(value);
            let records =
                items.iter().map(|item| record(item, &links.targets, schema)).collect::<Result<Vec<_>, _>>()?;
            Ok(list_or_null(records, model::Value::References))
        }
        Kind::Files(_)
        | Kind::Button(_)
        | Kind::Reverse(_)
        | Kind::Lookup(_)
        | Kind::Rollup(_)
        | Kind::Formula(_)
        | Kind::AutoNumber(_)
        | Kind::CreatedTime(_)
        | Kind::ModifiedTime(_)
        | Kind::CreatedBy(_)
        | Kind::ModifiedBy(_) => Err(Fault::script(format!("is a {} field, which scripts only clear", kind.word()))),
    }
}

/// A number, or a text that is one; an empty text is null.
fn number(value: &Value) -> Option<model::Value> {
    match value {
        Value::Number(number) => Some(model::Value::Number(*number)),
        Value::Text(text) if text.trim().is_empty() => Some(model::Value::Null),
        Value::Text(text) => read_number(text).map(model::Value::Number),
        _ => None,
    }
}

/// The instant of a date, a datetime or ISO text, in UTC; the inner none of an empty text.
fn instant(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Date(day) => Some(Some(i64::from(*day) * DAY_MS)),
        Value::DateTime(ms) => Some(Some(*ms)),
        Value::Text(text) if text.trim().is_empty() => Some(None),
        Value::Text(text) => Instant::parse(text).map(|instant| Some(instant.0)),
        _ => None,
    }
}

fn empty_or<T>(found: Option<T>, keep: impl FnOnce(T) -> model::Value) -> model::Value {
    found.map(keep).unwrap_or_default()
}

/// What the kind reads in a text.
fn read_by_kind(value: &Value, kind: &Kind) -> Option<model::Value> {
    let Value::Text(text) = value else { return None };
    kind.behaviour().coerce(&model::Value::text(text.as_ref()), &NoNames(Instant(0)))
}

/// An option by its caption or number; one of another field by what it is called there.
fn option(value: &Value, options: &Options, schema: &Schema) -> Result<ChoiceId, Fault> {
    let by_number = |number: f64| options.list.iter().find(|option| f64::from(option.id.0) == number);
    let found = match value {
        Value::Choice(choice) => match caption(*choice, schema) {
            // The same field has the same number for it; another field has another.
            Some(name) => options.get(choice.id).filter(|option| option.name == name).or_else(|| options.named(name)),
            None => None,
        },
        Value::Number(number) => by_number(*number),
        Value::Text(text) => {
            let text = text.trim();
            options.named(text).or_else(|| text.parse::<u32>().ok().and_then(|id| options.get(ChoiceId(id))))
        }
        _ => None,
    };
    found.map(|option| option.id).ok_or_else(|| refused(value, schema, Rule::Type("one of the field's options")))
}

/// Options: of a list each, of a text or number that one.
fn several(value: &Value, options: &Options, schema: &Schema) -> Result<model::Value, Fault> {
    let mut ids = Vec::new();
    for item in each(value) {
        if matches!(&item, Value::Text(text) if text.trim().is_empty()) {
            continue;
        }
        let id = option(&item, options, schema)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(list_or_null(ids, model::Value::Choices))
}

/// The items of a list that are not null; a single value is a list of one.
fn each(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.iter().filter(|item| !matches!(item, Value::Null)).cloned().collect(),
        Value::Multi(multi) => multi
            .ids
            .iter()
            .map(|id| Value::Choice(Choice { table: multi.table, field: multi.field, id: *id }))
            .collect(),
        single => vec![single.clone()],
    }
}

fn list_or_null<T>(list: Vec<T>, keep: impl FnOnce(Vec<T>) -> model::Value) -> model::Value {
    if list.is_empty() { model::Value::Null } else { keep(list) }
}

fn user(value: &Value) -> Option<model::UserId> {
    match value {
        Value::User(user) => Some(*user),
        Value::Text(text) => crate::spelling::read_user(text.trim()),
        _ => None,
    }
}

/// A record, or its number where the field points into one table. Whether it is there the host says.
fn record(value: &Value, targets: &[TableId], schema: &Schema) -> Result<RecordAddress, Fault> {
    match (value, targets) {
        (Value::Record(address), _) if targets.contains(&address.table) => Ok(*address),
        (Value::Record(_), _) => Err(refused(value, schema, Rule::TargetTable)),
        (Value::Number(number), [table]) if is_record_number(*number) => {
            Ok(RecordAddress { table: *table, record: RecordId(*number as u32) })
        }
        (_, _) => Err(refused(value, schema, Rule::Type("a record"))),
    }
}

fn is_record_number(number: f64) -> bool {
    number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number) && number <= shared::MAX_INTEGER
}
