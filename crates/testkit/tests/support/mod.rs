//! What the tests of this folder share: tables to work on, hostile texts, people, raw requests.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod dato;
pub mod dato_routes;
pub mod files;
pub mod library;
pub mod log;
pub mod ninox;
pub mod outlines;
pub mod people;
pub mod raw;
pub mod receiver;
pub mod routes;
pub mod scripts;
pub mod site;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::client::{Client, Reply, query};

/// Texts that end strings, comments, identifiers, parameters, patterns or JSON paths somewhere.
pub const HOSTILE: &[&str] = &[
    "'; DROP TABLE t1; --",
    "\"; DROP TABLE t1; --",
    "') OR 1=1 --",
    "\" OR \"\"=\"",
    "\");DELETE FROM log;--",
    "x' UNION SELECT hash FROM tokens --",
    "\\",
    "\\'; --",
    "'",
    "''",
    "\"",
    "`id`",
    "[id]",
    "$$x$$",
    "$.\"x\"[0]",
    "?1",
    ":name",
    "@p",
    "%",
    "_",
    "a%b_c",
    "*",
    "(?i)(a+)+$",
    "/* x */ 1",
    "--",
    "NULL",
    "rowid",
    "sqlite_master",
    "{{fields}}",
    "'||(SELECT 1)||'",
    "𝒳'\u{202e}\"",
    "a\u{0}'b",
];

/// A table of a base with its fields by name.
#[derive(Clone)]
pub struct Table {
    pub client: Client,
    pub base: String,
    pub id: String,
    pub fields: BTreeMap<String, String>,
}

impl Table {
    /// Makes an empty table with these fields, given as the API takes them.
    #[track_caller]
    pub fn make(client: &Client, base: &str, name: &str, fields: &Value) -> Table {
        let body = json!({"name": name, "fields": fields, "records": []});
        let made = client.post(&format!("/api/base/{base}/table/"), &body).expect(201);
        let mut table =
            Table { client: client.clone(), base: base.to_owned(), id: made.text_at("/id"), fields: BTreeMap::new() };
        table.refresh();
        table
    }

    /// A table with a name, some text, a number and a select.
    #[track_caller]
    pub fn plain(client: &Client, base: &str) -> Table {
        let choices = json!([{"name": "Red"}, {"name": "Green"}]);
        let fields = json!([
            {"name": "Name", "type": "singleLineText"},
            {"name": "Notes", "type": "longText"},
            {"name": "Count", "type": "number"},
            {"name": "Color", "type": "singleSelect", "options": {"choices": choices}},
            {"name": "When", "type": "date"},
        ]);
        Table::make(client, base, "Things", &fields)
    }

    /// Reads the fields anew.
    #[track_caller]
    pub fn refresh(&mut self) {
        let fields = self.client.get(&self.path("/field")).expect(200).json();
        let fields = fields.as_array().expect("a list of fields").iter();
        self.fields = fields.map(|f| (text(&f["name"]), text(&f["id"]))).collect();
    }

    /// The path of something of the table.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/table/{}{rest}", self.id)
    }

    /// The id of a field.
    #[track_caller]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_else(|| panic!("no field {name} in {:?}", self.fields))
    }

    /// Adds a field; the answer.
    pub fn add_field(&mut self, field: &Value) -> Reply {
        let reply = self.client.post(&self.path("/field"), field);
        self.refresh();
        reply
    }

    /// Creates records from fields by name; their ids.
    #[track_caller]
    pub fn create(&self, records: &[Value]) -> Vec<String> {
        let reply = self.try_create(records, &json!({})).expect(201).json();
        reply["records"].as_array().expect("records").iter().map(|r| text(&r["id"])).collect()
    }

    /// The answer to creating records from fields by name, with more keys in the body.
    pub fn try_create(&self, records: &[Value], more: &Value) -> Reply {
        let records: Vec<Value> = records.iter().map(|fields| json!({"fields": fields})).collect();
        let mut body = json!({"records": records, "fieldKeyType": "name"});
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        self.client.post(&self.path("/record"), &body)
    }

    /// The answer to changing one record by field names.
    pub fn update(&self, record: &str, fields: &Value) -> Reply {
        let body = json!({"record": {"fields": fields}, "fieldKeyType": "name"});
        self.client.patch(&self.path(&format!("/record/{record}")), &body)
    }

    /// The answer to listing records, keyed by name.
    pub fn list(&self, pairs: &[(&str, &str)]) -> Reply {
        let all = pairs.iter().copied().chain([("fieldKeyType", "name")]);
        self.client.get(&self.path(&format!("/record{}", query(all))))
    }

    /// The listed records, keyed by name.
    #[track_caller]
    pub fn rows(&self, pairs: &[(&str, &str)]) -> Vec<Value> {
        let reply = self.list(pairs).expect(200).json();
        reply["records"].as_array().expect("records").clone()
    }

    /// Every record, in the order of creation, keyed by name.
    #[track_caller]
    pub fn all(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let page = self.rows(&[("take", "2000"), ("skip", &rows.len().to_string())]);
            if page.is_empty() {
                return rows;
            }
            rows.extend(page);
        }
    }

    /// The answer to listing with one condition.
    pub fn try_filter(&self, field: &str, operator: &str, value: &Value) -> Reply {
        let condition = json!({"fieldId": field, "operator": operator, "value": value});
        self.list(&[("filter", &and(&[condition])), ("take", "2000")])
    }

    /// The names of the records that one condition finds, in order.
    #[track_caller]
    pub fn found(&self, field: &str, operator: &str, value: &Value) -> Vec<String> {
        let reply = self.try_filter(field, operator, value).expect(200).json();
        reply["records"].as_array().expect("records").iter().map(|r| text(&r["fields"]["Name"])).collect()
    }

    /// One record, keyed by name.
    pub fn get(&self, record: &str) -> Reply {
        self.client.get(&self.path(&format!("/record/{record}?fieldKeyType=name")))
    }

    /// One cell of a record.
    #[track_caller]
    pub fn cell(&self, record: &str, field: &str) -> Value {
        self.get(record).expect(200).json()["fields"][field].clone()
    }

    /// Undo or redo for a window; the status in the answer.
    #[track_caller]
    pub fn step(&self, way: &str, window: &str) -> String {
        let path = self.path(&format!("/undo-redo/{way}"));
        let reply = self.client.send("POST", &path, &[("x-window-id", window)], None);
        assert!(reply.status < 300, "{way} answered {} {}", reply.status, reply.text);
        reply.text_at("/status")
    }

    /// Sends a request in the name of a window.
    pub fn as_window(&self, window: &str, method: &str, rest: &str, body: Option<Value>) -> Reply {
        self.client.send(method, &self.path(rest), &[("x-window-id", window)], body.map(|b| b.to_string()))
    }
}

/// A filter of conditions that must all hold, as text.
pub fn and(conditions: &[Value]) -> String {
    json!({"conjunction": "and", "filterSet": conditions}).to_string()
}

/// A text of JSON; empty for anything else.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A refusal of the request, in this door's shape, that is no error of ours.
#[track_caller]
pub fn assert_refused(reply: &Reply, statuses: &[u16]) {
    assert!(statuses.contains(&reply.status), "expected {statuses:?}, got {} {}", reply.status, reply.text);
    let body = reply.json();
    assert_eq!(body["statusCode"], json!(reply.status), "{}", reply.text);
    assert!(!text(&body["message"]).is_empty(), "a message is missing: {}", reply.text);
    for word in ["rusqlite", "SQLITE_", "panicked", "syntax error", "no such column", "no such table", ".rs:"] {
        assert!(!reply.text.contains(word), "the answer tells of our insides: {}", reply.text);
    }
}

/// A small die of its own, so that a failure comes again.
pub struct Die(u64);

impl Die {
    pub fn new(seed: u64) -> Die {
        Die(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}
