//! Reading the members of a request. Members that are null count as absent and unknown ones are passed over, as clients
//! rely on (facts 1.8); flags and numbers may come as text (facts 3, dynalist-api). Anything else of a wrong type is
//! refused by its name.

use model::error::Path;
use model::{Error, Json, Result, Rule};
use serde_json::Map;

/// A member that is there.
fn member<'a>(from: &'a Map<String, Json>, key: &str) -> Option<&'a Json> {
    from.get(key).filter(|value| !value.is_null())
}

/// A text.
pub fn text<'a>(from: &'a Map<String, Json>, key: &str, at: &Path) -> Result<Option<&'a str>> {
    match member(from, key) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(at, key, "text")),
    }
}

/// A text that must be there.
pub fn required<'a>(from: &'a Map<String, Json>, key: &str, at: &Path) -> Result<&'a str> {
    text(from, key, at)?.ok_or_else(|| Error::invalid(at.clone().key(key), Rule::Required))
}

/// A list that must be there.
pub fn list<'a>(from: &'a Map<String, Json>, key: &str) -> Result<&'a [Json]> {
    match member(from, key) {
        None => Err(Error::invalid(Path::of(key), Rule::Required)),
        Some(Json::Array(items)) => Ok(items),
        Some(_) => Err(wrong(&Path::default(), key, "a list")),
    }
}

/// An object of a list.
pub fn object<'a>(value: &'a Json, at: &Path) -> Result<&'a Map<String, Json>> {
    value.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))
}

/// A flag.
pub fn flag(from: &Map<String, Json>, key: &str, at: &Path) -> Result<Option<bool>> {
    match member(from, key) {
        None => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(Json::String(text)) if text == "true" => Ok(Some(true)),
        Some(Json::String(text)) if text == "false" => Ok(Some(false)),
        Some(_) => Err(wrong(at, key, "true or false")),
    }
}

/// A whole number between two bounds.
pub fn whole(from: &Map<String, Json>, key: &str, bounds: (i64, i64), at: &Path) -> Result<Option<i64>> {
    let number = match member(from, key) {
        None => return Ok(None),
        Some(Json::Number(number)) => number.as_i64().or_else(|| as_whole(number.as_f64()?)),
        Some(Json::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    let number = number.ok_or_else(|| wrong(at, key, "a whole number"))?;
    if (bounds.0..=bounds.1).contains(&number) {
        return Ok(Some(number));
    }
    let rule = match bounds.1 {
        i64::MAX => Rule::Range { min: Some(bounds.0 as f64), max: None },
        most => Rule::Range { min: Some(bounds.0 as f64), max: Some(most as f64) },
    };
    Err(Error::invalid(at.clone().key(key), rule))
}

fn as_whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.trunc() == number && number.abs() <= EXACT).then_some(number as i64)
}

fn wrong(at: &Path, key: &str, expected: &'static str) -> Error {
    Error::invalid(at.clone().key(key), Rule::Type(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said<T: std::fmt::Debug>(found: Result<T>) -> String {
        match found {
            Ok(value) => format!("{value:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn members_are_read_as_leniently_as_clients_need_and_no_more() {
        let at = Path::of("changes").index(0);
        let number = |value: Json| {
            let Json::Object(map) = json!({ "n": value }) else { unreachable!() };
            said(whole(&map, "n", (-1, i64::MAX), &at))
        };
        assert_eq!(number(json!(-1)), "Some(-1)");
        assert_eq!(number(json!("3")), "Some(3)");
        assert_eq!(number(json!(2.0)), "Some(2)");
        assert_eq!(number(json!(null)), "None");
        for wrong in [json!(1.5), json!("x"), json!(true), json!([]), json!(1e300)] {
            assert_eq!(number(wrong), "changes[0].n must be a whole number");
        }
        assert_eq!(number(json!(-2)), "changes[0].n must be a number of at least -1");
        let Json::Object(map) = json!({"a": true, "b": "false", "c": 1, "d": null}) else { unreachable!() };
        let flags = ["a", "b", "c", "d", "e"].map(|key| said(flag(&map, key, &at)));
        assert_eq!(flags, ["Some(true)", "Some(false)", "changes[0].c must be true or false", "None", "None"]);
        assert_eq!(said(text(&map, "c", &at)), "changes[0].c must be text");
        assert_eq!(said(required(&map, "e", &at)), "changes[0].e is required");
    }
}
