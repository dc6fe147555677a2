//! The classes of functions: what each takes and gives.

use super::class::{within, wrong};
use super::{Expr, Function};
use crate::error::{Error, Fault, Path, Result, Rule};
use crate::filter::Operand;
use crate::kind::Class;
use crate::value::Value;

/// What an argument must be.
#[derive(Clone, Copy)]
enum Want {
    Number,
    Text,
    Date,
    Instant,
    Duration,
    Day,
    Clock,
    Countable,
}

/// What a function gives.
enum Gives {
    This(Class),
    /// The class of its first argument.
    First,
}

/// The class of a call whose arguments have these classes.
pub(super) fn class(function: Function, arguments: &[Expr], classes: &[Option<Class>]) -> Result<Option<Class>> {
    let (wants, gives): (&[Want], Gives) = match function {
        Function::Negate | Function::Absolute | Function::Floor | Function::Ceiling | Function::Sign => {
            (&[Want::Number], Gives::This(Class::Number))
        }
        Function::Length => (&[Want::Text], Gives::This(Class::Integer)),
        Function::Contains | Function::StartsWith | Function::EndsWith | Function::ContainsFolded => {
            (&[Want::Text, Want::Text], Gives::This(Class::Bool))
        }
        Function::Index => (&[Want::Text, Want::Text], Gives::This(Class::Integer)),
        Function::Substring => (&[Want::Text, Want::Number, Want::Number], Gives::This(Class::Text)),
        Function::Concatenate => {
            for (i, class) in classes.iter().enumerate() {
                within(&i.to_string(), Want::Text.check(*class))?;
            }
            return Ok(Some(Class::Text));
        }
        Function::Year | Function::Quarter | Function::Month | Function::Week | Function::Day | Function::Weekday => {
            (&[Want::Day], Gives::This(Class::Integer))
        }
        Function::Hour | Function::Minute | Function::Second => (&[Want::Clock], Gives::This(Class::Integer)),
        Function::DayOf => (&[Want::Instant], Gives::This(Class::Date)),
        Function::BeginningOf => (&[Want::Date], Gives::This(Class::Instant)),
        Function::DaysBetween => (&[Want::Date, Want::Date], Gives::This(Class::Integer)),
        Function::DaysLater => (&[Want::Day, Want::Number], Gives::First),
        Function::Later => (&[Want::Clock, Want::Duration], Gives::First),
        Function::Elapsed => (&[Want::Instant, Want::Instant], Gives::This(Class::Duration)),
        Function::Number => (&[Want::Countable], Gives::This(Class::Number)),
    };
    if wants.len() != classes.len() {
        return Err(fault(format!("must have {} arguments, not {}", wants.len(), classes.len())));
    }
    for (i, (want, class)) in wants.iter().zip(classes).enumerate() {
        within(&i.to_string(), want.check(*class))?;
    }
    match (function, arguments) {
        (Function::Substring, [_, start, count]) => {
            within("1", whole_constant(start))?;
            within("2", whole_constant(count))?;
        }
        (Function::ContainsFolded, [text, needle]) => {
            within("0", foldable(text))?;
            if !matches!(needle, Expr::Constant(_)) {
                return within("1", Err(fault("must be a constant".to_owned())));
            }
        }
        _ => {}
    }
    Ok(match gives {
        Gives::This(class) => Some(class),
        Gives::First => classes.first().copied().flatten(),
    })
}

impl Want {
    fn check(self, class: Option<Class>) -> Result<()> {
        let Some(class) = class else { return Ok(()) };
        let (fits, word) = match self {
            Want::Number => (matches!(class, Class::Number | Class::Integer), "a number"),
            Want::Text => (class == Class::Text, "text"),
            Want::Date => (class == Class::Date, "a date"),
            Want::Instant => (class == Class::Instant, "a date and time"),
            Want::Duration => (class == Class::Duration, "a duration"),
            Want::Day => (matches!(class, Class::Date | Class::Instant), "a date"),
            Want::Clock => (matches!(class, Class::Instant | Class::Time), "a time"),
            Want::Countable => (
                matches!(class, Class::Number | Class::Integer | Class::Bool | Class::Choice | Class::Reference),
                "a number, boolean, option or record",
            ),
        };
        if fits { Ok(()) } else { Err(wrong(word, class)) }
    }
}

/// A place or length that is the same for every record.
fn whole_constant(expr: &Expr) -> Result<()> {
    match expr {
        Expr::Constant(constant) => match constant.0 {
            Value::Number(number) if number >= 0.0 && number.fract() == 0.0 => Ok(()),
            _ => Err(fault("must be a whole number that is not negative".to_owned())),
        },
        _ => Err(fault("must be a constant".to_owned())),
    }
}

/// Whether the folded form of a text is that of its cells: a part of a text may fold otherwise than it does as a part.
fn foldable(text: &Expr) -> Result<()> {
    match text {
        Expr::Call { function: Function::Substring, .. } => {
            Err(fault("must not be a part of a text: only whole cells are kept folded".to_owned()))
        }
        Expr::Call { function: Function::Concatenate, arguments } => arguments.iter().try_for_each(foldable),
        Expr::If { then, otherwise, .. } => foldable(then).and_then(|()| foldable(otherwise)),
        Expr::At { of, .. } => foldable(of),
        Expr::Cell(Operand::Expr(inner)) => foldable(inner),
        Expr::Cell(Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_))
        | Expr::Constant(_)
        | Expr::Over { .. }
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Compare { .. }
        | Expr::Calculate { .. }
        | Expr::Call { .. } => Ok(()),
    }
}

fn fault(why: String) -> Error {
    Error::Invalid(vec![Fault::new(Path::default(), Rule::Malformed(why))])
}
