//! Who gets in at the Dynalist door, and what it takes in: credentials on every route, pages of other sites (S41), uploads
//! (S14), limits.

mod support;

use dynalist::Dynalist;
use edge::limit::Plan;
use edge::{Door, Settings};
use engine::ports::{FixedClock, Ports, SystemDice};
use model::time::Instant;
use model::{Ability, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use support::outlines::Outliner;
use support::people::{self, named, token_of};
use support::{raw, text};
use testkit::server::{EMAIL, PASSWORD, Server};

/// Every route that takes a token: a request that would go well, and whether it writes.
fn routes(document: &str, node: &str, root: &str) -> Vec<(&'static str, Value, bool)> {
    vec![
        ("/file/list", json!({}), false),
        (
            "/file/edit",
            json!({"changes": [{"action": "create", "type": "document", "parent_id": root, "index": 0, "title": "x"}]}),
            true,
        ),
        ("/doc/read", json!({"file_id": document}), false),
        ("/doc/check_for_updates", json!({"file_ids": [document]}), false),
        (
            "/doc/edit",
            json!({"file_id": document, "changes": [{"action": "edit", "node_id": node, "content": "x"}]}),
            true,
        ),
        ("/inbox/add", json!({"content": "x"}), true),
        ("/upload", json!({"filename": "a.txt", "content_type": "text/plain", "data": "VGVzdA=="}), true),
        ("/pref/get", json!({"key": "inbox_location"}), false),
        ("/pref/set", json!({"key": "inbox_location", "value": document}), true),
    ]
}

struct World {
    server: Server,
    outliner: Outliner,
    document: String,
    node: String,
    base: String,
}

fn world() -> World {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Plan");
    let node = outliner.edit(&document, json!([{"action": "insert", "parent_id": "root", "content": "a"}])).remove(0);
    outliner.good("/pref/set", json!({"key": "inbox_location", "value": document}));
    let base = format!("bse{}000000000", &document[..12]);
    World { server, outliner, document, node, base }
}

impl World {
    fn routes(&self) -> Vec<(&'static str, Value, bool)> {
        routes(&self.document, &self.node, &self.outliner.root())
    }

    /// All that a reader can see, without times.
    fn seen(&self) -> Vec<Value> {
        let files = self.outliner.good("/file/list", json!({}));
        let mut seen = self.outliner.nodes(&self.document);
        seen.push(files);
        seen.push(self.outliner.version(&self.document).into());
        seen
    }
}

#[test]
fn every_route_of_the_list_is_swept_here() {
    let swept: BTreeSet<&str> = routes("", "", "").into_iter().map(|(path, ..)| path).collect();
    let others = ["/u/{id}", "/export", "/export/{file}", "/import"];
    let known: BTreeSet<&str> = Dynalist.endpoints().iter().map(|endpoint| endpoint.path).collect();
    assert_eq!(swept.into_iter().chain(others).collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_route_goes_well_for_the_owner_and_refuses_whoever_shows_nothing_valid() {
    let world = world();
    let owner = people::owner(&world.server);
    let expired = people::expired(&world.server, owner);
    let before = world.seen();
    for (path, body, _) in world.routes() {
        for token in
            [json!("nobody"), json!(""), json!(null), json!(7), json!([]), json!(expired), json!("x".repeat(10_000))]
        {
            let mut body = body.clone();
            body["token"] = token.clone();
            let answer = world.outliner.client.post(&format!("/api/v1{path}"), &body).expect(200).json();
            assert_eq!(answer["_code"], "InvalidToken", "{path} {token}: {answer}");
        }
        // A wrong token in the body is not made good by a header.
        let mut both = body.clone();
        both["token"] = "nobody".into();
        assert_eq!(world.server.client().post(&format!("/api/v1{path}"), &both).json()["_code"], "InvalidToken");
    }
    for (method, path) in [("GET", "/dynalist/export"), ("GET", "/dynalist/export/x"), ("POST", "/dynalist/import")] {
        let answer = world.outliner.client.send(method, path, &[], Some("- x".to_owned())).json();
        assert_eq!(answer["_code"], "InvalidToken", "{path}");
    }
    assert_eq!(world.seen(), before);
    for (path, body, _) in world.routes() {
        world.outliner.good(path, body);
    }
}

#[test]
fn a_token_that_may_only_read_and_a_reader_change_nothing() {
    let world = world();
    let owner = people::owner(&world.server);
    let abilities = [Ability::DatabaseRead, Ability::TableRead, Ability::RecordRead];
    let abilities = model::AbilitySet::of(abilities);
    let weak = token_of(&world.server, owner, engine::access::NewToken { abilities, ..named("weak") });
    let reader = people::member(&world.server, "reader", &world.base, Role::Read);
    let reading = token_of(&world.server, reader.id, engine::access::NewToken { full_access: true, ..named("all") });
    let before = world.seen();
    for token in [&weak, &reading] {
        let outliner = world.outliner.with_token(token);
        for (path, body, writes) in world.routes() {
            let answer = outliner.ask(path, body).json();
            match (path, writes) {
                ("/file/edit", _) => assert_eq!(answer["results"], json!([false]), "{answer}"),
                // A reader has preferences of their own, and no inbox yet.
                ("/pref/set", _) if token == &reading => assert_eq!(answer["_code"], "OK", "{answer}"),
                ("/inbox/add", _) if token == &reading => assert_eq!(answer["_code"], "NoInbox", "{answer}"),
                (_, true) => assert_eq!(answer["_code"], "Unauthorized", "{path}: {answer}"),
                (_, false) => assert_eq!(answer["_code"], "OK", "{path}: {answer}"),
            }
        }
        let inbox = outliner.ask("/inbox/add", json!({"content": "x"})).json();
        assert_eq!(inbox["_code"], "Unauthorized", "an inbox where nothing may be written: {inbox}");
        let client = world.outliner.client.with_token(Some(token));
        let import = client.send("POST", "/dynalist/import", &[], Some("- x".to_owned())).json();
        assert_eq!(import["_code"], "Unauthorized", "{import}");
    }
    assert_eq!(world.seen(), before);
    let shown = world.outliner.with_token(&reading).good("/file/list", json!({}));
    assert!(shown["files"].as_array().expect("files").iter().all(|file| file["permission"] == 1), "{shown}");
}

#[test]
fn somebody_else_sees_nothing_and_is_answered_as_if_nothing_were_there() {
    let world = world();
    let (_, space) = people::neighbour(&world.server, "neighbour");
    let stranger = people::stranger(&world.server, "stranger");
    let token = token_of(&world.server, stranger.id, engine::access::NewToken { full_access: true, ..named("all") });
    let outliner = world.outliner.with_token(&token);
    let files = outliner.good("/file/list", json!({}));
    assert_eq!(files["files"].as_array().map(Vec::len), Some(1), "{files}");
    assert_eq!(files["files"][0]["id"], files["root_file_id"]);
    let gone = world.document.replace("D0", "D9");
    for id in [&world.document, &gone] {
        for (path, body) in [
            ("/doc/read", json!({"file_id": id})),
            ("/doc/edit", json!({"file_id": id, "changes": [{"action": "delete", "node_id": world.node}]})),
        ] {
            let answer = outliner.ask(path, body).json();
            assert_eq!(answer, json!({"_code": "NotFound", "_msg": "The document is not found."}));
        }
        assert_eq!(outliner.good("/doc/check_for_updates", json!({"file_ids": [id]}))["versions"], json!({}));
        assert_eq!(outliner.code("/pref/set", json!({"key": "inbox_location", "value": id})), "Invalid");
        let export = world.outliner.client.with_token(Some(&token)).get(&format!("/dynalist/export/{id}"));
        assert_eq!(export.json()["_code"], "NotFound");
    }
    drop(space);
}

#[test]
fn a_role_on_a_document_alone_counts_there() {
    let world = world();
    let other = world.outliner.document("Other");
    let editor = people::member(&world.server, "editor", &world.base, Role::Read);
    let number = dynalist::names::read_document(&other).expect("a document").table;
    people::give_on_table(&world.server, &editor, &world.base, number, Role::Edit);
    let token = token_of(&world.server, editor.id, engine::access::NewToken { full_access: true, ..named("all") });
    let outliner = world.outliner.with_token(&token);
    let edit = |document: &str| json!({"file_id": document, "changes": [{"action": "insert", "parent_id": "root", "content": "x"}]});
    assert_eq!(outliner.code("/doc/edit", edit(&world.document)), "Unauthorized");
    assert_eq!(outliner.code("/doc/edit", edit(&other)), "OK");
    people::give_on_table(&world.server, &editor, &world.base, number, Role::None);
    assert_eq!(outliner.code("/doc/read", json!({"file_id": other})), "NotFound");
    let files = outliner.good("/file/list", json!({}));
    assert!(!files.to_string().contains(&other), "{files}");
}

/// S41: a page of another site can make a browser post JSON as plain text, with the cookies of its user.
#[test]
fn a_session_does_not_count_when_another_site_sends_the_request() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let before = world.seen();
    for (path, body, _) in world.routes() {
        let send = |more: &[(&str, &str)]| {
            let mut headers = vec![("cookie", cookie.as_str()), ("content-type", "text/plain")];
            headers.extend(more);
            world.outliner.client.send("POST", &format!("/api/v1{path}"), &headers, Some(body.to_string()))
        };
        for foreign in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let reply = send(&[foreign]);
            assert_eq!(reply.json()["_code"], "InvalidToken", "{path} {foreign:?}: {}", reply.text);
            // Nobody's credentials are let through, and nothing of it is kept.
            assert_eq!(reply.header("access-control-allow-credentials"), None);
            assert_ne!(reply.header("access-control-allow-origin"), Some("https://evil.example"));
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
    }
    assert_eq!(world.seen(), before);
    // With a token in the body a page of any origin may ask, as quick-add pages do.
    let body = json!({"token": world.outliner.token, "content": "x"}).to_string();
    let headers = [("origin", "https://pages.example"), ("content-type", "text/plain")];
    let reply = world.outliner.client.send("POST", "/api/v1/inbox/add", &headers, Some(body));
    assert_eq!(reply.json()["_code"], "OK");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    // Our own page asks with its session.
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let reply = world.outliner.client.send("POST", "/api/v1/inbox/add", &own, Some("{\"content\":\"x\"}".to_owned()));
    assert_eq!(reply.json()["_code"], "OK");
}

/// S14: what is too large is refused before it is decoded, or even sent.
#[test]
fn an_upload_is_bounded_before_it_is_decoded() {
    let server = Server::with_settings(Settings { body_limit: 1 << 20, upload_limit: 1000, ..Settings::default() });
    let outliner = Outliner::of(&server);
    let upload = |data: String| json!({"filename": "a", "content_type": "text/plain", "data": data});
    assert_eq!(outliner.code("/upload", upload("QUFB".repeat(333))), "OK");
    for data in ["QUFB".repeat(400), "QUFB".repeat(200_000), "!".repeat(900), "QUFBQ".to_owned()] {
        assert_eq!(outliner.code("/upload", upload(data)), "Invalid");
    }
    // A client may still write when it is answered.
    let long = upload("QUFB".repeat(300_000)).to_string();
    let head = [format!("content-length: {}", long.len())];
    let reply = raw::reply(raw::send(&server, "POST /api/v1/upload", &head, long.as_bytes()));
    assert_eq!((reply.status, text(&reply.json()["_code"])), (200, "Invalid".to_owned()));
    let head = ["content-length: 1073741824".to_owned(), "content-type: application/json".to_owned()];
    let reply = raw::reply(raw::send(&server, "POST /api/v1/upload", &head, b"{\"token\""));
    assert_eq!((reply.status, text(&reply.json()["_code"])), (200, "Invalid".to_owned()));
    let kept = outliner.client.with_token(Some(&outliner.token)).get("/api/base/access/all").expect(200);
    assert!(kept.text.contains("Database"), "the server goes on: {}", kept.text);
}

#[test]
fn an_uploaded_file_is_given_to_whoever_has_its_address_until_its_record_goes() {
    let world = world();
    let upload = |name: &str, data: &str| {
        let body = json!({"filename": name, "content_type": "text/html", "data": data});
        text(&world.outliner.good("/upload", body)["url"])
    };
    let path = |url: &str| url.strip_prefix(&world.server.base).expect("our own address").to_owned();
    let anybody = world.outliner.client.clone();
    let url = upload("sample.txt", "VGVzdCBkYXRh");
    let reply = anybody.get(&path(&url)).expect(200);
    assert_eq!(reply.text, "Test data");
    let page = path(&upload("page.html", "PHNjcmlwdD4xPC9zY3JpcHQ+"));
    let reply = anybody.get(&page).expect(200);
    assert!(reply.header("content-disposition").is_some_and(|said| said.starts_with("attachment")));
    assert!(!reply.header("content-type").is_some_and(|said| said.contains("html")), "{:?}", reply.headers);
    assert!(reply.header("content-security-policy").is_some_and(|said| said.contains("sandbox")));
    assert_eq!(anybody.send("GET", &page, &[("range", "bytes=0-7")], None).expect(206).text, "<script>");
    // Another token, record, field or table is no address.
    let (head, token) = page.rsplit_once('-').expect("parts");
    let parts: Vec<&str> = head.rsplitn(4, '-').collect();
    for wrong in [
        format!("{head}-{}x", &token[1..]),
        format!("{}-{}-1-{}-{token}", parts[3], parts[2], parts[0]),
        format!("{}-1-{}-{}-{token}", parts[3], parts[1], parts[0]),
        format!("{head}-"),
    ] {
        assert_eq!(anybody.get(&wrong).json()["_code"], "NotFound", "{wrong}");
    }
    // The other API shows them, and ends them.
    let client = world.server.client();
    let tables = client.get(&format!("/api/base/{}/table", world.base)).expect(200).json();
    let table = tables.as_array().expect("tables").iter().find(|t| t["name"] == "Uploads").expect("a table").clone();
    let records = format!("/api/table/{}/record", text(&table["id"]));
    let rows = client.get(&format!("{records}?fieldKeyType=name")).expect(200).json();
    assert_eq!(rows["records"][1]["fields"]["Name"], "page.html");
    client.delete(&format!("{records}/{}", text(&rows["records"][1]["id"]))).expect(200);
    assert_eq!(anybody.get(&page).json()["_code"], "NotFound");
    anybody.get(&path(&url)).expect(200);
}

#[test]
fn the_space_for_uploads_is_a_setting() {
    let server = Server::with_settings(Settings { upload_quota: Some(10), ..Settings::default() });
    let outliner = Outliner::of(&server);
    let upload = |data: &str| outliner.code("/upload", json!({"filename": "a", "content_type": "b", "data": data}));
    assert_eq!(upload("VGVzdCBkYXRhIQ=="), "OK", "ten bytes");
    assert_eq!(upload("VA=="), "QuotaExceeded");
    assert_eq!(upload(""), "OK");
}

fn limited() -> (Server, Arc<FixedClock>, Outliner) {
    let clock = FixedClock::at(Instant::now());
    let ports = Ports::of(clock.clone(), Arc::new(SystemDice));
    let server = Server::start_with(ports, |settings| settings.rate_limits = Plan::Documented);
    let outliner = Outliner::of(&server);
    (server, clock, outliner)
}

#[test]
fn every_endpoint_has_its_published_limit() {
    let (_server, clock, outliner) = limited();
    let document = outliner.document("Plan");
    outliner.good("/pref/set", json!({"key": "inbox_location", "value": document}));
    // (reference, "Rate limit policy" of each): at once, and seconds until one more.
    let policies = [
        ("/file/list", json!({}), 10, 10),
        ("/file/edit", json!({"changes": []}), 50, 1),
        ("/doc/read", json!({"file_id": document}), 100, 2),
        ("/doc/check_for_updates", json!({"file_ids": []}), 50, 1),
        ("/doc/edit", json!({"file_id": document, "changes": []}), 20, 1),
        ("/inbox/add", json!({}), 20, 1),
        ("/upload", json!({"filename": "a", "content_type": "b", "data": ""}), 5, 30),
        ("/pref/get", json!({"key": "inbox_location"}), 100, 1),
        ("/pref/set", json!({"key": "inbox_location", "value": document}), 100, 1),
    ];
    for (path, body, burst, seconds) in policies {
        clock.advance(3_600_000);
        for _ in 0..burst {
            outliner.good(path, body.clone());
        }
        let refused = outliner.ask(path, body.clone());
        assert_eq!((refused.status, &refused.json()["_code"]), (200, &json!("TooManyRequests")), "{path}");
        clock.advance(seconds * 1000 - 1);
        assert_eq!(outliner.code(path, body.clone()), "TooManyRequests", "{path}");
        clock.advance(1);
        outliner.good(path, body.clone());
        assert_eq!(outliner.code(path, body), "TooManyRequests", "{path}");
    }
}

#[test]
fn changes_of_a_document_have_a_limit_of_their_own_and_are_refused_whole() {
    let (_server, clock, outliner) = limited();
    let document = outliner.document("Plan");
    let edit = |count: usize| {
        let changes = vec![json!({"action": "insert", "parent_id": "root", "content": "x"}); count];
        outliner.ask("/doc/edit", json!({"file_id": document, "changes": changes})).json()
    };
    assert_eq!(edit(501)["_code"], "TooManyRequests", "more than there ever is room for");
    assert_eq!(edit(500)["_code"], "OK");
    assert_eq!(edit(1)["_code"], "TooManyRequests");
    assert_eq!(outliner.nodes(&document).len(), 501, "none of those that were too many");
    clock.advance(250);
    assert_eq!(edit(1)["_code"], "OK", "four a second");
    assert_eq!(edit(1)["_code"], "TooManyRequests");
    clock.advance(60_000);
    assert_eq!(edit(241)["_code"], "TooManyRequests");
    assert_eq!(edit(240)["_code"], "OK");
}

#[test]
fn who_guesses_tokens_is_slowed_down_and_who_has_one_is_not() {
    let clock = FixedClock::at(Instant::now());
    let ports = Ports::of(clock, Arc::new(SystemDice));
    let server = Server::start_with(ports, |settings| settings.rate_limits = Plan::Fair);
    let outliner = Outliner::of(&server);
    let wrong = outliner.with_token("teable_accGuess000000000_guessguessguessguess");
    let codes: Vec<String> = (0..105).map(|_| wrong.code("/file/list", json!({}))).collect();
    assert_eq!(codes.iter().filter(|code| *code == "InvalidToken").count(), 100);
    assert_eq!(codes[100..], ["TooManyRequests"; 5]);
    outliner.good("/file/list", json!({}));
}
