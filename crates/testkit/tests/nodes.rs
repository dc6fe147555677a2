//! Two servers on one PostgreSQL: whatever one of them answered is so for the next request to the other.

mod support;

use engine::access::NewToken;
use model::{Ability, AbilitySet, Role, Seq};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Table, log, people, text};
use testkit::client::Client;
use testkit::server::Server;

/// How often the same is tried.
const ROUNDS: usize = 25;

/// Two nodes and a table of the first; none when the run is not about PostgreSQL.
fn nodes() -> Option<(Server, Server, Table)> {
    let one = testbed::on_postgres().then(Server::start)?;
    let two = one.second();
    let table = Table::plain(&one.client(), &one.new_base());
    Some((one, two, table))
}

/// The same table, asked for at another node.
fn at(server: &Server, table: &Table) -> Table {
    Table { client: server.client(), ..table.clone() }
}

/// Runs work while clients of both nodes read and write the table.
fn under_load<T>(tables: [&Table; 2], work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for table in tables {
            let over = &over;
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    // A request may lose its table or field on the way, but nothing may break.
                    let made = table.try_create(&[json!({"Name": "load"})], &json!({}));
                    let listed = table.list(&[("take", "20")]);
                    assert!(made.status < 500 && listed.status < 500, "{} {}", made.text, listed.text);
                }
            });
        }
        let _ends = Ends(&over);
        work()
    })
}

/// Ends the load also when the work panics.
struct Ends<'o>(&'o AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_change_of_the_schema_is_seen_by_the_next_request_to_the_other_node() {
    let Some((one, two, table)) = nodes() else { return };
    let (here, there) = (at(&one, &table), at(&two, &table));
    under_load([&here, &there], || {
        for round in 0..ROUNDS {
            // Each node changes in turn, and the other is asked.
            let (mut changes, asked) = match round % 2 {
                0 => (here.clone(), there.clone()),
                _ => (there.clone(), here.clone()),
            };
            let name = format!("Extra {round}");
            let field = changes.add_field(&json!({"name": name, "type": "singleLineText"})).expect(201).text_at("/id");
            let id = asked.create(&[json!({"Name": "seen", &name: "7"})]).remove(0);
            assert_eq!(asked.cell(&id, &name), json!("7"));

            let path = changes.path(&format!("/field/{field}"));
            changes.client.put(&format!("{path}/convert"), &json!({"type": "number"})).expect(200);
            assert_eq!(asked.cell(&id, &name), json!(7), "converted");
            asked.update(&id, &json!({&name: 8})).expect(200);
            assert_eq!(asked.found(&field, "isGreater", &json!(7)), ["seen"]);

            let renamed = format!("Renamed {round}");
            changes.client.patch(&path, &json!({"name": renamed})).expect(200);
            assert_eq!(asked.cell(&id, &renamed), json!(8));
            changes.client.delete(&path).expect(200);
            let listed = asked.get(&id).expect(200).json();
            assert!(listed["fields"].get(&renamed).is_none(), "{listed}");
            assert_eq!(asked.update(&id, &json!({&renamed: 9})).status, 404, "a deleted field is not written");

            let title = format!("Table {round}");
            let made = Table::make(&changes.client, &changes.base, &title, &json!([{"name": "A", "type": "number"}]));
            let other = Table { client: asked.client.clone(), ..made.clone() };
            other.create(&[json!({"A": round})]);
            assert_eq!(made.all().len(), 1);
            let of_base = format!("/api/base/{}/table/{}", table.base, made.id);
            changes.client.put(&format!("{of_base}/name"), &json!({"name": format!("{title} new")})).expect(200);
            assert_eq!(asked.client.get(&of_base).expect(200).text_at("/name"), format!("{title} new"));
            changes.client.delete(&of_base).expect(200);
            assert_eq!(other.try_create(&[json!({"A": 1})], &json!({})).status, 404);
            assert_eq!(other.list(&[]).status, 404);
        }
    });
    assert_eq!(one.engine.store().check(), Vec::<String>::new());
}

#[test]
fn each_of_a_crowd_gets_the_record_it_asked_for_as_the_other_node_left_it() {
    const CROWD: usize = 12;
    let Some((one, two, table)) = nodes() else { return };
    let (here, there) = (at(&one, &table), at(&two, &table));
    let names: Vec<String> = (0..40).map(|n| format!("record {n}")).collect();
    let made = here.create(&names.iter().map(|name| json!({"Name": name})).collect::<Vec<Value>>());
    let gone = here.create(&[json!({"Name": "gone"})]).remove(0);
    here.client.delete(&here.path(&format!("/record/{gone}"))).expect(200);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for first in 0..CROWD {
            let (over, here, names, made, gone) = (&over, here.clone(), &names, &made, &gone);
            scope.spawn(move || {
                // Often several ask for the same, and some for what is not there.
                for n in (first % 3..).map(|n| n % names.len()).take_while(|_| !over.load(Ordering::Relaxed)) {
                    match n % 5 {
                        0 => assert_eq!(here.get(gone).status, 404),
                        _ => assert_eq!(here.cell(&made[n], "Name"), json!(names[n])),
                    }
                }
            });
        }
        let _ends = Ends(&over);
        // None of the crowd reads this one.
        for round in 0..4 * ROUNDS {
            there.update(&made[0], &json!({"Name": format!("round {round}")})).expect(200);
            assert_eq!(here.cell(&made[0], "Name"), json!(format!("round {round}")));
            let late = there.create(&[json!({"Name": "late"})]).remove(0);
            assert_eq!(here.cell(&late, "Name"), json!("late"));
            there.client.delete(&there.path(&format!("/record/{late}"))).expect(200);
            assert_eq!(here.get(&late).status, 404);
        }
    });
}

#[test]
fn a_right_that_was_taken_away_is_refused_by_the_next_request_to_the_other_node() {
    let Some((one, two, table)) = nodes() else { return };
    let (path, local) = (table.path("/record"), people::local());
    let owner = people::owner(&one);
    for round in 0..ROUNDS {
        let (changes, asked) = if round % 2 == 0 { (&one, &two) } else { (&two, &one) };
        // A token: less rights, then none.
        let new = NewToken { full_access: true, ..people::named("short-lived") };
        let (info, secret) = changes.engine.create_token(&model::Actor::local(Some(owner)), new).expect("a token");
        let client = Client::new(&asked.base, Some(secret.as_str()));
        let body = json!({"records": [{"fields": {}}]});
        client.post(&path, &body).expect(201);
        let patch = engine::access::TokenPatch {
            full_access: Some(false),
            abilities: Some(AbilitySet::of([Ability::RecordRead])),
            ..Default::default()
        };
        let actor = model::Actor::local(Some(owner));
        changes.engine.update_token(&actor, info.id, patch).expect("changed");
        let before = at(asked, &table).all().len();
        assert_eq!(client.post(&path, &body).status, 403);
        assert_eq!(at(asked, &table).all().len(), before, "nothing of it is written");
        client.get(&path).expect(200);
        changes.engine.delete_token(&actor, info.id).expect("revoked");
        assert_eq!(client.get(&path).status, 401);

        // A person: a role, another role, none, and no account.
        let person = people::member(changes, &format!("person{round}"), &table.base, Role::Edit);
        let client = Client::new(&asked.base, Some(&person.token));
        client.post(&path, &body).expect(201);
        people::give(changes, &person, &table.base, Role::Read);
        assert_eq!(client.post(&path, &body).status, 403);
        client.get(&path).expect(200);
        changes.engine.delete_user(&local, person.id).expect("gone");
        assert_eq!(client.get(&path).status, 401);
    }
}

/// The epoch of rights, and the copies of it that the databases have, by the names of their schemas.
fn epochs(server: &Server) -> (String, Vec<(String, String)>) {
    let bed = server.bed();
    let only = |sql: String| bed.sql(&sql).concat().concat();
    let home = only(format!("SELECT value FROM \"{}\".meta WHERE key = 'access_epoch'", bed.name()));
    let schemas = format!("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '{}_')", bed.name());
    let copies = bed.sql(&schemas).concat().into_iter().map(|schema| {
        let copy = only(format!("SELECT access FROM \"{schema}\".rights"));
        (schema, copy)
    });
    (home, copies.collect())
}

/// Whether each database has the epoch of rights, and there are some.
fn assert_copied(server: &Server) {
    let (home, copies) = epochs(server);
    let expected: Vec<(String, String)> = copies.iter().map(|(schema, _)| (schema.clone(), home.clone())).collect();
    assert!(!copies.is_empty());
    assert_eq!(copies, expected);
}

#[test]
fn each_database_has_the_epoch_of_rights_and_one_that_has_another_number_is_not_trusted() {
    let Some((one, two, table)) = nodes() else { return };
    assert_copied(&one);
    let id = table.create(&[json!({"Name": "here"})]).remove(0);
    let base = two.new_base();
    assert_copied(&one);
    let owner = people::owner(&one);
    let secret = people::token_of(&one, owner, NewToken { full_access: true, ..people::named("short-lived") });
    assert_copied(&one);

    let there = at(&two, &table);
    assert_eq!(there.cell(&id, "Name"), json!("here"));
    let schema = format!("\"{}_{}\"", one.bed().name(), log::key_of(&table.base));
    one.bed().sql(&format!("UPDATE {schema}.rights SET access = -1"));
    let reads = Table { client: Client::new(&two.base, Some(&secret)), ..table.clone() };
    assert_eq!(reads.cell(&id, "Name"), json!("here"), "the home store says that rights are as they were");
    // Revoked at the home store without the copies.
    let home = one.bed().name();
    one.bed().sql(&format!(
        "UPDATE \"{home}\".tokens SET hash = NULL, revoked_at = 1 WHERE name = 'short-lived'; \
         UPDATE \"{home}\".meta SET value = value + 1 WHERE key = 'access_epoch'"
    ));
    assert_eq!(reads.get(&id).status, 401);
    assert_eq!(reads.list(&[]).status, 401);
    assert_eq!(there.cell(&id, "Name"), json!("here"));

    // Who opens the database sets its copy.
    let three = one.second();
    assert_eq!(at(&three, &table).cell(&id, "Name"), json!("here"));
    three.client().get(&format!("/api/base/{base}/table")).expect(200);
    let (home, copies) = epochs(&one);
    for base in [&table.base, &base] {
        let of_base = |(schema, _): &&(String, String)| schema.ends_with(log::key_of(base).as_str());
        assert_eq!(copies.iter().find(of_base).map(|(_, copy)| copy), Some(&home));
    }
    // And a change of rights sets all of them.
    people::token_of(&one, owner, people::named("another"));
    assert_copied(&one);
}

#[test]
fn who_knows_the_rights_knows_the_people_too() {
    let Some((one, two, table)) = nodes() else { return };
    let there = at(&two, &table);
    let id = there.create(&[json!({"Name": "here"})]).remove(0);
    people::member(&one, "new", &table.base, Role::Read);
    // A write that makes nothing stale, before this node has looked.
    two.engine.store().home().write(store::home::Touch::Nothing, |_| Ok(())).expect("written");
    assert_eq!(there.cell(&id, "Name"), json!("here"));
    let epochs = |server: &Server| {
        let store = server.engine.store();
        (store.home().access_epoch(), store.home().people_epoch())
    };
    assert_eq!(epochs(&two), epochs(&one));
}

#[test]
fn rights_change_while_databases_come_and_go() {
    let Some((one, two, table)) = nodes() else { return };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ends = Ends(&over);
        scope.spawn(|| {
            let owner = people::owner(&two);
            let mut made = 0;
            while !over.load(Ordering::Relaxed) || made == 0 {
                people::token_of(&two, owner, people::named(&format!("token {made}")));
                made += 1;
            }
        });
        for _ in 0..ROUNDS {
            let base = one.new_base();
            one.client().delete(&format!("/api/base/{base}")).expect(200);
            assert_eq!(one.engine.store().purge(i64::MAX).expect("purged"), 1);
        }
    });
    assert_copied(&one);
    assert_eq!(at(&two, &table).all().len(), 0);
}

#[test]
fn a_write_that_is_judged_anew_since_rights_changed_is_done_once() {
    const WRITERS: usize = 6;
    const WRITES: usize = 50;
    let Some((one, two, table)) = nodes() else { return };
    let begin = log::last(&one, &table.base).0;
    let owner = model::Actor::local(Some(people::owner(&one)));
    let over = AtomicBool::new(false);
    let refused: Vec<(u16, String)> = std::thread::scope(|scope| {
        let over = &over;
        let changes = scope.spawn(|| {
            let mut changed = 0;
            while !over.load(Ordering::Relaxed) {
                let (info, _) = one.engine.create_token(&owner, people::named("passing")).expect("a token");
                one.engine.delete_token(&owner, info.id).expect("revoked");
                changed += 1;
            }
            changed
        });
        let _ends = Ends(over);
        let write = |n: usize| {
            let table = at(&two, &table);
            let one = move |i: usize| {
                let reply = table.try_create(&[json!({"Name": format!("{n}/{i}")})], &json!({}));
                (reply.status, reply.text)
            };
            scope.spawn(move || (0..WRITES).map(one).filter(|(status, _)| *status != 201).collect::<Vec<_>>())
        };
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let refused = writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect();
        over.store(true, Ordering::Relaxed);
        assert!(changes.join().expect("changes") > 1, "rights changed meanwhile");
        refused
    });
    assert_eq!(refused, []);
    let names: BTreeSet<String> = table.all().iter().map(|row| text(&row["fields"]["Name"])).collect();
    assert_eq!((names.len(), table.all().len()), (WRITERS * WRITES, WRITERS * WRITES));
    assert_sound(&two, &table, begin + (WRITERS * WRITES) as u64);
}

#[test]
fn writers_of_two_nodes_never_get_the_same_number_and_leave_no_gap() {
    const WRITERS: usize = 4;
    const WRITES: usize = 60;
    let Some((one, two, mut table)) = nodes() else { return };
    table.add_field(&json!({"name": "Code", "type": "singleLineText", "unique": true})).expect(201);
    table.add_field(&json!({"name": "Number", "type": "autoNumber"})).expect(201);
    let begin = log::last(&one, &table.base).0;
    let barrier = Barrier::new(2 * WRITERS);
    let replies: Vec<(String, u16)> = std::thread::scope(|scope| {
        let writer = |server: &Server, name: String| {
            let (table, barrier) = (at(server, &table), &barrier);
            scope.spawn(move || {
                barrier.wait();
                let one = |i: usize| {
                    // Every third is refused for its number, in the same groups as those that stand; codes are wanted by all.
                    let records = match i % 3 {
                        0 => vec![json!({"Name": name, "Count": i}), json!({"Name": name, "Count": "no number"})],
                        1 => vec![json!({"Name": name, "Code": format!("code {i}")})],
                        _ => (0..3).map(|k| json!({"Name": name, "Count": k})).collect(),
                    };
                    (format!("{}", i % 3), table.try_create(&records, &json!({})).status)
                };
                (0..WRITES).map(one).collect::<Vec<_>>()
            })
        };
        let all: Vec<_> =
            (0..2 * WRITERS).map(|n| writer(if n % 2 == 0 { &one } else { &two }, format!("writer {n}"))).collect();
        all.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    let of = |kind: &str, status: u16| replies.iter().filter(|(k, s)| k == kind && *s == status).count();
    assert_eq!(of("0", 400), 2 * WRITERS * WRITES / 3, "{replies:?}");
    assert_eq!(of("1", 201), WRITES / 3, "of equal codes one is kept: {replies:?}");
    assert_eq!(of("1", 400), (2 * WRITERS - 1) * WRITES / 3);
    assert_eq!(of("2", 201), 2 * WRITERS * WRITES / 3);

    let rows = table.all();
    assert_eq!(rows.len(), WRITES / 3 + 2 * WRITERS * WRITES);
    let ids: BTreeSet<String> = rows.iter().map(|row| text(&row["id"])).collect();
    assert_eq!(ids.len(), rows.len(), "record numbers");
    let numbers: BTreeSet<i64> = rows.iter().filter_map(|row| row["fields"]["Number"].as_i64()).collect();
    assert_eq!(numbers.len(), rows.len(), "automatic numbers");
    let codes: Vec<String> = rows.iter().map(|row| text(&row["fields"]["Code"])).filter(|c| !c.is_empty()).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "codes");
    let stood = (WRITES / 3 + 2 * WRITERS * WRITES / 3) as u64;
    for server in [&one, &two] {
        let count = server.client().get(&table.path("/aggregation/row-count")).expect(200).json();
        assert_eq!(count["rowCount"], json!(rows.len()));
        assert_sound(server, &table, begin + stood);
    }
}

/// The log has every sequence up to this one, once, and nothing is wrong with the store.
#[track_caller]
fn assert_sound(server: &Server, table: &Table, last: u64) {
    // A read by the door first: the node then knows of what the other wrote.
    table.all();
    server.client().get(&table.path("/record")).expect(200);
    let (found, faults) = log::sequences(server, &table.base);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(found, (1..=last).collect::<Vec<_>>());
    assert_eq!(log::last(server, &table.base), Seq(last));
    assert_eq!(server.engine.store().check(), Vec::<String>::new());
}

#[test]
fn a_database_made_deleted_or_restored_at_one_node_is_so_at_the_other() {
    let Some((one, two, _table)) = nodes() else { return };
    for round in 0..ROUNDS {
        let (changes, asked) = if round % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let base = changes.new_base();
        let path = format!("/api/base/{base}");
        let table = Table::plain(&asked.client(), &base);
        let id = table.create(&[json!({"Name": "kept"})]).remove(0);
        changes.client().delete(&path).expect(200);
        assert_eq!(asked.client().get(&path).status, 404);
        assert_eq!(table.get(&id).status, 404);
        assert_eq!(table.try_create(&[json!({"Name": "late"})], &json!({})).status, 404);
        if round % 3 == 0 {
            // What maintenance does now and then.
            asked.engine.store().sweep().expect("swept");
        }
        changes.engine.restore_database(&people::local(), log::key_of(&base)).expect("restored");
        asked.client().get(&path).expect(200);
        assert_eq!(table.cell(&id, "Name"), json!("kept"));
        table.create(&[json!({"Name": "again"})]);
        assert_eq!(at(changes, &table).all().len(), 2);
    }
    assert_eq!(one.engine.store().check(), Vec::<String>::new());
}

#[test]
fn a_database_that_was_in_use_when_it_was_deleted_can_be_restored() {
    let Some((one, two, table)) = nodes() else { return };
    let key = log::key_of(&table.base);
    // As a long read does; the deletion does not wait for it for ever.
    let held = [&one, &two].map(|server| server.engine.store().database(key).expect("open"));
    one.client().delete(&format!("/api/base/{}", table.base)).expect(200);
    assert!(two.engine.store().sweep().is_ok());
    assert_eq!(at(&one, &table).list(&[]).status, 404);
    one.engine.restore_database(&people::local(), key).expect("restored");
    for server in [&one, &two] {
        at(server, &table).create(&[json!({"Name": "back"})]);
    }
    drop(held);
    assert_eq!(at(&two, &table).all().len(), 2);
}

#[test]
fn what_one_node_has_opened_another_may_purge() {
    let Some((one, two, _table)) = nodes() else { return };
    let base = one.new_base();
    let table = Table::plain(&two.client(), &base);
    table.create(&[json!({"Name": "gone soon"})]);
    one.client().delete(&format!("/api/base/{base}")).expect(200);
    assert_eq!(one.engine.store().purge(i64::MAX).expect("purged"), 1);
    for server in [&one, &two] {
        assert_eq!(at(server, &table).list(&[]).status, 404);
        server.client().get("/api/space").expect(200);
        assert_eq!(server.engine.store().check(), Vec::<String>::new());
    }
    let again = Table::plain(&two.client(), &one.new_base());
    again.create(&[json!({"Name": "as ever"})]);
}

#[test]
fn a_search_of_many_tables_goes_on_while_their_schemas_change() {
    let Some((one, two, table)) = nodes() else { return };
    let other = Table::plain(&two.client(), &table.base);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (server, table, foreign) in [(&one, &table, &other), (&two, &other, &table)] {
            let read = [at(server, table), at(server, foreign)];
            let (mut table, over) = (at(server, table), &over);
            scope.spawn(move || {
                let _ends = Ends(over);
                for n in 0..12 {
                    let options = json!({"relationship": "manyMany", "foreignTableId": foreign.id});
                    let name = format!("Link {n}");
                    let made = table.add_field(&json!({"name": name, "type": "link", "options": options})).expect(201);
                    let target = at(server, foreign).create(&[json!({"Name": "target"})]).remove(0);
                    table.create(&[json!({"Name": "from", &name: [{"id": target}]})]);
                    table.client.delete(&table.path(&format!("/field/{}", made.text_at("/id")))).expect(200);
                }
            });
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    read.iter().for_each(|table| drop::<Vec<Value>>(table.rows(&[("take", "100")])));
                }
            });
        }
    });
    assert_eq!(one.engine.store().check(), Vec::<String>::new());
}
