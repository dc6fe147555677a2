//! Scripts and rights at the Donotname door: what somebody may not see is unknown to what they write in NX, and who lets
//! a script run for others may do everything themselves (S19, S25, S31).

mod support;

use model::{Ability, Role};
use serde_json::{Value, json};
use support::people::{self, Person};
use support::{Table, assert_refused};
use testkit::client::{Client, Reply, query};
use testkit::server::Server;

struct World {
    server: Server,
    table: Table,
    record: String,
    /// May do everything but see the notes.
    manager: Person,
}

fn world() -> World {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    let record = table.create(&[json!({"Name": "n", "Notes": "secret", "Count": 7})]).remove(0);
    let manager = people::member(&server, "manager", &base, Role::Manage);
    people::give_on_field(&server, &manager, &base, people::numbers(table.field("Notes")), Role::None);
    World { server, table, record, manager }
}

impl World {
    fn listed(&self, client: &Client, script: &str) -> Reply {
        let filter = json!({"conjunction": "and", "filterSet": [{"script": script}]}).to_string();
        client.get(&self.table.path(&format!("/record{}", query([("filter", filter.as_str())]))))
    }

    fn formula(&self, client: &Client, name: &str, expression: &str) -> Reply {
        let body = json!({"name": name, "type": "formula", "options": {"expression": expression}});
        client.post(&self.table.path("/field"), &body)
    }

    fn button(&self, client: &Client, action: Value) -> Reply {
        let options = json!({"label": "Go", "color": "teal", "actions": [action]});
        client.post(&self.table.path("/field"), &json!({"name": "Go", "type": "button", "options": options}))
    }
}

#[test]
fn a_hidden_field_is_unknown_to_conditions_and_formulas() {
    let world = world();
    let (all, some) = (world.server.client(), &world.manager.client);
    world.listed(&all, "Notes = \"secret\"").expect(200);
    let hidden = world.listed(some, "Notes = \"secret\"");
    let missing = world.listed(some, "Notex = \"secret\"");
    assert_eq!((hidden.status, missing.status), (400, 400));
    assert_eq!(hidden.text.replace("Notes", "X"), missing.text.replace("Notex", "X"));
    for script in ["get(this, \"Notes\") = \"secret\"", "first(select Things).Notes = \"secret\""] {
        assert_refused(&world.listed(some, script), &[400]);
    }
    world.formula(&all, "Fine", "{Notes} & '!'").expect(201);
    let notes = world.table.field("Notes");
    for expression in ["{Notes} & '!'".to_owned(), format!("{{{notes}}} & '!'")] {
        let refused = world.formula(some, "Spy", &expression);
        assert_refused(&refused, &[400]);
        assert!(refused.text.contains("which is not there"), "{}", refused.text);
    }
    world.formula(some, "Own", "{Count} + 1").expect(201);
}

#[test]
fn a_condition_only_reads() {
    let world = world();
    for script in [
        "Name := \"x\"",
        "delete this",
        "create Things",
        "(select Things).(Name := \"x\")",
        "set(this, \"Name\", \"x\")",
    ] {
        assert_refused(&world.listed(&world.server.client(), script), &[400]);
    }
    assert_eq!(world.table.cell(&world.record, "Name"), "n");
    assert_eq!(world.table.all().len(), 1);
}

#[test]
fn a_view_shows_its_condition_to_who_may_see_what_it_names() {
    let world = world();
    let owner = world.server.client();
    let view =
        owner.post(&world.table.path("/view"), &json!({"name": "Mine", "type": "grid"})).expect(201).text_at("/id");
    let filter = json!({"filter": {"conjunction": "and", "filterSet": [{"script": "Notes = \"secret\""}]}});
    owner.put(&world.table.path(&format!("/view/{view}/filter")), &filter).expect(200);
    let path = world.table.path(&format!("/view/{view}"));
    assert!(owner.get(&path).expect(200).text.contains("Notes"));
    let shown = world.manager.client.get(&path).expect(200);
    assert!(!shown.text.contains("Notes") && !shown.text.contains("secret"), "{}", shown.text);
    // Nor can they save one.
    assert_refused(&world.manager.client.put(&world.table.path(&format!("/view/{view}/filter")), &filter), &[400]);
}

#[test]
fn who_saves_a_script_that_runs_for_others_is_a_manager_of_the_whole_base() {
    let world = world();
    let base = &world.table.base;
    let some = &world.manager.client;
    let editor = people::member(&world.server, "editor", base, Role::Edit).client;
    let fields =
        [Ability::FieldCreate, Ability::FieldUpdate, Ability::FieldRead, Ability::TableRead, Ability::TableUpdate];
    let scoped = people::scoped(&world.server, &fields);
    let run = || json!({"type": "runScript", "script": "Count := 1"});
    let told =
        || json!({"type": "callWebhook", "url": "https://hooks.example/x", "fieldIds": [], "condition": "Count > 1"});
    let triggers = json!({"afterCreate": "Count := 1"});
    let default = json!({"type": "number", "options": {"defaultValue": {"script": "1 + 1"}}});
    let convert = world.table.path(&format!("/field/{}/convert", world.table.field("Count")));
    for client in [some, &editor, &scoped] {
        assert_refused(&world.button(client, run()), &[403]);
        assert_refused(&world.button(client, told()), &[403]);
        assert_refused(&client.put(&world.table.path("/triggers"), &triggers), &[403]);
        assert_refused(&client.put(&convert, &default), &[403]);
    }
    let owner = world.server.client();
    owner.put(&world.table.path("/triggers"), &json!({"afterUpdate": "Notes := \"changed\""})).expect(200);
    owner.put(&convert, &default).expect(200);
    // Whoever then writes lets it run, and is not told what they may not see.
    let seen = some.get(&world.table.path("/triggers")).expect(200);
    assert!(!seen.text.contains("Notes"), "{}", seen.text);
    let update = json!({"fieldKeyType": "name", "record": {"fields": {"Name": "m"}}});
    let answer = editor.patch(&world.table.path(&format!("/record/{}", world.record)), &update).expect(200);
    assert_eq!(answer.json()["fields"]["Notes"], "changed");
    let made = some
        .post(&world.table.path("/record"), &json!({"fieldKeyType": "name", "records": [{"fields": {}}]}))
        .expect(201);
    assert_eq!(made.json()["records"][0]["fields"]["Count"], 2);
}

#[test]
fn a_reader_may_click_a_script_and_hears_what_it_gives() {
    let world = world();
    let script = "Notes := \"clicked\"; Count := Count + 1; Count";
    let go =
        world.button(&world.server.client(), json!({"type": "runScript", "script": script})).expect(201).text_at("/id");
    let reader = people::member(&world.server, "reader", &world.table.base, Role::Read);
    let click = world.table.path(&format!("/record/{}/{go}/button-click", world.record));
    let clicked = reader.client.post(&click, &json!({})).expect(201).json();
    assert_eq!(clicked["results"], json!([8]));
    assert_eq!(world.table.cell(&world.record, "Notes"), "clicked");
    let field = reader.client.get(&world.table.path(&format!("/field/{go}"))).expect(200);
    assert!(!field.text.contains("runScript"), "{}", field.text);
    assert_refused(&reader.client.get(&world.table.path("/triggers")), &[403]);
}
