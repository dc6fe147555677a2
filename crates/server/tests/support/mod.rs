//! The program itself, started on a free port with a folder of its own.
#![allow(dead_code, reason = "each test file uses some of it")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use tempfile::TempDir;

pub const TOKEN: &str = "teable_accTestToken0000000_testtesttesttesttesttesttesttest12345";
pub const PASSWORD: &str = "a-password-of-no-one-1";

/// A running server. It is killed when dropped.
pub struct Server {
    child: Owned,
    pub url: String,
    /// What it printed until it was ready, and goes on printing.
    said: JoinHandle<String>,
    logged: JoinHandle<String>,
}

/// A process that does not outlive its test, however that ends.
pub struct Owned(pub Child);

impl Drop for Owned {
    fn drop(&mut self) {
        // One that has ended is not there to be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a server said until it ended.
pub struct Ended {
    pub status: i32,
    pub said: String,
    pub logged: String,
}

/// A new folder.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The program, knowing nothing of the environment around the tests.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manytongue"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MANYTONGUE_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

impl Server {
    /// A server on this folder with the token of the tests.
    pub fn start(data: &Path) -> Server {
        let mut command = program();
        command.env("MANYTONGUE_ADMIN_TOKEN", TOKEN).env("MANYTONGUE_ADMIN_PASSWORD", PASSWORD);
        Server::start_as(command, data)
    }

    /// A server of this command.
    pub fn start_as(mut command: Command, data: &Path) -> Server {
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut child = Owned(child);
        let mut out = BufReader::new(child.0.stdout.take().expect("its output"));
        let mut err = child.0.stderr.take().expect("its log");
        let logged = std::thread::spawn(move || {
            let mut text = Vec::new();
            err.read_to_end(&mut text).expect("readable");
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut first = String::new();
        out.read_line(&mut first).expect("readable");
        let url = first.trim().strip_prefix("Manytongue is at ").map(str::to_owned);
        let Some(url) = url else { panic!("it said {first:?} and logged {}", logged.join().expect("its log")) };
        let said = std::thread::spawn(move || {
            let mut text = first;
            out.read_to_string(&mut text).expect("readable");
            text
        });
        Server { child, url, said, logged }
    }

    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// Asks it to end and waits.
    pub fn stop(self) -> Ended {
        self.end("TERM")
    }

    /// Ends it as a crash would.
    pub fn kill(self) -> Ended {
        self.end("KILL")
    }

    fn end(mut self, signal: &str) -> Ended {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.0.id().to_string()).status();
        assert!(sent.expect("kill").success());
        let status = self.child.0.wait().expect("it ends").code().unwrap_or(-1);
        let Server { said, logged, .. } = self;
        let (said, logged) = (said.join().expect("its words"), logged.join().expect("its log"));
        Ended { status, said, logged }
    }

    /// Asks over HTTP with the token of the tests.
    pub fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.ask_as(TOKEN, method, path, body)
    }

    /// Asks over HTTP.
    pub fn ask_as(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", "application/json");
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut response = agent.run(request.body(body).expect("a request")).expect("an answer");
        let text = response.body_mut().read_to_string().expect("text");
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (response.status().as_u16(), json)
    }
}

/// Runs a command on a folder and gives its JSON.
pub fn command(data: &Path, words: &[&str]) -> Value {
    let output = run(data, words);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{words:?} failed: {err}{out}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?} printed {out}: {error}"))
}

/// Runs a command on a folder.
pub fn run(data: &Path, words: &[&str]) -> Output {
    program().args(words).arg("--json").arg("--data").arg(data).output().expect("the program runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The table of this name that was just made in the base, with one line of text called Title.
pub fn make_table(server: &Server, base: &str, name: &str) -> String {
    let fields = serde_json::json!([{"name": "Title", "type": "singleLineText"}]);
    let body = serde_json::json!({"name": name, "fields": fields, "records": []});
    let (status, made) = server.ask("POST", &format!("/api/base/{base}/table/"), Some(body));
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().expect("an id").to_owned()
}

/// Makes a record and gives the answer's status.
pub fn make_record(server: &Server, table: &str, title: &str) -> u16 {
    let body = serde_json::json!({"fieldKeyType": "name", "records": [{"fields": {"Title": title}}]});
    server.ask("POST", &format!("/api/table/{table}/record"), Some(body)).0
}

/// The titles of a table's records.
pub fn titles(server: &Server, table: &str) -> Vec<String> {
    let (status, list) = server.ask("GET", &format!("/api/table/{table}/record?fieldKeyType=name&take=1000"), None);
    assert_eq!(status, 200, "{list}");
    let records = list["records"].as_array().expect("records");
    records.iter().map(|record| record["fields"]["Title"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The first base of a folder whose server runs.
pub fn first_base(data: &Path) -> String {
    command(data, &["database", "list"])[0]["donotname"]["base"].as_str().expect("a base").to_owned()
}

pub fn path(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
