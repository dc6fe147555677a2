//! Security: files that are sent, kept and fetched (S06 to S11, S15, S16).

mod support;

use engine::access::NewToken;
use engine::ports::FixedClock;
use model::time::Instant;
use model::{Ability, AbilitySet};
use serde_json::{Value, json};
use support::files::{self, GIF};
use support::{Table, assert_refused, people, raw, text};
use testkit::client::Client;
use testkit::server::{EMAIL, PASSWORD, Server, TOKEN};

#[test]
fn s07_s08_what_a_browser_could_run_is_only_ever_saved() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let hostile: &[(&str, &str, &[u8])] = &[
        ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.html", "text/html", b"<!doctype html><script>alert(1)</script>"),
        ("x.xml", "text/xml", b"<?xml version='1.0'?><a/>"),
        ("x.png", "image/png", b"<html><script>alert(1)</script>"),
        ("x.js", "text/html;image/png", b"alert(1)"),
        ("x.pdf", "application/pdf", b"%PDF-1.4 (alert(1))"),
    ];
    for (name, declared, bytes) in hostile {
        files::upload(&server, &table, &record, name, declared, bytes).expect(201);
        let item = files::cell(&table, &record).pop().expect("an attachment");
        let fetched = files::fetch(&table.client, &item["presignedUrl"], &[]).expect(200);
        assert!(!fetched.header("content-type").is_some_and(|t| t.contains("html") || t.contains("xml")), "{name}");
        assert_eq!(text(&item["mimetype"]), fetched.header("content-type").expect("a type"), "{name}");
        assert!(fetched.header("content-disposition").is_some_and(|d| d.starts_with("attachment;")), "{name}");
        assert_eq!(fetched.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(fetched.header("content-security-policy"), Some("sandbox; default-src 'none'"));
        assert_eq!(fetched.text.as_bytes(), *bytes);
        assert!(item.get("smThumbnailUrl").is_none(), "{name}");
    }
    let polyglot = [GIF, b"/*<script>alert(1)</script>*/"].concat();
    files::upload(&server, &table, &record, "x.html", "text/html", &polyglot).expect(201);
    assert_eq!(files::cell(&table, &record).pop().expect("an attachment")["mimetype"], "image/gif");
}

#[test]
fn s08_a_written_type_size_or_pixel_is_not_believed() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "text/plain", b"hello").expect(201);
    let token = text(&files::cell(&table, &record)[0]["token"]);
    let lie = json!([{"name": "b\r\nX-Evil: 1.txt", "token": token, "size": 1, "mimetype": "text/html", "width": 7, "height": 7}]);
    table.update(&record, &json!({"Files": lie})).expect(200);
    let item = files::cell(&table, &record).remove(0);
    assert_eq!((&item["size"], &item["mimetype"], item.get("width")), (&json!(5), &json!("text/plain"), None));
    let fetched = files::fetch(&table.client, &item["presignedUrl"], &[]).expect(200);
    assert_eq!((fetched.header("x-evil"), fetched.header("content-type")), (None, Some("text/plain")));
}

#[test]
fn s09_names_are_data_and_never_paths() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let long = "n".repeat(4096);
    let names = [
        "../../etc/passwd",
        "..%2f..%2fx",
        "..%252fx",
        "C:\\\\x",
        "CON",
        "dot.",
        "part",
        "gpj.\u{202e}exe",
        "a\u{1}b",
        &long,
    ];
    for (i, name) in names.iter().enumerate() {
        files::upload(&server, &table, &record, name, "text/plain", format!("file {i}").as_bytes()).expect(201);
    }
    let items = files::cell(&table, &record);
    assert_eq!(items.len(), names.len());
    for (i, item) in items.iter().enumerate() {
        let name = text(&item["name"]);
        assert!((1..=255).contains(&name.chars().count()) && !name.contains(['\u{202e}', '\u{1}']), "{name}");
        let fetched = files::fetch(&table.client, &item["presignedUrl"], &[]).expect(200);
        assert_eq!(fetched.text, format!("file {i}"));
        let disposition = fetched.header("content-disposition").expect("a disposition");
        assert!(!disposition.contains(['/', '\\']), "{disposition}");
    }
    for (path, _) in server.kept() {
        assert!(!path.contains("passwd") && !path.contains("nnnn"), "{path}");
    }
}

#[test]
fn s10_broken_and_hostile_pictures_are_kept_and_never_decoded() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    let wide = [&GIF[..6], &[0xff, 0xff, 0xff, 0xff], &GIF[10..]].concat();
    let pictures: [(&str, Vec<u8>); 4] = [
        ("bomb.png", png_of(65_535, 65_535)),
        ("wide.gif", wide),
        ("broken.png", [&png_of(4, 4)[..], b"garbage"].concat()),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec()),
    ];
    for (name, bytes) in &pictures {
        files::upload(&server, &table, &record, name, "image/png", bytes).expect(201);
        let item = files::cell(&table, &record).pop().expect("an attachment");
        assert_eq!(item["size"], json!(bytes.len()), "{name}");
        if let Some(small) = item.get("smThumbnailUrl") {
            files::fetch(&table.client, small, &[]).expect(404);
            files::fetch(&table.client, small, &[]).expect(404);
        }
    }
    let bomb = &files::cell(&table, &record)[0];
    assert_eq!((&bomb["width"], bomb.get("smThumbnailUrl")), (&json!(65_535), None), "its header is told, and no more");
}

#[test]
fn s11_a_malformed_size_is_refused_and_good_ones_are_still_served() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.gif", "image/gif", GIF).expect(201);
    let item = files::cell(&table, &record).remove(0);
    let good = text(&item["smThumbnailUrl"]);
    for wrong in ["xl", "", "99999999", "sm%00", "../sm"] {
        let reply = files::fetch(&table.client, &json!(good.replace("size=sm", &format!("size={wrong}"))), &[]);
        assert_refused(&reply, &[400, 404]);
    }
    let swapped = json!(good.replace("size=sm", "size=lg"));
    assert_refused(&files::fetch(&table.client, &swapped, &[]), &[404]);
    let (status, answer) =
        raw::send(&server, &format!("GET {}", &good[good.find("/api").expect("a path")..]), &[], b"");
    assert!(status == 200 && answer.contains("image/png"), "{answer}");
}

#[test]
fn s06_a_body_that_lies_of_its_length_leaves_nothing() {
    let settings = edge::Settings { upload_limit: 100_000, ..edge::Settings::default() };
    let server = Server::with_settings(settings);
    let (table, record) = files::table(&server);
    let path = files::path(&table, &record);
    let kind = "content-type: multipart/form-data; boundary=bound".to_owned();
    let announced = ["content-length: 10000000000".to_owned(), kind.clone()];
    let (status, _) = raw::send(&server, &format!("POST {path}"), &announced, b"--bound\r\n");
    assert_eq!(status, 413);
    let large = files::body("a", "text/plain", &vec![b'a'; 100_001]);
    files::upload_as(&server, TOKEN, &path, &large).expect(413);
    let mut endless = b"186a0\r\n".to_vec();
    endless.extend(files::body("a", "text/plain", &[b'a'; 50_000]).into_iter().take(1000));
    endless.extend(vec![b'a'; 0x186a0 - 1000]);
    endless.extend(b"\r\n".iter().chain(b"186a0\r\n"));
    endless.extend(vec![b'a'; 0x186a0]);
    endless.extend(b"\r\n".iter().chain(b"186a0000\r\n"));
    endless.extend(vec![b'a'; 2_000_000]);
    let chunked = ["transfer-encoding: chunked".to_owned(), kind];
    let (status, answer) = raw::send(&server, &format!("POST {path}"), &chunked, &endless);
    assert!(status == 413 || status == 0, "{answer}");
    let cut = files::body("a", "text/plain", b"hello");
    files::upload_as(&server, TOKEN, &path, &cut[..cut.len() - 12]).expect(400);
    assert_eq!(files::cell(&table, &record).len(), 0);
    let parts = std::fs::read_dir(server.folder().join("blobs/part")).expect("a folder of parts");
    assert_eq!(parts.count(), 0, "no part stays");
}

#[test]
fn s06_a_signed_upload_takes_exactly_what_was_announced() {
    let server = Server::start();
    let announced = json!({"contentType": "text/plain", "contentLength": 5, "type": 1});
    let signed = server.client().post("/api/attachments/signature", &announced).expect(201);
    let (url, token) = (signed.text_at("/url"), signed.text_at("/token"));
    let path = &url[url.find("/api").expect("a path")..];
    let put = |path: &str, body: &str| {
        server.client().with_token(None).send("PUT", path, &[("content-type", "text/html")], Some(body.to_owned()))
    };
    assert_refused(&put(path, "hell"), &[400]);
    assert_refused(&put(path, "hello!"), &[400]);
    let (status, _) = raw::send(
        &server,
        &format!("PUT {path}"),
        &["transfer-encoding: chunked".to_owned()],
        b"6\r\nhello!\r\n0\r\n\r\n",
    );
    assert_eq!(status, 413);
    assert_refused(&put(&path.replace("signature=", "signature=0"), "hello"), &[404]);
    assert_refused(&put(&path.replace(".5.", ".6."), "hello!"), &[404]);
    assert_refused(&server.client().post(&format!("/api/attachments/notify/{token}"), &json!({})), &[404]);
    put(path, "hello").expect(200);
    server.client().post(&format!("/api/attachments/notify/{token}?filename=a.txt"), &json!({})).expect(201);
}

#[test]
fn s06_the_token_of_an_upload_is_good_for_whom_it_was_given_to_and_for_an_hour() {
    let clock = FixedClock::at(Instant::now());
    let server = Server::with_clock(clock.clone());
    let announced = json!({"contentType": "text/plain", "contentLength": 5, "type": 1});
    let token = server.client().post("/api/attachments/signature", &announced).expect(201).text_at("/token");
    let put = |client: &Client, token: &str, body: &str| {
        let path = format!("/api/attachments/upload/{token}");
        client.send("PUT", &path, &[("content-type", "text/plain")], Some(body.to_owned()))
    };
    let owner = server.client();
    let writer = people::scoped(&server, &[Ability::RecordUpdate, Ability::RecordRead]);
    for client in [&people::stranger(&server, "stranger").client, &writer, &owner.with_token(None)] {
        assert_refused(&put(client, &token, "hello"), &[403, 404]);
    }
    assert_refused(&put(&owner, &token, "hello!"), &[404]);
    for at in 0..token.len() {
        let mut letters = token.clone().into_bytes();
        letters[at] = if letters[at] == b'a' { b'b' } else { b'a' };
        let altered = String::from_utf8(letters).expect("text");
        assert_refused(&put(&owner, &altered, "hello"), &[404]);
    }
    put(&owner, &token, "hello").expect(200);
    clock.advance(3600 * 1000 + 1000);
    assert_refused(&put(&owner, &token, "again"), &[404]);
    owner.post(&format!("/api/attachments/notify/{token}"), &json!({})).expect(201);
}

#[test]
fn s15_who_may_not_write_is_refused_before_a_byte_is_read() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "text/plain", b"kept").expect(201);
    let before = files::cell(&table, &record);
    let owner = people::owner(&server);
    let weak = reading_token(&server, owner);
    for (token, path, expected) in [
        (weak.as_str(), files::path(&table, &record), &[403_u16][..]),
        ("no token of ours", files::path(&table, &record), &[401]),
        (TOKEN, files::path(&table, &record.replace("rec", "rex")), &[404]),
        (TOKEN, table.path(&format!("/record/{record}/{}/uploadAttachment", table.field("Name"))), &[400]),
    ] {
        // A gigabyte is announced and none of it comes: an answer can only be given without it.
        let headers =
            ["content-length: 1000000000".to_owned(), "content-type: multipart/form-data; boundary=bound".to_owned()];
        let (status, answer) = raw::send_as(&server, token, &format!("POST {path}"), &headers, b"");
        assert!(expected.contains(&status), "{path}: {answer}");
    }
    let plain = |items: &[Value]| items.iter().map(|i| (i["token"].clone(), i["size"].clone())).collect::<Vec<_>>();
    assert_eq!(plain(&files::cell(&table, &record)), plain(&before));
}

#[test]
fn s16_an_address_dies_with_the_token_the_cell_and_its_time() {
    let clock = FixedClock::at(Instant::now());
    let server = Server::with_clock(clock.clone());
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "text/plain", b"secret").expect(201);
    let owner = people::owner(&server);
    let token = reading_token(&server, owner);
    let reader = Table { client: server.client().with_token(Some(&token)), ..table.clone() };
    let url = files::cell(&reader, &record)[0]["presignedUrl"].clone();
    let fetch = |url: &Value| files::fetch(&server.client(), url, &[]).status;
    assert_eq!(fetch(&url), 200);
    let good = text(&url);
    let (other, other_record) = files::table(&server);
    files::upload(&server, &other, &other_record, "b.txt", "text/plain", b"another").expect(201);
    let foreign = text(&files::cell(&other, &other_record)[0]["token"]);
    let own = text(&files::cell(&table, &record)[0]["token"]);
    let mut altered = vec![good.replace(&own, &foreign), good.replace("signature=", "signature=0")];
    for at in (good.len() - 40)..good.len() {
        let mut letters = good.clone().into_bytes();
        letters[at] = if letters[at] == b'0' { b'1' } else { b'0' };
        altered.push(String::from_utf8(letters).expect("text"));
    }
    altered.push(good.split("&signature").next().unwrap_or_default().to_owned());
    altered.push(good.replace(".1.1.", ".2.1."));
    for wrong in altered {
        assert_eq!(fetch(&json!(wrong)), 404, "{wrong}");
    }
    let local = model::Actor::local(Some(owner));
    let listed = server.engine.list_tokens(&local).expect("tokens");
    let id = listed.iter().find(|listed| listed.name == "reader").expect("the token").id;
    server.engine.delete_token(&local, id).expect("revoked");
    assert_eq!(fetch(&url), 404, "its token is revoked");
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    assert_eq!(fetch(&url), 200);
    clock.advance(25 * 3600 * 1000);
    assert_eq!(fetch(&url), 404, "it is old");
    let url = files::cell(&table, &record)[0]["presignedUrl"].clone();
    assert_eq!(fetch(&url), 200);
    table.client.delete(&table.path(&format!("/record/{record}"))).expect(200);
    assert_eq!(fetch(&url), 404, "its record is deleted");
}

#[test]
fn s38_a_changed_password_kills_the_addresses_that_a_session_was_given() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "text/plain", b"secret").expect(201);
    let cookie = people::sign_in(&server.client(), EMAIL, PASSWORD);
    let path = table.path(&format!("/record/{record}?fieldKeyType=name"));
    let session = server.client().with_token(None);
    let seen = session.send("GET", &path, &[("cookie", &cookie)], None).expect(200).json();
    let url = &seen["fields"]["Files"][0]["presignedUrl"];
    assert_eq!(files::fetch(&session, url, &[]).status, 200);
    let owner = people::owner(&server);
    let local = people::local();
    let changed = server.engine.set_password(&local, owner, "another-Horse-8");
    server.wait(changed).expect("changed");
    assert_eq!(files::fetch(&session, url, &[]).status, 404);
    let kept = files::cell(&table, &record)[0]["presignedUrl"].clone();
    assert_eq!(files::fetch(&session, &kept, &[]).status, 200, "that of a token stays");
}

#[test]
fn s16_nobody_takes_a_file_from_where_they_may_not_read() {
    let server = Server::start();
    let (table, record) = files::table(&server);
    files::upload(&server, &table, &record, "a.txt", "text/plain", b"secret").expect(201);
    let stolen = files::cell(&table, &record)[0]["token"].clone();
    let (mine, mine_record) = files::table(&server);
    let unknown = mine.update(&mine_record, &json!({"Files": [{"name": "a", "token": "x"}]}));
    assert_refused(&unknown, &[400]);
    let foreign = mine.update(&mine_record, &json!({"Files": [{"name": "a", "token": stolen}]}));
    assert_refused(&foreign, &[400]);
    let same = |reply: &testkit::client::Reply| reply.json()["message"].clone();
    assert_eq!(same(&unknown), same(&foreign), "a file of another base is like none");
    assert_eq!(files::cell(&mine, &mine_record).len(), 0);
}

/// A token that may read records and nothing else.
fn reading_token(server: &Server, owner: model::UserId) -> String {
    let abilities = AbilitySet::of([Ability::RecordRead]);
    people::token_of(server, owner, NewToken { abilities, ..people::named("reader") })
}

/// The beginning of a PNG of this size; its pixels never come.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()).chain([8, 6, 0, 0, 0]));
    let mut sum = u32::MAX;
    for byte in &header {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d".to_vec();
    png.extend(header);
    png.extend((!sum).to_be_bytes());
    // The beginning of pixels, so that the header is known to be over.
    png.extend(b"\x00\x00\x00\x04IDAT\x00\x00\x00\x00\x00\x00\x00\x00");
    png
}
