//! `Idempotency-Key`, `If-Match` and limits where they meet what is not an ordinary write: files, imports, passwords.

mod support;

use edge::limit::Plan;
use engine::ports::{FixedClock, Ports, SystemDice};
use model::time::Instant;
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Table, assert_refused, files, raw};
use testkit::client::{Client, Reply};
use testkit::server::{EMAIL, PASSWORD, Server, TOKEN};

/// Sends a file for import with a key.
fn import(client: &Client, path: &str, key: &str, text: &str) -> Reply {
    let headers = [("content-type", "text/csv"), ("idempotency-key", key)];
    client.send("PATCH", path, &headers, Some(text.to_owned()))
}

/// A token of the owner's that may ask so often at once and once a second.
fn limited(server: &Server, burst: u32) -> Client {
    let body = json!({
        "name": "t", "scopes": ["record|read"], "hasFullAccess": true, "expiredTime": "2099-01-01",
        "rateLimit": {"perSecond": 1, "burst": burst},
    });
    let made = server.client().post("/api/access-token", &body).expect(201);
    server.client().with_token(Some(&made.text_at("/token")))
}

/// A server whose clock stands still.
fn still() -> Server {
    let clock = FixedClock::at(Instant::now());
    Server::start_with(Ports::of(clock, Arc::new(SystemDice)), |s| s.rate_limits = Plan::Off)
}

#[test]
fn r14_a_file_that_is_imported_twice_with_a_key_is_imported_once() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let path = format!("/api/import/{}/{}", table.base, table.id);
    // More than one write.
    let text = format!("Name\n{}", "x\n".repeat(5_001));
    let first = import(&table.client, &path, "k", &text).expect(200);
    assert_eq!((first.json()["created"].clone(), first.json()["writes"].clone()), (json!(5_001), json!(2)));
    let second = import(&table.client, &path, "k", &text).expect(200);
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(first.text, second.text);
    assert_eq!(table.all().len(), 5_001);
    assert_refused(&import(&table.client, &path, "k", "Name\ny\n"), &[400]);
    import(&table.client, &path, "other", "Name\ny\n").expect(200);
    assert_eq!(table.all().len(), 5_002);
}

#[test]
fn r14_an_import_that_was_refused_may_be_tried_again() {
    let server = Server::start();
    let mut table = Table::plain(&server.client(), &server.new_base());
    let path = format!("/api/import/{}/{}?partial=true", table.base, table.id);
    let text = "Later,Count\na,1\nb,no number\n";
    assert_refused(&import(&table.client, &path, "k", text), &[400]);
    table.add_field(&json!({"name": "Later", "type": "singleLineText"})).expect(201);
    let first = import(&table.client, &path, "k", text).expect(200);
    assert_eq!((first.json()["created"].clone(), first.json()["leftOut"].clone()), (json!(1), json!(1)));
    assert_eq!(import(&table.client, &path, "k", text).expect(200).text, first.text);
    assert_eq!(table.all().len(), 1);
}

#[test]
fn r14_a_file_larger_than_other_bodies_may_be_imported_with_a_key() {
    let settings = edge::Settings { body_limit: 1 << 20, ..edge::Settings::default() };
    let server = Server::with_settings(settings);
    let table = Table::plain(&server.client(), &server.new_base());
    let path = format!("/api/import/{}/{}", table.base, table.id);
    let text = format!("Name\n{}", format!("{}\n", "x".repeat(1_000)).repeat(1_100));
    for _ in 0..2 {
        assert_eq!(import(&table.client, &path, "k", &text).expect(200).json()["created"], json!(1_100));
    }
    assert_eq!(table.all().len(), 1_100);
}

#[test]
fn s34_a_request_with_a_password_is_kept_for_no_retry() {
    let server = Server::start();
    let stranger = server.client().with_token(None);
    let sign_in = |key: &str| {
        let body = json!({"email": EMAIL, "password": PASSWORD}).to_string();
        stranger.send("POST", "/api/auth/signin", &[("idempotency-key", key)], Some(body)).expect(200)
    };
    // What is kept is found again, so what is not found again is not kept.
    let cookies: Vec<String> = (0..2)
        .map(|_| sign_in("k").header("set-cookie").and_then(|set| set.split(';').next()).expect("a cookie").to_owned())
        .collect();
    assert_ne!(cookies[0], cookies[1]);
    let change = |present: &str, new: &str| {
        let body = json!({"password": present, "newPassword": new}).to_string();
        let headers = [("cookie", cookies[0].as_str()), ("idempotency-key", "c")];
        stranger.send("PATCH", "/api/auth/change-password", &headers, Some(body))
    };
    let new = "another-horse-9";
    change(PASSWORD, new).expect(200);
    assert_refused(&change(PASSWORD, new), &[400, 401]);
    change(new, PASSWORD).expect(200);
}

#[test]
fn s43_nobody_has_a_long_body_read_by_adding_a_key() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let import = format!("PATCH /api/import/{}/{}", table.base, table.id);
    for (line, kind) in [
        (format!("POST {}", table.path("/record")), "application/json"),
        (format!("POST {}", files::path(&table, &record)), "multipart/form-data; boundary=bound"),
        (import, "text/csv"),
    ] {
        // Much is announced and nothing comes: an answer can only be given without it.
        let headers =
            ["content-length: 16000000".to_owned(), format!("content-type: {kind}"), "idempotency-key: k".to_owned()];
        let (status, answer) = raw::send_as(&server, "", &line, &headers, b"");
        assert_eq!(status, 401, "{line}: {answer}");
    }
}

#[test]
fn s43_an_answer_given_again_counts_as_a_request() {
    let server = still();
    let client = limited(&server, 4);
    let ask = || {
        let body = json!({"name": "Once"}).to_string();
        client.send("POST", "/api/space", &[("idempotency-key", "k")], Some(body))
    };
    ask().expect(201);
    for left in [2, 1] {
        let again = ask().expect(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
    }
    ask().expect(201);
    let refused = ask();
    assert_refused(&refused, &[429]);
    assert!(refused.header("retry-after").is_some());
}

#[test]
fn r16_the_rows_of_an_import_count_as_those_of_a_batch() {
    let server = still();
    let table = Table::plain(&server.client(), &server.new_base());
    let rows = format!("Name\n{}", "x\n".repeat(50));
    let send = |client: &Client, method: &str, path: &str| {
        client.send(method, path, &[("content-type", "text/csv")], Some(rows.clone()))
    };
    for (method, path, status) in [
        ("PATCH", format!("/api/import/{}/{}", table.base, table.id), 200),
        ("POST", format!("/api/import/{}", table.base), 201),
    ] {
        let client = limited(&server, 10);
        send(&client, method, &path).expect(status);
        let refused = client.get("/api/space");
        assert_refused(&refused, &[429]);
        assert_eq!(refused.header("retry-after"), Some("41"), "fifty were taken of ten");
        assert_refused(&send(&client, method, &path), &[429]);
    }
}

#[test]
fn a_file_is_added_only_to_the_record_that_is_expected() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let tag = |reply: Reply| reply.header("etag").expect("a tag").to_owned();
    let old = tag(table.get(&record));
    table.update(&record, &json!({"Name": "two"})).expect(200);
    let body = files::body("a.txt", "text/plain", b"hello");
    let send = |expected: &str| {
        let headers = [
            format!("content-length: {}", body.len()),
            "content-type: multipart/form-data; boundary=bound".to_owned(),
            format!("if-match: {expected}"),
        ];
        raw::reply(raw::send_as(&server, TOKEN, &format!("POST {}", files::path(&table, &record)), &headers, &body))
    };
    for wrong in [old.as_str(), "\"0-0\"", ""] {
        assert_eq!(send(wrong).status, 412, "{wrong}");
    }
    assert_eq!(files::cell(&table, &record), Vec::<Value>::new());
    send(&tag(table.get(&record))).expect(201);
    let token = files::cell(&table, &record)[0]["token"].clone();
    let insert = files::path(&table, &record).replace("uploadAttachment", "insertAttachment");
    let body = json!({"attachments": [{"name": "b", "token": token}]}).to_string();
    table.client.send("POST", &insert, &[("if-match", &old)], Some(body)).expect(412);
    assert_eq!(files::cell(&table, &record).len(), 1);
}
