//! Functions of days, instants, times of day and lengths of time. The server's clock is UTC.

pub mod intervals;
pub mod make;
pub mod names;
pub mod parts;
pub mod spans;

use super::{Builtin, Group, result, row};
use crate::value::Value;
use model::time::{DAY_MS, Day, Instant};

/// What rows of this group share.
const TIME: Builtin = Builtin { result: result::number, ..row(Group::DateAndTime) };

/// The day of a date that overflows: month 13 is January of the next year, day 0 the last of the month before. None
/// beyond the days that can be written.
fn normalized(year: i64, month: i64, day: i64) -> Option<Day> {
    let bound = 10_000_000;
    let fits = [year, month, day].iter().all(|part| part.abs() <= bound * 100) && year.abs() <= bound;
    let months = year.checked_mul(12)?.checked_add(month - 1).filter(|_| fits)?;
    let first = Day::from_civil(i32::try_from(months.div_euclid(12)).ok()?, (months.rem_euclid(12) + 1) as u8, 1)?;
    let days = i64::from(first.0) + day - 1;
    i32::try_from(days).ok().filter(|days| days.unsigned_abs() <= Day::FURTHEST.unsigned_abs()).map(Day)
}

/// A datetime, if it can be written.
fn datetime(ms: i64) -> Value {
    if ms.unsigned_abs() <= Instant::FURTHEST.unsigned_abs() { Value::DateTime(ms) } else { Value::Null }
}

/// A time of day; what is past midnight begins anew.
fn time_of_day(ms: i64) -> Value {
    Value::Time(ms.rem_euclid(DAY_MS))
}

/// The year and the number of the week by ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
pub(crate) fn iso_week(day: Day) -> (i32, u8) {
    let thursday = Day(day.0 - i32::from(day.weekday()) + 3);
    let year = thursday.civil().0;
    let days = Day::from_civil(year, 1, 1).map_or(0, |first| thursday.0 - first.0);
    (year, (days / 7 + 1) as u8)
}
