//! What is known of a value before a script runs.

use model::{FieldId, TableId};

/// The type of an expression as the checker knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// Always null.
    Null,
    Bool,
    Number,
    Text,
    Date,
    DateTime,
    Time,
    Interval,
    Appointment,
    /// An option of this field.
    Choice(TableId, FieldId),
    /// Options of this field.
    Multi(TableId, FieldId),
    /// A record of this table.
    Record(TableId),
    User,
    /// Items of one type.
    Array(Box<Type>),
    Object,
    /// Not known before it runs.
    Any,
}

impl Type {
    /// An array of items of this type.
    pub fn array(self) -> Type {
        Type::Array(Box::new(self))
    }

    /// The type of an item when it is looped over: of an array its items', else the type itself.
    pub fn item(&self) -> &Type {
        match self {
            Type::Array(item) => item,
            other => other,
        }
    }

    /// An item of it, where maps, filters and paths go through the items: options of a multiple choice are items too.
    pub fn each(&self) -> Type {
        match self {
            Type::Multi(table, field) => Type::Choice(*table, *field),
            other => other.item().clone(),
        }
    }

    /// What such a value is, in words.
    pub fn word(&self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Bool => "a boolean",
            Type::Number => "a number",
            Type::Text => "a text",
            Type::Date => "a date",
            Type::DateTime => "a datetime",
            Type::Time => "a time",
            Type::Interval => "a time interval",
            Type::Appointment => "an appointment",
            Type::Choice(..) => "an option",
            Type::Multi(..) => "a multiple choice",
            Type::Record(_) => "a record",
            Type::User => "a user",
            Type::Array(_) => "an array",
            Type::Object => "an object",
            Type::Any => "a value",
        }
    }

    /// What covers both: null takes the other's side, types that differ are any.
    pub fn join(self, other: Type) -> Type {
        match (self, other) {
            (a, b) if a == b => a,
            (Type::Null, other) | (other, Type::Null) => other,
            (Type::Array(a), Type::Array(b)) => a.join(*b).array(),
            _ => Type::Any,
        }
    }
}
