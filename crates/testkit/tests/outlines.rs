//! Documents across the APIs: what one makes the others see, and what the Dynalist API promises of trees.

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use support::outlines::{Outliner, assert_tree};
use support::{Die, log, text};
use testkit::server::Server;

const EDITORS: usize = 8;

/// R23: eight writers in one document.
#[test]
fn eight_editors_of_one_document_leave_a_tree_with_every_node_that_was_acknowledged() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Shared");
    let seeds =
        outliner.edit(&document, json!((0..8).map(|i| insert("root", -1, &format!("seed {i}"))).collect::<Vec<_>>()));
    let barrier = Barrier::new(EDITORS);
    let edit = |editor: usize| {
        let mut die = Die::new(editor as u64);
        let (mut made, mut deleted, mut accepted) = (Vec::new(), BTreeSet::new(), 0);
        barrier.wait();
        for turn in 0..60 {
            let known: Vec<String> = seeds.iter().chain(&made).cloned().chain(["root".to_owned()]).collect();
            let (node, parent) = (die.pick(&known).clone(), die.pick(&known).clone());
            let changes = match die.roll(10) {
                0..=5 => {
                    json!([insert(&parent, turn % 7 - 1, &format!("{editor} {turn}")), insert(&parent, 0, "second")])
                }
                6..=8 => json!([{"action": "move", "node_id": node, "parent_id": parent, "index": die.roll(9)}]),
                // Only of its own, so that each knows what must be there.
                _ => match made.iter().find(|id| !deleted.contains(*id)) {
                    Some(own) => json!([{"action": "delete", "node_id": own}]),
                    None => continue,
                },
            };
            let answer = outliner.ask("/doc/edit", json!({"file_id": document, "changes": changes})).json();
            match answer["_code"].as_str() {
                Some("OK") => {
                    accepted += 1;
                    made.extend(answer["new_node_ids"].as_array().expect("ids").iter().map(text));
                    deleted.extend(
                        changes
                            .as_array()
                            .into_iter()
                            .flatten()
                            .filter(|c| c["action"] == "delete")
                            .map(|c| text(&c["node_id"])),
                    );
                }
                // It would have made a cycle, or was taken along by somebody else's deletion.
                Some("Invalid" | "NodeNotFound") => {}
                other => panic!("{other:?}: {answer}"),
            }
        }
        (made, deleted, accepted)
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..EDITORS).map(|editor| scope.spawn(move || edit(editor))).collect();
        all.into_iter().map(|one| one.join().expect("an editor")).collect()
    });
    let nodes = outliner.nodes(&document);
    assert_tree(&nodes);
    let there: BTreeSet<String> = nodes.iter().map(|node| text(&node["id"])).collect();
    let accepted: u64 = done.iter().map(|(_, _, accepted)| *accepted).sum();
    assert_eq!(outliner.version(&document), 2 + accepted, "one step for each accepted request");
    let deleted: BTreeSet<&String> = done.iter().flat_map(|(_, deleted, _)| deleted).collect();
    assert!(deleted.iter().all(|id| !there.contains(*id)), "a deleted node is there");
    // The history says of each other node that is gone that it went with one above it: it was deleted, not lost.
    let key = &document[..12];
    let base = format!("bse{key}000000000");
    let (found, faults) = log::sequences(&server, &base);
    assert_eq!((faults, found.len() as u64), (Vec::new(), *found.last().expect("writes")));
    if deleted.is_empty() {
        assert!(done.iter().flat_map(|(made, _, _)| made).all(|id| there.contains(id)), "a node is lost");
    }
}

/// Without deletions nothing may be missing at all.
#[test]
fn eight_editors_who_only_insert_and_move_lose_no_node() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Shared");
    let barrier = Barrier::new(EDITORS);
    let edit = |editor: usize| {
        let mut die = Die::new(100 + editor as u64);
        let mut made = Vec::new();
        barrier.wait();
        for turn in 0..40 {
            let known: Vec<String> = made.iter().cloned().chain(["root".to_owned()]).collect();
            let (node, parent) = (die.pick(&known).clone(), die.pick(&known).clone());
            let changes = match turn % 2 {
                0 => json!([insert(&parent, 5, &format!("{editor} {turn}"))]),
                _ => json!([{"action": "move", "node_id": node, "parent_id": parent, "index": -1}]),
            };
            let answer = outliner.ask("/doc/edit", json!({"file_id": document, "changes": changes})).json();
            made.extend(answer["new_node_ids"].as_array().into_iter().flatten().map(text));
        }
        made
    };
    let made: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..EDITORS).map(|editor| scope.spawn(move || edit(editor))).collect();
        all.into_iter().flat_map(|one| one.join().expect("an editor")).collect()
    });
    let nodes = outliner.nodes(&document);
    assert_tree(&nodes);
    let there: BTreeSet<String> = nodes.iter().map(|node| text(&node["id"])).collect();
    assert_eq!(made.len(), EDITORS * 20);
    assert!(made.iter().all(|id| there.contains(id)), "a node is lost");
    assert_eq!(there.len(), made.len() + 1);
}

#[test]
fn a_document_is_a_table_for_the_other_api_and_carries_fields_that_this_one_leaves_alone() {
    let server = Server::start();
    let (outliner, client) = (Outliner::of(&server), server.client());
    let document = outliner.document("Plan");
    let ids = outliner.edit(&document, json!([insert("root", -1, "Buy milk"), insert("root", -1, "Send photos")]));
    let base = format!("bse{}000000000", &document[..12]);
    let tables = client.get(&format!("/api/base/{base}/table")).expect(200).json();
    let table = tables.as_array().expect("tables").iter().find(|t| t["name"] == "Plan").expect("the document").clone();
    let table = text(&table["id"]);
    let fields = client.get(&format!("/api/table/{table}/field")).expect(200).json();
    let names: Vec<String> = fields.as_array().expect("fields").iter().map(|field| text(&field["name"])).collect();
    assert_eq!(names, ["Content", "Note", "Checked", "Checkbox", "Heading", "Color", "Collapsed"]);
    client.post(&format!("/api/table/{table}/field"), &json!({"name": "Due", "type": "date"})).expect(201);
    let before = outliner.version(&document);
    let records = client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    let first = text(&records["records"][0]["id"]);
    assert_eq!(records["records"][0]["fields"]["Content"], "Buy milk");
    let change = json!({"fieldKeyType": "name", "record": {"fields": {"Due": "2026-03-04", "Checked": true, "Collapsed": true}}});
    client.patch(&format!("/api/table/{table}/record/{first}"), &change).expect(200);
    assert_eq!(outliner.version(&document), before + 1, "a change through another API is a step of the version");
    let node = outliner.nodes(&document)[1].clone();
    assert_eq!(
        (&node["checked"], &node["collapsed"], &node["content"]),
        (&json!(true), &json!(true), &json!("Buy milk"))
    );
    outliner.edit(&document, json!([{"action": "edit", "node_id": ids[0], "content": "Buy oat milk", "color": 3}]));
    let kept = client.get(&format!("/api/table/{table}/record/{first}?fieldKeyType=name")).expect(200).json();
    assert!(text(&kept["fields"]["Due"]).starts_with("2026-03-04"), "{kept}");
    assert_eq!((&kept["fields"]["Content"], &kept["fields"]["Color"]), (&json!("Buy oat milk"), &json!(3)));
    // A filter of the other API finds nodes.
    let filter = json!({"conjunction": "and", "filterSet": [{"fieldId": "Checked", "operator": "is", "value": true}]});
    let path =
        format!("/api/table/{table}/record{}", testkit::client::query([("filter", filter.to_string().as_str())]));
    assert_eq!(client.get(&path).expect(200).json()["records"].as_array().map(Vec::len), Some(1));
    // A node made over there is a node here, at the end.
    let new = json!({"fieldKeyType": "name", "records": [{"fields": {"Content": "From afar"}}]});
    client.post(&format!("/api/table/{table}/record"), &new).expect(201);
    let nodes = outliner.nodes(&document);
    assert_eq!(nodes[0]["children"].as_array().map(Vec::len), Some(3));
    assert_eq!(nodes[3]["content"], "From afar");
    // A field that is gone is told at its default, and cannot be set.
    let color =
        fields.as_array().expect("fields").iter().find(|field| field["name"] == "Color").expect("a field").clone();
    client.delete(&format!("/api/table/{table}/field/{}", text(&color["id"]))).expect(200);
    assert_eq!(outliner.nodes(&document)[1]["color"], Value::Null);
    let set = json!({"file_id": document, "changes": [{"action": "edit", "node_id": ids[0], "color": 1}]});
    assert_eq!(outliner.code("/doc/edit", set), "Invalid");
    let unset = json!({"file_id": document, "changes": [{"action": "edit", "node_id": ids[0], "color": 0}]});
    outliner.good("/doc/edit", unset);
}

#[test]
fn what_was_done_in_a_window_is_undone_through_the_other_api() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Plan");
    let ids = outliner.edit(&document, json!([insert("root", -1, "a"), insert("root", -1, "b")]));
    outliner.edit(&document, json!([insert(&ids[0], 0, "below a")]));
    let before = outliner.nodes(&document);
    let body = json!({"token": outliner.token, "file_id": document, "changes": [
        {"action": "delete", "node_id": ids[0]},
        {"action": "edit", "node_id": ids[1], "content": "B"},
        insert("root", 0, "new"),
    ]});
    let window = [("x-window-id", "mine")];
    let done = server.client().send("POST", "/api/v1/doc/edit", &window, Some(body.to_string()));
    assert_eq!(done.json()["_code"], "OK", "{}", done.text);
    let table = table_of(&server, &document);
    let undone = server.client().send("POST", &format!("/api/table/{table}/undo-redo/undo"), &window, None);
    assert_eq!(undone.json()["status"], "fulfilled", "{}", undone.text);
    let children = |nodes: &[Value]| {
        nodes.iter().map(|node| (text(&node["content"]), node["children"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(children(&outliner.nodes(&document)), children(&before));
}

#[test]
fn a_request_that_comes_again_with_its_key_changes_nothing_again() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Plan");
    let root = outliner.root();
    let keyed = |path: &str, key: &str, body: Value| {
        let mut body = body;
        body["token"] = outliner.token.clone().into();
        let headers = [("idempotency-key", key)];
        outliner.client.send("POST", &format!("/api/v1{path}"), &headers, Some(body.to_string())).expect(200)
    };
    let edit = json!({"file_id": document, "changes": [insert("root", 0, "once")]});
    let make = json!({"changes": [{"action": "create", "type": "document", "parent_id": root, "title": "Once"}]});
    for (path, key, body) in [("/doc/edit", "one", edit), ("/file/edit", "two", make)] {
        let first = keyed(path, key, body.clone());
        assert_eq!(first.json()["_code"], "OK", "{}", first.text);
        let again = keyed(path, key, body);
        assert_eq!(again.json(), first.json());
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    assert_eq!(outliner.nodes(&document).len(), 2);
    let files = outliner.good("/file/list", json!({}));
    assert_eq!(files["files"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_deep_tree_is_read_moved_and_deleted() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let items = (0..3000).map(|_| "<outline text=\"x\">").collect::<String>() + &"</outline>".repeat(3000);
    let file = format!("<opml version=\"2.0\"><head><title>Deep</title></head><body>{items}</body></opml>");
    let made = server.client().send("POST", "/dynalist/import", &[], Some(file)).expect(200).json();
    assert_eq!((&made["_code"], &made["nodes"]), (&json!("Ok"), &json!(3000)));
    let document = text(&made["file_id"]);
    let nodes = outliner.nodes(&document);
    assert_tree(&nodes);
    let (first, second, last) = (text(&nodes[1]["id"]), text(&nodes[2]["id"]), text(&nodes[3000]["id"]));
    let below_itself =
        json!({"file_id": document, "changes": [{"action": "move", "node_id": first, "parent_id": last}]});
    assert_eq!(outliner.code("/doc/edit", below_itself), "Invalid");
    outliner.edit(&document, json!([{"action": "move", "node_id": second, "parent_id": "root", "index": 0}]));
    outliner.edit(&document, json!([{"action": "move", "node_id": first, "parent_id": last, "index": 0}]));
    assert_tree(&outliner.nodes(&document));
    outliner.edit(&document, json!([{"action": "delete", "node_id": second}]));
    assert_eq!(outliner.nodes(&document).len(), 1);
}

#[test]
fn a_tree_of_another_shape_is_a_document_by_what_names_its_records() {
    let server = Server::start();
    let outliner = Outliner::of(&server);
    let document = outliner.document("Plan");
    let ids = outliner.edit(&document, json!([insert("root", -1, "a")]));
    let table = table_of(&server, &document);
    let fields = server.client().get(&format!("/api/table/{table}/field")).expect(200).json();
    let content = fields.as_array().expect("fields").iter().find(|f| f["name"] == "Content").expect("a field").clone();
    let path = format!("/api/table/{table}/field/{}", text(&content["id"]));
    server.client().patch(&path, &json!({"name": "Was", "dbFieldName": "was"})).expect(200);
    // It still names the records, so it is what a node says.
    assert_eq!(outliner.nodes(&document)[1]["content"], "a");
    outliner.edit(&document, json!([{"action": "edit", "node_id": ids[0], "content": "b"}]));
    assert_eq!(outliner.nodes(&document)[1]["content"], "b");
}

fn insert(parent: &str, index: i64, content: &str) -> Value {
    json!({"action": "insert", "parent_id": parent, "index": index, "content": content})
}

/// A document as the other API spells it.
fn table_of(server: &Server, document: &str) -> String {
    let base = format!("bse{}000000000", &document[..12]);
    let tables = server.client().get(&format!("/api/base/{base}/table")).expect(200).json();
    text(&tables.as_array().expect("tables").last().expect("a table")["id"])
}
