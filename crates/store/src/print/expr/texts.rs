//! Functions of texts, and the way to those of numbers and dates.

use super::super::flavor_sql;
use super::super::operand::{Aspect, Printer, Scope};
use super::{Term, joined};
use crate::flavor::{CellType, Flavor};
use model::expr::{Constant, Function};
use model::kind::Class;
use model::{Error, Expr, Result, StoredCell, Value};

/// No text is longer, and no engine takes more.
const LONGEST: f64 = 1_000_000_000.0;

impl Printer<'_> {
    /// A function of values.
    pub(super) fn call(&mut self, scope: &Scope, function: Function, arguments: &[Expr]) -> Result<Term> {
        match function {
            Function::Concatenate => return self.concatenation(scope, arguments),
            Function::Contains | Function::StartsWith | Function::EndsWith | Function::ContainsFolded => {
                let call = Expr::Call { function, arguments: arguments.to_vec() };
                let condition = self.text_condition(scope, &call)?;
                return Ok(self.bool_of(&condition));
            }
            _ => {}
        }
        if let (Function::Substring, [text, start, count]) = (function, arguments) {
            let text = self.value(scope, text)?;
            let (start, count) = (self.place(start, 1.0), self.place(count, 0.0));
            return Ok(match text.class {
                None => self.nothing(Some(Class::Text)),
                Some(_) => Term::of(Class::Text, format!("substr({}, {start}, {count})", text.sql)),
            });
        }
        let terms = arguments.iter().map(|argument| self.value(scope, argument)).collect::<Result<Vec<Term>>>()?;
        match (function, terms.as_slice()) {
            (Function::Length, [text]) => Ok(match text.class {
                None => self.nothing(Some(Class::Integer)),
                Some(_) => whole(self.flavor, format!("length({})", text.sql)),
            }),
            (Function::Index, [text, part]) => Ok(match (text.class, part.class) {
                (Some(_), Some(_)) => {
                    let place = found(self.flavor, &text.sql, &part.sql);
                    whole(self.flavor, format!("({place} - 1)"))
                }
                (_, _) => self.nothing(Some(Class::Integer)),
            }),
            (
                Function::Negate
                | Function::Absolute
                | Function::Floor
                | Function::Ceiling
                | Function::Sign
                | Function::Number,
                [number],
            ) => Ok(self.of_number(function, number.clone())),
            (_, terms) => self.of_time(function, terms),
        }
    }

    /// A condition on texts, null where one of them is.
    pub(super) fn text_condition(&mut self, scope: &Scope, expr: &Expr) -> Result<String> {
        let Expr::Call { function, arguments } = expr else {
            return Err(Error::Internal("a condition on texts that is none".to_owned()));
        };
        let [text, part] = arguments.as_slice() else {
            return Err(Error::Internal("a condition on more than two texts".to_owned()));
        };
        if *function == Function::ContainsFolded {
            return self.with(Aspect::Folded, |printer| printer.contains_constant(scope, text, part));
        }
        let (text, part) = (self.value(scope, text)?, self.value(scope, part)?);
        if text.class.is_none() || part.class.is_none() {
            // A null of the type of a condition.
            return Ok("(NULL = 0)".to_owned());
        }
        let place = found(self.flavor, &text.sql, &part.sql);
        Ok(match function {
            Function::Contains => format!("{place} > 0"),
            // The first place where it is, is the beginning.
            Function::StartsWith => format!("{place} = 1"),
            _ => self.named([&text, &part], |[t, p]| format!("substr({t}, length({t}) - length({p}) + 1) = {p}")),
        })
    }

    /// Whether a text contains a constant, both folded.
    fn contains_constant(&mut self, scope: &Scope, text: &Expr, needle: &Expr) -> Result<String> {
        let needle = match needle {
            Expr::Constant(Constant(Value::Text(needle))) => model::text::fold(needle).into_owned(),
            _ => String::new(),
        };
        let text = self.value(scope, text)?;
        let text = match text.class {
            None => self.constant(&Constant(Value::text(""))).sql,
            Some(_) if text.filled => text.sql,
            Some(_) => format!("coalesce({}, '')", text.sql),
        };
        let needle = self.bind(StoredCell::Text(needle));
        Ok(flavor_sql::contains(self.flavor, &text, &needle))
    }

    fn concatenation(&mut self, scope: &Scope, arguments: &[Expr]) -> Result<Term> {
        let mut parts = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let term = self.value(scope, argument)?;
            match term.class {
                None => {}
                Some(_) if term.filled => parts.push(term.sql),
                Some(_) => parts.push(format!("coalesce({}, '')", term.sql)),
            }
        }
        if parts.is_empty() {
            return Ok(self.constant(&Constant(Value::text(""))));
        }
        Ok(Term { filled: true, ..Term::of(Class::Text, joined(&parts, " || ")) })
    }

    /// A place in a text, or how many characters: a constant, more by `more`.
    fn place(&mut self, expr: &Expr, more: f64) -> String {
        let number = match expr {
            Expr::Constant(Constant(Value::Number(number))) => number.min(LONGEST) + more,
            _ => 0.0,
        };
        let place = self.bound(StoredCell::Integer(number as i64), CellType::Integer);
        match self.flavor {
            Flavor::Sqlite => place,
            Flavor::Postgres => format!("{place}::int"),
        }
    }
}

/// Where a text has another, from 1; 0 when nowhere.
fn found(flavor: Flavor, text: &str, part: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("instr({text}, {part})"),
        Flavor::Postgres => format!("strpos({text}, {part})"),
    }
}

/// A number of characters.
fn whole(flavor: Flavor, sql: String) -> Term {
    let sql = match flavor {
        Flavor::Sqlite => sql,
        Flavor::Postgres => format!("{sql}::bigint"),
    };
    Term { most: 1e10, ..Term::of(Class::Integer, sql) }
}
