//! The class of an expression, from the schema alone. What mixes classes, or reads what no expression can, is refused
//! with the way to the part.

use super::calls;
use super::{Expr, Gather};
use crate::error::{Error, Path, Result, Rule, Step};
use crate::field::Slot;
use crate::filter::{Operand, System};
use crate::ids::{FieldId, TableId};
use crate::kind::{Class, Kind, Storage, shared};
use crate::schema::Schema;
use crate::table::Table;
use crate::value::Value;

impl Expr {
    /// The class of its values at records of a table; none when it is the constant null.
    pub fn class(&self, schema: &Schema, table: TableId) -> Result<Option<Class>> {
        self.check_bounds()?;
        within("expression", of(self, schema, schema.table(table)?))
    }
}

fn of(expr: &Expr, schema: &Schema, table: &Table) -> Result<Option<Class>> {
    let part = |name: &str, part: &Expr| within(name, of(part, schema, table));
    match expr {
        Expr::Constant(constant) => constant_class(&constant.0),
        Expr::Cell(operand) => cell(operand, schema, table),
        Expr::At { link, table: target, of: inner } => {
            let target = referred(schema, table, *link, *target)?;
            within("at", of(inner, schema, target))
        }
        Expr::Over { link, table: target, only, function, of: inner } => {
            let target = gathered(schema, table, *link, *target)?;
            within("only", of(only, schema, target))?;
            within("over", of(inner, schema, target).and_then(|class| of_summary(*function, class)))
        }
        Expr::Not(inner) => part("not", inner).map(|_| Some(Class::Bool)),
        Expr::And(parts) | Expr::Or(parts) => {
            for (i, inner) in parts.iter().enumerate() {
                within_place(i, of(inner, schema, table))?;
            }
            Ok(Some(Class::Bool))
        }
        Expr::If { condition, then, otherwise } => {
            part("condition", condition)?;
            unify(part("then", then)?, part("otherwise", otherwise)?)
        }
        Expr::Compare { left, right, .. } => {
            unify(part("left", left)?, part("right", right)?).map(|_| Some(Class::Bool))
        }
        Expr::Calculate { left, right, .. } => {
            within("left", number(part("left", left)?))?;
            within("right", number(part("right", right)?))?;
            Ok(Some(Class::Number))
        }
        Expr::Call { function, arguments } => {
            let mut classes = Vec::with_capacity(arguments.len());
            for (i, argument) in arguments.iter().enumerate() {
                classes.push(within(&format!("{function:?}"), within_place(i, of(argument, schema, table)))?);
            }
            within(&format!("{function:?}"), calls::class(*function, arguments, &classes))
        }
    }
}

/// The class of a cell that an expression can read.
pub(super) fn cell(operand: &Operand, schema: &Schema, table: &Table) -> Result<Option<Class>> {
    match operand {
        Operand::System(system) => Ok(Some(match system {
            System::Id | System::Seq => Class::Integer,
            System::CreatedAt | System::ModifiedAt => Class::Instant,
            System::CreatedBy | System::ModifiedBy => Class::User,
            System::Parent => Class::Reference,
            System::Rank => Class::Text,
            System::Valid => Class::Bool,
        })),
        Operand::Slot(slot) => {
            let field = table.field(slot.field)?;
            let class = field.kind.class();
            let refused = |why: &str| {
                let at = Path::field(field.id, field.name.clone());
                Err(Error::invalid(at, Rule::Malformed(format!("cannot stand in an expression: {why}"))))
            };
            match (field.kind.storage(), class) {
                (Storage::Derived, _) => refused("it has no column"),
                (Storage::LinkRows, _) | (_, Class::Choices | Class::References | Class::Users | Class::List) => {
                    refused("it is a list")
                }
                (_, Class::Structure) => refused("it is an object"),
                (_, Class::Span) => refused("it is an appointment"),
                (
                    Storage::Column(_) | Storage::System(_),
                    Class::Bool
                    | Class::Number
                    | Class::Integer
                    | Class::Text
                    | Class::Date
                    | Class::Instant
                    | Class::Time
                    | Class::Duration
                    | Class::Choice
                    | Class::Reference
                    | Class::User,
                ) => Ok(Some(class)),
            }
        }
        Operand::Through { link, slot } => {
            let target = only_target(schema, table, *link)?;
            cell(&Operand::Slot(*slot), schema, referred(schema, table, *link, target)?)
        }
        Operand::Title(field) => {
            let field = table.field(*field)?;
            let why = "cannot stand in an expression: titles are a list".to_owned();
            Err(Error::invalid(Path::field(field.id, field.name.clone()), Rule::Malformed(why)))
        }
        Operand::Expr(inner) => of(inner, schema, table),
    }
}

/// The table that a reference field points into, when there is one only.
fn only_target(schema: &Schema, table: &Table, link: FieldId) -> Result<TableId> {
    let field = table.field(link)?;
    let live = |targets: &[TableId]| -> Vec<TableId> {
        targets.iter().copied().filter(|target| schema.table(*target).is_ok()).collect()
    };
    match &field.kind {
        Kind::Reference(kind) => match live(&kind.targets).as_slice() {
            [target] => Ok(*target),
            _ => Err(Error::invalid(Path::field(link, field.name.clone()), Rule::TargetTable)),
        },
        _ => Err(Error::invalid(Path::field(link, field.name.clone()), Rule::Type("a link to one record"))),
    }
}

/// The table at the other side of a reference.
fn referred<'s>(schema: &'s Schema, table: &Table, link: FieldId, target: TableId) -> Result<&'s Table> {
    let field = table.field(link)?;
    let at = || Path::field(link, field.name.clone());
    match &field.kind {
        Kind::Reference(kind) if kind.targets.contains(&target) => schema.table(target).map(|table| table.as_ref()),
        Kind::Reference(_) => Err(Error::invalid(at(), Rule::TargetTable)),
        _ => Err(Error::invalid(at(), Rule::Type("a link to one record"))),
    }
}

/// The table at the other side of a links or reverse field.
fn gathered<'s>(schema: &'s Schema, table: &Table, link: FieldId, target: TableId) -> Result<&'s Table> {
    let field = table.field(link)?;
    let at = || Path::field(link, field.name.clone());
    match &field.kind {
        Kind::Links(kind) if kind.targets.contains(&target) => schema.table(target).map(|table| table.as_ref()),
        Kind::Reverse(kind) if kind.table == target => {
            let partner = schema.table(target)?;
            partner.field(kind.field)?;
            Ok(partner)
        }
        Kind::Links(_) | Kind::Reverse(_) => Err(Error::invalid(at(), Rule::TargetTable)),
        _ => Err(Error::invalid(at(), Rule::Type("a link to several records"))),
    }
}

/// The class of a summary of values of a class.
fn of_summary(function: Gather, class: Option<Class>) -> Result<Option<Class>> {
    match function {
        Gather::Count | Gather::CountFilled => Ok(Some(Class::Integer)),
        Gather::Sum | Gather::Average => number(class).map(|()| Some(Class::Number)),
        Gather::Min | Gather::Max => match class {
            None
            | Some(Class::Number | Class::Integer | Class::Date | Class::Instant | Class::Time | Class::Duration) => {
                Ok(class)
            }
            Some(other) => Err(wrong("a number, date or time", other)),
        },
    }
}

/// The class of a constant.
pub(super) fn constant_class(value: &Value) -> Result<Option<Class>> {
    let refused = |rule| Err(Error::invalid(Path::of("constant"), rule));
    let (class, fits) = match value {
        Value::Null => return Ok(None),
        Value::Bool(_) => (Class::Bool, Ok(())),
        Value::Number(_) => (Class::Number, shared::check_number(value)),
        Value::Text(text) if text.contains('\0') => (Class::Text, shared::check_text(value)),
        Value::Text(_) => (Class::Text, Ok(())),
        Value::Date(_) => (Class::Date, shared::check_date(value)),
        Value::Instant(_) => (Class::Instant, shared::check_instant(value)),
        Value::Time(ms) if (0..crate::time::DAY_MS).contains(ms) => (Class::Time, Ok(())),
        Value::Duration(ms) if ms.unsigned_abs() <= shared::MAX_INTEGER as u64 => (Class::Duration, Ok(())),
        Value::Choice(_) => (Class::Choice, Ok(())),
        Value::Reference(_) => (Class::Reference, Ok(())),
        Value::User(_) => (Class::User, Ok(())),
        Value::Time(_)
        | Value::Duration(_)
        | Value::Span { .. }
        | Value::Choices(_)
        | Value::References(_)
        | Value::Users(_)
        | Value::Structure(_)
        | Value::List(_) => return refused(Rule::Malformed(format!("cannot be {}", value.shape()))),
    };
    match fits {
        Ok(()) => Ok(Some(class)),
        Err(rule) => refused(rule),
    }
}

/// The class of two that are to be one: null is of any, a whole number is a number.
pub(super) fn unify(a: Option<Class>, b: Option<Class>) -> Result<Option<Class>> {
    match (a, b) {
        (None, class) | (class, None) => Ok(class),
        (Some(a), Some(b)) if a == b => Ok(Some(a)),
        (Some(Class::Integer | Class::Number), Some(Class::Integer | Class::Number)) => Ok(Some(Class::Number)),
        (Some(a), Some(b)) => {
            let why = format!("mixes {} with {}", word(a), word(b));
            Err(Error::Invalid(vec![crate::error::Fault::new(Path::default(), Rule::Malformed(why))]))
        }
    }
}

fn number(class: Option<Class>) -> Result<()> {
    match class {
        None | Some(Class::Number | Class::Integer) => Ok(()),
        Some(other) => Err(wrong("a number", other)),
    }
}

/// The refusal of a class where another is asked for.
pub(super) fn wrong(wanted: &str, given: Class) -> Error {
    Error::Invalid(vec![crate::error::Fault::new(
        Path::default(),
        Rule::Malformed(format!("must be {wanted}, not {}", word(given))),
    )])
}

/// The word of a class for messages.
pub(super) fn word(class: Class) -> &'static str {
    match class {
        Class::Bool => "a boolean",
        Class::Number => "a number",
        Class::Integer => "a whole number",
        Class::Text => "text",
        Class::Date => "a date",
        Class::Instant => "a date and time",
        Class::Time => "a time",
        Class::Duration => "a duration",
        Class::Span => "an appointment",
        Class::Choice => "an option",
        Class::Choices => "a list of options",
        Class::Reference => "a record",
        Class::References => "a list of records",
        Class::User => "a user",
        Class::Users => "a list of users",
        Class::Structure => "an object",
        Class::List => "a list",
    }
}

/// The way to the part is told from the outside in.
pub(super) fn within<T>(part: &str, result: Result<T>) -> Result<T> {
    below(Step::Key(part.to_owned()), result)
}

fn within_place<T>(place: usize, result: Result<T>) -> Result<T> {
    below(Step::Index(place), result)
}

fn below<T>(step: Step, result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Invalid(faults) => Error::Invalid(
            faults
                .into_iter()
                .map(|fault| crate::error::Fault { at: fault.at.under(Path(vec![step.clone()])), ..fault })
                .collect(),
        ),
        other => other,
    })
}

/// Whether an operand is a slot of a field without further ado.
pub(super) fn is_plain(operand: &Operand) -> bool {
    match operand {
        Operand::Slot(Slot { .. }) | Operand::System(_) => true,
        Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => false,
    }
}
