//! Files in and out: what is exported comes back, spreadsheets get no formulas, and an import is whole or nothing.

mod support;

use model::Ability;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::people;
use support::{Table, text};
use testkit::client::{Client, Reply, query};
use testkit::server::Server;

const CSV: &[(&str, &str)] = &[("content-type", "text/csv")];

fn import(client: &Client, table: &Table, file: &str, pairs: &[(&str, &str)]) -> Reply {
    let path = format!("/api/import/{}/{}{}", table.base, table.id, query(pairs.iter().copied()));
    client.send("PATCH", &path, CSV, Some(file.to_owned()))
}

fn export(table: &Table, pairs: &[(&str, &str)]) -> Reply {
    table.client.get(&format!("/api/export/{}{}", table.id, query(pairs.iter().copied()))).expect(200)
}

/// A table of every kind of field that a file can hold.
fn wide(server: &Server) -> Table {
    let choices = |names: &[&str]| json!({"choices": names.iter().map(|n| json!({"name": n})).collect::<Value>()});
    let dates = json!({"formatting": {"date": "M/D/YYYY", "time": "HH:mm", "timeZone": "America/New_York"}});
    let fields = json!([
        {"name": "Name", "type": "singleLineText"},
        {"name": "Notes, long", "type": "longText"},
        {"name": "Price", "type": "number", "options": {"formatting": {"type": "currency", "precision": 1, "symbol": "$"}}},
        {"name": "Stars", "type": "rating", "options": {"icon": "star", "color": "redBright", "max": 5}},
        {"name": "Done", "type": "checkbox"},
        {"name": "At", "type": "date", "options": dates},
        {"name": "One", "type": "singleSelect", "options": choices(&["a", "b, c", "\"d\""])},
        {"name": "Some", "type": "multipleSelect", "options": choices(&["x", "y, z", "\"w\"", " v"])},
    ]);
    Table::make(&server.client(), &server.new_base(), "Wide", &fields)
}

fn cells() -> impl Strategy<Value = Value> {
    let line = prop_oneof!["[ -~]{0,12}", "[\\PC]{0,6}", Just("=1+2".to_owned()), Just("007".to_owned())];
    let notes = prop_oneof!["([ -~]|\n|\r\n|\t){0,20}", Just("a\n=b".to_owned()), Just("\u{feff}x".to_owned())];
    let number = prop_oneof![any::<i32>().prop_map(f64::from), -1e6..1e6, Just(1e21), Just(0.1 + 0.2)];
    let some = proptest::sample::subsequence(vec!["x", "y, z", "\"w\"", "v"], 0..=4);
    let one = proptest::sample::select(vec!["a", "b, c", "\"d\""]);
    let at = (0i64..4_000_000_000_000).prop_map(|ms| model::time::Instant(ms).to_iso());
    let both = (line, notes, number, 1..=5, any::<bool>(), at, one, some, any::<u8>());
    both.prop_map(|(name, notes, number, stars, done, at, one, some, empty)| {
        let all = [
            ("Name", json!(name)),
            ("Notes, long", json!(notes)),
            ("Price", json!(number)),
            ("Stars", json!(stars)),
            ("Done", json!(done)),
            ("At", json!(at)),
            ("One", json!(one)),
            ("Some", json!(some)),
        ];
        let kept = all.into_iter().enumerate().filter(|(i, _)| empty & (1 << i) == 0).map(|(_, cell)| cell);
        kept.map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<String, Value>>().into()
    })
}

/// The fields of all records, without those that no file can tell apart from empty ones.
fn fields(table: &Table) -> Vec<Value> {
    table.all().into_iter().map(|record| record["fields"].clone()).collect()
}

#[test]
fn what_is_exported_for_programs_comes_back_as_it_was() {
    let server = Server::start();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(rows in proptest::collection::vec(cells(), 1..12))| {
        let (from, to) = (wide(&server), wide(&server));
        from.create(&rows);
        let file = export(&from, &[("raw", "true")]).text;
        let report = import(&to.client, &to, &file, &[("header", "true"), ("delimiter", ",")]).expect(200).json();
        prop_assert_eq!(&report["created"], &json!(rows.len()), "{}", file);
        prop_assert_eq!(fields(&to), fields(&from), "{}", file);
    });
}

#[test]
fn a_spreadsheet_gets_no_formulas_and_a_program_gets_what_is_there() {
    let server = Server::start();
    let fields = json!([{"name": "=Name", "type": "longText"}, {"name": "Count", "type": "number"}]);
    let table = Table::make(&server.client(), &server.new_base(), "Risky", &fields);
    let hostile =
        ["=1+2", "+1+2", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1", "a\n=cmd|' /C calc'!A0"];
    table.create(&hostile.map(|cell| json!({"=Name": cell, "Count": -5})));
    let people = export(&table, &[]).text;
    let programs = export(&table, &[("raw", "true")]).text;
    assert!(people.starts_with("'=Name,Count\r\n"), "{people}");
    assert!(programs.starts_with("=Name,Count\r\n"), "{programs}");
    for cell in hostile {
        assert!(programs.contains(cell), "{cell:?} in {programs:?}");
        let line = cell.rsplit('\n').next().expect("a line");
        assert!(
            people.contains(&format!("'{}", line.trim_start_matches(['\t', '\r'])))
                || people.contains(&format!("'{line}")),
            "{cell:?} in {people:?}"
        );
    }
    assert!(people.contains(",-5.00\r\n"), "a number stays one: {people}");
    let beginnings = ["=", "+", "@", "\t", "\r", "＝", "＋", "－", "＠", "-1+"];
    for row in people.split("\r\n") {
        let first = row.trim_start_matches('"');
        assert!(!beginnings.iter().any(|beginning| first.starts_with(beginning)), "{row:?}");
    }
}

#[test]
fn an_export_is_what_a_view_shows() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let ids = table.create(&[
        json!({"Name": "b", "Count": 2, "Color": "Red"}),
        json!({"Name": "a", "Count": 1, "Color": "Green"}),
        json!({"Name": "c, d", "Count": 1.25}),
    ]);
    let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
    let set =
        |part: &str, body: Value| table.client.put(&table.path(&format!("/view/{view}/{part}")), &body).expect(200);
    let hidden = ["Notes", "Color"].map(|name| json!({"fieldId": table.field(name), "columnMeta": {"hidden": true}}));
    set("column-meta", json!(hidden));
    let rest = |file: &Reply| {
        file.text.lines().map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    set("record-order", json!({"anchorId": ids[0], "position": "before", "recordIds": [ids[2]]}));
    assert_eq!(rest(&export(&table, &[("viewId", &view)])), ["Name,Count", "\"c, d\"", "b,2.00", "a,1.00"]);
    set("sort", json!({"sort": {"sortObjs": [{"fieldId": table.field("Name"), "order": "asc"}]}}));
    let condition = json!({"fieldId": table.field("Count"), "operator": "isGreater", "value": 1});
    set("filter", json!({"filter": {"conjunction": "and", "filterSet": [condition]}}));
    let file = export(&table, &[("viewId", &view), ("raw", "true"), ("bom", "true")]);
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(file.text.starts_with('\u{feff}'));
    assert_eq!(lines[0].split(',').take(2).collect::<Vec<_>>(), ["Name", "Count"]);
    assert!(lines[1].starts_with("b,2") && lines[2].starts_with("\"c, d\",1.25"), "{lines:?}");
    assert_eq!((lines.len(), file.header("content-type")), (3, Some("text/csv; charset=utf-8")));
    let disposition = file.header("content-disposition").expect("a name");
    assert!(disposition.starts_with("attachment; filename=\"Things.csv\""), "{disposition}");
}

#[test]
fn what_was_written_before_a_row_that_cannot_be_is_taken_back() {
    let server = Server::start();
    let unique = json!([{"name": "Code", "type": "singleLineText", "unique": true}, {"name": "Kind", "type": "singleSelect", "options": {"choices": []}}]);
    let table = Table::make(&server.client(), &server.new_base(), "Codes", &unique);
    table.create(&[json!({"Code": "taken"})]);
    // Who may not read is not told before the write that a value is there, so that the last batch fails.
    let client = people::scoped(&server, &[Ability::TableImport, Ability::RecordCreate]);
    let mut file = "Code,Kind\n".to_owned();
    (0..5_001).for_each(|i| file.push_str(&format!("code {i},new\n")));
    file.push_str("taken,new\n");
    let refused = import(&client, &table, &file, &[]).expect(400).json();
    let data = &refused["data"];
    assert_eq!((&data["created"], &data["errors"][0]["line"]), (&json!(0), &json!(5_003)), "{refused}");
    assert_eq!(fields(&table), [json!({"Code": "taken"})]);
    let kept = import(&client, &table, &file, &[("partial", "true")]).expect(200).json();
    assert_eq!((&kept["created"], &kept["leftOut"]), (&json!(5_001), &json!(1)), "{kept}");
}

#[test]
fn an_import_can_be_undone_by_its_window() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let report = import(&table.client, &table, "Name,Color\na,Blue\nb,Red\n", &[]).expect(200).json();
    assert_eq!(table.rows(&[]).len(), 2);
    for _ in 0..report["writes"].as_u64().expect("a number") {
        assert_eq!(table.step("undo", &text(&report["windowId"])), "fulfilled");
    }
    assert_eq!(table.rows(&[]).len(), 0);
}

#[test]
fn who_may_not_import_or_export_does_neither() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let client = people::scoped(&server, &[Ability::RecordRead, Ability::RecordCreate, Ability::RecordUpdate]);
    assert_eq!(import(&client, &table, "Name\nx\n", &[]).status, 403);
    assert_eq!(client.get(&format!("/api/export/{}", table.id)).status, 403);
    let exporter = people::scoped(&server, &[Ability::TableExport]);
    assert_eq!(exporter.get(&format!("/api/export/{}", table.id)).status, 403, "reading records is needed, too");
    let appender = people::scoped(&server, &[Ability::TableImport, Ability::RecordCreate]);
    assert_eq!(import(&appender, &table, "Name\nx\n", &[("key", "Name")]).status, 403);
    assert_eq!(import(&appender, &table, "Name\nx\n", &[]).status, 200);
}

#[test]
fn a_quote_that_is_never_closed_is_no_way_to_fill_the_memory() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let file = format!("Name\n\"{}", "x\n".repeat(6 << 20));
    let refused = import(&table.client, &table, &file, &[]);
    assert_eq!(refused.status, 413, "{}", refused.text);
    assert_eq!(table.rows(&[]).len(), 0);
}
