//! The `defaultValue` of a field's options (facts A4).

use crate::json;
use crate::members::Members;
use crate::names;
use model::error::Path;
use model::field::DefaultValue;
use model::kind::Kind;
use model::time::Instant;
use model::{Error, Json, Result, Rule, Value};

/// The default that an option means for a field of this kind.
///
/// `{script}` is ours: what a script in NX gives when a record is made.
pub fn value(kind: &Kind, given: &Json, members: &Members, at: &Path) -> Result<DefaultValue> {
    let at = at.clone().key("defaultValue");
    match given.as_object().filter(|object| object.contains_key("script")) {
        Some(object) if object.len() == 1 => {
            let script = json::text(object, "script", &at)?;
            let script = script.ok_or_else(|| Error::invalid(at.key("script"), Rule::Required))?;
            Ok(DefaultValue::Script(script.to_owned()))
        }
        Some(_) | None => value_at(kind, given, members, &at),
    }
}

/// The same of another place that means a value or the words `now` and `me`.
pub fn value_at(kind: &Kind, given: &Json, members: &Members, at: &Path) -> Result<DefaultValue> {
    let wrong = |expected| Error::invalid_given(at.clone(), Rule::Type(expected), given.to_string());
    let member = |text: &str| names::read_user(text).filter(|user| members.has(*user));
    let fixed = |value| Ok(DefaultValue::Fixed(value));
    match (kind, given) {
        (Kind::Line(_) | Kind::LongText(_) | Kind::Email(_) | Kind::Phone(_) | Kind::Url(_), Json::String(text)) => {
            fixed(Value::text(text.as_str()))
        }
        (Kind::Number(_) | Kind::Rating(_), Json::Number(number)) => {
            fixed(Value::Number(number.as_f64().ok_or_else(|| wrong("a number"))?))
        }
        (Kind::Boolean(_), Json::Bool(checked)) => fixed(Value::Bool(*checked)),
        (Kind::DateTime(_), Json::String(text)) if text == "now" => Ok(DefaultValue::Now),
        (Kind::DateTime(_), Json::String(text)) => {
            fixed(Value::Instant(Instant::parse(text).ok_or_else(|| wrong("'now' or a date"))?.0))
        }
        (Kind::Choice(kind), Json::String(name)) => {
            fixed(Value::Choice(kind.options.named(name.trim()).ok_or_else(|| wrong("one of the choices"))?.id))
        }
        (Kind::MultiChoice(kind), given) => {
            let names: Vec<&str> = json::texts(given).ok_or_else(|| wrong("a list of choices"))?;
            let ids = names.iter().map(|name| kind.options.named(name.trim()).map(|option| option.id));
            fixed(Value::Choices(ids.collect::<Option<_>>().ok_or_else(|| wrong("a list of choices"))?))
        }
        (Kind::User(_), Json::String(text)) if text == "me" => Ok(DefaultValue::Me),
        (Kind::User(_), Json::String(text)) => {
            fixed(Value::User(member(text).ok_or_else(|| wrong("a user id or 'me'"))?))
        }
        (Kind::Users(_), given) => {
            let words = json::texts(given).ok_or_else(|| wrong("user ids or 'me'"))?;
            if words.contains(&"me") {
                return Ok(DefaultValue::Me);
            }
            let users = words.iter().map(|word| names::read_user(word)).collect::<Option<_>>();
            fixed(Value::Users(users.ok_or_else(|| wrong("user ids or 'me'"))?))
        }
        _ => Err(wrong("a value of the field's type")),
    }
}
