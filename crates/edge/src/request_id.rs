//! Request ids: the client's own if it is harmless, else one of ours.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// A request's id; its text is always `[A-Za-z0-9._-]{1,64}`. It lies in place, so that a copy allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId {
    length: u8,
    text: [u8; LONGEST],
}

static COUNTER: AtomicU64 = AtomicU64::new(1);
/// Tells the ids of one run from those of another; nothing depends on its being a secret.
static RUN: LazyLock<u32> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()) as u32);

impl RequestId {
    /// The id of a request with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> RequestId {
        match headers.get(HEADER) {
            Some(given) if is_harmless(given.as_bytes()) => RequestId::with(given.as_bytes()),
            Some(_) | None => RequestId::next(),
        }
    }

    /// The id of a text that is short enough.
    fn with(given: &[u8]) -> RequestId {
        let mut text = [0; LONGEST];
        text[..given.len()].copy_from_slice(given);
        RequestId { length: given.len() as u8, text }
    }

    /// A new id.
    pub(crate) fn next() -> RequestId {
        let number = (u64::from(*RUN) << 32) | (COUNTER.fetch_add(1, Ordering::Relaxed) & 0xffff_ffff);
        let mut text = [0; 16];
        for (i, digit) in text.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(number >> (60 - 4 * i)) as usize & 15];
        }
        RequestId::with(&text)
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    pub(crate) fn to_value(self) -> HeaderValue {
        HeaderValue::from_bytes(self.bytes()).expect("harmless characters are a header value")
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

fn is_harmless(given: &[u8]) -> bool {
    (1..=LONGEST).contains(&given.len()) && given.iter().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_id_is_kept_and_any_other_replaced() {
        let id = |text: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(text).expect("value"));
            RequestId::of(&headers).as_str().to_owned()
        };
        assert_eq!(id(b"a.B-9_z"), "a.B-9_z");
        for wrong in [&b""[..], b"a b", b"<script>", b"\xff", &[b'a'; 65]] {
            let ours = id(wrong.to_vec().leak());
            assert!(ours.len() == 16 && ours.bytes().all(|b| b.is_ascii_hexdigit()), "{ours}");
        }
        assert_ne!(RequestId::next().as_str(), RequestId::next().as_str());
    }
}
