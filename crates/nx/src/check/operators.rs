//! Operators and the types of what they give: sections 6.2 to 6.4.

use super::{Checker, constant, node};
use crate::ir::{Kind, Node, Operator, Span};
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::Type;
use crate::value::Value;

impl Checker<'_, '_> {
    /// Operators of two sides. A long chain of them goes down its left sides: that is walked, not recursed into.
    pub(super) fn operators(&mut self, expr: &Expr) -> Node {
        let mut links = Vec::new();
        let mut first = expr;
        while let ExprKind::And(left, _) | ExprKind::Or(left, _) | ExprKind::Binary { left, .. } = &first.kind {
            links.push(first);
            first = left;
        }
        let mut left = self.check(first);
        for link in links.into_iter().rev() {
            left = self.link(link, left);
        }
        left
    }

    fn link(&mut self, expr: &Expr, left: Node) -> Node {
        let left = Box::new(left);
        match &expr.kind {
            ExprKind::And(_, right) => node(Kind::And(left, self.boxed(right)), Type::Bool, expr.span),
            ExprKind::Or(_, right) => node(Kind::Or(left, self.boxed(right)), Type::Bool, expr.span),
            ExprKind::Binary { operator, right, .. } => {
                let (operator, right) = (*operator, self.boxed(right));
                let ty = binary(operator, &left.ty, &right.ty);
                node(Kind::Binary { operator, left, right }, ty, expr.span)
            }
            // The chain is made of the kinds above.
            _ => *left,
        }
    }

    /// `-e`; of a number that is written, the number.
    pub(super) fn negate(&mut self, of: &Expr, span: Span) -> Node {
        let of = self.boxed(of);
        if let Kind::Constant(Value::Number(number)) = of.kind {
            return constant(Value::Number(-number), Type::Number, span);
        }
        let ty = if numeric(&of.ty) || of.ty == Type::Text { Type::Number } else { Type::Any };
        node(Kind::Negate(of), ty, span)
    }
}

/// Whether arithmetic takes it for a number, or for nothing.
fn numeric(ty: &Type) -> bool {
    matches!(ty, Type::Number | Type::Bool | Type::Null)
}

fn binary(operator: Operator, left: &Type, right: &Type) -> Type {
    match operator {
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Like => Type::Bool,
        Operator::Multiply | Operator::Divide | Operator::Remainder => Type::Number,
        Operator::Add => match (left, right) {
            (Type::Text | Type::Choice(..), _) | (_, Type::Text | Type::Choice(..)) => Type::Text,
            (moved, by) | (by, moved) if shifts(moved, by) => moved.clone(),
            (left, right) if numeric(left) && numeric(right) => Type::Number,
            _ => Type::Any,
        },
        Operator::Subtract => match (left, right) {
            (moved, by) if shifts(moved, by) => moved.clone(),
            (Type::Date, Type::Date) => Type::Number,
            (Type::DateTime, Type::DateTime) => Type::Interval,
            (left, right) if subtracts(left) && subtracts(right) => Type::Number,
            _ => Type::Any,
        },
    }
}

/// Whether a moment stays one when this is added: days, or a time interval.
fn shifts(moment: &Type, by: &Type) -> bool {
    match moment {
        Type::Date => *by == Type::Number,
        Type::DateTime => matches!(by, Type::Number | Type::Interval),
        Type::Time => *by == Type::Interval,
        _ => false,
    }
}

/// Whether it becomes a number before something is taken away.
fn subtracts(ty: &Type) -> bool {
    numeric(ty) || *ty == Type::Text
}
