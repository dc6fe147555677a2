//! Values as JSON where no row is at hand: looked-up and computed cells, history, defaults.

use super::encode::World;
use crate::names;
use edge::json;
use engine::access::Directory;
use model::kind::choice::Options;
use model::kind::{Kind, Names};
use model::time::{Day, Instant, Zone};
use model::{ChoiceId, RecordAddress, TableId, UserId, Value};
use std::sync::Arc;

/// The users of the server, as far as this actor may see them, and the present.
pub struct People {
    pub directory: Arc<Directory>,
    pub now: Instant,
    pub emails: Emails,
}

/// Whether the actor may see e-mail addresses (scope `user|email_read`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Emails {
    Shown,
    Hidden,
}

impl Names for People {
    fn now(&self) -> Instant {
        self.now
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.directory.find(text)
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.directory.get(user).map(|u| u.name.clone())
    }

    fn find_record(&self, _: &[TableId], _: &str) -> Option<RecordAddress> {
        None
    }

    fn record_title(&self, _: RecordAddress) -> Option<String> {
        None
    }
}

/// Appends a user cell: `{id, title, email, avatarUrl}`.
pub fn user(out: &mut Vec<u8>, world: &World<'_>, user: UserId) {
    out.extend_from_slice(b"{\"id\":\"");
    names::write_user(out, user);
    out.extend_from_slice(b"\",\"title\":");
    let known = world.people.directory.get(user);
    json::string(out, known.map_or("", |u| &u.name));
    if let (Some(known), Emails::Shown) = (&known, world.people.emails) {
        out.extend_from_slice(b",\"email\":");
        json::string(out, &known.email);
    }
    out.extend_from_slice(b",\"avatarUrl\":");
    match known.and_then(|u| u.avatar.as_deref()) {
        Some(avatar) => json::string(out, avatar),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

/// Appends a list.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    let mut commas = json::Commas::default();
    for item in items {
        commas.next(out);
        write(out, item);
    }
    out.push(b']');
}

/// Appends a looked-up or computed cell; false, and nothing, when it is empty.
pub fn computed(out: &mut Vec<u8>, world: &World<'_>, kind: &Kind, many: bool, given: &Value) -> bool {
    let items: &[Value] = match given {
        Value::List(items) => items,
        one => std::slice::from_ref(one),
    };
    let full: Vec<&Value> = items.iter().filter(|item| !item.is_empty()).collect();
    match full.as_slice() {
        [] => false,
        [first, ..] if !many => {
            value(out, world, kind, first);
            true
        }
        full => {
            // Lists inside the list (a lookup of a multiple select) are laid out flat, as Teable does.
            out.push(b'[');
            let mut commas = json::Commas::default();
            for item in full {
                for part in flat(item) {
                    commas.next(out);
                    value(out, world, kind, &part);
                }
            }
            out.push(b']');
            true
        }
    }
}

/// The elements of a list value, or the value itself.
fn flat(value: &Value) -> Vec<Value> {
    match value {
        Value::Choices(list) => list.iter().map(|id| Value::Choice(*id)).collect(),
        Value::Users(list) => list.iter().map(|id| Value::User(*id)).collect(),
        Value::References(list) => list.iter().map(|id| Value::Reference(*id)).collect(),
        Value::List(list) => list.iter().filter(|item| !item.is_empty()).cloned().collect(),
        Value::Structure(model::Json::Array(list)) => list.iter().cloned().map(Value::Structure).collect(),
        one => vec![one.clone()],
    }
}

/// Appends a value of a field of this kind, `null` when it is empty.
pub fn value(out: &mut Vec<u8>, world: &World<'_>, kind: &Kind, given: &Value) {
    if given.is_empty() {
        out.extend_from_slice(b"null");
        return;
    }
    match given {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => json::boolean(out, *flag),
        Value::Number(number) => json::number(out, *number),
        Value::Text(text) => json::string(out, text),
        Value::Date(day) => {
            let zone = match kind {
                Kind::Date(kind) => kind.format.zone.clone(),
                _ => Zone::utc(),
            };
            json::instant_iso(out, zone.start_of(Day(*day)));
        }
        Value::Instant(ms) => json::instant_iso(out, Instant(*ms)),
        Value::Time(_) | Value::Duration(_) | Value::Span { .. } => {
            let text = model::kind::shared::plain_text(given, world.people).unwrap_or_default();
            json::string(out, &text);
        }
        Value::Choice(id) => json::string(out, option_name(kind, *id)),
        Value::Choices(ids) => list(out, ids, |out, id| json::string(out, option_name(kind, *id))),
        Value::Reference(record) => linked(out, world, *record),
        Value::References(records) => list(out, records, |out, record| linked(out, world, *record)),
        Value::User(id) => user(out, world, *id),
        Value::Users(ids) => list(out, ids, |out, id| user(out, world, *id)),
        Value::Structure(json) => match kind {
            Kind::Files(_) => world.files.value(out, json, world.place),
            Kind::Location(_) | Kind::Color(_) | Kind::Video(_) | Kind::Json(_) | Kind::Seo(_) => {
                json::string(out, &json.to_string());
            }
            _ => json::value(out, json),
        },
        Value::List(items) => list(out, items, |out, item| value(out, world, kind, item)),
    }
}

/// A linked record without its title, which only a read of the link has.
fn linked(out: &mut Vec<u8>, world: &World<'_>, record: RecordAddress) {
    out.extend_from_slice(b"{\"id\":\"");
    names::write_record(out, &names::record_head(world.database), record);
    out.extend_from_slice(b"\"}");
}

/// The options of a select of either sort.
pub fn options_of(kind: &Kind) -> Option<&Options> {
    match kind {
        Kind::Choice(kind) => Some(&kind.options),
        Kind::MultiChoice(kind) => Some(&kind.options),
        _ => None,
    }
}

fn option_name(kind: &Kind, id: ChoiceId) -> &str {
    options_of(kind).and_then(|options| options.get(id)).map_or("", |option| &option.name)
}
