//! `multipart/form-data`, read as it comes: no part is held in memory, and no piece is copied unless a delimiter may
//! begin at its end.

use crate::incoming::Incoming;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use memchr::memmem::Finder;
use model::{Error, Result};

/// Most parts of one body.
const MOST_PARTS: usize = 32;
/// Most bytes of the head of a part.
const LONGEST_HEAD: usize = 16 << 10;
/// Longest delimiter (RFC 2046).
const LONGEST_BOUNDARY: usize = 70;

/// The parts of a body.
pub struct Multipart {
    body: Incoming,
    /// `\r\n--boundary`.
    delimiter: Vec<u8>,
    /// What came and is not handed out yet.
    buffer: Bytes,
    parts: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the bytes of a part, or before the first.
    Inside,
    /// Just behind a delimiter.
    Behind,
    /// Behind the last one.
    Ended,
}

/// What the head of a part says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub name: String,
    /// As it came: anything.
    pub file_name: Option<String>,
}

impl Multipart {
    /// The parts of a body with these headers.
    pub fn new(body: Incoming, headers: &HeaderMap) -> Result<Multipart> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = parameter(content_type, "boundary").filter(|b| (1..=LONGEST_BOUNDARY).contains(&b.len()));
        let boundary = boundary.ok_or_else(|| Error::malformed("content-type", "has no boundary"))?;
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // The first delimiter may stand at the very beginning.
        Ok(Multipart { body, delimiter, buffer: Bytes::from_static(b"\r\n"), parts: 0, state: State::Inside })
    }

    /// The next part; what is left of the one before is passed over. None at the end.
    pub async fn next_part(&mut self) -> Result<Option<Part>> {
        while self.next_piece().await?.is_some() {}
        if self.state == State::Ended {
            return Ok(None);
        }
        self.fill(2).await?;
        if self.buffer.starts_with(b"--") {
            self.state = State::Ended;
            return Ok(None);
        }
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(malformed("has too many parts"));
        }
        let head = self.head().await?;
        self.state = State::Inside;
        Ok(Some(head))
    }

    /// The next piece of the part; none at its end.
    pub async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        if self.state != State::Inside {
            return Ok(None);
        }
        loop {
            if let Some(at) = Finder::new(&self.delimiter).find(&self.buffer) {
                let piece = self.buffer.split_to(at);
                if !piece.is_empty() {
                    return Ok(Some(piece));
                }
                drop(self.buffer.split_to(self.delimiter.len()));
                self.state = State::Behind;
                return Ok(None);
            }
            let safe = self.buffer.len() - self.begun();
            if safe > 0 {
                return Ok(Some(self.buffer.split_to(safe)));
            }
            self.more().await?;
        }
    }

    /// How many bytes at the end of the buffer may be the beginning of a delimiter.
    fn begun(&self) -> usize {
        let longest = self.buffer.len().min(self.delimiter.len() - 1);
        (1..=longest).rev().find(|n| self.buffer.ends_with(&self.delimiter[..*n])).unwrap_or(0)
    }

    /// Name and file name, up to the empty line.
    async fn head(&mut self) -> Result<Part> {
        let end = Finder::new(b"\r\n\r\n");
        let length = loop {
            if let Some(at) = end.find(&self.buffer) {
                break at + 4;
            }
            if self.buffer.len() > LONGEST_HEAD {
                return Err(malformed("has a part with too long a head"));
            }
            self.more().await?;
        };
        if length > LONGEST_HEAD {
            return Err(malformed("has a part with too long a head"));
        }
        let head = self.buffer.split_to(length);
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.split("\r\n");
        let said = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then(|| value.trim().to_owned())
        });
        let said = said.ok_or_else(|| malformed("has a part without a name"))?;
        let name = parameter(&said, "name").ok_or_else(|| malformed("has a part without a name"))?;
        let file_name = parameter(&said, "filename*").and_then(|text| extended(&text));
        Ok(Part { name, file_name: file_name.or_else(|| parameter(&said, "filename")) })
    }

    async fn fill(&mut self, least: usize) -> Result<()> {
        while self.buffer.len() < least {
            self.more().await?;
        }
        Ok(())
    }

    /// Takes the next piece in behind what is there, which is short.
    async fn more(&mut self) -> Result<()> {
        let piece = self.body.next().await?.ok_or_else(|| malformed("ends before its last part does"))?;
        self.buffer = if self.buffer.is_empty() {
            piece
        } else {
            let mut joined = Vec::with_capacity(self.buffer.len() + piece.len());
            joined.extend_from_slice(&self.buffer);
            joined.extend_from_slice(&piece);
            joined.into()
        };
        Ok(())
    }
}

fn malformed(why: &str) -> Error {
    Error::malformed("body", why)
}

/// A parameter of a header: `name=text` or `name="text"`, where browsers write `%22` for a quotation mark and other
/// clients `\"`.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let (name, after) = rest.split_once('=')?;
        let (value, behind) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, behind) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), behind)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = behind;
    }
}

/// The text up to the closing quotation mark, and what is behind it.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((text.replace("%22", "\""), &quoted[at + 1..])),
            '\\' => match letters.next() {
                Some((_, next @ ('"' | '\\'))) => text.push(next),
                Some((_, next)) => text.extend(['\\', next]),
                None => return None,
            },
            letter => text.push(letter),
        }
    }
    None
}

/// The text of `UTF-8''percent%20encoded`.
fn extended(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use axum::body::{Body, HttpBody};
    use http_body::Frame;
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A body that comes in pieces.
    struct Pieces(VecDeque<Bytes>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<std::result::Result<Frame<Bytes>, Self::Error>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
        }
    }

    fn multipart(text: &[u8], piece: usize) -> Multipart {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=\"X-Y\"".parse().expect("a value"));
        let pieces = text.chunks(piece).map(Bytes::copy_from_slice).collect();
        let body = Incoming::new(Body::new(Pieces(pieces)), &headers, &Settings::default(), 1 << 20);
        Multipart::new(body.expect("a body"), &headers).expect("a boundary")
    }

    async fn parts(text: &[u8], piece: usize) -> Result<Vec<(Part, Vec<u8>)>> {
        let mut multipart = multipart(text, piece);
        let mut found = Vec::new();
        while let Some(part) = multipart.next_part().await? {
            let mut bytes = Vec::new();
            while let Some(piece) = multipart.next_piece().await? {
                bytes.extend_from_slice(&piece);
            }
            found.push((part, bytes));
        }
        Ok(found)
    }

    #[tokio::test]
    async fn parts_are_found_however_the_body_is_cut() {
        let text = b"preamble\r\n--X-Y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".txt\"\r\n\
            Content-Type: text/html\r\n\r\nline\r\n--X\r\n\r\n--X-\r\n--X-Y\r\ncontent-disposition: form-data; name=empty\r\n\r\n\
            \r\n--X-Y--\r\nepilogue";
        for piece in [1, 2, 3, 5, 7, 11, 64, 1000] {
            let found = parts(text, piece).await.expect("parts");
            assert_eq!(found.len(), 2, "pieces of {piece}");
            let (first, bytes) = &found[0];
            assert_eq!((first.name.as_str(), first.file_name.as_deref()), ("file", Some("a \"b\".txt")));
            assert_eq!(bytes, b"line\r\n--X\r\n\r\n--X-");
            assert_eq!((found[1].0.name.as_str(), found[1].1.len()), ("empty", 0));
        }
    }

    #[tokio::test]
    async fn what_is_no_body_of_parts_is_refused() {
        let endless = [b"--X-Y\r\nA: ".to_vec(), vec![b'a'; LONGEST_HEAD + 10]].concat();
        let many = b"--X-Y\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(MOST_PARTS + 1);
        let cases: [&[u8]; 5] = [b"", b"no delimiter", b"--X-Y\r\nA: b\r\n\r\n\r\n--X-Y--", &endless, &many];
        for text in cases {
            assert!(parts(text, 100).await.is_err(), "{}", String::from_utf8_lossy(&text[..text.len().min(40)]));
        }
    }

    #[test]
    fn file_names_are_read_in_every_spelling() {
        let name = |header: &str| {
            parameter(header, "filename*").and_then(|t| extended(&t)).or_else(|| parameter(header, "filename"))
        };
        assert_eq!(name("form-data; filename=\"a;b.txt\"; name=\"x\"").as_deref(), Some("a;b.txt"));
        assert_eq!(name("form-data; filename=a.txt").as_deref(), Some("a.txt"));
        assert_eq!(name("form-data; filename=\"x\"; filename*=UTF-8''%C3%A9.txt").as_deref(), Some("é.txt"));
        assert_eq!(name("form-data; filename=\"C:\\dir\\a.txt\"").as_deref(), Some("C:\\dir\\a.txt"));
        assert_eq!(name("form-data; name=\"filename\""), None);
    }
}
