//! Arguments as functions want them. None is null, and gives null where a function does not say otherwise.

use super::Context;
use crate::fault::Fault;
use crate::host::Host;
use crate::ops;
use crate::value::Value;
use model::time::{DAY_MS, Day, Instant};
use std::borrow::Cow;
use std::sync::Arc;

/// What was given; null ends the function with null.
macro_rules! given {
    ($found:expr) => {
        match $found {
            Some(found) => found,
            None => return Ok(Value::Null),
        }
    };
}
pub(super) use given;

/// An argument that may be left out; null is as good as not there.
pub fn optional(arguments: &[Value], place: usize) -> Option<&Value> {
    arguments.get(place).filter(|value| !matches!(value, Value::Null))
}

/// The refusal of an argument.
pub fn takes(function: &str, expected: &str, value: &Value) -> Fault {
    let what = match value {
        Value::Text(text) if text.chars().count() <= 50 => format!("\"{text}\""),
        other => {
            let name = ops::type_name(other);
            format!("{} {name}", if name.starts_with(['a', 'o']) { "an" } else { "a" })
        }
    };
    Fault::script(format!("{function} takes {expected}, not {what}"))
}

/// A number, or what stands for one. Text that is no number is null.
pub fn number(function: &str, value: &Value) -> Result<Option<f64>, Fault> {
    match value {
        Value::Number(number) => Ok(Some(*number)),
        Value::Null => Ok(None),
        Value::Appointment { .. }
        | Value::Multi(_)
        | Value::User(_)
        | Value::Array(_)
        | Value::Object(_)
        | Value::Table(_) => Err(takes(function, "a number", value)),
        value => Ok(ops::to_number(value)),
    }
}

/// A number without its fraction.
pub fn whole(function: &str, value: &Value) -> Result<Option<i64>, Fault> {
    Ok(number(function, value)?.map(|number| number as i64))
}

/// An instant of a date, a datetime, milliseconds since 1970, ISO text or the start of an appointment. One beyond those
/// that can be written is null.
pub fn instant(function: &str, value: &Value) -> Result<Option<i64>, Fault> {
    let ms = match value {
        Value::Null => return Ok(None),
        Value::Date(day) => i64::from(*day) * DAY_MS,
        Value::DateTime(ms) => *ms,
        Value::Appointment { start, .. } => *start,
        Value::Number(ms) => *ms as i64,
        Value::Text(text) if text.trim().is_empty() => return Ok(None),
        Value::Text(text) => match Instant::parse(text) {
            Some(instant) => instant.0,
            None => return Err(takes(function, "a date", value)),
        },
        _ => return Err(takes(function, "a date", value)),
    };
    Ok(Some(ms).filter(|ms| ms.unsigned_abs() <= Instant::FURTHEST.unsigned_abs()))
}

/// The day of what [`instant`] takes, in UTC.
pub fn day(function: &str, value: &Value) -> Result<Option<Day>, Fault> {
    Ok(instant(function, value)?.map(|ms| Instant(ms).utc_day()))
}

/// The items of a list; a single value is a list of one, null an empty one.
pub fn items(value: &Value) -> Cow<'_, [Value]> {
    match value {
        Value::Null => Cow::Borrowed(&[]),
        Value::Array(items) => Cow::Borrowed(items.as_slice()),
        Value::Multi(multi) => Cow::Owned(ops::choices(multi).map(Value::Choice).collect()),
        single => Cow::Borrowed(std::slice::from_ref(single)),
    }
}

/// Users by their names, also in lists; anything else as it is. Only the host knows names, so whoever makes text of a
/// value that may be a user asks this first.
pub fn named(host: &mut dyn Host, value: &Value) -> Result<Value, Fault> {
    let is_user = |value: &Value| matches!(value, Value::User(_));
    match value {
        Value::User(user) => {
            let person = host.people()?.into_iter().find(|person| person.id == *user);
            Ok(person.map_or_else(|| Value::text(crate::spelling::user(*user)), |person| Value::text(person.name)))
        }
        Value::Array(items) if items.iter().any(is_user) => {
            let people = host.people()?;
            let name = |item: &Value| match item {
                Value::User(user) => people
                    .iter()
                    .find(|person| person.id == *user)
                    .map_or_else(|| item.clone(), |person| Value::text(&person.name)),
                other => other.clone(),
            };
            Ok(Value::array(items.iter().map(name).collect()))
        }
        other => Ok(other.clone()),
    }
}

impl Context<'_> {
    /// The text form of a value.
    pub fn text(&mut self, value: &Value) -> Result<Option<Arc<str>>, Fault> {
        match value {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            Value::User(_) | Value::Array(_) => {
                let named = named(self.host, value)?;
                ops::text(&named, self.host.schema()).map(Some)
            }
            value => ops::text(value, self.host.schema()).map(Some),
        }
    }
}
