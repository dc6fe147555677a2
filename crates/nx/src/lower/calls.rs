//! Functions that the store has too.

use super::Lower;
use super::shape::{Low, Shape, call, is_null, number};
use crate::ir::Node;
use model::expr::{Expr, Function, Operation};

impl<'p> Lower<'_, 'p> {
    pub(super) fn call(&mut self, name: &str, arguments: &'p [Node]) -> Option<Low> {
        if let Some(low) = self.gathered(name, arguments) {
            return Some(low);
        }
        match (name, arguments) {
            ("contains", [text, needle]) => {
                // Null contains nothing.
                let (text, contains) = self.sought(Function::Contains, text, needle)?;
                let filled = Expr::Not(Box::new(is_null(text)));
                Some(Low { filled: true, ..Low::truth(Expr::And(vec![filled, contains])) })
            }
            ("startsWith", [text, needle]) => self.of_texts(Function::StartsWith, text, needle, Shape::Bool),
            ("endsWith", [text, needle]) => self.of_texts(Function::EndsWith, text, needle, Shape::Bool),
            ("index", [text, needle]) => {
                let (text, index) = self.sought(Function::Index, text, needle)?;
                Some(unless_null(text, -1.0, index))
            }
            ("length", [text]) => {
                let text = self.low(text).filter(|low| low.shape == Shape::Text)?.expr;
                let length = call(Function::Length, vec![text.clone()]);
                Some(unless_null(text, 0.0, length))
            }
            ("substr", [text, start, count]) => {
                let (text, start, count) = (self.low(text)?, self.whole(start)?, self.whole(count)?);
                part(text, start, count)
            }
            ("substring", [text, start, end]) => {
                // Its ends may be the wrong way round.
                let (text, start, end) = (self.low(text)?, self.whole(start)?, self.whole(end)?);
                part(text, start.min(end), (end - start).abs())
            }
            ("slice", [text, start, end]) => {
                let (text, start, end) = (self.low(text)?, self.whole(start)?, self.whole(end)?);
                part(text, start, (end - start).max(0.0))
            }
            ("abs", [of]) => self.of_number(Function::Absolute, of),
            ("floor", [of]) => self.of_number(Function::Floor, of),
            ("ceil", [of]) => self.of_number(Function::Ceiling, of),
            ("sign", [of]) => self.of_number(Function::Sign, of),
            ("sqr", [of]) => {
                let of = Box::new(self.low(of).filter(|low| low.shape == Shape::Number)?.expr);
                Some(Low::number(Expr::Calculate { operation: Operation::Multiply, left: of.clone(), right: of }))
            }
            ("year", [of]) => self.of_day(Function::Year, of),
            ("quarter", [of]) => self.of_day(Function::Quarter, of),
            ("month", [of]) => self.of_day(Function::Month, of),
            ("week", [of]) => self.of_day(Function::Week, of),
            ("day", [of]) => self.of_day(Function::Day, of),
            ("weekday", [of]) => self.of_day(Function::Weekday, of),
            ("hour", [of]) => self.of_clock(Function::Hour, of),
            ("minute", [of]) => self.of_clock(Function::Minute, of),
            ("second", [of]) => self.of_clock(Function::Second, of),
            ("date", [of]) => {
                let of = self.low(of).filter(|low| low.shape == Shape::DateTime)?;
                Some(Low::of(call(Function::DayOf, vec![of.expr]), Shape::Date))
            }
            ("days", [from, to]) => {
                let (from, to) = (self.low(from)?, self.low(to)?);
                let days = from.shape == Shape::Date && to.shape == Shape::Date;
                days.then(|| Low::number(call(Function::DaysBetween, vec![from.expr, to.expr])))
            }
            ("number", [of]) => {
                let of = self.low(of)?;
                match of.shape {
                    Shape::Number | Shape::This(_) => Some(Low::number(of.expr)),
                    Shape::Bool | Shape::Choice(_, _) | Shape::Record(_) => {
                        Some(Low::number(call(Function::Number, vec![of.expr])))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn of_texts(&mut self, function: Function, text: &'p Node, needle: &'p Node, shape: Shape) -> Option<Low> {
        let (text, needle) = (self.low(text)?, self.low(needle)?);
        let texts = text.shape == Shape::Text && needle.shape == Shape::Text;
        texts.then(|| Low::of(call(function, vec![text.expr, needle.expr]), shape))
    }

    /// A text and a function of it and a constant part that is not empty: these are sure to be found or not.
    fn sought(&mut self, function: Function, text: &'p Node, part: &'p Node) -> Option<(Expr, Expr)> {
        let (text, part) = (self.low(text)?, self.low(part)?);
        let sure = text.shape == Shape::Text && part.constant_text().is_some_and(|part| !part.is_empty());
        sure.then(|| (text.expr.clone(), call(function, vec![text.expr, part.expr])))
    }

    fn of_number(&mut self, function: Function, of: &'p Node) -> Option<Low> {
        let of = self.low(of).filter(|low| low.shape == Shape::Number)?;
        Some(Low::number(call(function, vec![of.expr])))
    }

    fn of_day(&mut self, function: Function, of: &'p Node) -> Option<Low> {
        let of = self.low(of).filter(|low| matches!(low.shape, Shape::Date | Shape::DateTime))?;
        Some(Low::number(call(function, vec![of.expr])))
    }

    fn of_clock(&mut self, function: Function, of: &'p Node) -> Option<Low> {
        let of = self.low(of).filter(|low| matches!(low.shape, Shape::DateTime | Shape::Time))?;
        Some(Low::number(call(function, vec![of.expr])))
    }

    /// A constant that is a place or length.
    fn whole(&mut self, node: &'p Node) -> Option<f64> {
        let given = self.low(node)?.constant_number()?;
        (given >= 0.0 && given.fract() == 0.0 && given <= f64::from(u32::MAX)).then_some(given)
    }
}

/// A number of a text, where null and the empty text have the same.
fn unless_null(text: Expr, of_null: f64, of_text: Expr) -> Low {
    let (then, otherwise) = (Box::new(number(of_null)), Box::new(of_text));
    Low { filled: true, ..Low::number(Expr::If { condition: Box::new(is_null(text)), then, otherwise }) }
}

/// A part of a text, from a place and so many characters.
fn part(text: Low, start: f64, count: f64) -> Option<Low> {
    (text.shape == Shape::Text)
        .then(|| Low::of(call(Function::Substring, vec![text.expr, number(start), number(count)]), Shape::Text))
}
