//! The body of a write of records, read in one pass: keys once each, values as what JSON says, no tree.
//!
//! What the keys and values mean is only known inside the transaction; see [`super::draft`].

use super::keys::KeyType;
use model::Json;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Most different keys in one request; more than a table has fields.
const MAX_KEYS: usize = 2_000;

/// A value as it was given.
#[derive(Clone, PartialEq, Debug)]
pub enum Given {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A list or an object.
    Nested(Json),
}

/// A record as it was given: values by the place of their key.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Draft {
    pub id: Option<String>,
    pub cells: Vec<(u16, Given)>,
}

/// A body with one `record` or several `records`. What is not known of it is passed over (clients send more).
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Body {
    /// Every key of `fields`, once.
    pub keys: Vec<String>,
    pub records: Option<Vec<Draft>>,
    pub record: Option<Draft>,
    pub key_type: Option<KeyType>,
    pub typecast: bool,
    pub order: Option<Json>,
}

impl Given {
    /// The value as text of JSON, for messages.
    pub fn describe(&self) -> String {
        match self {
            Given::Null => "null".to_owned(),
            Given::Bool(flag) => flag.to_string(),
            Given::Number(number) => number.to_string(),
            Given::Text(text) => text.clone(),
            Given::Nested(json) => json.to_string(),
        }
    }
}

impl From<Json> for Given {
    fn from(json: Json) -> Given {
        match json {
            Json::Null => Given::Null,
            Json::Bool(flag) => Given::Bool(flag),
            Json::Number(number) => number.as_f64().map_or(Given::Null, Given::Number),
            Json::String(text) => Given::Text(text),
            nested @ (Json::Array(_) | Json::Object(_)) => Given::Nested(nested),
        }
    }
}

/// The keys met so far. Records mostly repeat them in the same order.
#[derive(Default)]
struct Keys {
    list: Vec<String>,
    places: HashMap<String, u16>,
    /// Where the next key is expected.
    next: usize,
}

impl Keys {
    /// The place of a key; none when there are too many.
    fn place(&mut self, key: &str) -> Option<u16> {
        if self.list.get(self.next).is_some_and(|expected| expected == key) {
            self.next += 1;
            return Some((self.next - 1) as u16);
        }
        let place = match self.places.get(key) {
            Some(place) => *place,
            None if self.list.len() >= MAX_KEYS => return None,
            None => {
                let place = self.list.len() as u16;
                self.list.push(key.to_owned());
                self.places.insert(key.to_owned(), place);
                place
            }
        };
        self.next = usize::from(place) + 1;
        Some(place)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Body, D::Error> {
        deserializer.deserialize_map(BodyVisitor)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
        let mut body = Body::default();
        let mut keys = Keys::default();
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            match &*key {
                "records" => body.records = Some(map.next_value_seed(Drafts(&mut keys))?),
                "record" => body.record = Some(map.next_value_seed(OneDraft(&mut keys))?),
                "fieldKeyType" => body.key_type = map.next_value::<Option<KeyType>>()?,
                "typecast" => body.typecast = map.next_value::<Option<bool>>()?.unwrap_or(false),
                "order" => body.order = map.next_value::<Option<Json>>()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        body.keys = keys.list;
        Ok(body)
    }
}

struct Drafts<'k>(&'k mut Keys);

impl<'de> DeserializeSeed<'de> for Drafts<'_> {
    type Value = Vec<Draft>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Draft>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Drafts<'_> {
    type Value = Vec<Draft>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records: a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Draft>, A::Error> {
        let mut drafts = Vec::new();
        while let Some(draft) = list.next_element_seed(OneDraft(self.0))? {
            drafts.push(draft);
        }
        Ok(drafts)
    }
}

struct OneDraft<'k>(&'k mut Keys);

impl<'de> DeserializeSeed<'de> for OneDraft<'_> {
    type Value = Draft;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Draft, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneDraft<'_> {
    type Value = Draft;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record: an object with fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft, A::Error> {
        let mut draft = Draft::default();
        let mut has_fields = false;
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            match &*key {
                "id" => draft.id = map.next_value::<Option<String>>()?,
                "fields" => {
                    draft.cells = map.next_value_seed(Fields(self.0))?;
                    has_fields = true;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if has_fields { Ok(draft) } else { Err(A::Error::custom("a record without fields")) }
    }
}

struct Fields<'k>(&'k mut Keys);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = Vec<(u16, Given)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Vec<(u16, Given)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fields: an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let keys = self.0;
        keys.next = 0;
        let mut cells = Vec::with_capacity(keys.list.len());
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let place = keys.place(&key).ok_or_else(|| A::Error::custom("too many different field keys"))?;
            cells.push((place, map.next_value::<Given>()?));
        }
        Ok(cells)
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(GivenVisitor)
    }
}

struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Given, E> {
        Ok(Given::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Given, E> {
        Ok(Given::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Given, E> {
        Ok(Given::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Given, E> {
        Ok(Given::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Given, E> {
        Ok(Given::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Json>()? {
            items.push(item);
        }
        Ok(Given::Nested(Json::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Given, A::Error> {
        let map = serde_json::Map::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Given::Nested(Json::Object(map)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Body, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn keys_are_kept_once_whatever_their_order() {
        let text = r#"{"records":[{"fields":{"A":1,"B":"x"}},{"fields":{"B":null,"A":[1],"C":true}}],"typecast":true}"#;
        let body = read(text).expect("a body");
        assert_eq!(body.keys, ["A", "B", "C"]);
        assert!(body.typecast);
        let drafts = body.records.expect("records");
        assert_eq!(drafts[0].cells, [(0, Given::Number(1.0)), (1, Given::Text("x".to_owned()))]);
        let list = Given::Nested(serde_json::json!([1]));
        assert_eq!(drafts[1].cells, [(1, Given::Null), (0, list), (2, Given::Bool(true))]);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for wrong in
            [r#"{"records":{}}"#, r#"{"records":[1]}"#, r#"{"records":[{}]}"#, r#"{"record":{"fields":[]}}"#, "[]"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let many: Vec<String> = (0..=MAX_KEYS).map(|i| format!("\"{i}\":1")).collect();
        let refused = read(&format!("{{\"record\":{{\"fields\":{{{}}}}}}}", many.join(","))).expect_err("refused");
        assert!(refused.starts_with("too many different field keys"), "{refused}");
    }
}
