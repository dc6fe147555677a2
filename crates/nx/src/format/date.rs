//! Dates and times by patterns, in the words of the library that the original uses (moment).

use super::Language;
use crate::fault::Fault;
use crate::ops::Bounded;
use crate::value::Value;
use model::time::{DAY_MS, Day, Instant};

/// What the clocks show, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    pub day: Day,
    /// Milliseconds since midnight.
    pub ms: i64,
}

impl Moment {
    /// What the clocks show at an instant.
    pub fn of_instant(ms: i64) -> Moment {
        Moment { day: Instant(ms).utc_day(), ms: ms.rem_euclid(DAY_MS) }
    }

    /// A time of day, on the first day of all.
    pub fn of_time(ms: i64) -> Moment {
        Moment { day: Day(0), ms: ms.rem_euclid(DAY_MS) }
    }

    fn epoch_ms(self) -> i64 {
        i64::from(self.day.0) * DAY_MS + self.ms
    }
}

/// The words of patterns. Of those that begin alike the longer comes first.
const TOKENS: [&str; 33] = [
    "YYYY", "YY", "Q", "MMMM", "MMM", "MM", "Mo", "M", "DD", "Do", "D", "dddd", "ddd", "dd", "d", "WW", "W", "ww", "w",
    "HH", "H", "hh", "h", "a", "A", "mm", "m", "ss", "s", "SSS", "x", "X", "Z",
];

/// The moment by a pattern. `[..]` stands as it is; so does what is no word of patterns.
pub fn moment(moment: Moment, pattern: &str, language: Language) -> Result<Value, Fault> {
    let mut text = Bounded::default();
    write(moment, pattern, language, &mut text)?;
    Ok(text.into_value())
}

fn write(moment: Moment, pattern: &str, language: Language, text: &mut Bounded) -> Result<(), Fault> {
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let quoted = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        if let Some((literal, after)) = quoted {
            text.push(literal)?;
            rest = after;
        } else if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(**token)) {
            write_token(moment, token, language, text)?;
            rest = &rest[token.len()..];
        } else {
            match first {
                // These two are patterns themselves, without such words in them.
                'L' => write(moment, language.day(), language, text)?,
                'l' => write(moment, language.short_day(), language, text)?,
                literal => text.push_char(literal)?,
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(())
}

fn write_token(moment: Moment, token: &str, language: Language, text: &mut Bounded) -> Result<(), Fault> {
    let (year, month, of_month) = moment.day.civil();
    let weekday = usize::from(moment.day.weekday());
    let of_year = usize::from(month - 1);
    let (hour, minute, second) = (moment.ms / 3_600_000, moment.ms / 60_000 % 60, moment.ms / 1000 % 60);
    let half_day = (hour + 11) % 12 + 1;
    let ordinal = |number: u8| format!("{number}{}", language.ordinal(number.into()));
    let name = |names: &[&'static str], place: usize| names.get(place).copied().unwrap_or_default();
    match token {
        "YYYY" if year < 0 => text.push_formatted(format_args!("-{:04}", year.unsigned_abs())),
        "YYYY" => text.push_formatted(format_args!("{year:04}")),
        "YY" => text.push_formatted(format_args!("{:02}", year.rem_euclid(100))),
        "Q" => text.push_formatted(format_args!("{}", (month - 1) / 3 + 1)),
        "MMMM" => text.push(name(language.months(), of_year)),
        "MMM" => text.push(name(language.short_months(), of_year)),
        "MM" => text.push_formatted(format_args!("{month:02}")),
        "Mo" => text.push(&ordinal(month)),
        "M" => text.push_formatted(format_args!("{month}")),
        "DD" => text.push_formatted(format_args!("{of_month:02}")),
        "Do" => text.push(&ordinal(of_month)),
        "D" => text.push_formatted(format_args!("{of_month}")),
        "dddd" => text.push(name(language.weekdays(), weekday)),
        "ddd" => text.push(name(language.short_weekdays(), weekday)),
        "dd" => text.push(name(language.least_weekdays(), weekday)),
        // Patterns count from Sunday, 0.
        "d" => text.push_formatted(format_args!("{}", (weekday + 1) % 7)),
        "WW" => text.push_formatted(format_args!("{:02}", iso_week(moment.day))),
        "W" => text.push_formatted(format_args!("{}", iso_week(moment.day))),
        "ww" => text.push_formatted(format_args!("{:02}", local_week(moment.day, language))),
        "w" => text.push_formatted(format_args!("{}", local_week(moment.day, language))),
        "HH" => text.push_formatted(format_args!("{hour:02}")),
        "H" => text.push_formatted(format_args!("{hour}")),
        "hh" => text.push_formatted(format_args!("{half_day:02}")),
        "h" => text.push_formatted(format_args!("{half_day}")),
        "a" => text.push(if hour < 12 { "am" } else { "pm" }),
        "A" => text.push(if hour < 12 { "AM" } else { "PM" }),
        "mm" => text.push_formatted(format_args!("{minute:02}")),
        "m" => text.push_formatted(format_args!("{minute}")),
        "ss" => text.push_formatted(format_args!("{second:02}")),
        "s" => text.push_formatted(format_args!("{second}")),
        "SSS" => text.push_formatted(format_args!("{:03}", moment.ms % 1000)),
        "x" => text.push_formatted(format_args!("{}", moment.epoch_ms())),
        "X" => text.push_formatted(format_args!("{}", moment.epoch_ms().div_euclid(1000))),
        "Z" => text.push("+00:00"),
        _ => Ok(()),
    }
}

/// The week by ISO 8601.
fn iso_week(day: Day) -> i32 {
    i32::from(crate::builtin::iso_week(day).1)
}

/// The week as people of the language count: of English, weeks begin on Sunday and the first has 1 January.
fn local_week(day: Day, language: Language) -> i32 {
    match language {
        Language::German | Language::French | Language::Spanish => iso_week(day),
        Language::English => {
            // The Saturday of the week says to which year it belongs.
            let saturday = Day(day.0 + 6 - (i32::from(day.weekday()) + 1) % 7);
            let first = Day::from_civil(saturday.civil().0, 1, 1).unwrap_or(saturday);
            (saturday.0 - first.0) / 7 + 1
        }
    }
}
