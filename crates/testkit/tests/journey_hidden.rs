//! S19, in a day's work: a field that somebody may not see is nowhere, and its values change no answer.

mod support;

use model::Role;
use serde_json::{Value, json};
use support::people::{self, Person};
use support::{Table, and, assert_refused, text};
use testkit::client::{Reply, query};
use testkit::server::Server;

const SECRETS: &[&str] = &["zz-alpha-secret", "aa-beta-secret", "mm-gamma-secret"];

/// A table of staff with a secret field, a table that links to it, and somebody who must not see the secret.
struct Office {
    server: Server,
    staff: Table,
    desks: Table,
    secret: String,
    people: Vec<String>,
    clerk: Person,
}

fn office(role: Role) -> Office {
    let server = Server::start();
    let (client, base) = (server.client(), server.new_base());
    let fields = json!([
        {"name": "Name", "type": "singleLineText"},
        {"name": "Room", "type": "number"},
        {"name": "Wage", "type": "singleLineText"},
    ]);
    let mut staff = Table::make(&client, &base, "Staff", &fields);
    let mut desks = Table::make(&client, &base, "Desks", &json!([{"name": "Name", "type": "singleLineText"}]));
    let link = json!({"relationship": "manyMany", "foreignTableId": staff.id});
    desks.add_field(&json!({"name": "Of", "type": "link", "options": link})).expect(201);
    let secret = staff.field("Wage").to_owned();
    let look = json!({"foreignTableId": staff.id, "lookupFieldId": secret, "linkFieldId": desks.field("Of")});
    desks
        .add_field(&json!({"name": "Wages", "type": "singleLineText", "isLookup": true, "lookupOptions": look}))
        .expect(201);
    let roll = json!({"name": "All", "type": "rollup", "options": {"expression": "array_join({values})"}, "lookupOptions": look});
    desks.add_field(&roll).expect(201);
    let people: Vec<Value> =
        SECRETS.iter().enumerate().map(|(i, s)| json!({"Name": format!("p{i}"), "Room": i, "Wage": s})).collect();
    let people = staff.create(&people);
    let all: Vec<Value> = people.iter().map(|id| json!({"id": id})).collect();
    desks.create(&[json!({"Name": "big", "Of": all})]);
    staff.refresh();
    let clerk = people::member(&server, "clerk", &base, role);
    people::give_on_field(&server, &clerk, &base, people::numbers(&secret), Role::None);
    Office { server, staff, desks, secret, people, clerk }
}

impl Office {
    /// The tables as the clerk asks for them, still with all field ids.
    fn as_clerk(&self) -> (Table, Table) {
        let with = |table: &Table| Table { client: self.clerk.client.clone(), ..table.clone() };
        (with(&self.staff), with(&self.desks))
    }
}

fn names(reply: &Reply) -> Vec<String> {
    let rows = reply.json()["records"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|r| text(&r["fields"]["Name"])).collect()
}

/// What must not be in any answer to the clerk.
#[track_caller]
fn assert_silent(office: &Office, reply: &Reply) {
    let told = SECRETS.iter().any(|secret| reply.text.contains(secret)) || reply.text.contains("\"Wage\"");
    assert!(!told, "{}", reply.text);
    // A lookup that the clerk may see says by its number what it looks up, and no more.
    let names_it = format!("\"{}\"", office.secret);
    let text = reply.text.replace(&format!("\"lookupFieldId\":{names_it}"), "");
    assert!(reply.status >= 400 || !text.contains(&names_it), "{}", reply.text);
}

/// Questions that the clerk asks, with a field as the one to ask about.
fn questions(field: &str) -> Vec<String> {
    let filter = |operator: &str, value: Value| and(&[json!({"fieldId": field, "operator": operator, "value": value})]);
    let order = json!([{"fieldId": field, "order": "asc"}]).to_string();
    let mut asked = Vec::new();
    for key_type in ["id", "name", "dbFieldName"] {
        let mut ask = |key: &str, value: &str| asked.push(query([(key, value), ("fieldKeyType", key_type)]));
        ask("filter", &filter("is", json!(SECRETS[0])));
        ask("filter", &filter("isNotEmpty", Value::Null));
        ask("filter", &filter("isEmpty", Value::Null));
        ask("filter", &filter("contains", json!("secret")));
        ask("orderBy", &order);
        ask("groupBy", &order);
        ask("projection", field);
    }
    asked.push(query([("search[]", "secret"), ("search[]", field), ("search[]", "true")]));
    asked
}

#[test]
fn a_hidden_field_is_in_no_list_of_fields_and_not_found_alone() {
    let office = office(Role::Manage);
    let (staff, _) = office.as_clerk();
    let list = staff.client.get(&staff.path("/field")).expect(200);
    assert_silent(&office, &list);
    assert_eq!(list.json().as_array().map(Vec::len), Some(3), "Name, Room and the link's other side: {}", list.text);
    let never = format!("{}0004gzzzz", &office.secret[..15]);
    let ask = |id: &str| {
        let at = staff.path(&format!("/field/{id}"));
        let client = &staff.client;
        [
            client.get(&at),
            client.patch(&at, &json!({"name": "Mine"})),
            client.put(&format!("{at}/convert"), &json!({"type": "longText"})),
            client.post(&format!("{at}/duplicate"), &json!({})),
            client.delete(&at),
            client.delete(&staff.path(&format!("/field?fieldIds={id}"))),
        ]
        .map(|reply| (reply.status, reply.text.replace(id, "ID")))
    };
    assert_eq!(ask(&office.secret), ask(&never));
    let views = staff.client.get(&staff.path("/view")).expect(200);
    assert_silent(&office, &views);
    let owners = office.staff.all();
    assert!(SECRETS.iter().all(|s| owners.iter().any(|r| r["fields"]["Wage"] == json!(s))), "nothing was lost");
}

#[test]
fn a_hidden_field_is_asked_about_like_one_that_never_was() {
    let office = office(Role::Edit);
    let (staff, _) = office.as_clerk();
    let never = format!("{}0004gzzzz", &office.secret[..15]);
    let record = &office.people[0];
    for (known, unknown) in [(office.secret.as_str(), never.as_str()), ("Wage", "Egaw"), ("wage", "egaw")] {
        for (asked, other) in questions(known).iter().zip(questions(unknown)) {
            let of_table = [
                "/record",
                "/aggregation/row-count",
                "/aggregation",
                "/aggregation/group-points",
                "/aggregation/search-count",
                "/aggregation/search-index",
                &format!("/record/{record}/status"),
            ]
            .map(|path| staff.path(path));
            let export = format!("/api/export/{}", staff.id);
            for path in of_table.iter().chain((!asked.contains("groupBy")).then_some(&export)) {
                let at = |query: &str| staff.client.get(&format!("{path}{query}"));
                let (reply, like) = (at(asked), at(&other));
                assert_refused(&reply, &[400]);
                assert_eq!(reply.text.replace(known, "KEY"), like.text.replace(unknown, "KEY"), "{asked}");
            }
        }
        for function in ["count", "unique", "max", "percentFilled"] {
            let at = |key: &str| {
                let name = format!("field[{function}][]");
                let reply = staff.client.get(&staff.path(&format!("/aggregation{}", query([(&*name, key)]))));
                assert_refused(&reply, &[400]);
                reply.text.replace(key, "KEY")
            };
            assert_eq!(at(known), at(unknown));
        }
        let written = |key: &str| {
            let created = staff.try_create(&[json!({key: "mine"})], &json!({})).text.replace(key, "KEY");
            let updated = staff.update(record, &json!({key: "mine"}));
            assert_refused(&updated, &[400, 404]);
            (created, updated.text.replace(key, "KEY"))
        };
        assert_eq!(written(known), written(unknown));
    }
    assert_eq!(office.staff.cell(record, "Wage"), json!(SECRETS[0]));
}

#[test]
fn an_import_asks_about_a_hidden_field_like_about_one_that_never_was() {
    let office = office(Role::Manage);
    let (staff, _) = office.as_clerk();
    let at = format!("/api/import/{}/{}", staff.base, staff.id);
    let import = |rest: &str, file: String| {
        staff.client.send("PATCH", &format!("{at}{rest}"), &[("content-type", "text/csv")], Some(file))
    };
    let never = format!("{}0004gzzzz", &office.secret[..15]);
    for (known, unknown) in [(office.secret.as_str(), never.as_str()), ("Wage", "Egaw"), ("wage", "egaw")] {
        let asked = |key: &str| {
            let wage = SECRETS[0];
            let map = json!({key: 0}).to_string();
            [
                import("", format!("{key}\n{wage}\n")),
                import("", format!("Name,{key}\nnew,{wage}\n")),
                import(&format!("?key={key}"), format!("Name,{key}\nnew,{wage}\n")),
                import(&format!("?key={key}&unmapped=ignore"), format!("Name,{key}\nnew,{wage}\n")),
                import(&query([("map", &*map)]), format!("Name\n{wage}\n")),
            ]
            .map(|reply| {
                assert_refused(&reply, &[400]);
                reply.text.replace(key, "KEY")
            })
        };
        assert_eq!(asked(known), asked(unknown));
    }
    assert_eq!(office.staff.all().len(), 3);
    assert_eq!(office.staff.cell(&office.people[0], "Wage"), json!(SECRETS[0]));
}

#[test]
fn a_hidden_value_is_in_no_answer() {
    let office = office(Role::Edit);
    let (staff, desks) = office.as_clerk();
    let record = &office.people[0];
    office.staff.update(record, &json!({"Wage": "another-secret", "Room": 9})).expect(200);
    office.staff.update(record, &json!({"Wage": SECRETS[0]})).expect(200);
    let mut replies = Vec::new();
    for table in [&staff, &desks] {
        for rest in [
            "/field",
            "/view",
            "/record",
            "/record?fieldKeyType=name",
            "/record?cellFormat=text",
            "/record/history",
            "/record?search[]=secret",
            "/record?search[]=secret&search[]=&search[]=true",
            "/record?ignoreViewQuery=true",
            "/aggregation/search-count?search[]=secret",
            "/aggregation/search-index?search[]=secret&take=10",
            "/aggregation/group-points",
        ] {
            let reply = table.client.get(&table.path(rest));
            assert_eq!(reply.status, 200, "{}{rest}: {}", table.id, reply.text);
            replies.push(reply);
        }
    }
    for rest in ["", "?raw=true"] {
        replies.push(staff.client.get(&format!("/api/export/{}{rest}", staff.id)).expect(200));
        replies.push(desks.client.get(&format!("/api/export/{}{rest}", desks.id)).expect(200));
    }
    for rest in ["", "/history", "/status?search=secret", "?fieldKeyType=name&cellFormat=text"] {
        replies.push(staff.client.get(&staff.path(&format!("/record/{record}{rest}"))).expect(200));
    }
    replies.push(staff.client.post(&staff.path(&format!("/record/{record}/duplicate")), &json!({})).expect(201));
    replies.push(staff.update(record, &json!({"Room": 10})).expect(200));
    replies.push(staff.client.delete(&staff.path(&format!("/record/{}", office.people[1]))).expect(200));
    for reply in &replies {
        assert_silent(&office, reply);
        assert!(!reply.text.contains("another-secret"), "{}", reply.text);
    }
    let count = |search: &str| {
        let rest =
            format!("/aggregation/row-count{}", query([("search[]", search), ("search[]", ""), ("search[]", "true")]));
        staff.client.get(&staff.path(&rest)).expect(200).json()["rowCount"].clone()
    };
    assert_eq!((count("secret"), count("p0")), (json!(0), json!(2)), "p0 and its copy");
}

/// The owner's view, with a saved filter or sort on the secret; its path, for the owner.
fn view_with(office: &Office, part: &str) -> String {
    let owner = &office.staff;
    let view = owner.client.get(&owner.path("/view")).expect(200).text_at("/0/id");
    let condition = json!({"fieldId": office.secret, "operator": "is", "value": SECRETS[0]});
    let body = match part {
        "filter" => json!({"filter": {"conjunction": "and", "filterSet": [condition]}}),
        "sort" => json!({"sort": {"sortObjs": [{"fieldId": office.secret, "order": "asc"}]}}),
        _ => json!({"group": [{"fieldId": office.secret, "order": "asc"}]}),
    };
    owner.client.put(&owner.path(&format!("/view/{view}/{part}")), &body).expect(200);
    view
}

#[test]
fn a_view_does_not_show_what_it_says_of_a_hidden_field() {
    for part in ["filter", "sort", "group"] {
        let office = office(Role::Edit);
        let (staff, _) = office.as_clerk();
        let view = view_with(&office, part);
        for path in [format!("/view/{view}"), "/view".to_owned()] {
            assert_silent(&office, &staff.client.get(&staff.path(&path)).expect(200));
        }
    }
}

#[test]
fn a_list_through_a_view_does_not_tell_by_its_filter_or_order() {
    for part in ["filter", "sort", "group"] {
        let office = office(Role::Edit);
        let (staff, _) = office.as_clerk();
        let view = view_with(&office, part);
        let reply = staff.list(&[("viewId", &view)]);
        assert!(reply.status < 500, "{part}: {}", reply.text);
        assert_silent(&office, &reply);
        assert_ne!(names(&reply), ["p0"], "whose wage it is, must not be told");
        assert_ne!(names(&reply), ["p1", "p2", "p0"], "the order of wages must not be told");
        let condition = json!({"fieldId": office.secret, "operator": "is", "value": SECRETS[0]});
        let filter = json!({"filter": {"conjunction": "and", "filterSet": [condition]}});
        staff.client.put(&staff.path(&format!("/view/{view}/filter")), &filter);
        assert_ne!(names(&staff.list(&[("viewId", &view)])), ["p0"], "nor by a filter that the clerk saves");
    }
}

/// Every answer that the clerk gets, without the times and authors of changes.
fn answers(staff: &Table, desks: &Table, record: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (table, field) in [(staff, "Room"), (desks, "Name")] {
        let order = json!([{"fieldId": field, "order": "desc"}]).to_string();
        for rest in [
            "/record".to_owned(),
            "/record?cellFormat=text".to_owned(),
            format!("/record{}", query([("orderBy", &*order)])),
        ] {
            paths.push(table.path(&rest));
        }
        for needle in ["secret", "flip", "p1"] {
            paths.push(
                table
                    .path(&format!("/record{}", query([("search[]", needle), ("search[]", ""), ("search[]", "true")]))),
            );
            paths.push(table.path(&format!("/aggregation/row-count{}", query([("search[]", needle)]))));
        }
    }
    for field in ["Wages", "All"] {
        let filter = and(&[json!({"fieldId": field, "operator": "isNotEmpty", "value": null})]);
        paths.push(desks.path(&format!("/record{}", query([("filter", &*filter), ("fieldKeyType", "name")]))));
        let order = json!([{"fieldId": field, "order": "asc"}]).to_string();
        paths.push(desks.path(&format!("/record{}", query([("orderBy", &*order), ("fieldKeyType", "name")]))));
    }
    paths.push(staff.path(&format!("/record/{record}")));
    for (table, field) in [(staff, "Room"), (desks, "Name"), (desks, "Wages"), (desks, "All")] {
        for function in ["unique", "filled", "percentEmpty"] {
            let name = format!("field[{function}][]");
            let asked = query([(&*name, field), ("fieldKeyType", "name")]);
            paths.push(table.path(&format!("/aggregation{asked}")));
        }
        let group = json!([{"fieldId": field, "order": "asc"}]).to_string();
        paths.push(table.path(&format!("/aggregation/group-points{}", query([("groupBy", &*group)]))));
    }
    for table in [staff, desks] {
        paths.push(table.path("/aggregation/search-count?search[]=secret"));
        paths.push(table.path("/aggregation/search-index?search[]=secret&take=10"));
        paths.push(format!("/api/export/{}?raw=true", table.id));
        paths.push(table.path("/record/history"));
    }
    let strip = |text: &str| {
        let mut json: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let records = json.get_mut("records").and_then(Value::as_array_mut);
        for record in records.into_iter().flatten() {
            record.as_object_mut().expect("a record").retain(|key, _| !key.starts_with("lastModified"));
        }
        if let Some(record) = json.as_object_mut() {
            record.retain(|key, _| !key.starts_with("lastModified"));
        }
        json.to_string()
    };
    paths
        .iter()
        .map(|path| staff.client.get(path))
        .map(|reply| format!("{} {}", reply.status, strip(&reply.text)))
        .collect()
}

#[test]
fn another_hidden_value_changes_no_answer() {
    let office = office(Role::Edit);
    let (staff, desks) = office.as_clerk();
    let before = answers(&staff, &desks, &office.people[0]);
    for (id, value) in office.people.iter().zip([json!("flip 1"), Value::Null, json!("")]) {
        office.staff.update(id, &json!({"Wage": value})).expect(200);
    }
    let after = answers(&staff, &desks, &office.people[0]);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after, before);
    }
}

#[test]
fn titles_of_linked_records_hide_with_the_field_that_they_are() {
    let office = office(Role::Edit);
    let (staff, desks) = office.as_clerk();
    let primary = office.staff.field("Name").to_owned();
    people::give_on_field(&office.server, &office.clerk, &office.staff.base, people::numbers(&primary), Role::None);
    for reply in [
        staff.client.get(&staff.path("/record")),
        desks.client.get(&desks.path("/record")),
        desks.client.get(&desks.path("/record?cellFormat=text")),
    ] {
        for name in ["p0", "p1", "p2"] {
            assert!(
                !reply.text.contains(&format!("{name}\"")) && !reply.text.contains(&format!("{name},")),
                "{}",
                reply.text
            );
        }
    }
    let by_title = desks.try_filter("Of", "contains", &json!("p1"));
    assert!(by_title.status >= 400 || names(&by_title).is_empty(), "{}", by_title.text);
}

#[test]
fn copies_do_not_carry_what_the_copier_may_not_see() {
    let office = office(Role::Manage);
    let (staff, _) = office.as_clerk();
    let at = format!("/api/base/{}/table/{}/duplicate", staff.base, staff.id);
    let copy = staff.client.post(&at, &json!({"name": "Copy", "includeRecords": true}));
    assert!(copy.status < 500, "{}", copy.text);
    if copy.status == 201 {
        assert_silent(&office, &copy);
        let id = copy.text_at("/id");
        let rows = staff.client.get(&format!("/api/table/{id}/record")).expect(200);
        assert_silent(&office, &rows);
    }
    let look =
        json!({"foreignTableId": staff.id, "lookupFieldId": office.secret, "linkFieldId": office.desks.field("Of")});
    let field = json!({"name": "Spy", "type": "singleLineText", "isLookup": true, "lookupOptions": look});
    assert_refused(&staff.client.post(&office.desks.path("/field"), &field), &[400, 404]);
    let own = office.staff.client.get(&staff.path("/record?fieldKeyType=name")).expect(200).text;
    assert!(own.contains(SECRETS[0]), "the owner sees all");
}
