//! Links between tables: both sides tell the same, a deleted target leaves no trace, undo brings it back.

mod support;

use serde_json::{Value, json};
use support::{Table, text};
use testkit::server::Server;

/// Authors and books, with a link of this relationship from books to authors.
struct Library {
    _server: Server,
    authors: Table,
    books: Table,
}

fn library(relationship: &str, one_way: bool) -> Library {
    let server = Server::start();
    let (client, base) = (server.client(), server.new_base());
    let fields = json!([{"name": "Name", "type": "singleLineText"}, {"name": "Age", "type": "number"}]);
    let authors = Table::make(&client, &base, "Authors", &fields);
    let mut books = Table::make(&client, &base, "Books", &json!([{"name": "Name", "type": "singleLineText"}]));
    let options = json!({"relationship": relationship, "foreignTableId": authors.id, "isOneWay": one_way});
    books.add_field(&json!({"name": "By", "type": "link", "options": options})).expect(201);
    let mut library = Library { _server: server, authors, books };
    library.authors.refresh();
    library
}

impl Library {
    /// The name of the authors' side of the link.
    #[track_caller]
    fn back(&self) -> String {
        let link = self.books.client.get(&self.books.path(&format!("/field/{}", self.books.field("By")))).expect(200);
        let symmetric = link.text_at("/options/symmetricFieldId");
        let (name, _) = self.authors.fields.iter().find(|(_, id)| **id == symmetric).expect("the other side");
        name.clone()
    }
}

fn ids(cell: &Value) -> Vec<String> {
    match cell {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(|one| text(&one["id"])).collect(),
        one => vec![text(&one["id"])],
    }
}

#[test]
fn a_one_way_link_is_seen_from_one_side_only() {
    let library = library("manyOne", true);
    let (authors, books) = (&library.authors, &library.books);
    assert_eq!(authors.fields.len(), 2, "no field appeared: {:?}", authors.fields);
    let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
    let book = books.create(&[json!({"Name": "One", "By": {"id": ann}})]).remove(0);
    assert_eq!(books.cell(&book, "By"), json!({"id": ann, "title": "Ann"}));
    authors.update(&ann, &json!({"Name": "Anne"})).expect(200);
    assert_eq!(books.cell(&book, "By")["title"], json!("Anne"), "a title is never kept twice");
}

#[test]
fn both_sides_of_a_link_tell_the_same() {
    for relationship in ["manyOne", "oneMany", "oneOne", "manyMany"] {
        let library = library(relationship, false);
        let (authors, books, back) = (&library.authors, &library.books, library.back());
        let people = authors.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]);
        let many = relationship.ends_with("Many");
        let by = if many { json!([{"id": people[0]}, {"id": people[1]}]) } else { json!({"id": people[0]}) };
        let first = books.create(&[json!({"Name": "One", "By": by})]).remove(0);
        let linked: &[String] = if many { &people } else { &people[..1] };
        assert_eq!(ids(&books.cell(&first, "By")), linked, "{relationship}");
        for author in linked {
            assert_eq!(ids(&authors.cell(author, &back)), [first.clone()], "{relationship}");
        }
        // Written from the other side.
        let second = books.create(&[json!({"Name": "Two"})]).remove(0);
        let many_back = relationship.starts_with("many");
        let cell = if many_back { json!([{"id": second}]) } else { json!({"id": second}) };
        authors.update(&people[1], &json!({back.as_str(): cell})).expect(200);
        assert_eq!(ids(&books.cell(&second, "By")), [people[1].clone()], "{relationship}");
        let left: &[String] = match relationship {
            "manyMany" | "oneMany" => &people[..1],
            _ => &people[..1],
        };
        assert_eq!(ids(&books.cell(&first, "By")), left, "{relationship}: Bob's list was replaced");
        books.update(&second, &json!({"By": null})).expect(200);
        assert_eq!(ids(&authors.cell(&people[1], &back)), [""; 0], "{relationship}");
    }
}

#[test]
fn a_link_to_one_side_moves_and_is_never_held_twice() {
    let library = library("oneMany", false);
    let (authors, books, back) = (&library.authors, &library.books, library.back());
    let people = authors.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]);
    let first = books.create(&[json!({"Name": "One", "By": [{"id": people[0]}, {"id": people[1]}]})]).remove(0);
    let taken = books.try_create(&[json!({"Name": "Two", "By": [{"id": people[0]}]})], &json!({}));
    // Each author belongs to one book: the second book takes Ann over, or is refused; never do both hold her.
    let holders: Vec<String> = books.all().iter().filter(|b| ids(&b["fields"]["By"]).contains(&people[0])).map(|b| text(&b["id"])).collect();
    assert_eq!(holders.len(), 1, "{} {}", taken.status, taken.text);
    assert_eq!(ids(&authors.cell(&people[0], &back)), holders);
    assert!(ids(&books.cell(&first, "By")).contains(&people[1]));
}

#[test]
fn a_deleted_target_leaves_no_trace_and_undo_brings_it_back() {
    for relationship in ["manyOne", "oneMany", "oneOne", "manyMany"] {
        for one_way in [false, true] {
            let library = library(relationship, one_way);
            let (authors, books) = (&library.authors, &library.books);
            let ann = authors.create(&[json!({"Name": "Ann"}), json!({"Name": "Bob"})]).remove(0);
            let many = relationship.ends_with("Many");
            let by = if many { json!([{"id": ann}]) } else { json!({"id": ann}) };
            let book = books.create(&[json!({"Name": "One", "By": by})]).remove(0);
            let (authors_before, books_before) = (authors.all(), books.all());
            authors.as_window("winLink", "DELETE", &format!("/record/{ann}"), None).expect(200);
            assert_eq!(books.cell(&book, "By"), Value::Null, "{relationship}");
            assert_eq!(books.found("By", "isEmpty", &Value::Null), ["One"], "{relationship}: a filter sees it, too");
            assert_eq!(authors.step("undo", "winLink"), "fulfilled", "{relationship}");
            assert_eq!(authors.all(), authors_before, "{relationship}");
            let cells = |rows: &[Value]| rows.iter().map(|r| r["fields"].clone()).collect::<Vec<_>>();
            assert_eq!(cells(&books.all()), cells(&books_before), "{relationship}, one way {one_way}");
        }
    }
}

#[test]
fn a_record_that_links_can_be_deleted_and_brought_back_too() {
    let library = library("manyMany", false);
    let (authors, books, back) = (&library.authors, &library.books, library.back());
    let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
    let book = books.create(&[json!({"Name": "One", "By": [{"id": ann}]})]).remove(0);
    books.as_window("winBook", "DELETE", &format!("/record/{book}"), None).expect(200);
    assert_eq!(authors.cell(&ann, &back), Value::Null);
    assert_eq!(books.step("undo", "winBook"), "fulfilled");
    assert_eq!(ids(&authors.cell(&ann, &back)), [book]);
}

#[test]
fn a_link_to_what_is_not_there_is_refused() {
    let library = library("manyOne", false);
    let (authors, books) = (&library.authors, &library.books);
    let ann = authors.create(&[json!({"Name": "Ann"})]).remove(0);
    let book = books.create(&[json!({"Name": "One"})]).remove(0);
    authors.client.delete(&authors.path(&format!("/record/{ann}"))).expect(200);
    for target in [ann.as_str(), book.as_str(), "recaaaaaaaaaaaa000000000", "rec", "Ann", ""] {
        let reply = books.update(&book, &json!({"By": {"id": target}}));
        assert!(reply.status == 400 || (target.is_empty() && reply.status == 200), "{target}: {}", reply.text);
        assert_eq!(books.cell(&book, "By"), Value::Null);
    }
    let two = books.update(&book, &json!({"By": [{"id": ann}, {"id": book}]}));
    assert_eq!(two.status, 400, "{}", two.text);
}

#[test]
fn lookups_and_rollups_follow_the_linked_records() {
    let mut library = library("manyMany", false);
    let age = library.authors.field("Age").to_owned();
    let (authors, books) = (&library.authors, &mut library.books);
    let lookup = json!({"foreignTableId": authors.id, "lookupFieldId": age, "linkFieldId": books.field("By")});
    books.add_field(&json!({"name": "Ages", "type": "number", "isLookup": true, "lookupOptions": lookup})).expect(201);
    for (name, expression) in [("Sum", "sum({values})"), ("Most", "max({values})"), ("How many", "countall({values})")] {
        let field = json!({"name": name, "type": "rollup", "options": {"expression": expression}, "lookupOptions": lookup});
        books.add_field(&field).expect(201);
    }
    let people = authors.create(&[json!({"Name": "Ann", "Age": 40}), json!({"Name": "Bob", "Age": 2}), json!({"Name": "Cid"})]);
    let all: Vec<Value> = people.iter().map(|id| json!({"id": id})).collect();
    let book = books.create(&[json!({"Name": "One", "By": all})]).remove(0);
    let none = books.create(&[json!({"Name": "Two"})]).remove(0);
    assert_eq!(books.cell(&book, "Ages"), json!([40, 2]));
    assert_eq!((books.cell(&book, "Sum"), books.cell(&book, "Most")), (json!(42), json!(40)));
    assert_eq!(books.cell(&book, "How many"), json!(3));
    assert_eq!(books.cell(&none, "Ages"), Value::Null);
    authors.update(&people[1], &json!({"Age": 50})).expect(200);
    assert_eq!((books.cell(&book, "Sum"), books.cell(&book, "Most")), (json!(90), json!(50)));
    authors.client.delete(&authors.path(&format!("/record/{}", people[0]))).expect(200);
    assert_eq!((books.cell(&book, "Ages"), books.cell(&book, "Sum")), (json!([50]), json!(50)));
    assert_eq!(books.found("Sum", "isGreater", &json!(49)), ["One"]);
    let order = json!([{"fieldId": "Sum", "order": "desc"}]).to_string();
    assert_eq!(books.rows(&[("orderBy", &order)])[0]["id"], json!(book));
    let written = books.update(&book, &json!({"Sum": 1, "Ages": [1], "Name": "Uno"})).expect(200);
    assert!(written.text.contains("Uno"));
    assert_eq!(books.cell(&book, "Sum"), json!(50), "a computed value cannot be written");
    books.client.delete(&books.path(&format!("/field/{}", books.field("By")))).expect(200);
    assert_eq!(books.get(&book).expect(200).json()["fields"]["Name"], json!("Uno"), "a lookup without its link does no harm");
}

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
    let server = Server::start();
    let mut table = Table::make(&server.client(), &server.new_base(), "People", &json!([{"name": "Name", "type": "singleLineText"}]));
    let options = json!({"relationship": "manyMany", "foreignTableId": table.id});
    table.add_field(&json!({"name": "Knows", "type": "link", "options": options})).expect(201);
    let ann = table.create(&[json!({"Name": "Ann"})]).remove(0);
    let body = json!({"fieldKeyType": "name", "records": [{"fields": {"Name": "Bob", "Knows": [{"id": ann}]}}]});
    let bob = table.as_window("winSelf", "POST", "/record", Some(body)).expect(201).text_at("/records/0/id");
    let (back, _) = table.fields.iter().find(|(name, _)| !["Name", "Knows"].contains(&name.as_str())).expect("the other side");
    assert_eq!(ids(&table.cell(&ann, back)), [bob.clone()]);
    assert_eq!(table.step("undo", "winSelf"), "fulfilled");
    let cid = table.create(&[json!({"Name": "Cid", "Knows": [{"id": ann}]})]).remove(0);
    assert_eq!(table.step("redo", "winSelf"), "fulfilled");
    let mut known = ids(&table.cell(&ann, back));
    known.sort();
    assert_eq!(known, [bob.clone(), cid]);
    assert_eq!(ids(&table.cell(&bob, "Knows")), [ann]);
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
    let field = books.client.put(&books.path(&format!("/field/{}/convert", books.field("Note"))), &kind).expect(200).json();
    assert_eq!((&field["options"]["isOneWay"], &field["options"]["symmetricFieldId"]), (&json!(true), &Value::Null));
    authors.refresh();
    assert_eq!(authors.fields.len(), 2, "{:?}", authors.fields);
}
