//! From words to a tree.
//!
//! How tightly operators bind, tight to loose: `* / %`, `+ -`, `< > <= >=`, `= !=`, `&&`, `||`, `&`, as Teable's own
//! grammar has it; `!` and a sign bind tighter than all.

use super::lexer::{self, Sign, Spanned, Token};

/// How deep parts lie within each other.
const MAX_DEPTH: usize = 40;
/// Most parts of an expression.
const MAX_PARTS: usize = 2_000;

/// A part of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    Number(f64),
    Text(String),
    Bool(bool),
    /// A field, by its place among the references.
    Field(usize),
    Call {
        name: String,
        arguments: Vec<Expr>,
    },
    /// Operators that bind alike, from left to right.
    Chain {
        first: Box<Expr>,
        rest: Vec<(Sign, Expr)>,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
}

/// A field as it is named in an expression, and where: the braces included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    pub name: String,
    pub start: usize,
    pub end: usize,
}

/// An expression that was read.
pub struct Parsed {
    pub root: Expr,
    pub references: Vec<Reference>,
}

/// The operators of each level, the loosest first.
const LEVELS: [&[Sign]; 7] = [
    &[Sign::Join],
    &[Sign::Or],
    &[Sign::And],
    &[Sign::Equal, Sign::NotEqual],
    &[Sign::Less, Sign::LessOrEqual, Sign::Greater, Sign::GreaterOrEqual],
    &[Sign::Plus, Sign::Minus],
    &[Sign::Times, Sign::Divide, Sign::Remainder],
];

/// Reads an expression.
pub fn parse(source: &str) -> Result<Parsed, String> {
    let tokens = lexer::lex(source)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, parts: 0, references: Vec::new() };
    let root = parser.chain(0)?;
    match parser.peek() {
        Token::End => Ok(Parsed { root, references: parser.references }),
        _ => Err(parser.unexpected("the end or an operator")),
    }
}

struct Parser<'t> {
    tokens: &'t [Spanned],
    at: usize,
    depth: usize,
    parts: usize,
    references: Vec<Reference>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &'t Token {
        &self.tokens[self.at].token
    }

    /// Takes the word here; the last one stays.
    fn advance(&mut self) -> &'t Spanned {
        let here = &self.tokens[self.at];
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        here
    }

    fn take(&mut self, sign: Sign) -> bool {
        let here = *self.peek() == Token::Sign(sign);
        if here {
            self.advance();
        }
        here
    }

    fn expect(&mut self, sign: Sign) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(sign.text())) }
    }

    fn unexpected(&self, wanted: &str) -> String {
        misplaced(&self.tokens[self.at], wanted)
    }

    fn part(&mut self, expr: Expr) -> Result<Expr, String> {
        self.parts += 1;
        if self.parts > MAX_PARTS { Err(format!("has more than {MAX_PARTS} parts")) } else { Ok(expr) }
    }

    /// What the operators of a level and tighter ones hold together.
    fn chain(&mut self, level: usize) -> Result<Expr, String> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let first = self.chain(level + 1)?;
        let mut rest = Vec::new();
        while let Token::Sign(sign) = self.peek() {
            if !operators.contains(sign) {
                break;
            }
            self.advance();
            rest.push((*sign, self.chain(level + 1)?));
        }
        if rest.is_empty() { Ok(first) } else { self.part(Expr::Chain { first: Box::new(first), rest }) }
    }

    fn unary(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("is nested deeper than {MAX_DEPTH} levels"));
        }
        let expr = match self.peek() {
            Token::Sign(Sign::Not) => {
                self.advance();
                Expr::Not(Box::new(self.unary()?))
            }
            Token::Sign(Sign::Minus) => {
                self.advance();
                Expr::Negate(Box::new(self.unary()?))
            }
            Token::Sign(Sign::Plus) => {
                self.advance();
                self.unary()?
            }
            _ => self.primary()?,
        };
        self.depth -= 1;
        self.part(expr)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        let here = self.advance();
        Ok(match &here.token {
            Token::Number(number) => Expr::Number(*number),
            Token::Text(text) => Expr::Text(text.clone()),
            Token::Field(name) => {
                self.references.push(Reference { name: name.clone(), start: here.start, end: here.end });
                Expr::Field(self.references.len() - 1)
            }
            Token::Word(word) if *self.peek() == Token::Sign(Sign::Open) => {
                self.advance();
                Expr::Call { name: word.to_uppercase(), arguments: self.arguments()? }
            }
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Expr::Bool(true),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Expr::Bool(false),
            Token::Word(word) => {
                return Err(format!("has the word {word}: fields stand in braces, functions have parentheses"));
            }
            Token::Sign(Sign::Open) => {
                let inner = self.chain(0)?;
                self.expect(Sign::Close)?;
                inner
            }
            Token::Sign(_) | Token::End => {
                return Err(misplaced(here, "a value"));
            }
        })
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, String> {
        let mut arguments = Vec::new();
        if self.take(Sign::Close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.chain(0)?);
            if !self.take(Sign::Comma) {
                break;
            }
        }
        self.expect(Sign::Close)?;
        Ok(arguments)
    }
}

/// What was found where something else is wanted.
fn misplaced(here: &Spanned, wanted: &str) -> String {
    let found = match &here.token {
        Token::Number(number) => number.to_string(),
        Token::Text(_) => "a text".to_owned(),
        Token::Field(name) => format!("{{{name}}}"),
        Token::Word(word) => word.clone(),
        Token::Sign(sign) => sign.text().to_owned(),
        Token::End => "its end".to_owned(),
    };
    format!("cannot be read: {wanted} is wanted where there is {found}, after {} bytes", here.start)
}
