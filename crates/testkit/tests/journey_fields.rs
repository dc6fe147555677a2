//! Fields through their lives: loose input, conversion there and back, deletion and a new one of the same name.

mod support;

use serde_json::{Value, json};
use support::{Table, assert_refused, text};
use testkit::server::Server;

fn texts(server: &Server, values: &[&str]) -> Table {
    let fields = json!([{"name": "Name", "type": "singleLineText"}, {"name": "What", "type": "singleLineText"}]);
    let table = Table::make(&server.client(), &server.new_base(), "Texts", &fields);
    let records: Vec<Value> =
        values.iter().enumerate().map(|(i, v)| json!({"Name": i.to_string(), "What": v})).collect();
    table.create(&records);
    table
}

fn cells(table: &Table, field: &str) -> Vec<Value> {
    table.all().iter().map(|r| r["fields"][field].clone()).collect()
}

#[track_caller]
fn convert(table: &Table, field: &str, to: &Value) {
    let path = table.path(&format!("/field/{}/convert", table.field(field)));
    table.client.put(&path, to).expect(200);
}

#[test]
fn loose_input_makes_choices_and_strict_input_is_refused() {
    let server = Server::start();
    let choices = json!({"choices": [{"name": "Red"}]});
    let closed = json!({"choices": [{"name": "Red"}], "preventAutoNewOptions": true});
    let fields = json!([
        {"name": "Name", "type": "singleLineText"},
        {"name": "One", "type": "singleSelect", "options": choices},
        {"name": "Many", "type": "multipleSelect", "options": choices},
        {"name": "Closed", "type": "singleSelect", "options": closed},
        {"name": "Number", "type": "number"},
        {"name": "Stars", "type": "rating", "options": {"max": 3}},
        {"name": "Day", "type": "date"},
        {"name": "Done", "type": "checkbox"},
    ]);
    let table = Table::make(&server.client(), &server.new_base(), "Loose", &fields);
    for (field, wrong) in [
        ("One", json!("Blue")),
        ("Many", json!(["Red", "Blue"])),
        ("Number", json!("12")),
        ("Done", json!("yes")),
        ("Stars", json!(4)),
    ] {
        let reply = table.try_create(&[json!({"Name": "kept?"}), json!({field: wrong})], &json!({}));
        assert_refused(&reply, &[400]);
        assert!(reply.text.contains(field), "the field is named: {}", reply.text);
        assert_eq!(table.all().len(), 0, "nothing of a refused batch is stored");
    }
    let loose = json!({"One": "Blue", "Many": "Red, Green,Blue", "Closed": "Blue", "Number": "$ 1,234.5", "Stars": 9,
        "Day": "2024-02-29", "Done": "true"});
    let made = table.try_create(&[loose], &json!({"typecast": true})).expect(201).json();
    let fields = &made["records"][0]["fields"];
    assert_eq!((&fields["One"], &fields["Many"]), (&json!("Blue"), &json!(["Red", "Green", "Blue"])));
    assert_eq!(fields["Closed"], Value::Null, "no choice is made where that is prevented");
    assert_eq!(fields["Number"].as_f64(), Some(1234.5));
    assert_eq!((&fields["Stars"], &fields["Done"]), (&json!(3), &json!(true)));
    assert_eq!(fields["Day"], json!("2024-02-29T00:00:00.000Z"));
    let strict = table.try_create(&[json!({"One": "Blue", "Many": ["Green"]})], &json!({}));
    assert_eq!(strict.status, 201, "what was made is there: {}", strict.text);
    let impossible = table.try_create(&[json!({"Day": "2026-02-30"})], &json!({"typecast": true})).expect(201).json();
    assert_eq!(impossible["records"][0]["fields"]["Day"], Value::Null, "an impossible date never rolls over");
}

#[test]
fn text_that_becomes_choices_and_text_again_keeps_its_words() {
    let server = Server::start();
    let words = ["alpha", "Beta", "", "alpha", "with, comma", "it's \"quoted\"", "Ünï"];
    let table = texts(&server, &words);
    let before = cells(&table, "What");
    for kind in ["singleSelect", "longText", "singleSelect", "singleLineText"] {
        convert(&table, "What", &json!({"type": kind}));
        assert_eq!(cells(&table, "What"), before, "{kind}");
    }
    convert(&table, "What", &json!({"type": "singleSelect"}));
    assert_eq!(table.found("What", "is", &json!("alpha")), ["0", "3"]);
    let field = table.client.get(&table.path(&format!("/field/{}", table.field("What")))).expect(200).json();
    assert_eq!(field["options"]["choices"].as_array().map(Vec::len), Some(5), "each word is one choice");
}

#[test]
fn numbers_dates_and_checks_keep_what_the_new_type_can_read() {
    let server = Server::start();
    let table = texts(&server, &["1", "2.5", "-3", "", "many", "2024-02-29", "true"]);
    convert(&table, "What", &json!({"type": "number"}));
    let numbers: Vec<Option<f64>> = cells(&table, "What").iter().map(Value::as_f64).collect();
    assert_eq!(&numbers[..4], [Some(1.0), Some(2.5), Some(-3.0), None]);
    assert_eq!(numbers[4], None, "what is no number is empty");
    convert(&table, "What", &json!({"type": "singleLineText"}));
    let texts: Vec<String> = cells(&table, "What").iter().map(text).collect();
    assert!(texts[0].starts_with('1') && texts[1].starts_with("2.5") && texts[2].starts_with("-3"), "{texts:?}");
}

#[test]
fn a_conversion_is_undone_whole() {
    let server = Server::start();
    let table = texts(&server, &["1", "x", "2"]);
    let (before, field) = (table.all(), table.field("What").to_owned());
    let path = format!("/field/{field}/convert");
    table.as_window("winConvert", "PUT", &path, Some(json!({"type": "number"}))).expect(200);
    assert_eq!(cells(&table, "What"), [json!(1), Value::Null, json!(2)]);
    assert_eq!(table.step("undo", "winConvert"), "fulfilled");
    assert_eq!(table.all(), before, "what could not be read as a number is back");
    assert_eq!(table.step("redo", "winConvert"), "fulfilled");
    assert_eq!(cells(&table, "What"), [json!(1), Value::Null, json!(2)]);
}

#[test]
fn the_primary_field_stays_and_is_never_what_cannot_name_a_record() {
    let server = Server::start();
    let table = texts(&server, &["1"]);
    let primary = table.path(&format!("/field/{}", table.field("Name")));
    assert_refused(&table.client.delete(&primary), &[400, 403]);
    for kind in ["checkbox", "attachment", "button"] {
        assert_refused(&table.client.put(&format!("{primary}/convert"), &json!({"type": kind})), &[400]);
    }
    assert_eq!(table.all()[0]["name"], json!("0"));
}

#[test]
fn a_new_field_of_an_old_name_is_another_field() {
    let server = Server::start();
    let mut table = texts(&server, &["secret one", "secret two"]);
    let old = table.field("What").to_owned();
    let filter =
        json!({"conjunction": "and", "filterSet": [{"fieldId": old, "operator": "is", "value": "secret one"}]});
    let view =
        table.client.post(&table.path("/view"), &json!({"name": "Kept", "type": "grid"})).expect(201).text_at("/id");
    table.client.put(&table.path(&format!("/view/{view}/filter")), &json!({"filter": filter})).expect(200);
    assert_eq!(table.rows(&[("viewId", &view)]).len(), 1);
    table.client.delete(&table.path(&format!("/field/{old}"))).expect(200);
    table.add_field(&json!({"name": "What", "type": "singleLineText"})).expect(201);
    let new = table.field("What").to_owned();
    assert_ne!(new, old, "ids are never given twice");
    assert_eq!(cells(&table, "What"), [Value::Null, Value::Null], "nothing is inherited");
    for path in [format!("/field/{old}"), format!("/field/{old}/convert")] {
        let reply = if path.ends_with("convert") {
            table.client.put(&table.path(&path), &json!({"type": "number"}))
        } else {
            table.client.get(&table.path(&path))
        };
        assert_refused(&reply, &[404]);
    }
    let by_old =
        json!({"conjunction": "and", "filterSet": [{"fieldId": old, "operator": "isNotEmpty", "value": null}]});
    assert_refused(&table.list(&[("filter", &by_old.to_string())]), &[400]);
    assert_refused(&table.list(&[("projection", &old)]), &[400]);
    assert_refused(&table.try_create(&[json!({old.as_str(): "x"})], &json!({})), &[400, 404]);
    let record = text(&table.all()[0]["id"]);
    table.update(&record, &json!({"What": "new words"})).expect(200);
    let listed = table.list(&[("viewId", &view)]).expect(200);
    assert!(!listed.text.contains("secret"), "{}", listed.text);
    let found = table.client.get(&table.path("/record/history")).expect(200).json();
    let item = &found["historyList"][0];
    assert_eq!(
        (&item["fieldId"], &item["before"]["data"], &item["after"]["data"]),
        (&json!(new), &Value::Null, &json!("new words"))
    );
}

#[test]
fn a_deleted_field_comes_back_with_its_values_by_undo() {
    let server = Server::start();
    let table = texts(&server, &["one", "two"]);
    let (before, field) = (table.all(), table.field("What").to_owned());
    table.as_window("winField", "DELETE", &format!("/field/{field}"), None).expect(200);
    assert_eq!(cells(&table, "What"), [Value::Null, Value::Null]);
    assert_eq!(table.step("undo", "winField"), "fulfilled");
    assert_eq!(table.all(), before);
}
