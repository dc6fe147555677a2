//! Operands: literals, names, calls, brackets, selections.

use super::{Expr, ExprKind, Name, Node, Parsed, Parser, Sign, Stop, Token, Word};
use crate::syntax::ast::{Block, Piece};
use crate::syntax::parser::expression::Level;
use std::sync::Arc;

impl Parser<'_, '_> {
    pub(super) fn primary(&mut self) -> Node {
        let start = self.here().start;
        let literal = match self.peek() {
            Token::Number(number) => ExprKind::Number(*number),
            Token::Text(text) => ExprKind::Text(text.clone()),
            Token::Name(_) => return self.name_or_call(),
            Token::TemplateStart => return self.template(),
            Token::Sign(Sign::ParenOpen) => return self.parenthesised(),
            Token::Sign(Sign::BracketOpen) => {
                let items = self.arguments(Sign::BracketClose)?;
                return self.node(start, ExprKind::Array(items));
            }
            Token::Sign(Sign::BraceOpen) => return self.object(),
            Token::Word(word) => match word {
                Word::True => ExprKind::Bool(true),
                Word::False => ExprKind::Bool(false),
                Word::Null => ExprKind::Null,
                Word::This => ExprKind::This,
                word => return self.keyword(*word),
            },
            _ => return Err(self.unexpected("a value")),
        };
        self.advance();
        self.node(start, literal)
    }

    /// Operands that begin with a keyword.
    fn keyword(&mut self, word: Word) -> Node {
        let start = self.here().start;
        match word {
            Word::Select => self.select(),
            Word::Create => {
                self.advance();
                let table = self.name("the name of a table")?;
                self.node(start, ExprKind::Create { table })
            }
            Word::Delete => {
                self.advance();
                let of = self.nested_unary()?;
                self.node(start, ExprKind::Delete(of))
            }
            Word::If => self.if_else(),
            Word::Switch => self.switch(),
            Word::For => self.for_loop(),
            Word::While => self.while_loop(),
            Word::Do => self.do_as(),
            Word::Let | Word::Var | Word::Function | Word::Break => {
                let message = format!("`{}` is a statement, it has no value here", word.text());
                let notes = vec!["statements stand in a block: `( … ; … )` or `do … end`".to_owned()];
                self.mistakes.add_noted(self.here(), message, notes);
                Err(Stop)
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    fn name_or_call(&mut self) -> Node {
        let start = self.here().start;
        let name = self.name("a name")?;
        if !self.is_sign(Sign::ParenOpen) {
            return self.node(start, ExprKind::Name(name));
        }
        let arguments = self.arguments(Sign::ParenClose)?;
        self.node(start, ExprKind::Call { name, arguments })
    }

    /// `"(" block ")"`. Around one expression, parentheses leave nothing but the shape of the tree.
    fn parenthesised(&mut self) -> Node {
        let start = self.here().start;
        let Block { mut statements, span } = self.bracketed(Sign::ParenClose)?;
        let declares = |statement: &Expr| {
            matches!(statement.kind, ExprKind::Let { .. } | ExprKind::Function { .. } | ExprKind::Break)
        };
        if statements.len() == 1
            && !declares(&statements[0])
            && let Some(only) = statements.pop()
        {
            return Ok(Box::new(only));
        }
        self.node(start, ExprKind::Block(Block { statements, span }))
    }

    /// `[ expr { "," expr } ]` between the sign here and `close`.
    pub(super) fn arguments(&mut self, close: Sign) -> Parsed<Vec<Expr>> {
        let opened = self.here();
        self.advance();
        let mut items = Vec::new();
        if self.take_sign(close) {
            return Ok(items);
        }
        loop {
            items.push(*self.expression()?);
            if !self.take_sign(Sign::Comma) {
                break;
            }
        }
        self.expect_close(&Token::Sign(close), opened)?;
        Ok(items)
    }

    /// `"{" [ key ":" expr { "," key ":" expr } ] "}"`
    pub(super) fn object(&mut self) -> Node {
        let opened = self.here();
        self.advance();
        let mut entries = Vec::new();
        if !self.is_sign(Sign::BraceClose) {
            loop {
                let key = self.key()?;
                self.expect_sign(Sign::Colon)?;
                entries.push((key, *self.expression()?));
                if !self.take_sign(Sign::Comma) {
                    break;
                }
            }
        }
        self.expect_close(&Token::Sign(Sign::BraceClose), opened)?;
        self.node(opened.start, ExprKind::Object(entries))
    }

    fn key(&mut self) -> Parsed<Arc<str>> {
        let key = match self.peek() {
            Token::Name(text) | Token::Text(text) => text.clone(),
            Token::Word(word) => word.text().into(),
            _ => return Err(self.unexpected("a key")),
        };
        self.advance();
        Ok(key)
    }

    pub(super) fn template(&mut self) -> Node {
        let opened = self.here();
        self.advance();
        let mut pieces = Vec::new();
        loop {
            match self.peek() {
                Token::TemplateText(text) => {
                    pieces.push(Piece::Text(text.clone()));
                    self.advance();
                }
                Token::TemplateBlock => {
                    let brace = self.here();
                    self.advance();
                    pieces.push(Piece::Block(self.block()));
                    self.expect_close(&Token::TemplateBlockEnd, brace)?;
                }
                _ => break,
            }
        }
        self.expect_close(&Token::TemplateEnd, opened)?;
        self.node(opened.start, ExprKind::Template(pieces))
    }

    /// `"select" name { "[" block "]" } [ "where" or ]`
    fn select(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        let table: Name = self.name("the name of a table")?;
        let mut selection = self.node(start, ExprKind::Select { table })?;
        while self.is_sign(Sign::BracketOpen) {
            selection = self.filter(start, selection)?;
        }
        if self.take_word(Word::Where) {
            let condition = self.nested_operators(Level::Or)?;
            selection = self.node(start, ExprKind::Where { of: selection, condition })?;
        }
        Ok(selection)
    }
}
