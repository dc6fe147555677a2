//! Links and undo: what is taken back is taken back whole, beside what others did since.

mod support;

use serde_json::{Value, json};
use support::Table;
use support::library::{ids, library};
use testkit::server::Server;

#[test]
fn a_target_comes_back_beside_what_was_linked_since() {
    for relationship in ["manyMany", "oneMany", "manyOne", "oneOne"] {
        let library = library(relationship, false);
        let (authors, books) = (&library.authors, &library.books);
        let people = authors.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]);
        let many = relationship.ends_with("Many");
        let by = |id: &str| if many { json!([{"id": id}]) } else { json!({"id": id}) };
        let book = books.create(&[json!({"Name": "One", "By": by(&people[0])})]).remove(0);
        authors.as_window("winBack", "DELETE", &format!("/record/{}", people[0]), None).expect(200);
        books.update(&book, &json!({"By": by(&people[1])})).expect(200);
        // Ann comes back, or the step says that it cannot; Bob stays where somebody put him.
        let status = authors.step("undo", "winBack");
        assert!(["fulfilled", "failed"].contains(&&*status), "{relationship}: {status}");
        assert_eq!(authors.get(&people[0]).status, if status == "fulfilled" { 200 } else { 404 });
        let linked = ids(&books.cell(&book, "By"));
        assert!(linked.contains(&people[1]), "{relationship}: {linked:?}");
        assert!(many || linked.len() == 1, "{relationship}: {linked:?}");
        books.update(&book, &json!({"By": null})).expect(200);
        assert_eq!(books.cell(&book, "By"), Value::Null);
    }
}

#[test]
fn records_that_link_to_each_other_can_be_undone_and_done_again() {
    let (_server, table, back) = circle("manyMany");
    let ann = table.create(&[json!({"Name": "Ann"})]).remove(0);
    let body = json!({"fieldKeyType": "name", "records": [{"fields": {"Name": "Bob", "Knows": [{"id": ann}], back.as_str(): [{"id": ann}]}}]});
    let bob = table.as_window("winSelf", "POST", "/record", Some(body)).expect(201).text_at("/records/0/id");
    assert_eq!(
        (ids(&table.cell(&ann, &back)), ids(&table.cell(&ann, "Knows"))),
        (vec![bob.clone()], vec![bob.clone()])
    );
    assert_eq!(table.step("undo", "winSelf"), "fulfilled");
    let cid = table.create(&[json!({"Name": "Cid", "Knows": [{"id": ann}], back.as_str(): [{"id": ann}]})]).remove(0);
    // Ann's cells were changed by somebody else since, so they are not overwritten, and nothing is half done.
    assert_eq!(table.step("redo", "winSelf"), "failed");
    assert_eq!(table.get(&bob).status, 404);
    table.client.delete(&table.path(&format!("/record/{cid}"))).expect(200);
    assert_eq!(table.step("redo", "winSelf"), "fulfilled");
    for field in ["Knows", back.as_str()] {
        assert_eq!(ids(&table.cell(&ann, field)).as_slice(), std::slice::from_ref(&bob), "{field}");
        assert_eq!(ids(&table.cell(&bob, field)).as_slice(), std::slice::from_ref(&ann), "{field}");
    }
}

#[test]
fn undoing_a_conversion_to_a_link_takes_the_other_side_away() {
    for relationship in ["manyMany", "manyOne", "oneOne", "oneMany"] {
        let mut library = library("manyOne", true);
        library.books.add_field(&json!({"name": "Note", "type": "singleLineText"})).expect(201);
        let (authors, books) = (&mut library.authors, &library.books);
        let kind = json!({"type": "link", "options": {"relationship": relationship, "foreignTableId": authors.id}});
        let path = format!("/field/{}/convert", books.field("Note"));
        books.as_window("winTurn", "PUT", &path, Some(kind)).expect(200);
        authors.refresh();
        assert_eq!(authors.fields.len(), 3, "{relationship}: the other side appeared");
        assert_eq!(books.step("undo", "winTurn"), "fulfilled", "{relationship}");
        authors.refresh();
        assert_eq!(authors.fields.len(), 2, "{relationship}: and is gone: {:?}", authors.fields);
        let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
        assert_eq!(authors.get(&ann).status, 200);
    }
}

#[test]
fn a_conversion_to_a_one_way_link_shows_nothing_on_the_other_side() {
    let mut library = library("manyOne", true);
    library.books.add_field(&json!({"name": "Note", "type": "singleLineText"})).expect(201);
    let (authors, books) = (&mut library.authors, &library.books);
    let kind = json!({"type": "link", "options": {"relationship": "manyMany", "foreignTableId": authors.id, "isOneWay": true}});
    let field =
        books.client.put(&books.path(&format!("/field/{}/convert", books.field("Note"))), &kind).expect(200).json();
    assert_eq!((&field["options"]["isOneWay"], &field["options"]["symmetricFieldId"]), (&json!(true), &Value::Null));
    authors.refresh();
    assert_eq!(authors.fields.len(), 2, "{:?}", authors.fields);
}

#[test]
fn a_record_does_not_come_back_with_links_to_what_has_gone_since() {
    for relationship in ["manyMany", "oneMany", "manyOne", "oneOne"] {
        let library = library(relationship, false);
        let (authors, books, back) = (&library.authors, &library.books, library.back());
        let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
        let by = if relationship.ends_with("Many") { json!([{"id": ann}]) } else { json!({"id": ann}) };
        let book = books.create(&[json!({"Name": "One", "By": by})]).remove(0);
        books.as_window("winB", "DELETE", &format!("/record/{book}"), None).expect(200);
        authors.as_window("winA", "DELETE", &format!("/record/{ann}"), None).expect(200);
        let status = books.step("undo", "winB");
        assert!(["fulfilled", "failed"].contains(&&*status), "{relationship}: {status}");
        if status == "fulfilled" {
            assert_eq!(books.cell(&book, "By"), Value::Null, "{relationship}: Ann is not there");
        }
        assert_eq!(authors.step("undo", "winA"), "fulfilled", "{relationship}");
        assert_eq!(ids(&authors.cell(&ann, &back)).len(), ids(&books.all()[0]["fields"]["By"]).len(), "{relationship}");
    }
}

/// A table whose records know each other, with the field of the other side.
fn circle(relationship: &str) -> (Server, Table, String) {
    let server = Server::start();
    let name = json!([{"name": "Name", "type": "singleLineText"}]);
    let mut table = Table::make(&server.client(), &server.new_base(), "People", &name);
    let options = json!({"relationship": relationship, "foreignTableId": table.id});
    table.add_field(&json!({"name": "Knows", "type": "link", "options": options})).expect(201);
    let back =
        table.fields.keys().find(|name| !["Name", "Knows"].contains(&name.as_str())).expect("the other side").clone();
    (server, table, back)
}

#[test]
fn a_write_of_both_sides_of_a_link_is_undone_whole() {
    for relationship in ["manyOne", "oneMany", "oneOne", "manyMany"] {
        let (_server, table, back) = circle(relationship);
        let people = table.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]);
        let cell = |field: &str, id: &str| {
            let is_list =
                if field == "Knows" { relationship.ends_with("Many") } else { relationship.starts_with("many") };
            if is_list { json!([{"id": id}]) } else { json!({"id": id}) }
        };
        let before: Vec<Value> = table.all().iter().map(|r| r["fields"].clone()).collect();
        for (knows, known) in [(0, 1), (1, 0), (0, 0), (1, 1)] {
            let fields = json!({"Knows": cell("Knows", &people[knows]), back.as_str(): cell(&back, &people[known])});
            let body = json!({"fieldKeyType": "name", "record": {"fields": fields}});
            let reply = table.as_window("winBoth", "PATCH", &format!("/record/{}", people[0]), Some(body));
            if reply.status == 200 {
                assert_eq!(table.step("undo", "winBoth"), "fulfilled", "{relationship} {fields}");
            }
            let after: Vec<Value> = table.all().iter().map(|r| r["fields"].clone()).collect();
            assert_eq!(after, before, "{relationship} {fields}");
        }
    }
}

#[test]
fn a_link_written_from_the_other_side_is_undone_there() {
    for relationship in ["manyOne", "oneMany", "oneOne", "manyMany"] {
        let library = library(relationship, false);
        let (authors, books, back) = (&library.authors, &library.books, library.back());
        let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
        let book = books.create(&[json!({"Name": "One"})]).remove(0);
        let cell = if relationship.starts_with("many") { json!([{"id": book}]) } else { json!({"id": book}) };
        let body = json!({"fieldKeyType": "name", "record": {"fields": {back.as_str(): cell}}});
        authors.as_window("winOther", "PATCH", &format!("/record/{ann}"), Some(body)).expect(200);
        assert_eq!(ids(&books.cell(&book, "By")).as_slice(), std::slice::from_ref(&ann), "{relationship}");
        assert_eq!(authors.step("undo", "winOther"), "fulfilled", "{relationship}");
        assert_eq!(books.cell(&book, "By"), Value::Null, "{relationship}");
    }
}

#[test]
fn a_batch_that_moves_one_record_twice_is_undone_whole() {
    for relationship in ["manyOne", "oneMany", "oneOne"] {
        let library = library(relationship, false);
        let (authors, books, back) = (&library.authors, &library.books, library.back());
        let people = authors.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]);
        let works = books.create(&[json!({"Name": "One"}), json!({"Name": "Two"})]);
        let picture =
            || [authors.all(), books.all()].map(|rows| rows.iter().map(|r| r["fields"].clone()).collect::<Vec<_>>());
        let before = picture();
        // The side that lists may name one record in two lists, of which only the last can hold it.
        let (table, field, owners, target) = if relationship == "oneMany" {
            (books, "By", &works, &people[0])
        } else {
            (authors, back.as_str(), &people, &works[0])
        };
        let cell = if relationship == "oneOne" { json!({"id": target}) } else { json!([{"id": target}]) };
        let records: Vec<Value> = owners.iter().map(|id| json!({"id": id, "fields": {field: cell}})).collect();
        let body = json!({"fieldKeyType": "name", "records": records});
        let reply = table.as_window("winTwice", "PATCH", "/record", Some(body));
        if reply.status == 200 {
            assert!(
                [books, authors].iter().any(|table| table.step("undo", "winTwice") == "fulfilled"),
                "{relationship}"
            );
        }
        assert_eq!(picture(), before, "{relationship}: {}", reply.text);
    }
}

#[test]
fn a_new_record_that_names_itself_is_refused_or_can_be_taken_back() {
    for relationship in ["manyOne", "oneMany", "oneOne", "manyMany"] {
        for side in ["Knows", "back"] {
            let (_server, table, back) = circle(relationship);
            let first = table.create(&[json!({"Name": "Ann"})]).remove(0);
            // Ids go on one by one, so the next one can be guessed.
            let next = format!("{}{}", &first[..23], char::from(first.as_bytes()[23] + 1));
            let field = if side == "back" { back.as_str() } else { side };
            let body = json!({"fieldKeyType": "name", "records": [{"fields": {"Name": "Bob", field: [{"id": next}]}}]});
            let reply = table.as_window("winSelf", "POST", "/record", Some(body));
            if reply.status == 201 {
                assert_eq!(table.step("undo", "winSelf"), "fulfilled", "{relationship} {side}");
            }
            assert_eq!(table.all().len(), 1, "{relationship} {side}: {}", reply.text);
        }
    }
}
