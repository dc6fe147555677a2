//! Numbers, texts and templates.

use super::{Brace, Lexer};
use crate::syntax::token::Token;
use std::sync::Arc;

impl Lexer<'_, '_, '_> {
    /// `42`, `3.14`, `.5`, `1e3`. A point or an `e` without digits after it belongs to what follows.
    pub(super) fn number(&mut self) {
        let start = self.at;
        let bytes = self.source.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut end = start + digits(start);
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if digits(end + 1 + sign) > 0 {
                end += 1 + sign + digits(end + 1 + sign);
            }
        }
        let number: f64 = self.source[start..end].parse().unwrap_or(f64::INFINITY);
        self.push(end, Token::Number(if number.is_finite() { number } else { 0.0 }));
        if !number.is_finite() {
            self.mistakes.add(self.span(start), "this number is too large");
        }
    }

    /// `"..."`, a quote inside doubled.
    pub(super) fn text(&mut self) {
        let start = self.at;
        let Some((written, end)) = self.delimited('"') else {
            self.at = self.source.len();
            return self.unclosed(start, 1, "this text is not closed: `\"` ends it");
        };
        self.push(end, Token::Text(Arc::from(unescaped(&written))));
    }

    /// `---text {block} text---`.
    pub(super) fn template(&mut self) {
        let start = self.at;
        self.push(start + 3, Token::TemplateStart);
        self.template_text(start);
    }

    /// The text of a template up to its end or to a block in it. It is kept exactly; there is no escape.
    pub(super) fn template_text(&mut self, template: usize) {
        let from = self.at;
        let bytes = self.rest().as_bytes();
        let stop = |at: &usize| bytes[*at] == b'{' || bytes[*at..].starts_with(b"---");
        let Some(length) = (0..bytes.len()).find(stop) else {
            self.at = self.source.len();
            return self.unclosed(template, 3, "this template is not closed: `---` ends it");
        };
        let block = bytes[length] == b'{';
        let end = from + length;
        if length > 0 {
            let text = Arc::from(&self.source[from..end]);
            self.push(end, Token::TemplateText(text));
        }
        if block {
            self.braces.push(Brace::Template(template));
            self.push(end + 1, Token::TemplateBlock);
        } else {
            self.push(end + 3, Token::TemplateEnd);
        }
    }
}

/// What backslashes of a text mean. The vendor's prose has line breaks, its examples of regular expressions rely on
/// untouched ones (section 12.2 of the specification): three become control characters, every other stays as it is.
fn unescaped(written: &str) -> String {
    if !written.contains('\\') {
        return written.to_owned();
    }
    let mut text = String::with_capacity(written.len());
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        let meant = match (c, rest.peek()) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('r')) => Some('\r'),
            _ => None,
        };
        if meant.is_some() {
            rest.next();
        }
        text.push(meant.unwrap_or(c));
    }
    text
}
