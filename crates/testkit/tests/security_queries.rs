//! S20, S21, S22: what a query may name, what empty lists mean, and that a wrong query is never "everything".

mod support;

use serde_json::{Value, json};
use support::{Table, and, assert_refused};
use testkit::client::query;
use testkit::server::Server;

/// Columns that are there, or that servers of this class have, and that are no field.
const INTERNAL: &[&str] = &[
    "id",
    "rowid",
    "_rowid_",
    "oid",
    "seq",
    "valid",
    "rank",
    "parent",
    "password",
    "password_hash",
    "token",
    "token_hash",
    "hash",
    "created_at",
    "created_by",
    "createdTime",
    "createdBy",
    "modified_at",
    "autoNumber",
    "__id",
    "__auto_number",
    "_cu",
    "reset_token",
    "t1",
    "f1",
    "t1.f1",
    "tables",
    "log",
    "blocks",
    "state",
    "email",
];

/// Spellings of a filter that cannot be understood.
const UNREADABLE: &[&str] = &[
    "",
    " ",
    "x",
    "{",
    "[",
    "[]",
    "1",
    "true",
    "\"text\"",
    "{}",
    "{\"filterSet\":[]}",
    "{\"conjunction\":\"and\"}",
    "{\"conjunction\":\"and\",\"filterSet\":{}}",
    "{\"conjunction\":\"xor\",\"filterSet\":[]}",
    "{\"conjunction\":\"and\",\"filterSet\":[1]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[null]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\",\"operator\":\"is\",\"valu\":\"x\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":1,\"operator\":\"is\",\"value\":\"x\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\",\"operator\":\"equals\",\"value\":\"x\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\",\"operator\":\"is\",\"value\":{\"$ne\":1}}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\",\"operator\":\"is\",\"value\":[\"x\"]}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Count\",\"operator\":\"isGreater\",\"value\":\"x\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Count\",\"operator\":\"contains\",\"value\":\"1\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Color\",\"operator\":\"isAnyOf\",\"value\":\"Red\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"Name\",\"operator\":\"=\",\"value\":\"x\"}]}",
    "{\"conjunction\":\"and\",\"filterSet\":[]}}",
    "{\"conjunction\":\"and\",\"filterSet\":[]} x",
    "fieldId=Name",
    "(Name,eq,x)",
    "name = 'x'",
];

/// Spellings of a sort that cannot be understood.
const UNSORTABLE: &[&str] = &[
    "",
    "x",
    "{}",
    "1",
    "\"Name\"",
    "[1]",
    "[null]",
    "[{}]",
    "[\"Name\"]",
    "[{\"fieldId\":\"Name\"}]",
    "[{\"order\":\"asc\"}]",
    "[{\"fieldId\":\"Name\",\"order\":\"up\"}]",
    "[{\"fieldId\":\"Nobody\",\"order\":\"asc\"}]",
    "[{\"fieldId\":\"Name\",\"order\":\"asc\"}",
    "Name asc",
    "-Name",
];

fn three(server: &Server) -> Table {
    let table = Table::plain(&server.client(), &server.new_base());
    table.create(&[
        json!({"Name": "a", "Color": "Red", "Count": 1}),
        json!({"Name": "b", "Color": "Green", "Count": 2}),
        json!({"Name": "c"}),
    ]);
    table
}

#[test]
fn a_column_that_is_no_field_is_unknown_everywhere() {
    let server = Server::start();
    let table = three(&server);
    for name in INTERNAL {
        let filter = and(&[json!({"fieldId": name, "operator": "isNotEmpty", "value": null})]);
        let order = json!([{"fieldId": name, "order": "asc"}]).to_string();
        for (key, value) in [("filter", &*filter), ("orderBy", &*order), ("groupBy", &*order), ("projection", name)] {
            for key_type in ["id", "name", "dbFieldName"] {
                let path = format!("/record{}", query([(key, value), ("fieldKeyType", key_type)]));
                let reply = table.client.get(&table.path(&path));
                assert_refused(&reply, &[400]);
                assert!(reply.json()["message"].as_str().is_some_and(|m| m.contains("unknown")), "{}", reply.text);
            }
        }
        let search = table.list(&[("search[]", "a"), ("search[]", name), ("search[]", "true")]);
        assert_refused(&search, &[400]);
        assert_refused(&table.try_create(&[json!({*name: 1})], &json!({})), &[400, 404]);
    }
}

#[test]
fn a_field_may_be_called_like_a_column_and_is_then_that_field() {
    let server = Server::start();
    let client = server.client();
    let names = ["id", "seq", "valid", "rank", "password", "created_by", "rowid"];
    let fields: Vec<Value> =
        ["Name"].iter().chain(&names).map(|n| json!({"name": n, "type": "singleLineText"})).collect();
    let table = Table::make(&client, &server.new_base(), "Odd", &json!(fields));
    for name in names {
        let id = table.create(&[json!({"Name": name, name: "mine"})]).remove(0);
        assert_eq!(table.found(name, "is", &json!("mine")), [name], "{name}");
        let order = json!([{"fieldId": name, "order": "desc"}]).to_string();
        assert_eq!(table.rows(&[("orderBy", &order)])[0]["fields"]["Name"], json!(name));
        assert_eq!(table.cell(&id, name), json!("mine"));
        assert!(id.starts_with("rec"), "a field called id does not change the record's id");
    }
}

#[test]
fn an_empty_list_is_in_no_filter_everything() {
    let server = Server::start();
    let mut table = three(&server);
    let choices = json!({"choices": [{"name": "x"}]});
    table.add_field(&json!({"name": "Tags", "type": "multipleSelect", "options": choices})).expect(201);
    assert_eq!(table.found("Color", "isAnyOf", &json!([])), [""; 0]);
    assert_eq!(table.found("Tags", "hasAnyOf", &json!([])), [""; 0]);
    // Nothing is in an empty list, so everything is in none of it.
    assert_eq!(table.found("Color", "isNoneOf", &json!([])), ["a", "b", "c"]);
    // A name that no choice has is a list of nothing, too.
    assert_eq!(table.found("Color", "isAnyOf", &json!(["Mauve"])), [""; 0]);
    assert_eq!(table.found("Color", "is", &json!("Mauve")), [""; 0]);
    let selected = table.rows(&[("selectedRecordIds", "")]);
    let nobody = table.list(&[("selectedRecordIds[]", "recaaaaaaaaaaaa000000000")]);
    assert!(selected.len() < 3 || table.list(&[("selectedRecordIds", "")]).status == 400, "{selected:?}");
    assert_eq!(nobody.expect(200).json()["records"], json!([]));
}

#[test]
fn an_empty_list_of_records_deletes_nothing() {
    let server = Server::start();
    let table = three(&server);
    let (other, before) = (Table::plain(&server.client(), &table.base), table.all());
    let foreign = other.create(&[json!({"Name": "elsewhere"})]).remove(0);
    for rest in [
        "",
        "/",
        "?",
        "?recordIds=",
        "?recordIds[]=",
        "?recordIds=%20",
        "?recordIds=null",
        "?recordIds=*",
        "?recordIds=,",
    ] {
        let reply = table.client.delete(&table.path(&format!("/record{rest}")));
        if reply.status == 200 {
            assert_eq!(reply.json()["records"], json!([]), "nothing was named, so nothing went: {rest}");
        } else {
            assert_refused(&reply, &[400, 404]);
        }
        assert_eq!(table.all(), before, "{rest}");
    }
    // One id that belongs elsewhere spoils the whole request.
    let mine = before[0]["id"].as_str().expect("an id");
    let reply = table.client.delete(&table.path(&format!("/record?recordIds={mine}&recordIds={foreign}")));
    assert_refused(&reply, &[400, 404]);
    assert_eq!((table.all(), other.all().len()), (before.clone(), 1));
    let fields = table.client.delete(&table.path("/field?fieldIds="));
    assert!(fields.status >= 400, "{} {}", fields.status, fields.text);
    assert_eq!(table.all(), before);
}

#[test]
fn an_empty_list_of_records_creates_and_changes_nothing() {
    let server = Server::start();
    let table = three(&server);
    let before = table.all();
    for body in [json!({"records": []}), json!({}), json!({"records": null})] {
        let created = table.client.post(&table.path("/record"), &body);
        assert!(created.status < 500, "{}", created.text);
        let updated = table.client.patch(&table.path("/record"), &body);
        assert!(updated.status < 500, "{}", updated.text);
        assert_eq!(table.all(), before, "{body}");
    }
}

#[test]
fn an_unreadable_filter_is_refused_and_never_everything() {
    let server = Server::start();
    let table = three(&server);
    let record = table.all()[0]["id"].as_str().expect("an id").to_owned();
    for filter in UNREADABLE {
        let asked = query([("filter", *filter), ("fieldKeyType", "name")]);
        for path in ["/record".to_owned(), "/aggregation/row-count".to_owned(), format!("/record/{record}/status")] {
            let reply = table.client.get(&table.path(&format!("{path}{asked}")));
            assert_refused(&reply, &[400]);
        }
    }
    let twice = "/record?filter=null&filter=null";
    assert_refused(&table.client.get(&table.path(twice)), &[400]);
    assert_refused(&table.client.get(&table.path("/record?filter=%ff")), &[400]);
    assert_eq!(table.rows(&[("filter", "null")]).len(), 3, "null is no filter");
}

#[test]
fn a_filter_that_a_view_cannot_keep_is_refused() {
    let server = Server::start();
    let table = three(&server);
    let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
    let unknown = json!({"fieldId": table.field("Name"), "operator": "resembles", "value": "x"});
    for wrong in [json!("x"), json!(1), json!([]), json!({"conjunction": "and", "filterSet": [unknown]})] {
        let path = table.path(&format!("/view/{view}/filter"));
        assert_refused(&table.client.put(&path, &json!({"filter": wrong})), &[400]);
    }
    assert_eq!(table.rows(&[("viewId", &view)]).len(), 3);
}

#[test]
fn a_view_is_not_told_of_fields_that_are_not_there() {
    let server = Server::start();
    let table = three(&server);
    let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
    let never = format!("{}0004gzzzz", &table.field("Name")[..15]);
    let key = json!({"fieldId": never, "order": "asc"});
    let condition = json!({"fieldId": never, "operator": "is", "value": "x"});
    let asked = [
        ("filter", json!({"filter": {"conjunction": "and", "filterSet": [condition]}})),
        ("sort", json!({"sort": {"sortObjs": [key]}})),
        ("group", json!({"group": [key]})),
        ("column-meta", json!([{"fieldId": never, "columnMeta": {"width": 9}}])),
    ];
    for (part, body) in asked {
        assert_refused(&table.client.put(&table.path(&format!("/view/{view}/{part}")), &body), &[400]);
    }
}

#[test]
fn an_unreadable_sort_is_refused() {
    let server = Server::start();
    let table = three(&server);
    for order in UNSORTABLE {
        for key in ["orderBy", "groupBy"] {
            assert_refused(&table.list(&[(key, order)]), &[400]);
        }
    }
}
