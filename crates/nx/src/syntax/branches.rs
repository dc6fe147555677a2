//! Which form each branch of an `if` has, found in one pass over the tokens, before they are parsed.
//!
//! `end` closes an `if`, and older scripts leave it out. The rule: read a branch as a block; if what follows it is `end`
//! or `else`, it is one; otherwise the branch is a single expression, and what was read after it belongs to whoever
//! surrounds the `if`. Since a block ends only at a closing word or sign, a stack of what is open decides it without
//! going back: the innermost open `if` takes an `end` or `else`, and any other closing leaves the open ones without.
//!
//! `else if` may have one `end` for the whole chain or one for each `if`. One for each is tried first; when the `end`s
//! of the script do not come out even that way, one for a chain is.

use super::Span;
use super::token::{Sign, Token, Word};

/// What follows a `then` or `else`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Branch {
    /// Statements, up to `else` or `end`.
    Block,
    /// One expression; the `if` has no `end`.
    Single,
    /// The next `if` of a chain, which has the `end` of both.
    Chain,
}

/// Who closes a chain of `else if`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    PerIf,
    PerChain,
}

/// The form of the branch after each token that is a `then` or `else`.
pub struct Branches(Vec<Branch>);

impl Branches {
    /// The form of the branch after the token with this index.
    pub fn after(&self, token: usize) -> Branch {
        self.0.get(token).copied().unwrap_or(Branch::Block)
    }
}

/// Finds the form of every branch.
pub fn find(tokens: &[(Token, Span)]) -> Branches {
    let run = |ends| {
        let mut pass = Pass::of(tokens, ends);
        (0..tokens.len()).for_each(|at| pass.token(at));
        pass
    };
    let per_if = run(Ends::PerIf);
    if !per_if.even {
        let per_chain = run(Ends::PerChain);
        if per_chain.even {
            return Branches(per_chain.found);
        }
    }
    Branches(per_if.found)
}

/// What a script that breaks off still needs: the closings of what is open at its end, the innermost first.
pub fn closings(tokens: &[(Token, Span)]) -> String {
    let mut pass = Pass::of(tokens, Ends::PerIf);
    (0..tokens.len() - 1).for_each(|at| pass.token(at));
    let closing = |open: &Open| match open {
        Open::Bracket(at) => match &tokens[*at].0 {
            Token::Sign(Sign::ParenOpen) => ")",
            Token::Sign(Sign::BracketOpen) => "]",
            Token::TemplateBlock => "}---",
            _ => "}",
        },
        Open::Head => " do end",
        Open::Do | Open::Then(_) | Open::Else(_) => " end",
        Open::Condition => " then end",
    };
    pass.open.iter().rev().map(closing).collect()
}

/// What is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A bracket, by its token.
    Bracket(usize),
    /// `for`, `while`, `switch`, `function` before their `do`.
    Head,
    /// A `do`.
    Do,
    /// An `if` before its `then`.
    Condition,
    /// An `if` in the branch after this `then`.
    Then(usize),
    /// An `if` in the branch after this `else`.
    Else(usize),
}

struct Pass<'t> {
    tokens: &'t [(Token, Span)],
    ends: Ends,
    open: Vec<Open>,
    found: Vec<Branch>,
    /// How many brackets are open.
    brackets: usize,
    /// Whether each thing was closed by its own.
    even: bool,
}

impl<'t> Pass<'t> {
    fn of(tokens: &'t [(Token, Span)], ends: Ends) -> Pass<'t> {
        let found = vec![Branch::Block; tokens.len()];
        Pass { tokens, ends, open: Vec::new(), found, brackets: 0, even: true }
    }

    fn token(&mut self, at: usize) {
        match &self.tokens[at].0 {
            Token::Word(word) if !self.is_key(at) => self.word(*word, at),
            Token::Sign(Sign::ParenOpen | Sign::BracketOpen | Sign::BraceOpen) | Token::TemplateBlock => {
                self.brackets += 1;
                self.open.push(Open::Bracket(at));
            }
            Token::Sign(Sign::ParenClose | Sign::BracketClose | Sign::BraceClose) | Token::TemplateBlockEnd => {
                self.leave_branches();
                self.close_bracket();
            }
            Token::Sign(Sign::Comma | Sign::Colon) => self.leave_branches(),
            Token::End => {
                self.leave_branches();
                self.even &= self.open.is_empty();
            }
            Token::Word(_)
            | Token::Sign(_)
            | Token::Number(_)
            | Token::Text(_)
            | Token::Name(_)
            | Token::TemplateStart
            | Token::TemplateText(_)
            | Token::TemplateEnd => {}
        }
    }

    /// Whether a keyword stands where it is a name: after a point, or as a key of an object.
    fn is_key(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.tokens[before].0);
        match before {
            Some(Token::Sign(Sign::Dot)) => true,
            Some(Token::Sign(Sign::BraceOpen | Sign::Comma)) => {
                let in_object = self.open.last().is_some_and(|open| match open {
                    Open::Bracket(bracket) => self.tokens[*bracket].0 == Token::Sign(Sign::BraceOpen),
                    Open::Head | Open::Do | Open::Condition | Open::Then(_) | Open::Else(_) => false,
                });
                in_object && self.tokens[at + 1].0 == Token::Sign(Sign::Colon)
            }
            _ => false,
        }
    }

    fn word(&mut self, word: Word, at: usize) {
        match word {
            Word::If => self.open.push(Open::Condition),
            Word::For | Word::While | Word::Switch | Word::Function => self.open.push(Open::Head),
            Word::Then => {
                self.leave_branches();
                if self.open.last() == Some(&Open::Condition) {
                    self.open.pop();
                    self.open.push(Open::Then(at));
                }
            }
            Word::Else => self.other_branch(at),
            Word::Case | Word::Default => self.leave_branches(),
            Word::Do => self.begin_do(at),
            Word::End => match self.open.last() {
                Some(Open::Then(_) | Open::Else(_) | Open::Do) => {
                    self.open.pop();
                }
                Some(Open::Bracket(_) | Open::Head | Open::Condition) | None => self.even = false,
            },
            _ => {}
        }
    }

    /// An `else` belongs to the innermost `if` that has none; those inside it end here.
    fn other_branch(&mut self, at: usize) {
        while let Some(Open::Else(_)) = self.open.last() {
            self.open.pop();
        }
        let Some(Open::Then(_)) = self.open.last() else {
            self.even = false;
            return;
        };
        self.open.pop();
        if self.ends == Ends::PerChain && self.tokens[at + 1].0 == Token::Word(Word::If) {
            self.found[at] = Branch::Chain;
        } else {
            self.open.push(Open::Else(at));
        }
    }

    /// A `do` after an operand ends the head of a loop, switch or function; any other is an expression of its own.
    fn begin_do(&mut self, at: usize) {
        if at > 0 && self.tokens[at - 1].0.ends_operand() {
            self.leave_branches();
            if self.open.last() == Some(&Open::Head) {
                self.open.pop();
            }
        }
        self.open.push(Open::Do);
    }

    /// The open branches are followed by neither `end` nor `else`: they are single expressions.
    fn leave_branches(&mut self) {
        while let Some(Open::Then(at) | Open::Else(at)) = self.open.last() {
            self.found[*at] = Branch::Single;
            self.open.pop();
        }
    }

    /// Closes the innermost bracket, and whatever was left open in it.
    fn close_bracket(&mut self) {
        if self.brackets == 0 {
            self.even = false;
            return;
        }
        while let Some(open) = self.open.pop() {
            if matches!(open, Open::Bracket(_)) {
                self.brackets -= 1;
                return;
            }
            self.even = false;
        }
    }
}
