//! The Ninox door against those who may not: every route with no, wrong, weak and foreign credentials.

mod support;

use model::{Ability, Role, TableId};
use serde_json::json;
use support::ninox::{self, Ids};
use support::people;
use testkit::client::Reply;
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

/// An answer without what it must differ in.
fn told(reply: &Reply, ids: &Ids) -> (u16, String) {
    (reply.status, reply.text.replace(&ids.database, "DATABASE").replace(&ids.team, "TEAM"))
}

#[test]
fn every_route_is_swept() {
    assert_eq!(ninox::unmatched(), [""; 0]);
}

#[test]
fn nobody_enters_without_a_key() {
    let server = Server::start();
    let ids = ninox::things(&server);
    let before = ids.picture(&server.client());
    let wrong = "c0da1580-1a26-11ec-ba4d-f9d8817e4f95";
    for route in ninox::all() {
        for token in [None, Some(wrong)] {
            let reply = route.ask(&server.client().with_token(token), &ids);
            assert_eq!(reply.status, 401, "{} {}: {}", route.method, route.path, reply.text);
            assert!(reply.json()["message"].is_string(), "{}", reply.text);
        }
    }
    assert_eq!(ids.picture(&server.client()), before);
}

#[test]
fn a_key_that_may_read_writes_nothing() {
    let server = Server::start();
    let ids = ninox::things(&server);
    let before = ids.picture(&server.client());
    let weak = people::scoped(&server, READS);
    for route in ninox::all() {
        let reply = route.ask(&weak, &ids);
        // There is no such file, as there is no picture in a text.
        let has_none = ["background.jpg", "thumb.jpg", "/reports/{reportId}/files/{file}"];
        let expected = match route.writes() {
            true => 403,
            false if has_none.iter().any(|end| route.path.ends_with(end)) => 404,
            false => 200,
        };
        assert_eq!(reply.status, expected, "{} {}: {}", route.method, route.path, reply.text);
    }
    assert_eq!(ids.picture(&server.client()), before);
}

#[test]
fn a_key_without_any_right_learns_nothing_of_records() {
    let server = Server::start();
    let ids = ninox::things(&server);
    let weak = people::scoped(&server, &[]);
    for route in ninox::all() {
        let reply = route.ask(&weak, &ids);
        assert_eq!(reply.status, 403, "{} {}: {}", route.method, route.path, reply.text);
        assert!(!reply.text.contains("kept"), "{}", reply.text);
    }
}

#[test]
fn what_is_foreign_is_answered_like_what_never_was() {
    let server = Server::start();
    let theirs = ninox::things(&server);
    let (neighbour, own) = ninox::neighbour(&server, "neighbour");
    let before = theirs.picture(&server.client());
    let gone = server.new_base();
    server.client().delete(&format!("/api/base/{gone}")).expect(200);
    let in_own = |database: &str| Ids { database: database.to_owned(), ..own.clone() };
    let elsewhere = |team: &str, database: &str| Ids { team: team.to_owned(), ..in_own(database) };
    let (never, no_team) = ("qqqqqqqqqqqq", "mAnyTonGue0zzzzzz");
    let pairs = [
        (in_own(&theirs.database), in_own(never)),
        (in_own(&gone[3..15]), in_own(never)),
        (theirs.clone(), elsewhere(no_team, never)),
        (elsewhere(&theirs.team, never), elsewhere(no_team, never)),
        (elsewhere(&theirs.team, &own.database), elsewhere(no_team, &own.database)),
        (in_own("x"), in_own(never)),
        (elsewhere("x", &own.database), elsewhere(no_team, &own.database)),
    ];
    for route in ninox::all().iter().filter(|route| route.is_of_database()) {
        for (foreign, missing) in &pairs {
            let (one, other) = (route.ask(&neighbour.client, foreign), route.ask(&neighbour.client, missing));
            assert_eq!(one.status, 404, "{} {}: {}", route.method, route.address(foreign), one.text);
            assert_eq!(told(&one, foreign), told(&other, missing), "{} {}", route.method, route.path);
        }
    }
    assert_eq!(theirs.picture(&server.client()), before);
    let list = neighbour.client.get("/v1/teams").expect(200).text;
    assert!(list.contains(&own.team) && !list.contains(&theirs.team), "{list}");
}

#[test]
fn malformed_tables_and_records_are_answered_like_ones_that_never_were() {
    let server = Server::start();
    let ids = ninox::things(&server);
    let before = ids.picture(&server.client());
    for route in ninox::all() {
        for (is_there, never) in
            [(route.path.contains("{tableId}"), "ZZ"), (route.path.contains("{recordId}"), "999999")]
        {
            if !is_there {
                continue;
            }
            let with = |id: &str| match never {
                "ZZ" => Ids { table: id.to_owned(), ..ids.clone() },
                _ => Ids { record: id.to_owned(), ..ids.clone() },
            };
            let expected = route.ask(&server.client(), &with(never));
            assert_eq!(expected.status, 404, "{} {}: {}", route.method, route.path, expected.text);
            for shape in ["x", "0", "-1", "null", "%F0%9F%A6%80", "AAAAAAAAAAAAAAAAAAAAAAA", "1e3", "4294967297"] {
                let reply = route.ask(&server.client(), &with(shape));
                assert_eq!(
                    (reply.status, &reply.text),
                    (expected.status, &expected.text),
                    "{} with {shape}",
                    route.path
                );
            }
        }
    }
    assert_eq!(ids.picture(&server.client()), before);
}

#[test]
fn a_hidden_table_is_nowhere() {
    let server = Server::start();
    let base = server.new_base();
    let ids = Ids::make(&server.client(), &server.space, &base);
    let schema =
        json!({"types": {"B": {"caption": "Wages", "fields": {"A": {"base": "string", "caption": "Secret"}}}}});
    server.client().patch(&ids.at("/schema"), &schema).expect(200);
    server.client().post(&ids.at("/tables/B/records"), &json!({"fields": {"Secret": "zz-alpha"}})).expect(200);
    let clerk = people::member(&server, "clerk", &base, Role::Edit);
    people::give_on_table(&server, &clerk, &base, TableId(2), Role::None);
    let (hidden, never) = (Ids { table: "B".to_owned(), ..ids.clone() }, Ids { table: "C".to_owned(), ..ids.clone() });
    let named = Ids { table: "Wages".to_owned(), ..ids.clone() };
    for route in ninox::all().iter().filter(|route| route.is_of_database()) {
        if route.path.contains("{tableId}") {
            let expected = told(&route.ask(&clerk.client, &never), &never);
            assert_eq!(expected.0, 404, "{} {}", route.method, route.path);
            assert_eq!(told(&route.ask(&clerk.client, &hidden), &hidden), expected, "{} {}", route.method, route.path);
            assert_eq!(told(&route.ask(&clerk.client, &named), &named), expected, "{} {}", route.method, route.path);
        } else if !route.writes() {
            let reply = route.ask(&clerk.client, &ids);
            assert!(
                !reply.text.contains("Wages") && !reply.text.contains("zz-alpha"),
                "{}: {}",
                route.path,
                reply.text
            );
            assert!(!reply.text.contains("\"B1\""), "{}: {}", route.path, reply.text);
        }
    }
}

#[test]
fn a_key_of_one_database_finds_it_from_the_teams_down() {
    let server = Server::start();
    let base = server.new_base();
    let ids = Ids::make(&server.client(), &server.space, &base);
    let bound = people::bound(&server, &base);
    let teams = bound.get("/v1/teams").expect(200).json();
    assert_eq!(teams[0]["id"], ids.team.as_str(), "{teams}");
    let databases = bound.get(&format!("/v1/teams/{}/databases", ids.team)).expect(200).json();
    assert_eq!(databases, json!([{"id": ids.database, "name": "Test"}]));
    bound.get(&ids.at("/tables/Things/records")).expect(200);
}
