//! Our functions in SQLite: the same case fold, containment, text order and calendar as the evaluator's.

use model::expr::Function;
use model::time::Day;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

/// Registers them. They are pure, so they may stand in indexes and triggers although the schema is not trusted.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    // mt_fold(text): the text after full case folding.
    connection.create_scalar_function("mt_fold", 1, pure, |context: &Context<'_>| {
        Ok(text(context, 0).map(|given| model::text::fold(given).into_owned()))
    })?;
    // mt_contains(text, folded): whether the text contains the needle, folded already, after folding the text.
    connection.create_scalar_function("mt_contains", 2, pure, |context: &Context<'_>| {
        Ok(match (text(context, 0), text(context, 1)) {
            (Some(given), Some(needle)) => Some(model::text::contains_folded(given, needle)),
            _ => None,
        })
    })?;
    // mt_key(text): the sort key of the natural order.
    connection.create_scalar_function("mt_key", 1, pure, |context: &Context<'_>| {
        Ok(text(context, 0).map(model::text::natural_key))
    })?;
    // mt_floor(number), mt_ceiling(number), mt_remainder(number, by): SQLite is built without functions of mathematics.
    connection
        .create_scalar_function("mt_floor", 1, pure, |context: &Context<'_>| Ok(number(context, 0).map(f64::floor)))?;
    connection
        .create_scalar_function("mt_ceiling", 1, pure, |context: &Context<'_>| Ok(number(context, 0).map(f64::ceil)))?;
    connection.create_scalar_function("mt_remainder", 2, pure, |context: &Context<'_>| {
        Ok(match (number(context, 0), number(context, 1)) {
            (Some(number), Some(by)) if by != 0.0 => Some(number % by),
            _ => None,
        })
    })?;
    // mt_part(part, day): a part of a day in the calendar, by its number.
    connection.create_scalar_function("mt_part", 2, pure, |context: &Context<'_>| {
        Ok(match (whole(context, 0), whole(context, 1).map(i32::try_from)) {
            (Some(number), Some(Ok(day))) => part(number, Day(day)),
            _ => None,
        })
    })?;
    Ok(())
}

/// The number of a part of a day in the calendar; none of other functions.
pub(crate) fn part_number(function: Function) -> Option<i64> {
    match function {
        Function::Year => Some(0),
        Function::Quarter => Some(1),
        Function::Month => Some(2),
        Function::Week => Some(3),
        Function::Day => Some(4),
        Function::Weekday => Some(5),
        _ => None,
    }
}

fn part(number: i64, day: Day) -> Option<i64> {
    let (year, month, of_month) = day.civil();
    Some(match number {
        0 => year.into(),
        1 => i64::from(month - 1) / 3 + 1,
        2 => month.into(),
        3 => day.iso_week().into(),
        4 => of_month.into(),
        5 => day.weekday().into(),
        _ => return None,
    })
}

fn number(context: &Context<'_>, index: usize) -> Option<f64> {
    match context.get_raw(index) {
        ValueRef::Real(number) => Some(number),
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

fn whole(context: &Context<'_>, index: usize) -> Option<i64> {
    match context.get_raw(index) {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(_) | ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

/// The text argument at a place; none when it is null or not text.
fn text<'c>(context: &'c Context<'_>, index: usize) -> Option<&'c str> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}
