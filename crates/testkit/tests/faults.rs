//! A connection to PostgreSQL that is lost at the worst moment: what was answered is there once, what was not is there
//! whole or not at all, and everything works again without a restart.

mod support;

use model::Error;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Duration;
use store::database::Weight;
use store::database::log::{Cause, Entry, append};
use store::tx::{GO_ON, STOP};
use support::{Table, log, text};
use testbed::proxy::{Cut, Proxy, Sent, commits};
use testkit::server::Server;

/// A node behind a proxy, and one that sees what is really there.
struct Nodes {
    /// The table at the node behind the proxy.
    table: Table,
    /// The same table at the witness.
    seen: Table,
    behind: Server,
    witness: Server,
    proxy: Proxy,
}

/// None when the run is not about PostgreSQL.
fn nodes() -> Option<Nodes> {
    let witness = testbed::on_postgres().then(Server::start)?;
    let proxy = Proxy::start(testbed::host_of(&witness.bed().postgres().expect("PostgreSQL").url));
    let behind = witness.by_way_of(proxy.port);
    let seen = Table::plain(&witness.client(), &witness.new_base());
    let table = Table { client: behind.client(), ..seen.clone() };
    table.create(&[json!({"Name": "first"})]);
    Some(Nodes { table, seen, behind, witness, proxy })
}

impl Nodes {
    /// How often each name stands in the table.
    fn names(&self) -> BTreeMap<String, usize> {
        let mut names = BTreeMap::new();
        self.seen.all().iter().for_each(|row| *names.entry(text(&row["fields"]["Name"])).or_default() += 1);
        names
    }

    /// The log has no gap and nothing is wrong with the store, as both nodes see it.
    #[track_caller]
    fn assert_sound(&self) {
        for (server, table) in [(&self.behind, &self.table), (&self.witness, &self.seen)] {
            table.list(&[]).expect(200);
            let (found, faults) = log::sequences(server, &table.base);
            assert_eq!(faults, Vec::<String>::new());
            assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>());
            assert_eq!(server.engine.store().check(), Vec::<String>::new());
        }
    }

    /// Makes records in batches of three from several clients until `enough`; the names with the answers' statuses.
    fn load(&self, clients: usize, enough: impl Fn(usize) -> bool + Sync) -> Vec<(String, u16)> {
        let one = |client: usize| {
            let mut replies = Vec::new();
            while !enough(replies.len()) {
                let name = format!("{client} {}", replies.len());
                let records: Vec<Value> = (0..3).map(|i| json!({"Name": name, "Count": i})).collect();
                let reply = self.table.try_create(&records, &json!({}));
                assert!([201, 503].contains(&reply.status), "{} {}", reply.status, reply.text);
                if reply.status == 503 {
                    assert_eq!(reply.json()["status"], json!(503), "{}", reply.text);
                }
                replies.push((name, reply.status));
            }
            replies
        };
        std::thread::scope(|scope| {
            let one = &one;
            let all: Vec<_> = (0..clients).map(|client| scope.spawn(move || one(client))).collect();
            all.into_iter().flat_map(|client| client.join().expect("a client")).collect()
        })
    }

    /// What was answered is there once, what was not is there whole or not at all.
    #[track_caller]
    fn assert_kept(&self, replies: &[(String, u16)]) {
        let names = self.names();
        for (name, status) in replies {
            let there = names.get(name).copied().unwrap_or(0);
            assert!(there == 3 || *status != 201 && there == 0, "{name}: answered {status}, there {there} times of 3");
        }
        self.assert_sound();
    }
}

#[test]
fn a_write_whose_commit_was_not_answered_is_done_once_and_answered_as_done() {
    let Some(nodes) = nodes() else { return };
    for (round, cut) in [Cut::After, Cut::Before, Cut::After, Cut::Before].into_iter().enumerate() {
        nodes.proxy.cut_commit(cut);
        nodes.table.create(&[json!({"Name": format!("round {round}")})]);
        assert_eq!(nodes.proxy.cuts(), round + 1);
        assert_eq!(nodes.names()[&format!("round {round}")], 1, "{cut:?}");
    }
    nodes.assert_sound();
}

#[test]
fn a_commit_that_comes_after_its_write_was_answered_as_failed_is_refused() {
    let Some(nodes) = nodes() else { return };
    let database = nodes.behind.engine.store().database(log::key_of(&nodes.table.base)).expect("an open database");
    let before = log::last(&nodes.behind, &nodes.table.base);
    nodes.proxy.cut_commit(Cut::Late);
    let mut runs = 0;
    let write = database.write_blocking(move |w| {
        runs += 1;
        if runs > 1 {
            return Err(Error::Conflict("not any more".to_owned()));
        }
        let (key, cause) = ([7; 16], Cause::Write);
        let (tables, records, inverse) = (Vec::new(), Vec::new(), Vec::new());
        append(w, &Entry { key, at: 0, actor: None, token: None, client: None, cause, tables, records, inverse })
    });
    assert!(matches!(write, Err(Error::Conflict(_))), "{write:?}");
    assert_eq!(nodes.proxy.cuts(), 1);
    nodes.proxy.deliver();
    assert_eq!(log::sequences(&nodes.witness, &nodes.table.base).0.last(), Some(&before.0));
    nodes.table.create(&[json!({"Name": "next"})]);
    nodes.assert_sound();
}

#[test]
fn of_a_group_of_writes_whose_commit_was_not_answered_each_is_done_once() {
    let Some(nodes) = nodes() else { return };
    for cut in [Cut::After, Cut::Before] {
        nodes.proxy.cut_commit(cut);
        let before = nodes.proxy.cuts();
        let replies = nodes.load(8, |done| done >= 10);
        assert_eq!(nodes.proxy.cuts(), before + 1);
        let answered = replies.iter().filter(|(_, status)| *status == 201).count();
        assert_eq!(answered, replies.len(), "one loss is mended without anybody's notice");
        nodes.assert_kept(&replies.iter().map(|(name, _)| (name.clone(), 0)).collect::<Vec<_>>());
        let twice = nodes.names().into_values().filter(|times| *times > 6).count();
        assert_eq!(twice, 0);
        // Names come again in the second round.
        let ids: Vec<String> = nodes.seen.all().iter().map(|row| text(&row["id"])).collect();
        nodes.seen.client.delete(&nodes.seen.path(&format!("/record?{}", ids_query(&ids)))).expect(200);
    }
    nodes.assert_sound();
}

fn ids_query(ids: &[String]) -> String {
    ids.iter().map(|id| format!("recordIds[]={id}")).collect::<Vec<_>>().join("&")
}

#[test]
fn a_record_that_the_server_refuses_takes_nobody_with_it() {
    const WRITERS: usize = 12;
    const WRITES: usize = 40;
    let Some(nodes) = nodes() else { return };
    nodes.refuse();
    let one = |writer: usize| {
        let mut replies = Vec::new();
        for n in 0..WRITES {
            // Now and then, in groups that others are sent behind.
            let is_refused = (writer + n).is_multiple_of(24);
            let name = format!("{writer} {n}{}", if is_refused { " refused" } else { "" });
            let reply = nodes.table.try_create(&[json!({"Name": name})], &json!({}));
            assert_eq!(reply.status != 201, is_refused, "{name}: {} {}", reply.status, reply.text);
            replies.push((name, is_refused));
        }
        replies
    };
    let replies: Vec<(String, bool)> = std::thread::scope(|scope| {
        let one = &one;
        let all: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || one(writer))).collect();
        all.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    let names = nodes.names();
    for (name, is_refused) in &replies {
        assert_eq!(names.get(name).copied().unwrap_or(0), usize::from(!is_refused), "{name}");
    }
    nodes.assert_sound();
}

#[test]
fn a_write_that_was_sent_behind_one_that_fails_stands() {
    let Some(nodes) = nodes() else { return };
    let (nodes, schema) = (&nodes, nodes.refuse());
    let pause = || std::thread::sleep(Duration::from_millis(200));
    for round in 0..3 {
        let create = |name: String| nodes.table.try_create(&[json!({"Name": name})], &json!({})).status;
        let (first, second) = std::thread::scope(|scope| {
            // The first waits for its lock while the second is sent.
            let lock = format!("BEGIN; SELECT 1 FROM {schema}.state FOR UPDATE; SELECT pg_sleep(0.8); COMMIT");
            scope.spawn(move || nodes.witness.bed().sql(&lock));
            pause();
            let first = scope.spawn(move || create(format!("refused {round}")));
            pause();
            let second = scope.spawn(move || create(format!("kept {round}")));
            (first.join().expect("a writer"), second.join().expect("a writer"))
        });
        assert!(first != 201 && second == 201, "{first} {second}");
        let names = nodes.names();
        assert_eq!(names.get(&format!("kept {round}")), Some(&1));
        assert!(!names.keys().any(|name| name.contains("refused")), "{names:?}");
    }
    let follows = |sent: &Sent| sent.text.contains("EXISTS (SELECT 1 FROM log WHERE key");
    assert!(nodes.proxy.sent().iter().any(follows), "none was sent behind another");
    nodes.assert_sound();
}

impl Nodes {
    /// Has the server refuse records that are named so. The schema of their database.
    fn refuse(&self) -> String {
        let schema = format!("\"{}_{}\"", self.witness.bed().name(), log::key_of(&self.table.base));
        let refused = "CONSTRAINT refused CHECK (t1::text NOT LIKE '%refused%')";
        self.witness.bed().sql(&format!("ALTER TABLE {schema}.t1 ADD {refused}"));
        schema
    }
}

#[test]
fn a_change_of_the_schema_whose_commit_was_not_answered_is_known_to_all() {
    let Some(Nodes { mut table, seen, behind: _behind, witness, proxy }) = nodes() else { return };
    for (round, cut) in [Cut::After, Cut::Before].into_iter().enumerate() {
        proxy.cut_commit(cut);
        let name = format!("Extra {round}");
        table.add_field(&json!({"name": name, "type": "number"})).expect(201);
        assert_eq!(proxy.cuts(), round + 1);
        let id = table.create(&[json!({&name: 7})]).remove(0);
        assert_eq!(seen.cell(&id, &name), json!(7));
        let fields = seen.client.get(&seen.path("/field")).expect(200).json();
        let same = fields.as_array().expect("fields").iter().filter(|field| field["name"] == json!(name)).count();
        assert_eq!(same, 1, "{fields}");
    }
    assert_eq!(witness.engine.store().check(), Vec::<String>::new());
}

#[test]
fn connections_cut_anywhere_lose_nothing_that_was_answered_and_double_nothing() {
    let Some(nodes) = nodes() else { return };
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    nodes.proxy.judge(move |_, _| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        match dice % 40 {
            0 => Some(Cut::Before),
            _ => None,
        }
    });
    let replies = nodes.load(6, |done| done >= 40);
    assert!(nodes.proxy.cuts() > 0);
    nodes.proxy.judge(|_, _| None);
    // Some connections may have been cut since they were last used.
    nodes.assert_works_soon();
    nodes.assert_kept(&replies);
}

impl Nodes {
    /// Works again without a restart: connections that were lost are given up one by one at most.
    #[track_caller]
    fn assert_works_soon(&self) {
        let works = |_: &i32| self.table.try_create(&[json!({"Name": "again"})], &json!({})).status == 201;
        assert!((0..20).any(|i| works(&i)), "it does not work again");
        let reads = |_: &i32| self.table.list(&[]).status == 200;
        assert!((0..20).any(|i| reads(&i)));
    }
}

#[test]
fn connections_ended_by_an_administrator_lose_nothing_that_was_answered_and_double_nothing() {
    let Some(nodes) = nodes() else { return };
    let over = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let end_all = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE application_name = '{}' AND pid <> pg_backend_pid()",
        nodes.witness.bed().name()
    );
    let replies = std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=10 {
                // Each time after some more writes were tried.
                while done.load(Ordering::Relaxed) < round * 20 {
                    std::thread::yield_now();
                }
                nodes.witness.bed().sql(&end_all);
            }
            over.store(true, Ordering::Relaxed);
        });
        nodes.load(4, |_| {
            done.fetch_add(1, Ordering::Relaxed);
            over.load(Ordering::Relaxed)
        })
    });
    nodes.assert_works_soon();
    assert!((0..20).any(|_| nodes.seen.list(&[]).status == 200), "the witness lost its connections too");
    nodes.assert_kept(&replies);
}

#[test]
fn while_postgresql_is_away_requests_are_refused_and_afterwards_they_are_answered_by_the_same_server() {
    let Some(nodes) = nodes() else { return };
    for _ in 0..3 {
        nodes.proxy.go_away();
        for _ in 0..3 {
            assert_eq!(nodes.table.list(&[]).status, 503);
            let refused = nodes.table.try_create(&[json!({"Name": "nobody"})], &json!({}));
            assert_eq!((refused.status, refused.json()["status"].clone()), (503, json!(503)), "{}", refused.text);
            assert_eq!(nodes.table.client.get("/api/space").status, 503);
        }
        assert_eq!(nodes.seen.list(&[]).status, 200, "the other node goes on");
        nodes.proxy.come_back();
        nodes.table.create(&[json!({"Name": "again"})]);
        nodes.table.list(&[]).expect(200);
        nodes.table.client.get("/api/space").expect(200);
    }
    assert_eq!(nodes.names().get("nobody"), None);
    assert_eq!(nodes.names()["again"], 3);
    nodes.assert_sound();
}

#[test]
fn a_new_database_whose_listing_was_not_answered_is_whole_or_not_there() {
    let Some(nodes) = nodes() else { return };
    let listed = |server: &Server| {
        let list = server.client().get(&format!("/api/space/{}/base", server.space)).expect(200).json();
        list.as_array().expect("bases").iter().map(|base| text(&base["id"])).collect::<Vec<_>>()
    };
    for (round, cut) in [Cut::After, Cut::Before].into_iter().enumerate() {
        let before = listed(&nodes.witness);
        let mut cuts = Some(cut);
        nodes.proxy.judge(move |before, statement| {
            let lists = before.iter().any(|text| text.starts_with("INSERT INTO databases"));
            cuts.take_if(|_| commits(statement) && lists)
        });
        let reply = nodes.behind.client().post("/api/base", &json!({"spaceId": nodes.behind.space, "name": "New"}));
        assert_eq!(nodes.proxy.cuts(), round + 1);
        assert!([201, 503].contains(&reply.status), "{}", reply.text);
        let after = listed(&nodes.witness);
        let made: Vec<_> = after.iter().filter(|base| !before.contains(base)).collect();
        assert!(made.len() == 1 || reply.status == 503, "{cut:?} {made:?}");
        for base in made {
            for server in [&nodes.behind, &nodes.witness] {
                Table::plain(&server.client(), base).create(&[json!({"Name": "works"})]);
            }
        }
        assert_eq!(nodes.witness.engine.store().check(), Vec::<String>::new());
        assert_eq!(listed(&nodes.behind), after);
    }
}

#[test]
fn a_scan_whose_caller_goes_away_is_cancelled_on_the_server() {
    let Some(nodes) = nodes() else { return };
    let (witness, database) = (&nodes.witness, log::key_of(&nodes.table.base));
    let database = witness.engine.store().database(database).expect("an open database");
    let (ended, has_ended) = channel();
    let scan = |name: &'static str| {
        let (database, ended) = (database.clone(), ended.clone());
        async move {
            let read = database.read(Weight::Scan, move |read| {
                let sql = format!("SELECT 1 AS {name} FROM pg_sleep(3600)");
                let result = read.tx.query(&sql, &[], &mut |_| Ok(GO_ON));
                // It is run a first time to learn what it asks. The test may be over, so that nobody listens any more.
                if !matches!(result, Err(Error::Internal(_))) {
                    let _ = ended.send((name, result.clone()));
                }
                result
            });
            drop(read.await);
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let running = |name: &str| {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()";
        let sql = format!("{sql} AND application_name = '{}' AND query LIKE '%AS {name} %'", witness.bed().name());
        witness.bed().sql(&sql)[0][0] == "1"
    };
    // The one that stays began earlier, so the bound in time would end it first.
    let stayer = runtime.spawn(scan("stayer"));
    while !running("stayer") {}
    let leaver = runtime.spawn(scan("leaver"));
    while !running("leaver") {}
    leaver.abort();
    assert_eq!(has_ended.recv(), Ok(("leaver", Err(Error::TimedOut))));
    assert_eq!(has_ended.try_recv(), Err(TryRecvError::Empty), "the other goes on");
    while running("leaver") {}
    assert!(running("stayer"));
    stayer.abort();
    assert_eq!(has_ended.recv(), Ok(("stayer", Err(Error::TimedOut))));
    runtime.shutdown_background();
}

#[test]
fn a_read_that_has_enough_of_a_long_query_may_ask_another() {
    let Some(nodes) = nodes() else { return };
    let database = nodes.witness.engine.store().database(log::key_of(&nodes.table.base)).expect("an open database");
    for _ in 0..20 {
        let read = database.read(Weight::Scan, |read| {
            let long = "SELECT generate_series(1, 100000000)";
            read.tx.query(long, &[], &mut |_| Ok(STOP))?;
            let mut rows = 0;
            read.tx.query("SELECT definition FROM tables", &[], &mut |_| {
                rows += 1;
                Ok(GO_ON)
            })?;
            Ok(rows)
        });
        assert_eq!(nodes.witness.wait(read), Ok(1));
    }
}
