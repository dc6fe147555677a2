//! Scripts that break off where somebody is writing.

use super::{Token, branches, lex, parse};
use crate::diagnostic::Mistakes;

/// A word that is being written.
pub struct Completable {
    /// Its first byte.
    pub start: usize,
    /// What of it is there, without quotes.
    pub prefix: String,
}

/// The word at the end of a source; none where no word can be.
pub fn mark_at(before: &str) -> Option<Completable> {
    if before.len() > super::MAX_SOURCE {
        return None;
    }
    let plain = before.trim_end_matches(|c: char| c == '_' || c.is_alphanumeric());
    let word = &before[plain.len()..];
    if let Some(quote) = open_quote(before) {
        return Some(Completable { start: quote, prefix: before[quote + 1..].replace("''", "'") });
    }
    let in_number = word.starts_with(|c: char| c.is_ascii_digit());
    (!in_number).then(|| Completable { start: plain.len(), prefix: word.to_owned() })
}

/// The quote of a name that is not closed.
fn open_quote(source: &str) -> Option<usize> {
    let mut mistakes = Mistakes::of(source);
    lex(source, &mut mistakes);
    let open = mistakes.into_sorted().into_iter().map(|mistake| mistake.span.start as usize).next_back()?;
    source[open..].starts_with('\'').then_some(open)
}

/// What a source that ends with the name `mark` still needs to be whole; none when the mark stands in a text or remark.
pub fn closings(source: &str, mark: &str) -> Option<String> {
    let mut mistakes = Mistakes::of(source);
    let tokens = lex(source, &mut mistakes);
    let last = tokens.len().checked_sub(2).map(|last| &tokens[last].0);
    let marked = matches!(last, Some(Token::Name(name)) if **name == *mark);
    marked.then(|| branches::closings(&tokens))
}

/// Whether a source only breaks off: a text, template, remark, bracket or block is still open, so that what follows may
/// make it whole. What can be read as it is, such as an `if` without its `end`, is finished.
pub fn is_unfinished(source: &str) -> bool {
    let mut mistakes = Mistakes::of(source);
    let tokens = lex(source, &mut mistakes);
    if let Some(last) = mistakes.into_sorted().last() {
        let open = source.get(last.span.start as usize..).unwrap_or_default();
        return ["\"", "---", "/*"].iter().any(|opening| open.starts_with(opening));
    }
    let mut mistakes = Mistakes::of(source);
    parse(source, &mut mistakes);
    !mistakes.is_empty() && !branches::closings(&tokens).is_empty()
}
