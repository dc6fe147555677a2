//! Arithmetic of numbers, and texts put together.

use super::Lower;
use super::shape::{Low, Shape, call};
use crate::ir::{Node, Operator};
use model::expr::{Expr, Function, Operation};

impl<'p> Lower<'_, 'p> {
    pub(super) fn calculate(&mut self, operator: Operator, left: &'p Node, right: &'p Node) -> Option<Low> {
        let (left, right) = (self.low(left)?, self.low(right)?);
        let operation = match operator {
            Operator::Add if left.shape == Shape::Text && right.shape == Shape::Text => return joined(left, right),
            Operator::Add => Operation::Add,
            Operator::Subtract => Operation::Subtract,
            Operator::Multiply => Operation::Multiply,
            Operator::Divide => Operation::Divide,
            Operator::Remainder => Operation::Remainder,
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Like => return None,
        };
        let (left, right) = (Box::new(countable(left)?), Box::new(countable(right)?));
        Some(Low::number(Expr::Calculate { operation, left, right }))
    }

    pub(super) fn negated(&mut self, inner: &'p Node) -> Option<Low> {
        let inner = self.low(inner)?;
        (inner.shape == Shape::Number).then(|| Low::number(call(Function::Negate, vec![inner.expr])))
    }
}

/// Two texts, one of which is surely there: two nulls would make null.
fn joined(left: Low, right: Low) -> Option<Low> {
    if !left.filled && !right.filled {
        return None;
    }
    let mut parts = Vec::new();
    for low in [left, right] {
        match low.expr {
            Expr::Call { function: Function::Concatenate, arguments } => parts.extend(arguments),
            expr => parts.push(expr),
        }
    }
    Some(Low { filled: true, ..Low::of(call(Function::Concatenate, parts), Shape::Text) })
}

/// The number that a value is in arithmetic.
fn countable(low: Low) -> Option<Expr> {
    match low.shape {
        Shape::Number | Shape::Null => Some(low.expr),
        Shape::Bool => Some(call(Function::Number, vec![low.expr])),
        Shape::Text
        | Shape::Date
        | Shape::DateTime
        | Shape::Time
        | Shape::Interval
        | Shape::Choice(_, _)
        | Shape::Record(_)
        | Shape::This(_)
        | Shape::User => None,
    }
}
