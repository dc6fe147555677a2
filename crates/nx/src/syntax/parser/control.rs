//! `if`, `switch` and the loops.

use super::{Block, ExprKind, Node, Parsed, Parser, Sign, Token, Word};
use crate::syntax::branches::Branch;

impl Parser<'_, '_> {
    /// `"if" expr "then" branch [ "else" branch ] [ "end" ]`
    pub(super) fn if_else(&mut self) -> Node {
        let opened = self.here();
        self.advance();
        let condition = self.expression()?;
        if !self.is_word(Word::Then) {
            return Err(self.unexpected("`then`"));
        }
        let (then, mut form) = self.branch()?;
        let mut otherwise = None;
        if self.is_word(Word::Else) {
            let (block, last) = self.branch()?;
            (otherwise, form) = (Some(block), last);
        }
        match form {
            // A block that is followed by the `else` of another `if` has no `end`.
            Branch::Block if self.is_word(Word::Else) => {}
            Branch::Block => self.expect_close(&Token::Word(Word::End), opened)?,
            Branch::Single | Branch::Chain => {}
        }
        self.node(opened.start, ExprKind::If { condition, then, otherwise })
    }

    /// What follows the `then` or `else` here.
    fn branch(&mut self) -> Parsed<(Block, Branch)> {
        let form = self.branches.after(self.at);
        self.advance();
        let block = match form {
            Branch::Block => self.block(),
            Branch::Single | Branch::Chain => {
                let start = self.here().start;
                let statement = if self.is_word(Word::Break) { self.break_here()? } else { self.expression()? };
                Block { statements: vec![*statement], span: self.since(start) }
            }
        };
        Ok((block, form))
    }

    /// `"switch" expr "do" { "case" expr ":" block } [ "default" ":" block ] "end"`
    pub(super) fn switch(&mut self) -> Node {
        let opened = self.here();
        self.advance();
        let subject = self.expression()?;
        self.expect_word(Word::Do)?;
        let mut cases = Vec::new();
        while self.take_word(Word::Case) {
            let case = self.expression()?;
            self.expect_sign(Sign::Colon)?;
            cases.push((*case, self.block()));
        }
        let mut default = None;
        if self.take_word(Word::Default) {
            self.expect_sign(Sign::Colon)?;
            default = Some(self.block());
        }
        self.expect_close(&Token::Word(Word::End), opened)?;
        self.node(opened.start, ExprKind::Switch { subject, cases, default })
    }

    /// `"for" name ( "in" expr | "from" expr "to" expr [ "step" expr ] ) "do" block "end"`
    pub(super) fn for_loop(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        let name = self.name("the name of a variable")?;
        if self.take_word(Word::In) {
            let of = self.expression()?;
            let body = self.do_block()?;
            return self.node(start, ExprKind::ForEach { name, of, body });
        }
        if !self.take_word(Word::From) {
            return Err(self.unexpected("`in` or `from`"));
        }
        let from = self.expression()?;
        self.expect_word(Word::To)?;
        let to = self.expression()?;
        let step = if self.take_word(Word::Step) { Some(self.expression()?) } else { None };
        let body = self.do_block()?;
        self.node(start, ExprKind::ForRange { name, from, to, step, body })
    }

    /// `"while" expr "do" block "end"`
    pub(super) fn while_loop(&mut self) -> Node {
        let start = self.here().start;
        self.advance();
        let condition = self.expression()?;
        let body = self.do_block()?;
        self.node(start, ExprKind::While { condition, body })
    }

    /// `"do" [ "as" name ] block "end"`: where it would run elsewhere makes no difference here.
    pub(super) fn do_as(&mut self) -> Node {
        let opened = self.here();
        self.advance();
        let mut r#as = None;
        if self.take_word(Word::As) {
            let name = self.name("`server`, `transaction`, `deferred` or `database`")?;
            if !["server", "transaction", "deferred", "database"].contains(&&*name.text) {
                let notes = vec!["known are `server`, `transaction`, `deferred` and `database`".to_owned()];
                let message = format!("{} is not a way to run a block", crate::diagnostic::quoted(&name.text));
                self.mistakes.add_noted(name.span, message, notes);
            }
            r#as = Some(name);
        }
        let body = self.block();
        self.expect_close(&Token::Word(Word::End), opened)?;
        self.node(opened.start, ExprKind::Do { r#as, body })
    }
}
