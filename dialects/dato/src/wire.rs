//! Reading a JSON:API body: `{"data": {"type", "id", "attributes", "relationships"}}`.
//!
//! Members that we do not know are passed over and optional ones may be missing, so that clients of every year are served
//! (facts 2: "a lenient server serves every client"). What is there must be of its type.

use crate::error::{malformed, missing, wrong};
use edge::{Call, body};
use model::change::Patch;
use model::{Json, Result, Rule};
use serde_json::Map;

/// The attributes of a body.
pub type Attributes = Map<String, Json>;

/// What a body is about.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    pub attributes: Attributes,
    relationships: Map<String, Json>,
}

impl Resource {
    /// The resource in the body of a request, of this type.
    pub async fn read(call: &mut Call, kind: &'static str) -> Result<Resource> {
        Resource::parse(&call.body().await?, kind, None)
    }

    /// The resource in the body of a request about the thing of this id.
    pub async fn of_id(call: &mut Call, kind: &'static str, id: &str) -> Result<Resource> {
        Resource::parse(&call.body().await?, kind, Some(id))
    }

    /// The resource in a body.
    pub fn parse(bytes: &[u8], kind: &'static str, id: Option<&str>) -> Result<Resource> {
        let Json::Object(mut outer) = body::from_json::<Json>(bytes)? else {
            return Err(malformed(&[], "must be an object, in an object"));
        };
        let Some(Json::Object(mut data)) = outer.remove("data") else {
            return Err(malformed(&[], "must be an object"));
        };
        match data.get("type") {
            None => {}
            Some(Json::String(given)) if given == kind => {}
            Some(_) => return Err(malformed(&["type"], &format!("must be {kind}"))),
        }
        match (id, data.get("id")) {
            (Some(id), Some(given)) if !given.is_null() && given.as_str() != Some(id) => {
                return Err(malformed(&["id"], "must be the id in the address"));
            }
            _ => {}
        }
        let mut object = |key: &str| match data.remove(key) {
            None | Some(Json::Null) => Ok(Map::new()),
            Some(Json::Object(object)) => Ok(object),
            Some(_) => Err(malformed(&[key], "must be an object")),
        };
        Ok(Resource { attributes: object("attributes")?, relationships: object("relationships")? })
    }

    /// The id of what a relationship to one thing names. A relationship that is not there stays as it is (facts 2).
    pub fn to_one(&self, name: &str, kind: &str) -> Result<Patch<String>> {
        let place = ["relationships", name, "data"];
        let Some(relationship) = self.relationships.get(name) else { return Ok(Patch::Keep) };
        match relationship.get("data") {
            None => Ok(Patch::Keep),
            Some(Json::Null) => Ok(Patch::Clear),
            Some(Json::Object(data)) => {
                if data.get("type").is_some_and(|given| given != kind) {
                    return Err(malformed(&place, &format!("must be of the type {kind}")));
                }
                let id = data.get("id").and_then(Json::as_str);
                id.map(|id| Patch::Set(id.to_owned())).ok_or_else(|| malformed(&place, "must have text in id"))
            }
            Some(_) => Err(malformed(&place, "must be an object with type and id, or null")),
        }
    }

    /// Refuses a body without these attributes.
    pub fn require(&self, required: &[&str]) -> Result<()> {
        let lacks: Vec<&str> = required.iter().copied().filter(|name| !self.attributes.contains_key(*name)).collect();
        if lacks.is_empty() { Ok(()) } else { Err(missing(required, &lacks)) }
    }
}

/// A text that may be missing, but not null.
pub fn text<'a>(from: &'a Attributes, key: &str) -> Result<Option<&'a str>> {
    match from.get(key) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(key, Rule::Type("text"))),
    }
}

/// A text or null.
pub fn nullable_text(from: &Attributes, key: &str) -> Result<Patch<String>> {
    match from.get(key) {
        None => Ok(Patch::Keep),
        Some(Json::Null) => Ok(Patch::Clear),
        Some(Json::String(text)) => Ok(Patch::Set(text.clone())),
        Some(_) => Err(wrong(key, Rule::Type("text or null"))),
    }
}

/// A flag that may be missing; null counts as missing.
pub fn flag(from: &Attributes, key: &str) -> Result<Option<bool>> {
    match from.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(wrong(key, Rule::Type("true or false"))),
    }
}

/// A whole number that is not negative and may be missing; null counts as missing.
pub fn whole(from: &Attributes, key: &str) -> Result<Option<u32>> {
    match from.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(number) => {
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(n));
            whole.map(|n| Some(n as u32)).ok_or_else(|| wrong(key, Rule::Type("a whole number")))
        }
    }
}

/// A place in a list, counted from 1, as an index; what is too far is the end, and 0 the beginning.
pub fn position(from: &Attributes) -> Result<Option<usize>> {
    Ok(whole(from, "position")?.map(|position| (position as usize).saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match Resource::parse(text.as_bytes(), "item", Some("7")) {
            Ok(resource) => format!("{} {}", resource.attributes.len(), resource.relationships.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_body_is_read_as_leniently_as_clients_need_and_no_more() {
        let cases = [
            (r#"{"data":{"type":"item","id":"7","attributes":{"a":1},"relationships":{}},"meta":{}}"#, "1 0"),
            (r#"{"data":{}}"#, "0 0"),
            (r#"{"data":{"id":null,"attributes":null}}"#, "0 0"),
            (r#"{"data":{"type":"user"}}"#, "data.type must be item"),
            (r#"{"data":{"id":"8"}}"#, "data.id must be the id in the address"),
            (r#"{"data":{"attributes":[]}}"#, "data.attributes must be an object"),
            (r#"{"data":[]}"#, "data must be an object"),
            ("[]", "data must be an object, in an object"),
            ("", "body is not JSON: EOF while parsing a value (line 1, column 0)"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn a_relationship_is_kept_cleared_or_set() {
        let of = |text: &str| {
            let body = format!(r#"{{"data":{{"relationships":{{{text}}}}}}}"#);
            let resource = Resource::parse(body.as_bytes(), "item", None).expect("a body");
            resource.to_one("parent", "menu_item").map_err(|error| error.to_string())
        };
        assert_eq!(of(""), Ok(Patch::Keep));
        assert_eq!(of(r#""parent":{"data":null}"#), Ok(Patch::Clear));
        assert_eq!(of(r#""parent":{"data":{"type":"menu_item","id":"3"}}"#), Ok(Patch::Set("3".to_owned())));
        assert!(of(r#""parent":{"data":{"type":"item","id":"3"}}"#).is_err());
        assert!(of(r#""parent":{"data":{"id":3}}"#).is_err());
    }
}
