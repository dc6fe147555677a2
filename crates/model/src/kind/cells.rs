//! Between a value and its cell in SQL. The class of a kind decides both ways.

use super::Class;
use super::shared::LEAST_SPAN;
use crate::cell::{Cell, StoredCell};
use crate::ids::{ChoiceId, RecordAddress, UserId};
use crate::time::DAY_MS;
use crate::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Class {
    /// The cell of a value. A value of another class, which no check lets through, becomes an empty cell.
    pub fn encode(self, value: &Value) -> StoredCell {
        match (self, value) {
            (Class::Bool, Value::Bool(checked)) => StoredCell::Integer(i64::from(*checked)),
            (Class::Number, Value::Number(number)) => StoredCell::Real(*number),
            (Class::Integer, Value::Number(number)) => StoredCell::Integer(*number as i64),
            (Class::Text, Value::Text(text)) => StoredCell::Text(text.clone()),
            (Class::Date, Value::Date(day)) => StoredCell::Integer(i64::from(*day)),
            (Class::Instant, Value::Instant(ms))
            | (Class::Time, Value::Time(ms))
            | (Class::Duration, Value::Duration(ms)) => StoredCell::Integer(*ms),
            (Class::Span, Value::Span { start, end }) => encode_span(*start, *end),
            (Class::Choice, Value::Choice(id)) => StoredCell::Integer(i64::from(id.0)),
            (Class::Choices, Value::Choices(list)) => json_cell(list),
            (Class::Reference, Value::Reference(address)) => StoredCell::Integer(address.pack()),
            (Class::References, Value::References(list)) => {
                json_cell(&list.iter().map(|address| address.pack()).collect::<Vec<i64>>())
            }
            (Class::User, Value::User(id)) => StoredCell::Integer(i64::from(id.0)),
            (Class::Users, Value::Users(list)) => json_cell(list),
            (Class::Structure, Value::Structure(json)) => json_cell(json),
            (Class::List, Value::Null) => StoredCell::Null,
            (Class::List, value) => json_cell(value),
            _ => StoredCell::Null,
        }
    }

    /// The value of a cell. A broken cell, which no writer of ours leaves behind, is an empty value.
    pub fn decode(self, cell: Cell<'_>) -> Value {
        self.read(cell).unwrap_or(Value::Null)
    }

    fn read(self, cell: Cell<'_>) -> Option<Value> {
        Some(match self {
            Class::Bool => Value::Bool(cell.integer()? != 0),
            Class::Number => Value::Number(number(cell)?),
            Class::Integer => Value::Number(number(cell)?.trunc()),
            Class::Text => Value::Text(cell.text()?.to_owned()),
            Class::Date => Value::Date(i32::try_from(cell.integer()?).ok()?),
            Class::Instant => Value::Instant(cell.integer()?),
            Class::Time => Value::Time(cell.integer().filter(|ms| (0..DAY_MS).contains(ms))?),
            Class::Duration => Value::Duration(cell.integer()?),
            Class::Span => decode_span(cell.text()?)?,
            Class::Choice => Value::Choice(ChoiceId(u32::try_from(cell.integer()?).ok()?)),
            Class::Choices => Value::Choices(json(cell)?),
            Class::Reference => Value::Reference(RecordAddress::unpack(cell.integer()?)?),
            Class::References => {
                let packed: Vec<i64> = json(cell)?;
                Value::References(packed.into_iter().map(RecordAddress::unpack).collect::<Option<_>>()?)
            }
            Class::User => Value::User(UserId(u32::try_from(cell.integer()?).ok()?)),
            Class::Users => Value::Users(json(cell)?),
            Class::Structure => Value::Structure(json(cell)?),
            Class::List => json(cell)?,
        })
    }
}

/// An engine may hand a whole number back as an integer, and 0 with a sign.
fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Integer(number) => Some(number as f64),
        Cell::Real(number) => Some(number + 0.0).filter(|number| number.is_finite()),
        Cell::Null | Cell::Text(_) | Cell::Bytes(_) => None,
    }
}

fn json_cell<T: Serialize>(value: &T) -> StoredCell {
    serde_json::to_string(value).map_or(StoredCell::Null, StoredCell::Text)
}

fn json<T: DeserializeOwned>(cell: Cell<'_>) -> Option<T> {
    serde_json::from_str(cell.text()?).ok()
}

// An appointment is two decimals of 16 digits, counted from the earliest instant, so that text order is the order of
// the starts and then of the ends.

fn encode_span(start: i64, end: i64) -> StoredCell {
    let (start, end) = (start.saturating_sub(LEAST_SPAN), end.saturating_sub(LEAST_SPAN));
    let fits = 0..10_000_000_000_000_000;
    if !fits.contains(&start) || !fits.contains(&end) {
        return StoredCell::Null;
    }
    StoredCell::Text(format!("{start:016}/{end:016}"))
}

fn decode_span(text: &str) -> Option<Value> {
    let (start, end) = text.split_once('/')?;
    let instant = |digits: &str| {
        let written = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|_| written).map(|ms| ms + LEAST_SPAN)
    };
    Some(Value::Span { start: instant(start)?, end: instant(end)? })
}
