//! Functions that go from date to date by units of time.

use super::{Function, next, taken};
use crate::formula::code::{Block, Code};
use crate::formula::dates::{Unit, months_later};
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of("DATE_ADD", 3, 3, later),
    Function::of("DATETIME_DIFF", 2, 4, difference),
    Function::of("FROMNOW", 2, 3, from_now),
    Function::of("TONOW", 2, 3, from_now),
];

/// Months end on the last day of one that is too short.
fn later(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let date = writer.next_date(name, &mut arguments)?;
    let count = next(&mut arguments);
    let count = writer.count(name, count)?;
    let unit = writer.next_unit(name, &mut arguments, Unit::Day)?;
    if !unit.is_zoneless() {
        writer.utc(name)?;
    }
    let (date, count) = (writer.hold(&mut block, &date), writer.hold(&mut block, &count));
    let body = match (unit, unit.milliseconds()) {
        // Days are whole ones.
        (Unit::Day | Unit::Week, Some(ms)) => {
            let days = ms / 86_400_000;
            format!("if {date} != null then {date} + timeinterval(round({count} * {days}) * 86400000) end")
        }
        (_, Some(ms)) => format!("if {date} != null then {date} + timeinterval({count} * {ms}) end"),
        (_, None) => {
            let months = writer.hold(&mut block, &format!("{count} * {}", unit.months()));
            months_later(&date, &months)
        }
    };
    Ok(Code::date(block.gives(body)))
}

fn difference(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let (left, right) = (writer.next_date(name, &mut arguments)?, writer.next_date(name, &mut arguments)?);
    let unit = writer.next_unit(name, &mut arguments, Unit::Day)?;
    let parts = writer.flag(name, taken(&mut arguments).as_ref())?;
    let parts = if parts { Parts::Kept } else { Parts::Cut };
    between(writer, name, &left, &right, unit, parts).map(Code::number)
}

/// How far away a date is, before or after now.
fn from_now(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let date = writer.next_date(name, &mut arguments)?;
    let unit = writer.next_unit(name, &mut arguments, Unit::Day)?;
    let parts = writer.flag(name, taken(&mut arguments).as_ref())?;
    let parts = if parts { Parts::Kept } else { Parts::Cut };
    Ok(Code::number(format!("abs({})", between(writer, name, "now()", &date, unit, parts)?)))
}

/// What becomes of parts of a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    Kept,
    Cut,
}

/// The units from the right date to the left one.
fn between(
    writer: &mut Writer<'_, '_, '_>,
    name: &str,
    left: &str,
    right: &str,
    unit: Unit,
    parts: Parts,
) -> Result<String, String> {
    if !unit.is_zoneless() {
        writer.utc(name)?;
    }
    let mut block = Block::default();
    let (left, right) = (writer.hold(&mut block, left), writer.hold(&mut block, right));
    let units = match unit.milliseconds() {
        Some(ms) => format!("(number({left}) - number({right})) / {ms}"),
        None => format!("{} / {}", months(&left, &right), unit.months()),
    };
    let body = match parts {
        Parts::Kept => units,
        Parts::Cut => format!("let units := {units}; if units < 0 then ceil(units) else floor(units) end"),
    };
    Ok(block.gives(format!("if {left} != null and {right} != null then {body} end")))
}

/// The months from the right date to the left one, with parts of one. Months are counted from the date with the later
/// day, so that from 31 January to 28 February it is a whole one.
fn months(left: &str, right: &str) -> String {
    let (near, before, after) =
        (months_later("base", "whole"), months_later("base", "(whole - 1)"), months_later("base", "(whole + 1)"));
    format!(
        "(let turned := day({left}) < day({right}); \
         let base := if turned then {right} else {left} end; \
         let other := if turned then {left} else {right} end; \
         let whole := (year(other) - year(base)) * 12 + month(other) - month(base); \
         let near := {near}; \
         let span := if other < near then number(near) - number({before}) else number({after}) - number(near) end; \
         let months := whole + (number(other) - number(near)) / span; \
         if turned then months else 0 - months end)"
    )
}
