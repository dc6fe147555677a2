//! A small HTTP/1.1 client over one kept connection: no more than a load driver needs, since whatever it costs is
//! taken from the server that shares the machine with it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// The longest that any single answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// No answer of these workloads comes near; more means that something else is being measured.
const LARGEST: usize = 256 << 20;

/// What is sent; kept by the caller and written over, so that no request allocates.
#[derive(Default)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    /// JSON, or nothing.
    pub body: String,
}

pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The body of a 2xx answer, or what the server says instead.
    pub fn success(&self) -> Result<&[u8], String> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let shown = &self.body[..self.body.len().min(300)];
        Err(format!("answered {} {}", self.status, String::from_utf8_lossy(shown)))
    }
}

pub struct Client {
    stream: TcpStream,
    token: &'static str,
    out: Vec<u8>,
    buffer: Vec<u8>,
    whole: Vec<u8>,
}

impl Client {
    pub fn connect(port: u16, token: &'static str) -> Result<Client, String> {
        let connect = || {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        let stream = connect().map_err(|error: std::io::Error| format!("cannot connect to port {port}: {error}"))?;
        Ok(Client { stream, token, out: Vec::new(), buffer: vec![0; 64 << 10], whole: Vec::new() })
    }

    pub fn send(&mut self, request: &Request) -> Result<Answer<'_>, String> {
        self.out.clear();
        write!(
            self.out,
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n",
            request.method, request.path, self.token
        )
        .and_then(|()| match request.body.as_str() {
            "" => write!(self.out, "\r\n"),
            body => write!(self.out, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        })
        .and_then(|()| self.stream.write_all(&self.out))
        .map_err(|error| format!("cannot send: {error}"))?;

        let mut filled = 0;
        let end = loop {
            filled = self.fill(filled)?;
            if let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = Head::parse(&self.buffer[..end])?;
        match head.length {
            Length::Known(length) => {
                while filled < end + length {
                    filled = self.fill(filled)?;
                }
                Ok(Answer { status: head.status, body: &self.buffer[end..end + length] })
            }
            Length::Chunked => {
                self.gather_chunks(end, filled)?;
                Ok(Answer { status: head.status, body: &self.whole })
            }
        }
    }

    /// Reads on behind the first `filled` bytes of the buffer; says how many there are now.
    fn fill(&mut self, filled: usize) -> Result<usize, String> {
        if filled == self.buffer.len() {
            if filled >= LARGEST {
                return Err("the answer is too large".to_owned());
            }
            self.buffer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[filled..]) {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(count) => Ok(filled + count),
            Err(error) => Err(format!("no answer: {error}")),
        }
    }

    fn gather_chunks(&mut self, mut at: usize, mut filled: usize) -> Result<(), String> {
        self.whole.clear();
        loop {
            let line = loop {
                if let Some(length) = self.buffer[at..filled].windows(2).position(|two| two == b"\r\n") {
                    break at + length;
                }
                filled = self.fill(filled)?;
            };
            let size = std::str::from_utf8(&self.buffer[at..line])
                .ok()
                .and_then(|text| usize::from_str_radix(text.split(';').next()?.trim(), 16).ok())
                .filter(|size| *size <= LARGEST)
                .ok_or("a chunk without a size")?;
            let (start, end) = (line + 2, line + 2 + size);
            while filled < end + 2 {
                filled = self.fill(filled)?;
            }
            self.whole.extend_from_slice(&self.buffer[start..end]);
            if size == 0 {
                return Ok(());
            }
            at = end + 2;
        }
    }
}

struct Head {
    status: u16,
    length: Length,
}

enum Length {
    Known(usize),
    Chunked,
}

impl Head {
    fn parse(head: &[u8]) -> Result<Head, String> {
        let text = std::str::from_utf8(head).map_err(|_| "a head that is not UTF-8")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let status = status.ok_or("no HTTP/1.1 status line")?;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                let length = value.trim().parse().ok().filter(|length| *length <= LARGEST);
                return Ok(Head { status, length: Length::Known(length.ok_or("a bad Content-Length")?) });
            }
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Ok(Head { status, length: Length::Chunked });
            }
        }
        Ok(Head { status, length: Length::Known(0) })
    }
}

/// Escapes everything but letters, digits and `-._~`.
pub fn write_escaped(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A server that answers the requests of one connection with the given texts, in turns.
    pub fn answering(texts: Vec<String>) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("the client connects");
            for text in texts {
                let mut seen = [0; 8192];
                let _ = stream.read(&mut seen).expect("the client sends");
                // In two pieces, so that the client has to read on.
                let (one, two) = text.split_at(text.len() / 2);
                stream.write_all(one.as_bytes()).expect("the client reads");
                std::thread::sleep(Duration::from_millis(5));
                stream.write_all(two.as_bytes()).expect("the client reads");
            }
        });
        port
    }

    #[test]
    fn both_framings_are_read() {
        let texts = [
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ];
        let mut client = Client::connect(answering(texts.map(str::to_owned).into()), "t").expect("it listens");
        let request = Request { method: "GET", path: "/".to_owned(), body: String::new() };
        let answer = client.send(&request).expect("a known length");
        assert_eq!((answer.status, answer.body), (200, &b"hello"[..]));
        let answer = client.send(&request).expect("chunks");
        assert_eq!((answer.status, answer.body), (404, &b"abcde"[..]));
        assert_eq!(answer.success().expect_err("a 404 is no success"), "answered 404 abcde");
        let answer = client.send(&request).expect("no body");
        assert_eq!((answer.status, answer.body), (204, &b""[..]));
    }

    #[test]
    fn escapes_what_a_query_string_cannot_hold() {
        let mut out = String::new();
        write_escaped(&mut out, r#"{"a":1.5}"#);
        assert_eq!(out, "%7B%22a%22%3A1.5%7D");
    }
}
