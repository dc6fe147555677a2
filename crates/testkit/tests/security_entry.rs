//! S31, S32: every route asks who comes, every route asks what they may, and none forgets.

mod support;

use model::{Ability, Role};
use serde_json::json;
use support::people::{self, Person};
use support::routes::{self, Effect, Entry, Ids, Route};
use support::{Table, assert_refused};
use testkit::client::{Client, Reply};
use testkit::server::{EMAIL, PASSWORD, Server, TOKEN};

/// The scope words of what is in a base, and of spaces; each the only one for its ability.
const WORDS: &[&str] = &[
    "space|create",
    "space|read",
    "space|update",
    "space|delete",
    "space|grant_role",
    "space|invite_email",
    "space|invite_link",
    "base|create",
    "base|read",
    "base|update",
    "base|delete",
    "base|invite_email",
    "base|invite_link",
    "table|create",
    "table|read",
    "table|update",
    "table|delete",
    "table|import",
    "table|export",
    "view|create",
    "view|read",
    "view|update",
    "view|delete",
    "field|create",
    "field|read",
    "field|update",
    "field|delete",
    "record|create",
    "record|read",
    "record|update",
    "record|delete",
    "table_record_history|read",
    "automation|read",
    "automation|update",
    "table|trash_read",
    "table|trash_update",
];

struct World {
    server: Server,
    table: Table,
    ids: Ids,
}

fn world() -> World {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let ids = Ids::of(&table, &server.space).with_people(&server, &server.client(), "member");
    World { server, table, ids }
}

/// The routes about something in a space or base, as opposed to those about the asker.
fn about_things() -> Vec<Route> {
    routes::all().into_iter().filter(|route| route.entry == Entry::Either).collect()
}

fn is_step(route: &Route) -> bool {
    route.path.contains("/undo-redo/")
}

#[test]
fn no_route_is_without_a_row() {
    assert_eq!(routes::without_row(), [""; 0], "give each new route a row in support/routes.rs");
    assert_eq!(routes::without_route(), [""; 0]);
    let routes = routes::all();
    assert!(routes.len() > 60, "{}", routes.len());
    assert!(
        routes.iter().all(|route| !route.needs.is_empty() || route.effect == Effect::Reads),
        "a write needs a right"
    );
}

#[test]
fn every_route_succeeds_for_the_owner() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let token = world.server.client().with_token(None);
    let made = token.send(
        "POST",
        "/api/access-token",
        &[("cookie", &cookie)],
        Some(json!({"name": "t", "scopes": ["record|read"], "expiredTime": "2099-01-01"}).to_string()),
    );
    let mut ids = Ids { token: made.expect(201).text_at("/id"), ..world.ids.clone() };
    for route in routes::all().into_iter().filter(|route| route.entry != Entry::Open) {
        if route.effect == Effect::Ends && route.is_at("table") {
            // What was ended by the route before must be there again.
            let table = Table::plain(&world.server.client(), &ids.base);
            let people = ids.clone();
            ids = Ids {
                token: people.token,
                user: people.user,
                invitation: people.invitation,
                code: people.code,
                base_invitation: people.base_invitation,
                ..Ids::of(&table, &ids.space)
            };
            table.client.post(&table.path("/view"), &json!({"name": "Second", "type": "grid"})).expect(201);
        }
        let reply = match route.entry {
            Entry::Session => route.ask_with(&token, &ids, &[("cookie", &cookie)]),
            Entry::Either | Entry::Open => route.ask(&world.server.client(), &ids),
        };
        assert!(reply.status < 300, "{}: {} {}", route.name, reply.status, reply.text);
    }
}

#[test]
fn every_route_refuses_whoever_shows_nothing_valid() {
    let world = world();
    let owner = people::owner(&world.server);
    let revoked = people::token_of(&world.server, owner, people::named("revoked"));
    let actor = model::Actor::local(Some(owner));
    let token = world.server.engine.list_tokens(&actor).expect("tokens").into_iter().find(|t| t.name == "revoked");
    let before = world.server.client().with_token(Some(&revoked)).get("/api/auth/user");
    assert_eq!(before.status, 200, "it was good once: {}", before.text);
    world.server.engine.delete_token(&actor, token.expect("the token").id).expect("revoked");
    let suspended = people::stranger(&world.server, "suspended");
    let patch = engine::access::AccountPatch { suspended: Some(true), ..Default::default() };
    world.server.engine.update_user(&people::local(), suspended.id, patch).expect("suspended");
    let expired = people::expired(&world.server, owner);
    let longer = format!("{TOKEN}x");
    let nul = TOKEN.replace('s', "%00");
    let (shorter, upper, long) = (&TOKEN[..TOKEN.len() - 1], TOKEN.to_uppercase(), "x".repeat(5_000));
    let shown: Vec<Option<&str>> = vec![
        None,
        Some("garbage"),
        Some(&expired),
        Some(&revoked),
        Some(&suspended.token),
        Some(&longer),
        Some(shorter),
        Some(&upper),
        Some(&nul),
        Some(&long),
        Some("null"),
        Some("' OR 1=1 --"),
        Some("teable_acc_"),
    ];
    let picture = routes::picture(&world.server.client(), &world.ids);
    let nowhere = Ids {
        base: "bseaaaaaaaaaaaa000000000".to_owned(),
        table: "tblaaaaaaaaaaaa000000001".to_owned(),
        ..world.ids.clone()
    };
    for route in routes::all().into_iter().filter(|route| route.entry != Entry::Open) {
        for token in &shown {
            let client = world.server.client().with_token(*token);
            let reply = route.ask(&client, &world.ids);
            assert_eq!(reply.status, 401, "{} with {token:?}: {}", route.name, reply.text);
            assert_refused(&reply, &[401]);
            assert_eq!(
                reply.text,
                route.ask(&client, &nowhere).text,
                "{}: whether it is there, is not told",
                route.name
            );
        }
        let client = world.server.client().with_token(None);
        for header in
            [("cookie", "manytongue_session=guess"), ("authorization", "Basic b3duZXI6eA=="), ("x-api-key", TOKEN)]
        {
            let reply = route.ask_with(&client, &world.ids, &[header]);
            assert_eq!(reply.status, 401, "{} with {header:?}: {}", route.name, reply.text);
        }
        let join = if route.address(&world.ids).contains('?') { '&' } else { '?' };
        let path = format!("{}{join}access_token={TOKEN}&token={TOKEN}", route.address(&world.ids));
        let reply = client.send(route.method, &path, &[], route.body(&world.ids));
        assert_eq!(reply.status, 401, "{}: a token in the address is none", route.name);
    }
    assert_eq!(routes::picture(&world.server.client(), &world.ids), picture);
}

#[test]
fn a_session_does_not_count_when_another_site_sends_it() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let picture = routes::picture(&world.server.client(), &world.ids);
    let client = world.server.client().with_token(None);
    for route in routes::all() {
        if route.entry == Entry::Open || route.effect == Effect::Reads {
            continue;
        }
        for site in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
        {
            for kind in ["application/json", "text/plain"] {
                let headers = [("cookie", cookie.as_str()), site, ("content-type", kind)];
                let reply = route.ask_with(&client, &world.ids, &headers);
                assert_eq!(reply.status, 401, "{} from {site:?}: {}", route.name, reply.text);
            }
        }
    }
    assert_eq!(routes::picture(&world.server.client(), &world.ids), picture);
}

#[test]
fn no_scope_lets_a_token_manage_tokens() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let token = people::token_of_words(&world.server.client(), &cookie, WORDS);
    let bound = people::bound(&world.server, &world.ids.base);
    let all_words = world.server.client().with_token(Some(&token));
    for route in routes::all().into_iter().filter(|route| route.path.starts_with("/access-token")) {
        assert_refused(&route.ask(&all_words, &world.ids), &[403]);
    }
    // Nor does a token make one that reaches further or lasts longer than itself.
    let wider = json!({"name": "wider", "scopes": [], "hasFullAccess": true, "expiredTime": "2099-01-01"});
    assert_refused(&bound.post("/api/access-token", &wider), &[403]);
}

/// Whether the route changes something in the base, so that a reader must not. Clicking a button is for readers: what it
/// may is told in `security_buttons.rs`.
fn changes_the_base(route: &Route) -> bool {
    let in_base = ["base", "table"].iter().any(|kind| route.is_at(kind));
    in_base && route.effect != Effect::Reads && route.name != "click button"
}

fn assert_cannot_write(world: &World, who: &Client) {
    let picture = routes::picture(&world.server.client(), &world.ids);
    for route in about_things().iter().filter(|route| changes_the_base(route)) {
        let reply = route.ask_with(who, &world.ids, &[("x-window-id", "winReader")]);
        if is_step(route) && reply.status < 300 {
            assert_eq!(reply.text_at("/status"), "empty", "{}", route.name);
        } else {
            assert_eq!(reply.status, 403, "{}: {}", route.name, reply.text);
            assert_refused(&reply, &[403]);
        }
    }
    assert_eq!(routes::picture(&world.server.client(), &world.ids), picture);
}

#[test]
fn a_reader_writes_through_no_route() {
    let world = world();
    for role in [Role::Read, Role::Comment] {
        let reader = people::member(&world.server, &format!("{role:?}"), &world.ids.base, role);
        assert_eq!(
            reader.client.get(&world.table.path("/record")).expect(200).json()["records"].as_array().map(Vec::len),
            Some(2)
        );
        assert_cannot_write(&world, &reader.client);
    }
}

#[test]
fn a_token_that_may_only_read_writes_through_no_route() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let reading = [
        "space|read",
        "base|read",
        "table|read",
        "view|read",
        "field|read",
        "record|read",
        "table_record_history|read",
    ];
    let token = people::token_of_words(&world.server.client(), &cookie, &reading);
    let who = world.server.client().with_token(Some(&token));
    who.get(&world.table.path("/record")).expect(200);
    assert_cannot_write(&world, &who);
    assert_refused(&who.post("/api/space", &json!({"name": "x"})), &[403]);
    assert_refused(&who.post("/api/base", &json!({"spaceId": world.ids.space, "name": "x"})), &[403]);
}

#[test]
fn an_editor_does_not_touch_tables_fields_and_bases() {
    let world = world();
    let editor = people::member(&world.server, "editor", &world.ids.base, Role::Edit);
    let picture = routes::picture(&world.server.client(), &world.ids);
    let of_owners =
        ["base|", "table|create", "table|update", "table|delete", "field|create", "field|update", "field|delete"];
    for route in about_things().iter().filter(|route| changes_the_base(route)) {
        if of_owners.iter().any(|word| route.needs.contains(word)) {
            let reply = route.ask(&editor.client, &world.ids);
            assert_eq!(reply.status, 403, "{}: {}", route.name, reply.text);
        }
    }
    assert_eq!(routes::picture(&world.server.client(), &world.ids), picture);
}

#[test]
fn each_route_wants_exactly_the_scopes_it_names() {
    let world = world();
    let cookie = people::sign_in(&world.server.client(), EMAIL, PASSWORD);
    let client = world.server.client();
    let with = |words: &[&str]| client.with_token(Some(&people::token_of_words(&client, &cookie, words)));
    let all_but: Vec<(&str, Client)> = WORDS
        .iter()
        .map(|word| {
            let rest: Vec<&str> = WORDS.iter().copied().filter(|other| other != word).collect();
            (*word, with(&rest))
        })
        .collect();
    let mut wrong = Vec::new();
    for route in about_things() {
        let needs: Vec<&str> = route.needs.split(", ").filter(|word| word.contains('|')).collect();
        for need in &needs {
            let (_, client) =
                all_but.iter().find(|(word, _)| word == need).unwrap_or_else(|| panic!("a new word: {need}"));
            let reply = route.ask(client, &world.ids);
            if reply.status != 403 {
                wrong.push(format!("{} without {need}: {} {}", route.name, reply.status, reply.text));
            }
        }
        if route.effect == Effect::Ends || needs.is_empty() {
            continue;
        }
        let reply = route.ask(&with(&needs), &world.ids);
        if reply.status >= 300 {
            wrong.push(format!("{} with only {needs:?}: {} {}", route.name, reply.status, reply.text));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_token_that_may_read_records_cannot_make_fields_in_any_roundabout_way() {
    let world = world();
    let who = people::scoped(&world.server, &[Ability::RecordRead, Ability::RecordUpdate, Ability::FieldRead]);
    let (path, table) = (world.table.path("/field"), &world.table);
    assert_refused(&who.post(&path, &json!({"name": "x", "type": "number"})), &[403]);
    let convert = table.path(&format!("/field/{}/convert", table.field("Color")));
    assert_refused(&who.put(&convert, &json!({"type": "singleLineText"})), &[403]);
    let create = json!({"name": "x", "fields": [{"name": "N", "type": "number"}]});
    assert_refused(&who.post(&format!("/api/base/{}/table/", table.base), &create), &[403]);
    let copy = who.post(&format!("/api/base/{}/table/{}/duplicate", table.base, table.id), &json!({"name": "x"}));
    assert_refused(&copy, &[403]);
    // What is in a new table is its maker's own, but the other side of a link is in a table of others.
    let makes_tables = people::scoped(&world.server, &[Ability::TableCreate, Ability::TableRead]);
    let link =
        json!({"name": "L", "type": "link", "options": {"relationship": "manyMany", "foreignTableId": table.id}});
    let body = json!({"name": "x", "fields": [{"name": "N", "type": "singleLineText"}, link], "records": []});
    let before = world.server.client().get(&path).expect(200).text;
    let reply: Reply = makes_tables.post(&format!("/api/base/{}/table/", table.base), &body);
    assert_eq!(world.server.client().get(&path).expect(200).text, before, "{}", reply.text);
    assert_refused(&reply, &[403]);
    let tables = world.server.client().get(&format!("/api/base/{}/table", table.base)).expect(200).json();
    assert_eq!(tables.as_array().map(Vec::len), Some(1));
}

#[test]
fn undo_needs_the_rights_of_what_it_does() {
    let world = world();
    let editor: Person = people::member(&world.server, "editor", &world.ids.base, Role::Edit);
    let mine = Table { client: editor.client.clone(), ..world.table.clone() };
    let body = json!({"record": {"fields": {"Name": "by the editor"}}, "fieldKeyType": "name"});
    mine.as_window("winE", "PATCH", &format!("/record/{}", world.ids.record), Some(body)).expect(200);
    let undo =
        |client: &Client| client.send("POST", &world.table.path("/undo-redo/undo"), &[("x-window-id", "winE")], None);
    // The owner's window of the same name is another one.
    assert_eq!(undo(&world.server.client()).expect(201).text_at("/status"), "empty");
    people::give(&world.server, &editor, &world.ids.base, Role::Read);
    assert_refused(&undo(&editor.client), &[403]);
    assert_eq!(world.table.cell(&world.ids.record, "Name"), json!("by the editor"));
    people::give(&world.server, &editor, &world.ids.base, Role::Edit);
    let weak =
        engine::access::NewToken { abilities: model::AbilitySet::of([Ability::RecordRead]), ..people::named("weak") };
    let weak = world.server.client().with_token(Some(&people::token_of(&world.server, editor.id, weak)));
    assert_refused(&undo(&weak), &[403]);
    assert_eq!(undo(&editor.client).expect(201).text_at("/status"), "fulfilled");
    assert_eq!(world.table.cell(&world.ids.record, "Name"), json!("kept"));
}

#[test]
fn a_role_on_one_table_counts_there_and_in_no_roundabout_way() {
    let world = world();
    let other = Table::plain(&world.server.client(), &world.ids.base);
    let secret = other.create(&[json!({"Name": "of the other table"})]).remove(0);
    let manager = people::member(&world.server, "manager", &world.ids.base, Role::Manage);
    let (number, _) = people::numbers(other.field("Name"));
    let mine = Table { client: manager.client.clone(), ..world.table.clone() };
    let shown = |table: &Table| table.client.get(&table.path("/field")).expect(200).json().as_array().map(Vec::len);
    let link = |name: &str| json!({"name": name, "type": "link", "options": {"relationship": "manyMany", "foreignTableId": other.id}});
    people::give_on_table(&world.server, &manager, &world.ids.base, number, Role::Read);
    for (rest, body) in
        [("/field", json!({"name": "x", "type": "number"})), ("/record", json!({"records": [{"fields": {}}]}))]
    {
        assert_refused(&manager.client.post(&other.path(rest), &body), &[403]);
    }
    // The other side of a link is a field of the table that the manager may only read.
    let reply = manager.client.post(&mine.path("/field"), &link("Over there"));
    assert_eq!((reply.status, shown(&other)), (403, Some(5)), "{}", reply.text);
    people::give_on_table(&world.server, &manager, &world.ids.base, number, Role::None);
    let nowhere = json!({"name": "y", "type": "link", "options": {"relationship": "manyMany", "foreignTableId": "tblaaaaaaaaaaaa000000001"}});
    let (hidden, never) =
        (manager.client.post(&mine.path("/field"), &link("y")), manager.client.post(&mine.path("/field"), &nowhere));
    assert_refused(&hidden, &[400, 404]);
    assert_eq!(hidden.text.replace(&other.id, "ID"), never.text.replace("tblaaaaaaaaaaaa000000001", "ID"));
    for rest in ["/record", "/field", "/view", "/record/history", &format!("/record/{secret}")] {
        assert_refused(&manager.client.get(&other.path(rest)), &[404]);
    }
    let tables = manager.client.get(&format!("/api/base/{}/table", world.ids.base)).expect(200).text;
    assert!(tables.contains(&mine.id) && !tables.contains(&other.id), "{tables}");
}
