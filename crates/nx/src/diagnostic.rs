//! Mistakes of a script: what is wrong, where, and what may have been meant; and how they are drawn for a terminal.

mod draw;

use crate::ir::Span;
use std::fmt;

pub use draw::draw;

/// Most mistakes told of one script: those after are rarely more than their echo.
pub const MAX_DIAGNOSTICS: usize = 20;
/// Longest piece of a script that a message repeats, in characters.
const LONGEST_WORD: usize = 60;

/// One mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Names the offending word.
    pub message: String,
    pub span: Span,
    /// Where the span begins, from 1.
    pub line: u32,
    /// Where the span begins, in Unicode scalar values from 1.
    pub column: u32,
    /// What may help: "did you mean `Amount`?"
    pub notes: Vec<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        self.notes.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

impl std::error::Error for Diagnostic {}

/// The mistakes found so far in one script, in the order of the script.
pub struct Mistakes<'s> {
    source: &'s str,
    found: Vec<Diagnostic>,
}

impl<'s> Mistakes<'s> {
    /// None yet.
    pub fn of(source: &'s str) -> Mistakes<'s> {
        Mistakes { source, found: Vec::new() }
    }

    /// Whether the script is right so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether no more will be told.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_DIAGNOSTICS
    }

    /// The line of a byte, from 1.
    pub fn line(&self, byte: u32) -> u32 {
        position(self.source, byte).0
    }

    /// Notes a mistake. A second one at the same place is an echo of the first, and left out.
    pub fn add(&mut self, span: Span, message: impl Into<String>) {
        self.add_noted(span, message, Vec::new());
    }

    /// Notes a mistake with what may help.
    pub fn add_noted(&mut self, span: Span, message: impl Into<String>, notes: Vec<String>) {
        if self.is_full() || self.found.iter().any(|known| known.span.start == span.start) {
            return;
        }
        let (line, column) = position(self.source, span.start);
        self.found.push(Diagnostic { message: message.into(), span, line, column, notes });
    }

    /// All of them, by place.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.found;
        found.sort_by_key(|mistake| mistake.span.start);
        found
    }
}

/// The last place between two characters that is not after this byte.
pub(crate) fn boundary(source: &str, byte: usize) -> usize {
    let mut at = byte.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Line and column of a byte of a source, from 1; the column in Unicode scalar values.
pub fn position(source: &str, byte: u32) -> (u32, u32) {
    let byte = boundary(source, byte as usize);
    let before = &source[..byte];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// A mistake at a line and column, both from 1, of which no more is known: the word that begins there is marked.
pub fn at(source: &str, (line, column): (u32, u32), message: String) -> Diagnostic {
    let start_of = |line: u32| source.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let rest: usize = start_of(line);
    let before = source[rest..].chars().take(column.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>();
    let start = rest + before;
    let is_word = |c: &char| *c == '_' || c.is_alphanumeric();
    let length: usize = source[start..].chars().take_while(is_word).map(char::len_utf8).sum();
    let span = Span { start: start as u32, end: (start + length) as u32 };
    Diagnostic { message, span, line, column, notes: Vec::new() }
}

/// A word of a script as a message repeats it: in back quotes, cut, without control characters.
pub fn quoted(word: &str) -> String {
    let mut text: String = word.chars().take(LONGEST_WORD).map(visible).collect();
    if word.chars().nth(LONGEST_WORD).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}

/// A character as it may be shown: control characters could steer a terminal.
fn visible(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_at_a_place_marks_the_word_there() {
        let source = "let ä := 1;\nlet b := parseJSON(\"{\")";
        let found = at(source, (2, 10), "bad JSON".to_owned());
        assert_eq!(&source[found.span.start as usize..found.span.end as usize], "parseJSON");
        assert!(draw(source, &[found]).contains("         ^^^^^^^^^\n"));
        assert_eq!(at(source, (9, 9), String::new()).span.start as usize, source.len());
    }
}
