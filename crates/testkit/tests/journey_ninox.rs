//! One table through two doors: what is made in Donotname is read, edited and undone in Ninox, and the other way round.

mod support;

use serde_json::{Value, json};
use support::ninox::{Ids, upload};
use support::people;
use support::{Table, files, raw};
use testkit::server::{Server, TOKEN};

/// A table made in Donotname, and where Ninox has it.
fn two_doors(server: &Server) -> (Table, Ids) {
    let base = server.new_base();
    let mut table = Table::plain(&server.client(), &base);
    table.add_field(&json!({"name": "Files", "type": "attachment"})).expect(201);
    table.add_field(&json!({"name": "Go", "type": "button", "options": {"label": "Go", "color": "teal"}})).expect(201);
    let team = ::ninox::names::team(donotname::names::read_space(&server.space).expect("a space"));
    (table, Ids { team, database: base[3..15].to_owned(), table: "A".to_owned(), record: "1".to_owned() })
}

#[test]
fn a_record_made_in_donotname_is_read_and_edited_in_ninox() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    let made = table.create(&[json!({"Name": "Bolt", "Count": 3, "Color": "Red", "When": "2024-05-01T00:00:00.000Z"})]);
    let client = server.client();
    let read = client.get(&ids.at("/tables/Things/records/1")).expect(200).json();
    assert_eq!(read["fields"], json!({"Name": "Bolt", "Count": 3, "Color": "Red", "When": "2024-05-01T00:00:00"}));
    let edit = json!({"fields": {"Count": 4, "Color": "2", "Notes": "from Ninox", "When": null}});
    client.put(&ids.at("/tables/A/records/1"), &edit).expect(200);
    let back = table.get(&made[0]).expect(200).json();
    assert_eq!(back["fields"], json!({"Name": "Bolt", "Count": 4, "Color": "Green", "Notes": "from Ninox"}));
}

#[test]
fn a_record_made_in_ninox_is_read_and_edited_in_donotname() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    let client = server.client();
    let seq = |value: &Value| value["sequence"].as_u64().expect("a sequence");
    let made = client.post(&ids.at("/tables/A/records"), &json!({"fields": {"Name": "Nut", "Count": 1.5}})).expect(200);
    let listed = client.get(&table.path("/record?fieldKeyType=name")).expect(200).json();
    let record = listed["records"][0]["id"].as_str().expect("a record").to_owned();
    assert_eq!(listed["records"][0]["fields"], json!({"Name": "Nut", "Count": 1.5}));
    table.update(&record, &json!({"Count": 2})).expect(200);
    let changed =
        client.get(&ids.at(&format!("/tables/A/records?updated=true&sinceSq={}", seq(&made.json())))).expect(200);
    assert_eq!(changed.json()[0]["fields"]["Count"], 2);
    assert!(seq(&changed.json()[0]) > seq(&made.json()));
}

#[test]
fn what_was_written_in_ninox_is_undone_in_donotname() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    table.create(&[json!({"Name": "Bolt", "Count": 3})]);
    let client = server.client();
    let window = [("x-window-id", "one window")];
    let body = json!({"fields": {"Name": "Nut"}}).to_string();
    client.send("PUT", &ids.at("/tables/A/records/1"), &window, Some(body)).expect(200);
    client.send("DELETE", &ids.at("/tables/A/records/1"), &window, None).expect(200);
    for name in [None, Some("Nut"), Some("Bolt")] {
        let read = client.get(&ids.at("/tables/A/records/1"));
        assert_eq!(read.json()["fields"]["Name"].as_str(), name, "{}", read.text);
        client.send("POST", &table.path("/undo-redo/undo"), &window, None).expect(201);
    }
}

#[test]
fn a_file_that_a_record_has_itself_goes_and_comes_with_it() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    table.create(&[json!({"Name": "Bolt"})]);
    let (client, of) = (server.client(), ids.at("/tables/A/records/1/files"));
    let window = [("x-window-id", "one window")];
    upload(&client, &of, "a.txt", "first", None).expect(200);
    client.send("DELETE", &ids.at("/tables/A/records/1"), &window, None).expect(200);
    client.get(&of).expect(404);
    client.send("POST", &table.path("/undo-redo/undo"), &window, None).expect(201);
    assert_eq!(client.get(&format!("{of}/a.txt")).expect(200).text, "first");
    client.send("DELETE", &format!("{of}/a.txt"), &window, None).expect(204);
    client.send("POST", &table.path("/undo-redo/undo"), &window, None).expect(201);
    assert_eq!(client.get(&format!("{of}/a.txt")).expect(200).text, "first");
}

#[test]
fn attachments_of_donotname_are_files_here_and_none_is_lost() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    let made = table.create(&[json!({"Name": "Bolt"})]);
    let (client, of) = (server.client(), ids.at("/tables/A/records/1/files"));
    let attach = table.path(&format!("/record/{}/{}/uploadAttachment", made[0], table.field("Files")));
    for text in ["one", "two"] {
        files::upload_as(&server, TOKEN, &attach, &files::body("a.txt", "text/plain", text.as_bytes())).expect(201);
    }
    let names = |path: &str| -> Vec<String> {
        let list = client.get(path).expect(200).json();
        list.as_array().expect("a list").iter().map(|f| f["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&of), ["a.txt", "a (2).txt"]);
    assert_eq!(client.get(&format!("{of}/a%20(2).txt")).expect(200).text, "two");
    let read = client.get(&ids.at("/tables/A/records/1")).expect(200).json();
    assert_eq!(read["fields"]["Files"], json!(["a.txt", "a.txt"]));
    // A cell of several files keeps them when one is added; another write does not touch them.
    upload(&client, &of, "b.txt", "three", Some("Files")).expect(200);
    client.put(&ids.at("/tables/A/records/1"), &json!({"fields": {"Name": "Nut"}})).expect(200);
    assert_eq!(names(&of), ["b.txt", "a.txt", "a (2).txt"]);
    let cell = table.get(&made[0]).expect(200).json()["fields"]["Files"].clone();
    assert_eq!(cell.as_array().map(Vec::len), Some(3), "{cell}");
    // What a cell does not point at any more is still the record's.
    client.put(&ids.at("/tables/A/records/1"), &json!({"fields": {"Files": "a.txt"}})).expect(200);
    assert_eq!(names(&of).len(), 3);
}

#[test]
fn a_picture_has_a_thumbnail_that_is_a_jpeg() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    table.create(&[json!({"Name": "Bolt"})]);
    let of = ids.at("/tables/A/records/1/files");
    files::upload_as(&server, TOKEN, &of, &files::body("p i c.gif", "image/gif", files::GIF)).expect(200);
    let got = raw::reply(raw::send(&server, &format!("GET {of}/p%20i%20c.gif/thumb.jpg"), &[], b""));
    assert_eq!((got.status, got.header("content-type")), (200, Some("image/jpeg")));
    assert!(got.text.contains("JFIF"), "{}", got.text);
}

#[test]
fn buttons_are_not_shown_and_no_write_here_takes_one_away() {
    let server = Server::start();
    let (table, ids) = two_doors(&server);
    let client = server.client();
    let seen = client.get(&ids.at("/tables/A")).expect(200).json();
    assert!(!seen["fields"].to_string().contains("\"Go\""), "{seen}");
    let whole = client.get(&ids.at("")).expect(200).json()["schema"].clone();
    client.patch(&ids.at("/schema"), &whole).expect(200);
    let fields = client.get(&table.path("/field")).expect(200).json();
    assert!(fields.as_array().is_some_and(|list| list.iter().any(|f| f["name"] == "Go")), "{fields}");
    client.post(&ids.at("/tables/A/records"), &json!({"fields": {"Go": 1}})).expect(500);
}

#[test]
fn a_repeated_request_with_a_key_is_done_once() {
    let server = Server::start();
    let (_, ids) = two_doors(&server);
    let client = server.client();
    let body = json!([{"fields": {"Name": "once"}}]).to_string();
    let keyed = [("idempotency-key", "k1")];
    let first = client.send("POST", &ids.at("/tables/A/records"), &keyed, Some(body.clone())).expect(200);
    let second = client.send("POST", &ids.at("/tables/A/records"), &keyed, Some(body)).expect(200);
    assert_eq!((first.text, second.header("idempotent-replayed")), (second.text.clone(), Some("true")));
    assert_eq!(client.get(&ids.at("/tables/A/records")).expect(200).json().as_array().map(Vec::len), Some(1));
}

#[test]
fn who_may_write_but_not_read_is_told_numbers_only() {
    let server = Server::start();
    let (_, ids) = two_doors(&server);
    let blind = people::scoped(&server, &[model::Ability::RecordCreate, model::Ability::TableRead]);
    let made = blind.post(&ids.at("/tables/A/records"), &json!([{"fields": {"Name": "x"}}])).expect(200).json();
    assert_eq!(made, json!([{"id": 1, "fields": {}}]));
}
