//! Several clients at once: nothing is lost, what must be unique stays unique, and the log has no gaps.

mod support;

use serde_json::{Value, json};
use std::sync::Barrier;
use support::{Table, log, text};
use testkit::client::Reply;
use testkit::server::Server;

const CLIENTS: usize = 8;

fn start() -> (Server, Table) {
    let server = Server::start();
    let fields = json!([
        {"name": "Name", "type": "singleLineText"},
        {"name": "Count", "type": "number"},
        {"name": "Color", "type": "singleSelect", "options": {"choices": []}},
    ]);
    let table = Table::make(&server.client(), &server.new_base(), "Shared", &fields);
    (server, table)
}

/// What each client gets, all of them starting together.
fn together<T: Send>(table: &Table, work: impl Fn(usize, &Table) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(CLIENTS);
    std::thread::scope(|scope| {
        let one = |i: usize| {
            let (table, barrier, work) = (table.clone(), &barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(i, &table)
            })
        };
        let all: Vec<_> = (0..CLIENTS).map(one).collect();
        all.into_iter().map(|client| client.join().expect("a client that does not panic")).collect()
    })
}

#[track_caller]
fn assert_no_gaps(server: &Server, table: &Table) {
    let (found, faults) = log::sequences(server, &table.base);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>());
}

#[test]
fn every_record_that_was_acknowledged_is_there_once() {
    let (server, table) = start();
    let made: Vec<String> = together(&table, |client, table| {
        let batches = (0..40).flat_map(|i| table.create(&[json!({"Name": format!("{client} {i}"), "Count": i})]));
        batches.collect::<Vec<_>>()
    })
    .concat();
    let rows = table.all();
    let mut ids: Vec<String> = rows.iter().map(|r| text(&r["id"])).collect();
    assert_eq!(rows.len(), CLIENTS * 40);
    let mut numbers: Vec<i64> = rows.iter().filter_map(|r| r["autoNumber"].as_i64()).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), rows.len(), "each has a number of its own, rising");
    let mut made = made;
    made.sort();
    ids.sort();
    assert_eq!(made, ids);
    for client in 0..CLIENTS {
        let own = rows.iter().filter(|r| text(&r["name"]).starts_with(&format!("{client} ")));
        assert_eq!(
            own.map(|r| r["fields"]["Count"].as_i64()).collect::<Vec<_>>(),
            (0..40).map(Some).collect::<Vec<_>>()
        );
    }
    assert_no_gaps(&server, &table);
}

#[test]
fn of_equal_values_in_a_unique_field_only_one_is_kept() {
    let (server, mut table) = start();
    table.add_field(&json!({"name": "Code", "type": "singleLineText", "unique": true})).expect(201);
    for round in 0..10 {
        let replies: Vec<Reply> = together(&table, |client, table| {
            table.try_create(&[json!({"Name": client.to_string(), "Code": format!("code {round}")})], &json!({}))
        });
        let won = replies.iter().filter(|r| r.status == 201).count();
        assert_eq!(won, 1, "{:?}", replies.iter().map(|r| r.status).collect::<Vec<_>>());
        for lost in replies.iter().filter(|r| r.status != 201) {
            assert_eq!(lost.status, 400, "{}", lost.text);
            assert!(lost.text.contains("Code"), "the field is named: {}", lost.text);
        }
    }
    assert_eq!(table.all().len(), 10);
    // By changes of records that are there, too, and within one batch.
    let ids = table.create(&(0..CLIENTS).map(|i| json!({"Name": i.to_string()})).collect::<Vec<_>>());
    let replies = together(&table, |client, table| table.update(&ids[client], &json!({"Code": "wanted"})).status);
    assert_eq!(replies.iter().filter(|status| **status == 200).count(), 1, "{replies:?}");
    let twice = table.try_create(&[json!({"Code": "same"}), json!({"Code": "same"})], &json!({}));
    assert_eq!(twice.status, 400);
    let rows = table.all();
    assert_eq!(rows.len(), 10 + CLIENTS, "nothing of a refused batch is kept");
    let mut codes: Vec<String> = rows.iter().map(|r| text(&r["fields"]["Code"])).filter(|c| !c.is_empty()).collect();
    codes.sort();
    let all = codes.len();
    codes.dedup();
    assert_eq!((codes.len(), all), (11, 11));
    assert_no_gaps(&server, &table);
}

#[test]
fn writes_of_one_record_come_one_after_the_other() {
    let (server, table) = start();
    let id = table.create(&[json!({"Name": "shared", "Count": -1})]).remove(0);
    together(&table, |client, table| {
        for i in 0..25 {
            table.update(&id, &json!({"Count": client * 100 + i, "Name": format!("{client} {i}")})).expect(200);
        }
    });
    // A cell is one client's and so is the other: no mixture of two writes.
    let end = table.get(&id).expect(200).json();
    let count = end["fields"]["Count"].as_u64().expect("a number");
    assert_eq!(end["fields"]["Name"], json!(format!("{} {}", count / 100, count % 100)));
    // Each value's "after" is the next one's "before": the history is one chain.
    let mut chain: Vec<(Value, Value)> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = table.client.get(&table.path(&format!("/record/{id}/history?cursor={cursor}"))).expect(200).json();
        for item in page["historyList"].as_array().expect("a history") {
            if item["fieldId"] == json!(table.field("Count")) {
                chain.push((item["before"]["data"].clone(), item["after"]["data"].clone()));
            }
        }
        cursor = text(&page["nextCursor"]);
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(chain.len(), CLIENTS * 25);
    assert_eq!(chain[0].1, json!(count));
    assert!(chain.windows(2).all(|pair| pair[0].0 == pair[1].1), "newest first, each begins where the next ended");
    assert_eq!(chain.last().map(|c| c.0.clone()), Some(json!(-1)));
    assert_no_gaps(&server, &table);
}

#[test]
fn new_choices_of_several_clients_are_made_once_each() {
    let (server, table) = start();
    together(&table, |client, table| {
        for i in 0..10 {
            let record = json!({"Name": client.to_string(), "Color": format!("color {i}")});
            table.try_create(&[record], &json!({"typecast": true})).expect(201);
        }
    });
    let field = table.client.get(&table.path(&format!("/field/{}", table.field("Color")))).expect(200).json();
    let mut names: Vec<String> =
        field["options"]["choices"].as_array().expect("choices").iter().map(|c| text(&c["name"])).collect();
    names.sort();
    assert_eq!(names, (0..10).map(|i| format!("color {i}")).collect::<Vec<_>>());
    for i in 0..10 {
        assert_eq!(table.found("Color", "is", &json!(format!("color {i}"))).len(), CLIENTS);
    }
    assert_no_gaps(&server, &table);
}

#[test]
fn readers_see_whole_writes_only() {
    let (server, table) = start();
    let ids = table.create(&vec![json!({"Count": 0}); 50]);
    together(&table, |client, table| {
        for round in 0..15 {
            if client < 2 {
                let value = client * 1_000 + round;
                let records: Vec<Value> = ids.iter().map(|id| json!({"id": id, "fields": {"Count": value}})).collect();
                let body = json!({"records": records, "fieldKeyType": "name"});
                table.client.patch(&table.path("/record"), &body).expect(200);
            } else {
                let rows = table.rows(&[("take", "2000")]);
                let first = &rows[0]["fields"]["Count"];
                assert!(
                    rows.len() == 50 && rows.iter().all(|r| r["fields"]["Count"] == *first),
                    "half of a write was seen"
                );
            }
        }
    });
    assert_no_gaps(&server, &table);
}

#[test]
fn changes_of_the_schema_and_of_records_do_not_trip_each_other() {
    let (server, table) = start();
    table.create(&vec![json!({"Name": "x", "Count": 1}); 20]);
    let statuses: Vec<u16> = together(&table, |client, table| {
        let mut table = table.clone();
        let mut statuses = Vec::new();
        for i in 0..8 {
            let name = format!("Extra {client} {i}");
            if client % 2 == 0 {
                statuses.push(table.add_field(&json!({"name": name, "type": "number"})).status);
                let path = table.path(&format!("/field/{}", table.field(&name)));
                statuses.push(table.client.delete(&path).status);
            } else {
                statuses.push(table.try_create(&[json!({"Name": name, "Count": i})], &json!({})).status);
                statuses.push(table.list(&[("take", "2000")]).status);
            }
        }
        statuses
    })
    .concat();
    assert!(statuses.iter().all(|status| *status < 300), "{statuses:?}");
    let (mut table, made) = (table, CLIENTS / 2 * 8);
    table.refresh();
    assert_eq!((table.fields.len(), table.all().len()), (3, 20 + made));
    assert_no_gaps(&server, &table);
}
