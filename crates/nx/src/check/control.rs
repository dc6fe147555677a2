//! `if`, `switch`, loops.

use super::{Checker, node};
use crate::ir::{Kind, Node, Span};
use crate::syntax::ast::{Block, Expr, Name};
use crate::types::Type;

impl Checker<'_, '_> {
    pub(super) fn if_else(&mut self, condition: &Expr, then: &Block, otherwise: Option<&Block>, span: Span) -> Node {
        let condition = self.boxed(condition);
        let then = Box::new(self.block(then));
        let otherwise = otherwise.map(|block| Box::new(self.block(block)));
        let ty = then.ty.clone().join(otherwise.as_ref().map_or(Type::Null, |otherwise| otherwise.ty.clone()));
        node(Kind::If { condition, then, otherwise }, ty, span)
    }

    pub(super) fn switch(
        &mut self,
        subject: &Expr,
        cases: &[(Expr, Block)],
        default: Option<&Block>,
        span: Span,
    ) -> Node {
        let subject = self.boxed(subject);
        let cases: Vec<(Node, Node)> =
            cases.iter().map(|(case, block)| (self.check(case), self.block(block))).collect();
        let default = default.map(|block| Box::new(self.block(block)));
        let last = default.as_ref().map_or(Type::Null, |default| default.ty.clone());
        let ty = cases.iter().fold(last, |ty, (_, value)| ty.join(value.ty.clone()));
        node(Kind::Switch { subject, cases, default }, ty, span)
    }

    /// The body of a loop.
    fn body(&mut self, body: &Block) -> Box<Node> {
        self.frame.loops += 1;
        let body = self.block(body);
        self.frame.loops -= 1;
        Box::new(body)
    }

    pub(super) fn for_each(&mut self, name: &Name, of: &Expr, body: &Block, span: Span) -> Node {
        let of = self.boxed(of);
        self.open_block();
        let place = self.declare(name, of.ty.each());
        let body = self.body(body);
        self.scopes.close();
        let ty = body.ty.clone().array();
        node(Kind::ForEach { place, of, body }, ty, span)
    }

    pub(super) fn for_range(
        &mut self,
        name: &Name,
        (from, to, step): (&Expr, &Expr, Option<&Expr>),
        body: &Block,
        span: Span,
    ) -> Node {
        let (from, to) = (self.boxed(from), self.boxed(to));
        let step = step.map(|step| self.boxed(step));
        self.open_block();
        let place = self.declare(name, Type::Number);
        let body = self.body(body);
        self.scopes.close();
        let ty = body.ty.clone().array();
        node(Kind::ForRange { place, from, to, step, body }, ty, span)
    }

    pub(super) fn while_loop(&mut self, condition: &Expr, body: &Block, span: Span) -> Node {
        let condition = self.boxed(condition);
        let body = self.body(body);
        node(Kind::While { condition, body }, Type::Null, span)
    }

    pub(super) fn break_here(&mut self, span: Span) -> Node {
        if self.frame.loops == 0 {
            return self.mistake(span, "`break` leaves a loop, and here is none", Vec::new());
        }
        node(Kind::Break, Type::Null, span)
    }
}
