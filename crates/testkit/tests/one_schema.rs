//! Schemas can be spread over several servers: every statement stays inside one, and nothing that is kept reaches out
//! of its schema.

mod support;

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use support::routes::{self, Entry, Ids};
use support::{Table, people};
use testbed::proxy::{Proxy, Sent, commits};
use testkit::server::{EMAIL, PASSWORD, Server};

/// A day of work at a node: every route once, links, undo, a search, maintenance and a look whether all is well.
fn day(server: &Server) {
    let (client, base) = (server.client(), server.new_base());
    let mut table = Table::plain(&client, &base);
    let other = Table::plain(&client, &base);
    let options = json!({"relationship": "manyMany", "foreignTableId": other.id});
    table.add_field(&json!({"name": "Link", "type": "link", "options": options})).expect(201);
    let target = other.create(&[json!({"Name": "target"})]).remove(0);
    table.create(&[json!({"Name": "from", "Link": [{"id": target}], "Notes": "some text", "Color": "Red"})]);
    table.list(&[("search", "text"), ("filter", &support::and(&[]))]);
    assert_eq!(table.found(table.field("Notes"), "contains", &json!("me te")), ["from"]);

    let mut ids = Ids::of(&table, &server.space);
    let owner = model::Actor::local(Some(people::owner(server)));
    ids.token = server.engine.create_token(&owner, people::named("theirs")).expect("a token").0.public_id;
    let cookie = people::sign_in(&client, EMAIL, PASSWORD);
    let mut failed = BTreeMap::new();
    for route in routes::all() {
        let reply = match route.entry {
            Entry::Session => route.ask_with(&client.with_token(None), &ids, &[("cookie", &cookie)]),
            Entry::Either | Entry::Open => route.ask(&client, &ids),
        };
        if reply.status >= 500 || reply.status == 0 {
            failed.insert(route.name, reply.text);
        }
    }
    assert_eq!(failed, BTreeMap::new());
    server.engine.maintain().expect("maintained");
    server.engine.flush_last_used().expect("noted");
    assert_eq!(server.engine.store().check(), Vec::<String>::new());
}

/// The schemas of ours that a text names.
fn named<'s>(text: &str, schemas: &'s BTreeSet<String>) -> BTreeSet<&'s str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = text.split(|c| !is_part(c)).collect();
    schemas.iter().map(String::as_str).filter(|schema| words.contains(schema)).collect()
}

/// Whether a text only reads, and everything that it reads from is named by this schema.
fn is_only_of(text: &str, schema: &str) -> bool {
    let prefix = format!("\"{schema}\".");
    let lists = text.split(" FROM ").skip(1).map(|rest| rest.split(" WHERE ").next().unwrap_or_default());
    let lists = lists.map(|list| list.split(" ORDER BY ").next().unwrap_or_default());
    let mut tables = lists.flat_map(|list| list.split(',')).map(str::trim).peekable();
    let reads = text.starts_with("SELECT ") && tables.peek().is_some();
    reads && tables.all(|table| table.starts_with(&prefix) && !table.contains(' '))
}

/// Whether a text sets or takes away the copy of the epoch of rights that the database of this schema has: the write to
/// the home store that raises the epoch does so in its own transaction.
fn is_copy_of_rights(text: &str, schema: &str) -> bool {
    let table = format!("\"{schema}\".rights");
    let set = text.strip_prefix(&format!("UPDATE {table} SET access = "));
    set.is_some_and(|epoch| epoch.parse::<u64>().is_ok()) || text == format!("DROP TABLE IF EXISTS {table}")
}

#[test]
fn every_statement_stays_inside_one_schema() {
    if !testbed::on_postgres() {
        return;
    }
    let witness = Server::start();
    let proxy = Proxy::start(testbed::host_of(&witness.bed().postgres().expect("PostgreSQL").url));
    let server = witness.by_way_of(proxy.port);
    day(&server);
    let schemas: BTreeSet<String> = schemas(&witness).into_iter().collect();
    assert!(schemas.len() > 2, "a home and several databases: {schemas:?}");

    let mut connections: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for Sent { connection, text } in proxy.sent() {
        connections.entry(connection).or_default().push(text);
    }
    let (mut statements, mut entered) = (0, BTreeSet::new());
    for texts in connections.values() {
        let (mut inside, mut in_transaction) = (None, false);
        for text in texts {
            statements += 1;
            let names = named(text, &schemas);
            assert!(names.len() <= 1, "several schemas in {text}");
            if let Some(path) = text.strip_prefix("SET search_path TO ") {
                assert!(!in_transaction, "a transaction of several schemas");
                let path = path.trim_matches('"').to_owned();
                assert!(!path.contains([',', '"']), "names mean those of one schema: {text}");
                entered.insert(path.clone());
                inside = Some(path);
            } else if !(text.starts_with("DROP SCHEMA") || text.starts_with("CREATE SCHEMA")) {
                // Whatever has no schema before its name is of the one that was entered. A statement that only reads may be
                // of another one, if all that it reads is named by it: a look at the rights goes with reads and writes.
                let other = names.iter().find(|name| inside.as_ref().is_some_and(|inside| inside != *name));
                let is_elsewhere = other.is_some_and(|other| is_only_of(text, other) || is_copy_of_rights(text, other));
                assert!(other.is_none() || is_elsewhere, "inside of {inside:?}: {text}");
            }
            match () {
                () if text.contains("BEGIN ") => in_transaction = true,
                () if commits(text) || text == "ROLLBACK" => in_transaction = false,
                () => {}
            }
        }
    }
    assert!(statements > 200 && entered.len() > 2, "{statements} statements in {entered:?}");
}

/// The schemas of a server's store.
fn schemas(server: &Server) -> Vec<String> {
    let sql = format!("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '{}')", server.bed().name());
    server.bed().sql(&sql).into_iter().flatten().collect()
}

#[test]
fn nothing_that_is_kept_reaches_out_of_its_schema() {
    if !testbed::on_postgres() {
        return;
    }
    let server = Server::start();
    day(&server);
    let ours = format!("n.nspname = ANY (ARRAY['{}'])", schemas(&server).join("','"));
    let found = |what: &str, sql: &str| {
        let rows = server.bed().sql(&sql.replace("{ours}", &ours));
        assert_eq!(rows, Vec::<Vec<String>>::new(), "{what}");
    };
    let classes =
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours}";
    assert!(!server.bed().sql(&format!("{} AND c.relkind = 'r'", classes.replace("{ours}", &ours))).is_empty());
    // Tables, their indexes and where PostgreSQL keeps long values: no sequences, views or foreign tables.
    found("kinds of relations", &format!("{classes} AND c.relkind NOT IN ('r', 'i', 't')"));
    found("functions", "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {ours}");
    found(
        "triggers",
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} AND NOT t.tgisinternal",
    );
    found(
        "foreign keys to elsewhere",
        "SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class f ON f.oid = k.confrelid \
         WHERE {ours} AND k.contype = 'f' AND f.relnamespace <> c.relnamespace",
    );
    found(
        "defaults that need something else",
        "SELECT c.relname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE {ours} AND pg_get_expr(d.adbin, d.adrelid) ~ 'nextval|\\('",
    );
}
