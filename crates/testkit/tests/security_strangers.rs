//! S30: what somebody may not know of is not found, with the very answer of what never was.

mod support;

use serde_json::{Value, json};
use support::people::{self, Person};
use support::routes::{self, Entry, Ids, Route};
use support::{Table, assert_refused};
use testkit::client::{Client, Reply};
use testkit::server::Server;

const KINDS: &[&str] = &[
    "space",
    "base",
    "table",
    "field",
    "record",
    "view",
    "token",
    "button",
    "trash",
    "user",
    "invitation",
    "base_invitation",
];

/// The owner's things, what the owner deleted, and a neighbour with things of their own.
struct World {
    server: Server,
    table: Table,
    theirs: Ids,
    deleted: Ids,
    neighbour: Person,
    cookie: String,
    own: Ids,
    own_table: Table,
}

fn world() -> World {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let mut theirs = Ids::of(&table, &server.space);
    let owner = people::owner(&server);
    let local = model::Actor::local(Some(owner));
    let (token, _) = server.engine.create_token(&local, people::named("theirs")).expect("a token");
    theirs.token = token.public_id;
    theirs = theirs.with_people(&server, &server.client(), "theirs");
    let deleted = deleted(&server, &theirs, &table);
    let (neighbour, space) = people::neighbour(&server, "neighbour");
    let base = neighbour.client.post("/api/base", &json!({"spaceId": space, "name": "Own"})).expect(201).text_at("/id");
    let own_table = Table::plain(&neighbour.client, &base);
    let mut own = Ids::of(&own_table, &space);
    let local = model::Actor::local(Some(neighbour.id));
    let (token, _) = server.engine.create_token(&local, people::named("own")).expect("a token");
    own.token = token.public_id;
    own = own.with_people(&server, &neighbour.client, "mine");
    let cookie = people::sign_in(&neighbour.client, &neighbour.email, &neighbour.password);
    World { server, table, theirs, deleted, neighbour, cookie, own, own_table }
}

/// One of each kind that the owner made and deleted.
fn deleted(server: &Server, theirs: &Ids, table: &Table) -> Ids {
    let client = server.client();
    let make = |path: &str, body: Value, gone: &str| {
        let id = client.post(path, &body).expect(201).text_at("/id");
        client.delete(&format!("{gone}/{id}")).expect(200);
        id
    };
    let record = table.create(&[json!({"Name": "gone"})]).remove(0);
    client.delete(&table.path(&format!("/record/{record}"))).expect(200);
    let back = table.create(&[json!({"Name": "back"})]).remove(0);
    client.delete(&table.path(&format!("/record/{back}"))).expect(200);
    let trash = format!("/api/trash/items?resourceType=table&resourceId={}", table.id);
    let trash = client.get(&trash).expect(200).text_at("/trashItems/0/id");
    client.send("POST", &format!("/api/trash/restore/{trash}"), &[], None).expect(201);
    let at = format!("/api/base/{}/table", theirs.base);
    let owner = model::Actor::local(Some(people::owner(server)));
    let (token, _) = server.engine.create_token(&owner, people::named("gone")).expect("a token");
    server.engine.delete_token(&owner, token.id).expect("deleted");
    Ids {
        space: make("/api/space", json!({"name": "Gone"}), "/api/space"),
        base: make("/api/base", json!({"spaceId": theirs.space, "name": "Gone"}), "/api/base"),
        field: make(&table.path("/field"), json!({"name": "Gone", "type": "number"}), &table.path("/field")),
        view: make(&table.path("/view"), json!({"name": "Gone", "type": "grid"}), &table.path("/view")),
        table: make(&at, json!({"name": "Gone", "records": []}), &at),
        record,
        anchor: theirs.anchor.clone(),
        token: token.public_id,
        button: make(&table.path("/field"), json!({"name": "Gone too", "type": "button"}), &table.path("/field")),
        user: gone_user(server),
        invitation: gone_invitation(&client, &format!("/api/space/{}/invitation/link", theirs.space)),
        code: theirs.code.clone(),
        base_invitation: gone_invitation(&client, &format!("/api/base/{}/invitation/link", theirs.base)),
        trash,
        files: theirs.files.clone(),
        upload: theirs.upload.clone(),
    }
}

/// Somebody who had an account.
fn gone_user(server: &Server) -> String {
    let person = people::stranger(server, "gone");
    let id = person.client.get("/api/auth/user").expect(200).text_at("/id");
    server.engine.delete_user(&people::local(), person.id).expect("deleted");
    id
}

/// An invitation that was made and ended.
fn gone_invitation(client: &Client, path: &str) -> String {
    let id = client.post(path, &json!({"role": "viewer"})).expect(201).text_at("/invitationId");
    client.delete(&format!("{path}/{id}")).expect(200);
    id
}

/// Ids that no one ever gave, in the place of these: of a database that never was, and of this one with a number far
/// above all.
fn never(like: &Ids) -> [Ids; 2] {
    let nowhere = |prefix: &str, digits: &str| format!("{prefix}qqqqqqqqqqqq{digits}");
    let far = |id: &str, digits: &str| format!("{}{digits}", &id[..15]);
    let outside = |prefix: &str| format!("{prefix}00000000000zzzzz");
    let one = Ids {
        space: outside("spc"),
        base: nowhere("bse", "000000000"),
        table: nowhere("tbl", "000000001"),
        field: nowhere("fld", "0004gfFC5"),
        record: nowhere("rec", "0004gfFC5"),
        view: nowhere("viw", "000000001"),
        anchor: like.anchor.clone(),
        token: "acczzzzzzzzzzzzzzzz".to_owned(),
        button: nowhere("fld", "0004gfFC6"),
        user: outside("usr"),
        invitation: outside("inv"),
        code: "0".repeat(64),
        base_invitation: outside("inv"),
        trash: nowhere("trs", "000000005"),
        files: like.files.clone(),
        upload: like.upload.clone(),
    };
    let two = Ids {
        space: outside("spc"),
        base: one.base.clone(),
        table: far(&like.table, "00000zzzz"),
        field: far(&like.field, "0004gzzzz"),
        record: far(&like.record, "0004gzzzz"),
        view: far(&like.view, "00000zzzz"),
        anchor: like.anchor.clone(),
        token: "acczzzzzzzzzzzzzzzy".to_owned(),
        button: far(&like.button, "0004gzzzy"),
        user: "usr9999999999999999".to_owned(),
        invitation: "inv9999999999999999".to_owned(),
        code: "f".repeat(64),
        base_invitation: "inv9999999999999999".to_owned(),
        trash: far(&like.trash, "0zzzzzzzz"),
        files: like.files.clone(),
        upload: like.upload.clone(),
    };
    [one, two]
}

/// An answer without what it must differ in: the ids that were asked for.
fn told(reply: &Reply, ids: &Ids) -> (u16, String) {
    let mut text = reply.text.clone();
    for id in [
        &ids.space,
        &ids.base,
        &ids.table,
        &ids.field,
        &ids.record,
        &ids.view,
        &ids.token,
        &ids.button,
        &ids.trash,
        &ids.user,
        &ids.invitation,
        &ids.base_invitation,
    ] {
        text = text.replace(id.as_str(), "ID");
    }
    (reply.status, text)
}

impl World {
    fn ask(&self, route: &Route, ids: &Ids) -> Reply {
        match route.entry {
            Entry::Session => route.ask_with(&self.neighbour.client.with_token(None), ids, &[("cookie", &self.cookie)]),
            Entry::Either | Entry::Open => route.ask(&self.neighbour.client, ids),
        }
    }

    /// Asks for what is foreign, deleted and never was, and wants one answer.
    #[track_caller]
    fn assert_alike(&self, route: &Route, what: &str, foreign: &Ids, others: &[Ids]) {
        let reply = self.ask(route, foreign);
        // What a view says of fields that are not there is kept and passed over.
        if !(route.is_at("view") && what == "field" && reply.status == 200) {
            assert_refused(&reply, &[400, 404]);
        }
        let expected = told(&reply, foreign);
        for other in others {
            let reply = self.ask(route, other);
            assert_eq!(
                told(&reply, other),
                expected,
                "{} {} ({what}): {foreign:?} and {other:?}",
                route.method,
                route.path
            );
        }
    }
}

#[test]
fn a_foreign_id_in_any_place_is_answered_like_one_that_never_was() {
    let world = world();
    let picture = routes::picture(&world.server.client(), &world.theirs);
    let own = routes::picture_of_data(&world.neighbour.client, &world.own);
    let never = never(&world.theirs);
    for route in routes::all().iter().filter(|route| route.entry != Entry::Open) {
        for kind in KINDS.iter().filter(|kind| route.names(kind)) {
            let with = |id: &str| {
                let mut ids = world.own.clone();
                *ids.get_mut(kind) = id.to_owned();
                ids
            };
            let [one, two] = never.clone().map(|mut ids| with(ids.get_mut(kind)));
            let foreign = with(world.theirs.clone().get_mut(kind));
            let deleted = with(world.deleted.clone().get_mut(kind));
            world.assert_alike(route, kind, &foreign, &[deleted, one, two]);
        }
    }
    assert_eq!(routes::picture(&world.server.client(), &world.theirs), picture);
    assert_eq!(routes::picture_of_data(&world.neighbour.client, &world.own), own, "a spoilt request changes nothing");
}

#[test]
fn foreign_ids_that_belong_together_are_answered_like_ones_that_never_were() {
    let world = world();
    let picture = routes::picture(&world.server.client(), &world.theirs);
    let [nowhere, far] = never(&world.theirs);
    for route in routes::all().iter().filter(|route| route.entry != Entry::Open) {
        if !KINDS.iter().any(|kind| route.is_at(kind)) {
            continue;
        }
        let gone = Ids { base: world.theirs.base.clone(), ..world.deleted.clone() };
        world.assert_alike(
            route,
            "all of it",
            &world.theirs,
            &[nowhere.clone(), far.clone(), world.deleted.clone(), gone],
        );
    }
    assert_eq!(routes::picture(&world.server.client(), &world.theirs), picture);
}

#[test]
fn ids_that_do_not_belong_to_their_parents_are_not_found() {
    let world = world();
    let second = Table::plain(&world.server.client(), &world.theirs.base);
    let other = Ids::of(&second, &world.theirs.space);
    let elsewhere = Table::plain(&world.server.client(), &world.server.new_base());
    let far = Ids::of(&elsewhere, &world.theirs.space);
    let owner = world.server.client();
    let before = [&world.theirs, &other, &far].map(|ids| routes::picture_of_data(&owner, ids));
    for route in routes::all().iter().filter(|route| route.entry == Entry::Either) {
        for kind in ["field", "record", "view"] {
            if !route.names(kind) {
                continue;
            }
            // Of another table of the base, and of another base: the owner may see both, but not here.
            for wrong in [&other, &far] {
                let mut ids = world.theirs.clone();
                *ids.get_mut(kind) = wrong.clone().get_mut(kind).clone();
                let reply = route.ask(&owner, &ids);
                if !(route.is_at("view") && kind == "field" && reply.status == 200) {
                    assert_refused(&reply, &[400, 404]);
                }
            }
        }
        if route.is_at("base") && route.is_at("table") {
            let ids = Ids { base: far.base.clone(), ..world.theirs.clone() };
            assert_refused(&route.ask(&owner, &ids), &[404]);
        }
    }
    let after = [&world.theirs, &other, &far].map(|ids| routes::picture_of_data(&owner, ids));
    assert_eq!(after, before);
}

#[test]
fn malformed_ids_are_answered_like_ones_that_never_were() {
    let world = world();
    let [never, _] = never(&world.own);
    for route in routes::all().iter().filter(|route| route.entry != Entry::Open) {
        for kind in KINDS.iter().filter(|kind| route.is_at(kind)) {
            let mut missing = world.own.clone();
            *missing.get_mut(kind) = never.clone().get_mut(kind).clone();
            let expected = told(&world.ask(route, &missing), &missing);
            let prefix = missing.get_mut(kind)[..3].to_owned();
            let long = format!("{prefix}{}", "9".repeat(300));
            let other_kind = world.own.clone().get_mut(if *kind == "space" { "token" } else { "space" }).clone();
            let shapes = ["x", "0", "-1", "null", "undefined", "%F0%9F%A6%80", &prefix, &long, &other_kind];
            for shape in shapes {
                let mut ids = world.own.clone();
                *ids.get_mut(kind) = shape.to_owned();
                let reply = world.ask(route, &ids);
                assert_eq!(reply.status, expected.0, "{} {} with {shape}: {}", route.method, route.path, reply.text);
                assert_eq!(
                    reply.json()["message"],
                    json_message(&expected.1),
                    "{} {} with {shape}",
                    route.method,
                    route.path
                );
            }
        }
    }
}

fn json_message(text: &str) -> Value {
    serde_json::from_str::<Value>(text).expect("JSON")["message"].clone()
}

#[test]
fn lists_show_nothing_of_others() {
    let world = world();
    let who: &Client = &world.neighbour.client;
    for path in ["/api/space", "/api/base/access/all"] {
        let text = who.get(path).expect(200).text;
        assert!(!text.contains(&world.theirs.space) && !text.contains(&world.theirs.base), "{text}");
    }
    let tokens =
        who.with_token(None).send("GET", "/api/access-token", &[("cookie", &world.cookie)], None).expect(200).text;
    assert!(tokens.contains(&world.own.token) && !tokens.contains(&world.theirs.token), "{tokens}");
}

#[test]
fn a_link_cannot_lead_into_a_foreign_base() {
    let world = world();
    let mut own = world.own_table.clone();
    let [never, _] = never(&world.theirs);
    let answers: Vec<(u16, String)> = [&world.theirs, &never, &world.deleted]
        .iter()
        .map(|ids| {
            let options = json!({"relationship": "manyMany", "foreignTableId": ids.table});
            told(&own.add_field(&json!({"name": "Spy", "type": "link", "options": options})), ids)
        })
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && matches!(answer.0, 400 | 404)), "{answers:?}");
    let options = json!({"relationship": "manyOne", "foreignTableId": own.id});
    own.add_field(&json!({"name": "Self", "type": "link", "options": options})).expect(201);
    let answers: Vec<(u16, String)> = [&world.theirs, &never, &world.deleted]
        .iter()
        .map(|ids| told(&own.update(&world.own.record, &json!({"Self": {"id": ids.record}})), ids))
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 400), "{answers:?}");
    let lookup = json!({"foreignTableId": world.theirs.table, "lookupFieldId": world.theirs.field, "linkFieldId": own.field("Self")});
    let reply =
        own.add_field(&json!({"name": "Look", "type": "singleLineText", "isLookup": true, "lookupOptions": lookup}));
    assert_refused(&reply, &[400, 404]);
}

#[test]
fn people_of_other_spaces_cannot_be_named() {
    let world = world();
    let mut own = world.own_table.clone();
    own.add_field(&json!({"name": "Who", "type": "user"})).expect(201);
    let owner = world.server.client().get("/api/auth/user").expect(200).text_at("/id");
    let reply = own.update(&world.own.record, &json!({"Who": {"id": owner}}));
    assert_refused(&reply, &[400]);
    for text in [testkit::server::EMAIL, &owner] {
        let body = json!({"record": {"fields": {"Who": text}}, "fieldKeyType": "name", "typecast": true});
        own.client.patch(&own.path(&format!("/record/{}", world.own.record)), &body).expect(200);
        let cell = own.cell(&world.own.record, "Who");
        assert_eq!(cell, Value::Null, "{text} tells who else is on the server");
    }
    assert_eq!(world.table.client.get(&world.table.path("/record")).expect(200).status, 200);
}

#[test]
fn a_token_bound_to_one_base_reaches_no_other() {
    let world = world();
    let second = Table::plain(&world.server.client(), &world.server.new_base());
    let other = Ids::of(&second, &world.theirs.space);
    let bound = people::bound(&world.server, &world.theirs.base);
    bound.get(&world.table.path("/record")).expect(200);
    let [never, _] = never(&other);
    for route in routes::all().iter().filter(|route| route.entry == Entry::Either) {
        if !["base", "table"].iter().any(|kind| route.is_at(kind)) {
            continue;
        }
        let (foreign, missing) = (route.ask(&bound, &other), route.ask(&bound, &never));
        assert_refused(&foreign, &[404]);
        assert_eq!(told(&foreign, &other), told(&missing, &never), "{}", route.name);
    }
    let list = bound.get("/api/base/access/all").expect(200).text;
    assert!(list.contains(&world.theirs.base) && !list.contains(&other.base), "{list}");
}
