//! Kinds that hold days, instants and lengths of time.

use super::plain_text;
use crate::error::Rule;
use crate::kind::Names;
use crate::time::{DAY_MS, DateFormat, Day, Instant, Reading, read_clock, read_words};
use crate::value::Value;
use std::cmp::Ordering;

/// The earliest instant of an appointment, so that its text in SQL has a fixed width.
pub const LEAST_SPAN: i64 = -1_000_000_000_000_000;

/// A day within the years we can write.
pub fn check_date(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Date(day) if day.unsigned_abs() <= Day::FURTHEST.unsigned_abs() => Ok(()),
        Value::Date(_) => Err(out_of_time()),
        _ => Err(Rule::Type("a date")),
    }
}

/// An instant within the years we can write.
pub fn check_instant(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Instant(ms) if ms.unsigned_abs() <= Instant::FURTHEST.unsigned_abs() => Ok(()),
        Value::Instant(_) => Err(out_of_time()),
        _ => Err(Rule::Type("a date and time")),
    }
}

fn out_of_time() -> Rule {
    Rule::DateRange { min: Some(Instant(-Instant::FURTHEST).to_iso()), max: Some(Instant(Instant::FURTHEST).to_iso()) }
}

/// A pattern that shows something of a date.
pub fn check_format(format: &DateFormat) -> Result<(), Rule> {
    if format.is_sound() { Ok(()) } else { Err(Rule::Malformed("must show a year, month or day".to_owned())) }
}

/// A day from loose input: `now`, ISO text, text in the field's own format; of an instant the day in the field's zone.
/// An impossible day becomes null.
pub fn coerce_date(given: &Value, format: &DateFormat, names: &dyn Names) -> Option<Value> {
    if let Value::Date(_) = given {
        return check_date(given).is_ok().then(|| given.clone());
    }
    if let Value::Text(text) = given
        && let Some(day) = Day::parse(text)
    {
        // A day alone is that day whatever the zone.
        return Some(Value::Date(day.0));
    }
    match coerce_instant(given, format, names)? {
        Value::Instant(ms) => Some(Value::Date(format.zone.day_of(Instant(ms)).0)),
        empty => Some(empty),
    }
}

/// An instant from loose input: `now`, text in the field's own format and zone, ISO text, a date with the name of its
/// month, milliseconds since 1970; of a day its start in the field's zone. An impossible date becomes null.
pub fn coerce_instant(given: &Value, format: &DateFormat, names: &dyn Names) -> Option<Value> {
    let value = match given {
        Value::Null => return Some(Value::Null),
        Value::Instant(_) => given.clone(),
        Value::Date(day) => Value::Instant(format.zone.start_of(Day(*day)).0),
        Value::Span { start, .. } => Value::Instant(*start),
        Value::Number(ms) if ms.is_finite() => Value::Instant(ms.trunc() as i64),
        _ => {
            let text = plain_text(given, names)?;
            let text = text.trim();
            if text.is_empty() {
                return Some(Value::Null);
            }
            if text.eq_ignore_ascii_case("now") {
                return Some(Value::Instant(names.now().0));
            }
            // The pattern comes first: without a zone its text means the field's zone, and ISO text means UTC.
            let words = || read_words(text).map(|local| format.zone.instant_of_local(local));
            match format.read(text, names.now()).or_else(|| Instant::read(text)).or_else(words) {
                Reading::Found(instant) => Value::Instant(instant.0),
                Reading::Impossible => return Some(Value::Null),
                Reading::Unreadable => return None,
            }
        }
    };
    check_instant(&value).is_ok().then_some(value)
}

/// The day in its format; empty for null.
pub fn display_date(value: &Value, format: &DateFormat) -> String {
    match value {
        Value::Date(day) => format.format_day(Day(*day)),
        _ => String::new(),
    }
}

/// The instant in its format and zone; empty for null.
pub fn display_instant(value: &Value, format: &DateFormat) -> String {
    match value {
        Value::Instant(ms) => format.format(Instant(*ms)),
        _ => String::new(),
    }
}

/// The order of values that are whole numbers underneath, null first.
pub fn compare_milliseconds(a: &Value, b: &Value) -> Ordering {
    super::whole(a).cmp(&super::whole(b))
}

/// `hh:mm:ss`, with a fraction where there is one.
pub fn time_text(ms: i64) -> String {
    let ms = ms.clamp(0, DAY_MS - 1);
    format!("{:02}{}", ms / 3_600_000, below_the_hour(ms as u64))
}

/// `h:mm:ss` with hours unbounded, with a fraction where there is one.
pub fn duration_text(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    format!("{sign}{}{}", ms / 3_600_000, below_the_hour(ms))
}

fn below_the_hour(ms: u64) -> String {
    let (minute, second, fraction) = (ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    match fraction {
        0 => format!(":{minute:02}:{second:02}"),
        _ => format!(":{minute:02}:{second:02}.{fraction:03}"),
    }
}

/// Milliseconds of `h:mm`, `h:mm:ss` or `h:mm:ss.fff`, hours unbounded, with a sign or without.
pub fn read_duration(text: &str) -> Option<i64> {
    let (sign, text) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.trim()),
    };
    let (hours, rest) = text.split_once(':')?;
    let hours = hours.parse::<u32>().ok().filter(|_| hours.bytes().all(|b| b.is_ascii_digit()))?;
    // Below the hour it is written like a time of day.
    let below = read_clock(&format!("0:{rest}"))??;
    Some(sign * (i64::from(hours) * 3_600_000 + below))
}

/// Two instants of `<ISO> - <ISO>`.
pub fn read_span(text: &str) -> Reading<(Instant, Instant)> {
    let Some((start, end)) = text.split_once(" - ").or_else(|| text.split_once('/')) else {
        return Reading::Unreadable;
    };
    match (Instant::read(start), Instant::read(end)) {
        (Reading::Found(start), Reading::Found(end)) => Reading::Found((start, end)),
        (Reading::Unreadable, _) | (_, Reading::Unreadable) => Reading::Unreadable,
        (Reading::Impossible, _) | (_, Reading::Impossible) => Reading::Impossible,
    }
}
