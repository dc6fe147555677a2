//! By which address a request reached the server, so that the addresses in its answer can be called, too.

use crate::settings::Settings;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use std::cell::RefCell;
use std::sync::Arc;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

thread_local! {
    /// The last one on this thread: nearly all requests reach a server by the same address.
    static LAST: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// The address without a path: the one that is set, or the one that the request names. A proxy tells by
/// `X-Forwarded-Proto` and `X-Forwarded-Host`; whoever lies there misleads nobody but themselves.
pub fn of(headers: &HeaderMap, settings: &Settings) -> Arc<str> {
    if settings.follows_host
        && let Some(host) = named(headers)
    {
        let is_secure = headers.get(FORWARDED_PROTO).is_some_and(|proto| proto == "https");
        return kept(if is_secure { "https://" } else { "http://" }, host);
    }
    kept(&settings.public_url, "")
}

/// Both texts as one, without making it again when it is the last one's.
fn kept(head: &str, tail: &str) -> Arc<str> {
    LAST.with_borrow_mut(|last| match last {
        Some(last) if last.strip_prefix(head) == Some(tail) => last.clone(),
        _ => last.insert([head, tail].concat().into()).clone(),
    })
}

fn named(headers: &HeaderMap) -> Option<&str> {
    let forwarded = headers.get(FORWARDED_HOST).and_then(host_in);
    forwarded.or_else(|| headers.get(header::HOST).and_then(host_in))
}

/// A host with or without a port, if it looks like nothing else.
fn host_in(value: &HeaderValue) -> Option<&str> {
    let host = value.to_str().ok()?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b);
    ((1..=255).contains(&host.len()) && host.bytes().all(fits)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_request_unless_one_is_set() {
        let of = |pairs: &[(&'static str, &str)], settings: &Settings| {
            let headers: HeaderMap =
                pairs.iter().map(|(n, v)| (n.parse().expect("n"), v.parse().expect("v"))).collect();
            super::of(&headers, settings).to_string()
        };
        let follows = Settings::default();
        let fixed = Settings { follows_host: false, public_url: "https://a.example".to_owned(), ..Settings::default() };
        assert_eq!(of(&[("host", "b.example:8080")], &follows), "http://b.example:8080");
        assert_eq!(of(&[("host", "[::1]:80"), ("x-forwarded-proto", "https")], &follows), "https://[::1]:80");
        assert_eq!(of(&[("host", "x"), ("x-forwarded-host", "c.example")], &follows), "http://c.example");
        for odd in ["a\"b", "a/b", "a b", ""] {
            assert_eq!(of(&[("host", odd)], &follows), follows.public_url, "{odd}");
        }
        assert_eq!(of(&[("host", "b.example")], &fixed), "https://a.example");
    }
}
