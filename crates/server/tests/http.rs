//! The server's own endpoints, and what it does with requests that are no honest ones.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use support::{Server, TOKEN, folder};

/// The status line of the answer to raw bytes; empty when the connection is closed without one.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !answer.windows(2).any(|two| two == b"\r\n") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
        }
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn health_metrics_and_unknown_paths_are_answered() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert_eq!(server.ask("GET", "/healthz", None).0, 200);
    assert_eq!(server.ask("GET", "/readyz", None).0, 200);
    assert_eq!(server.ask("GET", "/", None).1["name"], "Manytongue");
    // In the shape of the door whose prefix it is; what has none is DatoCMS'.
    let (status, unknown) = server.ask("GET", "/no/such/thing", None);
    assert_eq!((status, &unknown["data"][0]["id"]), (404, &"INVALID_ENDPOINT".into()), "{unknown}");
    for path in ["/api/nothing", "/donotname/api/nothing"] {
        let (status, unknown) = server.ask("GET", path, None);
        assert_eq!((status, &unknown["status"]), (404, &404.into()), "{unknown}");
    }
    let (_, metrics) = server.ask("GET", "/metrics", None);
    let metrics = metrics.as_str().expect("text");
    for line in [
        "manytongue_http_requests_total{door=\"server\",endpoint=\"healthz\",status=\"2xx\"} 1",
        "manytongue_http_requests_total{door=\"donotname\",endpoint=\"none\",status=\"4xx\"} 2",
        "process_resident_memory_bytes ",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(!metrics.contains("nothing") && !metrics.contains(TOKEN));
}

#[test]
fn dishonest_requests_are_refused_and_the_server_goes_on() {
    let folder = folder();
    let server = Server::start(folder.path());
    let refused = |name: &str, bytes: &[u8]| {
        let line = raw(&server, bytes);
        assert!(line.is_empty() || line.starts_with("HTTP/1.1 4") || line.starts_with("HTTP/1.1 5"), "{name}: {line}");
    };
    let head = |rest: &str| format!("POST /api/space HTTP/1.1\r\nHost: x\r\n{rest}\r\n").into_bytes();
    refused("two lengths", &head("Content-Length: 1\r\nContent-Length: 2\r\n"));
    refused("length and chunks", &head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    refused("a strange coding", &head("Transfer-Encoding: gzip\r\n"));
    refused("no number", &head("Content-Length: -1\r\n"));
    refused("a flood of headers", &head(&"A: b\r\n".repeat(1000)));
    refused("an endless header", &head(&format!("A: {}\r\n", "b".repeat(1 << 20))));
    refused("an endless path", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20)).as_bytes());
    refused("a long path", format!("GET /api/{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(9000)).as_bytes());
    refused("dots", b"GET /api/../healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    refused("encoded dots", b"GET /api/%2e%2e/healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    refused("NUL", b"GET /api/%00 HTTP/1.1\r\nHost: x\r\n\r\n");
    refused("HTTP/2 before we know it", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    refused("a path with parameters", b"GET /api/auth/user;/../../../healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    let packed = format!("Authorization: Bearer {TOKEN}\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n");
    refused("a packed body", &[head(&packed), b"{}".to_vec()].concat());
    refused("nonsense", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    let announced = head(&format!("Authorization: Bearer {TOKEN}\r\nContent-Length: 99999999999\r\n"));
    refused("a body of 100 GB", &announced);
    assert_eq!(server.ask("GET", "/healthz", None).0, 200);
}

#[test]
fn hundreds_of_idle_connections_keep_nobody_out() {
    let folder = folder();
    let server = Server::start(folder.path());
    let address = server.url.trim_start_matches("http://").to_owned();
    let idle: Vec<TcpStream> = (0..400).map_while(|_| TcpStream::connect(&address).ok()).collect();
    assert_eq!(server.ask("GET", "/readyz", None).0, 200);
    drop(idle);
}

#[test]
fn a_stop_waits_for_the_request_that_runs_and_takes_no_new_one() {
    let folder = folder();
    let server = Server::start(folder.path());
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).expect("connects");
    let body = "{\"name\": \"Slow\"}";
    let head = format!(
        "POST /api/space HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..5]
    );
    stream.write_all(head.as_bytes()).expect("written");
    // The server has it in hand once it answers somebody who came later.
    assert_eq!(server.ask("GET", "/healthz", None).0, 200);
    let stopping = std::thread::spawn(move || server.stop());
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(&body.as_bytes()[5..]).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(stopping.join().expect("ends").status, 0);
}
