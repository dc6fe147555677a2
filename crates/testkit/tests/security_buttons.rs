//! Buttons and rights: a click is a use of what was granted when the button was saved, and of nothing else (S31, S44).

mod support;

use model::{Ability, Role};
use serde_json::{Value, json};
use support::people::{self, Person};
use support::{Table, assert_refused};
use testkit::client::{Client, Reply};
use testkit::server::Server;

struct World {
    server: Server,
    table: Table,
    /// Another table of the same base.
    other: Table,
    record: String,
}

fn world() -> World {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    let other = Table::plain(&server.client(), &base);
    let record = table.create(&[json!({"Name": "n", "Notes": "kept"})]).remove(0);
    World { server, table, other, record }
}

impl World {
    fn set_notes(&self) -> Value {
        json!({"type": "setFields", "fields": {self.table.field("Notes"): "clicked"}})
    }

    fn make_other(&self) -> Value {
        json!({"type": "createRecord", "tableId": self.other.id, "fields": {self.other.field("Name"): "made"}})
    }

    fn hook(&self, fields: &[&str]) -> Value {
        let fields: Vec<&str> = fields.iter().map(|name| self.table.field(name)).collect();
        json!({"type": "callWebhook", "url": "https://hooks.example/secret-part", "fieldIds": fields})
    }

    /// The answer to making a button as somebody.
    fn save(&self, client: &Client, name: &str, actions: &[Value]) -> Reply {
        let options = json!({"label": "Go", "color": "teal", "resetCount": true, "actions": actions});
        client.post(&self.table.path("/field"), &json!({"name": name, "type": "button", "options": options}))
    }

    fn saved(&self, name: &str, actions: &[Value]) -> String {
        self.save(&self.server.client(), name, actions).expect(201).text_at("/id")
    }

    fn click(&self, client: &Client, button: &str) -> Reply {
        client.post(&self.table.path(&format!("/record/{}/{button}/button-click", self.record)), &json!({}))
    }

    fn member(&self, name: &str, role: Role) -> Person {
        people::member(&self.server, name, &self.table.base, role)
    }

    fn numbers(&self, table: &Table, field: &str) -> (model::TableId, model::FieldId) {
        people::numbers(table.field(field))
    }
}

#[test]
fn a_reader_may_click_what_a_manager_set_up_and_gets_no_other_right_by_it() {
    let world = world();
    let go = world.saved("Go", &[world.set_notes(), world.make_other()]);
    let reader = world.member("reader", Role::Read);
    let other = world.numbers(&world.other, "Name").0;
    people::give_on_table(&world.server, &reader, &world.table.base, other, Role::None);
    let clicked = world.click(&reader.client, &go).expect(201).json();
    assert_eq!(clicked["record"]["fields"][world.table.field("Notes")], "clicked");
    assert_eq!(world.other.found("Name", "is", &json!("made")).len(), 1);
    // Their own hands are as bound as before.
    let update = json!({"record": {"fields": {world.table.field("Notes"): "mine"}}});
    let path = world.table.path(&format!("/record/{}", world.record));
    assert_refused(&reader.client.patch(&path, &update), &[403]);
    assert_refused(&reader.client.get(&world.other.path("/record")), &[404]);
    assert_refused(&reader.client.post(&format!("{path}/{go}/button-reset"), &json!({})), &[403]);
    // The change is theirs by name.
    let history = world.table.client.get(&format!("{path}/history")).expect(200).json();
    assert_eq!(history["userMap"].as_object().expect("users").len(), 1);
    assert_eq!(history["historyList"][0]["createdBy"], clicked["record"]["lastModifiedBy"]);
}

#[test]
fn a_reader_cannot_undo_a_click() {
    let world = world();
    let go = world.saved("Go", &[world.set_notes()]);
    let reader = world.member("reader", Role::Read);
    let window = [("x-window-id", "win1")];
    let click = world.table.path(&format!("/record/{}/{go}/button-click", world.record));
    assert_eq!(reader.client.send("POST", &click, &window, None).status, 201);
    let undo = reader.client.send("POST", &world.table.path("/undo-redo/undo"), &window, None);
    assert_refused(&undo, &[403]);
    assert_eq!(world.table.cell(&world.record, "Notes"), "clicked");
}

#[test]
fn clicking_needs_what_reading_the_record_needs() {
    let world = world();
    let go = world.saved("Go", &[world.set_notes()]);
    for (abilities, status) in [
        (&[Ability::RecordRead][..], 201),
        (&[Ability::RecordUpdate, Ability::FieldRead, Ability::TableRead][..], 403),
        (&[][..], 403),
    ] {
        assert_eq!(world.click(&people::scoped(&world.server, abilities), &go).status, status, "{abilities:?}");
    }
    let stranger = people::stranger(&world.server, "stranger");
    assert_refused(&world.click(&stranger.client, &go), &[404]);
    // A button that may not be seen is not there.
    let reader = world.member("reader", Role::Read);
    let mut table = world.table.clone();
    table.refresh();
    people::give_on_field(&world.server, &reader, &table.base, people::numbers(&go), Role::None);
    let hidden = world.click(&reader.client, &go);
    let never = world.click(&reader.client, "fldqqqqqqqqqqqq0004gfFC5");
    assert_eq!((hidden.status, hidden.text), (never.status, never.text));
    let runs = |client: &Client| client.get(&table.path(&format!("/field/{go}/runs")));
    assert_refused(&runs(&reader.client), &[404]);
    assert_refused(&runs(&people::scoped(&world.server, &[Ability::RecordRead])), &[403]);
    assert_refused(&runs(&people::scoped(&world.server, &[Ability::AutomationRead])), &[403]);
    runs(&people::scoped(&world.server, &[Ability::RecordRead, Ability::AutomationRead])).expect(200);
}

#[test]
fn who_saves_a_button_must_have_every_right_that_its_actions_use() {
    let world = world();
    let editor = world.member("editor", Role::Edit);
    assert_refused(&world.save(&editor.client, "By an editor", &[world.set_notes()]), &[403]);
    // A manager of the table who has no right on the other one.
    let manager = world.member("manager", Role::Manage);
    let base = &world.table.base;
    let (other, _) = world.numbers(&world.other, "Name");
    people::give_on_table(&world.server, &manager, base, other, Role::Read);
    world.save(&manager.client, "Fine", &[world.set_notes()]).expect(201);
    assert_refused(&world.save(&manager.client, "Too far", &[world.make_other()]), &[403]);
    people::give_on_table(&world.server, &manager, base, other, Role::None);
    let hidden = world.save(&manager.client, "Too far", &[world.make_other()]);
    assert_refused(&hidden, &[400]);
    // Nor by a copy of somebody else's button, of its table, or by turning a field into one.
    let far = world.saved("Far", &[world.make_other()]);
    let copy = format!("/field/{far}/duplicate");
    assert_refused(&manager.client.post(&world.table.path(&copy), &json!({"name": "Copy"})), &[400, 403, 404]);
    let options = json!({"label": "Go", "color": "teal", "actions": [world.make_other()]});
    let convert = world.table.path(&format!("/field/{}/convert", world.table.field("Count")));
    assert_refused(&manager.client.put(&convert, &json!({"type": "button", "options": options})), &[400, 403, 404]);
    // They may change how it looks, and it works on.
    let convert = world.table.path(&format!("/field/{far}/convert"));
    let looks = json!({"type": "button", "options": {"label": "Prettier", "color": "red"}});
    manager.client.put(&convert, &looks).expect(200);
    world.click(&manager.client, &far).expect(201);
    assert_eq!(world.other.found("Name", "is", &json!("made")).len(), 1);
    // A field that they may not write, and one that they may not see.
    let notes = world.numbers(&world.table, "Notes");
    people::give_on_field(&world.server, &manager, base, notes, Role::Read);
    assert_refused(&world.save(&manager.client, "Not theirs", &[world.set_notes()]), &[403]);
    people::give_on_field(&world.server, &manager, base, notes, Role::None);
    assert_refused(&world.save(&manager.client, "Not theirs", &[world.set_notes()]), &[400]);
    assert_refused(&world.save(&manager.client, "Not theirs", &[world.hook(&["Notes"])]), &[400]);
    world.save(&manager.client, "Theirs", &[world.hook(&["Name"])]).expect(201);
}

#[test]
fn a_token_saves_no_button_that_does_more_than_its_scopes() {
    let world = world();
    let fields = [Ability::FieldCreate, Ability::FieldUpdate, Ability::FieldRead, Ability::TableRead];
    let with = |more: &[Ability]| people::scoped(&world.server, &[&fields, more].concat());
    let cases = [
        (world.set_notes(), vec![Ability::RecordUpdate]),
        (world.make_other(), vec![Ability::RecordCreate]),
        (world.hook(&["Name"]), vec![Ability::AutomationUpdate, Ability::RecordRead]),
    ];
    for (i, (action, needed)) in cases.iter().enumerate() {
        let actions = std::slice::from_ref(action);
        assert_refused(&world.save(&with(&[]), "Too much", actions), &[403]);
        for missing in needed {
            let rest: Vec<Ability> = needed.iter().copied().filter(|ability| ability != missing).collect();
            assert_refused(&world.save(&with(&rest), "Too much", actions), &[403]);
        }
        world.save(&with(needed), &format!("Enough {i}"), actions).expect(201);
    }
}

#[test]
fn a_copy_of_a_table_has_no_actions_that_its_maker_may_not_attach() {
    let world = world();
    world.saved("Tells", &[world.hook(&["Name"])]);
    world.saved("Makes", &[world.make_other()]);
    world.saved("Sets", &[world.set_notes()]);
    let path = format!("/api/base/{}/table/{}/duplicate", world.table.base, world.table.id);
    let actions = |client: &Client, name: &str| -> Vec<usize> {
        let copy = client.post(&path, &json!({"name": name})).expect(201).text_at("/id");
        let fields = world.server.client().get(&format!("/api/table/{copy}/field")).expect(200).json();
        let buttons = fields.as_array().expect("fields").iter().filter(|field| field["type"] == "button");
        buttons.map(|field| field["options"]["workflow"]["actions"].as_array().map_or(0, Vec::len)).collect()
    };
    let tables = [Ability::TableCreate, Ability::TableRead, Ability::FieldRead, Ability::RecordRead];
    assert_eq!(actions(&people::scoped(&world.server, &tables), "Few rights"), [0, 0, 1]);
    assert_eq!(actions(&world.server.client(), "All rights"), [1, 1, 1]);
}

#[test]
fn addresses_of_webhooks_are_shown_to_who_may_change_the_button_only() {
    let world = world();
    let go = world.saved("Go", &[world.hook(&["Name"])]);
    let field = world.table.path(&format!("/field/{go}"));
    let seen = |client: &Client| client.get(&field).expect(200);
    assert!(seen(&world.server.client()).text.contains("secret-part"));
    let reader = world.member("reader", Role::Edit);
    let shown = seen(&reader.client);
    assert!(!shown.text.contains("hooks.example"), "{}", shown.text);
    assert_eq!(shown.json()["options"]["workflow"]["isActive"], true, "that there is one is no secret");
    assert!(!seen(&people::scoped(&world.server, &[Ability::FieldRead])).text.contains("hooks.example"));
    // Nor to a manager who may not see the table that another action names.
    let both = world.saved("Both", &[world.hook(&["Name"]), world.make_other()]);
    let manager = world.member("manager", Role::Manage);
    let (other, _) = world.numbers(&world.other, "Name");
    people::give_on_table(&world.server, &manager, &world.table.base, other, Role::None);
    let shown = manager.client.get(&world.table.path(&format!("/field/{both}"))).expect(200);
    assert!(shown.json()["options"]["workflow"].get("actions").is_none(), "{}", shown.text);
    // Nor when they came in the workflow, the rest of which everybody sees.
    let workflow = json!({"name": "Own", "actions": [world.hook(&["Name"])]});
    let options = json!({"label": "Go", "color": "teal", "workflow": workflow});
    let inside = json!({"name": "Inside", "type": "button", "options": options});
    let inside = world.server.client().post(&world.table.path("/field"), &inside).expect(201).text_at("/id");
    let shown = reader.client.get(&world.table.path(&format!("/field/{inside}"))).expect(200);
    assert!(!shown.text.contains("hooks.example"), "{}", shown.text);
    assert_eq!(shown.json()["options"]["workflow"]["name"], "Own");
    // History shows options as they are shown now.
    world.click(&reader.client, &go).expect(201);
    let history = reader.client.get(&world.table.path(&format!("/record/{}/history", world.record))).expect(200);
    assert!(!history.text.contains("hooks.example"), "{}", history.text);
}

#[test]
fn who_sees_a_part_only_hears_no_rule_of_the_rest() {
    let world = world();
    let unique = json!({"name": "Hidden code", "type": "singleLineText", "unique": true});
    let code = world.server.client().post(&world.other.path("/field"), &unique).expect(201).text_at("/id");
    let make = json!({"type": "createRecord", "tableId": world.other.id, "fields": {code: "taken"}});
    let go = world.saved("Go", &[make]);
    let reader = world.member("reader", Role::Read);
    let (other, _) = world.numbers(&world.other, "Name");
    people::give_on_table(&world.server, &reader, &world.table.base, other, Role::None);
    world.click(&reader.client, &go).expect(201);
    let refused = world.click(&reader.client, &go);
    assert_refused(&refused, &[409]);
    assert!(!refused.text.contains("Hidden") && !refused.text.contains("taken"), "{}", refused.text);
    world.server.client().delete(&format!("/api/base/{}/table/{}", world.table.base, world.other.id)).expect(200);
    let refused = world.click(&reader.client, &go);
    assert_refused(&refused, &[400]);
    assert!(refused.text.contains("a table is gone"), "{}", refused.text);
    assert_eq!(world.table.cell(&world.record, "Go"), json!({"count": 1}));
}
