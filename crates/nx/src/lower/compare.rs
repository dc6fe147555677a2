//! Comparisons and `like`, where both sides are of types whose comparison is the same in the store and in the language.

use super::Lower;
use super::field::{captioned, field_options};
use super::shape::{Low, Shape, call, is_null, number, option};
use crate::ir::{Kind, Node, Operator};
use crate::value::Value;
use model::expr::{Expr, Function, Relation};
use model::{ChoiceId, text};

impl<'p> Lower<'_, 'p> {
    pub(super) fn binary(&mut self, operator: Operator, left: &'p Node, right: &'p Node) -> Option<Low> {
        let relation = match operator {
            Operator::Equal => Relation::Equal,
            Operator::NotEqual => Relation::NotEqual,
            Operator::Less => Relation::Less,
            Operator::LessOrEqual => Relation::LessOrEqual,
            Operator::Greater => Relation::Greater,
            Operator::GreaterOrEqual => Relation::GreaterOrEqual,
            Operator::Like => {
                let (left, right) = (self.low(left)?, self.low(right)?);
                return self.like(left, &right);
            }
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                return self.calculate(operator, left, right);
            }
        };
        if let Some(low) = self.caption(relation, left, right).or_else(|| self.caption(relation, right, left)) {
            return Some(low);
        }
        let (left, right) = (self.low(left)?, self.low(right)?);
        match relation {
            Relation::Equal => self.equal(left, right).map(Low::truth),
            Relation::NotEqual => self.equal(left, right).map(|equal| Low::truth(Expr::Not(Box::new(equal)))),
            Relation::Less | Relation::LessOrEqual | Relation::Greater | Relation::GreaterOrEqual => {
                self.ordered(relation, left, right)
            }
        }
    }

    fn equal(&self, left: Low, right: Low) -> Option<Expr> {
        let never = || Some(Expr::constant(model::Value::Bool(false)));
        let empty = |low: &Low| matches!(low.shape, Shape::Null) || low.constant_text() == Some("");
        // Null equals null and "", whatever the type of the cell.
        match (empty(&left), empty(&right)) {
            (true, true) => return Some(Expr::always()),
            (true, false) if right.filled => {
                return if right.shape == Shape::Text { same(left, right) } else { never() };
            }
            (false, true) if left.filled => return if left.shape == Shape::Text { same(left, right) } else { never() },
            (true, false) => return Some(is_null(right.expr)),
            (false, true) => return Some(is_null(left.expr)),
            (false, false) => {}
        }
        match (&left.shape, &right.shape) {
            (Shape::Choice(table, field), Shape::Text) => {
                Some(any_option(left.expr, &captioned(self.schema, *table, *field, right.constant_text()?)?))
            }
            (Shape::Text, Shape::Choice(_, _)) => self.equal(right, left),
            (Shape::Choice(_, _), Shape::Number) => same(Low::number(call(Function::Number, vec![left.expr])), right),
            (Shape::Number, Shape::Choice(_, _)) => self.equal(right, left),
            (Shape::Record(_), Shape::Number) => same(Low::number(call(Function::Number, vec![left.expr])), right),
            (Shape::Number, Shape::Record(_)) => self.equal(right, left),
            (Shape::This(_), Shape::Number) | (Shape::Number, Shape::This(_)) => same(left, right),
            (Shape::This(table), Shape::Record(other)) => match right.constant_record() {
                Some(record) if record.table == *table => same(left, Low::number(number(f64::from(record.record.0)))),
                Some(_) => never(),
                None if table == other => same(left, Low::number(call(Function::Number, vec![right.expr]))),
                None => never(),
            },
            (Shape::Record(_), Shape::This(_)) => self.equal(right, left),
            (Shape::This(table), Shape::This(other)) if table == other => same(left, right),
            // One of them is a constant and not null: records of two tables are two.
            (Shape::Record(a), Shape::Record(b)) if a != b && (left.filled || right.filled) => never(),
            (Shape::Date, Shape::DateTime) | (Shape::DateTime, Shape::Date) => same(beginning(left), beginning(right)),
            // Options compare by their ids alone.
            (Shape::Choice(_, _), Shape::Choice(_, _)) => same(left, right),
            (a, b) if a == b => same(left, right),
            _ => None,
        }
    }

    fn ordered(&self, relation: Relation, left: Low, right: Low) -> Option<Low> {
        match (&left.shape, &right.shape) {
            (Shape::Null, _) | (_, Shape::Null) => Some(Low::always(false)),
            (Shape::Date, Shape::DateTime) | (Shape::DateTime, Shape::Date) => {
                Some(Low::compare(relation, beginning(left).expr, beginning(right).expr))
            }
            (Shape::Number | Shape::Text | Shape::Date | Shape::DateTime | Shape::Time | Shape::Interval, other)
                if left.shape == *other =>
            {
                Some(Low::compare(relation, left.expr, right.expr))
            }
            (Shape::Choice(_, _), Shape::Choice(_, _) | Shape::Number) | (Shape::Number, Shape::Choice(_, _)) => {
                Some(Low::compare(relation, by_number(left), by_number(right)))
            }
            _ => None,
        }
    }

    /// `text(Choice) = "Caption"`.
    fn caption(&mut self, relation: Relation, left: &'p Node, right: &'p Node) -> Option<Low> {
        let Kind::Call { builtin, arguments } = &left.kind else { return None };
        let ("text" | "string", [of]) = (builtin.name, arguments.as_slice()) else { return None };
        let of = if self.is_outer(of) { None } else { self.low(of) }?;
        let Shape::Choice(table, field) = &of.shape else { return None };
        let right = if self.is_outer(right) { self.low(right) } else { None }?;
        let text = right.constant_text().filter(|text| !text.is_empty())?;
        let any = any_option(of.expr.clone(), &captioned(self.schema, *table, *field, text)?);
        match relation {
            Relation::Equal => Some(Low::truth(any)),
            Relation::NotEqual => Some(Low::truth(Expr::Not(Box::new(any)))),
            Relation::Less | Relation::LessOrEqual | Relation::Greater | Relation::GreaterOrEqual => None,
        }
    }

    fn like(&self, left: Low, right: &Low) -> Option<Low> {
        let needle = match &right.value {
            Some(Value::Text(needle)) => needle,
            _ => return None,
        };
        if needle.is_empty() {
            return Some(Low::always(true));
        }
        match &left.shape {
            Shape::Text => {
                let needle = Expr::constant(model::Value::text(needle.as_ref()));
                Some(Low::truth(call(Function::ContainsFolded, vec![left.expr, needle])))
            }
            Shape::Choice(table, field) => {
                let field = self.schema.table(*table).ok()?.field(*field).ok()?;
                let folded = text::fold(needle);
                let found = field_options(field)?.iter().filter(|o| text::contains_folded(&o.name, &folded));
                let ids: Vec<ChoiceId> = found.map(|option| option.id).collect();
                Some(Low::truth(any_option(left.expr, &ids)))
            }
            Shape::Null
            | Shape::Bool
            | Shape::Number
            | Shape::Date
            | Shape::DateTime
            | Shape::Time
            | Shape::Interval
            | Shape::Record(_)
            | Shape::This(_)
            | Shape::User => None,
        }
    }
}

fn same(left: Low, right: Low) -> Option<Expr> {
    Some(Low::compare(Relation::Equal, left.expr, right.expr).expr)
}

/// A date as the instant at which it begins.
fn beginning(low: Low) -> Low {
    match (&low.shape, &low.value) {
        (Shape::Date, Some(Value::Date(day))) => {
            let instant = i64::from(*day) * model::time::DAY_MS;
            Low::constant(Value::DateTime(instant)).unwrap_or(low)
        }
        (Shape::Date, _) => Low::of(call(Function::BeginningOf, vec![low.expr]), Shape::DateTime),
        _ => low,
    }
}

/// An option as its number.
fn by_number(low: Low) -> Expr {
    match low.shape {
        Shape::Choice(_, _) => call(Function::Number, vec![low.expr]),
        _ => low.expr,
    }
}

/// Whether an option is one of these.
fn any_option(expr: Expr, ids: &[ChoiceId]) -> Expr {
    let is = |id: &ChoiceId| Expr::Compare {
        relation: Relation::Equal,
        left: Box::new(expr.clone()),
        right: Box::new(option(*id)),
    };
    match ids {
        [] => Expr::constant(model::Value::Bool(false)),
        [id] => is(id),
        ids => Expr::Or(ids.iter().map(is).collect()),
    }
}
