//! A server's life: its first start, its restarts, its end, and what it refuses.

mod support;

use std::process::Command;
use support::{
    PASSWORD, Server, TOKEN, command, first_base, folder, make_record, make_table, path, program, text, titles,
};

#[test]
fn the_lines_of_the_first_start_can_be_copied_and_its_secrets_are_logged_nowhere() {
    let folder = folder();
    let mut verbose = program();
    verbose.args(["--version"]);
    assert!(verbose.output().expect("runs").status.success());
    let mut first = program();
    first.env("MANYTONGUE_LOG_LEVEL", "debug");
    let server = Server::start_as(first, &path(&folder, "data"));
    let url = server.url.clone();
    // What it said is only known in full when it ends, so the lines run against a second start.
    let ended = server.stop();
    assert_eq!(ended.status, 0, "{}", ended.logged);
    let (_, lines) = ended.said.split_once("copy these lines:").expect("lines to copy");
    let value = |name: &str| {
        let line = ended.said.lines().find_map(|line| line.trim().strip_prefix(name)).expect("a line");
        line.trim().to_owned()
    };
    let (token, password) = (value("token"), value("password"));
    assert!(token.starts_with("teable_acc") && password.len() >= 12, "{token} {password}");

    let again = Server::start(&path(&folder, "data"));
    let script = lines.replace(&url, &again.url);
    let ran = Command::new("sh").args(["-ec", &script]).output().expect("a shell");
    let printed = text(&ran.stdout);
    assert!(ran.status.success() && printed.contains("Try it out"), "{script}\n{printed}\n{}", text(&ran.stderr));
    assert_eq!(printed.matches("\"Title\":\"Try it out\"").count(), 3, "made, and listed through two APIs: {printed}");
    let again = again.stop();
    assert_eq!(again.said, format!("Manytongue is at {}\n", again.said.trim().rsplit(' ').next().expect("a URL")));
    for secret in [&token, &password] {
        assert!(!ended.logged.contains(secret.as_str()) && !again.logged.contains(secret.as_str()));
        assert!(!again.said.contains(secret.as_str()));
    }
}

#[test]
fn secrets_of_the_environment_are_taken_and_not_repeated() {
    let folder = folder();
    let server = Server::start(folder.path());
    let (status, _) = server.ask("GET", "/api/space", None);
    assert_eq!(status, 200);
    assert_eq!(server.ask_as("teable_accWrong_wrong", "GET", "/api/space", None).0, 401);
    let ended = server.stop();
    for secret in [TOKEN, PASSWORD] {
        assert!(!ended.said.contains(secret) && !ended.logged.contains(secret));
    }
}

#[test]
fn a_restart_keeps_the_data() {
    let folder = folder();
    let server = Server::start(folder.path());
    let table = make_table(&server, &first_base(folder.path()), "Kept");
    assert_eq!(make_record(&server, &table, "one"), 201);
    assert_eq!(server.stop().status, 0);
    let server = Server::start(folder.path());
    assert_eq!(titles(&server, &table), ["one"]);
}

#[test]
fn every_answered_write_survives_a_kill() {
    let folder = folder();
    let server = Server::start(folder.path());
    let table = make_table(&server, &first_base(folder.path()), "Kept");
    let expected: Vec<String> = (0..20).map(|n| format!("record {n}")).collect();
    for title in &expected {
        assert_eq!(make_record(&server, &table, title), 201);
    }
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(titles(&server, &table), expected);
    // The socket that the dead server left behind is no obstacle.
    assert_eq!(command(folder.path(), &["check"])["sound"], true);
}

#[test]
fn a_second_server_on_a_folder_is_refused_in_one_line() {
    let folder = folder();
    let server = Server::start(folder.path());
    let second =
        program().args(["--listen", "127.0.0.1:0", "--log-level", "error", "--data"]).arg(folder.path()).output();
    let second = second.expect("runs");
    let said = text(&second.stderr);
    assert_eq!((second.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains(&*folder.path().to_string_lossy()) && said.contains("used by another process"), "{said}");
    let port = server.url.rsplit(':').next().expect("a port").to_owned();
    let third = program().args(["--ephemeral", "--listen", &format!("127.0.0.1:{port}")]).output().expect("runs");
    assert!(text(&third.stderr).contains("cannot listen on"), "{}", text(&third.stderr));
}

#[test]
fn an_ephemeral_server_leaves_nothing_behind() {
    let folder = folder();
    let mut command = program();
    command.env("MANYTONGUE_EPHEMERAL", "true").env("TMPDIR", folder.path());
    command.args(["--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().expect("starts");
    let mut first = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().expect("output")), &mut first)
        .expect("readable");
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1);
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill").success());
    // It ends when its output is closed or not: the pipe is small enough for what it says.
    drop(child.stdout.take());
    assert!(child.wait().expect("ends").success());
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn settings_that_are_wrong_are_refused_by_name() {
    let folder = folder();
    let file = path(&folder, "settings.toml");
    std::fs::write(&file, "lisen = '127.0.0.1:0'").expect("written");
    let output = program().arg("--config").arg(&file).output().expect("runs");
    assert!(!output.status.success() && text(&output.stderr).contains("lisen"), "{}", text(&output.stderr));
    let output = program().env("MANYTONGUE_LISTEN", "nowhere").output().expect("runs");
    assert!(text(&output.stderr).contains("MANYTONGUE_LISTEN cannot be nowhere"), "{}", text(&output.stderr));
}
