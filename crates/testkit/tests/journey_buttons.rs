//! Buttons across the API: webhooks, counting under haste, and that a click does all or nothing.

mod support;

use outbound::Allowed;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::receiver::Receiver;
use support::{Table, text};
use testkit::client::Reply;
use testkit::server::Server;

/// A server that may call these receivers, and a table of it.
fn world(receivers: &[&Receiver]) -> (Server, Table) {
    let hosts: Vec<String> = receivers.iter().map(|receiver| format!("127.0.0.1:{}", receiver.port)).collect();
    let webhook = hosts.join(",").parse().expect("hosts");
    let server = Server::allowing(Allowed { webhook, ..Allowed::default() });
    let table = Table::plain(&server.client(), &server.new_base());
    (server, table)
}

/// Adds a button with these actions and these other options; its id.
fn button(table: &mut Table, more: Value, actions: Value) -> String {
    let mut options = json!({"label": "Go", "color": "teal", "actions": actions});
    for (key, value) in more.as_object().expect("an object") {
        options[key] = value.clone();
    }
    table.add_field(&json!({"name": "Go", "type": "button", "options": options})).expect(201).text_at("/id")
}

fn click(table: &Table, record: &str, button: &str) -> Reply {
    table.client.post(&table.path(&format!("/record/{record}/{button}/button-click")), &json!({}))
}

fn runs(table: &Table, button: &str) -> Vec<Value> {
    let page = table.client.get(&table.path(&format!("/field/{button}/runs"))).expect(200).json();
    page["runs"].as_array().expect("runs").clone()
}

/// The newest run, when its webhooks are called.
fn settled(table: &Table, button: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let newest = runs(table, button).remove(0);
        if newest["state"] != "pending" {
            return newest;
        }
        assert!(Instant::now() < end, "the run goes on for ever: {newest}");
        std::thread::yield_now();
    }
}

#[test]
fn a_webhook_is_told_of_the_click_with_the_fields_that_it_is_for() {
    let receiver = Receiver::answering("204 No Content");
    let (_server, mut table) = world(&[&receiver]);
    let record = table.create(&[json!({"Name": "n", "Notes": "secret", "Count": 7})]).remove(0);
    let hook = json!({"type": "callWebhook", "url": receiver.url(), "fieldIds": ["Count", "Color"]});
    let set = json!({"type": "setFields", "fields": {"Color": "Red"}});
    let go = button(&mut table, json!({}), json!([set, hook]));
    let clicked = click(&table, &record, &go).expect(201).json();
    let (head, body) = receiver.next();
    let told: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(told["event"], "button.click");
    assert_eq!(told["runId"], clicked["runId"]);
    assert_eq!((text(&told["baseId"]), text(&told["tableId"])), (table.base.clone(), table.id.clone()));
    assert_eq!((text(&told["recordId"]), text(&told["fieldId"])), (record.clone(), go.clone()));
    let fields = json!({table.field("Count"): 7, table.field("Color"): "Red"});
    assert_eq!(told["record"]["fields"], fields, "what the click set, and nothing else");
    assert!(!body.contains("secret") && told["record"].get("name").is_none(), "{body}");
    let head = head.to_lowercase();
    assert!(head.starts_with("post /hook http/1.1"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("x-manytongue-delivery: ") && head.contains("x-manytongue-event: button.click"), "{head}");
    assert!(!head.contains("authorization") && !head.contains("cookie"), "{head}");
    let run = settled(&table, &go);
    assert_eq!((&run["id"], &run["state"], text(&run["recordId"])), (&clicked["runId"], &json!("done"), record));
    let done = json!([{"type": "setFields", "state": "done"}, {"type": "callWebhook", "state": "done", "status": 204}]);
    assert_eq!(run["actions"], done);
    assert!(run["took"].is_number());
}

#[test]
fn a_webhook_that_fails_or_may_not_be_called_is_told_in_the_run_and_the_rest_goes_on() {
    let (broken, fine) = (Receiver::answering("500 Broken"), Receiver::answering("200 OK"));
    let unlisted = Receiver::answering("200 OK");
    let (_server, mut table) = world(&[&broken, &fine]);
    let record = table.create(&[json!({"Name": "n"})]).remove(0);
    let hook = |url: String| json!({"type": "callWebhook", "url": url, "fieldIds": []});
    let inside = "http://169.254.169.254/latest".to_owned();
    let go = button(
        &mut table,
        json!({}),
        json!([hook(broken.url()), hook(unlisted.url()), hook(inside), hook(fine.url())]),
    );
    click(&table, &record, &go).expect(201);
    let run = settled(&table, &go);
    let refused = "the address does not exist or is not a public one";
    assert_eq!(
        run["actions"],
        json!([
            {"type": "callWebhook", "state": "failed", "status": 500, "error": "it answered 500"},
            {"type": "callWebhook", "state": "failed", "error": refused},
            {"type": "callWebhook", "state": "failed", "error": refused},
            {"type": "callWebhook", "state": "done", "status": 200},
        ])
    );
    assert_eq!(run["state"], "failed");
    assert!(unlisted.is_idle(), "nothing came to who is not listed");
    assert_eq!(table.cell(&record, "Go"), json!({"count": 1}), "the click itself stands");
}

#[test]
fn clicks_at_the_same_time_never_exceed_the_most_that_is_allowed() {
    let (_server, mut table) = world(&[]);
    let record = table.create(&[json!({"Name": "n"})]).remove(0);
    let make = json!({"type": "createRecord", "tableId": table.id, "fields": {"Name": "made"}});
    let go = button(&mut table, json!({"maxCount": 5}), json!([make]));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clicks: Vec<_> = (0..16).map(|_| scope.spawn(|| click(&table, &record, &go).status)).collect();
        clicks.into_iter().map(|click| click.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 11, "{statuses:?}");
    assert_eq!(table.cell(&record, "Go"), json!({"count": 5}));
    assert_eq!(table.found("Name", "is", &json!("made")).len(), 5);
    assert_eq!(runs(&table, &go).len(), 5);
}

#[test]
fn a_click_whose_last_action_is_against_a_rule_does_nothing_at_all() {
    let receiver = Receiver::answering("200 OK");
    let (_server, mut table) = world(&[&receiver]);
    table.add_field(&json!({"name": "Code", "type": "singleLineText", "unique": true})).expect(201);
    let record = table.create(&[json!({"Name": "n", "Code": "taken"})]).remove(0);
    let set = json!({"type": "setFields", "fields": {"Notes": "set"}});
    let make = json!({"type": "createRecord", "tableId": table.id, "fields": {"Code": "taken"}});
    let hook = json!({"type": "callWebhook", "url": receiver.url()});
    let go = button(&mut table, json!({}), json!([set, hook, make]));
    let refused = click(&table, &record, &go).expect(400);
    assert!(refused.text_at("/message").contains("Code"), "{}", refused.text);
    assert_eq!(table.get(&record).expect(200).json()["fields"], json!({"Name": "n", "Code": "taken"}));
    assert_eq!(table.all().len(), 1);
    assert!(runs(&table, &go).is_empty());
    assert!(receiver.is_idle());
}

#[test]
fn undo_takes_a_click_back_and_redo_does_it_again() {
    let (_server, mut table) = world(&[]);
    let record = table.create(&[json!({"Name": "n", "Notes": "before"})]).remove(0);
    let set = json!({"type": "setFields", "fields": {"Notes": "set", "Count": 3}});
    let make = json!({"type": "createRecord", "tableId": table.id, "fields": {"Name": "made"}});
    let go = button(&mut table, json!({}), json!([set, make]));
    let rest = format!("/record/{record}/{go}/button-click");
    table.as_window("win1", "POST", &rest, None).expect(201);
    assert_eq!(table.all().len(), 2);
    let clicked = table.get(&record).json()["fields"].clone();
    assert_eq!(table.step("undo", "win1"), "fulfilled");
    assert_eq!(table.all().len(), 1);
    assert_eq!(table.get(&record).json()["fields"], json!({"Name": "n", "Notes": "before"}));
    assert_eq!(table.step("redo", "win1"), "fulfilled");
    assert_eq!(table.get(&record).json()["fields"], clicked);
    assert_eq!(table.all().len(), 2);
}

#[test]
fn a_copied_table_has_buttons_that_work_on_the_copy() {
    let (server, mut table) = world(&[]);
    let set = json!({"type": "setFields", "fields": {"Notes": "set"}});
    button(&mut table, json!({}), json!([set]));
    let at = format!("/api/base/{}/table/{}/duplicate", table.base, table.id);
    let copy = server.client().post(&at, &json!({"name": "Copy"})).expect(201).text_at("/id");
    let mut copy = Table { id: copy, ..table.clone() };
    copy.refresh();
    let record = copy.create(&[json!({"Name": "n"})]).remove(0);
    let go = copy.field("Go").to_owned();
    click(&copy, &record, &go).expect(201);
    assert_eq!(copy.cell(&record, "Notes"), "set");
}

#[test]
fn a_click_runs_a_script_and_calls_a_webhook_only_when_its_condition_holds_after_it() {
    let receiver = Receiver::answering("204 No Content");
    let (_server, mut table) = world(&[&receiver]);
    let record = table.create(&[json!({"Name": "n", "Count": 1})]).remove(0);
    let script = json!({"type": "runScript", "script": "Count := Count * 10; { now: Count }"});
    let hook = json!({"type": "callWebhook", "url": receiver.url(), "fieldIds": ["Count"], "condition": "Count > 50"});
    let go = button(&mut table, json!({}), json!([script, hook]));
    let first = click(&table, &record, &go).expect(201).json();
    assert_eq!(first["results"], json!([{"now": 10}]));
    let run = settled(&table, &go);
    let skipped = json!([
        {"type": "runScript", "state": "done", "result": {"now": 10}},
        {"type": "callWebhook", "state": "skipped"},
    ]);
    assert_eq!((&run["state"], &run["actions"]), (&json!("done"), &skipped));
    assert!(receiver.is_idle());
    click(&table, &record, &go).expect(201);
    let (_, body) = receiver.next();
    let told: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(told["record"]["fields"], json!({table.field("Count"): 100}));
    let run = settled(&table, &go);
    assert_eq!(run["actions"][1], json!({"type": "callWebhook", "state": "done", "status": 204}));
}

#[test]
fn a_script_that_fails_undoes_the_whole_click_and_says_why() {
    let (_server, mut table) = world(&[]);
    let record = table.create(&[json!({"Name": "n", "Notes": "before"})]).remove(0);
    let set = json!({"type": "setFields", "fields": {"Notes": "set"}});
    let script =
        json!({"type": "runScript", "script": "let made := create Things; made.Name := \"made\"; parseJSON(\"{\")"});
    let go = button(&mut table, json!({}), json!([set, script]));
    let refused = click(&table, &record, &go).expect(400);
    assert!(refused.text_at("/message").to_lowercase().contains("json"), "{}", refused.text);
    assert_eq!(table.get(&record).json()["fields"], json!({"Name": "n", "Notes": "before"}));
    assert_eq!(table.all().len(), 1);
    assert!(runs(&table, &go).is_empty());
}

#[test]
fn a_runaway_script_is_stopped_and_the_click_does_nothing() {
    let (_server, mut table) = world(&[]);
    let record = table.create(&[json!({"Name": "n"})]).remove(0);
    let script = json!({"type": "runScript", "script": "Notes := \"begun\"; while true do Count := 1 end"});
    let go = button(&mut table, json!({}), json!([script]));
    click(&table, &record, &go).expect(400);
    assert_eq!(table.get(&record).json()["fields"], json!({"Name": "n"}));
}
