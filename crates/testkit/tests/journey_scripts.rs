//! One question over what every door made: a table of Donotname, filled through Ninox, and an outline of Dynalist, asked
//! and changed in NX, and seen where it came from.

mod support;

use serde_json::{Value, json};
use support::outlines::Outliner;
use support::scripts::{add_formula, ask, ids_of, query};
use support::{Table, ninox, text};
use testkit::server::Server;

struct World {
    server: Server,
    invoices: Table,
    ids: ninox::Ids,
    outliner: Outliner,
    plan: String,
    /// The nodes of the plan.
    nodes: Vec<String>,
}

fn world() -> World {
    let server = Server::start();
    let (client, base) = (server.client(), server.new_base());
    let fields = json!([
        {"name": "Number", "type": "singleLineText"},
        {"name": "Amount", "type": "number"},
        {"name": "Paid", "type": "checkbox"},
    ]);
    let invoices = Table::make(&client, &base, "Invoices", &fields);
    let ids = ids_of(&server, &base);
    let rows = json!([
        {"_upsert": true, "_id": 1, "A": "2024-1", "B": 99.5, "C": true},
        {"_upsert": true, "_id": 2, "A": "2024-2", "B": 20},
        {"_upsert": true, "_id": 3, "A": "2024-3", "B": 0.5, "C": true},
    ]);
    client.post(&ids.at("/tables/Invoices/records"), &rows).expect(200);
    let outliner = Outliner::of(&server);
    let folder = dynalist::names::top(support::log::key_of(&base));
    let change = json!({"action": "create", "type": "document", "parent_id": folder, "index": -1, "title": "Plan"});
    let plan = text(&outliner.good("/file/edit", json!({"changes": [change]}))["created"][0]);
    let nodes = ["write 2024-1", "write 2024-2", "rest"].iter().enumerate().map(|(i, content)| {
        json!({"action": "insert", "parent_id": "root", "index": -1, "content": content, "checkbox": true, "checked": i == 0})
    });
    let nodes = outliner.edit(&plan, nodes.collect::<Value>());
    World { server, invoices, ids, outliner, plan, nodes }
}

#[test]
fn what_every_door_made_is_asked_in_one_script() {
    let World { server, ids, .. } = world();
    let client = server.client();
    assert_eq!(query(&client, &ids, "sum((select Invoices where Paid).Amount)"), json!(100));
    assert_eq!(query(&client, &ids, "(select Plan where Checked).Content"), json!(["write 2024-1"]));
    let script = "for i in select Invoices where not Paid do \
                  let n := i.Number; { number: n, open: cnt(select Plan where not Checked and contains(Content, n)) } end";
    assert_eq!(query(&client, &ids, script), json!([{"number": "2024-2", "open": 1}]));
}

#[test]
fn a_formula_over_both_follows_what_either_door_writes() {
    let World { server, mut invoices, ids, outliner, plan, nodes } = world();
    let script =
        "let n := Number; if cnt(select Plan where Checked and contains(Content, n)) > 0 then Amount * 2 else 0 end";
    add_formula(&server, &invoices, "Due", script).expect("a formula");
    invoices.refresh();
    let client = server.client();
    let due = || query(&client, &ids, "(select Invoices order by -Due).{ n: Number, due: Due }");
    let row = |n: &str, due: u32| json!({"n": n, "due": due});
    assert_eq!(due(), json!([row("2024-1", 199), row("2024-2", 0), row("2024-3", 0)]));
    outliner.edit(&plan, json!([{"action": "edit", "node_id": nodes[1], "checked": true}]));
    assert_eq!(due(), json!([row("2024-1", 199), row("2024-2", 40), row("2024-3", 0)]));
    client.put(&ids.at("/tables/Invoices/records/2"), &json!({"fields": {"Amount": 200}})).expect(200);
    assert_eq!(due(), json!([row("2024-2", 400), row("2024-1", 199), row("2024-3", 0)]));
    let listed = invoices.rows(&[]);
    assert_eq!(listed[1]["fields"]["Due"], 400, "and Donotname shows it: {}", listed[1]);
}

#[test]
fn what_a_script_wrote_is_in_the_history_and_undone_as_one() {
    let World { server, invoices, ids, outliner, plan, .. } = world();
    let client = server.client();
    // When something was changed last is not undone.
    let fields = || invoices.all().into_iter().map(|mut row| row["fields"].take()).collect::<Vec<Value>>();
    let outline = || {
        let nodes = outliner.nodes(&plan).into_iter();
        nodes
            .map(|node| json!([node["id"], node["content"], node["checked"], node["children"]]))
            .collect::<Vec<Value>>()
    };
    let before = (fields(), outline());
    let script = "(select Invoices where not Paid).(Paid := true; Amount := Amount + 1); \
                  for n in select Plan where not Checked do n.Checked := true end; \
                  let i := create Invoices; i.Number := \"2024-4\"; i.Amount := 1; cnt(select Invoices where Paid)";
    let body = json!({"query": script}).to_string();
    let ran = client.send("POST", &ids.at("/exec"), &[("x-window-id", "a script")], Some(body)).expect(200);
    assert_eq!(ran.json(), 3);
    assert!(outliner.nodes(&plan).iter().skip(1).all(|node| node["checked"] == true), "Dynalist sees it");
    let history = client.get(&invoices.path("/record/history")).expect(200).json();
    let changed = |field: &str| {
        let entries = history["historyList"].as_array().expect("a history");
        let of_field = entries.iter().filter(|entry| entry["fieldId"] == invoices.field(field));
        of_field.map(|entry| (entry["before"]["data"].clone(), entry["after"]["data"].clone())).collect::<Vec<_>>()
    };
    assert!(changed("Amount").contains(&(json!(20), json!(21))), "{history}");
    assert_eq!(invoices.step("undo", "a script"), "fulfilled");
    assert_eq!((fields(), outline()), before, "one script, one undo");
    assert_eq!(invoices.step("undo", "a script"), "empty");
    assert_eq!(invoices.step("redo", "a script"), "fulfilled");
    assert_eq!(query(&client, &ids, "cnt(select Invoices where Paid)"), json!(3));
    let refused = ask(
        &client,
        &ids,
        "/exec",
        "(select Invoices).(Amount := 7); let i := first(select Invoices); i.Amount := \"x\"; parseJSON(\"{\")",
    );
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(query(&client, &ids, "cnt(select Invoices where Amount = 7)"), json!(0), "nothing half done");
}
