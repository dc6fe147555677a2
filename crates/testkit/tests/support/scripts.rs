//! NX through the Ninox door.

use super::ninox::Ids;
use super::{Table, log};
use engine::{Made, WriteContext};
use model::change::{Change, FieldPatch, NewField};
use model::kind::Kind;
use model::kind::formula::Formula;
use model::{Actor, FieldId, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::client::{Client, Reply};
use testkit::server::Server;

use super::people;

/// Where Ninox has the database of a base.
pub fn ids_of(server: &Server, base: &str) -> Ids {
    let team = ninox::names::team(donotname::names::read_space(&server.space).expect("a space"));
    Ids { team, database: log::key_of(base).to_string(), table: "A".to_owned(), record: "1".to_owned() }
}

/// The answer to a script, whatever it is.
pub fn ask(client: &Client, ids: &Ids, way: &str, script: &str) -> Reply {
    client.post(&ids.at(way), &json!({"query": script}))
}

/// The result of a script that reads.
#[track_caller]
pub fn query(client: &Client, ids: &Ids, script: &str) -> Value {
    let reply = ask(client, ids, "/query", script);
    assert_eq!(reply.status, 200, "{script}: {}", reply.text);
    reply.json()
}

/// A refusal of a script, with a message and its place.
#[track_caller]
pub fn assert_mistaken(reply: &Reply, script: &str) -> String {
    assert_eq!(reply.status, 400, "{script:.200}: {}", reply.text);
    let told = reply.json();
    assert!(told["line"].as_u64() >= Some(1) && told["column"].as_u64() >= Some(1), "{script:.200}: {}", reply.text);
    told["message"].as_str().expect("a message").to_owned()
}

/// Adds a field with a formula in NX to a table.
pub fn add_formula(server: &Server, table: &Table, name: &str, script: &str) -> Result<FieldId> {
    let (table_id, _) = people::numbers(table.fields.values().next().expect("a field"));
    let field = NewField::of(name, Kind::Formula(Formula::new(script, script)));
    let change = Change::CreateField { table: table_id, field: Box::new(field), at: None };
    match write(server, table, change)?.remove(0) {
        Made::Field { field, .. } => Ok(field),
        other => panic!("{other:?}"),
    }
}

/// Gives a formula another script.
pub fn edit_formula(server: &Server, table: &Table, field: FieldId, script: &str) -> Result<()> {
    let (table_id, _) = people::numbers(table.fields.values().next().expect("a field"));
    let settings = Some(Kind::Formula(Formula::new(script, script)));
    let patch = Box::new(FieldPatch { settings, ..FieldPatch::default() });
    write(server, table, Change::EditField { table: table_id, field, patch }).map(drop)
}

fn write(server: &Server, table: &Table, change: Change) -> Result<Vec<Made>> {
    let actor = Arc::new(Actor::local(Some(people::owner(server))));
    let plan = move |_: &mut engine::View<'_>| Ok(vec![change.clone()]);
    let (key, context) = (log::key_of(&table.base), WriteContext::default());
    server.wait(server.engine.write(&actor, key, context, plan, |_, receipt| Ok(receipt.made.clone())))
}
