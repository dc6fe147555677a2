//! Nobody overwrites unseen what somebody else wrote: `ETag`, `If-Match`, `If-None-Match` on records.

mod support;

use serde_json::{Value, json};
use support::{Table, assert_refused};
use testkit::client::Reply;
use testkit::server::Server;

fn ask(table: &Table, method: &str, rest: &str, header: (&str, &str), body: Option<&Value>) -> Reply {
    table.client.send(method, &table.path(rest), &[header], body.map(Value::to_string))
}

#[track_caller]
fn tag(reply: &Reply) -> String {
    reply.header("etag").expect("a tag").to_owned()
}

#[test]
fn a_change_is_refused_when_the_record_was_changed_since_it_was_read() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let id = table.create(&[json!({"Name": "a", "Count": 1})]).remove(0);
    let record = format!("/record/{id}");
    let read = table.client.get(&table.path(&record)).expect(200);
    let change = |count: i64| json!({"record": {"fields": {"Count": count}}, "fieldKeyType": "name"});
    ask(&table, "PATCH", &record, ("if-match", &tag(&read)), Some(&change(2))).expect(200);
    // The same tag is of what was before; read as other keys, it is of the same version.
    let by_name = table.get(&id).expect(200);
    for stale in [tag(&read), "\"0-0\"".to_owned(), "\"nothing of ours\"".to_owned()] {
        let refused = ask(&table, "PATCH", &record, ("if-match", &stale), Some(&change(3)));
        assert_refused(&refused, &[412]);
        assert_eq!(refused.json()["code"], json!("precondition_failed"));
        assert_refused(&ask(&table, "DELETE", &record, ("if-match", &stale), None), &[412]);
    }
    assert_eq!(table.cell(&id, "Count"), json!(2));
    let list = format!("\"0-0\", W/{}", tag(&by_name));
    ask(&table, "PATCH", &record, ("if-match", &list), Some(&change(4))).expect(200);
    ask(&table, "PATCH", &record, ("if-match", "*"), Some(&change(5))).expect(200);
    assert_eq!(table.cell(&id, "Count"), json!(5));
    let many = json!({"records": [{"id": id, "fields": {"Count": 6}}], "fieldKeyType": "name"});
    assert_refused(&ask(&table, "PATCH", "/record", ("if-match", "*"), Some(&many)), &[400]);
    assert_refused(&ask(&table, "DELETE", &format!("/record?recordIds={id}"), ("if-match", "*"), None), &[400]);
    let present = tag(&table.get(&id).expect(200));
    ask(&table, "DELETE", &record, ("if-match", &present), None).expect(200);
    assert_refused(&ask(&table, "DELETE", &record, ("if-match", "*"), None), &[412]);
    assert_refused(&ask(&table, "PATCH", &record, ("if-match", "*"), Some(&change(7))), &[404]);
}

#[test]
fn a_record_that_is_known_is_not_sent_again_until_anything_in_it_changes() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let id = table.create(&[json!({"Name": "a", "Color": "Red"})]).remove(0);
    let record = format!("/record/{id}");
    let first = table.client.get(&table.path(&record)).expect(200);
    let known = ask(&table, "GET", &record, ("if-none-match", &tag(&first)), None);
    assert_eq!((known.status, known.text.as_str(), tag(&known)), (304, "", tag(&first)));
    // Renaming an option touches no record, and shows in this one all the same.
    let field = table.field("Color").to_owned();
    let shown = table.client.get(&table.path(&format!("/field/{field}"))).expect(200).json();
    let mut choices = shown["options"]["choices"].clone();
    choices[0]["name"] = json!("Rouge");
    let convert = json!({"type": "singleSelect", "options": {"choices": choices}});
    table.client.put(&table.path(&format!("/field/{field}/convert")), &convert).expect(200);
    let changed = ask(&table, "GET", &record, ("if-none-match", &tag(&first)), None).expect(200);
    assert_ne!(tag(&changed), tag(&first));
    let version = |tag: &str| tag.split('-').next().map(str::to_owned);
    assert_eq!(version(&tag(&changed)), version(&tag(&first)), "the record itself was not written");
}

#[test]
fn a_change_tells_the_tag_by_which_the_record_is_changed_again() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let id = table.create(&[json!({"Name": "a", "Count": 1})]).remove(0);
    let record = format!("/record/{id}");
    let change = |count: i64| json!({"record": {"fields": {"Count": count}}, "fieldKeyType": "name"});
    let first = table.client.patch(&table.path(&record), &change(2)).expect(200);
    assert_eq!(tag(&first), tag(&table.get(&id).expect(200)), "it is the tag of the record as it is read now");
    let second = ask(&table, "PATCH", &record, ("if-match", &tag(&first)), Some(&change(3))).expect(200);
    assert_refused(&ask(&table, "PATCH", &record, ("if-match", &tag(&first)), Some(&change(4))), &[412]);
    ask(&table, "PATCH", &record, ("if-match", &tag(&second)), Some(&change(5))).expect(200);
    let many = json!({"records": [{"id": id, "fields": {"Count": 6}}], "fieldKeyType": "name"});
    assert_eq!(table.client.patch(&table.path("/record"), &many).expect(200).header("etag"), None);
}
