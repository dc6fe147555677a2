//! Formulas across the API: they follow what they read in other tables, come out of exports, and undo takes them back.

mod support;

use serde_json::{Value, json};
use support::Table;
use testkit::server::Server;

fn formula(table: &mut Table, name: &str, expression: &str) {
    let field = json!({"name": name, "type": "formula", "options": {"expression": expression}});
    table.add_field(&field).expect(201);
}

#[test]
fn a_formula_follows_the_records_that_its_record_is_linked_with() {
    let server = Server::start();
    let base = server.new_base();
    let people = Table::make(
        &server.client(),
        &base,
        "People",
        &json!([
            {"name": "Name", "type": "singleLineText"},
            {"name": "Rate", "type": "number"},
        ]),
    );
    let person = people.create(&[json!({"Name": "Ada", "Rate": 10})]).remove(0);
    let mut tasks = Table::make(
        &server.client(),
        &base,
        "Tasks",
        &json!([
            {"name": "Name", "type": "singleLineText"},
            {"name": "Hours", "type": "number"},
            {"name": "Who", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": people.id, "isOneWay": true}},
        ]),
    );
    let lookup = json!({
        "name": "Rate",
        "type": "number",
        "isLookup": true,
        "lookupOptions": {"foreignTableId": people.id, "lookupFieldId": people.field("Rate"), "linkFieldId": tasks.field("Who")},
    });
    tasks.add_field(&lookup).expect(201);
    formula(&mut tasks, "Cost", "{Hours} * {Rate}");
    formula(&mut tasks, "Line", "{Name} & ' by ' & {Who} & ': ' & {Cost}");
    let task = tasks.create(&[json!({"Name": "Think", "Hours": 3, "Who": {"id": person}})]).remove(0);
    assert_eq!(tasks.cell(&task, "Line"), "Think by Ada: 30");
    people.update(&person, &json!({"Rate": 20})).expect(200);
    assert_eq!((tasks.cell(&task, "Cost"), tasks.cell(&task, "Line")), (json!(60), json!("Think by Ada: 60")));
    people.update(&person, &json!({"Name": "Ida"})).expect(200);
    assert_eq!(tasks.cell(&task, "Line"), "Think by Ida: 60");
    assert_eq!(tasks.found("Cost", "isGreater", &json!(50)), ["Think"]);
    people.client.delete(&people.path(&format!("/record/{person}"))).expect(200);
    assert_eq!(tasks.cell(&task, "Line"), "Think by : 0");
}

#[test]
fn undo_takes_a_formula_back_with_what_it_reads() {
    let server = Server::start();
    let mut table = Table::plain(&server.client(), &server.new_base());
    formula(&mut table, "Double", "{Count} * 2");
    let record = table.create(&[json!({"Name": "n", "Count": 1})]).remove(0);
    let change = json!({"fieldKeyType": "name", "record": {"fields": {"Count": 5}}});
    table.as_window("win1", "PATCH", &format!("/record/{record}"), Some(change)).expect(200);
    assert_eq!(table.cell(&record, "Double"), 10);
    assert_eq!(table.step("undo", "win1"), "fulfilled");
    assert_eq!(table.cell(&record, "Double"), 2);
    assert_eq!(table.step("redo", "win1"), "fulfilled");
    assert_eq!(table.cell(&record, "Double"), 10);
}

#[test]
fn formulas_are_exported_and_imports_leave_them_alone() {
    let server = Server::start();
    let mut table = Table::plain(&server.client(), &server.new_base());
    formula(&mut table, "Line", "'=' & {Name}");
    formula(&mut table, "Half", "{Count} / 2");
    table.create(&[json!({"Name": "n", "Count": 5})]);
    let export = |more: &str| server.client().get(&format!("/api/export/{}?{more}", table.id)).expect(200).text;
    let (people, programs) = (export(""), export("raw=true"));
    assert!(people.contains("'=n") && people.contains("2.50"), "{people}");
    assert!(programs.contains("=n,2.5"), "{programs}");
    let csv = [("content-type", "text/csv")];
    let path = format!("/api/import/{}/{}?header=true", table.base, table.id);
    let body = "Name,Count,Half\r\nm,8,99\r\n".to_owned();
    let report = server.client().send("PATCH", &path, &csv, Some(body));
    assert_eq!(report.status, 200, "{}", report.text);
    assert_eq!(table.found("Half", "is", &json!(4)), ["m"]);
}

#[test]
fn search_and_a_list_as_text_find_what_a_formula_shows() {
    let server = Server::start();
    let mut table = Table::plain(&server.client(), &server.new_base());
    formula(&mut table, "Line", "UPPER({Name}) & '/' & {Count}");
    table.create(&[json!({"Name": "alpha", "Count": 1}), json!({"Name": "beta", "Count": 2})]);
    let found = |needle: &str| -> Vec<Value> {
        let field = table.field("Line");
        let rows = table.rows(&[("search[]", needle), ("search[]", field), ("search[]", "true")]);
        rows.iter().map(|row| row["name"].clone()).collect()
    };
    assert_eq!(found("BETA/2"), ["beta"]);
    assert!(found("nothing").is_empty());
}
