//! Functions of expressions.

use super::finite;
use crate::expr::Function;
use crate::text;
use crate::time::{DAY_MS, Day, Instant};
use crate::value::Value;

/// What a function gives for these arguments.
pub fn call(function: Function, arguments: &[Value]) -> Value {
    // To these two null is the empty text.
    match function {
        Function::Concatenate => return Value::Text(arguments.iter().map(shown).collect()),
        Function::ContainsFolded => {
            return match arguments {
                [within, needle] => Value::Bool(text::contains_folded(shown(within), &text::fold(shown(needle)))),
                _ => Value::Null,
            };
        }
        _ => {}
    }
    if arguments.contains(&Value::Null) {
        return Value::Null;
    }
    match arguments {
        [one] => of_one(function, one),
        [one, other] => of_two(function, one, other),
        [Value::Text(text), Value::Number(start), Value::Number(count)] if function == Function::Substring => {
            Value::Text(text.chars().skip(*start as usize).take(*count as usize).collect())
        }
        _ => Value::Null,
    }
}

fn shown(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}

fn of_one(function: Function, argument: &Value) -> Value {
    let whole = |number: i64| Value::Number(number as f64);
    match (function, argument) {
        (Function::Negate, Value::Number(number)) => finite(-number),
        (Function::Absolute, Value::Number(number)) => finite(number.abs()),
        (Function::Floor, Value::Number(number)) => finite(number.floor()),
        (Function::Ceiling, Value::Number(number)) => finite(number.ceil()),
        (Function::Sign, Value::Number(number)) if *number == 0.0 => whole(0),
        (Function::Sign, Value::Number(number)) => finite(number.signum()),
        (Function::Length, Value::Text(text)) => whole(text.chars().count() as i64),
        (Function::Year | Function::Quarter | Function::Month | Function::Week, _)
        | (Function::Day | Function::Weekday, _) => match argument {
            Value::Date(day) => of_day(function, Day(*day)),
            Value::Instant(ms) => of_day(function, Instant(*ms).utc_day()),
            _ => Value::Null,
        },
        (Function::Hour | Function::Minute | Function::Second, Value::Instant(ms) | Value::Time(ms)) => {
            let of_day = ms.rem_euclid(DAY_MS);
            whole(match function {
                Function::Hour => of_day / 3_600_000,
                Function::Minute => of_day / 60_000 % 60,
                _ => of_day / 1_000 % 60,
            })
        }
        (Function::DayOf, Value::Instant(ms)) => Value::Date(Instant(*ms).utc_day().0),
        (Function::BeginningOf, Value::Date(day)) => Value::Instant(i64::from(*day) * DAY_MS),
        (Function::Number, Value::Number(number)) => finite(*number),
        (Function::Number, Value::Bool(checked)) => whole((*checked).into()),
        (Function::Number, Value::Choice(choice)) => whole(choice.0.into()),
        (Function::Number, Value::Reference(address)) => whole(address.record.0.into()),
        _ => Value::Null,
    }
}

fn of_day(function: Function, day: Day) -> Value {
    let (year, month, of_month) = day.civil();
    Value::Number(match function {
        Function::Year => f64::from(year),
        Function::Quarter => f64::from((month - 1) / 3 + 1),
        Function::Month => f64::from(month),
        Function::Week => f64::from(day.iso_week()),
        Function::Day => f64::from(of_month),
        Function::Weekday => f64::from(day.weekday()),
        _ => return Value::Null,
    })
}

fn of_two(function: Function, one: &Value, other: &Value) -> Value {
    match (function, one, other) {
        (Function::Contains, Value::Text(text), Value::Text(part)) => Value::Bool(text.contains(part.as_str())),
        (Function::StartsWith, Value::Text(text), Value::Text(part)) => Value::Bool(text.starts_with(part.as_str())),
        (Function::EndsWith, Value::Text(text), Value::Text(part)) => Value::Bool(text.ends_with(part.as_str())),
        (Function::Index, Value::Text(text), Value::Text(part)) => Value::Number(match text.find(part.as_str()) {
            Some(place) => text[..place].chars().count() as f64,
            None => -1.0,
        }),
        (Function::DaysBetween, Value::Date(from), Value::Date(to)) => Value::Number(f64::from(*to) - f64::from(*from)),
        (Function::DaysLater, Value::Date(day), Value::Number(days)) => {
            match written(i64::from(*day), *days, 1, Day::FURTHEST.into()) {
                Some(day) => i32::try_from(day).map_or(Value::Null, Value::Date),
                None => Value::Null,
            }
        }
        (Function::DaysLater, Value::Instant(ms), Value::Number(days)) => {
            written(*ms, *days, DAY_MS, Instant::FURTHEST).map_or(Value::Null, Value::Instant)
        }
        (Function::Later, Value::Instant(ms), Value::Duration(later)) => {
            written(*ms, *later as f64, 1, Instant::FURTHEST).map_or(Value::Null, Value::Instant)
        }
        (Function::Later, Value::Time(ms), Value::Duration(later)) => {
            Value::Time((ms + later.rem_euclid(DAY_MS)) % DAY_MS)
        }
        (Function::Elapsed, Value::Instant(end), Value::Instant(start)) => Value::Duration(end - start),
        _ => Value::Null,
    }
}

/// So many units later, if we can write that.
fn written(from: i64, units: f64, unit: i64, furthest: i64) -> Option<i64> {
    // A double that is too large becomes the largest whole number.
    let later = from.checked_add((units as i64).checked_mul(unit)?)?;
    (later.unsigned_abs() <= furthest.unsigned_abs()).then_some(later)
}
