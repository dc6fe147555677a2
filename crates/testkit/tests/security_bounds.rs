//! S23, S24: requests that are too deep, too long, too wide or too dear are refused or answered, and the server lives.

mod support;

use serde_json::{Value, json};
use support::raw::{asks_again, in_time, send};
use support::{Table, and, assert_refused};
use testkit::client::encode;
use testkit::server::Server;

fn some(server: &Server) -> Table {
    let table = Table::plain(&server.client(), &server.new_base());
    let records: Vec<Value> =
        (0..200).map(|i| json!({"Name": format!("row {i}"), "Notes": "aaaaaaaaaaaaaaaaaaaaaaab"})).collect();
    table.create(&records);
    table
}

/// The server still answers, with what it had.
#[track_caller]
fn lives(table: &Table) {
    let table = table.clone();
    let rows = in_time("a list after the attack", move || table.rows(&[("take", "2000")]).len());
    assert_eq!(rows, 200);
}

fn post(server: &Server, path: &str, body: &[u8]) -> (u16, String) {
    let headers = ["content-type: application/json".to_owned(), format!("content-length: {}", body.len())];
    send(server, &format!("POST {path}"), &headers, body)
}

#[test]
fn a_filter_of_ten_thousand_levels_is_refused() {
    let server = Server::start();
    let table = some(&server);
    for levels in [33, 100, 10_000] {
        let open = "{\"conjunction\":\"and\",\"filterSet\":[".repeat(levels);
        let filter = format!("{open}{}", "]}".repeat(levels));
        let (status, answer) =
            send(&server, &format!("GET {}", table.path(&format!("/record?filter={}", encode(&filter)))), &[], b"");
        assert!([400, 413, 414, 431].contains(&status), "{levels} levels: {answer}");
        let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
        let path = table.path(&format!("/view/{view}/filter"));
        let reply = table.client.send("PUT", &path, &[], Some(format!("{{\"filter\":{filter}}}")));
        assert_refused(&reply, &[400, 413]);
    }
    lives(&table);
}

#[test]
fn a_filter_of_ten_thousand_conditions_is_refused() {
    let server = Server::start();
    let table = some(&server);
    let one = json!({"fieldId": table.field("Name"), "operator": "is", "value": "x"});
    for conditions in [501, 10_000] {
        let filter = and(&vec![one.clone(); conditions]);
        let line = format!("GET {}", table.path(&format!("/record?filter={}", encode(&filter))));
        let (status, answer) = send(&server, &line, &[], b"");
        assert!([400, 413, 414, 431].contains(&status), "{conditions} conditions: {answer}");
    }
    let filter = and(&vec![one; 200]);
    let line = format!("GET {}", table.path(&format!("/record?filter={}", encode(&filter))));
    let (status, answer) = send(&server, &line, &[], b"");
    assert_eq!(status, 200, "what is within the bounds is answered: {answer}");
    lives(&table);
}

#[test]
fn json_of_a_hundred_thousand_levels_is_refused() {
    let server = Server::start();
    let table = some(&server);
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"records\":[", "]}"), ("{\"fields\":", "}")] {
        for closed in [true, false] {
            let inner = if closed { "1" } else { "" };
            let end = if closed { close.repeat(100_000) } else { String::new() };
            let body = format!("{}{inner}{end}", open.repeat(100_000));
            for (method, rest) in [("POST", "/record"), ("PATCH", "/record"), ("POST", "/field"), ("POST", "/view")] {
                let reply = table.client.send(method, &table.path(rest), &[], Some(body.clone()));
                assert_refused(&reply, &[400, 413]);
            }
        }
    }
    // Deep inside a cell's value, and an option's.
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let body =
        format!("{{\"fieldKeyType\":\"name\",\"typecast\":true,\"records\":[{{\"fields\":{{\"Name\":{deep}}}}}]}}");
    assert_refused(&table.client.send("POST", &table.path("/record"), &[], Some(body)), &[400]);
    lives(&table);
}

#[test]
fn a_query_string_of_ten_megabytes_is_refused() {
    let server = Server::start();
    let table = some(&server);
    let long = "a".repeat(10_000_000);
    let many = "take=1&".repeat(1_400_000);
    let keys: String = (0..200_000).map(|i| format!("k{i}=1&")).collect();
    for text in [format!("filter={long}"), many, long.clone(), keys] {
        let (status, answer) = send(&server, &format!("GET {}", table.path(&format!("/record?{text}"))), &[], b"");
        // Hanging up without a word is an answer to a head of ten megabytes, too.
        assert!([0, 400, 413, 414, 431].contains(&status), "{answer}");
    }
    let (status, _) = send(&server, &format!("GET /api/{}", long), &[], b"");
    assert!([0, 404, 414, 431].contains(&status));
    let headers = [format!("x-window-id: {}", &long[..1_000_000])];
    let (status, _) = send(&server, &format!("GET {}", table.path("/record")), &headers, b"");
    assert!([0, 400, 431].contains(&status), "{status}");
    lives(&table);
}

#[test]
fn a_body_of_seventeen_megabytes_is_refused() {
    let server = Server::start();
    let table = some(&server);
    let body = format!(
        "{{\"fieldKeyType\":\"name\",\"records\":[{{\"fields\":{{\"Notes\":\"{}\"}}}}]}}",
        "a".repeat(17 << 20)
    );
    let (status, answer) = post(&server, &table.path("/record"), body.as_bytes());
    assert_eq!(status, 413, "{}", &answer[..answer.len().min(500)]);
    assert!(answer.contains("\"statusCode\":413"), "{answer}");
    // The same without saying its length beforehand.
    let mut chunked = Vec::new();
    for piece in body.as_bytes().chunks(1 << 20) {
        chunked.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        chunked.extend_from_slice(piece);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let headers = ["content-type: application/json".to_owned(), "transfer-encoding: chunked".to_owned()];
    let (status, answer) = send(&server, &format!("POST {}", table.path("/record")), &headers, &chunked);
    assert_eq!(status, 413, "{}", &answer[..answer.len().min(500)]);
    // A length that is only announced.
    let headers = ["content-type: application/json".to_owned(), "content-length: 999999999999".to_owned()];
    let (status, _) = send(&server, &format!("POST {}", table.path("/record")), &headers, b"{");
    assert_eq!(status, 413);
    lives(&table);
}

#[test]
fn huge_lists_in_a_body_are_refused_or_answered() {
    let server = Server::start();
    let table = some(&server);
    let empty = format!("{{\"records\":[{}]}}", vec!["{\"fields\":{}}"; 200_000].join(","));
    let (status, answer) = post(&server, &table.path("/record"), empty.as_bytes());
    assert!([201, 400, 413].contains(&status), "{}", &answer[..answer.len().min(500)]);
    let made = table.all().len() - 200;
    assert!(made == 0 || status == 201, "a refused batch made {made} records");
    let keys: String = (0..300_000).map(|i| format!("\"k{i}\":1,")).collect();
    let wide = format!("{{\"records\":[{{\"fields\":{{{}\"z\":1}}}}]}}", keys);
    let (status, _) = post(&server, &table.path("/record"), wide.as_bytes());
    assert!([400, 404, 413].contains(&status));
    let tags: Vec<String> = (0..100_000).map(|i| format!("tag {i}")).collect();
    let loose = json!({"fieldKeyType": "name", "typecast": true, "records": [{"fields": {"Color": tags}}]}).to_string();
    let (status, _) = post(&server, &table.path("/record"), loose.as_bytes());
    assert!([201, 400, 413].contains(&status));
    let choices: Vec<Value> = (0..50_000).map(|i| json!({"name": format!("c{i}")})).collect();
    let field = json!({"name": "Many", "type": "singleSelect", "options": {"choices": choices}});
    assert_refused(&table.client.post(&table.path("/field"), &field), &[400, 413]);
    let fields: Vec<Value> = (0..2_000).map(|i| json!({"name": format!("f{i}"), "type": "number"})).collect();
    let wide =
        table.client.post(&format!("/api/base/{}/table/", table.base), &json!({"name": "Wide", "fields": fields}));
    assert_refused(&wide, &[400, 413]);
    assert_eq!(table.rows(&[("take", "1")]).len(), 1);
}

#[test]
fn a_needle_of_a_megabyte_is_bounded() {
    let server = Server::start();
    let table = some(&server);
    let needle = "a".repeat(300_000);
    for operator in ["contains", "doesNotContain", "is", "isNot"] {
        let filter = and(&[json!({"fieldId": table.field("Notes"), "operator": operator, "value": needle})]);
        let line = format!("GET {}", table.path(&format!("/record?filter={}", encode(&filter))));
        let (status, answer) = send(&server, &line, &[], b"");
        assert!([200, 400, 413, 414, 431].contains(&status), "{operator}: {}", &answer[..answer.len().min(300)]);
    }
    for length in [20_000, 300_000] {
        let (status, answer) =
            send(&server, &format!("GET {}", table.path(&format!("/record?search={}", &needle[..length]))), &[], b"");
        assert!([400, 413, 414, 431].contains(&status), "{}", &answer[..answer.len().min(300)]);
    }
    // Saved in a view it does not come by the query string, so its bound is the body's.
    let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
    let condition = json!({"fieldId": table.field("Notes"), "operator": "contains", "value": "a".repeat(1 << 20)});
    let filter = json!({"filter": {"conjunction": "and", "filterSet": [condition]}});
    let saved = table.client.put(&table.path(&format!("/view/{view}/filter")), &filter);
    assert!([200, 400, 413].contains(&saved.status), "{}", saved.status);
    let worker = table.clone();
    let listed = in_time("a list through the view", move || worker.list(&[("viewId", &view)]).status);
    assert!([200, 400].contains(&listed));
    lives(&table);
}

#[test]
fn patterns_in_needles_do_not_run_away() {
    let server = Server::start();
    let table = some(&server);
    for needle in ["(a+)+$", "(a|aa)+$", "%a%a%a%a%a%a%a%a%a%a%a%a%a%c", "a*a*a*a*a*a*a*a*a*c", "_%_%_%_%_%_%_%_%x"] {
        let worker = table.clone();
        let found = in_time(needle, move || worker.found("Notes", "contains", &json!(needle)));
        assert_eq!(found, [""; 0], "{needle}");
    }
    lives(&table);
}

#[test]
fn long_lists_of_sort_keys_projections_and_groups_are_bounded() {
    let server = Server::start();
    let table = some(&server);
    let key = json!({"fieldId": "Name", "order": "asc"});
    for keys in [21, 1_000] {
        assert_refused(&table.list(&[("orderBy", &json!(vec![key.clone(); keys]).to_string())]), &[400, 413, 414]);
    }
    assert_refused(&table.list(&[("groupBy", &json!(vec![key; 21]).to_string())]), &[400]);
    let columns = "&projection=Name".repeat(3_000);
    let reply = table.client.get(&table.path(&format!("/record?fieldKeyType=name{columns}")));
    assert!([200, 400, 413, 414].contains(&reply.status), "{}", reply.text);
    let ids = "&recordIds=recaaaaaaaaaaaa000000000".repeat(12_000);
    let (status, _) = send(&server, &format!("DELETE {}", table.path(&format!("/record?x=1{ids}"))), &[], b"");
    assert!([400, 404, 413, 414, 431].contains(&status));
    for (key, value) in [
        ("take", "2001"),
        ("take", "0"),
        ("take", "-1"),
        ("take", "1e9"),
        ("skip", "-1"),
        ("skip", "99999999999999999999"),
    ] {
        assert_refused(&table.list(&[(key, value)]), &[400]);
    }
    assert_eq!(table.rows(&[("skip", "9007199254740991")]), Vec::<Value>::new());
    lives(&table);
}

#[test]
fn bytes_that_are_no_request_do_no_harm() {
    let server = Server::start();
    let table = some(&server);
    let path = table.path("/record");
    for body in [
        &b"\xff\xfe{}"[..],
        b"{\"records\":\x00}",
        b"{\"records\":[{\"fields\":{\"a\":1e999}}]}",
        b"\"\\ud800\"",
        b"nul",
    ] {
        let (status, answer) = post(&server, &path, body);
        assert_eq!(status, 400, "{answer}");
    }
    for line in [
        "GET /api/table/%00/record",
        "GET /api/table/..%2f..%2fetc/record",
        "GET /api//table",
        "GET /api/%ff",
        "FLY /api/space",
    ] {
        let (status, answer) = send(&server, line, &[], b"");
        assert!((400..500).contains(&status), "{line}: {answer}");
    }
    lives(&table);
}

#[test]
fn a_body_that_nobody_read_does_not_spoil_the_next_request() {
    let server = Server::start();
    let table = some(&server);
    let record = table.rows(&[("take", "1")])[0]["id"].as_str().expect("an id").to_owned();
    let lines = [
        format!("POST {}", table.path("/undo-redo/undo")),
        format!("POST {}", table.path(&format!("/record/{record}/duplicate"))),
        format!("POST {}", table.path("/record")),
        "POST /api/nowhere".to_owned(),
        "PUT /api/space".to_owned(),
    ];
    for line in &lines {
        for token in [testkit::server::TOKEN, "wrong"] {
            let kept = (0..60).filter(|_| asks_again(&server, line, token, "{\"a\":1}")).count();
            assert_eq!(kept, 60, "{line} with {token}: connections end that were not said to end");
        }
    }
}
