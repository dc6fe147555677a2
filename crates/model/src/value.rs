//! Values: what a cell can hold. Every kind of field uses one of these shapes.

use crate::Json;
use crate::ids::{ChoiceId, RecordAddress, UserId};
use serde::{Deserialize, Serialize};

/// The value of one cell.
///
/// Null, empty text, false and an empty list stay distinct in the core; [`Value::is_empty`] covers all four.
/// Numbers are IEEE doubles (all APIs we speak are JSON) and never NaN or infinite.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[default]
    #[serde(rename = "0")]
    Null,
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "n")]
    Number(f64),
    #[serde(rename = "t")]
    Text(String),
    /// A calendar day, as days since 1970-01-01, whatever the zone.
    #[serde(rename = "d")]
    Date(i32),
    /// An instant in UTC milliseconds since 1970.
    #[serde(rename = "i")]
    Instant(i64),
    /// Milliseconds since midnight, below 86,400,000.
    #[serde(rename = "h")]
    Time(i64),
    /// A length of time in milliseconds.
    #[serde(rename = "l")]
    Duration(i64),
    /// An appointment: two instants, start not after end.
    #[serde(rename = "s")]
    Span { start: i64, end: i64 },
    #[serde(rename = "c")]
    Choice(ChoiceId),
    /// Options in the order given, none twice.
    #[serde(rename = "cs")]
    Choices(Vec<ChoiceId>),
    #[serde(rename = "r")]
    Reference(RecordAddress),
    /// Records in the order given, none twice.
    #[serde(rename = "rs")]
    References(Vec<RecordAddress>),
    #[serde(rename = "u")]
    User(UserId),
    #[serde(rename = "us")]
    Users(Vec<UserId>),
    /// A structured value: location, color, video, seo, json, files, button. Its kind checks its keys.
    #[serde(rename = "j")]
    Structure(Json),
    /// What a lookup through several links holds; never written.
    #[serde(rename = "a")]
    List(Vec<Value>),
}

impl Value {
    /// Text from anything that becomes a string.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// Whether the cell counts as empty for filters and `required`: null, `""`, `false`, an empty list or object.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null | Value::Bool(false) => true,
            Value::Text(text) => text.is_empty(),
            Value::Choices(list) => list.is_empty(),
            Value::References(list) => list.is_empty(),
            Value::Users(list) => list.is_empty(),
            Value::List(list) => list.is_empty(),
            Value::Structure(json) => match json {
                Json::Null => true,
                Json::Array(list) => list.is_empty(),
                Json::Object(map) => map.is_empty(),
                Json::String(text) => text.is_empty(),
                Json::Bool(_) | Json::Number(_) => false,
            },
            Value::Bool(true)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Instant(_)
            | Value::Time(_)
            | Value::Duration(_)
            | Value::Span { .. }
            | Value::Choice(_)
            | Value::Reference(_)
            | Value::User(_) => false,
        }
    }

    /// The word for the value's shape, for messages.
    pub fn shape(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::Date(_) => "a date",
            Value::Instant(_) => "a date and time",
            Value::Time(_) => "a time",
            Value::Duration(_) => "a duration",
            Value::Span { .. } => "an appointment",
            Value::Choice(_) => "an option",
            Value::Choices(_) => "a list of options",
            Value::Reference(_) => "a record",
            Value::References(_) => "a list of records",
            Value::User(_) => "a user",
            Value::Users(_) => "a list of users",
            Value::Structure(_) => "an object",
            Value::List(_) => "a list",
        }
    }
}
