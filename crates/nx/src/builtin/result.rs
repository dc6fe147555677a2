//! Types of results.

use crate::types::Type;

pub fn any(_: &[Type]) -> Type {
    Type::Any
}

pub fn text(_: &[Type]) -> Type {
    Type::Text
}

pub fn number(_: &[Type]) -> Type {
    Type::Number
}

pub fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

pub fn date(_: &[Type]) -> Type {
    Type::Date
}

pub fn datetime(_: &[Type]) -> Type {
    Type::DateTime
}

pub fn time(_: &[Type]) -> Type {
    Type::Time
}

pub fn interval(_: &[Type]) -> Type {
    Type::Interval
}

pub fn appointment(_: &[Type]) -> Type {
    Type::Appointment
}

pub fn object(_: &[Type]) -> Type {
    Type::Object
}

pub fn user(_: &[Type]) -> Type {
    Type::User
}

pub fn texts(_: &[Type]) -> Type {
    Type::Text.array()
}

pub fn numbers(_: &[Type]) -> Type {
    Type::Number.array()
}

pub fn objects(_: &[Type]) -> Type {
    Type::Object.array()
}

pub fn users(_: &[Type]) -> Type {
    Type::User.array()
}

/// An item of the first argument.
pub fn item(types: &[Type]) -> Type {
    types.first().map_or(Type::Any, |first| match first {
        Type::Multi(table, field) => Type::Choice(*table, *field),
        first => first.item().clone(),
    })
}

/// An array of the items of the first argument.
pub fn items(types: &[Type]) -> Type {
    item(types).array()
}

/// A part of the first argument: of a list a list, of anything else text.
pub fn part(types: &[Type]) -> Type {
    match types.first() {
        Some(Type::Array(_) | Type::Multi(..)) => items(types),
        Some(Type::Any | Type::Null) | None => Type::Any,
        Some(_) => Type::Text,
    }
}

/// Numbers, or lengths of time of lengths of time.
pub fn measure(types: &[Type]) -> Type {
    match item(types) {
        Type::Interval => Type::Interval,
        Type::Number | Type::Bool => Type::Number,
        _ => Type::Any,
    }
}

/// Whatever the arguments are or hold.
pub fn joined(types: &[Type]) -> Type {
    types.iter().map(|of| item(std::slice::from_ref(of))).reduce(Type::join).unwrap_or(Type::Any)
}

/// An array of whatever the arguments are or hold.
pub fn joined_items(types: &[Type]) -> Type {
    joined(types).array()
}

/// As the last argument.
pub fn last(types: &[Type]) -> Type {
    types.last().cloned().unwrap_or(Type::Any)
}

/// As the first argument.
pub fn first(types: &[Type]) -> Type {
    types.first().cloned().unwrap_or(Type::Any)
}
