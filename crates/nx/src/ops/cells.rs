//! The way of a value out of a cell, and between objects and JSON.

use crate::fault::Fault;
use crate::value::{Choice, Multi, Object, Value};
use model::kind::NoNames;
use model::kind::shared::MAX_JSON_BYTES;
use model::{FieldId, Json, Kind, Schema, TableId};
use std::sync::Arc;

/// The field that a value comes from, and its kind: of a lookup, that of the field looked up (`ops::origin`).
pub type Origin<'k> = (TableId, FieldId, &'k Kind);

/// The value of a cell. Empty cells are null; lists of options, links and users are empty lists.
pub fn from_model(value: &model::Value, origin: Origin<'_>) -> Value {
    let (table, field, kind) = origin;
    match value {
        model::Value::Null => empty(origin),
        model::Value::Choice(id) => Value::Choice(Choice { table, field, id: *id }),
        model::Value::Choices(ids) => Value::Multi(Arc::new(Multi { table, field, ids: ids.clone() })),
        model::Value::Structure(json) => structure(value, json, kind),
        model::Value::List(items) => Value::array(items.iter().map(|item| from_model(item, origin)).collect()),
        plain => from_plain(plain),
    }
}

/// The value of a column that every record has, or of anything that needs no field to be understood.
pub fn from_plain(value: &model::Value) -> Value {
    match value {
        model::Value::Null | model::Value::Choice(_) | model::Value::Choices(_) => Value::Null,
        model::Value::Bool(checked) => Value::Bool(*checked),
        model::Value::Number(number) => Value::number(*number),
        model::Value::Text(text) => Value::text(text),
        model::Value::Date(day) => Value::Date(*day),
        model::Value::Instant(ms) => Value::DateTime(*ms),
        model::Value::Time(ms) => Value::Time(*ms),
        model::Value::Duration(ms) => Value::Interval(*ms),
        model::Value::Span { start, end } => Value::Appointment { start: *start, end: *end },
        model::Value::Reference(address) => Value::Record(*address),
        model::Value::References(list) => Value::array(list.iter().map(|address| Value::Record(*address)).collect()),
        model::Value::User(user) => Value::User(*user),
        model::Value::Users(list) => Value::array(list.iter().map(|user| Value::User(*user)).collect()),
        model::Value::Structure(json) => from_json(json),
        model::Value::List(items) => Value::array(items.iter().map(from_plain).collect()),
    }
}

fn empty((table, field, kind): Origin<'_>) -> Value {
    match kind {
        Kind::MultiChoice(_) => Value::Multi(Arc::new(Multi { table, field, ids: Vec::new() })),
        Kind::Reverse(_) | Kind::Links(_) | Kind::Users(_) | Kind::Files(_) => Value::array(Vec::new()),
        _ => Value::Null,
    }
}

/// A place is its text, a button how often it was clicked, files are what `files` tells of them; the rest is an object.
fn structure(value: &model::Value, json: &Json, kind: &Kind) -> Value {
    match kind {
        Kind::Location(_) => {
            let text = kind.behaviour().display(value, &NoNames(model::time::Instant(0)));
            Value::text(text)
        }
        Kind::Button(_) => json["count"].as_f64().map_or(Value::Null, Value::number),
        Kind::Files(_) => {
            let file = |file: &Json| {
                let text = |key: &str| file[key].as_str().map_or(Value::Null, Value::text);
                let size = file["size"].as_f64().map_or(Value::Null, Value::number);
                object([("name", text("name")), ("contentType", text("mimetype")), ("size", size)])
            };
            Value::array(json.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(file).collect())
        }
        _ => from_json(json),
    }
}

/// An object of these keys.
pub(crate) fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (Arc::from(key), value)).collect();
    Value::Object(Arc::new(Object { entries }))
}

/// JSON as a value. What was parsed or stored is not deep, so this may call itself.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(checked) => Value::Bool(*checked),
        Json::Number(number) => number.as_f64().map_or(Value::Null, Value::number),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::array(items.iter().map(from_json).collect()),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| (Arc::from(key.as_str()), from_json(value))).collect();
            Value::Object(Arc::new(Object { entries }))
        }
    }
}

/// A value as JSON, as results show it; at most as much as a cell takes.
pub fn to_json(value: &Value, schema: &Schema) -> Result<Json, Fault> {
    let mut text = super::Bounded::within(MAX_JSON_BYTES);
    crate::encode::write_json(value, schema, &mut text)?;
    serde_json::from_str(text.as_str())
        .map_err(|_| Fault::script("arrays and objects lie too deep in each other for a cell"))
}
