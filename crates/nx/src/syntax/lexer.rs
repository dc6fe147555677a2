//! The lexer: names, keywords, signs, comments; texts, numbers and templates are in [`literal`].

mod literal;

use super::token::{Sign, Token, Word};
use super::{MAX_TOKENS, Span};
use crate::diagnostic::Mistakes;
use std::sync::Arc;

/// The tokens of a source, with a [`Token::End`]. What cannot be read is noted and left out.
pub fn lex(source: &str, mistakes: &mut Mistakes<'_>) -> Vec<(Token, Span)> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), braces: Vec::new(), mistakes };
    lexer.run();
    let end = lexer.span(source.len());
    lexer.tokens.push((Token::End, end));
    lexer.tokens
}

struct Lexer<'s, 'm, 'd> {
    source: &'s str,
    at: usize,
    tokens: Vec<(Token, Span)>,
    /// The braces that are open.
    braces: Vec<Brace>,
    mistakes: &'m mut Mistakes<'d>,
}

#[derive(Clone, Copy)]
enum Brace {
    Object,
    /// A block in the template that begins at this byte.
    Template(usize),
}

impl Lexer<'_, '_, '_> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            if self.tokens.len() >= MAX_TOKENS {
                let message = format!("the script has more than {MAX_TOKENS} words and signs");
                self.mistakes.add(self.span(self.at), message);
                return;
            }
            if self.mistakes.is_full() {
                return;
            }
            let start = self.at;
            match c {
                // A byte order mark is what some editors put before a text.
                c if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                '/' if self.rest().starts_with("//") => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                '/' if self.rest().starts_with("/*") => self.comment(),
                '"' => self.text(),
                '\'' => self.quoted_name(),
                '-' if self.rest().starts_with("---") => self.template(),
                '}' => self.closing_brace(),
                '{' => {
                    self.braces.push(Brace::Object);
                    self.push(start + 1, Token::Sign(Sign::BraceOpen));
                }
                c if c.is_ascii_digit() => self.number(),
                '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
                c if c == '_' || c.is_alphabetic() => self.name(),
                c => self.sign(c),
            }
        }
        if let Some(start) = self.braces.iter().find_map(|brace| match brace {
            Brace::Template(start) => Some(*start),
            Brace::Object => None,
        }) {
            self.unclosed(start, 3, "this template is not closed: `---` ends it, and `}` each block in it");
        }
    }

    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    /// From a byte to where the lexer stands. A source is below 4 GiB.
    fn span(&self, start: usize) -> Span {
        Span { start: start as u32, end: self.at.max(start) as u32 }
    }

    /// Moves to `end`, and keeps what lies before it as a token.
    fn push(&mut self, end: usize, token: Token) {
        let start = std::mem::replace(&mut self.at, end);
        self.tokens.push((token, self.span(start)));
    }

    /// Notes that what opens at `start` has no end.
    fn unclosed(&mut self, start: usize, length: usize, message: &str) {
        self.mistakes.add(Span { start: start as u32, end: (start + length) as u32 }, message);
    }

    fn comment(&mut self) {
        let start = self.at;
        match self.rest()[2..].find("*/") {
            Some(length) => self.at += length + 4,
            None => {
                self.at = self.source.len();
                self.unclosed(start, 2, "this comment is not closed: `*/` ends it");
            }
        }
    }

    fn name(&mut self) {
        let length = self.rest().find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        let token = Word::read(name).map_or_else(|| Token::Name(Arc::from(name)), Token::Word);
        self.push(self.at + length, token);
    }

    fn quoted_name(&mut self) {
        let start = self.at;
        let Some((name, end)) = self.delimited('\'') else {
            self.at = self.source.len();
            return self.unclosed(start, 1, "this quoted name is not closed: `'` ends it");
        };
        self.push(end, Token::Name(Arc::from(name.as_str())));
        if name.is_empty() {
            self.mistakes.add(self.span(start), "a name cannot be empty");
        }
    }

    /// What stands between delimiters, a doubled one inside meaning itself, and where it ends.
    fn delimited(&self, delimiter: char) -> Option<(String, usize)> {
        let mut text = String::new();
        let mut at = self.at + 1;
        loop {
            let length = self.source[at..].find(delimiter)?;
            text.push_str(&self.source[at..at + length]);
            at += length + 1;
            if !self.source[at..].starts_with(delimiter) {
                return Some((text, at));
            }
            text.push(delimiter);
            at += 1;
        }
    }

    fn closing_brace(&mut self) {
        match self.braces.pop() {
            Some(Brace::Template(start)) => {
                self.push(self.at + 1, Token::TemplateBlockEnd);
                self.template_text(start);
            }
            Some(Brace::Object) | None => self.push(self.at + 1, Token::Sign(Sign::BraceClose)),
        }
    }

    fn sign(&mut self, c: char) {
        let start = self.at;
        for length in [2, 1] {
            let Some(sign) = self.rest().get(..length).and_then(Sign::read) else { continue };
            return self.push(start + length, Token::Sign(sign));
        }
        self.at += c.len_utf8();
        let (message, notes) = match c {
            '!' => (stray(c), vec!["not equal is written `!=`, and no as `not`".to_owned()]),
            '&' => (stray(c), vec!["both is written `and`, and texts are joined by `+`".to_owned()]),
            '|' => (stray(c), vec!["either is written `or`".to_owned()]),
            '“' | '”' | '„' => (stray(c), vec!["a text is written in straight quotes: `\"`".to_owned()]),
            '‘' | '’' | '`' => (stray(c), vec!["a name is quoted by `'`".to_owned()]),
            _ => (stray(c), vec!["a name with such characters is written in quotes: `'first name'`".to_owned()]),
        };
        self.mistakes.add_noted(self.span(start), message, notes);
    }
}

fn stray(c: char) -> String {
    format!("{} is not part of the language", crate::diagnostic::quoted(c.encode_utf8(&mut [0; 4])))
}
