//! What a script computes with. Cheap to clone.

use model::{ChoiceId, FieldId, RecordAddress, TableId, UserId};
use std::sync::Arc;

/// A value of a script.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    /// Never NaN or infinite: what would be is null.
    Number(f64),
    Text(Arc<str>),
    /// A calendar day: days since 1970-01-01.
    Date(i32),
    /// An instant in UTC milliseconds.
    DateTime(i64),
    /// Milliseconds of the day.
    Time(i64),
    /// Milliseconds.
    Interval(i64),
    /// Two instants, UTC milliseconds.
    Appointment {
        start: i64,
        end: i64,
    },
    /// An option of a choice field.
    Choice(Choice),
    /// Options of a field, in their order.
    Multi(Arc<Multi>),
    Record(RecordAddress),
    User(UserId),
    Array(Arc<Vec<Value>>),
    Object(Arc<Object>),
    /// A table, where a function takes one by its name. No script gets hold of it.
    Table(TableId),
}

/// One option of a field; its caption is in the schema.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Choice {
    pub table: TableId,
    pub field: FieldId,
    pub id: ChoiceId,
}

/// Options of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Multi {
    pub table: TableId,
    pub field: FieldId,
    pub ids: Vec<ChoiceId>,
}

/// A JSON object: keys in the order in which they were written.
#[derive(Clone, Debug, Default)]
pub struct Object {
    pub entries: Vec<(Arc<str>, Value)>,
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Arc::from(text.as_ref()))
    }

    /// A number; null when it is none.
    pub fn number(number: f64) -> Value {
        if number.is_finite() { Value::Number(number) } else { Value::Null }
    }

    /// An array.
    pub fn array(items: Vec<Value>) -> Value {
        Value::Array(Arc::new(items))
    }
}
