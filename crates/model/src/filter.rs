//! Filters: which records. Logic is two-valued: a test of an empty cell is false unless it says otherwise, and its
//! negation is true.

use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::field::Slot;
use crate::ids::FieldId;
use crate::time::{Day, Instant, Period, PeriodRelation};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Deepest nesting of a filter.
pub const MAX_DEPTH: usize = 32;
/// Most tests in one filter.
pub const MAX_TESTS: usize = 500;

/// A condition on a record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Filter {
    /// All of these; none means every record.
    And(Vec<Filter>),
    /// One of these; none means no record.
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
    /// The expression is true.
    Holds(Expr),
}

/// One test.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Test {
    pub operand: Operand,
    pub predicate: Predicate,
}

/// What is tested, sorted by or projected.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Operand {
    Slot(Slot),
    System(System),
    /// A value of the record that a reference field of this record points at.
    Through {
        link: FieldId,
        slot: Slot,
    },
    /// The texts of the primary fields of the records that a reference, links or reverse field holds, in its order: a
    /// list of text. Only projected.
    Title(FieldId),
    /// A value worked out. It has no field: options compare by their numbers, records by their addresses, and
    /// [`Predicate::Contains`] looks in text alone.
    #[serde(with = "shared")]
    Expr(Arc<Expr>),
}

/// An expression in its stored form, whoever shares it.
mod shared {
    use super::{Arc, Expr};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(expr: &Arc<Expr>, serializer: S) -> Result<S::Ok, S::Error> {
        expr.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Expr>, D::Error> {
        Expr::deserialize(deserializer).map(Arc::new)
    }
}

impl Operand {
    /// The value of an expression.
    pub fn expr(expr: Expr) -> Operand {
        Operand::Expr(Arc::new(expr))
    }

    /// Refuses an expression that is nested too deep or has too many parts.
    pub fn check_bounds(&self) -> Result<()> {
        match self {
            Operand::Expr(expr) => expr.check_bounds(),
            Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_) => Ok(()),
        }
    }

    /// Whether it reads fields, and not only what every record has.
    pub fn names_fields(&self) -> bool {
        match self {
            Operand::System(_) => false,
            Operand::Slot(_) | Operand::Through { .. } | Operand::Title(_) => true,
            Operand::Expr(expr) => expr.names_fields(),
        }
    }
}

/// What every record has beside its fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// The record's number, also its automatic number.
    Id,
    CreatedAt,
    CreatedBy,
    ModifiedAt,
    ModifiedBy,
    /// The sequence of its last change.
    Seq,
    /// The record above, in a tree.
    Parent,
    /// Its place among siblings.
    Rank,
    /// Whether it satisfies the validators of its table.
    Valid,
}

/// The test itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Predicate {
    /// Null, `""`, false or an empty list.
    IsEmpty,
    /// Equal: text by code points, numbers as doubles, lists in order. Never true of an empty cell.
    Equals(Value),
    /// Compared in the order of the kind; text by code points.
    Compare(Comparison, Value),
    /// One of these. Nothing is one of no values.
    OneOf(Vec<Value>),
    /// Contains the text after full Unicode case folding of both; in a list, one element does.
    Contains(String),
    /// A list that shares an element with these.
    HasAny(Vec<Value>),
    /// A list that has all of these.
    HasAll(Vec<Value>),
    /// A list with exactly these, in any order.
    SameSet(Vec<Value>),
    /// A date or instant in relation to a period, which may be relative to now.
    During(PeriodRelation, Period),
}

/// An order comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter::all()
    }
}

impl Filter {
    /// Every record.
    pub fn all() -> Filter {
        Filter::And(Vec::new())
    }

    /// Whether the filter lets every record through by its form.
    pub fn is_all(&self) -> bool {
        matches!(self, Filter::And(parts) if parts.iter().all(Filter::is_all))
    }

    /// A test of a field that is not localized.
    pub fn field(field: FieldId, predicate: Predicate) -> Filter {
        Filter::Test(Test { operand: Operand::Slot(Slot::plain(field)), predicate })
    }

    /// The opposite.
    pub fn negated(self) -> Filter {
        Filter::Not(Box::new(self))
    }

    /// Both.
    pub fn and(self, other: Filter) -> Filter {
        match (self.is_all(), other.is_all()) {
            (true, _) => other,
            (false, true) => self,
            (false, false) => Filter::And(vec![self, other]),
        }
    }

    /// Refuses a filter that is nested too deep or has too many tests, or expressions that are or have.
    pub fn check_bounds(&self) -> Result<()> {
        self.measure(0, &mut 0, &mut 0)
    }

    /// Whether an expression is in it.
    pub fn has_expressions(&self) -> bool {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().any(Filter::has_expressions),
            Filter::Not(part) => part.has_expressions(),
            Filter::Test(test) => matches!(test.operand, Operand::Expr(_)),
            Filter::Holds(_) => true,
        }
    }

    /// Whether it reads fields, and not only what every record has.
    pub fn names_fields(&self) -> bool {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().any(Filter::names_fields),
            Filter::Not(part) => part.names_fields(),
            Filter::Test(test) => test.operand.names_fields(),
            Filter::Holds(expr) => expr.names_fields(),
        }
    }

    fn measure(&self, depth: usize, tests: &mut usize, nodes: &mut usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::malformed("filter", format!("must not be nested deeper than {MAX_DEPTH} levels")));
        }
        match self {
            Filter::And(parts) | Filter::Or(parts) => {
                return parts.iter().try_for_each(|part| part.measure(depth + 1, tests, nodes));
            }
            Filter::Not(part) => return part.measure(depth + 1, tests, nodes),
            Filter::Test(Test { operand: Operand::Expr(expr), .. }) => expr.count_nodes(nodes)?,
            Filter::Holds(expr) => expr.count_nodes(nodes)?,
            Filter::Test(_) => {}
        }
        *tests += 1;
        if *tests > MAX_TESTS {
            return Err(Error::malformed("filter", format!("must not have more than {MAX_TESTS} conditions")));
        }
        Ok(())
    }

    /// The filter with every period replaced by plain comparisons, at this instant. `is_day` says whether an operand
    /// holds days rather than instants.
    pub fn at(self, now: Instant, is_day: &dyn Fn(&Operand) -> bool) -> Filter {
        match self {
            Filter::And(parts) => Filter::And(parts.into_iter().map(|p| p.at(now, is_day)).collect()),
            Filter::Or(parts) => Filter::Or(parts.into_iter().map(|p| p.at(now, is_day)).collect()),
            Filter::Not(part) => part.at(now, is_day).negated(),
            Filter::Test(Test { operand, predicate: Predicate::During(relation, period) }) => {
                let days = is_day(&operand);
                let range = period.range(now);
                let test = |comparison, instant: Instant, day: Day| {
                    let value = if days { Value::Date(day.0) } else { Value::Instant(instant.0) };
                    Filter::Test(Test { operand: operand.clone(), predicate: Predicate::Compare(comparison, value) })
                };
                let from_start = || test(Comparison::GreaterOrEqual, range.start, range.first);
                let to_end = || test(Comparison::LessOrEqual, range.end, range.last);
                match relation {
                    PeriodRelation::Inside => Filter::And(vec![from_start(), to_end()]),
                    PeriodRelation::Before => test(Comparison::Less, range.start, range.first),
                    PeriodRelation::After => test(Comparison::Greater, range.end, range.last),
                    PeriodRelation::UpToEnd => to_end(),
                    PeriodRelation::FromStart => from_start(),
                }
            }
            Filter::Test(test) => Filter::Test(test),
            Filter::Holds(expr) => Filter::Holds(expr),
        }
    }
}
