//! S25 to S28: scripts that run away, that write where they may only read, that reach out of the language, and that ask
//! for what their actor may not see.

mod support;

use model::{Ability, Error, Role, TableId};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use support::Table;
use support::ninox::{self, Ids};
use support::people;
use support::scripts::{add_formula, ask, assert_mistaken, edit_formula, ids_of, query};
use testkit::client::Client;
use testkit::server::Server;

fn world() -> (Server, Table, Ids) {
    let server = Server::start();
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    table.create(&[json!({"Name": "Bolt", "Count": 3}), json!({"Name": "Nut", "Count": 5})]);
    let ids = ids_of(&server, &base);
    (server, table, ids)
}

#[test]
fn s25_scripts_that_run_away_are_stopped_by_a_budget_that_is_named() {
    let (server, _, ids) = world();
    let client = server.client();
    let doubling = "let t := \"x\"; for i in range(64) do t := t + t end; length(t)";
    let arrays = "let a := [1]; for i in range(64) do a := array(a, a) end; cnt(a)";
    for (script, budget) in [
        ("while true do 1 end", "steps"),
        ("let i := 0; while i >= 0 do i := i + 1 end", "steps"),
        ("function f(n) do f(n + 1) end; f(0)", "depth"),
        ("function f(n) do if n < 0 then 0 else g(n) end end; function g(n) do f(n + 1) end; f(0)", "depth"),
        ("cnt(range(1000000000))", "more than 100000 items"),
        ("for i in range(0, 1000000000, 1) do i end", "more than 100000 items"),
        ("for i from 0 to 1000000000 do 1 end", "steps"),
        (doubling, "bytes"),
        (arrays, ""),
        ("lpad(\"x\", 1000000000, \"y\")", "bytes"),
        ("while true do do as server 1 end end", "steps"),
    ] {
        for way in ["/query", "/exec"] {
            let why = assert_mistaken(&ask(&client, &ids, way, script), script);
            // On a machine that has much to do, time may be over first.
            let is_named = why.contains(budget) || why.contains("budget of time");
            let is_bound = ["budget of", "more than", "longer than"].iter().any(|words| why.contains(words));
            assert!(is_named && is_bound, "{way} {script}: {why}");
        }
    }
    // What is explained is run, too, and then tells how far it came.
    let told = ask(&client, &ids, "/explain", "while true do 1 end").expect(200).json();
    assert!(told["stopped"]["message"].as_str().is_some_and(|why| why.contains("budget of")), "{told}");
    assert_eq!(query(&client, &ids, "1 + 1"), json!(2));
}

#[test]
fn s25_expressions_without_end_cost_no_stack_and_patterns_no_time() {
    let (server, _, ids) = world();
    let client = server.client();
    let storm = format!("{}1{}", "do as server ".repeat(5_000), " end".repeat(5_000));
    for script in [
        format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}1{}", "(-".repeat(5_000), ")".repeat(5_000)),
        format!("1{}", " + 1".repeat(10_000)),
        storm,
        "x".repeat(2 << 20),
        "1 + \0".to_owned(),
    ] {
        let reply = ask(&client, &ids, "/query", &script);
        assert!(matches!(reply.status, 400 | 413), "{:.60}: {} {:.200}", script, reply.status, reply.text);
    }
    // An engine that tries ways one by one would not end.
    let evil = "testx(lpad(\"!\", 50000, \"a\"), \"(a+)+$\")";
    assert_eq!(query(&client, &ids, evil), json!(false));
    for script in [r#"testx("aa", "(a)\1")"#, r#"testx("aa", "(?=a)a")"#, r#"testx("a", "(a{1000}){1000}")"#] {
        assert_mistaken(&ask(&client, &ids, "/query", script), script);
    }
}

#[test]
fn s25_formulas_that_need_each_other_are_refused() {
    let (server, mut table, ids) = world();
    let first = add_formula(&server, &table, "First", "Count + 1").expect("a formula");
    add_formula(&server, &table, "Second", "First + 1").expect("a formula");
    for script in ["Second + 1", "First + 1", "let a := this; a.Second"] {
        let refused = edit_formula(&server, &table, first, script);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{script}: {refused:?}");
    }
    table.refresh();
    assert_eq!(query(&server.client(), &ids, "(select Things).Second"), json!([5, 7]));
}

#[test]
fn s25_while_a_script_runs_others_are_answered() {
    let (server, table, ids) = world();
    for (way, script) in [("/query", "while true do 1 end"), ("/exec", "create Things; while true do 1 end")] {
        let (barrier, ended) = (Barrier::new(2), AtomicBool::new(false));
        let served = std::thread::scope(|scope| {
            scope.spawn(|| {
                let client = server.client();
                barrier.wait();
                assert_mistaken(&ask(&client, &ids, way, script), script);
                ended.store(true, Ordering::SeqCst);
            });
            let client = Table { client: server.client(), ..table.clone() };
            barrier.wait();
            let mut served = 0;
            while !ended.load(Ordering::SeqCst) {
                assert_eq!(client.rows(&[]).len(), 2, "nothing of it is seen");
                served += 1;
            }
            served
        });
        assert!(served > 0, "{way}");
    }
    assert_eq!(table.rows(&[]).len(), 2);
}

/// Scripts that write, openly or not.
const WRITES: &[&str] = &[
    "create Things",
    "delete first(select Things)",
    "delete (select Things)",
    "(select Things).(Count := 0)",
    "let r := first(select Things); r.Count := 0",
    "for r in select Things do r.Name := \"\" end",
    "function f(r) do r.Count := 0 end; f(first(select Things))",
    "function f() do create Things end; 1",
    "if false then create Things end",
    "duplicate(first(select Things))",
    "set(first(select Things), \"Count\", 0)",
    "do as server create Things end",
    "do as transaction delete (select Things) end",
    "---{create Things}---",
    "(select Things)[delete this]",
    "(select Things) order by (Count := 0)",
];

#[test]
fn s26_no_script_writes_where_only_reading_is_asked_for() {
    let (server, table, ids) = world();
    let (client, before) = (server.client(), table.all());
    let seq = support::log::last(&server, &table.base);
    for script in WRITES {
        for way in ["/query", "/explain"] {
            assert_mistaken(&ask(&client, &ids, way, script), script);
        }
        let address = ids.at(&format!("/query?query={}", testkit::client::encode(script)));
        assert_mistaken(&client.get(&address), script);
        let segment = ids.at(&format!("/({})", testkit::client::encode(script)));
        assert_mistaken(&client.get(&segment), script);
    }
    assert_eq!((table.all(), support::log::last(&server, &table.base)), (before, seq));
}

#[test]
fn s26_a_key_that_may_only_read_writes_nothing_by_exec() {
    let (server, table, ids) = world();
    let weak =
        people::scoped(&server, &[Ability::DatabaseRead, Ability::TableRead, Ability::FieldRead, Ability::RecordRead]);
    let before = table.all();
    for script in ["create Things", "delete first(select Things)", "(select Things).(Count := 0)"] {
        let reply = ask(&weak, &ids, "/exec", script);
        assert_eq!(reply.status, 403, "{script}: {}", reply.text);
    }
    assert_eq!(table.all(), before);
    assert_eq!(ask(&weak, &ids, "/exec", "cnt(select Things)").expect(200).json(), json!(2));
}

#[test]
fn s27_nothing_of_the_machine_is_in_the_language() {
    let (server, _, ids) = world();
    let client = server.client();
    for script in [
        "http(\"GET\", \"http://127.0.0.1/\")",
        "eval(\"1\")",
        "sleep(1000)",
        "sendEmail({ to: \"a@example.com\" })",
        "importFile(first(select Things), \"/etc/passwd\")",
        "createTextFile(first(select Things), \"x\", \"/tmp/x\")",
        "shareFile(first(select Things), \"x\")",
        "readFile(\"/etc/passwd\")",
        "system(\"id\")",
        "exec(\"id\")",
        "env(\"HOME\")",
        "require(\"fs\")",
        "process",
        "this",
        "select users",
        "select tokens",
        "select sqlite_master",
    ] {
        for way in ["/query", "/exec"] {
            let why = assert_mistaken(&ask(&client, &ids, way, script), script);
            assert!(!why.contains("root:") && !why.contains(".rs"), "{script}: {why}");
        }
    }
    // Keys that mean something to other machines are only keys.
    for key in ["__proto__", "constructor", "prototype", "toString"] {
        let script =
            format!("let o := {{ a: 1 }}; [o.'{key}', item(o, \"{key}\"), get(first(select Things), \"{key}\")]");
        let reply = ask(&client, &ids, "/query", &script);
        assert!(reply.status == 400 || reply.json() == json!([null, null, null]), "{key}: {}", reply.text);
    }
    assert_eq!(query(&client, &ids, "let a := now(); for i in range(10000) do i end; now() = a"), json!(true));
    assert_eq!(query(&client, &ids, "cnt(range(100)[random() < 0 or random() >= 1])"), json!(0));
}

/// What is asked of a table with a field that the asker may not see, in every place of a script.
const CURIOUS: &[&str] = &[
    "(select Things).Wage",
    "select Things where Wage > 5",
    "(select Things) order by Wage",
    "cnt(select Things where Wage = 7)",
    "sum((select Things).Wage)",
    "first(select Things).Wage",
    "get(first(select Things), \"Wage\")",
    "(select Things).{ w: Wage }",
    "(select Things).---{Wage}---",
    "(select Things)[Wage like \"7\"]",
    "(select Desks).Of.Wage",
    "cnt(select Desks where Of.Wage = 7)",
    "text(first(select Things))",
    "formatJSON(first(select Things))",
    "select Hidden",
    "cnt(select Hidden)",
    "record(Hidden, 1)",
    "records(Hidden, [1])",
    "tableId(\"Hidden\")",
    "fieldId(first(select Things), \"Wage\")",
    "cnt(select @3)",
    "(select @1).@1.6",
    "select @1 where @1.6 > 5",
    "select Things",
    "(select Things).{ n: Name, c: Count }",
];

/// A base with a hidden field, a hidden table and a table that links to the first, and somebody who may not see them.
struct Office {
    server: Server,
    things: Table,
    hidden: Table,
    ids: Ids,
    clerk: Client,
    records: Vec<String>,
}

fn office() -> Office {
    let (server, mut things, ids) = world();
    things.add_field(&json!({"name": "Wage", "type": "number"})).expect(201);
    let client = server.client();
    let mut desks = Table::make(&client, &things.base, "Desks", &json!([{"name": "Name", "type": "singleLineText"}]));
    let link = json!({"relationship": "manyOne", "foreignTableId": things.id});
    desks.add_field(&json!({"name": "Of", "type": "link", "options": link})).expect(201);
    let hidden = Table::make(&client, &things.base, "Hidden", &json!([{"name": "Secret", "type": "singleLineText"}]));
    let records: Vec<String> = things.rows(&[]).iter().map(|row| support::text(&row["id"])).collect();
    desks.create(&[json!({"Name": "one", "Of": {"id": records[0]}})]);
    let clerk = people::member(&server, "clerk", &things.base, Role::Edit);
    people::give_on_field(&server, &clerk, &things.base, people::numbers(things.field("Wage")), Role::None);
    people::give_on_table(&server, &clerk, &things.base, TableId(3), Role::None);
    let clerk = clerk.client;
    Office { server, things, hidden, ids, clerk, records }
}

#[test]
fn s28_what_is_hidden_changes_no_answer_of_a_script() {
    let Office { things, hidden, ids, clerk, records, server } = office();
    let answers = || -> Vec<(u16, String)> {
        let ways = |script: &&str| {
            let plain = ask(&clerk, &ids, "/query", script);
            let written = ask(&clerk, &ids, "/exec", script);
            [(plain.status, plain.text), (written.status, written.text)]
        };
        CURIOUS.iter().flat_map(ways).collect()
    };
    let first = answers();
    for (wage, secret) in [(7, "zz-alpha"), (1_000_000, "aa-beta")] {
        for record in &records {
            things.update(record, &json!({"Wage": wage})).expect(200);
        }
        hidden.create(&[json!({"Secret": secret})]);
        assert_eq!(answers(), first, "{wage}");
    }
    assert_eq!(query(&server.client(), &ids, "sum((select Things).Wage)"), json!(2_000_000), "the owner sees it");
}

#[test]
fn s28_what_is_hidden_is_told_like_what_never_was() {
    let Office { ids, clerk, server, .. } = office();
    for (hidden, never) in [("Wage", "Wxgx"), ("Hidden", "Hxddxn")] {
        for script in CURIOUS.iter().filter(|script| script.contains(hidden)) {
            let (one, other) =
                (ask(&clerk, &ids, "/query", script), ask(&clerk, &ids, "/query", &script.replace(hidden, never)));
            assert_eq!((one.status, one.text.replace(hidden, never)), (other.status, other.text), "{script}");
        }
    }
    let foreign = ninox::neighbour(&server, "neighbour").1;
    let reply = ask(&clerk, &foreign, "/query", "1");
    assert_eq!(reply.status, 404, "{}", reply.text);
}

#[test]
fn s28_a_script_gives_what_lists_give_and_writes_what_lists_write() {
    let Office { ids, clerk, things, server: _server, .. } = office();
    let listed = clerk.get(&ids.at("/tables/Things/records")).expect(200).json();
    let of_list: Vec<Value> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| json!({"n": row["fields"]["Name"], "c": row["fields"]["Count"]}))
        .collect();
    assert_eq!(query(&clerk, &ids, "(select Things).{ n: Name, c: Count }"), json!(of_list));
    for script in ["(select Things).(Wage := 1)", "let r := create Things; r.Wage := 1", "create Hidden"] {
        assert_mistaken(&ask(&clerk, &ids, "/exec", script), script);
    }
    let set = ask(&clerk, &ids, "/exec", "set(first(select Things), \"Wage\", 1)");
    assert!(set.status >= 400, "{}", set.text);
    assert!(things.rows(&[]).iter().all(|row| row["fields"]["Wage"].is_null()));
}

#[test]
fn s28_who_does_not_manage_a_database_is_told_no_sql() {
    let Office { ids, clerk, server, .. } = office();
    let script = "cnt(select Things where Count > 3)";
    let told = ask(&clerk, &ids, "/explain", script).expect(200).json();
    assert!(told.get("statements").is_none() && told["plan"][0]["where"][0]["by"] == "store", "{told}");
    let told = ask(&server.client(), &ids, "/explain", script).expect(200).json();
    assert!(told["statements"][0]["sql"].as_str().is_some_and(|sql| sql.contains("?1")), "{told}");
    assert_mistaken(&ask(&clerk, &ids, "/explain", "(select Things).Wage"), "a hidden field");
}
