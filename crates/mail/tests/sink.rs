//! Letters that really go: to a small mail server on the loopback, and into a folder.

use engine::ports::mailer::{Code, Letter, Mailer, Says};
use mail::{PostOffice, Settings};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// What the server got in one conversation: the commands, and the message as it came.
type Heard = (Vec<String>, String);

/// A mail server that refuses the first `refuse` conversations for now.
fn sink(refuse: usize) -> (u16, Receiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for (i, stream) in listener.incoming().flatten().enumerate() {
            if let Some(heard) = converse(stream, i < refuse)
                && sender.send(heard).is_err()
            {
                return;
            }
        }
    });
    (port, receiver)
}

fn converse(stream: TcpStream, refuse: bool) -> Option<Heard> {
    let mut say = stream.try_clone().expect("a stream");
    let mut lines = BufReader::new(stream).lines();
    writeln!(say, "{}\r", if refuse { "421 later" } else { "220 here" }).ok()?;
    let (mut commands, mut message) = (Vec::new(), String::new());
    while let Some(Ok(line)) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        commands.push(line);
        match verb.as_str() {
            "DATA" => {
                writeln!(say, "354 go on\r").ok()?;
                for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                    message.push_str(&line);
                    message.push('\n');
                }
                writeln!(say, "250 kept\r").ok()?;
                return Some((commands, message));
            }
            _ => writeln!(say, "250 fine\r").ok()?,
        }
    }
    None
}

fn settings(smtp: Option<String>, public_url: Option<&str>) -> Settings {
    Settings {
        smtp,
        from: Some("Server <server@example.com>".to_owned()),
        folder: PathBuf::new(),
        public_url: public_url.map(str::to_owned),
    }
}

fn reset(to: &str) -> Letter {
    Letter { to: to.to_owned(), says: Says::Reset { code: Code("c0de".repeat(16)), minutes: 30 } }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

#[test]
fn a_letter_goes_to_the_configured_server_with_the_link_of_the_public_address() {
    let (port, heard) = sink(0);
    let runtime = runtime();
    let office = PostOffice::open(settings(Some(format!("smtp://127.0.0.1:{port}")), Some("https://data.example.com")));
    let office = office.expect("open");
    runtime.block_on(async { office.post(reset("ada@example.com")) });
    let (commands, message) = heard.recv_timeout(Duration::from_secs(20)).expect("a letter");
    assert!(commands.iter().any(|line| line.starts_with("MAIL FROM:<server@example.com>")), "{commands:?}");
    assert!(commands.iter().any(|line| line.starts_with("RCPT TO:<ada@example.com>")), "{commands:?}");
    let link = format!("https://data.example.com/app/reset-password#{}", "c0de".repeat(16));
    assert!(message.replace("=\n", "").replace("=3D", "=").contains(&link), "{message}");
    assert!(message.contains("Content-Type: text/plain; charset=utf-8"), "{message}");
}

#[test]
fn a_letter_is_sent_again_when_the_server_is_busy() {
    let (port, heard) = sink(2);
    let runtime = runtime();
    let office = PostOffice::open(settings(Some(format!("smtp://127.0.0.1:{port}")), None)).expect("open");
    let office = office.with_pauses(vec![Duration::ZERO; 4]);
    runtime.block_on(async { office.post(reset("ada@example.com")) });
    let (_, message) = heard.recv_timeout(Duration::from_secs(20)).expect("a letter");
    assert!(message.contains("POST /api/auth/reset-password") && !message.contains("http"), "{message}");
}

#[test]
fn nobody_adds_a_line_to_the_head_of_a_letter() {
    let (port, heard) = sink(0);
    let runtime = runtime();
    let office = PostOffice::open(settings(Some(format!("smtp://127.0.0.1:{port}")), None)).expect("open");
    let says = Says::Invitation {
        code: Code("c0de".to_owned()),
        place: "Space\r\nBcc: evil@example.com\r\n\r\nMore".to_owned(),
        by: "Eve\nBcc: evil@example.com".to_owned(),
        days: 7,
    };
    runtime.block_on(async {
        for wrong in ["a@b.c\r\nBcc: evil@example.com", "a@b.c>\r\nRCPT TO:<evil@example.com", "a@b.c, d@e.f", ""] {
            office.post(reset(wrong));
        }
        office.post(Letter { to: "ada@example.com".to_owned(), says });
    });
    let (commands, message) = heard.recv_timeout(Duration::from_secs(20)).expect("a letter");
    assert_eq!(commands.iter().filter(|line| line.starts_with("RCPT")).count(), 1, "{commands:?}");
    assert!(!message.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{message}");
    assert!(heard.try_recv().is_err(), "what has no address goes nowhere");
}

#[test]
fn without_a_server_letters_are_files_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("mail");
    let runtime = runtime();
    let office = PostOffice::open(Settings { from: None, folder: path.clone(), ..settings(None, None) }).expect("open");
    runtime.block_on(async { office.post(reset("ada@example.com")) });
    let letters = || {
        let all = std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
        all.filter(|path| path.extension().is_some_and(|kind| kind == "eml")).collect::<Vec<_>>()
    };
    let end = Instant::now() + Duration::from_secs(20);
    while letters().is_empty() {
        assert!(Instant::now() < end, "no letter");
        std::thread::yield_now();
    }
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let files = letters();
    assert_eq!((files.len(), mode(&files[0])), (1, 0o600));
}

#[test]
fn what_is_wrong_with_the_settings_is_said_without_the_password() {
    for (smtp, from) in
        [("smtp://u:hunter2@x", None), ("smtp://u:hunter2@x", Some("nobody")), ("u:hunter2@x", Some("a@b.c"))]
    {
        let settings = Settings { from: from.map(str::to_owned), ..settings(Some(smtp.to_owned()), None) };
        let said = PostOffice::open(settings).map(drop).expect_err("refused");
        assert!(!said.contains("hunter2") && (said.contains("mail_from") || said.contains("smtp_url")), "{said}");
    }
}
