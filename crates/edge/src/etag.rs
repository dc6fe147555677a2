//! `ETag`, `If-None-Match` and `If-Match` of things that have a version.
//!
//! A tag is `"VERSION-CONTENT"`: the version says which write made the thing what it is, whatever it is rendered as, and
//! is what `If-Match` is about; the content is a hash of the answer, which also changes with what the thing only shows
//! (titles of linked records, names of people, computed values), and is what `If-None-Match` is about as well.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use model::{Error, Result};

/// Most tags of one header.
const MOST: usize = 100;

/// What a request expects a thing to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Anything, as long as it is there.
    Any,
    /// At one of these versions.
    Versions(Vec<u64>),
}

impl Expected {
    /// Refuses a thing at another version, or one that is not there.
    pub fn admit(&self, version: Option<u64>) -> Result<()> {
        let is_met = match (self, version) {
            (_, None) => false,
            (Expected::Any, Some(_)) => true,
            (Expected::Versions(expected), Some(version)) => expected.contains(&version),
        };
        if is_met { Ok(()) } else { Err(Error::PreconditionFailed) }
    }
}

/// What `If-Match` says; none without it.
///
/// A tag that something on the way has marked as weak still names its version, so the mark is passed over.
pub fn expected(headers: &HeaderMap) -> Result<Option<Expected>> {
    if !headers.contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    // A header that names no tag expects what cannot be, and never nothing.
    let tags = tags(headers, &header::IF_MATCH)?;
    if tags.contains(&"*") {
        return Ok(Some(Expected::Any));
    }
    let version = |tag: &str| {
        let inside = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
        u64::from_str_radix(inside.split_once('-')?.0, 16).ok()
    };
    // A tag that is none of ours is nobody's version.
    Ok(Some(Expected::Versions(tags.into_iter().filter_map(version).collect())))
}

/// Refuses `If-Match` where a request is about several things.
pub fn refuse_expected(headers: &HeaderMap) -> Result<()> {
    if headers.contains_key(header::IF_MATCH) {
        return Err(Error::malformed("If-Match", "is for requests about one record"));
    }
    Ok(())
}

/// Two numbers of 64 bits in hexadecimal, the dash and the quotes.
const LONGEST: usize = 16 + 1 + 16 + 2;

/// The tag of an answer. It lies in place, so that making one allocates nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tag {
    length: usize,
    text: [u8; LONGEST],
}

impl Tag {
    /// The tag of a thing at a version, rendered as this body.
    pub fn of(body: &[u8], version: u64) -> Tag {
        let mut tag = Tag { length: 0, text: [0; LONGEST] };
        tag.push(b'"');
        tag.push_number(version);
        tag.push(b'-');
        tag.push_number(digest(body));
        tag.push(b'"');
        tag
    }

    fn push(&mut self, byte: u8) {
        self.text[self.length] = byte;
        self.length += 1;
    }

    /// In hexadecimal, without leading zeros.
    fn push_number(&mut self, number: u64) {
        let digits = (16 - number.leading_zeros() / 4).max(1);
        for place in (0..digits).rev() {
            self.push(b"0123456789abcdef"[(number >> (4 * place)) as usize & 15]);
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// The answer to a change, with the tag.
    pub fn mark(self, mut response: Response) -> Result<Response> {
        let tag = HeaderValue::from_bytes(self.bytes()).map_err(|error| Error::Internal(error.to_string()))?;
        response.headers_mut().insert(header::ETAG, tag);
        Ok(response)
    }

    /// The answer with the tag; without a body when the client has it already (`If-None-Match`).
    pub fn put(self, mut response: Response, asked: &HeaderMap) -> Result<Response> {
        let known = tags(asked, &header::IF_NONE_MATCH)?;
        let is_this = |known: &str| known.strip_prefix("W/").unwrap_or(known).as_bytes() == self.bytes();
        if known.iter().any(|known| *known == "*" || is_this(known)) {
            response = crate::respond::empty(StatusCode::NOT_MODIFIED);
        }
        response = self.mark(response)?;
        // It may be kept by its client if it asks each time whether it is still so.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        Ok(response)
    }
}

fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Vec<&'a str>> {
    let mut tags = Vec::new();
    for line in headers.get_all(name) {
        let line = line.to_str().map_err(|_| Error::malformed(name.as_str(), "is not ASCII"))?;
        tags.extend(line.split(',').map(str::trim).filter(|tag| !tag.is_empty()));
    }
    if tags.len() > MOST {
        return Err(Error::malformed(name.as_str(), format!("must have at most {MOST} tags")));
    }
    Ok(tags)
}

/// FNV-1a over words of eight bytes: the same on every node. Nobody gains by finding two answers of one hash.
fn digest(body: &[u8]) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    let mut chunks = body.chunks_exact(8);
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ body.len() as u64;
    for chunk in &mut chunks {
        hash = step(hash, u64::from_le_bytes(chunk.try_into().expect("a chunk of eight")));
    }
    chunks.remainder().iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::respond;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a value"))])
    }

    #[test]
    fn what_is_expected_is_a_version_whatever_was_rendered() {
        let said = |text: &str| expected(&headers(header::IF_MATCH, text)).expect("understood");
        assert_eq!(expected(&HeaderMap::new()), Ok(None));
        assert_eq!(said("*"), Some(Expected::Any));
        assert_eq!(said("\"1f-abc\", W/\"20-0\""), Some(Expected::Versions(vec![31, 32])));
        for foreign in ["\"xyz\"", "1f-abc", "\"g-1\"", "\"-\"", "", " ", ","] {
            assert_eq!(said(foreign), Some(Expected::Versions(Vec::new())), "{foreign}");
        }
        assert_eq!(Expected::Versions(vec![31]).admit(Some(31)), Ok(()));
        assert_eq!(Expected::Versions(vec![31]).admit(Some(30)), Err(Error::PreconditionFailed));
        assert_eq!(Expected::Any.admit(None), Err(Error::PreconditionFailed));
        assert!(expected(&headers(header::IF_MATCH, &"a,".repeat(101))).is_err());
    }

    #[test]
    fn an_answer_that_is_known_is_not_sent_again() {
        let answer = |asked: &HeaderMap| {
            Tag::of(b"{}", 31).put(respond::json(StatusCode::OK, b"{}".to_vec()), asked).expect("an answer")
        };
        let tag = answer(&HeaderMap::new()).headers()[header::ETAG].to_str().expect("a tag").to_owned();
        assert!(tag.starts_with("\"1f-"), "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"0-0\", {tag}"), "*".to_owned()] {
            let response = answer(&headers(header::IF_NONE_MATCH, &known));
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(response.headers()[header::ETAG], tag.as_str());
        }
        assert_eq!(answer(&headers(header::IF_NONE_MATCH, "\"1f-0\"")).status(), StatusCode::OK);
        for number in [0, 1, 15, 16, 0x0fed_cba9, u64::MAX] {
            let tag = Tag::of(b"{}", number);
            assert_eq!(tag.bytes(), format!("\"{number:x}-{:x}\"", digest(b"{}")).as_bytes());
        }
        assert_ne!(digest(b"abcdefgh12"), digest(b"abcdefgh21"));
        assert_ne!(digest(b""), digest(b"\0"));
    }
}
