//! Reading loose JSON by hand, with the place named in every refusal.

use model::error::Path;
use model::{Error, Json, Result, Rule};
use serde_json::Map;

type Object = Map<String, Json>;

/// The text under a key; null and absent are none.
pub fn text<'a>(of: &'a Object, key: &str, at: &Path) -> Result<Option<&'a str>> {
    match of.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid(at.clone().key(key), Rule::Type("text"))),
    }
}

/// The yes or no under a key; null and absent are none.
pub fn flag(of: &Object, key: &str, at: &Path) -> Result<Option<bool>> {
    match of.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Error::invalid(at.clone().key(key), Rule::Type("true or false"))),
    }
}

/// The whole number under a key, within bounds; null and absent are none.
pub fn whole(of: &Object, key: &str, at: &Path, min: i64, max: i64) -> Result<Option<i64>> {
    let number = match of.get(key) {
        None | Some(Json::Null) => return Ok(None),
        Some(given) => given.as_i64().or_else(|| given.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64)),
    };
    match number.filter(|n| (min..=max).contains(n)) {
        Some(number) => Ok(Some(number)),
        None => {
            let rule = Rule::Malformed(format!("must be a whole number from {min} to {max}"));
            Err(Error::invalid(at.clone().key(key), rule))
        }
    }
}

/// The object under a key; null and absent are none.
pub fn object<'a>(of: &'a Object, key: &str, at: &Path) -> Result<Option<&'a Object>> {
    match of.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::invalid(at.clone().key(key), Rule::Type("an object"))),
    }
}

/// One text or a list of texts.
pub fn texts(given: &Json) -> Option<Vec<&str>> {
    match given {
        Json::String(text) => Some(vec![text]),
        Json::Array(list) => list.iter().map(Json::as_str).collect(),
        _ => None,
    }
}
