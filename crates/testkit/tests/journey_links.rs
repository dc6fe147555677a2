//! Links between tables: both sides tell the same, a deleted target leaves no trace, undo brings it back.

mod support;

use serde_json::{Value, json};
use support::library::{ids, library};
use support::text;

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
            assert_eq!(ids(&authors.cell(author, &back)).as_slice(), std::slice::from_ref(&first), "{relationship}");
        }
        // Written from the other side.
        let second = books.create(&[json!({"Name": "Two"})]).remove(0);
        let many_back = relationship.starts_with("many");
        let cell = if many_back { json!([{"id": second}]) } else { json!({"id": second}) };
        authors.update(&people[1], &json!({back.as_str(): cell})).expect(200);
        assert_eq!(ids(&books.cell(&second, "By")), [people[1].clone()], "{relationship}");
        assert_eq!(ids(&books.cell(&first, "By")), &people[..1], "{relationship}: Bob's list was replaced");
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
    let holders: Vec<String> =
        books.all().iter().filter(|b| ids(&b["fields"]["By"]).contains(&people[0])).map(|b| text(&b["id"])).collect();
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
    for (name, expression) in [("Sum", "sum({values})"), ("Most", "max({values})"), ("How many", "countall({values})")]
    {
        let field =
            json!({"name": name, "type": "rollup", "options": {"expression": expression}, "lookupOptions": lookup});
        books.add_field(&field).expect(201);
    }
    let people =
        authors.create(&[json!({"Name": "Ann", "Age": 40}), json!({"Name": "Bob", "Age": 2}), json!({"Name": "Cid"})]);
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
    assert_eq!(
        books.get(&book).expect(200).json()["fields"]["Name"],
        json!("Uno"),
        "a lookup without its link does no harm"
    );
}
