//! S17, S18: whatever a name, value, id or header holds is data or is refused; it is never part of a statement.

mod support;

use serde_json::{Value, json};
use support::{HOSTILE, Table, and, assert_refused, text};
use testkit::client::{encode, query};
use testkit::server::Server;

/// A table that every attack must leave as it was.
struct Canary {
    table: Table,
    before: Vec<Value>,
}

impl Canary {
    fn new(server: &Server, base: &str) -> Canary {
        let table = Table::plain(&server.client(), base);
        let ids = table.create(&[json!({"Name": "one", "Count": 1}), json!({"Name": "two", "Color": "Red"})]);
        assert_eq!(ids.len(), 2);
        let before = table.all();
        Canary { table, before }
    }

    #[track_caller]
    fn sings(&self) {
        assert_eq!(self.table.all(), self.before, "another table was touched");
    }
}

/// Every hostile text that survives as the name of something, which may trim it.
fn as_name(text: &str) -> String {
    text.trim().to_owned()
}

#[test]
fn names_of_tables_fields_views_and_choices_are_data() {
    let server = Server::start();
    let (client, base) = (server.client(), server.new_base());
    let canary = Canary::new(&server, &base);
    for hostile in HOSTILE {
        let fields = json!([
            {"name": "Name", "type": "singleLineText"},
            {"name": hostile, "type": "longText", "description": hostile, "dbFieldName": "plain"},
            {"name": "Pick", "type": "singleSelect", "options": {"choices": [{"name": hostile}]}},
        ]);
        let body = json!({"name": hostile, "description": hostile, "fields": fields, "records": []});
        let made = client.post(&format!("/api/base/{base}/table/"), &body);
        if made.status != 201 {
            assert_refused(&made, &[400]);
            continue;
        }
        let id = made.text_at("/id");
        assert_eq!(as_name(&made.text_at("/name")), as_name(hostile));
        let record = json!({"fieldKeyType": "name", "records": [{"fields": {
            "Name": "x", made.text_at("/fields/1/name"): hostile, "Pick": made.text_at("/fields/2/options/choices/0/name"),
        }}]});
        let path = format!("/api/table/{id}/record");
        let answer = client.post(&path, &record).expect(201).json();
        assert_eq!(answer["records"][0]["fields"][made.text_at("/fields/1/name")], json!(hostile));
        let filter = and(&[json!({"fieldId": made.text_at("/fields/1/name"), "operator": "is", "value": hostile})]);
        let order = json!([{"fieldId": made.text_at("/fields/1/name"), "order": "desc"}]).to_string();
        let asked = query([("filter", &*filter), ("orderBy", &*order), ("fieldKeyType", "name")]);
        let listed = client.get(&format!("{path}{asked}")).expect(200).json();
        assert_eq!(listed["records"].as_array().map(Vec::len), Some(1), "{hostile}: {listed}");
        let view = client.post(&format!("/api/table/{id}/view"), &json!({"name": hostile, "type": "grid"}));
        if view.status == 201 {
            assert_eq!(as_name(&view.text_at("/name")), as_name(hostile));
        } else {
            assert_refused(&view, &[400]);
        }
        let copy = client.post(&format!("/api/base/{base}/table/{id}/duplicate"), &json!({"name": hostile}));
        assert!(copy.status < 500, "duplicating {hostile:?}: {} {}", copy.status, copy.text);
        client.delete(&format!("/api/base/{base}/table/{id}")).expect(200);
    }
    canary.sings();
}

#[test]
fn names_of_spaces_and_bases_are_data() {
    let server = Server::start();
    let client = server.client();
    for hostile in HOSTILE {
        let body = json!({"spaceId": server.space, "name": hostile, "icon": hostile});
        let made = client.post("/api/base", &body);
        if made.status != 201 {
            assert_refused(&made, &[400]);
            continue;
        }
        let id = made.text_at("/id");
        let read = client.get(&format!("/api/base/{id}")).expect(200);
        assert_eq!(as_name(&read.text_at("/name")), as_name(hostile));
        let renamed = client.patch(&format!("/api/base/{id}"), &json!({"name": format!("2{hostile}")})).expect(200);
        assert!(renamed.text.contains('2'));
        client.delete(&format!("/api/base/{id}")).expect(200);
    }
    assert_eq!(client.get("/api/space").expect(200).text_at("/0/id"), server.space);
}

#[test]
fn cell_values_survive_create_update_duplicate_undo_and_history() {
    let server = Server::start();
    let base = server.new_base();
    let canary = Canary::new(&server, &base);
    let table = Table::plain(&server.client(), &base);
    for (i, hostile) in HOSTILE.iter().enumerate() {
        let made = table.try_create(&[json!({"Name": "n", "Notes": hostile})], &json!({}));
        if made.status != 201 {
            assert_refused(&made, &[400]);
            continue;
        }
        let id = made.text_at("/records/0/id");
        assert_eq!(table.cell(&id, "Notes"), json!(hostile));
        let window = format!("win{i}");
        let other = format!("{hostile} and {hostile}");
        let body = json!({"record": {"fields": {"Notes": other}}, "fieldKeyType": "name"});
        table.as_window(&window, "PATCH", &format!("/record/{id}"), Some(body)).expect(200);
        assert_eq!(table.cell(&id, "Notes"), json!(other));
        let copy = table.client.post(&table.path(&format!("/record/{id}/duplicate")), &json!({})).expect(201);
        assert_eq!(table.cell(&copy.text_at("/id"), "Notes"), json!(other));
        assert_eq!(table.step("undo", &window), "fulfilled");
        assert_eq!(table.cell(&id, "Notes"), json!(hostile));
        assert_eq!(table.step("redo", &window), "fulfilled");
        assert_eq!(table.cell(&id, "Notes"), json!(other));
        let history = table.client.get(&table.path(&format!("/record/{id}/history"))).expect(200).json();
        let items = history["historyList"].as_array().expect("a history");
        assert!(
            items.iter().any(|item| item["before"]["data"] == json!(hostile) && item["after"]["data"] == json!(other))
        );
    }
    canary.sings();
}

#[test]
fn new_choices_of_loose_input_are_data() {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    for hostile in HOSTILE {
        let made = table.try_create(&[json!({"Name": "n", "Color": hostile})], &json!({"typecast": true}));
        if made.status != 201 {
            assert_refused(&made, &[400]);
            continue;
        }
        let id = made.text_at("/records/0/id");
        assert_eq!(text(&table.cell(&id, "Color")), as_name(hostile));
        let by_choice = table.try_filter("Color", "is", &json!(as_name(hostile))).expect(200).json();
        assert_eq!(by_choice["records"].as_array().map(Vec::len), Some(1), "{hostile}");
    }
}

#[test]
fn filter_and_search_values_find_exactly_the_text() {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    let kept: Vec<&str> = HOSTILE.iter().copied().filter(|h| !h.contains('\u{0}')).collect();
    let records: Vec<Value> =
        kept.iter().enumerate().map(|(i, h)| json!({"Name": i.to_string(), "Notes": h})).collect();
    table.create(&records);
    let fold = |text: &str| text.to_lowercase();
    let names = |holds: &dyn Fn(&str) -> bool| -> Vec<String> {
        kept.iter().enumerate().filter(|(_, text)| holds(text)).map(|(i, _)| i.to_string()).collect()
    };
    for needle in &kept {
        let is = names(&|text| text == *needle);
        let is_not = names(&|text| text != *needle);
        let contains = names(&|text| fold(text).contains(&fold(needle)));
        let lacks = names(&|text| !fold(text).contains(&fold(needle)));
        assert_eq!(table.found("Notes", "is", &json!(needle)), is, "is {needle}");
        assert_eq!(table.found("Notes", "isNot", &json!(needle)), is_not, "isNot {needle}");
        assert_eq!(table.found("Notes", "contains", &json!(needle)), contains, "contains {needle}");
        assert_eq!(table.found("Notes", "doesNotContain", &json!(needle)), lacks, "doesNotContain {needle}");
        let search = table.rows(&[("search[]", needle), ("search[]", "Notes"), ("search[]", "true"), ("take", "500")]);
        assert_eq!(search.iter().map(|r| text(&r["fields"]["Name"])).collect::<Vec<_>>(), contains, "search {needle}");
    }
    let with_nul = table.try_filter("Notes", "contains", &json!("a\u{0}'b"));
    assert!(with_nul.status == 200 || with_nul.status == 400, "{}", with_nul.text);
    assert_eq!(with_nul.json()["records"].as_array().map_or(0, Vec::len), 0);
}

#[test]
fn words_of_a_query_that_are_not_known_are_refused() {
    let server = Server::start();
    let base = server.new_base();
    let canary = Canary::new(&server, &base);
    let table = &canary.table;
    for hostile in HOSTILE {
        let order = json!([{"fieldId": hostile, "order": "asc"}]).to_string();
        let direction = json!([{"fieldId": "Name", "order": hostile}]).to_string();
        let field = and(&[json!({"fieldId": hostile, "operator": "is", "value": "x"})]);
        let operator = and(&[json!({"fieldId": "Name", "operator": hostile, "value": "x"})]);
        let symbol = and(&[json!({"fieldId": "Name", "operator": hostile, "value": "x", "isSymbol": true})]);
        let conjunction = json!({"conjunction": hostile, "filterSet": []}).to_string();
        let asked: &[(&str, &str)] = &[
            ("orderBy", &order),
            ("orderBy", &direction),
            ("groupBy", &order),
            ("filter", &field),
            ("filter", &operator),
            ("filter", &symbol),
            ("filter", &conjunction),
            ("projection", hostile),
            ("cellFormat", hostile),
            ("take", hostile),
            ("skip", hostile),
            ("selectedRecordIds", hostile),
        ];
        for pair in asked {
            assert_refused(&table.list(&[*pair]), &[400]);
        }
        assert_refused(&table.list(&[("viewId", hostile)]), &[400, 404]);
        let search = table.list(&[("search[]", "one"), ("search[]", hostile), ("search[]", "true")]);
        assert_refused(&search, &[400]);
        let key_type = table.client.get(&table.path(&format!("/record?fieldKeyType={}", encode(hostile))));
        assert_refused(&key_type, &[400]);
    }
    canary.sings();
}

#[test]
fn ids_are_never_part_of_a_statement() {
    let server = Server::start();
    let base = server.new_base();
    let canary = Canary::new(&server, &base);
    let table = &canary.table;
    let (client, record) = (&table.client, text(&canary.before[0]["id"]));
    for hostile in HOSTILE {
        for id in [(*hostile).to_owned(), format!("{record}{hostile}"), format!("rec{hostile}")] {
            let bad = encode(&id);
            let paths = [
                format!("/api/table/{bad}/record"),
                format!("/api/base/{bad}"),
                format!("/api/base/{base}/table/{bad}"),
                table.path(&format!("/record/{bad}")),
                table.path(&format!("/record/{bad}/history")),
                table.path(&format!("/field/{bad}")),
                table.path(&format!("/view/{bad}")),
            ];
            for path in &paths {
                assert_refused(&client.get(path), &[400, 404]);
            }
            assert_refused(&client.delete(&table.path(&format!("/record?recordIds={bad}"))), &[400, 404]);
            assert_refused(
                &client.delete(&table.path(&format!("/record?recordIds={record}&recordIds={bad}"))),
                &[400, 404],
            );
            assert_refused(&client.get(&table.path(&format!("/record/history?cursor={bad}"))), &[400]);
            let update = json!({"fieldKeyType": "name", "records": [{"id": id, "fields": {"Name": "gone"}}]});
            assert_refused(&client.patch(&table.path("/record"), &update), &[400, 404]);
            let key = json!({"records": [{"fields": {id.as_str(): "x"}}]});
            assert_refused(&client.post(&table.path("/record"), &key), &[400, 404]);
        }
    }
    canary.sings();
}

#[test]
fn a_window_is_a_name_and_no_pattern() {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    let id = table.create(&[json!({"Name": "first"})]).remove(0);
    let windows: Vec<&str> = HOSTILE.iter().copied().filter(|h| h.bytes().all(|b| (32..127).contains(&b))).collect();
    for (i, window) in windows.iter().enumerate() {
        let body = json!({"record": {"fields": {"Name": format!("v{i}")}}, "fieldKeyType": "name"});
        table.as_window(window, "PATCH", &format!("/record/{id}"), Some(body)).expect(200);
    }
    // A pattern that would match any window, if it were one, finds nothing to undo.
    for other in ["%%", "_%", "win%' OR '1'='1", "*?", ".*"] {
        assert_eq!(table.step("undo", other), "empty", "{other}");
    }
    let last = windows.len() - 1;
    assert_eq!(table.cell(&id, "Name"), json!(format!("v{last}")));
    assert_eq!(table.step("undo", windows[last]), "fulfilled");
    assert_eq!(table.cell(&id, "Name"), json!(format!("v{}", last - 1)));
}
