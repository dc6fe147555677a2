//! R14: the server is killed after it has committed a write and before its answer is read. The client sends the request
//! again with the same `Idempotency-Key`: there is one record, and the answer is that of the first time.

mod support;

use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use support::{Server, TOKEN, first_base, folder, make_table, titles};

/// Sends a request and reads nothing of its answer.
fn send_only(server: &Server, path: &str, key: &str, body: &Value) -> TcpStream {
    let host = server.url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(host).expect("a connection");
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {TOKEN}\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("sent");
    stream
}

/// Sends the same and reads the answer: status, whether it says that it is a replay, and body.
fn send(server: &Server, path: &str, key: &str, body: &Value) -> (u16, bool, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = ureq::http::Request::post(format!("{}{path}", server.url))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    let mut response = agent.run(request.body(body.to_string()).expect("a request")).expect("an answer");
    let replayed = response.headers().contains_key("idempotent-replayed");
    let text = response.body_mut().read_to_string().expect("text");
    (response.status().as_u16(), replayed, serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn a_write_whose_answer_was_lost_in_a_crash_is_done_once_when_it_is_sent_again() {
    let folder = folder();
    let data = support::path(&folder, "data");
    let server = Server::start(&data);
    let base = first_base(&data);
    let table = make_table(&server, &base, "Things");
    let path = format!("/api/table/{table}/record");
    let body =
        json!({"fieldKeyType": "name", "records": [{"fields": {"Title": "once"}}, {"fields": {"Title": "too"}}]});
    let unread = send_only(&server, &path, "lost", &body);
    while titles(&server, &table).is_empty() {
        std::thread::yield_now();
    }
    let (_, before) = server.ask("GET", &path, None);
    server.kill();
    drop(unread);
    let server = Server::start(&data);
    let (status, replayed, answer) = send(&server, &path, "lost", &body);
    assert_eq!((status, replayed), (201, true), "{answer}");
    let ids = |list: &Value| {
        let records = list["records"].as_array().expect("records");
        records.iter().map(|record| record["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&answer), ids(&before));
    assert_eq!(titles(&server, &table), ["once", "too"]);
    // What is not in a database is not done twice either, whether its answer was kept or not.
    let space = json!({"name": "Once"});
    let count = |server: &Server| {
        let (_, spaces) = server.ask("GET", "/api/space", None);
        spaces.as_array().expect("spaces").iter().filter(|found| found["name"] == "Once").count()
    };
    let unread = send_only(&server, "/api/space", "space", &space);
    while count(&server) == 0 {
        std::thread::yield_now();
    }
    server.kill();
    drop(unread);
    let server = Server::start(&data);
    let (status, replayed, answer) = send(&server, "/api/space", "space", &space);
    assert!((status, replayed) == (201, true) || status == 409, "{status} {answer}");
    assert_eq!(count(&server), 1);
}
