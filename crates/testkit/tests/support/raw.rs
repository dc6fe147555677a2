//! Requests that an ordinary client would not send, byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;
use testkit::client::Reply;
use testkit::server::{Server, TOKEN};

/// How long anything may take before it counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a head of these lines and a body, and gives back the status and all that came; status 0 when the server hung
/// up without a word.
pub fn send(server: &Server, line: &str, headers: &[String], body: &[u8]) -> (u16, String) {
    send_as(server, TOKEN, line, headers, body)
}

/// What came as an answer with status, headers and body apart.
pub fn reply((status, whole): (u16, String)) -> Reply {
    let (head, body) = whole.split_once("\r\n\r\n").unwrap_or((&whole, ""));
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Reply { status, headers, text: body.to_owned() }
}

/// As [`send`], with another token.
pub fn send_as(server: &Server, token: &str, line: &str, headers: &[String], body: &[u8]) -> (u16, String) {
    let answer = String::from_utf8_lossy(&exchanged(server, token, line, headers, body)).into_owned();
    (status_of(&answer), answer)
}

/// The status and the bytes of an answer's body, to a request without one.
pub fn send_bytes(server: &Server, line: &str) -> (u16, Vec<u8>) {
    let answer = exchanged(server, TOKEN, line, &[], b"");
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    (status_of(&String::from_utf8_lossy(&answer[..head])), answer[head..].to_vec())
}

fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// All that came after a head of these lines and a body.
fn exchanged(server: &Server, token: &str, line: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let host = server.base.trim_start_matches("http://");
    let stream = TcpStream::connect(host).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    let mut head = format!("{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut writing = stream.try_clone().expect("a second handle");
    std::thread::scope(|scope| {
        // The server may answer and hang up while we still write.
        scope.spawn(move || {
            let _ = writing.write_all(head.as_bytes()).and_then(|()| writing.write_all(body));
        });
        let mut reading = stream;
        let mut answer = Vec::new();
        let mut piece = [0; 16_384];
        loop {
            match reading.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => answer.extend_from_slice(&piece[..n]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                Err(error) => panic!("the server hangs: {error}"),
            }
        }
        let _ = reading.shutdown(std::net::Shutdown::Both);
        answer
    })
}

/// What the work gives, or a panic when it hangs.
#[track_caller]
pub fn in_time<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (give, take) = mpsc::channel();
    std::thread::spawn(move || drop(give.send(work())));
    take.recv_timeout(PATIENCE).unwrap_or_else(|why| panic!("{what}: {why}"))
}

/// Asks twice on one connection: first this request, its body after its head, then for the list of spaces. Whether the
/// second was answered, or the first answer said that the connection ends.
pub fn asks_again(server: &Server, line: &str, token: &str, body: &str) -> bool {
    let host = server.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let head = |line: &str, length: usize| {
        format!(
            "{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let _ = stream.write_all(head(line, body.len()).as_bytes());
    std::thread::yield_now();
    let _ = stream.write_all(body.as_bytes());
    let first = one_answer(&mut stream);
    if first.to_ascii_lowercase().contains("connection: close") {
        return true;
    }
    let _ = stream.write_all(head("GET /api/space", 0).as_bytes());
    one_answer(&mut stream).starts_with("HTTP/1.1 ")
}

/// One answer with a length; what came of it when the connection ends.
fn one_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    let mut left = None;
    while left != Some(0) {
        match stream.read(&mut byte) {
            Ok(1) => answer.push(byte[0]),
            _ => break,
        }
        match &mut left {
            Some(left) => *left -= 1,
            None if answer.ends_with(b"\r\n\r\n") => {
                let head = String::from_utf8_lossy(&answer).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                left = Some(length.unwrap_or(0));
            }
            None => {}
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}
