//! What an expression says that a plain test says too: tests are what indexes, their advisor and the order of pages
//! know about. The one place where expressions become tests.

use super::class::{cell, constant_class, is_plain, unify};
use super::{Constant, Expr, Function, Relation};
use crate::field::Slot;
use crate::filter::{Comparison, Filter, MAX_TESTS, Operand, Predicate, Test};
use crate::ids::{ChoiceId, RecordAddress, RecordId, TableId};
use crate::kind::{Class, Kind};
use crate::query::{Query, Sort, Source, Summary};
use crate::schema::Schema;
use crate::table::Table;
use crate::time::{DAY_MS, Day};
use crate::value::Value;
use std::borrow::Cow;

impl Query {
    /// The query with plain tests and operands in the place of expressions that mean the same.
    pub fn simplified(&self, schema: &Schema) -> Cow<'_, Query> {
        let by_expression = |sort: &Sort| matches!(sort.by, Operand::Expr(_));
        let Source::Table(table) = self.source else { return Cow::Borrowed(self) };
        if !self.filter.has_expressions() && !self.sort.iter().any(by_expression) {
            return Cow::Borrowed(self);
        }
        let Ok(table) = schema.table(table) else { return Cow::Borrowed(self) };
        let simple = Simple { schema, table };
        let sort = self.sort.iter().map(|sort| simple.sort(sort)).collect();
        Cow::Owned(Query { filter: simple.filter(&self.filter), sort, ..self.clone() })
    }
}

impl Summary {
    /// The summary with plain tests and operands in the place of expressions that mean the same.
    pub fn simplified(&self, schema: &Schema) -> Cow<'_, Summary> {
        let Source::Table(table) = self.source else { return Cow::Borrowed(self) };
        let operands = self.group.iter().map(|sort| &sort.by).chain(self.measures.iter().map(|m| &m.over));
        if !self.filter.has_expressions() && !operands.into_iter().any(|operand| matches!(operand, Operand::Expr(_))) {
            return Cow::Borrowed(self);
        }
        let Ok(table) = schema.table(table) else { return Cow::Borrowed(self) };
        let simple = Simple { schema, table };
        let mut summary = self.clone();
        summary.filter = simple.filter(&self.filter);
        summary.group = self.group.iter().map(|sort| simple.sort(sort)).collect();
        summary.measures.iter_mut().for_each(|measure| measure.over = simple.operand(&measure.over));
        Cow::Owned(summary)
    }
}

/// Expressions at the records of a table.
struct Simple<'s> {
    schema: &'s Schema,
    table: &'s Table,
}

impl Simple<'_> {
    fn filter(&self, filter: &Filter) -> Filter {
        match filter {
            Filter::And(parts) => Filter::And(parts.iter().map(|part| self.filter(part)).collect()),
            Filter::Or(parts) => Filter::Or(parts.iter().map(|part| self.filter(part)).collect()),
            Filter::Not(part) => self.filter(part).negated(),
            Filter::Test(test) => {
                Filter::Test(Test { operand: self.operand(&test.operand), predicate: test.predicate.clone() })
            }
            // More would be deeper than an engine nests conditions: it prints expressions in another way.
            Filter::Holds(expr) if tests(expr) > MAX_TESTS => filter.clone(),
            Filter::Holds(expr) => self.condition(expr),
        }
    }

    fn sort(&self, sort: &Sort) -> Sort {
        Sort { by: self.operand(&sort.by), ..sort.clone() }
    }

    /// The operand that an expression is, where both compare alike: a field orders options and records by their names,
    /// an expression by their numbers, and an unchecked box is null to one alone.
    fn operand(&self, operand: &Operand) -> Operand {
        let Operand::Expr(expr) = operand else { return operand.clone() };
        let Expr::Cell(inner) = expr.as_ref() else { return operand.clone() };
        let inner = self.operand(inner);
        let alike = match self.cell_class(&inner) {
            Some(
                Class::Number
                | Class::Integer
                | Class::Text
                | Class::Date
                | Class::Instant
                | Class::Time
                | Class::Duration,
            ) => true,
            Some(
                Class::Bool
                | Class::Span
                | Class::Choice
                | Class::Choices
                | Class::Reference
                | Class::References
                | Class::User
                | Class::Users
                | Class::Structure
                | Class::List,
            )
            | None => false,
        };
        if alike { inner } else { operand.clone() }
    }

    /// The class of a cell of the record itself.
    fn cell_class(&self, operand: &Operand) -> Option<Class> {
        if is_plain(operand) { cell(operand, self.schema, self.table).ok().flatten() } else { None }
    }

    fn condition(&self, expr: &Expr) -> Filter {
        let as_it_is = || Filter::Holds(expr.clone());
        match expr {
            Expr::And(parts) => Filter::And(parts.iter().map(|part| self.condition(part)).collect()),
            Expr::Or(parts) => Filter::Or(parts.iter().map(|part| self.condition(part)).collect()),
            Expr::Not(part) => self.condition(part).negated(),
            Expr::Cell(operand) if self.cell_class(operand) == Some(Class::Bool) => {
                test(operand, Predicate::Equals(Value::Bool(true)))
            }
            Expr::Compare { relation, left, right } => match (left.as_ref(), right.as_ref()) {
                (Expr::Constant(_), Expr::Constant(_)) => as_it_is(),
                (Expr::Constant(given), other) => {
                    self.comparison(relation.turned(), other, given).unwrap_or_else(as_it_is)
                }
                (other, Expr::Constant(given)) => self.comparison(*relation, other, given).unwrap_or_else(as_it_is),
                _ => as_it_is(),
            },
            Expr::Call { function: Function::ContainsFolded, arguments } => match arguments.as_slice() {
                [Expr::Cell(operand), Expr::Constant(Constant(Value::Text(needle)))]
                    if !needle.is_empty() && self.cell_class(operand) == Some(Class::Text) =>
                {
                    test(operand, Predicate::Contains(needle.clone()))
                }
                _ => as_it_is(),
            },
            Expr::Constant(_)
            | Expr::Cell(_)
            | Expr::At { .. }
            | Expr::Over { .. }
            | Expr::If { .. }
            | Expr::Calculate { .. }
            | Expr::Call { .. } => as_it_is(),
        }
    }

    /// The test that a comparison with a constant is; none when there is no such test.
    fn comparison(&self, relation: Relation, expr: &Expr, given: &Constant) -> Option<Filter> {
        if relation == Relation::NotEqual {
            return self.comparison(Relation::Equal, expr, given).map(Filter::negated);
        }
        match expr {
            Expr::Cell(operand) => self.cell_comparison(relation, operand, &given.0),
            Expr::Call { function, arguments } => match (function, arguments.as_slice()) {
                (Function::Number, [Expr::Cell(operand)]) if relation == Relation::Equal => {
                    self.number_is(operand, &given.0)
                }
                (Function::Year, [Expr::Cell(operand)]) => self.year(relation, operand, &given.0),
                _ => None,
            },
            _ => None,
        }
    }

    fn cell_comparison(&self, relation: Relation, operand: &Operand, given: &Value) -> Option<Filter> {
        let class = self.cell_class(operand)?;
        let given_class = constant_class(given).ok()?;
        unify(Some(class), given_class).ok()?;
        let comparison = match relation {
            Relation::Equal => {
                return match (class, given) {
                    (Class::Bool, Value::Bool(true)) => Some(test(operand, Predicate::Equals(given.clone()))),
                    // Unchecked is not null.
                    (Class::Bool, _) => None,
                    (_, Value::Null) => Some(test(operand, Predicate::IsEmpty)),
                    (_, given) if given.is_empty() => Some(test(operand, Predicate::IsEmpty)),
                    (_, given) => Some(test(operand, Predicate::Equals(given.clone()))),
                };
            }
            Relation::NotEqual => return None,
            Relation::Less => Comparison::Less,
            Relation::LessOrEqual => Comparison::LessOrEqual,
            Relation::Greater => Comparison::Greater,
            Relation::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let alike = match class {
            Class::Number | Class::Integer | Class::Date | Class::Instant | Class::Time | Class::Duration => {
                !given.is_empty()
            }
            // To a test an empty text is no text, and no less than another.
            Class::Text => !given.is_empty() && matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual),
            Class::Bool
            | Class::Span
            | Class::Choice
            | Class::Choices
            | Class::Reference
            | Class::References
            | Class::User
            | Class::Users
            | Class::Structure
            | Class::List => false,
        };
        alike.then(|| test(operand, Predicate::Compare(comparison, given.clone())))
    }

    /// An option or a record by its number.
    fn number_is(&self, operand: &Operand, given: &Value) -> Option<Filter> {
        let number = match given {
            Value::Null => return self.cell_comparison(Relation::Equal, operand, given),
            Value::Number(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number) => {
                *number as u32
            }
            _ => return None,
        };
        match (self.cell_class(operand)?, operand) {
            (Class::Choice, _) => Some(test(operand, Predicate::Equals(Value::Choice(ChoiceId(number))))),
            (Class::Reference, Operand::Slot(Slot { field, .. })) => {
                let Kind::Reference(kind) = &self.table.field(*field).ok()?.kind else { return None };
                let record =
                    |target: &TableId| Value::Reference(RecordAddress { table: *target, record: RecordId(number) });
                match kind.targets.as_slice() {
                    [target] => Some(test(operand, Predicate::Equals(record(target)))),
                    targets => Some(test(operand, Predicate::OneOf(targets.iter().map(record).collect()))),
                }
            }
            _ => None,
        }
    }

    /// A year of a date is a range of days.
    fn year(&self, relation: Relation, operand: &Operand, given: &Value) -> Option<Filter> {
        let class = self.cell_class(operand)?;
        let Value::Number(year) = given else { return None };
        if year.fract() != 0.0 || year.abs() > 270_000.0 {
            return None;
        }
        let first = |year: i32| {
            let day = Day::from_civil(year, 1, 1)?;
            match class {
                Class::Date => Some(Value::Date(day.0)),
                Class::Instant => Some(Value::Instant(i64::from(day.0) * DAY_MS)),
                _ => None,
            }
        };
        let (begin, end) = (first(*year as i32)?, first(*year as i32 + 1)?);
        let compare = |comparison, value| test(operand, Predicate::Compare(comparison, value));
        Some(match relation {
            Relation::Equal => {
                Filter::And(vec![compare(Comparison::GreaterOrEqual, begin), compare(Comparison::Less, end)])
            }
            Relation::NotEqual => return None,
            Relation::Less => compare(Comparison::Less, begin),
            Relation::LessOrEqual => compare(Comparison::Less, end),
            Relation::Greater => compare(Comparison::GreaterOrEqual, end),
            Relation::GreaterOrEqual => compare(Comparison::GreaterOrEqual, begin),
        })
    }
}

impl Relation {
    /// The relation of the sides the other way round.
    pub fn turned(self) -> Relation {
        match self {
            Relation::Equal | Relation::NotEqual => self,
            Relation::Less => Relation::Greater,
            Relation::LessOrEqual => Relation::GreaterOrEqual,
            Relation::Greater => Relation::Less,
            Relation::GreaterOrEqual => Relation::LessOrEqual,
        }
    }
}

/// How many tests an expression may become.
fn tests(expr: &Expr) -> usize {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().map(tests).sum(),
        Expr::Not(part) => tests(part),
        Expr::Constant(_)
        | Expr::Cell(_)
        | Expr::At { .. }
        | Expr::Over { .. }
        | Expr::If { .. }
        | Expr::Compare { .. }
        | Expr::Calculate { .. }
        | Expr::Call { .. } => 1,
    }
}

fn test(operand: &Operand, predicate: Predicate) -> Filter {
    Filter::Test(Test { operand: operand.clone(), predicate })
}
