//! Expressions: a value worked out from the cells of a record and of the records it is linked with.
//!
//! They are to a query what arithmetic is to a program: a filter may ask whether one holds
//! ([`Filter::Holds`](crate::Filter)), a sort, projection or measure may be over one
//! ([`Operand::Expr`](crate::filter::Operand)). Every engine prints them, [`crate::evaluate`] works them out in memory,
//! and a property test proves that all agree. Each expression has one class, known from the schema alone
//! ([`Expr::class`]); what mixes classes is refused, never guessed.

mod bounds;
mod calls;
mod class;
mod simple;

use crate::filter::Operand;
use crate::ids::{FieldId, TableId};
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// Deepest nesting of an expression.
pub const MAX_DEPTH: usize = 64;
/// Most nodes of one expression.
pub const MAX_NODES: usize = 2_000;

/// A value worked out from a record. Logic is two-valued: what is null, false, the number 0 or `""` is not true, all
/// else is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Expr {
    /// The same for every record: null, a boolean, number, text, date, instant, time, duration, option, record or user,
    /// such as a cell could hold.
    Constant(Constant),
    /// A cell of the record. Lists, appointments, structures and what has no column (lookups, rollups, formulas) are
    /// refused; [`Operand::Through`] is read as [`Expr::At`], of a link into one table.
    Cell(Operand),
    /// The expression at the record that a reference field of this record points at; null when it points at none, or
    /// at one of another table. Not for lookups of links.
    At {
        link: FieldId,
        table: TableId,
        of: Box<Expr>,
    },
    /// A summary of the expression over those records that a reverse or links field of this record holds for which
    /// `only` is true.
    Over {
        link: FieldId,
        table: TableId,
        only: Box<Expr>,
        function: Gather,
        of: Box<Expr>,
    },
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// `then` where `condition` is true, else `otherwise`; both of one class, or one of them the constant null.
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Compare {
        relation: Relation,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Calculate {
        operation: Operation,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Call {
        function: Function,
        arguments: Vec<Expr>,
    },
}

/// A value that can stand in an expression. Two numbers are one constant when they have the same bits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Constant(pub Value);

/// Comparisons. Both sides have one class. Null equals null, and `""` in texts, and nothing else; an order comparison
/// with null is false. Text compares by code points, options by their numbers, records by table and number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Arithmetic of numbers as IEEE doubles; a whole number is one too. One null counts as 0, two give null. What is not
/// finite is null, at each step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    /// By 0 or null: null.
    Divide,
    /// The rest has the sign of the left side; by 0 or null: null.
    Remainder,
}

/// What a summary of linked records tells. Nulls count for [`Gather::Count`] alone; of nothing, counts are 0 and the
/// others null. A sum that is not finite is null, and so is the average of it. Sums agree between engines up to their
/// last digits: SQLite adds as [`crate::sum::Sum`] does, PostgreSQL plainly.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gather {
    /// Records.
    Count,
    /// Records with a value: neither null nor `""`.
    CountFilled,
    /// Of numbers.
    Sum,
    /// Of numbers.
    Average,
    /// Of numbers, dates, instants, times, durations.
    Min,
    Max,
}

/// Functions. A null argument gives null.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `-number`.
    Negate,
    Absolute,
    Floor,
    Ceiling,
    /// -1, 0 or 1.
    Sign,
    /// Characters of a text, a whole number.
    Length,
    /// Whether the first text has the second in it, case counts.
    Contains,
    /// As [`Function::Contains`], after full Unicode case folding of both. The second is a constant, and the first has
    /// no [`Function::Substring`] in it: what is folded is kept beside cells. Unlike other functions, null is here the
    /// empty text.
    ContainsFolded,
    StartsWith,
    EndsWith,
    /// Where the first text has the second, from 0; -1 when nowhere.
    Index,
    /// Of a text, from a place counted from 0, so many characters. Both are constant whole numbers, not negative.
    Substring,
    /// Texts one after the other; unlike in other functions, null is here the empty text.
    Concatenate,
    /// Of a date or instant (UTC): numbers. A weekday counts from Monday, 0; a week is ISO 8601's.
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Weekday,
    /// Of an instant (UTC) or a time: numbers.
    Hour,
    Minute,
    Second,
    /// The day of an instant (UTC).
    DayOf,
    /// The instant at which a date begins (UTC).
    BeginningOf,
    /// Days from the first date to the second, negative backwards.
    DaysBetween,
    /// A date or instant, so many whole days later. The number is cut to a whole one.
    DaysLater,
    /// An instant or time and a duration: the instant or time later by it. A time goes around the clock. An instant
    /// outside the years that we can write is null, as a day of [`Function::DaysLater`] is.
    Later,
    /// Two instants: the duration from the second to the first.
    Elapsed,
    /// A number from a whole one or a number, a boolean (1 or 0), an option (its number) or a record (its number within
    /// its table).
    Number,
}

impl Expr {
    /// A constant.
    pub fn constant(value: Value) -> Expr {
        Expr::Constant(Constant(value))
    }

    /// True of every record.
    pub fn always() -> Expr {
        Expr::constant(Value::Bool(true))
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Constant) -> bool {
        match (&self.0, &other.0) {
            (Value::Number(a), Value::Number(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }
}

impl Eq for Constant {}

impl std::hash::Hash for Constant {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Number(number) => number.to_bits().hash(state),
            Value::Text(text) => text.hash(state),
            value => format!("{value:?}").hash(state),
        }
    }
}
