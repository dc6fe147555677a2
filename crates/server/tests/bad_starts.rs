//! A start on PostgreSQL that cannot go well ends in one line that says why, and nothing is made.

mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use support::{Server, folder, make_record, make_table, path, program, text, titles};
use testbed::{Bed, at_port, psql};

/// A place on PostgreSQL and its address; none when the run is not about it.
fn place() -> Option<(Bed, String)> {
    let bed = testbed::on_postgres().then(Bed::new)?;
    let url = bed.postgres().expect("PostgreSQL").url.clone();
    Some((bed, url))
}

/// What is made on the server for a test, and the statement that takes it away again.
struct Made<'p> {
    url: &'p str,
    gone: String,
}

impl Made<'_> {
    fn new<'p>(url: &'p str, make: &str, gone: String) -> Made<'p> {
        psql(url, make);
        Made { url, gone }
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        psql(self.url, &self.gone);
    }
}

/// The program on an address and the schemas of a place.
fn on(bed: &Bed, url: &str) -> Command {
    let mut command = program();
    command.env("MANYTONGUE_DATABASE_URL", url).env("MANYTONGUE_DATABASE_SCHEMA", bed.name());
    command.env("MANYTONGUE_ADMIN_TOKEN", support::TOKEN).env("MANYTONGUE_ADMIN_PASSWORD", support::PASSWORD);
    command
}

/// Starts a server that must not come up; the one line that it says.
#[track_caller]
fn refusal(mut command: Command, url: &str, data: &Path) -> String {
    let output = command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).output().expect("runs");
    let said = text(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty(), "{said}{}", text(&output.stdout));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("manytongue: "), "{said}");
    let (_, secret) = url.split_once("://").and_then(|(_, rest)| rest.split_once(':')).unwrap_or(("", ""));
    let secret = secret.rsplit_once('@').map_or("", |(secret, _)| secret);
    assert!(secret.is_empty() || !said.contains(secret), "{said}");
    said
}

/// A refusal that leaves neither a schema nor a file of a store.
#[track_caller]
fn refused(bed: &Bed, url: &str, because: &[&str]) {
    let data = folder();
    let said = refusal(on(bed, url), url, data.path());
    assert!(because.iter().all(|word| said.contains(word)), "{because:?} in {said}");
    assert_eq!(schemas(bed), Vec::<String>::new(), "{said}");
    for file in ["home.db", "store", "control.sock"] {
        assert!(!data.path().join(file).exists(), "{file}: {said}");
    }
}

/// The schemas of a place.
fn schemas(bed: &Bed) -> Vec<String> {
    let sql = format!("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '{}')", bed.name());
    bed.sql(&sql).into_iter().flatten().collect()
}

/// An address with another user and password.
fn as_user(url: &str, user: &str, password: &str) -> String {
    let (_, rest) = url.rsplit_once('@').expect("a user");
    format!("postgres://{user}:{password}@{rest}")
}

/// An address with another database.
fn in_database(url: &str, database: &str) -> String {
    let (before, settings) = url.split_once('?').expect("settings");
    let (server, _) = before.rsplit_once('/').expect("a database");
    format!("{server}/{database}?{settings}")
}

#[test]
fn an_address_that_cannot_be_meant_is_refused() {
    let Some((bed, url)) = place() else { return };
    refused(&bed, "mysql://me:not-to-be-told@127.0.0.1/x", &["postgres://"]);
    refused(&bed, "postgres://me:not-to-be-told@127.0.0.1:port/x", &["port"]);
    refused(&bed, "postgres://me:not-to@be-told@127.0.0.1/x", &["%40"]);
    refused(&bed, &format!("{url}&sslmode=maybe"), &["sslmode"]);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let Some((bed, url)) = place() else { return };
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    refused(&bed, &at_port(&url, free.port()), &[&free.to_string()]);
    let nowhere = url.replace(testbed::host_of(&url), "nowhere.invalid:5432");
    refused(&bed, &nowhere, &["nowhere.invalid:5432"]);
}

#[test]
fn a_stranger_to_the_server_is_refused() {
    let Some((bed, url)) = place() else { return };
    refused(&bed, &as_user(&url, "manytongue", "not-to-be-told"), &["password", "manytongue"]);
    refused(&bed, &as_user(&url, "nobody_at_all", "not-to-be-told"), &["nobody_at_all"]);
    refused(&bed, &in_database(&url, "no_such_database"), &["no_such_database"]);
}

#[test]
fn a_user_who_may_not_make_schemas_is_refused() {
    let Some((bed, url)) = place() else { return };
    let role = format!("{}_user", bed.name());
    let make = format!("CREATE ROLE {role} LOGIN PASSWORD 'not-to-be-told'");
    let _made = Made::new(&url, &make, format!("DROP ROLE {role}"));
    refused(&bed, &as_user(&url, &role, "not-to-be-told"), &["permission denied"]);
}

#[test]
fn a_database_that_cannot_hold_all_texts_is_refused() {
    let Some((bed, url)) = place() else { return };
    let name = format!("{}_ascii", bed.name());
    let kind = "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'";
    let _made =
        Made::new(&url, &format!("CREATE DATABASE {name} {kind}"), format!("DROP DATABASE {name} WITH (FORCE)"));
    let there = in_database(&url, &name);
    refused(&bed, &there, &["SQL_ASCII", "UTF8"]);
    assert_eq!(
        psql(&there, "SELECT 1 FROM pg_namespace WHERE starts_with(nspname, 'test_')"),
        Vec::<Vec<String>>::new()
    );
}

#[test]
fn a_store_of_a_newer_format_is_refused_and_so_is_a_database_of_one() {
    let Some((bed, url)) = place() else { return };
    let data = folder();
    let server = Server::start_as(on(&bed, &url), data.path());
    let base = base_of(&server);
    let table = make_table(&server, &base, "Kept");
    assert_eq!(make_record(&server, &table, "kept"), 201);
    server.stop();
    let newer = "VALUES (99, 'of tomorrow', 'x', 0)";
    bed.sql(&format!("INSERT INTO {}.migrations (version, name, checksum, applied_at) {newer}", bed.name()));
    let said = refusal(on(&bed, &url), &url, data.path());
    assert!(said.contains("format 99, newer"), "{said}");
    bed.sql(&format!("DELETE FROM {}.migrations WHERE version = 99", bed.name()));

    // A database is opened when it is asked for, and the others go on without it.
    let schema = schemas(&bed).into_iter().find(|schema| schema != bed.name()).expect("a database");
    bed.sql(&format!("INSERT INTO {schema}.migrations (version, name, checksum, applied_at) {newer}"));
    let server = Server::start_as(on(&bed, &url), data.path());
    assert_eq!(make_record(&server, &table, "refused"), 503);
    assert_eq!(server.ask("GET", "/readyz", None).0, 200);
    bed.sql(&format!("DELETE FROM {schema}.migrations WHERE version = 99"));
    assert_eq!(titles(&server, &table), ["kept"]);
    assert_eq!(server.stop().status, 0);
}

/// The first base of a server.
fn base_of(server: &Server) -> String {
    let (status, list) = server.ask("GET", "/api/base/access/all", None);
    assert_eq!(status, 200, "{list}");
    list[0]["id"].as_str().expect("a base").to_owned()
}

#[test]
fn a_folder_and_an_address_that_do_not_belong_together_are_refused() {
    let (Some((bed, url)), Some((other, _))) = (place(), place()) else { return };
    let all = folder();
    let (files, served, others) = (path(&all, "files"), path(&all, "served"), path(&all, "others"));
    Server::start(&files).stop();
    let said = refusal(on(&bed, &url), &url, &files);
    assert!(said.contains("holds a store in files") && said.contains("files"), "{said}");
    assert_eq!(schemas(&bed), Vec::<String>::new());

    Server::start_as(on(&bed, &url), &served).stop();
    let mut without = program();
    without.env("MANYTONGUE_ADMIN_TOKEN", support::TOKEN);
    let said = refusal(without, &url, &served);
    assert!(said.contains("belongs to a store on PostgreSQL"), "{said}");
    assert!(!served.join("home.db").exists());

    // An empty database, then another store's.
    let said = refusal(on(&other, &url), &url, &served);
    assert!(said.contains("there is no store in the schema") && said.contains(other.name()), "{said}");
    assert_eq!(schemas(&other), Vec::<String>::new());
    Server::start_as(on(&other, &url), &others).stop();
    let before = schemas(&other);
    let said = refusal(on(&other, &url), &url, &served);
    assert!(said.contains("served another store"), "{said}");
    assert_eq!(schemas(&other), before);
    assert_eq!(Server::start_as(on(&bed, &url), &served).stop().status, 0, "its own store it still serves");
}

#[test]
fn servers_that_begin_a_store_at_the_same_time_begin_one() {
    for _ in 0..3 {
        let Some((bed, url)) = place() else { return };
        let folders: Vec<_> = (0..3).map(|_| folder()).collect();
        let servers: Vec<Server> = std::thread::scope(|scope| {
            let (bed, url) = (&bed, &url);
            let start = |data| scope.spawn(move || Server::start_as(on(bed, url), data));
            let all: Vec<_> = folders.iter().map(|folder| start(folder.path())).collect();
            all.into_iter().map(|server| server.join().expect("a server")).collect()
        });
        let bases: Vec<String> = servers.iter().map(base_of).collect();
        assert!(bases.iter().all(|base| *base == bases[0]), "{bases:?}");
        let table = make_table(&servers[0], &bases[0], "Shared");
        assert_eq!(make_record(&servers[1], &table, "one"), 201);
        assert_eq!(titles(&servers[2], &table), ["one"]);
        assert_eq!(schemas(&bed).len(), 2, "a home and one database");
        servers.into_iter().for_each(|server| drop(server.stop()));
    }
}

#[test]
fn writers_take_turns_whatever_the_isolation_of_the_database_is() {
    let Some((bed, url)) = place() else { return };
    let url = format!("{url}&options=-c%20default_transaction_isolation%3Dserializable");
    let folders = [folder(), folder()];
    let servers = folders.each_ref().map(|folder| Server::start_as(on(&bed, &url), folder.path()));
    let table = make_table(&servers[0], &base_of(&servers[0]), "Shared");
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (server, table) = (&servers[n % 2], &table);
            scope.spawn(move || (0..25).for_each(|i| assert_eq!(make_record(server, table, &format!("{n} {i}")), 201)));
        }
    });
    assert_eq!(titles(&servers[1], &table).len(), 100);
}

#[test]
fn readiness_follows_postgresql_and_health_does_not() {
    let Some((bed, url)) = place() else { return };
    let proxy = testbed::proxy::Proxy::start(testbed::host_of(&url));
    let data = folder();
    let server = Server::start_as(on(&bed, &at_port(&url, proxy.port)), data.path());
    let table = make_table(&server, &base_of(&server), "Kept");
    let state = || ["/healthz", "/readyz"].map(|path| server.ask("GET", path, None).0);
    for round in 0..3 {
        assert_eq!(state(), [200, 200]);
        proxy.go_away();
        assert_eq!(state(), [200, 503]);
        assert_eq!(make_record(&server, &table, "nobody"), 503);
        assert_eq!(state(), [200, 503]);
        proxy.come_back();
        assert_eq!(state(), [200, 200]);
        assert_eq!(make_record(&server, &table, "back"), 201);
        assert_eq!(titles(&server, &table).len(), round + 1);
    }
    let ended = server.stop();
    assert_eq!(ended.status, 0);
    let (_, secret) =
        url.rsplit_once('@').map(|(before, _)| before.rsplit_once(':').expect("a password")).expect("a user");
    assert!(!ended.logged.contains(secret) && !ended.said.contains(secret), "{}", ended.logged);
}
