//! Answering with the bytes of a file: whole or a part, under headers with which no browser makes anything else of it.

use crate::respond;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use engine::files::Reading;
use http_body::Frame;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Types that a browser may show in its own window. Nothing that can hold a script is among them.
const INLINE: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
];
/// What stays as it is in `filename*` (RFC 5987).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is said of a file.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// One of ours, never a client's word.
    pub media_type: &'static str,
    pub name: &'a str,
    pub size: u64,
    /// With its quotation marks.
    pub etag: &'a str,
}

/// What a request wants of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    Whole,
    Part(Range<u64>),
    /// It has it already.
    Nothing,
    /// A part that is not there.
    Beyond,
}

/// What the headers of a request want of a file of this size. More than one range, or a unit that is not known, means
/// the whole file, as RFC 9110 allows.
pub fn wanted(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|tags| names(tags, etag)) {
        return Wanted::Nothing;
    }
    let fresh = text(header::IF_RANGE).is_none_or(|tag| tag.trim() == etag);
    let Some(range) = text(header::RANGE).filter(|_| fresh).and_then(|range| range.strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-').filter(|_| !range.contains(',')) else {
        return Wanted::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    let range = match (first, last) {
        ("", "") => return Wanted::Whole,
        ("", last) => match number(last) {
            Some(0) => return Wanted::Beyond,
            Some(count) => size.saturating_sub(count)..size,
            None => return Wanted::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Wanted::Whole,
        },
        (first, last) => match number(first).zip(number(last)) {
            Some((first, last)) if first <= last => first..last.saturating_add(1).min(size),
            Some(_) | None => return Wanted::Whole,
        },
    };
    if range.start >= size { Wanted::Beyond } else { Wanted::Part(range) }
}

/// Whether a list of tags names this one.
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

/// The bytes of a file, whole or the part that was wanted.
pub fn answer(described: Described<'_>, part: Option<Range<u64>>, reading: Reading) -> Response {
    let mut response = Response::new(Body::new(Sending { state: State::Ready(reading) }));
    dress(&mut response, described);
    if let Some(part) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), described.size);
        insert(response.headers_mut(), header::CONTENT_RANGE, &range);
    }
    response
}

/// Bytes that are in memory, such as a small copy.
pub fn answer_bytes(described: Described<'_>, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    dress(&mut response, described);
    response
}

/// "You have it already."
pub fn not_modified(described: Described<'_>) -> Response {
    let mut response = respond::empty(StatusCode::NOT_MODIFIED);
    dress(&mut response, described);
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// What is said of a part that is not there, on an answer that a door has made.
pub fn say_beyond(response: &mut Response, size: u64) {
    insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
}

/// Says on an answer that it is to be kept as a file of this name.
pub fn save_as(response: &mut Response, name: &str) {
    insert(response.headers_mut(), header::CONTENT_DISPOSITION, &disposition("attachment", name));
}

/// On answers that are to be sent as they are, not compressed: their bytes are addressed by number.
#[derive(Clone, Copy)]
pub(crate) struct AsItIs;

fn dress(response: &mut Response, described: Described<'_>) {
    response.extensions_mut().insert(AsItIs);
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, described.media_type),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "private, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    headers.reserve(fixed.len() + 6);
    headers.extend(fixed.map(|(name, value)| (Some(name), HeaderValue::from_static(value))));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    insert(headers, header::ETAG, described.etag);
    let way = if INLINE.contains(&described.media_type) { "inline" } else { "attachment" };
    insert(headers, header::CONTENT_DISPOSITION, &disposition(way, described.name));
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// How to keep a file, with its name for old and new programs. No folder is named, whatever the name is.
fn disposition(way: &str, name: &str) -> String {
    let name = name.replace(['/', '\\'], "_");
    let plain = |c: char| if c.is_ascii_graphic() && !"\"%;'".contains(c) || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut text = format!("{way}; filename=\"{ascii}\"");
    if ascii != name {
        let _ = write!(text, "; filename*=UTF-8''{}", utf8_percent_encode(&name, PLAIN));
    }
    text
}

/// A body that reads the next piece when the one before is gone.
struct Sending {
    state: State,
}

type Step = Pin<Box<dyn Future<Output = (Reading, io::Result<Option<Bytes>>)> + Send>>;

enum State {
    Ready(Reading),
    Waiting(Step, u64),
    Ended,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Ready(reading) if reading.left() == 0 => return Poll::Ready(None),
                State::Ready(mut reading) => {
                    let left = reading.left();
                    let step = async move {
                        let piece = reading.next().await;
                        (reading, piece)
                    };
                    self.state = State::Waiting(Box::pin(step), left);
                }
                State::Waiting(mut step, left) => {
                    let Poll::Ready((reading, piece)) = step.as_mut().poll(context) else {
                        self.state = State::Waiting(step, left);
                        return Poll::Pending;
                    };
                    return Poll::Ready(match piece {
                        Ok(Some(piece)) => {
                            self.state = State::Ready(reading);
                            Some(Ok(Frame::data(piece)))
                        }
                        Ok(None) => None,
                        Err(error) => Some(Err(error)),
                    });
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            State::Ready(reading) => reading.left() == 0,
            State::Waiting(..) => false,
            State::Ended => true,
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(match &self.state {
            State::Ready(reading) => reading.left(),
            State::Waiting(_, left) => *left,
            State::Ended => 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_tags_are_read_as_the_standard_says() {
        let of = |pairs: &[(&'static str, &str)]| {
            let headers = pairs.iter().map(|(n, v)| (n.parse().expect("n"), v.parse().expect("v"))).collect();
            wanted(&headers, "\"t\"", 10)
        };
        let range = |text: &str| of(&[("range", text)]);
        assert_eq!(range("bytes=2-4"), Wanted::Part(2..5));
        assert_eq!(range("bytes=2-"), Wanted::Part(2..10));
        assert_eq!(range("bytes=-3"), Wanted::Part(7..10));
        assert_eq!(range("bytes=0-99"), Wanted::Part(0..10));
        assert_eq!(range("bytes=-99"), Wanted::Part(0..10));
        for beyond in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(range(beyond), Wanted::Beyond, "{beyond}");
        }
        for whole in ["bytes=4-2", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2", "bytes=+1-2", ""] {
            assert_eq!(range(whole), Wanted::Whole, "{whole}");
        }
        assert_eq!(of(&[("range", "bytes=1-2"), ("if-range", "\"t\"")]), Wanted::Part(1..3));
        assert_eq!(of(&[("range", "bytes=1-2"), ("if-range", "\"u\"")]), Wanted::Whole);
        assert_eq!(of(&[("if-none-match", "\"u\", W/\"t\""), ("range", "bytes=1-2")]), Wanted::Nothing);
        assert_eq!(of(&[("if-none-match", "\"u\"")]), Wanted::Whole);
    }

    #[test]
    fn a_name_in_a_header_is_a_name_and_nothing_else() {
        assert_eq!(disposition("inline", "a b.png"), "inline; filename=\"a b.png\"");
        assert_eq!(
            disposition("attachment", "../é\".txt"),
            "attachment; filename=\".._____.txt\"; filename*=UTF-8''.._%C3%A9%22.txt".replace("_____", "___")
        );
        assert_eq!(
            disposition("attachment", "C:\\a%0d.exe"),
            "attachment; filename=\"C:_a_0d.exe\"; filename*=UTF-8''C%3A_a%250d.exe"
        );
    }
}
