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
            ("contains", [text, needle]) => self.of_texts(Function::Contains, text, needle, Shape::Bool),
            ("startsWith", [text, needle]) => self.of_texts(Function::StartsWith, text, needle, Shape::Bool),
            ("endsWith", [text, needle]) => self.of_texts(Function::EndsWith, text, needle, Shape::Bool),
            ("index", [text, needle]) => self.of_texts(Function::Index, text, needle, Shape::Number),
            ("length", [text]) => {
                let text = self.low(text).filter(|low| low.shape == Shape::Text)?.expr;
                // Of null it is 0.
                let (condition, length) = (is_null(text.clone()), call(Function::Length, vec![text]));
                let (then, otherwise) = (Box::new(number(0.0)), Box::new(length));
                Some(Low::number(Expr::If { condition: Box::new(condition), then, otherwise }))
            }
            ("substr", [text, start, count]) => {
                let (text, start, count) = (self.low(text)?, self.whole(start)?, self.whole(count)?);
                part(text, start, count)
            }
            ("substring" | "slice", [text, start, end]) => {
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

/// A part of a text, from a place and so many characters.
fn part(text: Low, start: f64, count: f64) -> Option<Low> {
    (text.shape == Shape::Text)
        .then(|| Low::of(call(Function::Substring, vec![text.expr, number(start), number(count)]), Shape::Text))
}
