//! The log tells everything: walked back to the beginning a base is empty, walked forward again it is as it was.

mod support;

use model::Seq;
use serde_json::{Value, json};
use support::{Die, log, text};
use testkit::client::Client;
use testkit::server::Server;

/// A base that is written to at random.
struct Storm<'a> {
    server: &'a Server,
    client: Client,
    base: String,
    die: Die,
    accepted: usize,
}

const WORDS: &[&str] = &["", "alpha", "Beta", "3", "3.5 %", "2024-02-29", "true", "x, y", "it's", "Ünï"];

impl Storm<'_> {
    fn new(server: &Server, seed: u64) -> Storm<'_> {
        Storm { server, client: server.client(), base: server.new_base(), die: Die::new(seed), accepted: 0 }
    }

    /// Sends a write; a refusal is fine, an error of ours is not.
    fn try_write(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let sent = if body.is_null() { None } else { Some(body.to_string()) };
        let window = format!("win{}", self.die.roll(3));
        // Some routes leave a body unread, so each write has a connection of its own.
        let headers = [("x-window-id", &*window), ("connection", "close")];
        let reply = self.client.send(method, path, &headers, sent);
        assert!(reply.status < 500, "{method} {path} {body} answered {} {}", reply.status, reply.text);
        if reply.status < 300 {
            self.accepted += 1;
        }
        reply.json()
    }

    fn ids_at(&self, path: &str) -> Vec<String> {
        let list = self.client.get(path).expect(200).json();
        let list = list.get("records").cloned().unwrap_or(list);
        list.as_array().expect("a list").iter().map(|one| text(&one["id"])).collect()
    }

    fn tables(&self) -> Vec<String> {
        self.ids_at(&format!("/api/base/{}/table", self.base))
    }

    /// One of the ids at a path.
    fn some(&mut self, path: &str) -> Option<String> {
        let ids = self.ids_at(path);
        (!ids.is_empty()).then(|| self.die.pick(&ids).clone())
    }

    fn word(&mut self) -> Value {
        let word = *self.die.pick(WORDS);
        match self.die.roll(14) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(self.die.roll(100)),
            3 => json!([word, "z"]),
            _ => json!(word),
        }
    }

    /// A value for a field: what links to something, or any word.
    fn value_for(&mut self, field: &Value) -> Value {
        let Some(target) = field["options"]["foreignTableId"].as_str() else { return self.word() };
        let Some(record) = self.some(&format!("/api/table/{target}/record?take=20")) else { return Value::Null };
        match (self.die.roll(6), field["isMultipleCellValue"] == true) {
            (0, _) => Value::Null,
            (_, true) => json!([{"id": record}]),
            (_, false) => json!({"id": record}),
        }
    }

    fn fields_of(&mut self, table: &str) -> Value {
        let fields = self.client.get(&format!("/api/table/{table}/field")).expect(200).json();
        let fields = fields.as_array().expect("a list").clone();
        let picked: Vec<Value> = fields.into_iter().filter(|_| self.die.roll(3) > 0).collect();
        Value::Object(picked.iter().map(|field| (text(&field["id"]), self.value_for(field))).collect())
    }

    fn kind(&mut self) -> Value {
        let others = self.tables();
        let other = self.die.pick(&others).clone();
        let relationship = *self.die.pick(&["oneOne", "manyOne", "oneMany", "manyMany"]);
        let one_way = self.die.roll(2) == 0;
        match self.die.roll(12) {
            0 => json!({"type": "number", "options": {"formatting": {"type": "percent", "precision": 1}}}),
            1 => json!({"type": "singleSelect", "options": {"choices": [{"name": "alpha"}, {"name": "Beta"}]}}),
            2 => json!({"type": "multipleSelect", "options": {"choices": [{"name": "x"}]}}),
            3 => json!({"type": "checkbox"}),
            4 => json!({"type": "date"}),
            5 => json!({"type": "rating", "options": {"max": 5}}),
            6 => json!({"type": "longText"}),
            7 => json!({"type": "user"}),
            8..=10 => {
                json!({"type": "link", "options": {"relationship": relationship, "foreignTableId": other, "isOneWay": one_way}})
            }
            _ => json!({"type": "singleLineText"}),
        }
    }

    fn step(&mut self) {
        let tables = self.tables();
        if tables.is_empty() || (tables.len() < 3 && self.die.roll(10) == 0) {
            let fields = json!([{"name": "Name", "type": "singleLineText"}, {"name": "N", "type": "number"}]);
            let (path, name) = (format!("/api/base/{}/table/", self.base), format!("T{}", self.die.roll(1000)));
            self.try_write("POST", &path, &json!({"name": name, "fields": fields}));
            return;
        }
        let table = self.die.pick(&tables).clone();
        let at = format!("/api/table/{table}");
        let records = format!("{at}/record?take=2000");
        match self.die.roll(22) {
            0..=4 => {
                let many = 1 + self.die.roll(4);
                let list: Vec<Value> = (0..many).map(|_| json!({"fields": self.fields_of(&table)})).collect();
                self.try_write("POST", &format!("{at}/record"), &json!({"records": list, "typecast": true}));
            }
            5..=9 => {
                let Some(record) = self.some(&records) else { return };
                let body = json!({"record": {"fields": self.fields_of(&table)}, "typecast": true});
                self.try_write("PATCH", &format!("{at}/record/{record}"), &body);
            }
            10 | 11 => {
                let Some(record) = self.some(&records) else { return };
                self.try_write("DELETE", &format!("{at}/record?recordIds={record}"), &Value::Null);
            }
            12 => {
                let Some(record) = self.some(&records) else { return };
                self.try_write("POST", &format!("{at}/record/{record}/duplicate"), &json!({}));
            }
            13 | 14 => {
                let mut field = self.kind();
                field["name"] = json!(format!("F{}", self.die.roll(1000)));
                self.try_write("POST", &format!("{at}/field"), &field);
            }
            15 => {
                let Some(field) = self.some(&format!("{at}/field")) else { return };
                let kind = self.kind();
                self.try_write("PUT", &format!("{at}/field/{field}/convert"), &kind);
            }
            16 => {
                let Some(field) = self.some(&format!("{at}/field")) else { return };
                self.try_write("DELETE", &format!("{at}/field/{field}"), &Value::Null);
            }
            17 => {
                let Some(field) = self.some(&format!("{at}/field")) else { return };
                let name = format!("R{}", self.die.roll(1000));
                self.try_write("PATCH", &format!("{at}/field/{field}"), &json!({"name": name}));
            }
            18 => {
                let name = format!("V{}", self.die.roll(1000));
                let made = self.try_write("POST", &format!("{at}/view"), &json!({"name": name, "type": "grid"}));
                let Some(field) = self.some(&format!("{at}/field")) else { return };
                let filter = json!({"conjunction": "and", "filterSet": [{"fieldId": field, "operator": "isNotEmpty", "value": null}]});
                let path = format!("{at}/view/{}/filter", text(&made["id"]));
                self.try_write("PUT", &path, &json!({"filter": filter}));
            }
            19 => {
                let way = if self.die.roll(3) == 0 { "redo" } else { "undo" };
                self.try_write("POST", &format!("{at}/undo-redo/{way}"), &json!({}));
            }
            20 => {
                let name = format!("N{}", self.die.roll(1000));
                self.try_write("PUT", &format!("/api/base/{}/table/{table}/name", self.base), &json!({"name": name}));
            }
            _ if self.die.roll(6) == 0 => {
                self.try_write("DELETE", &format!("/api/base/{}/table/{table}", self.base), &Value::Null);
            }
            _ => {}
        }
    }

    /// Everything that the API tells of the base.
    fn picture(&self) -> Vec<(String, Value)> {
        let mut pages = vec![format!("/api/base/{}/table", self.base)];
        for table in self.tables() {
            let at = format!("/api/table/{table}");
            pages.extend([format!("{at}/field"), format!("{at}/view"), format!("{at}/record?take=2000")]);
            pages.push(format!("{at}/record?take=2000&cellFormat=text&fieldKeyType=name"));
            for view in self.ids_at(&format!("{at}/view")) {
                pages.push(format!("{at}/record?take=2000&viewId={view}"));
            }
        }
        pages
            .into_iter()
            .map(|page| (page.clone(), without_stamps(self.client.get(&page).expect(200).json())))
            .collect()
    }
}

/// Who changed a record last and when is not as it was: taking back is a change, too.
fn without_stamps(mut page: Value) -> Value {
    for record in page.get_mut("records").and_then(Value::as_array_mut).into_iter().flatten() {
        record.as_object_mut().expect("a record").retain(|key, _| !key.starts_with("lastModified"));
    }
    page
}

#[track_caller]
fn assert_same(now: &[(String, Value)], then: &[(String, Value)], what: &str) {
    for ((path, now), (_, then)) in now.iter().zip(then) {
        if now != then {
            let records = |of: &Value| of.get("records").and_then(Value::as_array).cloned().unwrap_or_default();
            for (now, then) in records(now).iter().zip(&records(then)) {
                assert_eq!(now, then, "{what}: {path}");
            }
        }
        assert_eq!(now, then, "{what}: {path}");
    }
    assert_eq!(now.len(), then.len(), "{what}");
}

#[test]
fn a_base_walked_back_is_empty_and_walked_forward_is_as_it_was() {
    for seed in 1..=6 {
        let server = Server::start();
        let mut storm = Storm::new(&server, seed);
        (0..220).for_each(|_| storm.step());
        assert!(storm.accepted > 80, "seed {seed}: only {} writes were accepted", storm.accepted);
        let (before, seq) = (storm.picture(), log::last(&server, &storm.base));
        let back = log::rewind(&server, &storm.base, Seq(0));
        assert_eq!(back, Ok(Some(Seq(seq.0 + 1))), "seed {seed}");
        assert_eq!(storm.tables(), [""; 0], "seed {seed}");
        let forth = log::rewind(&server, &storm.base, seq);
        assert_eq!(forth, Ok(Some(Seq(seq.0 + 2))), "seed {seed}");
        assert_same(&storm.picture(), &before, &format!("seed {seed}"));
        let (found, faults) = log::sequences(storm.server, &storm.base);
        assert_eq!((found.len() as u64, faults), (seq.0 + 2, Vec::new()), "seed {seed}");
    }
}

#[test]
fn every_point_of_the_past_can_be_shown_again() {
    for seed in 11..=13 {
        let server = Server::start();
        let mut storm = Storm::new(&server, seed);
        let mut pictures = Vec::new();
        for i in 0..120 {
            storm.step();
            if i % 12 == 0 {
                pictures.push((log::last(&server, &storm.base), storm.picture()));
            }
        }
        for (seq, picture) in pictures.iter().rev() {
            log::rewind(&server, &storm.base, *seq).unwrap_or_else(|e| panic!("seed {seed}, back to {seq:?}: {e}"));
            assert_same(&storm.picture(), picture, &format!("seed {seed}, back to {}", seq.0));
        }
    }
}

#[test]
fn a_base_that_was_walked_back_and_forth_can_be_written_to() {
    let server = Server::start();
    let mut storm = Storm::new(&server, 21);
    (0..60).for_each(|_| storm.step());
    let seq = log::last(&server, &storm.base);
    log::rewind(&server, &storm.base, Seq(0)).expect("back");
    (0..30).for_each(|_| storm.step());
    assert!(!storm.tables().is_empty());
    let picture = storm.picture();
    let end = log::last(&server, &storm.base);
    log::rewind(&server, &storm.base, seq).expect("to before the first walk");
    log::rewind(&server, &storm.base, end).expect("and forward again");
    assert_same(&storm.picture(), &picture, "after two walks");
    let refused = server.wait(server.engine.rewind(&std::sync::Arc::new(reader()), log::key_of(&storm.base), Seq(0)));
    assert!(refused.is_err(), "only an owner walks the log");
    assert_same(&storm.picture(), &picture, "after a refused walk");
}

/// Somebody who has a session and no role anywhere.
fn reader() -> model::Actor {
    let credential = model::access::Credential::Session;
    model::Actor { credential, administrator: false, ..model::Actor::local(Some(model::UserId(99))) }
}
