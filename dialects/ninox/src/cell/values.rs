//! Values as JSON, one by one: what rarer cells, looked-up and computed ones are written with.

use super::people::People;
use crate::field::object::options_of;
use crate::names;
use crate::record::style::{Moments, Spelling, Style};
use edge::json::{self, Commas};
use model::kind::{Behaviour, Kind};
use model::time::{DAY_MS, Day, Instant};
use model::{ChoiceId, Json, RecordAddress, TableId, Value};

/// What writing a value asks of the world around it.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub people: &'a People,
    pub style: Style,
    /// The table whose records stand as bare numbers; others are named with their table.
    pub plain: Option<TableId>,
}

/// Appends a value that is not empty.
pub fn value(out: &mut Vec<u8>, world: &World<'_>, kind: &Kind, given: &Value) {
    match given {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => json::boolean(out, *flag),
        Value::Number(number) => json::number(out, *number),
        Value::Text(text) => json::string(out, text),
        Value::Date(day) => date(out, world.style, *day),
        Value::Instant(ms) => instant(out, world.style, *ms),
        Value::Time(_) | Value::Duration(_) => clock(out, world.style, given),
        Value::Span { start, end } => span(out, *start, *end),
        Value::Choice(id) => choice(out, world.style, kind, *id),
        Value::Choices(ids) => list(out, ids, |out, id| choice(out, world.style, kind, *id)),
        Value::Reference(address) => record(out, world.plain, *address),
        Value::References(addresses) => list(out, addresses, |out, address| record(out, world.plain, *address)),
        Value::User(user) => json::string(out, &names::user(*user)),
        Value::Users(users) => list(out, users, |out, user| json::string(out, &names::user(*user))),
        Value::Structure(structure) => self::structure(out, world, kind, given, structure),
        Value::List(items) => list(out, items, |out, item| value(out, world, kind, item)),
    }
}

/// Appends a looked-up or computed value; false, and nothing, when it is empty. Several values are a list, laid out
/// flat; empty ones are left out.
pub fn computed(out: &mut Vec<u8>, world: &World<'_>, kind: &Kind, given: &Value) -> bool {
    let Value::List(items) = given else {
        let is_shown = is_shown(given);
        if is_shown {
            value(out, world, kind, given);
        }
        return is_shown;
    };
    let full: Vec<Value> = items.iter().filter(|item| is_shown(item)).flat_map(flat).collect();
    if !full.is_empty() {
        list(out, &full, |out, item| value(out, world, kind, item));
    }
    !full.is_empty()
}

/// Whether a value is no empty cell. A box that was unchecked is a value here (facts 4: `true`, `false`).
pub fn is_shown(value: &Value) -> bool {
    matches!(value, Value::Bool(_)) || !value.is_empty()
}

/// The elements of a list value, or the value itself.
fn flat(value: &Value) -> Vec<Value> {
    match value {
        Value::Choices(list) => list.iter().map(|id| Value::Choice(*id)).collect(),
        Value::Users(list) => list.iter().map(|id| Value::User(*id)).collect(),
        Value::References(list) => list.iter().map(|id| Value::Reference(*id)).collect(),
        Value::List(list) => list.iter().filter(|item| is_shown(item)).cloned().collect(),
        one => vec![one.clone()],
    }
}

/// Appends a list.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    let mut commas = Commas::default();
    for item in items {
        commas.next(out);
        write(out, item);
    }
    out.push(b']');
}

/// Appends a day: text, or milliseconds of its beginning in UTC.
pub fn date(out: &mut Vec<u8>, style: Style, day: i32) {
    match style.moments {
        Moments::Milliseconds => json::integer(out, i64::from(day) * DAY_MS),
        Moments::Text => {
            out.push(b'"');
            Day(day).write_iso(out);
            out.push(b'"');
        }
    }
}

/// Appends an instant: `"2018-01-23T12:30:00"` in UTC without zone or fraction, or milliseconds.
pub fn instant(out: &mut Vec<u8>, style: Style, ms: i64) {
    match style.moments {
        Moments::Milliseconds => json::integer(out, ms),
        Moments::Text => {
            out.push(b'"');
            seconds(out, ms);
            out.push(b'"');
        }
    }
}

/// Appends an instant down to its second, without quotation marks.
pub fn seconds(out: &mut Vec<u8>, ms: i64) {
    Instant(ms).write_iso(out);
    out.truncate(out.len() - ".000Z".len());
}

/// Appends a time of day `"12:30:00"` or a length of time `"123:25:16.123"`, or their milliseconds.
pub fn clock(out: &mut Vec<u8>, style: Style, given: &Value) {
    let (ms, is_length) = match given {
        Value::Time(ms) => (*ms, false),
        Value::Duration(ms) => (*ms, true),
        _ => return out.extend_from_slice(b"null"),
    };
    if style.clocks == Moments::Milliseconds {
        return json::integer(out, ms);
    }
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    let (hours, minutes, seconds, fraction) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    let text = match (is_length, fraction) {
        (true, _) => format!("{sign}{hours}:{minutes:02}:{seconds:02}.{fraction:03}"),
        (false, 0) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        (false, _) => format!("{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"),
    };
    json::string(out, &text);
}

/// Appends an appointment: its instants with ` - ` between them.
pub fn span(out: &mut Vec<u8>, start: i64, end: i64) {
    out.push(b'"');
    seconds(out, start);
    out.extend_from_slice(b" - ");
    seconds(out, end);
    out.push(b'"');
}

/// Appends a record: its number, or with its table before it where the table is not said elsewhere.
pub fn record(out: &mut Vec<u8>, plain: Option<TableId>, address: RecordAddress) {
    if plain == Some(address.table) {
        json::integer(out, address.record.0.into());
    } else {
        json::string(out, &names::record(address));
    }
}

fn choice(out: &mut Vec<u8>, style: Style, kind: &Kind, id: ChoiceId) {
    match style.choices {
        Spelling::Ids => json::string(out, &id.0.to_string()),
        Spelling::Names => {
            let option = options_of(kind).and_then(|options| options.get(id));
            json::string(out, option.map_or("", |option| &option.name));
        }
    }
}

/// A structure that Ninox has a text for, else its JSON as text.
fn structure(out: &mut Vec<u8>, world: &World<'_>, kind: &Kind, given: &Value, structure: &Json) {
    match kind {
        Kind::Location(location) => json::string(out, &location.display(given, world.people)),
        Kind::Color(color) => json::string(out, &color.display(given, world.people)),
        Kind::Files(_) => files(out, structure),
        _ => json::string(out, &structure.to_string()),
    }
}

/// The name of a file, or of several in a list (facts 4: "image/file: file name").
fn files(out: &mut Vec<u8>, structure: &Json) {
    let name = |file: &Json| file.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    match structure.as_array().map(Vec::as_slice) {
        Some([one]) => json::string(out, &name(one)),
        Some(several) => list(out, several, |out, file| json::string(out, &name(file))),
        None => json::string(out, &name(structure)),
    }
}
