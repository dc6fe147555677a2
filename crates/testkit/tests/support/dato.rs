//! The DatoCMS door in tests: a site of its own, with short ways to make what is in it.

use serde_json::{Value, json};
use testkit::client::Client;
use testkit::server::Server;

/// A site, by a token that is bound to it.
pub struct Site {
    pub client: Client,
    /// The base as the Donotname API spells it.
    pub base: String,
    /// The key of the database.
    pub key: String,
}

impl Site {
    /// A new, empty site, by a token with full access to it.
    pub fn new(server: &Server) -> Site {
        let base = server.new_base();
        let client =
            server.client().with_token(Some(&token(server, &base, json!({"hasFullAccess": true, "scopes": []}))));
        let key = base[3..15].to_owned();
        Site { client, base, key }
    }

    /// The site as somebody sees it who only reads.
    pub fn reader(&self, server: &Server) -> Client {
        let scopes = json!({"scopes": ["base|read", "table|read", "field|read", "record|read"]});
        self.client.with_token(Some(&token(server, &self.base, scopes)))
    }

    /// An answer with 200.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        self.client.get(path).expect(200).json()
    }

    /// A new item type with this key and these attributes; its id.
    #[track_caller]
    pub fn item_type(&self, key: &str, more: Value) -> String {
        let mut name = key.to_owned();
        name[..1].make_ascii_uppercase();
        let mut attributes = json!({"name": name, "api_key": key, "singleton": false, "sortable": false});
        merge(&mut attributes, more);
        self.client.post("/item-types", &data("item_type", attributes, None)).expect(201).text_at("/data/id")
    }

    /// A new field; its id.
    #[track_caller]
    pub fn field(&self, item_type: &str, key: &str, field_type: &str, more: Value) -> String {
        let path = format!("/item-types/{item_type}/fields");
        self.client.post(&path, &new_field(key, field_type, more)).expect(201).text_at("/data/id")
    }

    /// A new item; its id.
    #[track_caller]
    pub fn item(&self, item_type: &str, attributes: Value) -> String {
        self.client.post("/items", &self.new_item(item_type, attributes)).expect(201).text_at("/data/id")
    }

    /// The body of a new item.
    pub fn new_item(&self, item_type: &str, attributes: Value) -> Value {
        let mut body = data("item", attributes, None);
        body["data"]["relationships"] = json!({"item_type": {"data": {"type": "item_type", "id": item_type}}});
        body
    }

    /// The attributes of an item.
    #[track_caller]
    pub fn attributes(&self, item: &str) -> Value {
        self.get(&format!("/items/{item}"))["data"]["attributes"].clone()
    }

    /// Changes attributes of something, with 200; the answer.
    #[track_caller]
    pub fn put(&self, path: &str, kind: &str, attributes: Value) -> Value {
        self.client.put(path, &data(kind, attributes, None)).expect(200).json()
    }

    /// What is wrong with new values of an item.
    #[track_caller]
    pub fn refused(&self, item: &str, attributes: Value) -> Vec<(String, String)> {
        let body = data("item", attributes, Some(item));
        attribute_faults(&self.client.put(&format!("/items/{item}"), &body).expect(422).json())
    }

    /// What is wrong with a new item.
    #[track_caller]
    pub fn refused_new(&self, item_type: &str, attributes: Value) -> Vec<(String, String)> {
        attribute_faults(&self.client.post("/items", &self.new_item(item_type, attributes)).expect(422).json())
    }
}

/// The body of a new field, as clients of the reference's time send it.
pub fn new_field(key: &str, field_type: &str, more: Value) -> Value {
    let mut attributes = json!({
        "label": key, "field_type": field_type, "localized": false, "api_key": key, "hint": "",
        "validators": {}, "appeareance": null, "position": 99,
    });
    merge(&mut attributes, more);
    data("field", attributes, None)
}

/// A body about something.
pub fn data(kind: &str, attributes: Value, id: Option<&str>) -> Value {
    let mut data = json!({"type": kind, "attributes": attributes});
    if let Some(id) = id {
        data["id"] = id.into();
    }
    json!({ "data": data })
}

/// Field and code of each fault of an answer.
pub fn attribute_faults(answer: &Value) -> Vec<(String, String)> {
    let faults = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pair = |fault: &Value| {
        let details = &fault["attributes"]["details"];
        (text(&details["field"]), text(&details["code"]))
    };
    faults.iter().map(pair).collect()
}

/// An attribute of each element of a list.
pub fn with(answer: &Value, attribute: &str) -> Vec<Value> {
    let list = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one["attributes"][attribute].clone()).collect()
}

/// The id of each element of a list.
pub fn ids(answer: &Value) -> Vec<String> {
    let list = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A token of the owner's that is bound to a base.
pub fn token(server: &Server, base: &str, rights: Value) -> String {
    let mut new = json!({"name": "site", "baseIds": [base], "expiredTime": "2099-01-01"});
    merge(&mut new, rights);
    server.client().post("/api/access-token", &new).expect(201).text_at("/token")
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
