//! Reading a request's body: bounded in bytes and time, and its JSON bounded in depth.

use crate::settings::Settings;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use model::{Error, Path, Result, Rule};
use serde::Deserialize;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The bound of `serde_json`: deeper than any dialect's JSON, and shallow enough for every stack. What it passes over
/// unread, it passes over without recursion.
const DEEPEST: u64 = 128;
/// How it says so.
const TOO_DEEP: &str = "recursion limit exceeded";

/// Bodies up to this many bytes are read before the handler asks.
pub(crate) const SMALL: u64 = 64 << 10;

/// The bytes of a body as the client announced them; a body of unknown length counts as long.
pub(crate) fn announced(headers: &HeaderMap) -> u64 {
    match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length.to_str().ok().and_then(|length| length.parse().ok()).unwrap_or(u64::MAX),
        None if headers.contains_key(header::TRANSFER_ENCODING) => u64::MAX,
        None => 0,
    }
}

/// Whether a body may take its time to come.
pub(crate) fn is_long(headers: &HeaderMap) -> bool {
    announced(headers) > SMALL
}

/// Refuses a body that is packed: what it would unpack to has no bound, and taking it as it is would keep other bytes
/// than were meant (S43).
pub(crate) fn refuse_packed(headers: &HeaderMap) -> Result<()> {
    let mut said = headers.get_all(header::CONTENT_ENCODING).iter();
    if said.all(|coding| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(Error::malformed("content-encoding", "must be identity: bodies are taken as they are, not unpacked"))
}

/// The whole body.
pub async fn read(body: Body, headers: &HeaderMap, settings: &Settings) -> Result<Bytes> {
    refuse_packed(headers)?;
    let limit = settings.body_limit;
    let too_large = || Error::TooLarge { what: "body", limit: limit as u64 };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let started = Instant::now();
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut whole: Vec<u8> = Vec::new();
    while let Some(piece) = next_piece(body.as_mut(), settings.body_idle, settings.body_total, started).await? {
        if first.len() + whole.len() + piece.len() > limit {
            return Err(too_large());
        }
        if first.is_empty() && whole.is_empty() {
            // A small body comes in one piece and is not copied.
            first = piece;
            continue;
        }
        if whole.is_empty() {
            // An announced length may be a lie, so it reserves little.
            whole.reserve(announced.unwrap_or(0).min(1 << 20) as usize);
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(if whole.is_empty() { first } else { whole.into() })
}

/// The next piece with bytes in it; none at the end. A timer is only made when it has to be waited for.
pub(crate) async fn next_piece(
    mut body: Pin<&mut Body>,
    idle: Duration,
    total: Duration,
    started: Instant,
) -> Result<Option<Bytes>> {
    loop {
        let ready = poll_fn(|context| Poll::Ready(body.as_mut().poll_frame(context))).await;
        let frame = match ready {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let left = total.saturating_sub(started.elapsed()).min(idle);
                let waited = timeout(left, poll_fn(|context| body.as_mut().poll_frame(context))).await;
                waited.map_err(|_| Error::TimedOut)?
            }
        };
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(Error::malformed("body", "ends before it is complete")),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) if !piece.is_empty() => return Ok(Some(piece)),
                // Empty pieces and trailers.
                Ok(_) | Err(_) => {}
            },
        }
    }
}

/// The JSON of a body as this type. An error says where.
pub fn from_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T> {
    json_at("body", body)
}

/// JSON text that came at some place of a request, such as a parameter.
pub fn json_at<'a, T: Deserialize<'a>>(place: &str, text: &'a [u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|error| {
        let says = error.to_string();
        // The library ends with the position, which we say in words of our own.
        let says = says.rsplit_once(" at line ").map_or(says.as_str(), |(head, _)| head);
        if says == TOO_DEEP {
            return Error::invalid(Path::of(place), Rule::TooDeep { limit: DEEPEST });
        }
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data if line == 0 => {
                Error::malformed(place, format!("is not as asked: {says}"))
            }
            serde_json::error::Category::Data => {
                Error::malformed(place, format!("is not as asked: {says} (line {line}, column {column})"))
            }
            serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof
            | serde_json::error::Category::Io => {
                Error::malformed(place, format!("is not JSON: {says} (line {line}, column {column})"))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Json;

    #[derive(Deserialize, Debug)]
    struct Wanted {
        #[expect(dead_code, reason = "only its presence matters")]
        records: Vec<Json>,
    }

    fn refused(text: &str) -> String {
        from_json::<Wanted>(text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn an_error_says_where() {
        assert_eq!(refused("{\n  \"records\": [1,}"), "body is not JSON: expected value (line 2, column 17)");
        assert_eq!(refused("{\"a\": 1}"), "body is not as asked: missing field `records` (line 1, column 8)");
        assert_eq!(refused(""), "body is not JSON: EOF while parsing a value (line 1, column 0)");
    }

    #[test]
    fn deep_json_is_refused_without_recursion() {
        for opening in ["[", "{\"a\":"] {
            let deep = format!("{{\"records\":[{}", opening.repeat(100_000));
            assert_eq!(refused(&deep), "body must not be nested deeper than 128 levels");
        }
        let at_the_bound = format!("{}{}", "[".repeat(127), "]".repeat(127));
        assert!(from_json::<Json>(at_the_bound.as_bytes()).is_ok());
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_announced_or_not() {
        let settings = Settings { body_limit: 10, ..Settings::default() };
        let read_it = |body: &'static str, length: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(length) = length {
                headers.insert(header::CONTENT_LENGTH, length.parse().expect("value"));
            }
            let settings = settings.clone();
            async move { read(Body::from(body), &headers, &settings).await }
        };
        let too_large = Err(Error::TooLarge { what: "body", limit: 10 });
        assert_eq!(read_it("0123456789", None).await, Ok(Bytes::from("0123456789")));
        assert_eq!(read_it("0123456789a", None).await, too_large);
        assert_eq!(read_it("", Some("11")).await, too_large);
    }

    #[tokio::test]
    async fn a_body_that_is_packed_is_refused_by_name() {
        let of = |coding: &'static str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_ENCODING, coding.parse().expect("a value"))]);
            async move { read(Body::from("{}"), &headers, &Settings::default()).await }
        };
        for coding in ["gzip", "br", "identity, gzip", "x"] {
            let refused = of(coding).await.expect_err("refused").to_string();
            assert!(refused.starts_with("content-encoding must be identity"), "{refused}");
        }
        assert_eq!(of("Identity").await, Ok(Bytes::from("{}")));
    }

    /// A body of which only the beginning ever comes.
    struct Stalled(Option<Bytes>);

    impl HttpBody for Stalled {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<std::result::Result<http_body::Frame<Bytes>, Self::Error>>> {
            self.0.take().map_or(Poll::Pending, |piece| Poll::Ready(Some(Ok(http_body::Frame::data(piece)))))
        }
    }

    #[tokio::test]
    async fn a_body_that_stands_still_is_given_up() {
        let settings = Settings { body_idle: Duration::from_millis(5), ..Settings::default() };
        let body = Body::new(Stalled(Some(Bytes::from("{"))));
        assert_eq!(read(body, &HeaderMap::new(), &settings).await, Err(Error::TimedOut));
    }
}
