//! The parser, by hand: a function for each rule of the grammar.
//!
//! A rule that cannot go on notes the mistake and stops; the block around it skips to the next statement and goes on,
//! so that several mistakes of a script are told at once. Start with `program`.

mod control;
mod expression;
mod primary;
mod statement;

use super::ast::{Block, Expr, ExprKind, Name};
use super::branches::Branches;
use super::token::{Sign, Token, Word};
use super::{MAX_HEIGHT, MAX_NESTING, Span};
use crate::diagnostic::Mistakes;

/// A rule could not go on; the mistake is noted.
pub struct Stop;

type Parsed<T> = Result<T, Stop>;
/// Boxed, so that the frames of a deep nest stay small.
type Node = Parsed<Box<Expr>>;

/// The parser of one source.
pub struct Parser<'t, 'd> {
    tokens: &'t [(Token, Span)],
    branches: &'t Branches,
    mistakes: &'t mut Mistakes<'d>,
    at: usize,
    depth: usize,
}

impl<'t, 'd> Parser<'t, 'd> {
    /// At the beginning of these tokens, of which the last is [`Token::End`].
    pub fn of(tokens: &'t [(Token, Span)], branches: &'t Branches, mistakes: &'t mut Mistakes<'d>) -> Parser<'t, 'd> {
        Parser { tokens, branches, mistakes, at: 0, depth: 0 }
    }

    /// The whole source.
    pub fn program(mut self) -> Block {
        let mut program = self.block();
        while *self.peek() != Token::End {
            self.unexpected("the next statement");
            self.at += 1;
            program.statements.extend(self.block().statements);
        }
        program
    }

    fn peek(&self) -> &'t Token {
        &self.tokens[self.at].0
    }

    /// Where the parser stands.
    fn here(&self) -> Span {
        self.tokens[self.at].1
    }

    /// From a byte to the end of the last token read.
    fn since(&self, start: u32) -> Span {
        let end = self.at.checked_sub(1).map_or(start, |last| self.tokens[last].1.end);
        Span { start, end: end.max(start) }
    }

    /// Takes the token here; the last one stays.
    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn is_word(&self, word: Word) -> bool {
        *self.peek() == Token::Word(word)
    }

    fn is_sign(&self, sign: Sign) -> bool {
        *self.peek() == Token::Sign(sign)
    }

    /// Takes a keyword if it is here.
    fn take_word(&mut self, word: Word) -> bool {
        let here = self.is_word(word);
        if here {
            self.advance();
        }
        here
    }

    /// Takes a sign if it is here.
    fn take_sign(&mut self, sign: Sign) -> bool {
        let here = self.is_sign(sign);
        if here {
            self.advance();
        }
        here
    }

    fn expect_word(&mut self, word: Word) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.unexpected(&format!("`{}`", word.text()))) }
    }

    fn expect_sign(&mut self, sign: Sign) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{}`", sign.text()))) }
    }

    /// What closes `opened`; when it is not here, the mistake tells what is still open.
    fn expect_close(&mut self, close: &Token, opened: Span) -> Parsed<()> {
        if self.peek() == close {
            self.advance();
            return Ok(());
        }
        if self.mistakes.is_full() {
            return Err(Stop);
        }
        let what = close.described();
        let message = format!("expected {what}, found {}", self.peek().described());
        let line = self.mistakes.line(opened.start);
        self.mistakes.add_noted(self.here(), message, vec![format!("{what} closes what begins in line {line}")]);
        Err(Stop)
    }

    /// A name; quoted or not. A keyword is a mistake, after which it is taken for the name that it was meant to be.
    fn name(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            Token::Name(text) => {
                let name = Name { text: text.clone(), span: self.here() };
                self.advance();
                Ok(name)
            }
            Token::Word(word) => {
                let message = format!("expected {what}, found the keyword `{}`", word.text());
                let note = format!("a name that is a keyword is written in quotes: `'{}'`", word.text());
                let name = Name { text: word.text().into(), span: self.here() };
                self.mistakes.add_noted(name.span, message, vec![note]);
                self.advance();
                Ok(name)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// Notes that something else was expected here.
    fn unexpected(&mut self, expected: &str) -> Stop {
        let message = format!("expected {expected}, found {}", self.peek().described());
        self.mistakes.add(self.here(), message);
        Stop
    }

    /// A node from a byte to here. Trees are walked by recursion, so their height is bounded.
    fn node(&mut self, start: u32, kind: ExprKind) -> Node {
        let node = Box::new(Expr::new(kind, self.since(start)));
        if node.height > MAX_HEIGHT {
            self.mistakes.add(self.here(), format!("this expression has more than {MAX_HEIGHT} levels"));
            return Err(Stop);
        }
        Ok(node)
    }

    /// Goes one level deeper. Whoever does comes back by [`Parser::leave`], whatever happened in between.
    fn enter(&mut self) -> Parsed<()> {
        if self.depth >= MAX_NESTING {
            self.mistakes.add(self.here(), format!("the script nests deeper than {MAX_NESTING} levels"));
            return Err(Stop);
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}
