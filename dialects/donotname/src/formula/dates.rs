//! Instants, units of time and patterns in NX.

use super::code::quoted;
use model::time::Instant;

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The unit of a word, in the singular or plural, or of its short form.
    pub fn read(word: &str) -> Result<Unit, String> {
        // Only of short forms case counts.
        let short = match word {
            "ms" => Some(Unit::Millisecond),
            "s" => Some(Unit::Second),
            "m" => Some(Unit::Minute),
            "h" => Some(Unit::Hour),
            "d" => Some(Unit::Day),
            "w" => Some(Unit::Week),
            "M" => Some(Unit::Month),
            "Q" => Some(Unit::Quarter),
            "y" => Some(Unit::Year),
            _ => None,
        };
        let long = word.to_ascii_lowercase();
        let long = match long.strip_suffix('s').unwrap_or(&long) {
            "millisecond" => Some(Unit::Millisecond),
            "second" => Some(Unit::Second),
            "minute" => Some(Unit::Minute),
            "hour" => Some(Unit::Hour),
            "day" => Some(Unit::Day),
            "week" => Some(Unit::Week),
            "month" => Some(Unit::Month),
            "quarter" => Some(Unit::Quarter),
            "year" => Some(Unit::Year),
            _ => None,
        };
        short.or(long).ok_or_else(|| format!("cannot be worked out: {word} is no unit of time"))
    }

    /// How many milliseconds, where it is always as many.
    pub fn milliseconds(self) -> Option<u64> {
        match self {
            Unit::Millisecond => Some(1),
            Unit::Second => Some(1_000),
            Unit::Minute => Some(60_000),
            Unit::Hour => Some(3_600_000),
            Unit::Day => Some(86_400_000),
            Unit::Week => Some(7 * 86_400_000),
            Unit::Month | Unit::Quarter | Unit::Year => None,
        }
    }

    /// How many months, where it is months.
    pub fn months(self) -> u32 {
        match self {
            Unit::Quarter => 3,
            Unit::Year => 12,
            Unit::Month | Unit::Millisecond | Unit::Second | Unit::Minute | Unit::Hour | Unit::Day | Unit::Week => 1,
        }
    }

    /// Whether it is the same in every zone.
    pub fn is_zoneless(self) -> bool {
        matches!(self, Unit::Millisecond | Unit::Second | Unit::Minute | Unit::Hour)
    }

    /// What two instants within the same unit have alike, and what goes as they go.
    pub fn beginning(self, instant: &str) -> String {
        match self {
            Unit::Millisecond => instant.to_owned(),
            Unit::Second => format!("format({instant}, \"YYYY-MM-DD HH:mm:ss\")"),
            Unit::Minute => format!("format({instant}, \"YYYY-MM-DD HH:mm\")"),
            Unit::Hour => format!("format({instant}, \"YYYY-MM-DD HH\")"),
            Unit::Day => format!("date({instant})"),
            // Weeks begin on Sunday.
            Unit::Week => format!("(date({instant}) - number(format({instant}, \"d\")))"),
            Unit::Month => format!("yearmonth({instant})"),
            Unit::Quarter => format!("yearquarter({instant})"),
            Unit::Year => format!("year({instant})"),
        }
    }
}

/// An instant, written out.
pub fn instant(instant: Instant) -> String {
    format!("datetime({})", instant.0)
}

/// So many months later, on the last day of a month that is too short. Both are names or numbers.
pub fn months_later(from: &str, months: &str) -> String {
    let last = format!("day(date(year({from}), month({from}) + {months} + 1, 0))");
    let day = format!("min(day({from}), {last})");
    format!("datetime(date(year({from}), month({from}) + {months}, {day}), time({from}))")
}

/// The words of Teable's patterns. Of those that begin alike the longer comes first.
const WORDS: [&str; 22] = [
    "YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "dddd", "ddd", "dd", "d", "HH", "H", "hh", "h", "mm", "m",
    "SSS", "ss", "s", "Z",
];

/// A pattern of Teable's in NX, which knows more words: what is none here is put in brackets.
pub fn pattern(given: &str) -> Result<String, String> {
    let (mut pattern, mut literal) = (String::new(), String::new());
    let flush = |pattern: &mut String, literal: &mut String| {
        if !literal.is_empty() {
            pattern.push_str(&format!("[{literal}]"));
            literal.clear();
        }
    };
    let mut rest = given;
    while let Some(first) = rest.chars().next() {
        let quoted = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let word = WORDS.iter().find(|word| rest.starts_with(**word)).copied();
        let word = word.or_else(|| matches!(first, 'a' | 'A').then(|| &rest[..1]));
        if let Some((inside, after)) = quoted {
            literal.push_str(inside);
            rest = after;
        } else if rest.starts_with("ZZ") {
            literal.push_str("+0000");
            rest = &rest[2..];
        } else if let Some(word) = word {
            flush(&mut pattern, &mut literal);
            pattern.push_str(word);
            rest = &rest[word.len()..];
        } else if matches!(first, '[' | ']') {
            return Err(format!("cannot be worked out: the pattern {given} has a bracket by itself"));
        } else {
            literal.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    flush(&mut pattern, &mut literal);
    Ok(quoted(&pattern))
}
