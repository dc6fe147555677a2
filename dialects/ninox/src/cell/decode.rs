//! From JSON to a value of a field (facts 4, "Writing"). Both forms are read: what records show, and the internal one of
//! `/changes`, since clients send its rows to an upsert (reference 001).

use super::people::People;
use crate::field::object::options_of;
use crate::field::shown::Shown;
use crate::field::word::Word;
use crate::names;
use engine::View;
use engine::access::Directory;
use model::kind::shared::number_text;
use model::kind::{Class, Kind};
use model::time::Instant;
use model::{ChoiceId, Json, RecordAddress, RecordId, Rule, UserId, Value};
use std::sync::Arc;

/// Most elements of a list in a cell that are looked at; the core refuses fewer still.
const MOST: usize = 10_000;

/// What decoding works with.
pub struct Decoder {
    people: People,
    directory: Arc<Directory>,
}

impl Decoder {
    pub fn of(view: &View<'_>) -> Decoder {
        Decoder { people: People::of(view), directory: view.directory().clone() }
    }

    /// The value meant. Null clears.
    pub fn decode(&self, shown: &Shown, given: &Json) -> Result<Value, Rule> {
        if given.is_null() {
            return Ok(Value::Null);
        }
        match shown.kind.class() {
            Class::Text => text(given),
            Class::Number | Class::Integer => number(given),
            // "A boolean must be a real boolean" (facts 4).
            Class::Bool => given.as_bool().map(Value::Bool).ok_or(Rule::Type("true or false")),
            Class::Date => date(given),
            Class::Instant => instant(given),
            Class::Time | Class::Duration | Class::Span => self.words(shown, given),
            Class::Choice => choice(shown, given).map(|id| id.map_or(Value::Null, Value::Choice)),
            Class::Choices => choices(shown, given),
            Class::User => self.users(given).map(|users| users.first().map_or(Value::Null, |user| Value::User(*user))),
            Class::Users => self.users(given).map(Value::Users),
            Class::Reference => reference(shown, given),
            Class::References => references(shown, given),
            Class::Structure => self.structure(shown, given),
            Class::List => Err(Rule::ReadOnly),
        }
    }

    /// The value that a filter compares with: of a computed field too.
    pub fn decode_tested(&self, shown: &Shown, given: &Json) -> Result<Value, Rule> {
        if shown.kind.class() != Class::List {
            return self.decode(shown, given);
        }
        match (shown.word, given) {
            (Word::Number, given) => number(given),
            (Word::Boolean, Json::Bool(flag)) => Ok(Value::Bool(*flag)),
            (_, Json::Number(_)) => number(given),
            (_, given) => text(given),
        }
    }

    /// What is written as a text of its own: a time of day, a length of time, an appointment; or in milliseconds.
    fn words(&self, shown: &Shown, given: &Json) -> Result<Value, Rule> {
        let loose = match given {
            Json::String(text) if text.trim().is_empty() => return Ok(Value::Null),
            Json::String(text) => Value::Text(text.clone()),
            Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            _ => return Err(Rule::Type(type_of(shown))),
        };
        let read = shown.kind.behaviour().coerce(&loose, &self.people).filter(|value| *value != Value::Null);
        read.ok_or(Rule::Type(type_of(shown)))
    }

    fn users(&self, given: &Json) -> Result<Vec<UserId>, Rule> {
        // Whether somebody is on this server at all is nobody's to learn: the engine says the same of who is not here.
        let wrong = || Rule::Type("a person who belongs to this database");
        let mut found = Vec::new();
        for item in items(given)? {
            let text = item.as_str().ok_or_else(wrong)?;
            let user = names::read_user(text).or_else(|| self.directory.find(text)).ok_or_else(wrong)?;
            if !found.contains(&user) {
                found.push(user);
            }
        }
        Ok(found)
    }

    fn structure(&self, shown: &Shown, given: &Json) -> Result<Value, Rule> {
        let wrong = || Rule::Type(type_of(shown));
        match (&shown.kind, given) {
            (_, Json::String(text)) if text.trim().is_empty() => Ok(Value::Null),
            // The JSON that this door shows as text, or a text that is a value itself.
            (Kind::Json(_) | Kind::Seo(_) | Kind::Video(_), Json::String(text)) => {
                let parsed = serde_json::from_str::<Json>(text).ok();
                let structure = match (&shown.kind, parsed) {
                    (Kind::Json(_), parsed) => Some(parsed.unwrap_or_else(|| Json::String(text.clone()))),
                    (_, parsed) => parsed.filter(Json::is_object),
                };
                let loose = structure.map_or_else(|| Value::Text(text.clone()), Value::Structure);
                shown.kind.behaviour().coerce(&loose, &self.people).ok_or_else(wrong)
            }
            (_, Json::String(text)) => {
                shown.kind.behaviour().coerce(&Value::Text(text.clone()), &self.people).ok_or_else(wrong)
            }
            (_, Json::Object(_) | Json::Array(_)) => Ok(Value::Structure(given.clone())),
            (Kind::Json(_), given) => Ok(Value::Structure(given.clone())),
            _ => Err(wrong()),
        }
    }
}

fn text(given: &Json) -> Result<Value, Rule> {
    match given {
        Json::String(text) => Ok(Value::Text(text.clone())),
        Json::Number(number) => Ok(Value::Text(number.as_f64().map(number_text).unwrap_or_default())),
        _ => Err(Rule::Type("text")),
    }
}

fn number(given: &Json) -> Result<Value, Rule> {
    let read = match given {
        Json::Number(number) => number.as_f64(),
        Json::String(text) if text.trim().is_empty() => return Ok(Value::Null),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    read.filter(|number: &f64| number.is_finite()).map(Value::Number).ok_or(Rule::Type("a number"))
}

/// A day: text, or milliseconds of an instant in it.
fn date(given: &Json) -> Result<Value, Rule> {
    match moment(given, "a date")? {
        Some(instant) => Ok(Value::Date(instant.utc_day().0)),
        None => Ok(Value::Null),
    }
}

fn instant(given: &Json) -> Result<Value, Rule> {
    Ok(moment(given, "a date and time")?.map_or(Value::Null, |instant| Value::Instant(instant.0)))
}

/// An instant of ISO text, in UTC where it says no zone, or of milliseconds.
fn moment(given: &Json, what: &'static str) -> Result<Option<Instant>, Rule> {
    match given {
        Json::String(text) if text.trim().is_empty() => Ok(None),
        Json::String(text) => Instant::parse(text).map(Some).ok_or(Rule::Type(what)),
        Json::Number(number) => {
            let ms = number.as_f64().filter(|ms| ms.abs() <= Instant::FURTHEST as f64).ok_or(Rule::Type(what))?;
            Ok(Some(Instant(ms.trunc() as i64)))
        }
        _ => Err(Rule::Type(what)),
    }
}

/// A choice by its caption, else by its id, as text or number; none is empty.
fn choice(shown: &Shown, given: &Json) -> Result<Option<ChoiceId>, Rule> {
    let wrong = || Rule::Type("one of the field's choices");
    let options = options_of(&shown.kind).ok_or_else(wrong)?;
    let by_number = |number: u64| u32::try_from(number).ok().map(ChoiceId).and_then(|id| options.get(id));
    let found = match given {
        Json::String(text) if text.trim().is_empty() => return Ok(None),
        Json::String(text) => {
            let text = text.trim();
            options.named(text).or_else(|| text.parse().ok().and_then(by_number))
        }
        Json::Number(number) => number.as_u64().and_then(by_number),
        _ => None,
    };
    found.map(|option| Some(option.id)).ok_or_else(wrong)
}

fn choices(shown: &Shown, given: &Json) -> Result<Value, Rule> {
    let mut ids = Vec::new();
    for item in items(given)? {
        if let Some(id) = choice(shown, item)?
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    Ok(Value::Choices(ids))
}

fn reference(shown: &Shown, given: &Json) -> Result<Value, Rule> {
    match items(given)?.as_slice() {
        [] => Ok(Value::Null),
        [one] => Ok(address(shown, one)?.map_or(Value::Null, Value::Reference)),
        _ => Err(Rule::Type("the number of one record")),
    }
}

fn references(shown: &Shown, given: &Json) -> Result<Value, Rule> {
    let mut found = Vec::new();
    for item in items(given)? {
        if let Some(address) = address(shown, item)?
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    Ok(Value::References(found))
}

/// A record by its number in the first table of the field, or with its table (`B7`).
fn address(shown: &Shown, given: &Json) -> Result<Option<RecordAddress>, Rule> {
    let wrong = || Rule::Type("the number of a record");
    let table = shown.targets.first().copied();
    let numbered = |number: u32| table.map(|table| RecordAddress { table, record: RecordId(number) });
    let found = match given {
        Json::Number(number) => {
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(n));
            whole.and_then(|number| numbered(number as u32))
        }
        Json::String(text) if text.trim().is_empty() => return Ok(None),
        Json::String(text) => {
            let by_number = names::read_record(text.trim()).and_then(|record| numbered(record.0));
            by_number.or_else(|| names::read_record_with_table(text.trim()))
        }
        _ => None,
    };
    found.map(Some).ok_or_else(wrong)
}

/// The elements of a list, or the one value.
fn items(given: &Json) -> Result<Vec<&Json>, Rule> {
    match given {
        Json::Array(list) if list.len() > MOST => Err(Rule::TooMany { limit: MOST as u64 }),
        Json::Array(list) => Ok(list.iter().filter(|item| !item.is_null()).collect()),
        Json::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        one => Ok(vec![one]),
    }
}

/// What a field takes, for messages.
fn type_of(shown: &Shown) -> &'static str {
    match shown.word {
        Word::Time => "a time, as 12:30:00",
        Word::TimeInterval => "a time interval, as 1:30:00",
        Word::Appointment => "an appointment, as 2018-01-23T12:30:00 - 2018-01-23T13:30:00",
        Word::Location => "a location, as text <latitude,longitude>",
        Word::Color => "a color, as #rrggbb",
        Word::File => "the name of a file of the record",
        Word::String
        | Word::Number
        | Word::Date
        | Word::DateTime
        | Word::Boolean
        | Word::Choice
        | Word::Multi
        | Word::Ref
        | Word::Rev
        | Word::Phone
        | Word::Email
        | Word::Url
        | Word::Html
        | Word::Icon
        | Word::User
        | Word::Fn => "a value of its kind",
    }
}
