//! People of a real server: their accounts on the command line, letters in the folder, the pages that letters lead to.

mod support;

use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{PASSWORD, Server, TOKEN, command, folder, program, run, text};

fn sign_in(server: &Server, email: &str, password: &str) -> u16 {
    server.ask_as("", "POST", "/api/auth/signin", Some(json!({"email": email, "password": password}))).0
}

/// The letters in the folder of a server, when there are at least this many.
fn letters(data: &Path, count: usize) -> Vec<String> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let files = std::fs::read_dir(data.join("mail")).into_iter().flatten().flatten().map(|file| file.path());
        let letters = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
        let texts: Vec<String> = letters.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
        assert!(Instant::now() < end, "not {count} letters: {texts:?}");
        if texts.len() >= count {
            return texts;
        }
        std::thread::yield_now();
    }
}

/// The code in a letter: the line that is one.
fn code(letter: &str) -> String {
    let plain = letter.replace("=\r\n", "");
    let found =
        plain.lines().map(str::trim).find(|line| line.len() == 64 && line.bytes().all(|b| b.is_ascii_hexdigit()));
    found.unwrap_or_else(|| panic!("no code in {letter}")).to_owned()
}

#[test]
fn accounts_are_made_listed_disabled_and_given_passwords_with_and_without_a_server() {
    let folder = folder();
    let server = Server::start(folder.path());
    let made = command(folder.path(), &["user", "add", "ada@example.com", "--name", "Ada"]);
    let first = made["password"].as_str().expect("a password").to_owned();
    assert_eq!((made["name"].as_str(), made["administrator"].as_bool()), (Some("Ada"), Some(false)));
    assert_eq!(sign_in(&server, "ada@example.com", &first), 200);
    command(folder.path(), &["user", "disable", "ada@example.com"]);
    assert_eq!(sign_in(&server, "ada@example.com", &first), 400);
    assert_eq!(command(folder.path(), &["user", "enable", made["id"].as_str().expect("an id")])["disabled"], false);
    assert_eq!(sign_in(&server, "ada@example.com", &first), 200);
    server.stop();
    let mut words = program();
    words.args(["user", "password", "ADA@example.com", "--password-stdin", "--json", "--data"]).arg(folder.path());
    let mut child = words.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
    child.stdin.take().expect("its input").write_all(b"chosen-Password-1\n").expect("written");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success() && !text(&output.stdout).contains("chosen-Password-1"));
    let listed = command(folder.path(), &["user", "list"]);
    let names: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|user| user["email"].as_str()).collect();
    assert_eq!(names, ["owner@example.com", "ada@example.com"]);
    assert!(listed.to_string().find("password").is_none(), "{listed}");
    let server = Server::start(folder.path());
    assert_eq!(sign_in(&server, "ada@example.com", &first), 400);
    assert_eq!(sign_in(&server, "ada@example.com", "chosen-Password-1"), 200);
    let refused = run(folder.path(), &["user", "disable", "owner@example.com"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("administrator"));
    assert_eq!(command(folder.path(), &["database", "create", "Notes"])["name"], "Notes");
    assert_eq!(command(folder.path(), &["user", "database", "ada@example.com", "Notes"])["name"], "Ada");
    let refused = run(folder.path(), &["user", "database", "ada@example.com", "Nowhere"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("Nowhere"));
    let refused = run(folder.path(), &["user", "password", "nobody@example.com"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("No user nobody@example.com"));
}

#[test]
fn letters_have_their_codes_and_the_log_has_none_of_them() {
    let folder = folder();
    let mut command = program();
    command.env("MANYTONGUE_ADMIN_TOKEN", TOKEN).env("MANYTONGUE_ADMIN_PASSWORD", PASSWORD);
    command.env("MANYTONGUE_SIGN_UP", "invited").env("MANYTONGUE_LOG_LEVEL", "trace");
    let server = Server::start_as(command, folder.path());
    let ask = |path: &str, body: Value| server.ask_as("", "POST", path, Some(body));
    assert_eq!(ask("/api/auth/send-reset-password-email", json!({"email": "owner@example.com"})).0, 201);
    let reset = code(&letters(folder.path(), 1)[0]);
    let body = json!({"code": reset, "password": "new-Password-1"});
    assert_eq!(ask("/api/auth/reset-password", body).0, 201);
    assert_eq!(sign_in(&server, "owner@example.com", "new-Password-1"), 200);
    let space = server.ask("GET", "/api/space", None).1[0]["id"].as_str().expect("a space").to_owned();
    let body = json!({"emails": ["ada@example.com"], "role": "editor"});
    assert_eq!(server.ask("POST", &format!("/api/space/{space}/invitation/email"), Some(body)).0, 201);
    let both = letters(folder.path(), 2);
    let invited = both.iter().find(|letter| letter.contains("To: ada@example.com")).expect("a letter");
    assert!(!invited.contains("http"), "nobody said where people reach the server: {invited}");
    let invitation = code(invited);
    let (status, _) = ask("/api/auth/signup", json!({"email": "ada@example.com", "password": "adas-Password-1"}));
    assert_eq!(status, 400);
    let body = json!({"email": "ada@example.com", "password": "adas-Password-1", "inviteCode": invitation});
    assert_eq!(ask("/api/auth/signup", body).0, 201);
    let ended = server.stop();
    assert!(ended.logged.contains("answered"), "the log tells of requests");
    for secret in [&reset, &invitation, "new-Password-1", "adas-Password-1", "ada@example.com", TOKEN] {
        assert!(!ended.logged.contains(secret) && !ended.said.contains(secret), "{secret} is logged");
    }
}

#[test]
fn pages_run_only_our_script_and_stand_in_no_frame() {
    let folder = folder();
    let server = Server::start(folder.path());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for path in ["/app/reset-password", "/app/invitation", "/app/deploys"] {
        let answer = agent.get(format!("{}{path}", server.url)).call().expect("an answer");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!((answer.status().as_u16(), header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!((header("x-frame-options"), header("cross-origin-opener-policy")), ("DENY", "same-origin"));
        assert_eq!((header("referrer-policy"), header("cache-control")), ("no-referrer", "no-store"));
        let policy = header("content-security-policy").to_owned();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for"] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
    }
    for (path, kind) in [("people.js", "text/javascript"), ("deploys.js", "text/javascript"), ("page.css", "text/css")]
    {
        let answer = agent.get(format!("{}/app/{path}", server.url)).call().expect("an answer");
        assert!(answer.headers()["content-type"].to_str().expect("text").starts_with(kind), "{path}");
    }
}

#[test]
fn mail_settings_that_cannot_be_are_refused_without_repeating_them() {
    let folder = folder();
    for (url, from) in [("smtp://u:hunter2@mail.example.com", None), ("u:hunter2@x", Some("a@b.c"))] {
        let mut words = program();
        words.env("MANYTONGUE_SMTP_URL", url);
        if let Some(from) = from {
            words.env("MANYTONGUE_MAIL_FROM", from);
        }
        let output =
            words.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).output().expect("ran");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!output.status.success() && !said.contains("hunter2"), "{said}");
        assert!(said.contains("mail_from") || said.contains("smtp_url"), "{said}");
    }
}
