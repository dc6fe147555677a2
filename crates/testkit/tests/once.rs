//! `Idempotency-Key`: sent twice, done once, answered alike; R14.

mod support;

use engine::ports::{FixedClock, Ports, SystemDice};
use model::Role;
use model::time::Instant;
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Table, assert_refused, people};
use testkit::client::{Client, Reply};
use testkit::server::Server;

fn keyed(client: &Client, key: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
    client.send(method, path, &[("idempotency-key", key)], body.map(Value::to_string))
}

fn one(name: &str) -> Value {
    json!({"records": [{"fields": {"Name": name}}], "fieldKeyType": "name"})
}

/// A table on a server of its own.
fn table() -> (Server, Table) {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    (server, table)
}

#[track_caller]
fn assert_again(first: &Reply, second: &Reply) {
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    assert_eq!(first.header("content-type"), second.header("content-type"));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
}

#[test]
fn a_write_that_is_sent_twice_is_done_once_and_answered_alike() {
    let (server, table) = table();
    let client = server.client();
    let records = table.path("/record");
    let twice = |key: &str, method: &str, path: &str, body: Option<&Value>| {
        let first = keyed(&client, key, method, path, body);
        assert!((200..300).contains(&first.status), "{} {}", first.status, first.text);
        let second = keyed(&client, key, method, path, body);
        assert_again(&first, &second);
        first
    };
    let made = twice("create", "POST", &records, Some(&one("a")));
    let record = format!("{records}/{}", made.text_at("/records/0/id"));
    let change = json!({"record": {"fields": {"Count": 1}}, "fieldKeyType": "name"});
    twice("update", "PATCH", &record, Some(&change));
    // What came between does not change the answer.
    table.update(&made.text_at("/records/0/id"), &json!({"Count": 2})).expect(200);
    let replay = keyed(&client, "update", "PATCH", &record, Some(&change));
    assert_eq!(replay.json()["fields"]["Count"], json!(1));
    assert_eq!(table.cell(&made.text_at("/records/0/id"), "Count"), json!(2), "and writes nothing");
    twice("duplicate", "POST", &format!("{record}/duplicate"), None);
    let gone = twice("delete", "DELETE", &record, None);
    assert_eq!(gone.json()["name"], json!("a"), "as it was");
    twice("field", "POST", &table.path("/field"), Some(&json!({"name": "More", "type": "number"})));
    twice("table", "POST", &format!("/api/base/{}/table", table.base), Some(&json!({"name": "Other"})));
    twice("base", "POST", "/api/base", Some(&json!({"spaceId": server.space, "name": "Once"})));
    twice("space", "POST", "/api/space", Some(&json!({"name": "Once"})));
    assert_eq!(table.all().len(), 1);
    let spaces = client.get("/api/space").expect(200).json();
    assert_eq!(spaces.as_array().expect("spaces").iter().filter(|s| s["name"] == "Once").count(), 1);
}

#[test]
fn a_key_is_good_for_one_request_of_one_user() {
    let (server, table) = table();
    let (client, path) = (server.client(), table.path("/record"));
    keyed(&client, "k", "POST", &path, Some(&one("a"))).expect(201);
    let refused = keyed(&client, "k", "POST", &path, Some(&one("b")));
    assert_refused(&refused, &[400]);
    assert!(refused.text.contains("Idempotency-Key"), "{}", refused.text);
    assert_refused(&keyed(&client, "k", "DELETE", &path, None), &[400]);
    assert_refused(&keyed(&client, "k", "POST", &format!("{path}?x=1"), Some(&one("a"))), &[400]);
    // The key of somebody else says nothing about mine.
    let person = people::member(&server, "other", &table.base, Role::Edit).client;
    keyed(&person, "k", "POST", &path, Some(&one("b"))).expect(201);
    assert_eq!(table.all().len(), 2);
    let space = |name: &str| keyed(&client, "s", "POST", "/api/space", Some(&json!({"name": name})));
    space("one").expect(201);
    assert_refused(&space("two"), &[400]);
    for key in ["", " ", "a b", &"k".repeat(256)] {
        assert_refused(&keyed(&client, key, "POST", &path, Some(&one("c"))), &[400]);
    }
    // Reads take no notice of it.
    keyed(&client, "k", "GET", &path, None).expect(200);
    assert_eq!(table.all().len(), 2);
}

#[test]
fn what_failed_may_be_tried_again() {
    let (server, mut table) = table();
    let (client, path) = (server.client(), table.path("/record"));
    let body = json!({"records": [{"fields": {"Later": "x"}}], "fieldKeyType": "name"});
    keyed(&client, "k", "POST", &path, Some(&body)).expect(404);
    table.add_field(&json!({"name": "Later", "type": "singleLineText"})).expect(201);
    let done = keyed(&client, "k", "POST", &path, Some(&body)).expect(201);
    assert_eq!(done.header("idempotent-replayed"), None);
}

#[test]
fn the_text_of_a_token_is_kept_nowhere_for_a_retry() {
    let server = Server::start();
    let client = server.client();
    let body = json!({"name": "Once", "scopes": ["record|read"], "expiredTime": "2099-01-01"});
    let made = keyed(&client, "t", "POST", "/api/access-token", Some(&body)).expect(201);
    let again = keyed(&client, "t", "POST", "/api/access-token", Some(&body));
    assert_refused(&again, &[409]);
    let tokens = client.get("/api/access-token").expect(200).json();
    assert_eq!(tokens.as_array().expect("tokens").iter().filter(|t| t["name"] == "Once").count(), 1);
    let text = made.text_at("/token");
    for (name, bytes) in server.kept() {
        let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "{name} has the text of a token");
    }
}

#[test]
fn of_many_at_once_one_is_done_and_all_are_answered_alike() {
    let (server, table) = table();
    let second = testbed::on_postgres().then(|| server.second());
    let mut clients = vec![server.client()];
    clients.extend(second.iter().map(Server::client));
    for round in 0..5 {
        let key = format!("round {round}").replace(' ', "-");
        let body = one(&key);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let (key, body, path) = (&key, &body, table.path("/record"));
            let ask = |client: Client, path: String| move || keyed(&client, key, "POST", &path, Some(body));
            let asking: Vec<_> =
                (0..8).map(|i| scope.spawn(ask(clients[i % clients.len()].clone(), path.clone()))).collect();
            asking.into_iter().map(|asks| asks.join().expect("an answer")).collect()
        });
        for reply in &replies {
            assert_eq!((reply.status, &reply.text), (201, &replies[0].text));
        }
        let fresh = replies.iter().filter(|reply| reply.header("idempotent-replayed").is_none()).count();
        assert_eq!((table.all().len(), fresh), (round + 1, 1));
    }
}

#[test]
fn a_retry_at_another_node_is_told_what_the_first_one_did() {
    let (server, table) = table();
    if !testbed::on_postgres() {
        return;
    }
    let second = server.second();
    let first = keyed(&server.client(), "k", "POST", &table.path("/record"), Some(&one("a"))).expect(201);
    let again = keyed(&second.client(), "k", "POST", &table.path("/record"), Some(&one("a")));
    assert_again(&first, &again);
    let space = json!({"name": "Once"});
    let first = keyed(&server.client(), "s", "POST", "/api/space", Some(&space)).expect(201);
    assert_again(&first, &keyed(&second.client(), "s", "POST", "/api/space", Some(&space)));
    assert_eq!(table.all().len(), 1);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let clock = FixedClock::at(Instant::now());
    let server = Server::start_with(Ports::of(clock.clone(), Arc::new(SystemDice)), |_| {});
    let table = Table::plain(&server.client(), &server.new_base());
    let make = || keyed(&server.client(), "k", "POST", &table.path("/record"), Some(&one("a"))).expect(201);
    make();
    clock.advance(23 * 3_600_000);
    server.engine.maintain().expect("maintained");
    assert_eq!(make().header("idempotent-replayed"), Some("true"));
    clock.advance(2 * 3_600_000);
    server.engine.maintain().expect("maintained");
    assert_eq!(make().header("idempotent-replayed"), None);
    assert_eq!(table.all().len(), 2);
}
