//! How dates are shown to people and read back.

use super::{DAY_MS, Day, Instant, LocalTime, Reading, Zone, ascii};
use serde::{Deserialize, Serialize};

/// How a date, or a date and time, is shown and read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DateFormat {
    /// A pattern of `YYYY`, `MM`, `M`, `DD`, `D` and anything between them.
    pub date: String,
    pub time: TimeFormat,
    #[serde(default)]
    pub zone: Zone,
}

/// How the time of day is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// Not at all.
    #[default]
    None,
    /// `14:05`.
    H24,
    /// `02:05 PM`.
    H12,
}

impl Default for DateFormat {
    fn default() -> DateFormat {
        DateFormat { date: "YYYY-MM-DD".to_owned(), time: TimeFormat::None, zone: Zone::utc() }
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Token {
    Year,
    Month { padded: bool },
    Day { padded: bool },
    Literal(char),
}

impl DateFormat {
    /// Whether the pattern shows something of a date and is short.
    pub fn is_sound(&self) -> bool {
        self.date.len() <= 50 && tokens(&self.date).iter().any(|t| !matches!(t, Token::Literal(_)))
    }

    /// The instant as people see it.
    pub fn format(&self, instant: Instant) -> String {
        let local = self.zone.local(instant);
        let mut text = self.format_day(local.day);
        let (hour, minute) = (local.ms / 3_600_000, local.ms / 60_000 % 60);
        match self.time {
            TimeFormat::None => {}
            TimeFormat::H24 => text.push_str(&format!(" {hour:02}:{minute:02}")),
            TimeFormat::H12 => {
                let (half, hour) = (if hour < 12 { "AM" } else { "PM" }, (hour + 11) % 12 + 1);
                text.push_str(&format!(" {hour:02}:{minute:02} {half}"));
            }
        }
        text
    }

    /// The day as people see it.
    pub fn format_day(&self, day: Day) -> String {
        let (year, month, of_month) = day.civil();
        let mut text = String::with_capacity(self.date.len());
        for token in tokens(&self.date) {
            match token {
                Token::Year => {
                    let mut digits = Vec::new();
                    super::iso::write_year(year.into(), &mut digits);
                    text.push_str(&ascii(digits));
                }
                Token::Month { padded: true } => text.push_str(&format!("{month:02}")),
                Token::Month { padded: false } => text.push_str(&month.to_string()),
                Token::Day { padded: true } => text.push_str(&format!("{of_month:02}")),
                Token::Day { padded: false } => text.push_str(&of_month.to_string()),
                Token::Literal(c) => text.push(c),
            }
        }
        text
    }

    /// The instant of text in this very format, in its zone; a time of day may follow even where none is shown.
    /// A year that the pattern leaves out is that of `now`, a month or day left out is the first.
    pub fn parse(&self, text: &str, now: Instant) -> Option<Instant> {
        self.read(text, now).found()
    }

    /// [`DateFormat::parse`], telling an impossible date from text that is written otherwise.
    pub fn read(&self, text: &str, now: Instant) -> Reading<Instant> {
        let text = text.trim();
        let Some((day, rest)) = self.read_date(text, now) else { return Reading::Unreadable };
        let Some(of_day) = read_clock(rest.trim_start()) else { return Reading::Unreadable };
        match (day, of_day) {
            (Some(day), Some(ms)) => Reading::Found(self.zone.instant_of_local(LocalTime { day, ms })),
            _ => Reading::Impossible,
        }
    }

    /// The day at the head of the text and what follows; the inner none is an impossible day.
    fn read_date<'a>(&self, text: &'a str, now: Instant) -> Option<(Option<Day>, &'a str)> {
        let mut rest = text;
        let (mut year, mut month, mut of_month) = (self.zone.day_of(now).civil().0, 1, 1);
        for token in tokens(&self.date) {
            match token {
                Token::Year => year = digits(&mut rest, 4, 4)? as i32,
                Token::Month { .. } => month = digits(&mut rest, 1, 2)? as u8,
                Token::Day { .. } => of_month = digits(&mut rest, 1, 2)? as u8,
                Token::Literal(c) => rest = rest.strip_prefix(c)?,
            }
        }
        let ended = rest.is_empty() || rest.starts_with([' ', 'T']);
        ended.then(|| (Day::from_civil(year, month, of_month), rest.strip_prefix('T').unwrap_or(rest)))
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    let words = [
        ("YYYY", Token::Year),
        ("MM", Token::Month { padded: true }),
        ("M", Token::Month { padded: false }),
        ("DD", Token::Day { padded: true }),
        ("D", Token::Day { padded: false }),
    ];
    while let Some(first) = rest.chars().next() {
        match words.iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, token)) => {
                tokens.push(*token);
                rest = &rest[word.len()..];
            }
            None => {
                tokens.push(Token::Literal(first));
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    tokens
}

/// The number at the head of the text, of at least `least` and at most `most` digits.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    let number = rest[..count].parse().ok()?;
    *rest = &rest[count..];
    Some(number)
}

/// Milliseconds since midnight of `14:05`, `2:05 PM`, `14:05:30.5` or nothing (midnight). The outer none is text
/// written otherwise, the inner one an impossible time.
pub(crate) fn read_clock(text: &str) -> Option<Option<i64>> {
    let mut rest = text;
    if rest.is_empty() {
        return Some(Some(0));
    }
    let mut hour = digits(&mut rest, 1, 2)?;
    rest = rest.strip_prefix(':')?;
    let minute = digits(&mut rest, 2, 2)?;
    let (mut second, mut ms) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        rest = after;
        second = digits(&mut rest, 2, 2)?;
        if let Some(after) = rest.strip_prefix('.') {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            ms = format!("{:0<3}", &after[..count]).get(..3)?.parse().ok()?;
            rest = &after[count..];
        }
    }
    let half = rest.trim();
    if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") {
        if !(1..=12).contains(&hour) {
            return Some(None);
        }
        hour = hour % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
    } else if !half.is_empty() {
        return None;
    }
    let fits = hour < 24 && minute < 60 && second < 60;
    Some(fits.then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000 + ms).filter(|ms| *ms < DAY_MS))
}
