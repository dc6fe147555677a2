//! Functions of workdays, from Monday to Friday.

use super::{Function, next, taken};
use crate::formula::code::{Block, Class, Code};
use crate::formula::writer::{Writer, Written};
use model::time::Day;

pub const ALL: &[Function] = &[Function::of("WORKDAY", 2, 3, workday), Function::of("WORKDAY_DIFF", 2, 3, difference)];

/// The day so many workdays later, or earlier.
fn workday(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    writer.utc(name)?;
    let mut block = Block::default();
    let date = writer.next_date(name, &mut arguments)?;
    let count = next(&mut arguments);
    let count = writer.count(name, count)?;
    let holidays = holidays(writer, name, taken(&mut arguments))?;
    let (date, count) = (writer.hold(&mut block, &date), writer.hold(&mut block, &count));
    let (day, left) = (writer.variables.fresh(), writer.variables.fresh());
    let free = match holidays.is_empty() {
        true => String::new(),
        false => format!(" and index([{}], format({day}, \"YYYY-MM-DD\")) < 0", holidays.join(", ")),
    };
    let body = format!(
        "if {date} != null then let {day} := {date}; let {left} := floor(abs({count})); \
         while {left} > 0 do {day} := {day} + sign({count}); \
         if weekday({day}) < 5{free} then {left} := {left} - 1 end end; \
         datetime({day}) end"
    );
    Ok(Code::date(block.gives(body)))
}

/// The workdays from one day to another, both counted; negative backwards.
fn difference(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    writer.utc(name)?;
    let mut block = Block::default();
    let (from, to) = (writer.next_date(name, &mut arguments)?, writer.next_date(name, &mut arguments)?);
    let holidays = holidays(writer, name, taken(&mut arguments))?;
    let (from, to) = (writer.hold(&mut block, &from), writer.hold(&mut block, &to));
    let free = match holidays.is_empty() {
        true => String::new(),
        false => format!(
            " - length([{}][this >= format(first, \"YYYY-MM-DD\") and this <= format(last, \"YYYY-MM-DD\")])",
            holidays.join(", ")
        ),
    };
    let body = format!(
        "if {from} != null and {to} != null then let first := min({from}, {to}); let last := max({from}, {to}); \
         let days := workdays(first, date(last) + 1){free}; \
         if date({from}) <= date({to}) then days else 0 - days end end"
    );
    Ok(Code::number(block.gives(body)))
}

/// Holidays on workdays, as texts in NX: days in ISO 8601 with commas between them, written out.
fn holidays(writer: &Writer<'_, '_, '_>, name: &str, given: Option<Code>) -> Result<Vec<String>, String> {
    let Some(given) = given.filter(|given| given.class != Class::Blank) else { return Ok(Vec::new()) };
    let mut days = Vec::new();
    for word in writer.word(name, &given)?.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let day = Day::parse(word).ok_or_else(|| format!("cannot be worked out: {word} is no day YYYY-MM-DD"))?;
        let text = format!("\"{}\"", day.to_iso());
        if day.weekday() < 5 && !days.contains(&text) {
            days.push(text);
        }
    }
    Ok(days)
}
