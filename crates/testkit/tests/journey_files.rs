//! The life of a file: sent, written back, copied, looked up, undone, fetched in parts, swept.

mod support;

use engine::ports::FixedClock;
use engine::ports::outbound::{Ask, Asking, Outbound, OutboundError, Reply as Answer};
use model::time::Instant;
use serde_json::{Value, json};
use std::sync::Arc;
use support::files::{self, GIF};
use support::{Table, assert_refused, routes, text};
use testkit::server::Server;

#[test]
fn a_file_is_fetched_whole_in_parts_and_only_when_it_is_new() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
    files::upload(&server, &table, &record, "a.txt", "text/plain", &bytes).expect(201);
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    let fetch = |headers: &[(&str, &str)]| files::fetch(&table.client, &url, headers);
    let whole = fetch(&[("accept-encoding", "gzip")]).expect(200);
    assert!(whole.text.as_bytes() == bytes, "all bytes come back");
    let etag = whole.header("etag").expect("a tag").to_owned();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let part = fetch(&[("range", "bytes=1000000-1000009"), ("if-range", &etag)]).expect(206);
    assert_eq!(part.text.as_bytes(), &bytes[1_000_000..1_000_010]);
    assert_eq!(part.header("content-range"), Some("bytes 1000000-1000009/3000000"));
    assert_eq!(fetch(&[("range", "bytes=-5")]).expect(206).text.as_bytes(), &bytes[2_999_995..]);
    assert_eq!(fetch(&[("range", "bytes=3000000-")]).expect(416).header("content-range"), Some("bytes */3000000"));
    assert_eq!(fetch(&[("if-none-match", &etag)]).expect(304).text, "");
    let path = text(&url);
    let head = table.client.with_token(None).send("HEAD", &path[path.find("/api").expect("a path")..], &[], None);
    assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, Some("3000000"), ""));
}

#[test]
fn a_file_goes_where_its_cell_goes_and_comes_back() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.gif", "", GIF).expect(201);
    files::upload(&server, &table, &record, "a.gif", "", GIF).expect(201);
    let items = files::cell(&table, &record);
    assert_eq!((items.len(), &items[0]["name"], &items[1]["name"]), (2, &json!("a.gif"), &json!("a.gif")));
    let fetches = |item: &Value| files::status(&table.client, &item["presignedUrl"]);
    // Whole items, in another order and under another name.
    let mut back = vec![items[1].clone(), json!({"name": "b.gif", "token": items[0]["token"]})];
    back[0]["name"] = json!("c.gif");
    table.update(&record, &json!({"Files": back})).expect(200);
    let names: Vec<Value> = files::cell(&table, &record).iter().map(|i| i["name"].clone()).collect();
    assert_eq!(names, ["c.gif", "b.gif"]);
    let copy =
        table.client.post(&table.path(&format!("/record/{record}/duplicate")), &json!({})).expect(201).text_at("/id");
    assert!(files::cell(&table, &copy).iter().all(|item| fetches(item) == 200));
    // Cleared, it is still in the history, with an address of now.
    let cleared = json!({"record": {"fields": {"Files": null}}, "fieldKeyType": "name"});
    table.as_window("w", "PATCH", &format!("/record/{record}"), Some(cleared)).expect(200);
    assert_eq!(fetches(&items[0]), 200, "who may change the record sees its history");
    let history = table.client.get(&table.path(&format!("/record/{record}/history"))).expect(200).json();
    assert_eq!(fetches(&history["historyList"][0]["before"]["data"][0]), 200);
    assert_eq!(table.step("undo", "w"), "fulfilled");
    assert_eq!(files::cell(&table, &record).len(), 2);
    assert_eq!(table.step("redo", "w"), "fulfilled");
    assert_eq!(files::cell(&table, &record).len(), 0);
}

#[test]
fn an_upload_becomes_an_attachment_of_any_record_of_who_sent_it() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let token = routes::upload_of(&table.client);
    let told =
        table.client.post(&format!("/api/attachments/notify/{token}?filename=a.csv"), &json!({})).expect(201).json();
    assert_eq!((&told["mimetype"], &told["size"]), (&json!("text/csv"), &json!(5)));
    assert_eq!(files::fetch(&table.client, &told["presignedUrl"], &[]).expect(200).text, "hello");
    let first = table.try_create(&[json!({"Name": "two", "Files": [told]})], &json!({})).expect(201);
    assert_eq!(first.json()["records"][0]["fields"]["Files"][0]["name"], "a.csv");
    // By act id, with typecast.
    let body = json!({"record": {"fields": {"Files": told["id"]}}, "fieldKeyType": "name", "typecast": true});
    table.client.patch(&table.path(&format!("/record/{record}")), &body).expect(200);
    assert_eq!(files::cell(&table, &record)[0]["token"], told["token"]);
    let text_of = |record: &str| {
        let path = table.path(&format!("/record/{record}?fieldKeyType=name&cellFormat=text"));
        table.client.get(&path).expect(200).json()["fields"]["Files"].clone()
    };
    assert_eq!(text_of(&record), json!(format!("a.csv ({token})")));
}

#[test]
fn a_lookup_shows_attachments_that_can_be_fetched() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "", b"looked up").expect(201);
    let link =
        json!({"name": "Link", "type": "link", "options": {"relationship": "manyMany", "foreignTableId": table.id}});
    let mut other =
        Table::make(&table.client, &table.base, "Other", &json!([{"name": "Name", "type": "singleLineText"}, link]));
    let lookup = json!({"name": "Found", "type": "attachment", "isLookup": true, "lookupOptions": {
        "foreignTableId": table.id, "lookupFieldId": table.field("Files"), "linkFieldId": other.field("Link")}});
    other.add_field(&lookup).expect(201);
    let linking = other.create(&[json!({"Name": "x", "Link": [{"id": record}]})])[0].clone();
    let found = other.cell(&linking, "Found");
    assert_eq!(files::fetch(&table.client, &found[0]["presignedUrl"], &[]).expect(200).text, "looked up");
    let body = files::body("a", "", b"x");
    let path = other.path(&format!("/record/{linking}/{}/uploadAttachment", other.field("Found")));
    assert_refused(&files::upload_as(&server, testkit::server::TOKEN, &path, &body), &[400]);
}

/// A way out that knows one file.
struct OneFile;

impl Outbound for OneFile {
    fn ask(&self, ask: Ask) -> Asking<'_> {
        let answer = match ask.url.as_str() {
            "https://example.com/dir/image.gif?x=1" => Ok((200, None)),
            "https://example.com/named" => Ok((200, Some("na/med.gif".to_owned()))),
            "https://example.com/gone" => Ok((404, None)),
            _ => Err(OutboundError::Refused("it is not public".to_owned())),
        };
        let answer = answer.map(|(status, file_name)| Answer {
            status,
            content_type: Some("text/html".to_owned()),
            file_name,
            body: Box::pin(GIF),
        });
        Box::pin(std::future::ready(answer))
    }
}

#[test]
fn a_file_is_fetched_from_an_address_through_the_guarded_way_out() {
    let server = Server::with_outbound(Arc::new(OneFile));
    let (table, record) = files::table(&server);
    let by_url = |url: &str| table.client.post(&files::path(&table, &record), &json!({"fileUrl": url}));
    by_url("https://example.com/dir/image.gif?x=1").expect(201);
    let part =
        "--bound\r\nContent-Disposition: form-data; name=\"fileUrl\"\r\n\r\nhttps://example.com/named\r\n--bound--\r\n";
    files::upload_as(&server, testkit::server::TOKEN, &files::path(&table, &record), part.as_bytes()).expect(201);
    for wrong in ["http://127.0.0.1/", "file:///etc/passwd", "https://example.com/gone", ""] {
        assert_refused(&by_url(wrong), &[400]);
    }
    let items = files::cell(&table, &record);
    let told: Vec<(String, String)> = items.iter().map(|i| (text(&i["name"]), text(&i["mimetype"]))).collect();
    let gif = "image/gif".to_owned();
    assert_eq!(told, [("image.gif".to_owned(), gif.clone()), ("na/med.gif".to_owned(), gif)]);
}

#[test]
fn r24_what_no_record_has_is_swept_after_its_time_and_nothing_else() {
    let clock = FixedClock::at(Instant::now());
    let server = Server::with_clock(clock.clone());
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "", b"kept").expect(201);
    files::upload(&server, &table, &record, "b.txt", "", b"in the log only").expect(201);
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    table.update(&record, &json!({"Files": [files::cell(&table, &record)[0]]})).expect(200);
    // A crash between the bytes and the record leaves this.
    server.wait(async {
        let mut upload = server.engine.begin_upload().expect("an upload");
        upload.write((&b"orphan"[..]).into()).await.expect("bytes");
        upload.finish("orphan").await.expect("stored");
    });
    let waiting = routes::upload_of(&table.client);
    let sweep = || server.engine.sweep_files().expect("swept");
    assert_eq!(sweep(), 0, "everything is young");
    clock.advance(26 * 3600 * 1000);
    assert_eq!(sweep(), 2, "the orphan and the upload that no record took");
    assert_refused(&table.client.post(&format!("/api/attachments/notify/{waiting}"), &json!({})), &[404]);
    assert_eq!(files::fetch(&table.client, &url, &[]).status, 404, "its address is old");
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    assert_eq!(files::fetch(&table.client, &url, &[]).expect(200).text, "kept");
    let kept = server.kept().into_iter().filter(|(path, _)| path.contains("/blobs/")).count();
    assert_eq!(kept, 2);
}

#[test]
fn r06_damaged_bytes_are_named_and_not_handed_out() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "", b"sound bytes").expect(201);
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    let check = || {
        server.wait(async {
            let engine = server.engine.clone();
            tokio::task::spawn_blocking(move || engine.check_files()).await.expect("checked")
        })
    };
    assert_eq!(check(), [""; 0]);
    let (path, _) = server.kept().into_iter().find(|(path, _)| path.contains("/blobs/")).expect("the file");
    std::fs::write(&path, b"other bytes").expect("damaged");
    assert_eq!(files::fetch(&table.client, &url, &[]).status, 503);
    assert!(check()[0].contains("damaged"), "{:?}", check());
    std::fs::remove_file(&path).expect("gone");
    assert_eq!(files::fetch(&table.client, &url, &[]).status, 503);
    assert!(check()[0].contains("missing"), "{:?}", check());
}
