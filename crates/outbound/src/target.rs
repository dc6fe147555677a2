//! The text of an address, checked before anything is looked up or sent.

use crate::allow::Allowed;
use engine::ports::outbound::Purpose;
use reqwest::Url;
use std::net::IpAddr;

/// Longest address that is read.
const LONGEST: usize = 4096;

/// The one message for everything that is not public, does not exist, or is not to be known.
pub const NOT_PUBLIC: &str = "the address does not exist or is not a public one";

/// What counts as public. Tests have other laws, so that they stay on the loopback.
#[derive(Clone, Copy)]
pub struct Law {
    pub is_public: fn(IpAddr) -> bool,
    pub is_usual_port: fn(u16) -> bool,
}

/// The law outside tests.
pub const LAW: Law = Law { is_public: crate::address::is_public, is_usual_port: |port| port == 80 || port == 443 };

/// An address that may be asked, as far as its text tells.
#[derive(Clone, Debug)]
pub struct Target {
    /// Without user and fragment.
    pub url: Url,
    /// Whether the host is listed, so that it may be anywhere.
    pub is_listed: bool,
}

/// Checks the text of an address; an error says what is wrong with it, in words that tell nothing of any network.
pub fn check(text: &str, purpose: Purpose, allowed: &Allowed, law: Law) -> Result<Target, &'static str> {
    if text.len() > LONGEST {
        return Err("the address is too long");
    }
    // Control characters and backslashes are read differently by different programs.
    if text.chars().any(|c| c.is_control() || c == '\\' || c.is_whitespace()) {
        return Err("the address has characters that none has");
    }
    let url = Url::parse(text).map_err(|_| "the address is no URL")?;
    judge(url, purpose, allowed, law)
}

/// Checks an address that is parsed.
pub fn judge(mut url: Url, purpose: Purpose, allowed: &Allowed, law: Law) -> Result<Target, &'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the address must begin with http or https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not have a user name or password");
    }
    url.set_fragment(None);
    let port = url.port_or_known_default().ok_or("the address has no port")?;
    // The parser has brought every spelling of an address of numbers to the usual one.
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the address has no host")?;
    if allowed.has(purpose, host, port) {
        return Ok(Target { url, is_listed: true });
    }
    if literal(host).is_some_and(|address| !(law.is_public)(address)) {
        return Err(NOT_PUBLIC);
    }
    if !(law.is_usual_port)(port) {
        return Err("the address must have the port 80 or 443");
    }
    Ok(Target { url, is_listed: false })
}

/// The address that a host is, when it is no name.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}
