//! A query string, parsed once.
//!
//! Lists arrive in several spellings and all of them work: `k=a&k=b`, `k[]=a&k[]=b`, `k[0]=a&k[1]=b`, or one lone
//! `k=a`. Other brackets (`page[limit]`) are part of the key.

use model::{Error, Path, Result, Rule};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// More pairs than any honest client sends.
const MOST_PAIRS: usize = 10_000;

/// The pairs of a query string, in the order in which they came.
#[derive(Debug, Default)]
pub struct Params<'a> {
    pairs: Vec<Pair<'a>>,
}

#[derive(Debug)]
struct Pair<'a> {
    key: Cow<'a, str>,
    /// The position that `k[3]` names.
    index: Option<u32>,
    value: Cow<'a, str>,
}

impl<'a> Params<'a> {
    /// The pairs of a query string of at most `limit` bytes.
    pub fn parse(query: &'a str, limit: usize) -> Result<Params<'a>> {
        if query.len() > limit {
            return Err(Error::TooLarge { what: "query string", limit: limit as u64 });
        }
        let mut pairs = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() == MOST_PAIRS {
                return Err(Error::TooLarge { what: "number of parameters", limit: MOST_PAIRS as u64 });
            }
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let key = decode(key).ok_or_else(|| Error::malformed("query string", "is not UTF-8"))?;
            let (key, index) = list_key(key);
            let Some(value) = decode(value) else {
                return Err(Error::malformed(key, "is not UTF-8"));
            };
            pairs.push(Pair { key, index, value });
        }
        Ok(Params { pairs })
    }

    /// The value of a key that may come once.
    pub fn one(&self, key: &str) -> Result<Option<&str>> {
        let mut found = self.pairs.iter().filter(|pair| pair.key == key);
        let first = found.next();
        if found.next().is_some() {
            return Err(Error::malformed(key, "is given more than once"));
        }
        Ok(first.map(|pair| &*pair.value))
    }

    /// All values of a key, in order.
    pub fn many(&self, key: &str) -> Vec<&str> {
        let mut found: Vec<&Pair> = self.pairs.iter().filter(|pair| pair.key == key).collect();
        if found.iter().any(|pair| pair.index.is_some()) {
            found.sort_by_key(|pair| pair.index.unwrap_or(u32::MAX));
        }
        found.into_iter().map(|pair| &*pair.value).collect()
    }

    /// Whether the key is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.pairs.iter().any(|pair| pair.key == key)
    }

    /// The keys that are there, in order, repeated as they are.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|pair| &*pair.key)
    }

    /// An error that names the first key that is none of these.
    pub fn refuse_unknown(&self, known: &[&str]) -> Result<()> {
        match self.keys().find(|key| !known.contains(key)) {
            Some(key) => Err(Error::invalid(Path::of(key), Rule::Unknown)),
            None => Ok(()),
        }
    }
}

/// The text behind percent signs and plus signs.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Some(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}

/// Splits `k[]` and `k[3]` into key and position; other keys stay whole.
fn list_key(key: Cow<'_, str>) -> (Cow<'_, str>, Option<u32>) {
    let Some((name, inside)) = key.strip_suffix(']').and_then(|head| head.rsplit_once('[')) else {
        return (key, None);
    };
    // Longer numbers are no positions, and parse could fail on them.
    let is_position = inside.len() <= 6 && inside.bytes().all(|b| b.is_ascii_digit());
    if name.is_empty() || !is_position {
        return (key, None);
    }
    let (end, index) = (name.len(), inside.parse().ok());
    let name = match key {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    };
    (name, index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(query: &str) -> Params<'_> {
        Params::parse(query, 1000).expect("a query string")
    }

    #[test]
    fn a_list_has_four_spellings() {
        for query in ["k=a&k=b", "k[]=a&k[]=b", "k%5B%5D=a&k%5B%5D=b", "k[0]=a&k[1]=b", "k[1]=b&k[0]=a"] {
            assert_eq!(parse(query).many("k"), ["a", "b"], "{query}");
        }
        assert_eq!(parse("k=a").many("k"), ["a"]);
        assert_eq!(parse("x=a").many("k"), [""; 0]);
    }

    #[test]
    fn values_are_decoded_and_other_brackets_kept() {
        let params = parse("q=a+b%20c%2B%C3%A9&page[limit]=3&flag&&e=");
        assert_eq!(params.one("q"), Ok(Some("a b c+é")));
        assert_eq!(params.one("page[limit]"), Ok(Some("3")));
        assert_eq!((params.one("flag"), params.one("e"), params.one("none")), (Ok(Some("")), Ok(Some("")), Ok(None)));
        assert_eq!(params.keys().collect::<Vec<_>>(), ["q", "page[limit]", "flag", "e"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |outcome: Result<()>| outcome.expect_err("refused").to_string();
        assert_eq!(message(parse("a=1&a=2").one("a").map(drop)), "a is given more than once");
        assert_eq!(message(parse("a=1&b=2").refuse_unknown(&["a"])), "b is unknown");
        assert_eq!(message(Params::parse("a=%ff", 1000).map(drop)), "a is not UTF-8");
        assert_eq!(message(Params::parse("a=1", 2).map(drop)), "The query string is larger than 2");
        assert!(Params::parse(&"a&".repeat(MOST_PAIRS + 1), 1 << 20).is_err());
    }

    proptest! {
        #[test]
        fn no_query_string_makes_parsing_panic(query in "\\PC{0,60}") {
            let _ = Params::parse(&query, 1000);
        }
    }
}
