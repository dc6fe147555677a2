//! Commands give the same whether the folder is free or its server carries them out.

mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use support::{Server, command, first_base, folder, make_record, make_table, path, run, text, titles};

fn lengths(ids: &Value) -> [usize; 6] {
    let length = |outer: &str, inner: &str| ids[outer][inner].as_str().expect("an id").len();
    [
        length("ninox", "team"),
        length("ninox", "database"),
        length("donotname", "space"),
        length("donotname", "base"),
        length("dato", "site"),
        length("dynalist", "folder"),
    ]
}

#[test]
fn databases_and_tokens_are_made_with_and_without_a_server() {
    let folder = folder();
    let running = Server::start(folder.path());
    let through = command(folder.path(), &["database", "create", "Through the server"]);
    assert_eq!(lengths(&through), [17, 12, 19, 24, 1, 24]);
    let token = command(folder.path(), &["token", "create", "--name", "Reader", "--scopes", "base|read"]);
    let text_of = |token: &Value| token["token"].as_str().expect("a token").to_owned();
    assert_eq!(running.ask_as(&text_of(&token), "GET", "/api/base/access/all", None).0, 200);
    running.stop();

    let direct = command(folder.path(), &["database", "create", "Directly"]);
    assert_eq!(lengths(&direct), [17, 12, 19, 24, 1, 24]);
    let base = direct["donotname"]["base"].as_str().expect("a base").to_owned();
    let bound = command(folder.path(), &["token", "create", "--name", "Bound", "--database", &base]);
    assert_eq!(bound["donotname"]["base"], base.as_str());
    let names: Vec<Value> = command(folder.path(), &["database", "list"])
        .as_array()
        .expect("a list")
        .iter()
        .map(|database| database["name"].clone())
        .collect();
    assert_eq!(names[names.len() - 2..], ["Through the server", "Directly"]);

    let running = Server::start(folder.path());
    let other = through["donotname"]["base"].as_str().expect("a base");
    assert_eq!(running.ask_as(&text_of(&bound), "GET", &format!("/api/base/{base}"), None).0, 200);
    assert_ne!(running.ask_as(&text_of(&bound), "GET", &format!("/api/base/{other}"), None).0, 200);
    let id = bound["id"].as_str().expect("an id");
    command(folder.path(), &["token", "revoke", id]);
    assert_eq!(running.ask_as(&text_of(&bound), "GET", &format!("/api/base/{base}"), None).0, 401);
    let refused = run(folder.path(), &["token", "create", "--name", "x", "--scopes", "record|fly"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("record|fly"), "{}", text(&refused.stderr));
}

#[test]
fn a_backup_made_while_serving_is_restored_to_a_server_that_serves_the_same() {
    let folder = folder();
    let data = path(&folder, "data");
    let server = Server::start(&data);
    let base = first_base(&data);
    let table = make_table(&server, &base, "Kept");
    assert_eq!(make_record(&server, &table, "before"), 201);
    let (backup, restored) = (path(&folder, "backup"), path(&folder, "restored"));
    command(&data, &["backup", backup.to_str().expect("text")]);
    assert_eq!(make_record(&server, &table, "after"), 201);
    let export = path(&folder, "export.db");
    command(&data, &["export", &base, export.to_str().expect("text")]);
    assert!(std::fs::read(&export).expect("a file").starts_with(b"SQLite format 3"));
    command(&restored, &["restore", backup.to_str().expect("text")]);
    let again = Server::start(&restored);
    assert_eq!(titles(&again, &table), ["before"]);
    assert_eq!(command(&restored, &["check"])["sound"], true);
    let twice = run(&restored, &["restore", backup.to_str().expect("text")]);
    assert!(!twice.status.success() && text(&twice.stderr).contains("not empty"), "{}", text(&twice.stderr));
}

#[test]
fn commands_that_need_data_do_not_make_a_folder() {
    let folder = folder();
    let data = path(&folder, "nowhere");
    for words in [&["check"][..], &["database", "list"], &["backup", "b"], &["export", "x", "y"]] {
        let refused = run(&data, words);
        assert!(text(&refused.stderr).contains("there is no data in"), "{words:?}: {}", text(&refused.stderr));
    }
    assert!(!data.exists());
}

#[test]
fn only_the_owner_reaches_the_socket_and_nonsense_on_it_is_refused() {
    let folder = folder();
    // Longer than the address of a socket can be.
    let data = path(&folder, &"deep/".repeat(30));
    let server = Server::start(&data);
    let socket = data.join("control.sock");
    assert_eq!(std::fs::metadata(&socket).expect("a socket").permissions().mode() & 0o777, 0o600);
    assert_eq!(command(&data, &["check"])["sound"], true);
    server.stop();
    assert!(!socket.exists());

    let server = Server::start(folder.path());
    for line in
        ["nonsense\n", "{\"version\":99,\"order\":\"check\"}\n", "\n", "{\"version\":1,\"order\":{\"erase\":{}}}\n"]
    {
        let mut stream = UnixStream::connect(path(&folder, "control.sock")).expect("connects");
        stream.write_all(line.as_bytes()).expect("written");
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).expect("an answer");
        assert!(answer.contains("Err"), "{line}: {answer}");
    }
    drop(server);
}

#[test]
fn a_database_is_made_with_two_tokens_of_its_own_that_are_told_with_it() {
    let folder = folder();
    let made = command(folder.path(), &["database", "create", "Site"]);
    let token = |key: &str| made["dato"][key].as_str().expect("a token").to_owned();
    let (writing, reading) = (token("readwrite_token"), token("readonly_token"));
    assert_ne!(writing, reading);
    let base = made["donotname"]["base"].as_str().expect("a base").to_owned();
    let running = Server::start(folder.path());
    let table = |token: &str| {
        let fields = json!([{"name": "Title", "type": "singleLineText"}]);
        let body = json!({"name": "Tasks", "fields": fields, "records": []});
        running.ask_as(token, "POST", &format!("/api/base/{base}/table/"), Some(body)).0
    };
    assert_eq!((table(&reading), table(&writing)), (403, 201));
    let listed = command(folder.path(), &["database", "list"]);
    assert!(!listed.to_string().contains("_token"), "they are told once: {listed}");
}
