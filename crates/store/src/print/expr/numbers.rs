//! Numbers: arithmetic as IEEE doubles, where what is not finite is null. SQLite goes on with the infinite, PostgreSQL
//! refuses it and what is too small as well: there an operation is done only where it has a result.

use super::super::operand::{Guard, Printer};
use super::Term;
use crate::flavor::Flavor;
use model::expr::Operation;
use model::kind::Class;

/// A sum with a number below this does not leave the doubles by more than it was outside before.
const HARMLESS: f64 = 1e290;

impl Printer<'_> {
    /// An operation on two doubles. One null counts as 0.
    pub(super) fn calculate(&mut self, operation: Operation, left: Term, right: Term, guard: Guard) -> Term {
        let (most, least) = range(operation, &left, &right);
        let may_leave = match (operation, self.flavor) {
            (Operation::Remainder, _) => false,
            (_, Flavor::Sqlite) => most.is_infinite(),
            (Operation::Add | Operation::Subtract, Flavor::Postgres) => most.is_infinite(),
            (Operation::Multiply | Operation::Divide, Flavor::Postgres) => most.is_infinite() || least == 0.0,
        };
        let is_guarded = may_leave && guard == Guard::Here;
        // What SQLite gives is looked at by who has asked for it.
        if may_leave && guard == Guard::Later && self.flavor == Flavor::Postgres {
            self.risk();
        }
        let filled = match operation {
            Operation::Add | Operation::Subtract | Operation::Multiply => {
                (left.filled || right.filled) && most.is_finite()
            }
            Operation::Divide | Operation::Remainder => false,
        };
        let sql = match (operation, self.flavor) {
            (Operation::Remainder, _) => self.remainder(&left, &right),
            (Operation::Add | Operation::Subtract, Flavor::Postgres) if is_guarded => {
                self.guarded_sum(operation, &left, &right)
            }
            (Operation::Multiply, Flavor::Postgres) if is_guarded => self.product(&left, &right),
            (Operation::Divide, Flavor::Postgres) => {
                let left = Term { sql: filled_up(&left), ..left };
                match is_guarded {
                    true => self.quotient(&left, &right),
                    false => format!("({} / nullif({}, 0))", left.sql, right.sql),
                }
            }
            (operation, _) => {
                let plain = match operation {
                    Operation::Multiply => self.plain_product(&left, &right),
                    // Divided by 0 it is null there.
                    Operation::Divide => format!("({} / {})", filled_up(&left), right.sql),
                    Operation::Add | Operation::Subtract | Operation::Remainder => {
                        self.plain_sum(operation, &left, &right)
                    }
                };
                if is_guarded { finite(&plain, &[&left, &right]) } else { plain }
            }
        };
        let (most, least) = (most.min(f64::MAX), least.max(f64::from_bits(1)));
        Term { filled, most, least, ..Term::of(Class::Number, sql) }
    }

    /// Both sides as doubles, as far as the operation does not make them so: SQLite multiplies and divides a double and
    /// a whole number as doubles.
    pub(super) fn doubles(&mut self, operation: Operation, left: Term, right: Term) -> (Term, Term) {
        let mixes = match operation {
            Operation::Multiply | Operation::Divide => self.flavor == Flavor::Sqlite,
            Operation::Add | Operation::Subtract | Operation::Remainder => false,
        };
        match (left.class, right.class) {
            (Some(Class::Number), Some(Class::Integer)) | (Some(Class::Integer), Some(Class::Number)) if mixes => {
                (left, right)
            }
            (_, _) => (self.double(left), self.double(right)),
        }
    }

    fn plain_product(&mut self, left: &Term, right: &Term) -> String {
        match (left.filled, right.filled) {
            (true, true) => format!("({} * {})", left.sql, right.sql),
            (true, false) => format!("({} * coalesce({}, 0.0))", left.sql, right.sql),
            (false, true) => format!("(coalesce({}, 0.0) * {})", left.sql, right.sql),
            (false, false) => self.named([left, right], |[l, r]| format!("coalesce({l} * {r}, {l} * 0.0, {r} * 0.0)")),
        }
    }

    fn plain_sum(&mut self, operation: Operation, left: &Term, right: &Term) -> String {
        let (sign, negated) = signs(operation);
        match (left.filled, right.filled) {
            (true, _) | (_, true) => format!("({} {sign} {})", filled_up(left), filled_up(right)),
            (false, false) => {
                self.named([left, right], |[l, r]| format!("coalesce({l} {sign} {r}, {l}, {negated}{r})"))
            }
        }
    }

    /// A sum that PostgreSQL works out only where it is a double.
    fn guarded_sum(&mut self, operation: Operation, left: &Term, right: &Term) -> String {
        let (sign, negated) = signs(operation);
        let (down, limit) = (two_to(-10), two_to(1014));
        self.named([left, right], |[l, r]| {
            format!(
                "CASE WHEN {l} IS NULL THEN {negated}{r} WHEN {r} IS NULL THEN {l} \
                 WHEN abs({l}) <= {HARMLESS:e} OR abs({r}) <= {HARMLESS:e} THEN {l} {sign} {r} \
                 WHEN abs({l} * {down} {sign} {r} * {down}) < {limit} THEN {l} {sign} {r} END"
            )
        })
    }
}

/// The sign between two numbers, and that of the second alone.
fn signs(operation: Operation) -> (&'static str, &'static str) {
    if operation == Operation::Subtract { ("-", "-") } else { ("+", "") }
}

/// A number that may be infinite in SQLite, null when it is.
pub(super) fn finite(number: &str, of: &[&Term]) -> String {
    match of.iter().all(|term| term.simple) {
        // To work out something simple once more is quicker than to call a function.
        true if !of.is_empty() => {
            format!("CASE {number} WHEN 9e999 THEN NULL WHEN -9e999 THEN NULL ELSE {number} END")
        }
        true | false => format!("nullif(nullif({number}, 9e999), -9e999)"),
    }
}

/// How far from 0 and how close to it the result of an operation may be.
fn range(operation: Operation, left: &Term, right: &Term) -> (f64, f64) {
    let tiny = f64::from_bits(1);
    match operation {
        Operation::Add | Operation::Subtract => (left.most + right.most, tiny),
        Operation::Multiply => (left.most * right.most, left.least * right.least),
        Operation::Divide => (left.most / right.least, left.least / right.most),
        Operation::Remainder => (left.most, tiny),
    }
}

/// A number, 0 in the place of null.
fn filled_up(term: &Term) -> String {
    if term.filled { term.sql.clone() } else { format!("coalesce({}, 0.0)", term.sql) }
}

/// A power of two as both engines read it, to the last bit.
pub(super) fn two_to(exponent: i32) -> String {
    format!("{:e}", 2f64.powi(exponent))
}

/// What PostgreSQL adds up instead of a number: what is harmless, what is so large that the sum might not be a double,
/// made smaller by [`SMALLER`], and how many there are.
pub fn sums(number: &str) -> [String; 3] {
    let smaller = two_to(-SMALLER);
    [
        format!("sum({number}) FILTER (WHERE abs({number}) <= {HARMLESS:e})"),
        format!("sum({number} * {smaller}) FILTER (WHERE abs({number}) > {HARMLESS:e})"),
        format!("count({number})"),
    ]
}

/// Powers of two.
const SMALLER: i32 = 100;

/// The sum of both parts of [`sums`] in SQL; null when it is no double.
pub(super) fn total(small: &str, large: &str) -> String {
    let (smaller, larger, limit) = (two_to(-SMALLER), two_to(SMALLER), two_to(1024 - SMALLER));
    // What is below 1 is nothing beside what is large.
    let both = format!("({large} + CASE WHEN abs({small}) >= 1 THEN {small} * {smaller} ELSE 0 END)");
    format!("CASE WHEN {large} IS NULL THEN {small} WHEN abs({both}) < {limit} THEN {both} * {larger} END")
}

/// The same here.
pub fn total_of(small: Option<f64>, large: Option<f64>) -> Option<f64> {
    let total = match large {
        None => small.unwrap_or(0.0),
        Some(large) => (large + small.unwrap_or(0.0) * 2f64.powi(-SMALLER)) * 2f64.powi(SMALLER),
    };
    total.is_finite().then_some(total)
}
