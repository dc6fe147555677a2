//! From JSON to a value of a field. What does not fit comes back as it is, for the core to refuse together with all else
//! that is wrong with an item.

use super::files::{self, Form};
use super::values::options;
use super::{World, encode::Encoding};
use crate::item::shape::Column;
use crate::names;
use crate::site::zone;
use model::kind::{Class, Kind, NoNames};
use model::time::{Day, Instant};
use model::{Json, RecordAddress, Value};
use serde_json::Map;

/// The value meant. Null clears. `present` is what the cell holds now, where [`needs_present`] asks for it.
pub fn decode(column: &Column, given: &Json, world: &World, present: Option<&Value>) -> Value {
    let unfit = || Value::Structure(given.clone());
    match (column.kind.class(), given) {
        (_, Json::Null) => Value::Null,
        (Class::Text, Json::String(text)) => Value::Text(text.clone()),
        (Class::Number | Class::Integer, Json::Number(number)) => number.as_f64().map_or_else(unfit, Value::Number),
        (Class::Bool, Json::Bool(flag)) => Value::Bool(*flag),
        (class, Json::String(text)) if text.is_empty() && is_scalar(class) => Value::Null,
        (Class::Date, Json::String(text)) => Day::parse(text).map_or_else(unfit, |day| Value::Date(day.0)),
        (Class::Instant, Json::String(text)) => zone::read(&world.zone, text).map_or_else(unfit, Value::Instant),
        (Class::Time | Class::Duration | Class::Span, Json::String(text)) => {
            let read = column.kind.behaviour().coerce(&Value::Text(text.clone()), &NoNames(Instant(0)));
            read.filter(|value| *value != Value::Null).unwrap_or_else(unfit)
        }
        (Class::Choice, Json::String(text)) => {
            let option = options(&column.kind).and_then(|options| options.named(text));
            option.map_or_else(unfit, |option| Value::Choice(option.id))
        }
        (Class::Choices, Json::Array(names)) => {
            let find = |name: &Json| options(&column.kind)?.named(name.as_str()?).map(|option| option.id);
            names.iter().map(find).collect::<Option<_>>().map_or_else(unfit, Value::Choices)
        }
        (Class::Reference, given) => address(given).map_or_else(unfit, Value::Reference),
        (Class::References, Json::Array(ids)) => {
            ids.iter().map(address).collect::<Option<_>>().map_or_else(unfit, Value::References)
        }
        (Class::User, Json::String(text)) => names::read_user(text).map_or_else(unfit, Value::User),
        (Class::Users, Json::Array(people)) => {
            let find = |person: &Json| names::read_user(person.as_str()?);
            people.iter().map(find).collect::<Option<_>>().map_or_else(unfit, Value::Users)
        }
        (Class::Structure, given) => structure(column, given, present),
        (
            Class::Text
            | Class::Number
            | Class::Integer
            | Class::Bool
            | Class::Date
            | Class::Instant
            | Class::Time
            | Class::Duration
            | Class::Span
            | Class::Choice
            | Class::Choices
            | Class::References
            | Class::User
            | Class::Users
            | Class::List,
            _,
        ) => unfit(),
    }
}

/// Whether decoding wants to know what the cell holds: a cell of one file may hold more, which other doors put there.
pub fn needs_present(column: &Column) -> bool {
    matches!(column.encoding, Encoding::Files(Form::Image | Form::File))
}

/// Whether an empty text is no value.
fn is_scalar(class: Class) -> bool {
    !matches!(class, Class::Text | Class::Structure | Class::List | Class::Number | Class::Integer | Class::Bool)
}

/// An item by its id, which may be a number.
fn address(given: &Json) -> Option<RecordAddress> {
    match given {
        Json::String(text) => names::read_item(text),
        Json::Number(number) => RecordAddress::unpack(number.as_i64()?),
        _ => None,
    }
}

fn structure(column: &Column, given: &Json, present: Option<&Value>) -> Value {
    if let Encoding::Files(form) = &column.encoding {
        return files::decode(*form, given, present);
    }
    let only = |keys: &[&str]| match given {
        // Clients of this API send members along that they were shown by others.
        Json::Object(object) => {
            let kept: Map<String, Json> = object
                .iter()
                .filter(|(key, _)| keys.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            Value::Structure(Json::Object(kept))
        }
        other => Value::Structure(other.clone()),
    };
    match &column.kind {
        Kind::Location(_) => only(&["latitude", "longitude", "text"]),
        Kind::Color(_) => only(&["red", "green", "blue", "alpha"]),
        Kind::Seo(_) => only(&["title", "description", "image"]),
        _ => Value::Structure(given.clone()),
    }
}
