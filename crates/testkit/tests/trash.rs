//! The trash: what was deleted comes back as it was, for as long as it is kept, and only for whom it may.

mod support;

use engine::ports::{FixedClock, Ports, SystemDice};
use model::Role;
use model::time::{DAY_MS, Instant};
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Table, assert_refused, people};
use testkit::client::Client;
use testkit::server::Server;

/// The items of a table's or a base's trash.
#[track_caller]
fn items(client: &Client, of: &str, id: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/trash/items?resourceType={of}&resourceId={id}")).expect(200).json();
    page["trashItems"].as_array().expect("items").clone()
}

fn restore(client: &Client, item: &Value) -> testkit::client::Reply {
    client.send("POST", &format!("/api/trash/restore/{}", item["id"].as_str().expect("an id")), &[], None)
}

fn table() -> (Server, Table) {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    (server, table)
}

#[test]
fn records_fields_and_views_come_back_from_the_trash_of_their_table() {
    let (server, mut table) = table();
    let client = server.client();
    let rows = table.create(&[json!({"Name": "a", "Count": 1}), json!({"Name": "b"}), json!({"Name": "c"})]);
    client.delete(&table.path(&format!("/record?recordIds={}&recordIds={}", rows[0], rows[1]))).expect(200);
    let count = table.field("Count").to_owned();
    client.patch(&table.path(&format!("/field/{count}")), &json!({"name": "How many"})).expect(200);
    client.delete(&table.path(&format!("/field/{count}"))).expect(200);
    let view = client.post(&table.path("/view"), &json!({"name": "Mine", "type": "grid"})).expect(201).text_at("/id");
    client.put(&table.path(&format!("/view/{view}/name")), &json!({"name": "Ours"})).expect(200);
    client.delete(&table.path(&format!("/view/{view}"))).expect(200);
    let found = items(&client, "table", &table.id);
    let words: Vec<&str> = found.iter().map(|item| item["resourceType"].as_str().expect("a word")).collect();
    assert_eq!(words, ["view", "field", "record"]);
    assert_eq!(found[2]["resourceIds"], json!([rows[0], rows[1]]));
    found.iter().for_each(|item| drop(restore(&client, item).expect(201)));
    assert_eq!(items(&client, "table", &table.id), Vec::<Value>::new());
    table.refresh();
    assert_eq!(table.field("How many"), count);
    assert_eq!(table.cell(&rows[0], "How many"), json!(1));
    assert_eq!(table.all().len(), 3);
    assert_eq!(client.get(&table.path(&format!("/view/{view}"))).expect(200).text_at("/name"), "Ours");
    assert_refused(&restore(&client, &found[0]), &[404]);
    // Restoring is a write like any other: a window takes it back.
    client.delete(&table.path(&format!("/record/{}", rows[2]))).expect(200);
    let id = items(&client, "table", &table.id)[0]["id"].as_str().expect("an id").to_owned();
    let window = [("x-window-id", "winTrash0000000001")];
    client.send("POST", &format!("/api/trash/restore/{id}"), &window, None).expect(201);
    assert_eq!(table.step("undo", "winTrash0000000001"), "fulfilled");
    assert_eq!(table.all().len(), 2);
}

#[test]
fn a_deleted_table_comes_back_with_the_fields_that_lead_to_it() {
    let (server, table) = table();
    let client = server.client();
    let mut other = Table::make(&client, &table.base, "Other", &json!([{"name": "Name", "type": "singleLineText"}]));
    let link = json!({"name": "Thing", "type": "link",
        "options": {"relationship": "manyOne", "foreignTableId": table.id}});
    other.add_field(&link).expect(201);
    let thing = table.create(&[json!({"Name": "a"})]).remove(0);
    let row = other.create(&[json!({"Name": "x", "Thing": {"id": thing}})]).remove(0);
    client.delete(&format!("/api/base/{}/table/{}", table.base, table.id)).expect(200);
    assert_eq!(other.cell(&row, "Thing"), Value::Null);
    let found = items(&client, "base", &table.base);
    assert_eq!((found.len(), &found[0]["resourceId"]), (1, &json!(table.id)));
    restore(&client, &found[0]).expect(201);
    assert_eq!(other.cell(&row, "Thing")["id"], json!(thing));
    assert_eq!(table.all().len(), 1);
    assert_eq!(items(&client, "base", &table.base), Vec::<Value>::new());
}

#[test]
fn spaces_and_bases_come_back_with_what_is_in_them() {
    let (server, table) = table();
    let client = server.client();
    let (person, space) = people::neighbour(&server, "ada");
    let body = json!({"spaceId": space, "name": "Hers"});
    let base = person.client.post("/api/base", &body).expect(201).text_at("/id");
    let hers = Table::plain(&person.client, &base);
    hers.create(&[json!({"Name": "kept"})]);
    let trash = |client: &Client, of: &str| {
        client.get(&format!("/api/trash?resourceType={of}")).expect(200).json()["trashItems"].clone()
    };
    person.client.delete(&format!("/api/base/{base}")).expect(200);
    let item = trash(&person.client, "base")[0].clone();
    assert_eq!((&item["resourceId"], item["deletedBy"].as_str()), (&json!(base), Some(&*usr(person.id.0))));
    // It is in nobody else's trash, and nobody else brings it back.
    assert_eq!(trash(&client, "base"), json!([]));
    assert_refused(&restore(&client, &item), &[404]);
    restore(&person.client, &item).expect(201);
    assert_eq!(hers.all().len(), 1);
    person.client.delete(&format!("/api/space/{space}")).expect(200);
    person.client.get(&format!("/api/space/{space}")).expect(404);
    assert_refused(&restore(&client, &trash(&person.client, "space")[0]), &[404]);
    restore(&person.client, &trash(&person.client, "space")[0]).expect(201);
    assert_eq!(hers.all().len(), 1);
    assert_eq!(trash(&person.client, "space"), json!([]));
    drop(table);
    assert_eq!(server.engine.store().check(), Vec::<String>::new());
}

fn usr(number: u32) -> String {
    donotname::names::user(model::UserId(number))
}

#[test]
fn a_trash_is_read_with_one_right_and_emptied_or_restored_with_another() {
    let (server, table) = table();
    let client = server.client();
    let row = table.create(&[json!({"Name": "a"})]).remove(0);
    client.delete(&table.path(&format!("/record/{row}"))).expect(200);
    let item = items(&client, "table", &table.id).remove(0);
    let path = format!("/api/trash/items?resourceType=table&resourceId={}", table.id);
    let reset = format!("/api/trash/reset-items?resourceType=table&resourceId={}", table.id);
    let stranger = people::stranger(&server, "eve").client;
    let reader = people::member(&server, "rea", &table.base, Role::Read).client;
    let editor = people::member(&server, "edi", &table.base, Role::Edit).client;
    for (who, status) in [(&stranger, 404), (&reader, 403)] {
        assert_refused(&who.get(&path), &[status]);
        assert_refused(&restore(who, &item), &[status]);
        assert_refused(&who.delete(&reset), &[status]);
    }
    editor.get(&path).expect(200);
    assert_refused(&restore(&editor, &item), &[403]);
    assert_refused(&editor.delete(&reset), &[403]);
    assert_eq!(table.all().len(), 0);
    client.delete(&reset).expect(200);
    assert_eq!(items(&client, "table", &table.id), Vec::<Value>::new());
    assert_refused(&restore(&client, &item), &[404]);
    for wrong in ["", "?resourceType=base", "?resourceType=field", "?resourceType=space&more=1"] {
        let status = if wrong == "?resourceType=base" { 200 } else { 400 };
        assert_eq!(client.get(&format!("/api/trash{wrong}")).status, status, "{wrong}");
    }
}

#[test]
fn what_is_older_than_it_is_kept_is_gone_for_good() {
    let clock = FixedClock::at(Instant::now());
    let server = Server::start_with(Ports::of(clock.clone(), Arc::new(SystemDice)), |_| {});
    server.engine.keep_trash(30);
    let (client, base, doomed) = (server.client(), server.new_base(), server.new_base());
    let table = Table::plain(&client, &base);
    let row = table.create(&[json!({"Name": "a"})]).remove(0);
    client.delete(&table.path(&format!("/record/{row}"))).expect(200);
    let item = items(&client, "table", &table.id).remove(0);
    client.delete(&format!("/api/base/{doomed}")).expect(200);
    let space = client.post("/api/space", &json!({"name": "Doomed"})).expect(201).text_at("/id");
    client.post("/api/base", &json!({"spaceId": space})).expect(201);
    client.delete(&format!("/api/space/{space}")).expect(200);
    clock.advance(29 * DAY_MS);
    server.engine.maintain().expect("maintained");
    let homes = |of: &str| {
        let page = client.get(&format!("/api/trash?resourceType={of}")).expect(200).json();
        page["trashItems"].as_array().expect("items").len()
    };
    assert_eq!((homes("base"), homes("space"), items(&client, "table", &table.id).len()), (1, 1, 1));
    clock.advance(2 * DAY_MS);
    assert_refused(&restore(&client, &item), &[404]);
    assert_refused(&restore(&client, &json!({"id": doomed})), &[404]);
    server.engine.maintain().expect("maintained");
    assert_eq!((homes("base"), homes("space"), items(&client, "table", &table.id).len()), (0, 0, 0));
    let left = server.engine.store().home().read(|tx| {
        let mut left = 0;
        store::home::databases::each(tx, &mut |_| {
            left += 1;
            Ok(())
        })?;
        Ok(left)
    });
    // The first base of the owner's, and the one that still stands.
    assert_eq!(left, Ok(2));
    assert_eq!(server.engine.store().check(), Vec::<String>::new());
}
