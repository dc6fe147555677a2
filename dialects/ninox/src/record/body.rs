//! The bodies of writes: records to create, update or upsert (facts 6).

use crate::names;
use model::error::Path;
use model::{Error, Json, RecordId, Result, Rule};
use serde_json::Map;

/// Most records of one request.
pub const MOST: usize = 100_000;

/// What a body of a write says of one record.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    pub id: Option<RecordId>,
    /// Whether a record that is not there is made with its number.
    pub upsert: bool,
    /// Values by the name or id of their field.
    pub cells: Map<String, Json>,
}

/// Whether the body was one record or a list, which is what is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    One,
    List,
}

/// What clients send along because they read it: it says nothing.
const ECHOED: &[&str] = &["sequence", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "_cd", "_cu", "_md", "_mu"];

/// The records of a body: a list of objects, or one.
pub fn items(body: Json) -> Result<(Vec<Item>, Form)> {
    match body {
        Json::Array(list) if list.len() > MOST => {
            Err(Error::invalid(Path::of("records"), Rule::TooMany { limit: MOST as u64 }))
        }
        Json::Array(list) => {
            let items = list.into_iter().enumerate().map(|(i, one)| item(one, &Path::default().index(i)));
            Ok((items.collect::<Result<_>>()?, Form::List))
        }
        one => Ok((vec![item(one, &Path::of("record"))?], Form::One)),
    }
}

/// The `fields` of a body that is about the record of its address.
pub fn fields(body: Json) -> Result<Map<String, Json>> {
    let item = item(body, &Path::of("record"))?;
    Ok(item.cells)
}

fn item(given: Json, at: &Path) -> Result<Item> {
    let Json::Object(object) = given else { return Err(Error::invalid(at.clone(), Rule::Type("an object"))) };
    let is_upsert = match object.get("_upsert") {
        None | Some(Json::Null | Json::Bool(false)) => false,
        Some(Json::Bool(true)) => true,
        Some(_) => return Err(Error::invalid(at.clone().key("_upsert"), Rule::Type("true or false"))),
    };
    let mut item = Item { id: None, upsert: is_upsert, cells: Map::new() };
    let (mut has_fields, mut has_id) = (false, false);
    for (key, value) in object {
        match key.as_str() {
            "id" | "_id" => {
                has_id = true;
                let id = id(value, &at.clone().key(key.as_str()))?;
                item.id = id.or(item.id);
            }
            "fields" => match value {
                Json::Object(fields) => {
                    has_fields = true;
                    item.cells.extend(fields);
                }
                Json::Null => {}
                _ => return Err(Error::invalid(at.clone().key("fields"), Rule::Type("an object"))),
            },
            "_upsert" => {}
            echoed if ECHOED.contains(&echoed) => {}
            // Only an upsert has its fields beside the id (reference 001).
            _ if is_upsert => {
                has_fields = true;
                item.cells.insert(key, value);
            }
            _ => return Err(Error::invalid(at.clone().key(key), Rule::Unknown)),
        }
    }
    // A body of filters that a client sends here by mistake must make no record (facts 6).
    if !has_fields && !has_id {
        return Err(Error::invalid(at.clone().key("fields"), Rule::Required));
    }
    Ok(item)
}

/// The number of a record, as number or text, or with its table as `/changes` has it.
fn id(given: Json, at: &Path) -> Result<Option<RecordId>> {
    let read = match &given {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).map(RecordId),
        Json::String(text) => {
            names::read_record(text).or_else(|| names::read_record_with_table(text).map(|address| address.record))
        }
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    read.map(Some).ok_or_else(|| Error::invalid(at.clone(), Rule::Type("the number of a record")))
}

/// The numbers of records in a body that is a list of them.
pub fn ids(body: Json) -> Result<Vec<RecordId>> {
    let Json::Array(list) = body else {
        return Err(Error::invalid(Path::of("body"), Rule::Type("a list of record numbers")));
    };
    if list.len() > MOST {
        return Err(Error::invalid(Path::of("body"), Rule::TooMany { limit: MOST as u64 }));
    }
    let ids = list.into_iter().enumerate().map(|(i, one)| {
        let at = Path::default().index(i);
        id(one, &at)?.ok_or_else(|| Error::invalid(at, Rule::Type("the number of a record")))
    });
    ids.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Json) -> Item {
        items(body).expect("a body").0.remove(0)
    }

    #[test]
    fn both_forms_of_an_upsert_are_read() {
        let cells = json!({"E": "Alfred"});
        let expected =
            Item { id: Some(RecordId(43)), upsert: true, cells: cells.as_object().expect("an object").clone() };
        for body in [
            json!({"_upsert": true, "_id": 43, "E": "Alfred"}),
            json!({"_upsert": true, "_id": "A43", "_cd": 1, "_mu": "x", "E": "Alfred"}),
            json!({"_upsert": true, "id": 43, "fields": {"E": "Alfred"}}),
            json!([{"_upsert": true, "id": "43", "fields": {"E": "Alfred"}}]),
        ] {
            assert_eq!(read(body.clone()), expected, "{body}");
        }
    }

    #[test]
    fn what_is_no_record_is_refused_by_its_place() {
        let cases = [
            (json!({"filters": {"A": 1}}), "record.filters is unknown"),
            (json!({}), "record.fields is required"),
            (json!([{"fields": {}}, {"id": 0}]), "[1].id must be the number of a record"),
            (json!([1]), "[0] must be an object"),
            (json!({"fields": []}), "record.fields must be an object"),
            (json!("x"), "record must be an object"),
        ];
        for (body, message) in cases {
            assert_eq!(items(body).expect_err("refused").to_string(), message);
        }
        assert_eq!(ids(json!([23, "24"])), Ok(vec![RecordId(23), RecordId(24)]));
        assert!(ids(json!({"ids": [1]})).is_err());
    }
}
