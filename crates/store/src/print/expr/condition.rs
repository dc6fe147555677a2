//! Whether an expression is true, as SQL: null counts as false.

use super::super::operand::{Aspect, Printer, Scope};
use super::{Term, counts, joined};
use crate::flavor::{CellType, Flavor};
use model::expr::{Constant, Function, Relation};
use model::filter::Operand;
use model::kind::Class;
use model::{Expr, FieldId, Result, StoredCell, TableId, Value};

impl Printer<'_> {
    /// Whether an expression is true at a record of the scope.
    pub(super) fn condition(&mut self, scope: &Scope, expr: &Expr) -> Result<String> {
        // Only the texts of a search are printed in another aspect, and a condition is none.
        self.with(Aspect::Plain, |printer| printer.plain_condition(scope, expr))
    }

    fn plain_condition(&mut self, scope: &Scope, expr: &Expr) -> Result<String> {
        match expr {
            Expr::Cell(Operand::Expr(inner)) => self.condition(scope, inner),
            Expr::At { link, table, of } => self.is_true_at(scope, *link, *table, of),
            Expr::Over { link, table, only, function, of } if counts(*function) => {
                self.is_there(scope, (*link, *table), only, *function, of)
            }
            Expr::Not(part) => Ok(format!("({}) IS NOT TRUE", self.condition(scope, part)?)),
            Expr::And(parts) => self.junction(scope, parts, (" AND ", "TRUE")),
            Expr::Or(parts) => self.junction(scope, parts, (" OR ", "FALSE")),
            Expr::If { condition, then, otherwise } => {
                let condition = self.condition(scope, condition)?;
                let (then, otherwise) = (self.condition(scope, then)?, self.condition(scope, otherwise)?);
                Ok(format!("CASE WHEN {condition} THEN {then} ELSE {otherwise} END"))
            }
            Expr::Compare { relation, left, right } => self.compares(scope, *relation, left, right),
            Expr::Call {
                function: Function::Contains | Function::StartsWith | Function::EndsWith | Function::ContainsFolded,
                ..
            } => self.text_condition(scope, expr),
            Expr::Constant(_) | Expr::Cell(_) | Expr::Over { .. } | Expr::Calculate { .. } | Expr::Call { .. } => {
                let term = self.value(scope, expr)?;
                Ok(match term.class {
                    None => "FALSE".to_owned(),
                    Some(Class::Bool | Class::Number | Class::Integer) => format!("{} <> 0", term.sql),
                    Some(Class::Text) => format!("{} <> ''", term.sql),
                    Some(_) => format!("{} IS NOT NULL", term.sql),
                })
            }
        }
    }

    fn junction(&mut self, scope: &Scope, parts: &[Expr], (word, of_none): (&str, &str)) -> Result<String> {
        let parts = parts.iter().map(|part| self.condition(scope, part)).collect::<Result<Vec<String>>>()?;
        Ok(if parts.is_empty() { of_none.to_owned() } else { joined(&parts, word) })
    }

    fn compares(&mut self, scope: &Scope, relation: Relation, left: &Expr, right: &Expr) -> Result<String> {
        match (left, right) {
            (Expr::Constant(_), Expr::Constant(_)) => {}
            (Expr::Constant(given), other) => return self.compares_with(scope, relation.turned(), other, given),
            (other, Expr::Constant(given)) => return self.compares_with(scope, relation, other, given),
            _ => {}
        }
        let (left, right) = (self.value(scope, left)?, self.value(scope, right)?);
        Ok(related(relation, &left, &right))
    }

    /// A comparison with a constant.
    fn compares_with(&mut self, scope: &Scope, relation: Relation, expr: &Expr, given: &Constant) -> Result<String> {
        if let (Expr::Over { link, table, only, function, of }, Value::Number(number)) = (expr, &given.0)
            && counts(*function)
            && let Some(found) = decided(relation, *number)
        {
            return Ok(match found {
                Found::Always => "TRUE".to_owned(),
                Found::Never => "FALSE".to_owned(),
                Found::Some => self.is_there(scope, (*link, *table), only, *function, of)?,
                Found::None => format!("NOT {}", self.is_there(scope, (*link, *table), only, *function, of)?),
            });
        }
        if relation == Relation::Equal
            && !given.0.is_empty()
            && let Some((link, table, of)) = linked(scope, self, expr)
        {
            return self.is_equal_at(scope, link, table, &of, given);
        }
        if let (Flavor::Sqlite, Value::Number(number)) = (self.flavor, &given.0)
            && let Some(term) = self.unbounded(scope, expr)?
        {
            return Ok(self.lies(&term, relation, *number));
        }
        let term = self.value(scope, expr)?;
        let is_something = !given.0.is_empty();
        let given = match (term.class, &given.0) {
            // A column of whole numbers is looked up by whole numbers.
            (Some(Class::Integer), Value::Number(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
                let place = self.bind(StoredCell::Integer(*number as i64));
                let sql = match self.flavor {
                    Flavor::Sqlite => place,
                    Flavor::Postgres => format!("{place}::bigint"),
                };
                Term { simple: true, filled: true, ..Term::of(Class::Integer, sql) }
            }
            _ => self.constant(given),
        };
        // Null is equal to the empty text alone.
        if relation == Relation::Equal && term.class == Some(Class::Text) && is_something {
            return Ok(format!("{} = {}", term.sql, given.sql));
        }
        Ok(related(relation, &term, &given))
    }

    /// How a number that may be infinite compares with one that is not, as if it were null then. The engine works it out
    /// once, which a guard would have it do twice.
    fn lies(&mut self, term: &Term, relation: Relation, number: f64) -> String {
        let (least, most) = match relation {
            Relation::Equal | Relation::NotEqual => (number, number),
            Relation::Less => (f64::MIN, number.next_down()),
            Relation::LessOrEqual => (f64::MIN, number),
            Relation::Greater => (number.next_up(), f64::MAX),
            Relation::GreaterOrEqual => (number, f64::MAX),
        };
        let [least, most] = [least, most].map(|bound| self.bound(StoredCell::Real(bound), CellType::Real));
        let between = format!("{} BETWEEN {least} AND {most}", term.sql);
        if relation == Relation::NotEqual { format!("({between}) IS NOT TRUE") } else { between }
    }

    /// A value at a linked record that is equal to a constant: found from its side, by the indexes of both.
    fn is_equal_at(
        &mut self,
        scope: &Scope,
        link: FieldId,
        table: TableId,
        of: &Expr,
        given: &Constant,
    ) -> Result<String> {
        let Some((inner, from, column)) = self.reference(scope, link, table)? else { return Ok("FALSE".to_owned()) };
        let equal = self.compares_with(&inner, Relation::Equal, of, given)?;
        let base = super::super::operand::base(table);
        Ok(format!("{column} IN (SELECT {}.id + {base} FROM {from} WHERE {equal})", inner.name))
    }
}

/// The way of an expression through a reference.
fn linked(scope: &Scope, printer: &Printer<'_>, expr: &Expr) -> Option<(FieldId, TableId, Expr)> {
    match expr {
        Expr::At { link, table, of } => Some((*link, *table, of.as_ref().clone())),
        Expr::Cell(Operand::Through { link, slot }) => {
            let target = printer.only_target(scope, *link).ok()?;
            Some((*link, target, Expr::Cell(Operand::Slot(*slot))))
        }
        Expr::Cell(Operand::Expr(inner)) => linked(scope, printer, inner),
        _ => None,
    }
}

/// A comparison of two values.
fn related(relation: Relation, left: &Term, right: &Term) -> String {
    let (l, r) = (&left.sql, &right.sql);
    let sign = match relation {
        Relation::Equal => return equal(left, right),
        Relation::NotEqual => return format!("({}) IS NOT TRUE", equal(left, right)),
        // Nothing compares with null.
        _ if left.class.is_none() || right.class.is_none() => return "FALSE".to_owned(),
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
    };
    format!("{l} {sign} {r}")
}

fn equal(left: &Term, right: &Term) -> String {
    let (l, r) = (&left.sql, &right.sql);
    let text = |term: &Term| match term.filled {
        true => term.sql.clone(),
        false => format!("coalesce({}, '')", term.sql),
    };
    match (left.class, right.class) {
        (None, None) => "TRUE".to_owned(),
        (Some(Class::Text), None) => format!("{} = ''", text(left)),
        (None, Some(Class::Text)) => format!("{} = ''", text(right)),
        (Some(_), None) => format!("{l} IS NULL"),
        (None, Some(_)) => format!("{r} IS NULL"),
        (Some(Class::Text), Some(_)) => format!("{} = {}", text(left), text(right)),
        // One null alone equals nothing.
        (Some(_), Some(_)) if left.filled || right.filled => format!("{l} = {r}"),
        (Some(_), Some(_)) => format!("{l} IS NOT DISTINCT FROM {r}"),
    }
}

/// What a comparison of a count with a number asks.
enum Found {
    Always,
    Never,
    /// Whether there is one at all.
    Some,
    /// Whether there is none.
    None,
}

/// What a comparison of a count comes down to; none when it must be counted.
fn decided(relation: Relation, number: f64) -> Option<Found> {
    let holds = |count: f64| match relation {
        Relation::Equal => count == number,
        Relation::NotEqual => count != number,
        Relation::Less => count < number,
        Relation::LessOrEqual => count <= number,
        Relation::Greater => count > number,
        Relation::GreaterOrEqual => count >= number,
    };
    // From 1 on all counts compare alike when the number is below them all.
    let alike = match relation {
        Relation::Equal | Relation::NotEqual | Relation::LessOrEqual | Relation::Greater => number < 1.0,
        Relation::Less | Relation::GreaterOrEqual => number <= 1.0,
    };
    alike.then(|| match (holds(0.0), holds(1.0)) {
        (true, true) => Found::Always,
        (false, false) => Found::Never,
        (false, true) => Found::Some,
        (true, false) => Found::None,
    })
}
