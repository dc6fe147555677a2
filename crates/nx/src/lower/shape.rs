//! Lowered expressions, and of what type their values are when they are not null.

use crate::value::Value;
use model::expr::{Expr, Relation};
use model::filter::System;
use model::{ChoiceId, FieldId, RecordAddress, TableId};

/// The type of the values of an expression, exactly: each is of it or null.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Null,
    Bool,
    Number,
    Text,
    Date,
    DateTime,
    Time,
    Interval,
    /// Options of this field.
    Choice(TableId, FieldId),
    /// A record of this table; a constant may be of any.
    Record(TableId),
    /// The record itself, which is of this table: as a number in the store. Never null.
    This(TableId),
    User,
}

/// A lowered expression.
#[derive(Clone, Debug)]
pub(crate) struct Low {
    pub expr: Expr,
    pub shape: Shape,
    /// Its value, when it is a constant.
    pub value: Option<Value>,
    /// Whether it is never null.
    pub filled: bool,
}

impl Low {
    /// A value that is the same for every record; none when the store has no such.
    pub fn constant(value: Value) -> Option<Low> {
        let (shape, constant) = match &value {
            Value::Null => (Shape::Null, model::Value::Null),
            Value::Bool(truth) => (Shape::Bool, model::Value::Bool(*truth)),
            Value::Number(number) => (Shape::Number, model::Value::Number(*number)),
            Value::Text(text) => (Shape::Text, model::Value::text(text.as_ref())),
            Value::Date(day) => (Shape::Date, model::Value::Date(*day)),
            Value::DateTime(ms) => (Shape::DateTime, model::Value::Instant(*ms)),
            Value::Time(ms) => (Shape::Time, model::Value::Time(*ms)),
            Value::Interval(ms) => (Shape::Interval, model::Value::Duration(*ms)),
            Value::Choice(choice) => (Shape::Choice(choice.table, choice.field), model::Value::Choice(choice.id)),
            Value::Record(record) => (Shape::Record(record.table), model::Value::Reference(*record)),
            Value::User(user) => (Shape::User, model::Value::User(*user)),
            Value::Appointment { .. } | Value::Multi(_) | Value::Array(_) | Value::Object(_) | Value::Table(_) => {
                return None;
            }
        };
        let filled = shape != Shape::Null;
        Some(Low { expr: Expr::constant(constant), shape, value: Some(value), filled })
    }

    /// The record of the context.
    pub fn this(table: TableId) -> Low {
        Low { filled: true, ..Low::of(super::system(System::Id), Shape::This(table)) }
    }

    pub fn of(expr: Expr, shape: Shape) -> Low {
        Low { expr, shape, value: None, filled: false }
    }

    pub fn truth(expr: Expr) -> Low {
        Low::of(expr, Shape::Bool)
    }

    pub fn number(expr: Expr) -> Low {
        Low::of(expr, Shape::Number)
    }

    /// A comparison.
    pub fn compare(relation: Relation, left: Expr, right: Expr) -> Low {
        Low::truth(Expr::Compare { relation, left: Box::new(left), right: Box::new(right) })
    }

    /// Always this.
    pub fn always(truth: bool) -> Low {
        Low::truth(Expr::constant(model::Value::Bool(truth)))
    }

    /// As a condition.
    pub fn truthy(self) -> Expr {
        // Both take null, false, 0 and "" for not true, and everything else for true.
        self.expr
    }

    /// The constant text that it is.
    pub fn constant_text(&self) -> Option<&str> {
        match &self.value {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The constant number that it is.
    pub fn constant_number(&self) -> Option<f64> {
        match &self.value {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The constant record that it is.
    pub fn constant_record(&self) -> Option<RecordAddress> {
        match &self.value {
            Some(Value::Record(record)) => Some(*record),
            _ => None,
        }
    }
}

/// A constant number.
pub(super) fn number(number: f64) -> Expr {
    Expr::constant(model::Value::Number(number))
}

/// A constant option.
pub(super) fn option(id: ChoiceId) -> Expr {
    Expr::constant(model::Value::Choice(id))
}

/// The constant null.
pub(super) fn null() -> Expr {
    Expr::constant(model::Value::Null)
}

/// Whether it has no value.
pub(super) fn is_null(expr: Expr) -> Expr {
    Expr::Compare { relation: Relation::Equal, left: Box::new(expr), right: Box::new(null()) }
}

/// A call of a function of the store.
pub(super) fn call(function: model::expr::Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call { function, arguments }
}
