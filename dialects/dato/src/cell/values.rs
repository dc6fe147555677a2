//! Values as JSON, one by one: what rarer cells, looked-up and computed ones are written with.

use super::files::{self, Form};
use super::{World, encode};
use crate::names;
use edge::json::{self, Commas};
use model::kind::choice::Options;
use model::kind::{Kind, NoNames, shared};
use model::time::Instant;
use model::{ChoiceId, RecordAddress, UserId, Value};

/// Appends a value. People are their numbers, options their names, items their ids.
pub fn value(out: &mut Vec<u8>, world: &World, kind: &Kind, given: &Value) {
    match given {
        // Links that lead nowhere are an empty list.
        Value::Null if matches!(kind, Kind::Links(_) | Kind::Reverse(_)) => out.extend_from_slice(b"[]"),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => json::boolean(out, *flag),
        Value::Number(number) => json::number(out, *number),
        Value::Text(text) => json::string(out, text),
        Value::Date(day) => encode::day(out, *day),
        Value::Instant(ms) => encode::instant(out, world, *ms),
        Value::Time(_) | Value::Duration(_) | Value::Span { .. } => json::string(out, &plain(given)),
        Value::Choice(id) => option(out, kind, *id),
        Value::Choices(ids) => list(out, ids, |out, id| option(out, kind, *id)),
        Value::Reference(address) => item(out, *address),
        Value::References(addresses) => list(out, addresses, |out, address| item(out, *address)),
        Value::User(user) => person(out, *user),
        Value::Users(users) => list(out, users, |out, user| person(out, *user)),
        Value::Structure(structure) => match kind {
            Kind::Files(_) => json::value(out, &files::shown(Form::Gallery, world.site, structure)),
            Kind::Color(_) => encode::color(out, structure),
            _ => json::value(out, structure),
        },
        Value::List(items) => list(out, items, |out, item| value(out, world, kind, item)),
    }
}

/// The text of a time of day, a length of time or an appointment.
fn plain(value: &Value) -> String {
    shared::plain_text(value, &NoNames(Instant(0))).unwrap_or_default()
}

fn list<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    let mut commas = Commas::default();
    for item in items {
        commas.next(out);
        write(out, item);
    }
    out.push(b']');
}

fn item(out: &mut Vec<u8>, address: RecordAddress) {
    json::string(out, &names::item(address));
}

fn person(out: &mut Vec<u8>, user: UserId) {
    json::string(out, &names::user(user));
}

fn option(out: &mut Vec<u8>, kind: &Kind, id: ChoiceId) {
    match options(kind).and_then(|options| options.get(id)) {
        Some(option) => json::string(out, &option.name),
        None => out.extend_from_slice(b"null"),
    }
}

/// The options of a choice kind.
pub fn options(kind: &Kind) -> Option<&Options> {
    match kind {
        Kind::Choice(choice) => Some(&choice.options),
        Kind::MultiChoice(choices) => Some(&choices.options),
        _ => None,
    }
}
