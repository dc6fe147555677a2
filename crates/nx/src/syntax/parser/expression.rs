//! Operators and what follows an operand: paths, maps, filters. Precedence as in section 5.1 of the specification.

use super::{Block, Expr, ExprKind, Name, Node, Parsed, Parser, Sign, Stop, Token, Word};
use crate::ir::Operator;

/// How tightly an operator of two sides binds; all associate to the left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Compare,
    Add,
    Multiply,
    Operand,
}

impl Level {
    /// The level of a right side.
    fn tighter(self) -> Level {
        match self {
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Not => Level::Compare,
            Level::Compare => Level::Add,
            Level::Add => Level::Multiply,
            Level::Multiply | Level::Operand => Level::Operand,
        }
    }
}

#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    Binary(Operator),
}

impl Parser<'_, '_> {
    /// `ordered [ ":=" expr ]`
    pub(super) fn expression(&mut self) -> Node {
        let start = self.here().start;
        self.enter()?;
        let mut parsed = self.ordered();
        if self.is_sign(Sign::Assign) {
            parsed = self.assignment(start, parsed);
        }
        self.leave();
        parsed
    }

    /// `":=" expr`, after its left side.
    fn assignment(&mut self, start: u32, target: Node) -> Node {
        let target = target?;
        if !matches!(target.kind, ExprKind::Name(_) | ExprKind::Path { .. }) {
            self.mistakes.add(target.span, "only a name, or a path that ends in a name, can be assigned to");
            return Err(Stop);
        }
        self.advance();
        let value = self.expression()?;
        self.node(start, ExprKind::Assign { target, value })
    }

    /// `or { "order" [ "by" ] or }`
    fn ordered(&mut self) -> Node {
        let start = self.here().start;
        let mut left = self.operators(Level::Or)?;
        while self.take_word(Word::Order) {
            self.take_word(Word::By);
            let key = self.operators(Level::Or)?;
            left = self.node(start, ExprKind::Order { of: left, key })?;
        }
        Ok(left)
    }

    /// Operators that bind at least this tightly.
    pub(super) fn operators(&mut self, least: Level) -> Node {
        let start = self.here().start;
        let mut left = if self.is_word(Word::Not) { self.negation(least)? } else { self.unary()? };
        let mut compared = false;
        while let Some((infix, level)) = self.infix() {
            if level < least {
                break;
            }
            if level == Level::Compare && std::mem::replace(&mut compared, true) {
                return Err(self.chained());
            }
            self.advance();
            let right = self.nested_operators(level.tighter())?;
            left = self.joined(start, infix, left, right)?;
            compared &= level == Level::Compare;
        }
        Ok(left)
    }

    /// Operators as an operand of others.
    pub(super) fn nested_operators(&mut self, least: Level) -> Node {
        self.enter()?;
        let parsed = self.operators(least);
        self.leave();
        parsed
    }

    fn joined(&mut self, start: u32, infix: Infix, left: Box<Expr>, right: Box<Expr>) -> Node {
        let kind = match infix {
            Infix::Or => ExprKind::Or(left, right),
            Infix::And => ExprKind::And(left, right),
            Infix::Binary(operator) => ExprKind::Binary { operator, left, right },
        };
        self.node(start, kind)
    }

    fn chained(&mut self) -> Stop {
        let message = format!("comparisons cannot be chained: found a second one, {}", self.peek().described());
        let notes = vec!["two comparisons are joined by `and`; equality is written `=`".to_owned()];
        self.mistakes.add_noted(self.here(), message, notes);
        Stop
    }

    /// `"not" not`
    fn negation(&mut self, least: Level) -> Node {
        let start = self.here().start;
        if least > Level::Not {
            let notes = vec!["`not` binds loosely: put it in parentheses, `(not …)`".to_owned()];
            self.mistakes.add_noted(self.here(), "expected a value, found `not`", notes);
            return Err(Stop);
        }
        self.advance();
        let of = self.nested_operators(Level::Not)?;
        self.node(start, ExprKind::Not(of))
    }

    /// The operator of two sides that stands here.
    fn infix(&self) -> Option<(Infix, Level)> {
        let binary = |operator, level| Some((Infix::Binary(operator), level));
        match self.peek() {
            Token::Word(Word::Or) => Some((Infix::Or, Level::Or)),
            Token::Word(Word::And) => Some((Infix::And, Level::And)),
            Token::Word(Word::Like) => binary(Operator::Like, Level::Compare),
            Token::Sign(sign) => match sign {
                Sign::Equal => binary(Operator::Equal, Level::Compare),
                Sign::NotEqual => binary(Operator::NotEqual, Level::Compare),
                Sign::Less => binary(Operator::Less, Level::Compare),
                Sign::LessOrEqual => binary(Operator::LessOrEqual, Level::Compare),
                Sign::Greater => binary(Operator::Greater, Level::Compare),
                Sign::GreaterOrEqual => binary(Operator::GreaterOrEqual, Level::Compare),
                Sign::Plus => binary(Operator::Add, Level::Add),
                Sign::Minus => binary(Operator::Subtract, Level::Add),
                Sign::Star => binary(Operator::Multiply, Level::Multiply),
                Sign::Slash => binary(Operator::Divide, Level::Multiply),
                Sign::Percent => binary(Operator::Remainder, Level::Multiply),
                _ => None,
            },
            _ => None,
        }
    }

    /// `"-" unary | postfix`
    pub(super) fn unary(&mut self) -> Node {
        let start = self.here().start;
        if self.take_sign(Sign::Minus) {
            let of = self.nested_unary()?;
            return self.node(start, ExprKind::Negate(of));
        }
        if self.is_word(Word::Not) {
            return self.negation(Level::Operand);
        }
        let mut operand = self.primary()?;
        loop {
            if self.take_sign(Sign::Dot) {
                operand = self.after_point(start, operand)?;
            } else if self.is_sign(Sign::BracketOpen) {
                operand = self.filter(start, operand)?;
            } else {
                return Ok(operand);
            }
        }
    }

    /// An operand of `-` or `delete`.
    pub(super) fn nested_unary(&mut self) -> Node {
        self.enter()?;
        let parsed = self.unary();
        self.leave();
        parsed
    }

    /// `"[" block "]"`
    pub(super) fn filter(&mut self, start: u32, of: Box<Expr>) -> Node {
        let condition = self.bracketed(Sign::BracketClose)?;
        self.node(start, ExprKind::Filter { of, condition })
    }

    /// A block between the sign here and `close`.
    pub(super) fn bracketed(&mut self, close: Sign) -> Parsed<Block> {
        let opened = self.here();
        self.advance();
        let block = self.block();
        self.expect_close(&Token::Sign(close), opened)?;
        Ok(block)
    }

    /// What follows a point: a name, a call, a block, an object, a template.
    fn after_point(&mut self, start: u32, of: Box<Expr>) -> Node {
        let inner = self.here().start;
        let single = |body: Box<Expr>| Block { span: body.span, statements: vec![*body] };
        let body = match self.peek() {
            Token::Sign(Sign::ParenOpen) => self.bracketed(Sign::ParenClose)?,
            Token::Sign(Sign::BraceOpen) => single(self.object()?),
            Token::TemplateStart => single(self.template()?),
            _ => {
                let name = self.member()?;
                if !self.is_sign(Sign::ParenOpen) {
                    return self.node(start, ExprKind::Path { of, name });
                }
                let arguments = self.arguments(Sign::ParenClose)?;
                single(self.node(inner, ExprKind::Call { name, arguments })?)
            }
        };
        self.node(start, ExprKind::Map { of, body })
    }

    /// A name after a point. A keyword can stand for nothing else there, and objects have such keys.
    fn member(&mut self) -> Parsed<Name> {
        if let Token::Word(word) = self.peek() {
            let name = Name { text: word.text().into(), span: self.here() };
            self.advance();
            return Ok(name);
        }
        self.name("a name after the point")
    }
}
