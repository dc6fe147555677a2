//! The text form of values.

use super::bounded::{Bounded, MAX_NESTING};
use super::caption::caption;
use crate::fault::Fault;
use crate::value::{Choice, Multi, Value};
use model::Schema;
use model::time::{DAY_MS, Day, Instant};
use std::fmt::{self, Write};
use std::sync::Arc;

/// The text form: numbers as short as they read back, dates as in results, options by their captions, records by their
/// numbers, items with commas between them, objects as JSON; null is empty. Only a text that would be too long fails.
pub fn text(value: &Value, schema: &Schema) -> Result<Arc<str>, Fault> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Choice(choice) if caption(*choice, schema).is_some() => {
            Ok(Arc::from(caption(*choice, schema).unwrap_or_default()))
        }
        value => {
            let mut out = Bounded::default();
            write_text(value, schema, &mut out)?;
            Ok(out.finish())
        }
    }
}

/// Appends the text form.
pub fn write_text(value: &Value, schema: &Schema, out: &mut Bounded) -> Result<(), Fault> {
    write_at(value, schema, out, 0)
}

fn write_at(value: &Value, schema: &Schema, out: &mut Bounded, depth: usize) -> Result<(), Fault> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(true) => out.push("true"),
        Value::Bool(false) => out.push("false"),
        Value::Number(number) => formatted(out, |out| write_number(*number, out)),
        Value::Text(text) => out.push(text),
        Value::Date(day) => formatted(out, |out| write_date(*day, out)),
        Value::DateTime(ms) => formatted(out, |out| write_datetime(*ms, out)),
        Value::Time(ms) => formatted(out, |out| write_time(*ms, out)),
        Value::Interval(ms) => formatted(out, |out| write_interval(*ms, out)),
        Value::Appointment { start, end } => formatted(out, |out| write_appointment(*start, *end, out)),
        Value::Choice(choice) => write_caption(*choice, schema, out),
        Value::Multi(multi) => {
            for (i, choice) in choices(multi).enumerate() {
                if i > 0 {
                    out.push(", ")?;
                }
                write_caption(choice, schema, out)?;
            }
            Ok(())
        }
        Value::Record(address) => formatted(out, |out| write!(out, "{}", address.record.0)),
        Value::User(user) => out.push(&crate::spelling::user(*user)),
        Value::Array(items) => {
            if depth == MAX_NESTING {
                return Err(Fault::Budget(format!("arrays lie more than {MAX_NESTING} deep")));
            }
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(", ")?;
                }
                write_at(item, schema, out, depth + 1)?;
            }
            Ok(())
        }
        Value::Object(_) => crate::encode::write_json(value, schema, out),
        Value::Table(table) => out.push(&crate::spelling::letters(table.0)),
    }
}

/// What can only fail for want of room.
fn formatted(out: &mut Bounded, write: impl FnOnce(&mut Bounded) -> fmt::Result) -> Result<(), Fault> {
    write(&mut *out).or_else(|_| out.room(usize::MAX))
}

/// The options of a multiple choice.
pub(crate) fn choices(multi: &Multi) -> impl Iterator<Item = Choice> {
    multi.ids.iter().map(|id| Choice { table: multi.table, field: multi.field, id: *id })
}

/// The caption; the number of an option that is deleted.
fn write_caption(choice: Choice, schema: &Schema, out: &mut Bounded) -> Result<(), Fault> {
    match caption(choice, schema) {
        Some(caption) => out.push(caption),
        None => out.push(&choice.id.0.to_string()),
    }
}

/// Writes a number as short as it reads back, as JavaScript does: whole ones without fraction, -0 as 0.
pub fn write_number(number: f64, out: &mut impl Write) -> fmt::Result {
    // Whole numbers are the many; integers are written faster than doubles.
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return write!(out, "{}", number as i64);
    }
    out.write_str(&model::kind::shared::number_text(number))
}

/// `YYYY-MM-DD`.
pub(crate) fn write_date(day: i32, out: &mut impl Write) -> fmt::Result {
    out.write_str(&Day(day).to_iso())
}

/// `YYYY-MM-DDThh:mm:ss`.
pub(crate) fn write_datetime(ms: i64, out: &mut impl Write) -> fmt::Result {
    let iso = Instant(ms).to_iso();
    // The milliseconds and the zone are not shown.
    out.write_str(iso.get(..iso.len() - 5).unwrap_or(&iso))
}

/// `hh:mm:ss`.
pub(crate) fn write_time(ms: i64, out: &mut impl Write) -> fmt::Result {
    let seconds = ms.rem_euclid(DAY_MS) / 1000;
    write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `H:mm:ss.fff`, with a sign when it is negative.
pub(crate) fn write_interval(ms: i64, out: &mut impl Write) -> fmt::Result {
    let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let seconds = ms / 1000;
    write!(out, "{sign}{}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, ms % 1000)
}

/// `start - end`.
pub(crate) fn write_appointment(start: i64, end: i64, out: &mut impl Write) -> fmt::Result {
    write_datetime(start, out)?;
    out.write_str(" - ")?;
    write_datetime(end, out)
}
