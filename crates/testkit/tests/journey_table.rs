//! A person's day: make a base and a table, load rows, look at them in every way, edit, look back, undo, delete.

mod support;

use serde_json::{Value, json};
use support::{Table, and, text};
use testkit::client::encode;
use testkit::server::Server;

const CITIES: &[(&str, &str, i64, &str)] = &[
    ("Tokyo", "Japan", 37_468_000, "1457-04-08"),
    ("Delhi", "India", 28_514_000, "1911-12-12"),
    ("Shanghai", "China", 25_582_000, "1291-08-19"),
    ("São Paulo", "Brazil", 21_650_000, "1554-01-25"),
    ("Ciudad de México", "Mexico", 21_581_000, "1521-08-13"),
    ("القاهرة", "Egypt", 20_076_000, "0969-07-06"),
    ("Mumbai", "India", 19_980_000, "1507-01-01"),
    ("Beijing", "China", 19_618_000, "1421-02-02"),
    ("Dhaka", "Bangladesh", 19_578_000, "1608-07-16"),
    ("大阪", "Japan", 19_281_000, "1889-04-01"),
    ("Zürich", "Switzerland", 434_000, "1218-01-01"),
    ("Œuf-sur-Ternoise", "France", 250, "1793-06-24"),
    ("O'Fallon", "United States", 94_000, "1856-01-01"),
    ("100% Pure", "New Zealand", 0, "2026-02-28"),
    ("a_b\\c", "Nowhere", -7, "2000-02-29"),
];

const ROWS: usize = 3_000;

fn fields() -> Value {
    json!([
        {"name": "Name", "type": "singleLineText"},
        {"name": "Country", "type": "singleSelect", "options": {"choices": []}},
        {"name": "People", "type": "number", "options": {"formatting": {"type": "decimal", "precision": 0}}},
        {"name": "Founded", "type": "date", "options": {"formatting": {"date": "YYYY-MM-DD", "time": "None", "timeZone": "utc"}}},
        {"name": "Capital", "type": "checkbox"},
        {"name": "Stars", "type": "rating", "options": {"max": 5}},
        {"name": "Notes", "type": "longText"},
    ])
}

/// The row of a number: a city with its number, so that names are unique and values repeat.
fn row(i: usize) -> Value {
    let (name, country, people, founded) = CITIES[i % CITIES.len()];
    let mut row =
        json!({"Name": format!("{name} {i}"), "Country": country, "People": people + (i / CITIES.len()) as i64});
    row["Founded"] = json!(founded);
    if i.is_multiple_of(3) {
        row["Capital"] = json!(true);
    }
    if !i.is_multiple_of(4) {
        row["Stars"] = json!(1 + i % 5);
    }
    if i.is_multiple_of(7) {
        row["Notes"] = json!(format!("line one\nline \"{i}\"\ttabbed"));
    }
    row
}

fn load(table: &Table) -> Vec<String> {
    let rows: Vec<Value> = (0..ROWS).map(row).collect();
    let mut ids = Vec::new();
    for batch in rows.chunks(1_000) {
        let reply = table.try_create(batch, &json!({"typecast": true})).expect(201).json();
        ids.extend(reply["records"].as_array().expect("records").iter().map(|r| text(&r["id"])));
    }
    ids
}

fn start() -> (Server, Table, Vec<String>) {
    let server = Server::start();
    let table = Table::make(&server.client(), &server.new_base(), "Cities", &fields());
    let ids = load(&table);
    (server, table, ids)
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|r| text(&r["fields"]["Name"])).collect()
}

/// The names of the rows that satisfy a test, in the order of creation.
fn expected(holds: impl Fn(&Value) -> bool) -> Vec<String> {
    (0..ROWS).map(row).filter(|r| holds(r)).map(|r| text(&r["Name"])).collect()
}

/// The same from the server, page by page.
fn listed(table: &Table, pairs: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let skip = found.len().to_string();
        let page: Vec<(&str, &str)> = pairs.iter().copied().chain([("take", "700"), ("skip", &skip)]).collect();
        let rows = table.rows(&page);
        if rows.is_empty() {
            return found;
        }
        found.extend(names(&rows));
    }
}

#[test]
fn what_was_loaded_is_what_is_there() {
    let (_server, table, ids) = start();
    assert_eq!(ids.len(), ROWS);
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ROWS, "ids are unique");
    let rows = table.all();
    assert_eq!(rows.len(), ROWS);
    for (i, (record, id)) in rows.iter().zip(&ids).enumerate() {
        let mut wanted = row(i);
        wanted["Founded"] = json!(format!("{}T00:00:00.000Z", text(&wanted["Founded"])));
        assert_eq!(record["id"], json!(id));
        assert_eq!(record["name"], wanted["Name"]);
        for (name, value) in wanted.as_object().expect("fields") {
            let (given, kept) = (value.as_f64(), record["fields"][name].as_f64());
            assert!(record["fields"][name] == *value || given.is_some() && given == kept, "{name} of {record}");
        }
        assert_eq!(record["fields"].as_object().map(|f| f.len()), wanted.as_object().map(|f| f.len()), "{record}");
    }
    let count = table.client.get(&table.path("/aggregation/row-count")).expect(200).json();
    assert_eq!(count["rowCount"], json!(ROWS));
}

#[test]
fn filters_find_the_rows_that_a_person_would_pick() {
    let (_server, table, _) = start();
    let one = |field: &str, operator: &str, value: Value| {
        listed(&table, &[("filter", &and(&[json!({"fieldId": field, "operator": operator, "value": value})]))])
    };
    let people = |r: &Value| r["People"].as_i64().expect("a number");
    assert_eq!(one("Country", "is", json!("Japan")), expected(|r| r["Country"] == "Japan"));
    let two = json!(["India", "Egypt", "Atlantis"]);
    assert_eq!(one("Country", "isAnyOf", two), expected(|r| r["Country"] == "India" || r["Country"] == "Egypt"));
    assert_eq!(one("People", "isGreater", json!(20_000_000)), expected(|r| people(r) > 20_000_000));
    assert_eq!(one("People", "isLessEqual", json!(0)), expected(|r| people(r) <= 0));
    assert_eq!(one("Name", "contains", json!("ZÜRICH")), expected(|r| text(&r["Name"]).contains("Zürich")));
    assert_eq!(one("Name", "contains", json!("%")), expected(|r| text(&r["Name"]).contains('%')));
    assert_eq!(one("Name", "contains", json!("_b\\")), expected(|r| text(&r["Name"]).contains("_b\\")));
    assert_eq!(one("Name", "contains", json!("o'f")), expected(|r| text(&r["Name"]).contains("O'F")));
    assert_eq!(one("Capital", "is", json!(true)), expected(|r| r["Capital"] == true));
    assert_eq!(one("Capital", "isNot", json!(true)), expected(|r| r["Capital"].is_null()));
    assert_eq!(one("Stars", "isEmpty", Value::Null), expected(|r| r["Stars"].is_null()));
    assert_eq!(one("Stars", "isNot", json!(3)), expected(|r| r["Stars"] != 3), "an empty cell is not three");
    assert_eq!(one("Notes", "isNotEmpty", Value::Null), expected(|r| !r["Notes"].is_null()));
    assert_eq!(one("Notes", "doesNotContain", json!("\"14\"")), expected(|r| !text(&r["Notes"]).contains("\"14\"")));
    let day = |mode: &str, date: &str| json!({"mode": mode, "exactDate": date, "timeZone": "utc"});
    let before = one("Founded", "isBefore", day("exactDate", "1507-01-01T12:00:00.000Z"));
    assert_eq!(before, expected(|r| text(&r["Founded"]).as_str() < "1507-01-01"));
    let on = one("Founded", "is", json!("2000-02-29"));
    assert_eq!(on, expected(|r| r["Founded"] == "2000-02-29"));
    let either = json!({"conjunction": "or", "filterSet": [
        {"fieldId": "Country", "operator": "is", "value": "France"},
        {"conjunction": "and", "filterSet": [
            {"fieldId": "Country", "operator": "is", "value": "China"},
            {"fieldId": "Stars", "operator": "isGreaterEqual", "value": 5},
        ]},
    ]});
    let mixed = listed(&table, &[("filter", &either.to_string())]);
    let china = |r: &Value| r["Country"] == "China" && r["Stars"].as_i64() >= Some(5);
    assert_eq!(mixed, expected(|r| r["Country"] == "France" || china(r)));
    let search = listed(&table, &[("search[]", "œuf"), ("search[]", "Name"), ("search[]", "true")]);
    assert_eq!(search, expected(|r| text(&r["Name"]).contains("Œuf")));
}

#[test]
fn sorted_pages_put_together_are_every_row_once() {
    let (_server, table, _) = start();
    let key = |r: &Value| r["fields"]["People"].as_i64().expect("a number");
    for (order, sign) in [("asc", 1), ("desc", -1)] {
        let by = json!([{"fieldId": "People", "order": order}]).to_string();
        let mut rows = Vec::new();
        while rows.len() < ROWS {
            let page = table.rows(&[("orderBy", &by), ("take", "499"), ("skip", &rows.len().to_string())]);
            assert!(!page.is_empty());
            rows.extend(page);
        }
        let mut wanted: Vec<usize> = (0..ROWS).collect();
        // Ties come in the order of creation, whatever the direction.
        wanted.sort_by_key(|i| (sign * row(*i)["People"].as_i64().expect("a number"), *i));
        assert!(rows.windows(2).all(|w| sign * key(&w[0]) <= sign * key(&w[1])));
        assert_eq!(names(&rows), wanted.iter().map(|i| text(&row(*i)["Name"])).collect::<Vec<_>>());
    }
    let empty_first = table.rows(&[("orderBy", &json!([{"fieldId": "Stars", "order": "asc"}]).to_string())]);
    assert!(empty_first.iter().all(|r| r["fields"]["Stars"].is_null()));
    let stars = json!([{"fieldId": "Stars", "order": "desc"}, {"fieldId": "Name", "order": "asc"}]).to_string();
    assert!(table.rows(&[("orderBy", &stars)]).iter().all(|r| r["fields"]["Stars"] == 5));
}

#[test]
fn edits_are_remembered_undone_and_done_again() {
    let (_server, table, ids) = start();
    let (window, id) = ("winPerson", &ids[10]);
    let before = table.get(id).expect(200).json()["fields"].clone();
    let edit = |fields: Value| {
        let body = json!({"record": {"fields": fields}, "fieldKeyType": "name", "typecast": true});
        table.as_window(window, "PATCH", &format!("/record/{id}"), Some(body)).expect(200)
    };
    edit(json!({"People": 1, "Country": "Liechtenstein"}));
    edit(json!({"People": 2, "Notes": null, "Capital": true}));
    edit(json!({"Stars": null, "People": 3}));
    let after = table.get(id).expect(200).json()["fields"].clone();
    assert_eq!(
        (&after["People"], &after["Country"], &after["Stars"]),
        (&json!(3), &json!("Liechtenstein"), &Value::Null)
    );
    assert_eq!(after["Founded"], before["Founded"], "what was not named kept its value");
    let history = table.client.get(&table.path(&format!("/record/{id}/history"))).expect(200).json();
    let people: Vec<(Value, Value)> = history["historyList"]
        .as_array()
        .expect("a history")
        .iter()
        .filter(|item| item["fieldId"] == table.field("People"))
        .map(|item| (item["before"]["data"].clone(), item["after"]["data"].clone()))
        .collect();
    assert_eq!(people, [(json!(2), json!(3)), (json!(1), json!(2)), (before["People"].clone(), json!(1))]);
    assert_eq!((0..3).map(|_| table.step("undo", window)).collect::<Vec<_>>(), ["fulfilled"; 3]);
    assert_eq!(table.get(id).expect(200).json()["fields"], before);
    assert_eq!(table.step("undo", window), "empty", "the loading was not made in this window");
    assert_eq!((0..3).map(|_| table.step("redo", window)).collect::<Vec<_>>(), ["fulfilled"; 3]);
    assert_eq!(table.get(id).expect(200).json()["fields"], after);
    assert_eq!(table.step("redo", window), "empty");
}

#[test]
fn a_bulk_deletion_takes_what_it_names_and_comes_back_whole() {
    let (server, table, ids) = start();
    let before = table.all();
    let gone: Vec<&String> = ids.iter().step_by(3).take(900).collect();
    let list = gone.iter().map(|id| format!("recordIds={}", encode(id))).collect::<Vec<_>>().join("&");
    table.as_window("winDelete", "DELETE", &format!("/record?{list}"), None).expect(200);
    let kept: Vec<Value> = before.iter().filter(|r| !gone.iter().any(|id| r["id"] == json!(id))).cloned().collect();
    assert_eq!(table.all(), kept);
    assert_eq!(table.get(gone[0]).status, 404);
    assert_eq!(table.found("Country", "is", &json!("Atlantis")), [""; 0]);
    assert_eq!(table.step("undo", "winDelete"), "fulfilled");
    assert_eq!(table.all(), before, "fields, times and order are as they were");
    assert_eq!(table.step("redo", "winDelete"), "fulfilled");
    assert_eq!(table.all(), kept);
    let copy =
        table.client.post(&table.path(&format!("/record/{}/duplicate", text(&kept[0]["id"]))), &json!({})).expect(201);
    assert!(!ids.contains(&copy.text_at("/id")), "a number is never given twice");
    let base = server.client().get(&format!("/api/base/{}/table", table.base)).expect(200).json();
    assert_eq!(base.as_array().map(Vec::len), Some(1));
}
