//! Files of a site: asked for, sent, put into an item, read back by their path in several shapes, listed and deleted
//! (S07 to S11, S16).

mod support;

use engine::access::DatabaseSecret;
use engine::ports::FixedClock;
use model::time::Instant;
use serde_json::{Value, json};
use support::files::GIF;
use support::people::local;
use support::site::{Site, body, body_of, refusal, site};
use testkit::client::Reply;
use testkit::server::Server;

/// A picture of two pixels, one beside the other.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x00\x00\x00\x00\xd1I V\x00\x00\x00\x0bIDATx\x9cc`\xf8\x0f\x00\x01\x02\x01\x00B\xbe\xbch\x00\x00\x00\x00IEND\xaeB`\x82";

/// The id and the address of an upload request.
fn request(site: &Site, name: &str) -> (String, String) {
    let reply = site.writing.post("/upload-requests", &body("upload_request", json!({"filename": name}))).expect(201);
    assert_eq!(reply.text_at("/data/type"), "upload_request");
    (reply.text_at("/data/id"), reply.text_at("/data/attributes/url"))
}

/// Sends bytes as clients do: without a token, with the header of the live service's storage.
fn send(url: &str, bytes: &[u8]) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = ureq::http::Request::builder().method("PUT").uri(url).header("x-amz-acl", "public-read");
    let request = request.header("content-type", "image/png").body(bytes.to_vec()).expect("a request");
    let mut response = agent.run(request).expect("an answer");
    (response.status().as_u16(), response.body_mut().read_to_string().expect("text"))
}

fn upload(site: &Site, name: &str, bytes: &[u8]) -> String {
    let (id, url) = request(site, name);
    assert_eq!(send(&url, bytes), (200, String::new()), "{url}");
    id
}

/// An item type with an image and a file; its id.
fn model(site: &Site) -> String {
    let attributes = json!({"name": "Post", "api_key": "post", "singleton": false, "sortable": false});
    let id = site.writing.post("/item-types", &body("item_type", attributes)).expect(201).text_at("/data/id");
    for (key, kind) in [("cover", "image"), ("paper", "file"), ("shots", "gallery")] {
        let attributes = json!({
            "label": key, "field_type": kind, "api_key": key, "localized": false, "validators": {}, "hint": "",
            "appeareance": null, "position": 99,
        });
        site.writing.post(&format!("/item-types/{id}/fields"), &body("field", attributes)).expect(201);
    }
    id
}

fn item(model: &str, attributes: Value) -> Value {
    let mut item = body("item", attributes);
    item["data"]["relationships"] = json!({"item_type": {"data": {"type": "item_type", "id": model}}});
    item
}

fn asset(site: &Site, path: &str, query: &str) -> Reply {
    site.stranger.get(&format!("/dato/assets{path}{query}"))
}

/// What is said of an asset whose bytes are no text.
fn head(site: &Site, path: &str, query: &str) -> Reply {
    site.stranger.send("HEAD", &format!("/dato/assets{path}{query}"), &[], None)
}

#[test]
fn a_file_is_sent_put_into_an_item_and_read_back_by_its_path() {
    let server = Server::start();
    let site = site(&server);
    let model = model(&site);
    let path = upload(&site, "My picture.PNG", PNG);
    let parts: Vec<&str> = path.splitn(3, '/').collect();
    assert_eq!((parts[0], parts[1]), ("", site.id.0.to_string().as_str()));
    let (at, rest) = parts[2].split_once('-').expect("a time");
    assert!(at.parse::<i64>().is_ok() && rest.ends_with("-My-picture.PNG"), "{path}");
    let image = json!({"path": path, "alt": "Two pixels", "title": null});
    let made = site.writing.post("/items", &item(&model, json!({"cover": image, "shots": [image]}))).expect(201).json();
    let expected = json!({
        "path": path, "width": 2, "height": 1, "format": "png", "size": PNG.len(), "alt": "Two pixels", "title": null,
    });
    assert_eq!(made["data"]["attributes"]["cover"], expected, "the server knows size and pixels");
    assert_eq!(made["data"]["attributes"]["shots"], json!([expected]));
    let id = made["data"]["id"].as_str().expect("an id").to_owned();
    let mut lie = expected.clone();
    (lie["width"], lie["size"]) = (4711.into(), 1.into());
    let back = body_of("item", &id, json!({"cover": lie}));
    let written = site.writing.put(&format!("/items/{id}"), &back).expect(200).json();
    assert_eq!(written["data"]["attributes"]["cover"], expected, "and does not believe a client");
    let whole = head(&site, &path, "").expect(200);
    assert_eq!(whole.header("content-type"), Some("image/png"));
    assert_eq!(whole.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    let told = asset(&site, &path, "?fm=json").expect(200).json();
    assert_eq!((&told["PixelWidth"], &told["PixelHeight"]), (&json!(2), &json!(1)));
    let shaped = head(&site, &path, "?w=20&h=20&fit=crop&fm=jpg&q=60").expect(200);
    assert_eq!(shaped.header("content-type"), Some("image/jpeg"));
    let tag = shaped.header("etag").expect("a tag").to_owned();
    let again = site.stranger.send(
        "GET",
        &format!("/dato/assets{path}?w=20&h=20&fit=crop&fm=jpg&q=60"),
        &[("if-none-match", tag.as_str())],
        None,
    );
    assert_eq!(again.status, 304);
    let text = upload(&site, "notes.txt", b"hello");
    site.writing.put(&format!("/items/{id}"), &body_of("item", &id, json!({"paper": {"path": text}}))).expect(200);
    assert_eq!(asset(&site, &text, "").expect(200).text, "hello");
    let part = site.stranger.send("GET", &format!("/dato/assets{text}"), &[("range", "bytes=1-2")], None);
    assert_eq!((part.status, part.text.as_str()), (206, "el"));
    assert_eq!(refusal(&asset(&site, &text, "?w=10")).0, 422, "no picture has no shape");
}

#[test]
fn an_empty_file_a_second_send_and_a_send_of_others_bytes() {
    let server = Server::start();
    let site = site(&server);
    let path = upload(&site, "", b"");
    assert!(path.ends_with("-file"), "{path}");
    assert_eq!(asset(&site, &path, "").expect(200).text, "");
    let (path, url) = request(&site, "a.txt");
    for _ in 0..2 {
        assert_eq!(send(&url, b"hello").0, 200, "a client may send again");
    }
    assert_eq!(asset(&site, &path, "").expect(200).text, "hello");
    assert_eq!(site.writing.get("/uploads").expect(200).json()["meta"]["total_count"], 2);
}

#[test]
fn s16_an_address_to_send_to_is_of_one_file_one_credential_and_a_quarter_of_an_hour() {
    let clock = FixedClock::at(Instant(1_700_000_000_000));
    let server = Server::with_clock(clock.clone());
    let (site, other) = (site(&server), support::site::site(&server));
    let (path, url) = request(&site, "a.txt");
    let (_, second) = request(&site, "b.txt");
    let query = |url: &str| url.split_once('?').expect("a query").1.to_owned();
    let elsewhere = url.replace(&format!("/{}/", site.id.0), &format!("/{}/", other.id.0));
    let forged = [
        url.replace("a.txt", "b.txt"),
        url.replacen(&query(&url), &query(&second), 1),
        url.replacen("signature=", "signature=00", 1),
        elsewhere,
        url.split('?').next().expect("an address").to_owned(),
    ];
    for address in &forged {
        assert_eq!(send(address, b"x").0, 404, "{address}");
    }
    assert_eq!(send(&format!("{url}&more=1"), b"x").0, 422);
    clock.advance(899_000);
    assert_eq!(send(&url, b"x").0, 200);
    assert_eq!(asset(&site, &path, "").expect(200).text, "x");
    clock.advance(1_000);
    assert_eq!(send(&second, b"x").0, 404);
    let (_, third) = request(&site, "c.txt");
    server.engine.renew_database_secret(&local(), site.key, DatabaseSecret::ReadWrite).expect("renewed");
    assert_eq!(send(&third, b"x").0, 404);
    assert_eq!(
        refusal(&site.reading.post("/upload-requests", &body("upload_request", json!({"filename": "x"})))).0,
        403
    );
    assert_eq!(
        refusal(&site.stranger.post("/upload-requests", &body("upload_request", json!({"filename": "x"})))).0,
        401
    );
}

#[test]
fn s16_a_path_shows_what_is_published_and_nothing_else() {
    let server = Server::start();
    let (site, other) = (site(&server), support::site::site(&server));
    let path = upload(&site, "a.txt", b"hello");
    let (head, token_and_name) = path.split_once('-').expect("a time");
    let wrong = [
        path.replace(&format!("/{}/", site.id.0), &format!("/{}/", other.id.0)),
        format!("{head}-{}", "A".repeat(32) + "-a.txt"),
        format!("{head}-{}", &token_and_name[1..]),
        format!("/{}/a.txt", site.id.0),
        "/x/y".to_owned(),
    ];
    for path in &wrong {
        assert_eq!(refusal(&asset(&site, path, "")), (404, "NOT_FOUND".to_owned()), "{path}");
        assert_eq!(refusal(&site.writing.get(&format!("/dato/assets{path}"))).0, 404, "{path}");
    }
    let id = site.writing.get("/uploads").expect(200).text_at("/data/0/id");
    site.writing.delete(&format!("/uploads/{id}")).expect(200);
    assert_eq!(asset(&site, &path, "").status, 404, "what is deleted is not published");
    // A database that never handed its tokens out publishes nothing, whatever is known of its files.
    let base = server.new_base();
    let key = support::log::key_of(&base);
    let number = server.engine.get_database(&local(), key).expect("a database").id;
    let table = support::files::table_in(&server, &base);
    support::files::upload(&server, &table.0, &table.1, "x.txt", "text/plain", b"secret").expect(201);
    let token = support::files::cell(&table.0, &table.1)[0]["token"].as_str().expect("a token").to_owned();
    let path = format!("/{}/0-{token}-x.txt", number.0);
    assert_eq!(asset(&site, &path, "").status, 404);
    assert_eq!(server.client().get(&format!("/dato/assets{path}")).expect(200).text, "secret");
    assert_eq!(site.writing.get(&format!("/dato/assets{path}")).status, 404);
}

#[test]
fn s07_s09_what_a_browser_could_run_is_only_saved_and_names_are_data() {
    let server = Server::start();
    let site = site(&server);
    let hostile: &[(&str, &[u8])] = &[
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.html", b"<!doctype html><script>alert(1)</script>"),
        ("x.png", b"<html><script>alert(1)</script>"),
    ];
    for (name, bytes) in hostile {
        let fetched = asset(&site, &upload(&site, name, bytes), "").expect(200);
        assert!(!fetched.header("content-type").is_some_and(|t| t.contains("html") || t.contains("xml")), "{name}");
        assert!(fetched.header("content-disposition").is_some_and(|d| d.starts_with("attachment;")), "{name}");
    }
    let names = ["../../etc/passwd", "..%2fx", "C:\\x", "a\r\nX-Evil: 1", "gpj.\u{202e}exe", "é ü", "?w=1#", "a\u{0}b"];
    for name in names.into_iter().map(str::to_owned).chain(["n".repeat(4096)]) {
        let path = upload(&site, &name, b"data");
        assert!(path.len() < 300 && path.matches('/').count() == 2, "{path}");
        assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._".contains(&b)), "{path}");
        let fetched = asset(&site, &path, "").expect(200);
        assert_eq!((fetched.text.as_str(), fetched.header("x-evil")), ("data", None));
    }
}

#[test]
fn s11_wrong_shapes_are_refused_by_name_and_good_ones_are_still_made() {
    let server = Server::start();
    let site = site(&server);
    let path = upload(&site, "a.gif", GIF);
    for wrong in ["w=0", "w=99999", "h=-1", "fit=bend", "fm=exe", "q=0", "blur=9", "w=1&w=2", "w=%00", "dpr=2"] {
        let refused = asset(&site, &path, &format!("?{wrong}"));
        assert_eq!(refusal(&refused).0, 422, "{wrong}");
        assert!(refused.text.contains(wrong.split('=').next().expect("a name")), "{wrong}: {}", refused.text);
    }
    std::thread::scope(|scope| {
        for width in 1..40 {
            let (site, path) = (&site, &path);
            scope.spawn(move || {
                let status = head(site, path, &format!("?w={width}&fm=png")).status;
                assert!(status == 200 || status == 429, "{width}: {status}");
            });
        }
    });
    head(&site, &path, "?w=8&h=8&fit=crop").expect(200);
}

#[test]
fn the_media_of_a_site_are_listed_described_and_deleted() {
    let server = Server::start();
    let site = site(&server);
    assert_eq!(site.writing.get("/uploads").expect(200).json(), json!({"data": [], "meta": {"total_count": 0}}));
    let (first, second) = (upload(&site, "a.png", PNG), upload(&site, "b.txt", b"hello"));
    let types = site.writing.get("/item-types").expect(200).json();
    assert_eq!(types["data"], json!([]), "media are no item type");
    let list = site.writing.get("/uploads").expect(200).json();
    let paths: Vec<&Value> =
        list["data"].as_array().expect("a list").iter().map(|u| &u["attributes"]["path"]).collect();
    assert_eq!((paths, &list["meta"]["total_count"]), (vec![&json!(second), &json!(first)], &json!(2)));
    let page = site.writing.get("/uploads?page%5Boffset%5D=1&page%5Blimit%5D=1").expect(200).json();
    assert_eq!(page["data"], json!([list["data"][1]]));
    let id = page["data"][0]["id"].as_str().expect("an id").to_owned();
    let said = site.writing.put(&format!("/uploads/{id}"), &body_of("upload", &id, json!({"alt": "A", "title": "T"})));
    let expected = json!({
        "path": first, "format": "png", "size": PNG.len(), "width": 2, "height": 1, "alt": "A", "title": "T",
        "is_image": true,
    });
    assert_eq!(said.expect(200).json()["data"]["attributes"], expected);
    let named = site.writing.post("/uploads", &body("upload", json!({"path": first, "title": null, "size": 1})));
    assert_eq!(named.expect(201).json()["data"]["attributes"]["title"], Value::Null);
    let unknown = site.writing.post("/uploads", &body("upload", json!({"path": "/1/1-x-y"})));
    assert_eq!(refusal(&unknown), (422, "INVALID_FIELD".to_owned()));
    for bad in ["page%5Blimit%5D=501", "page%5Blimit%5D=x", "page%5Boffset%5D=-1", "sort=x"] {
        assert_eq!(refusal(&site.writing.get(&format!("/uploads?{bad}"))).0, 422, "{bad}");
    }
    for method in ["PUT", "DELETE"] {
        let text = (method == "PUT").then(|| body_of("upload", &id, json!({"alt": "x"})).to_string());
        assert_eq!(refusal(&site.reading.send(method, &format!("/uploads/{id}"), &[], text)).0, 403, "{method}");
    }
    assert_eq!(site.reading.get(&format!("/uploads/{id}")).expect(200).text_at("/data/id"), id);
    assert_eq!(site.writing.delete(&format!("/uploads/{id}")).expect(200).text_at("/data/id"), id);
    assert_eq!(refusal(&site.writing.get(&format!("/uploads/{id}"))), (404, "NOT_FOUND".to_owned()));
}

#[test]
fn a_page_of_another_origin_may_send_and_read() {
    let server = Server::start();
    let site = site(&server);
    let (path, url) = request(&site, "a.txt");
    let address = url.strip_prefix(&server.base).expect("of this server");
    let asks = [
        ("origin", "https://page.example"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type, x-amz-acl"),
    ];
    let may = site.stranger.send("OPTIONS", address, &asks, None);
    assert!(may.header("access-control-allow-headers").is_some_and(|h| h.contains("x-amz-acl")), "{may:?}");
    assert!(may.header("access-control-allow-methods").is_some_and(|m| m.contains("PUT")));
    let origin = [("origin", "https://page.example"), ("x-amz-acl", "public-read"), ("content-type", "text/plain")];
    let sent = site.stranger.send("PUT", address, &origin, Some("hello".to_owned())).expect(200);
    assert_eq!(sent.header("access-control-allow-origin"), Some("*"));
    let read = site.stranger.send("GET", &format!("/dato/assets{path}"), &origin[..1], None).expect(200);
    assert_eq!((read.header("access-control-allow-origin"), read.text.as_str()), (Some("*"), "hello"));
}
