//! The forms of text.

use super::{MAX_PATTERN, Pattern};
use crate::error::Rule;
use regex::{Regex, RegexBuilder};
use std::cell::RefCell;

/// Compiled patterns kept per thread.
const MAX_KEPT: usize = 64;
/// Largest compiled pattern, in bytes.
const MAX_COMPILED: usize = 1 << 20;

thread_local! {
    // The engine is linear in the text and the pattern is bounded, so a pattern cannot stall a thread.
    static COMPILED: RefCell<Vec<(String, Option<Regex>)>> = const { RefCell::new(Vec::new()) };
}

impl Pattern {
    /// Whether the text has the form. A pattern that does not compile, which no schema lets in, matches nothing.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Email => is_email(text),
            Pattern::Url => is_url(text),
            Pattern::Custom(pattern) => matches_custom(pattern, text),
        }
    }

    /// What messages call it: `email`, `url`, or the pattern.
    pub fn name(&self) -> &str {
        match self {
            Pattern::Email => "email",
            Pattern::Url => "url",
            Pattern::Custom(pattern) => pattern,
        }
    }

    /// Whether a custom pattern is short and compiles.
    pub fn check_settings(&self) -> Result<(), Rule> {
        match self {
            Pattern::Email | Pattern::Url => Ok(()),
            Pattern::Custom(pattern) if pattern.len() as u64 > MAX_PATTERN => {
                Err(Rule::Length { min: None, max: Some(MAX_PATTERN), eq: None })
            }
            Pattern::Custom(pattern) => match compile(pattern) {
                Some(_) => Ok(()),
                None => {
                    Err(Rule::Malformed("must be a regular expression that we know and is not too large".to_owned()))
                }
            },
        }
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).nest_limit(50).build().ok()
}

fn matches_custom(pattern: &str, text: &str) -> bool {
    COMPILED.with_borrow_mut(|kept| {
        let place = match kept.iter().position(|(source, _)| source == pattern) {
            Some(place) => place,
            None => {
                if kept.len() >= MAX_KEPT {
                    kept.remove(0);
                }
                kept.push((pattern.to_owned(), compile(pattern)));
                kept.len() - 1
            }
        };
        kept[place].1.as_ref().is_some_and(|regex| regex.is_match(text))
    })
}

/// One `@` with a name before it and a domain with a point behind it, nothing of a space.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let plain =
        |part: &str| !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c));
    let has_dot = domain.split_once('.').is_some() && domain.split('.').all(|label| !label.is_empty());
    text.len() <= 254 && !name.is_empty() && plain(name) && plain(domain) && has_dot
}

/// An absolute `http` or `https` address with a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    known
        && !host.is_empty()
        && !host.starts_with([':', '.'])
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
