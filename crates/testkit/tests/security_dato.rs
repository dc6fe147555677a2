//! The DatoCMS door against those who may not: every route with no, wrong, weak and foreign tokens (S30, S31, S32, S35),
//! unique values under many writers, and bodies that nobody meant.

mod support;

use model::Ability;
use serde_json::{Value, json};
use support::HOSTILE;
use support::dato::{Site, attribute_faults, data, token};
use support::dato_routes::{self, Ids, picture};
use support::people;
use testkit::server::Server;

/// Abilities that read, and none that writes.
const READS: &[Ability] = &[
    Ability::WorkspaceRead,
    Ability::DatabaseRead,
    Ability::TableRead,
    Ability::FieldRead,
    Ability::ViewRead,
    Ability::RecordRead,
];

fn code(answer: &Value) -> &str {
    answer["data"][0]["attributes"]["code"].as_str().unwrap_or_default()
}

#[test]
fn every_route_is_swept() {
    assert_eq!(dato_routes::unmatched(), [""; 0]);
}

#[test]
fn nobody_enters_without_a_token_and_one_that_reads_writes_nothing() {
    let server = Server::start();
    let site = Site::new(&server);
    let ids = Ids::make(&site);
    let before = picture(&site);
    let reader = site.reader(&server);
    for route in dato_routes::all() {
        for (token, expected) in [(None, "INVALID_SITE"), (Some("guess"), "INVALID_AUTHORIZATION_HEADER")] {
            let reply = route.ask(&site.client.with_token(token), "", &ids);
            assert_eq!((reply.status, code(&reply.json())), (401, expected), "{route:?}: {}", reply.text);
        }
        let reply = route.ask(&reader, "", &ids);
        let expected = if route.writes() { 403 } else { 200 };
        assert_eq!(reply.status, expected, "{route:?}: {}", reply.text);
        assert!(!reply.text.contains("token\":\""), "{}", reply.text);
    }
    assert_eq!(picture(&site), before);
}

#[test]
fn a_token_without_any_right_learns_nothing() {
    let server = Server::start();
    let site = Site::new(&server);
    let ids = Ids::make(&site);
    let before = picture(&site);
    let weak = people::scoped(&server, &[]);
    let prefix = format!("/dato/{}", site.key);
    for route in dato_routes::all() {
        let reply = route.ask(&weak, &prefix, &ids);
        assert_eq!(reply.status, 403, "{route:?}: {}", reply.text);
        assert!(!reply.text.contains("kept"), "{}", reply.text);
    }
    assert_eq!(picture(&site), before);
}

#[test]
fn what_is_foreign_is_answered_like_what_never_was() {
    let server = Server::start();
    let (theirs, own) = (Site::new(&server), Site::new(&server));
    let (their_ids, nothing) = (Ids::make(&theirs), Ids::nothing());
    Ids::make(&own);
    let before = (picture(&theirs), picture(&own));
    let (there, nowhere) = (format!("/dato/{}", theirs.key), "/dato/qqqqqqqqqqqq".to_owned());
    for route in dato_routes::all() {
        let (one, other) = (route.ask(&own.client, &there, &their_ids), route.ask(&own.client, &nowhere, &their_ids));
        assert_eq!((one.status, one.json()), (404, other.json()), "{route:?}");
        if route.names_something() {
            let reply = route.ask(&own.client, "", &nothing);
            assert_eq!((reply.status, code(&reply.json())), (404, "NOT_FOUND"), "{route:?}: {}", reply.text);
        }
    }
    assert_eq!((picture(&theirs), picture(&own)), before);
    // A database that is deleted is one that never was.
    server.client().delete(&format!("/api/base/{}", theirs.base)).expect(200);
    assert_eq!(own.client.get(&format!("{there}/site")).status, 404);
}

#[test]
fn scopes_of_other_doors_are_not_widened_here() {
    let server = Server::start();
    let site = Site::new(&server);
    let ids = Ids::make(&site);
    let only_records = json!({"scopes": ["base|read", "table|read", "record|read", "record|create", "record|update"]});
    let writer = site.client.with_token(Some(&token(&server, &site.base, only_records)));
    writer.put("/site", &data("site", json!({"theme_hue": 3}), None)).expect(403);
    writer.put(&format!("/fields/{}", ids.field), &data("field", json!({"hint": "x"}), None)).expect(403);
    writer.delete(&format!("/items/{}", ids.item)).expect(403);
    writer.put(&format!("/items/{}", ids.item), &data("item", json!({"title": "x"}), None)).expect(200);
    let shown = writer.get("/site").expect(200).json();
    for secret in ["readonly_token", "readwrite_token", "webhook_url", "deploy_settings"] {
        assert_eq!(shown["data"]["attributes"].get(secret), None, "{secret} is for whoever manages the site");
    }
    let reads = people::scoped(&server, READS);
    let prefix = format!("/dato/{}", site.key);
    reads.post(&format!("{prefix}/item-types"), &data("item_type", json!({"name": "a", "api_key": "a"}), None)).expect(403);
    // A field that is hidden from somebody is neither shown, searched nor written.
    let hidden = site.field(&ids.item_type, "secret", "string", json!({}));
    site.put(&format!("/items/{}", ids.item), "item", json!({"secret": "needle"}));
    let person = people::stranger(&server, "guest");
    let place = people::place_of(&site.base);
    server.engine.set_collaborator(&people::local(), place, person.id, model::Role::Edit).expect("a role");
    let (table, field) = dato::names::read_field(&hidden).expect("a field");
    let part = engine::access::Part::Field(table, field);
    let database = model::DatabaseKey::parse(&site.key).expect("a key");
    server.engine.set_part_role(&people::local(), database, part, person.id, model::Role::None).expect("a role");
    let guest = |path: &str| person.client.get(&format!("{prefix}{path}")).expect(200).json();
    assert_eq!(guest(&format!("/items/{}", ids.item))["data"]["attributes"].get("secret"), None);
    assert_eq!(guest("/items?filter[query]=needle")["meta"]["total_count"], 0);
    assert_eq!(guest("/items?filter[query]=needle&filter[type]=post")["meta"]["total_count"], 0);
    assert_eq!(guest("/item-types/post/fields")["data"].as_array().map(Vec::len), Some(1));
    person.client.get(&format!("{prefix}/fields/{hidden}")).expect(404);
    let write = data("item", json!({"secret": "x"}), None);
    let refused = person.client.put(&format!("{prefix}/items/{}", ids.item), &write).expect(422).json();
    assert_eq!(attribute_faults(&refused)[0].0, "secret");
    assert_eq!(site.get("/items?filter[query]=needle")["meta"]["total_count"], 1, "there is something to find");
}

#[test]
fn of_many_writers_of_one_value_one_wins() {
    let server = Server::start();
    let site = Site::new(&server);
    let post = site.item_type("post", json!({}));
    site.field(&post, "slug", "slug", json!({"validators": {"unique": {}}}));
    let body = site.new_item(&post, json!({"slug": "same"}));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..16).map(|_| scope.spawn(|| site.client.post("/items", &body).status)).collect();
        asked.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 422].contains(status)), "{statuses:?}");
    // The vendor's tool renames all at once; here they would all be one.
    let items: Vec<String> = (0..8).map(|n| site.item(&post, json!({"slug": format!("s{n}")}))).collect();
    let change = data("item", json!({"slug": "one"}), None);
    let won = std::thread::scope(|scope| {
        let put = |item: &String| site.client.put(&format!("/items/{item}"), &change).status;
        let asked: Vec<_> = items.iter().map(|item| scope.spawn(move || put(item))).collect();
        asked.into_iter().map(|one| one.join().expect("an answer")).filter(|status| *status == 200).count()
    });
    assert_eq!(won, 1);
}

#[test]
fn hostile_texts_are_kept_as_they_are_and_malformed_bodies_write_nothing() {
    let server = Server::start();
    let site = Site::new(&server);
    let ids = Ids::make(&site);
    for text in HOSTILE {
        if text.contains('\0') {
            continue;
        }
        let item = site.item(&ids.item_type, json!({ "title": text }));
        assert_eq!(site.attributes(&item)["title"], json!(text));
        let query = testkit::client::encode(text);
        for path in [
            format!("/items?filter[query]={query}"),
            format!("/items?filter[ids]={query}"),
            format!("/items?filter[type]={query}"),
            format!("/items?page[limit]={query}"),
            format!("/item-types/{query}"),
            format!("/fields/{query}"),
            format!("/items/{query}"),
            format!("/menu-items/{query}"),
            format!("/site?include={query}"),
        ] {
            let reply = site.client.get(&path);
            assert!(reply.status < 500, "{path}: {}", reply.text);
        }
    }
    let before = picture(&site);
    let deep = format!("{{\"data\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let bodies = ["", "{", "[]", "null", "3", r#"{"data":null}"#, r#"{"data":{"attributes":3}}"#, deep.as_str()];
    for route in dato_routes::all().iter().filter(|route| ["POST", "PUT"].contains(&route.method)) {
        for body in bodies {
            let path = route.path.replace("{item_type_id}", &ids.item_type).replace("{field_id}", &ids.field);
            let path = path.replace("{item_id}", &ids.item).replace("{menu_item_id}", &ids.menu_item);
            let reply = site.client.send(route.method, &path, &[("connection", "close")], Some(body.to_owned()));
            assert!([400, 422].contains(&reply.status), "{path} {body}: {} {}", reply.status, reply.text);
            assert!(!code(&reply.json()).is_empty(), "{}", reply.text);
        }
    }
    assert_eq!(picture(&site), before);
}
