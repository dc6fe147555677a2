//! A server as a process: started on a free port with a folder of its own, weighed, and stopped.

use crate::http::{Client, Request};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A floor that has to build its index over many rows first takes its time.
const START_LIMIT: Duration = Duration::from_secs(300);
const STOP_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_micros(500);

/// Chosen here: our server takes it from its environment, and the floor knows only this one.
pub const TOKEN: &str = "teable_accBenchToken_benchbenchbenchbenchbench12";

/// The index on (status, revenue): the floor has it from its start or not at all; our server makes it by itself or
/// is told not to.
#[derive(Clone, Copy, PartialEq)]
pub enum FilterIndex {
    With,
    Without,
}

/// How to start one of the two servers. With the URL of a `database`, its data are there and not in the folder.
#[derive(Clone)]
pub enum Program {
    /// `seq_index` is "1" where the floor must also keep the index that every server with a change feed has.
    Floor {
        binary: PathBuf,
        seq_index: &'static str,
        database: Option<String>,
    },
    Ours {
        binary: PathBuf,
        no_index: (String, String),
        database: Option<String>,
    },
}

pub struct Process {
    child: Child,
    pub port: u16,
    /// From the start of the process until it answered that it is up.
    pub start_up: Duration,
}

impl Process {
    pub fn start(program: &Program, folder: &Path, index: FilterIndex) -> Result<Process, String> {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let port = free_port()?;
        let address = format!("127.0.0.1:{port}");
        let mut command = match program {
            Program::Floor { binary, seq_index, database } => {
                let mut command = Command::new(binary);
                command.env("ADDR", &address).env("SEQINDEX", seq_index);
                match database {
                    Some(url) => command.env("DB", url),
                    None => command.env("DB", folder.join("floor.db")),
                };
                command.env("INDEX", if index == FilterIndex::With { "1" } else { "0" });
                command
            }
            Program::Ours { binary, no_index, database } => {
                let mut command = Command::new(binary);
                command.arg("serve").arg("--data").arg(folder.join("data")).args(["--listen", &address]);
                if let Some(url) = database {
                    command.args(["--database-url", url]);
                }
                command.args(["--rate-limits", "off"]);
                command.env("MANYTONGUE_ADMIN_EMAIL", "owner@example.com");
                command.env("MANYTONGUE_ADMIN_PASSWORD", "bench-Passw0rd");
                command.env("MANYTONGUE_ADMIN_TOKEN", TOKEN);
                if index == FilterIndex::Without {
                    command.env(&no_index.0, &no_index.1);
                }
                command
            }
        };
        let log = folder.join("log.txt");
        let out = File::options().create(true).append(true).open(&log).map_err(|error| error.to_string())?;
        let err = out.try_clone().map_err(|error| error.to_string())?;
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))?;
        let mut process = Process { child, port, start_up: Duration::ZERO };
        process.wait_until_up(started).map_err(|cause| format!("{cause}; its last words:\n{}", last_words(&log)))?;
        Ok(process)
    }

    fn wait_until_up(&mut self, started: Instant) -> Result<(), String> {
        let request = Request { method: "GET", path: "/healthz".to_owned(), body: String::new() };
        while started.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("the server ended at once with {status}"));
            }
            let answer = Client::connect(self.port, TOKEN)
                .and_then(|mut client| client.send(&request).map(|answer| answer.status));
            if answer == Ok(200) {
                self.start_up = started.elapsed();
                return Ok(());
            }
            sleep(POLL);
        }
        Err("the server does not come up".to_owned())
    }

    /// Memory of its own, in bytes: without the pages of files, which the system takes back when it likes.
    pub fn anonymous_memory(&self) -> Result<u64, String> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| format!("no RssAnon in {path}"))
    }

    /// Asks it to end, so that it may close its files, and insists after a while.
    pub fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let asked_at = Instant::now();
        while asked.is_ok() && asked_at.elapsed() < STOP_LIMIT {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}

fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// Bytes of all files below a folder.
pub fn bytes_on_disk(folder: &Path) -> Result<u64, String> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        let facts = entry.metadata().map_err(|error| error.to_string())?;
        bytes += if facts.is_dir() { bytes_on_disk(&entry.path())? } else { facts.len() };
    }
    Ok(bytes)
}
