//! What a request says of who sends it: a token, or a browser's session. Whether it is true, the engine says.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use std::time::Duration;

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "manytongue_session";
/// The same where the server is reached over TLS. Of this name a browser takes only what this very host set over TLS,
/// so no other host of the domain can put a session of its own in the place of ours.
pub const SECURE_SESSION_COOKIE: &str = "__Host-manytongue_session";

/// Credentials as they came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Presented<'a> {
    Nothing,
    Token(&'a str),
    Session(&'a str),
}

/// The credentials of a request: a token before a session.
///
/// A browser sends cookies with requests that other sites make it send, so a session only counts on requests that
/// change nothing, and on those of our own pages.
pub fn presented<'a>(method: &Method, headers: &'a HeaderMap, secure: Secure) -> Presented<'a> {
    if let Some(token) = bearer(headers) {
        return Presented::Token(token);
    }
    match cookie(headers, cookie_name(secure)) {
        Some(session) if method.is_safe() || is_same_origin(headers) => Presented::Session(session),
        Some(_) | None => Presented::Nothing,
    }
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The `Set-Cookie` of a new session; `secure` when the server is reached over TLS.
pub fn session_cookie(secret: &str, lasts: Duration, secure: Secure) -> Option<HeaderValue> {
    let (name, seconds) = (cookie_name(secure), lasts.as_secs());
    let secure = match secure {
        Secure::Yes => "; Secure",
        Secure::No => "",
    };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The `Set-Cookie` that ends a session.
pub fn no_session_cookie(secure: Secure) -> Option<HeaderValue> {
    session_cookie("", Duration::ZERO, secure)
}

/// Whether a cookie may only travel over TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secure {
    Yes,
    No,
}

fn cookie_name(secure: Secure) -> &'static str {
    match secure {
        Secure::Yes => SECURE_SESSION_COOKIE,
        Secure::No => SESSION_COOKIE,
    }
}

/// Whether a browser says that a page of ours sent this, or no browser did.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        // Every browser of today sends one of the two with a request that may change something.
        return true;
    };
    let (origin, host) = (origin.to_str().ok(), headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let origin_host = origin.and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin_host.is_some() && origin_host == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("name"), value.parse().expect("value"))).collect()
    }

    #[test]
    fn a_token_is_read_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer(&headers(&[("authorization", "Bearer abc")])), Some("abc"));
        assert_eq!(bearer(&headers(&[("authorization", "bearer  abc ")])), Some("abc"));
        for wrong in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
            assert_eq!(bearer(&headers(&[("authorization", wrong)])), None, "{wrong}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let found = headers(&[("cookie", "a=1; manytongue_session=x=y"), ("cookie", "b=2")]);
        assert_eq!(cookie(&found, SESSION_COOKIE), Some("x=y"));
        assert_eq!(cookie(&found, "session"), None);
    }

    #[test]
    fn a_session_does_not_count_when_another_site_wants_a_change() {
        let cookie = ("cookie", "manytongue_session=s");
        let with = |more: &[(&'static str, &str)]| {
            let mut all = headers(more);
            all.extend(headers(&[cookie, ("host", "data.example.com")]));
            all
        };
        let counts = |method: Method, more: &[(&'static str, &str)]| {
            presented(&method, &with(more), Secure::No) == Presented::Session("s")
        };
        assert!(counts(Method::POST, &[]));
        assert!(counts(Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(counts(Method::POST, &[("origin", "https://data.example.com")]));
        assert!(counts(Method::GET, &[("sec-fetch-site", "cross-site")]));
        for foreign in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            assert!(!counts(Method::POST, &[foreign]), "{foreign:?}");
        }
        assert!(!counts(Method::DELETE, &[("origin", "https://data.example.com.evil.org")]));
        let token = with(&[("authorization", "Bearer t")]);
        assert!(presented(&Method::POST, &token, Secure::No) == Presented::Token("t"));
        assert!(presented(&Method::GET, &with(&[]), Secure::Yes) == Presented::Nothing, "set by whom, nobody knows");
        let host = headers(&[("cookie", "__Host-manytongue_session=s")]);
        assert!(presented(&Method::GET, &host, Secure::Yes) == Presented::Session("s"));
    }

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts() {
        let text =
            |secure| session_cookie("s", Duration::from_secs(60), secure).expect("cookie").to_str().map(str::to_owned);
        let plain = "manytongue_session=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=60";
        assert_eq!(text(Secure::No).expect("text"), plain);
        assert_eq!(text(Secure::Yes).expect("text"), format!("__Host-{plain}; Secure"));
        assert!(session_cookie("a\r\nb", Duration::ZERO, Secure::No).is_none());
    }
}
