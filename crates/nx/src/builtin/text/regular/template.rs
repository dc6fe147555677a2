//! Replacements, as JavaScript reads them: `$1`, `$<name>`, `$&`, `` $` ``, `$'` and `$$`.

use crate::fault::Fault;
use crate::ops::Bounded;
use regex::{Captures, Regex};

/// Appends the template with what a match has for its places. What names no group stays as it is written.
pub fn expand(template: &str, text: &str, found: &Captures<'_>, regex: &Regex, out: &mut Bounded) -> Result<(), Fault> {
    let Some(whole) = found.get(0) else { return Ok(()) };
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push(&rest[..at])?;
        let after = &rest[at + 1..];
        let group = |number: usize| found.get(number).map_or("", |group| group.as_str());
        let (put, used) = match after.chars().next() {
            Some('$') => ("$", 1),
            Some('&') => (whole.as_str(), 1),
            Some('`') => (&text[..whole.start()], 1),
            Some('\'') => (&text[whole.end()..], 1),
            Some('<') if has_names(regex) => match after.find('>') {
                Some(end) => (found.name(&after[1..end]).map_or("", |group| group.as_str()), end + 1),
                None => ("$", 0),
            },
            Some('0'..='9') => match numbered(after, found.len()) {
                Some((number, used)) => (group(number), used),
                None => ("$", 0),
            },
            Some(_) | None => ("$", 0),
        };
        out.push(put)?;
        rest = &after[used..];
    }
    out.push(rest)
}

fn has_names(regex: &Regex) -> bool {
    regex.capture_names().flatten().next().is_some()
}

/// The group that the text begins with, and its digits: two when there are so many groups, else one.
fn numbered(text: &str, groups: usize) -> Option<(usize, usize)> {
    [2, 1].into_iter().find_map(|count| {
        let digits = text.get(..count).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        let number = digits.parse().ok().filter(|number| (1..groups).contains(number))?;
        Some((number, count))
    })
}
