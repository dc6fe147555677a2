//! Functions of dates: their parts, comparisons and texts. Days and hours are those of UTC.

use super::{Function, next, taken};
use crate::formula::code::{Block, Class, Code, quoted};
use crate::formula::convert::{DatesAs, written};
use crate::formula::dates::{Unit, pattern};
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of("TODAY", 0, 0, |writer, name, _| {
        writer.utc(name)?;
        Ok(Code::date("datetime(today())").filled())
    }),
    Function::of("NOW", 0, 0, |_, _, _| Ok(Code::date("now()").filled())),
    Function::of("YEAR", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("year({date})"))),
    Function::of("MONTH", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("month({date})"))),
    Function::of("DAY", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("day({date})"))),
    Function::of("HOUR", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("hour({date})"))),
    Function::of("MINUTE", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("minute({date})"))),
    Function::of("SECOND", 1, 1, |writer, name, given| part(writer, name, given, |date| format!("second({date})"))),
    // Weeks begin on Sunday, and the first has 1 January.
    Function::of("WEEKNUM", 1, 1, |writer, name, given| {
        part(writer, name, given, |date| format!("number(format({date}, \"w\"))"))
    }),
    Function::of("WEEKDAY", 1, 2, weekday),
    Function::of("IS_SAME", 2, 3, |writer, name, given| compared(writer, name, given, "=")),
    Function::of("IS_AFTER", 2, 3, |writer, name, given| compared(writer, name, given, ">")),
    Function::of("IS_BEFORE", 2, 3, |writer, name, given| compared(writer, name, given, "<")),
    Function::of("DATESTR", 1, 1, |writer, name, given| shown(writer, name, given, "YYYY-MM-DD")),
    Function::of("TIMESTR", 1, 1, |writer, name, given| shown(writer, name, given, "HH:mm:ss")),
    Function::of("DATETIME_FORMAT", 1, 2, formatted),
    Function::of("DATETIME_PARSE", 1, 2, parsed),
];

impl Writer<'_, '_, '_> {
    /// The next argument as an instant.
    pub(super) fn next_date(&mut self, name: &str, arguments: &mut Vec<Code>) -> Result<String, String> {
        let given = next(arguments);
        self.date(name, given)
    }

    /// The unit that the next argument is, or the usual one.
    pub(super) fn next_unit(&self, name: &str, arguments: &mut Vec<Code>, usual: Unit) -> Result<Unit, String> {
        match taken(arguments) {
            Some(given) if given.class != Class::Blank => Unit::read(self.word(name, &given)?),
            Some(_) | None => Ok(usual),
        }
    }
}

fn part(
    writer: &mut Writer<'_, '_, '_>,
    name: &'static str,
    mut arguments: Vec<Code>,
    part: fn(&str) -> String,
) -> Written {
    writer.utc(name)?;
    Ok(Code::number(part(&writer.next_date(name, &mut arguments)?)))
}

/// Sunday is 0, or Monday where the second argument says that weeks begin then.
fn weekday(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    writer.utc(name)?;
    let date = writer.next_date(name, &mut arguments)?;
    let begins = match taken(&mut arguments) {
        Some(given) => writer.word(name, &given)?.to_ascii_lowercase(),
        None => "sunday".to_owned(),
    };
    match begins.as_str() {
        "monday" => Ok(Code::number(format!("weekday({date})"))),
        "sunday" => Ok(Code::number(format!("number(format({date}, \"d\"))"))),
        _ => Err(format!("cannot be worked out: weeks begin on Sunday or Monday in {name}")),
    }
}

/// Compared as whole units, days unless another is given.
fn compared(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>, sign: &str) -> Written {
    let mut block = Block::default();
    let (left, right) = (writer.next_date(name, &mut arguments)?, writer.next_date(name, &mut arguments)?);
    let unit = writer.next_unit(name, &mut arguments, Unit::Day)?;
    if !unit.is_zoneless() {
        writer.utc(name)?;
    }
    let (left, right) = (writer.hold(&mut block, &left), writer.hold(&mut block, &right));
    let same = format!("{} {sign} {}", unit.beginning(&left), unit.beginning(&right));
    Ok(Code::bool(block.gives(format!("if {left} != null and {right} != null then {same} end"))))
}

fn shown(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>, pattern: &str) -> Written {
    writer.utc(name)?;
    written(format!("format({}, {})", writer.next_date(name, &mut arguments)?, quoted(pattern)))
}

fn formatted(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    writer.utc(name)?;
    let date = writer.next_date(name, &mut arguments)?;
    let pattern = match taken(&mut arguments) {
        Some(given) if given.class != Class::Blank && !given.is_nothing() => pattern(writer.word(name, &given)?)?,
        Some(_) | None => quoted("YYYY-MM-DD HH:mm"),
    };
    written(format!("format({date}, {pattern})"))
}

/// The date that a text says in ISO 8601.
fn parsed(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    if taken(&mut arguments).is_some_and(|pattern| pattern.class != Class::Blank) {
        return Err(format!("cannot be worked out: {name} reads ISO 8601 alone, without a pattern"));
    }
    let given = match given.class {
        Class::Text if given.literal.is_none() => Code::text(writer.text(name, given, DatesAs::Iso)?),
        _ => given,
    };
    Ok(Code::date(writer.date(name, given)?))
}
