//! The items of a list without those that equal an earlier one.

use crate::fault::Fault;
use crate::ops;
use crate::value::Value;
use model::time::DAY_MS;
use model::{ChoiceId, RecordAddress, Schema, UserId};
use std::collections::HashSet;

/// Most comparisons of items each with each.
const MAX_COMPARISONS: usize = 2_000_000;

/// What makes a value itself, among values that only equal their like.
#[derive(PartialEq, Eq, Hash)]
enum Key<'v> {
    Null,
    Bool(bool),
    Number(u64),
    Text(&'v str),
    Instant(i64),
    Time(i64),
    Interval(i64),
    Appointment(i64, i64),
    Choice(ChoiceId),
    Record(RecordAddress),
    User(UserId),
}

/// The different items, each where it comes first.
pub fn unique(items: &[Value], schema: &Schema) -> Result<Value, Fault> {
    let mut seen = HashSet::new();
    if let Some(keys) = keys(items) {
        let kept = items.iter().zip(keys).filter_map(|(item, key)| seen.insert(key).then(|| item.clone()));
        return Ok(Value::array(kept.collect()));
    }
    let (mut kept, mut comparisons) = (Vec::<Value>::new(), 0);
    for item in items {
        comparisons += kept.len();
        if comparisons > MAX_COMPARISONS {
            return Err(Fault::Budget("unique has too many different values of mixed types".to_owned()));
        }
        if !kept.iter().any(|there| ops::equal(there, item, schema)) {
            kept.push(item.clone());
        }
    }
    Ok(Value::array(kept))
}

/// The keys of all items; none when some of them may equal values of other types.
fn keys(items: &[Value]) -> Option<Vec<Key<'_>>> {
    let keys = items.iter().map(key).collect::<Option<Vec<Key<'_>>>>()?;
    let has = |is_it: fn(&Key<'_>) -> bool| keys.iter().any(is_it);
    let numbers = has(|key| matches!(key, Key::Number(_)));
    let records = has(|key| matches!(key, Key::Record(_)));
    let choices = has(|key| matches!(key, Key::Choice(_)));
    let texts = has(|key| matches!(key, Key::Text(_)));
    let mixed = (numbers && (records || choices)) || (texts && choices);
    (!mixed).then_some(keys)
}

fn key(value: &Value) -> Option<Key<'_>> {
    Some(match value {
        Value::Null => Key::Null,
        Value::Text(text) if text.is_empty() => Key::Null,
        Value::Bool(checked) => Key::Bool(*checked),
        // -0 is 0.
        Value::Number(number) => Key::Number((number + 0.0).to_bits()),
        Value::Text(text) => Key::Text(text),
        Value::Date(day) => Key::Instant(i64::from(*day) * DAY_MS),
        Value::DateTime(ms) => Key::Instant(*ms),
        Value::Time(ms) => Key::Time(*ms),
        Value::Interval(ms) => Key::Interval(*ms),
        Value::Appointment { start, end } => Key::Appointment(*start, *end),
        Value::Choice(choice) => Key::Choice(choice.id),
        Value::Record(address) => Key::Record(*address),
        Value::User(user) => Key::User(*user),
        Value::Multi(_) | Value::Array(_) | Value::Object(_) | Value::Table(_) => return None,
    })
}
