//! kill -9 under load: every answered write is there once, none is half applied, the log has no gap.
//!
//! `CRASH_ROUNDS` sets the number of rounds (10 without it).

use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::client::{Client, query};

const TOKEN: &str = "teable_accCrashTest00000_secretsecretsecretsecretsecretsecret42";
/// Records of one bulk.
const BULK: usize = 10;
const WRITERS: usize = 4;

struct Running {
    child: Child,
    client: Client,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &Path) -> Running {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let address = format!("127.0.0.1:{port}");
    let child = Command::new(env!("CARGO_BIN_EXE_manytongue"))
        .args(["serve", "--data"])
        .arg(data)
        .args(["--listen", &address])
        .env("MANYTONGUE_ADMIN_EMAIL", "owner@example.com")
        .env("MANYTONGUE_ADMIN_PASSWORD", "correct-horse-7")
        .env("MANYTONGUE_ADMIN_TOKEN", TOKEN)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the server starts");
    let running = Running { child, client: Client::new(&format!("http://{address}"), Some(TOKEN)) };
    let patience = Instant::now();
    while std::net::TcpStream::connect(&address).is_err() {
        assert!(patience.elapsed() < Duration::from_secs(20), "the server does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    running
}

/// What the clients know: tags of single records and of bulks whose creation was answered, and the last answered
/// value of each record that was updated.
#[derive(Default)]
struct Answered {
    singles: Vec<String>,
    bulks: Vec<String>,
    updates: HashMap<String, u64>,
}

#[test]
fn a_killed_server_keeps_every_answered_write_once() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let rounds: usize = std::env::var("CRASH_ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(10);
    let answered = Arc::new(Mutex::new(Answered::default()));
    let table = make_table(&start(&data).client);
    let mut dice: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..rounds {
        let running = start(&data);
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (client, table) = (running.client.clone(), table.clone());
                let (answered, stop) = (answered.clone(), stop.clone());
                std::thread::spawn(move || write_until(&client, &table, round, writer, &answered, &stop))
            })
            .collect();
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(50 + (dice >> 33) % 450));
        drop(running);
        stop.store(true, Ordering::Relaxed);
        // A writer whose connection broke panics in its client: that is its way to end.
        writers.into_iter().for_each(|w| drop(w.join()));
    }
    let running = start(&data);
    check(&running.client, &table, &answered.lock().expect("the answers"));
    drop(running);
    let checked = Command::new(env!("CARGO_BIN_EXE_manytongue"))
        .args(["check", "--data"])
        .arg(&data)
        .output()
        .expect("the check runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

fn make_table(client: &Client) -> String {
    let space = client.get("/api/space").expect(200).text_at("/0/id");
    let base = client.post("/api/base", &json!({"spaceId": space, "name": "Crash"})).expect(201).text_at("/id");
    let fields = json!([
        {"name": "Tag", "type": "singleLineText"}, {"name": "Part", "type": "number"}, {"name": "Value", "type": "number"}
    ]);
    let table = json!({"name": "Writes", "fields": fields, "records": []});
    client.post(&format!("/api/base/{base}/table/"), &table).expect(201).text_at("/id")
}

fn write_until(
    client: &Client,
    table: &str,
    round: usize,
    writer: usize,
    answered: &Mutex<Answered>,
    stop: &AtomicBool,
) {
    let path = format!("/api/table/{table}/record");
    for n in 0..u64::MAX {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let tag = format!("{round}-{writer}-{n}");
        let single = json!({"fieldKeyType": "name", "records": [{"fields": {"Tag": format!("s{tag}"), "Value": 0}}]});
        let made = client.post(&path, &single);
        if made.status != 201 {
            continue;
        }
        let id = made.text_at("/records/0/id");
        answered.lock().expect("the answers").singles.push(format!("s{tag}"));
        let update = json!({"fieldKeyType": "name", "record": {"fields": {"Value": n + 1}}});
        if client.patch(&format!("{path}/{id}"), &update).status == 200 {
            answered.lock().expect("the answers").updates.insert(format!("s{tag}"), n + 1);
        }
        let bulk: Vec<Value> =
            (0..BULK).map(|part| json!({"fields": {"Tag": format!("b{tag}"), "Part": part}})).collect();
        if client.post(&path, &json!({"fieldKeyType": "name", "records": bulk})).status == 201 {
            answered.lock().expect("the answers").bulks.push(format!("b{tag}"));
        }
    }
}

fn check(client: &Client, table: &str, answered: &Answered) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut values: HashMap<String, u64> = HashMap::new();
    let mut skip = 0;
    loop {
        let page = query([("take", "2000"), ("skip", &skip.to_string()), ("fieldKeyType", "name")]);
        let answer = client.get(&format!("/api/table/{table}/record{page}")).expect(200).json();
        let records = answer["records"].as_array().cloned().unwrap_or_default();
        for record in &records {
            let tag = record["fields"]["Tag"].as_str().unwrap_or("").to_owned();
            if let Some(value) = record["fields"]["Value"].as_f64() {
                values.insert(tag.clone(), value as u64);
            }
            *counts.entry(tag).or_default() += 1;
        }
        skip += records.len();
        if records.len() < 2000 {
            break;
        }
    }
    assert!(!answered.singles.is_empty() && !answered.bulks.is_empty(), "there was load");
    for tag in &answered.singles {
        assert_eq!(counts.get(tag), Some(&1), "the answered record {tag} is there once");
    }
    for tag in &answered.bulks {
        assert_eq!(counts.get(tag), Some(&BULK), "the answered bulk {tag} is there whole");
    }
    for (tag, value) in &answered.updates {
        assert_eq!(values.get(tag), Some(value), "the answered update of {tag} is there");
    }
    for (tag, count) in &counts {
        let whole = if tag.starts_with('b') { BULK } else { 1 };
        assert_eq!(*count, whole, "{tag} is there whole or not at all");
    }
}
