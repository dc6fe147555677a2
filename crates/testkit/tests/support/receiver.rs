//! A receiver of webhooks on the loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

/// It answers every request alike and hands on what it got.
pub struct Receiver {
    pub port: u16,
    requests: mpsc::Receiver<(String, String)>,
}

impl Receiver {
    /// Starts one that answers with this status.
    pub fn answering(status: &'static str) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, requests) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().expect("a length");
                    }
                    head.push_str(&line);
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("a body");
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).expect("an answer");
                if sender.send((head, String::from_utf8(body).expect("text"))).is_err() {
                    return;
                }
            }
        });
        Receiver { port, requests }
    }

    /// The address of a webhook here.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// The next request, as head and body.
    #[track_caller]
    pub fn next(&self) -> (String, String) {
        self.requests.recv_timeout(Duration::from_secs(60)).expect("a request came")
    }

    /// Whether nothing came so far.
    pub fn is_idle(&self) -> bool {
        self.requests.try_recv().is_err()
    }
}
