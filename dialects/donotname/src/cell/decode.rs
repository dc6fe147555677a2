//! From JSON to a value of a field (facts A3, "Normalisation on write" and "typecast on").

use super::files;
use super::values::options_of;
use crate::field::shown::Shown;
use crate::field::word::Word;
use crate::members::Members;
use crate::names::{self, TableName};
use crate::record::body::Given;
use engine::View;
use model::kind::choice::Options;
use model::kind::{Class, Kind, NoNames};
use model::{ChoiceId, FieldId, Json, RecordAddress, Rule, UserId, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Whether loose input is made to fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typecast {
    Off,
    On,
}

/// Options that loose input asks for and that are not there yet, with the numbers they will get.
#[derive(Default)]
pub struct NewOptions {
    by_field: BTreeMap<FieldId, Vec<(ChoiceId, String)>>,
}

impl NewOptions {
    /// The new options per field, in the order of their numbers.
    pub fn into_fields(self) -> impl Iterator<Item = (FieldId, Vec<(ChoiceId, String)>)> {
        self.by_field.into_iter().filter(|(_, list)| !list.is_empty())
    }

    /// The option of a name, made when it is not there; none when the field is closed for new ones.
    fn option(&mut self, field: FieldId, options: &Options, name: &str) -> Option<ChoiceId> {
        if let Some(option) = options.named(name) {
            return Some(option.id);
        }
        let list = self.by_field.entry(field).or_default();
        if let Some((id, _)) = list.iter().find(|(_, new)| new == name) {
            return Some(*id);
        }
        if options.closed {
            return None;
        }
        let id = ChoiceId(options.next.0 + list.len() as u32);
        list.push((id, name.to_owned()));
        Some(id)
    }
}

/// What decoding one cell works with.
pub struct Decoder<'a, 'v> {
    pub view: &'a mut View<'v>,
    pub table: TableName,
    pub members: &'a Members,
    pub typecast: Typecast,
    pub options: &'a mut NewOptions,
}

impl Decoder<'_, '_> {
    /// The value meant. `''`, `false` and `[]` are empty like null (facts A3; T6520: "empty" must find them). With
    /// typecast on what cannot be read is empty, too; with typecast off it breaks a rule.
    pub fn decode(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        if is_nothing(given) {
            return Ok(Value::Null);
        }
        let read = match shown.kind.class() {
            Class::Text => self.text(shown, given),
            Class::Number | Class::Integer => self.number(shown, given),
            Class::Bool => self.checkbox(shown, given),
            Class::Date | Class::Instant => self.date(shown, given),
            Class::Choice => self.choice(shown, given),
            Class::Choices => self.choices(shown, given),
            Class::User | Class::Users => self.users(shown, given),
            Class::Reference | Class::References => self.links(shown, given),
            Class::Time | Class::Duration | Class::Span => self.words(shown, given),
            Class::Structure => self.structure(shown, given),
            Class::List => Ok(Value::Null),
        };
        match (read, self.typecast) {
            (Err(_), Typecast::On) => Ok(Value::Null),
            (read, _) => read,
        }
    }

    fn text(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let text = match (given, self.typecast) {
            (Given::Text(text), _) => Cow::Borrowed(text.as_str()),
            (given, Typecast::On) => Cow::Owned(loose_text(given)),
            (_, Typecast::Off) => return Err(Rule::Type("text")),
        };
        let text = if shown.word == Word::SingleLineText { one_line(text) } else { text };
        Ok(if text.is_empty() { Value::Null } else { Value::Text(text.into_owned()) })
    }

    fn number(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        match (given, self.typecast) {
            (Given::Number(number), Typecast::Off) => Ok(Value::Number(*number)),
            (given, Typecast::On) => self.coerce(shown, given).ok_or(Rule::Type("a number")),
            (_, Typecast::Off) => Err(Rule::Type("a number")),
        }
    }

    fn checkbox(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let value = match (given, self.typecast) {
            (Given::Bool(checked), _) => Value::Bool(*checked),
            // Facts A3: the texts 'true' and 'false', else whether there is anything.
            (Given::Nested(_), Typecast::On) => Value::Bool(true),
            (given, Typecast::On) => self.coerce(shown, given).ok_or(Rule::Type("true or false"))?,
            (_, Typecast::Off) => return Err(Rule::Type("true or false")),
        };
        Ok(if value == Value::Bool(true) { value } else { Value::Null })
    }

    /// Dates are read leniently even with typecast off; an impossible one clears, it never rolls over (T6517).
    fn date(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let loose = match (given, self.typecast) {
            (Given::Text(text), _) => Value::Text(text.clone()),
            (Given::Number(number), Typecast::On) => Value::Number(*number),
            _ => return Err(Rule::Type("a date")),
        };
        let now = NoNames(self.view.now());
        shown.kind.behaviour().coerce(&loose, &now).ok_or(Rule::Type("a date"))
    }

    fn choice(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let wrong = || Rule::Type("one of the field's choices");
        let name = match (given, self.typecast) {
            (Given::Text(text), _) => Cow::Borrowed(text.as_str()),
            (Given::Nested(Json::Array(list)), Typecast::On) => {
                list.first().map(|first| Cow::Owned(loose_text(&first.clone().into()))).unwrap_or_default()
            }
            (given, Typecast::On) => Cow::Owned(loose_text(given)),
            (_, Typecast::Off) => return Err(wrong()),
        };
        match name.trim() {
            "" => Ok(Value::Null),
            name => self.option(shown, name).map(Value::Choice).ok_or_else(wrong),
        }
    }

    fn choices(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let wrong = || Rule::Type("a list of the field's choices");
        let names: Vec<Cow<'_, str>> = match (given, self.typecast) {
            (Given::Nested(Json::Array(list)), Typecast::Off) => {
                let texts = list.iter().map(|item| item.as_str().map(Cow::Borrowed));
                texts.collect::<Option<_>>().ok_or_else(wrong)?
            }
            (Given::Nested(Json::Array(list)), Typecast::On) => {
                list.iter().map(|item| Cow::Owned(loose_text(&item.clone().into()))).collect()
            }
            (Given::Text(text), Typecast::On) => match options_of(&shown.kind).and_then(|o| o.named(text.trim())) {
                // A name with a comma in it, as a whole.
                Some(_) => vec![Cow::Borrowed(text)],
                None => text.split(',').map(Cow::Borrowed).collect(),
            },
            (given, Typecast::On) => vec![Cow::Owned(loose_text(given))],
            (_, Typecast::Off) => return Err(wrong()),
        };
        let mut ids = Vec::with_capacity(names.len());
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            match (self.option(shown, name), self.typecast) {
                (Some(id), _) if ids.contains(&id) => {}
                (Some(id), _) => ids.push(id),
                (None, Typecast::On) => {}
                (None, Typecast::Off) => return Err(wrong()),
            }
        }
        Ok(if ids.is_empty() { Value::Null } else { Value::Choices(ids) })
    }

    fn option(&mut self, shown: &Shown, name: &str) -> Option<ChoiceId> {
        let options = options_of(&shown.kind)?;
        match self.typecast {
            Typecast::Off => options.named(name).map(|option| option.id),
            Typecast::On => self.options.option(shown.id, options, name),
        }
    }

    fn users(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let wrong = || Rule::Type("a user, as {id} or an id");
        let mut found: Vec<UserId> = Vec::new();
        for item in items(given, self.typecast) {
            let named = item_id(&item).ok_or_else(wrong)?;
            let user = names::read_user(named).filter(|id| self.members.has(*id));
            let user = match self.typecast {
                Typecast::Off => user,
                Typecast::On => user.or_else(|| self.members.find(self.view.directory(), named)),
            };
            match (user, self.typecast) {
                (Some(user), _) if found.contains(&user) => {}
                (Some(user), _) => found.push(user),
                (None, Typecast::On) => {}
                (None, Typecast::Off) => return Err(wrong()),
            }
        }
        let is_list = shown.kind.class() == Class::Users;
        one_or_many(found, is_list, self.typecast, Value::User, Value::Users).ok_or(Rule::Type("one user"))
    }

    fn links(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        let wrong = || Rule::Type("a record, as {id} or an id");
        let mut found: Vec<RecordAddress> = Vec::new();
        for item in items(given, self.typecast) {
            let named = item_id(&item).ok_or_else(wrong)?;
            let record = names::read_any_record(named, self.table.database);
            let record = match self.typecast {
                Typecast::Off => record,
                Typecast::On => record.or_else(|| self.titled(shown, named)),
            };
            match (record, self.typecast) {
                (Some(record), _) if found.contains(&record) => {}
                (Some(record), _) => found.push(record),
                (None, Typecast::On) => {}
                (None, Typecast::Off) => return Err(wrong()),
            }
        }
        let is_list = shown.kind.class() == Class::References;
        if is_list && !shown.many && found.len() > 1 && self.typecast == Typecast::Off {
            return Err(Rule::Type("one record"));
        }
        one_or_many(found, is_list, self.typecast, Value::Reference, Value::References).ok_or(Rule::Type("one record"))
    }

    /// The linked record of a title.
    fn titled(&mut self, shown: &Shown, title: &str) -> Option<RecordAddress> {
        match self.view.coerce(&shown.kind, &Value::text(title))? {
            Value::Reference(record) => Some(record),
            Value::References(records) => records.first().copied(),
            _ => None,
        }
    }

    /// Kinds that this door shows as text.
    fn words(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        match given {
            Given::Text(_) | Given::Number(_) => self.coerce(shown, given).ok_or(Rule::Type(word_of(shown))),
            Given::Null | Given::Bool(_) | Given::Nested(_) => Err(Rule::Type("text")),
        }
    }

    fn structure(&mut self, shown: &Shown, given: &Given) -> Result<Value, Rule> {
        match (&shown.kind, given) {
            (Kind::Files(_), given) => self.attachments(given),
            (_, Given::Nested(json)) => Ok(Value::Structure(json.clone())),
            (Kind::Json(_), Given::Text(text)) => {
                let json = serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone()));
                Ok(Value::Structure(json))
            }
            (_, Given::Text(_)) => self.coerce(shown, given).ok_or(Rule::Type(word_of(shown))),
            _ => Err(Rule::Type("text")),
        }
    }

    /// Attachments by token, or with typecast by act id, too (facts A3). Which of them the actor may use, the engine
    /// judges.
    fn attachments(&mut self, given: &Given) -> Result<Value, Rule> {
        let wrong = || Rule::Malformed("must have text in token of each attachment".to_owned());
        if !matches!((given, self.typecast), (Given::Nested(Json::Array(_)), _) | (_, Typecast::On)) {
            return Err(Rule::Type("a list of attachments"));
        }
        let mut found = Vec::new();
        for item in items(given, self.typecast) {
            let text = |key: &str| item.get(key).and_then(Json::as_str);
            let named = text("token")
                .or_else(|| text("id"))
                .or_else(|| item.as_str().filter(|_| self.typecast == Typecast::On));
            let token = match named.map(|named| (named, files::read_id(named))) {
                Some((_, Some(head))) => self.view.file_token_beginning_with(head).ok().flatten(),
                Some((named, None)) => Some(named.to_owned()),
                None => None,
            };
            match (token, self.typecast) {
                (Some(token), _) => {
                    let mut kept = serde_json::json!({"token": token});
                    if let Some(name) = text("name") {
                        kept["name"] = name.into();
                    }
                    found.push(kept);
                }
                (None, Typecast::On) => {}
                (None, Typecast::Off) => return Err(wrong()),
            }
        }
        Ok(if found.is_empty() { Value::Null } else { Value::Structure(Json::Array(found)) })
    }

    fn coerce(&mut self, shown: &Shown, given: &Given) -> Option<Value> {
        let loose = match given {
            Given::Null => Value::Null,
            Given::Bool(flag) => Value::Bool(*flag),
            Given::Number(number) => Value::Number(*number),
            Given::Text(text) => Value::Text(text.clone()),
            Given::Nested(json) => Value::Structure(json.clone()),
        };
        shown.kind.behaviour().coerce(&loose, &NoNames(self.view.now()))
    }
}

/// Whether the cell is to be cleared.
fn is_nothing(given: &Given) -> bool {
    match given {
        Given::Null | Given::Bool(false) => true,
        Given::Text(text) => text.is_empty(),
        Given::Nested(Json::Array(list)) => list.is_empty(),
        Given::Bool(true) | Given::Number(_) | Given::Nested(_) => false,
    }
}

/// Newlines and tabs become spaces, ends are trimmed (facts A3).
fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t');
    if !text.contains(breaks) && text.trim().len() == text.len() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", " ").replace(breaks, " ").trim().to_owned())
}

/// The text of loose input; lists joined by ", ".
fn loose_text(given: &Given) -> String {
    match given {
        Given::Null => String::new(),
        Given::Bool(flag) => flag.to_string(),
        Given::Number(number) => model::kind::shared::number_text(*number),
        Given::Text(text) => text.clone(),
        Given::Nested(Json::Array(list)) => {
            list.iter().map(|item| loose_text(&item.clone().into())).collect::<Vec<_>>().join(", ")
        }
        Given::Nested(json) => match json.get("title").or_else(|| json.get("name")).and_then(Json::as_str) {
            Some(title) => title.to_owned(),
            None => json.to_string(),
        },
    }
}

/// The users or records that were given: one, a list, or with typecast a text with commas.
fn items(given: &Given, typecast: Typecast) -> Vec<Json> {
    match (given, typecast) {
        (Given::Nested(Json::Array(list)), _) => list.clone(),
        (Given::Nested(one), _) => vec![one.clone()],
        (Given::Text(text), Typecast::On) => {
            text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(|t| Json::String(t.to_owned())).collect()
        }
        (Given::Text(text), Typecast::Off) => vec![Json::String(text.clone())],
        (Given::Number(_) | Given::Bool(_) | Given::Null, _) => vec![Json::Null],
    }
}

/// The id in `{id, …}` or alone; with no id, the title or e-mail address.
fn item_id(item: &Json) -> Option<&str> {
    match item {
        Json::String(text) => Some(text),
        Json::Object(object) => ["id", "title", "email", "name"].iter().find_map(|key| object.get(*key)?.as_str()),
        _ => None,
    }
}

fn one_or_many<T: Copy>(
    found: Vec<T>,
    is_list: bool,
    typecast: Typecast,
    one: fn(T) -> Value,
    many: fn(Vec<T>) -> Value,
) -> Option<Value> {
    match (found.as_slice(), is_list, typecast) {
        ([], _, _) => Some(Value::Null),
        (_, true, _) => Some(many(found)),
        ([single], false, _) => Some(one(*single)),
        ([first, ..], false, Typecast::On) => Some(one(*first)),
        ([_, ..], false, Typecast::Off) => None,
    }
}

/// What a kind of another door wants, for messages.
fn word_of(shown: &Shown) -> &'static str {
    match shown.kind.class() {
        Class::Time => "a time of day (hh:mm)",
        Class::Duration => "a duration (h:mm:ss)",
        Class::Span => "two instants (start - end)",
        _ => "JSON text of the field's shape",
    }
}
