//! ISO 8601 as we read and write it, by hand: it is on the path of every listed cell.

use super::{DAY_MS, Day, Instant};

/// What came of reading text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading<T> {
    Found(T),
    /// Written like one, but there is no such thing (2026-02-30).
    Impossible,
    /// Not written like one.
    Unreadable,
}

impl<T> Reading<T> {
    /// What was found.
    pub fn found(self) -> Option<T> {
        match self {
            Reading::Found(found) => Some(found),
            Reading::Impossible | Reading::Unreadable => None,
        }
    }

    /// What was found, turned into something else.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Reading::Found(found) => Reading::Found(turn(found)),
            Reading::Impossible => Reading::Impossible,
            Reading::Unreadable => Reading::Unreadable,
        }
    }

    /// This, or the other when this could not be read at all.
    pub fn or_else(self, other: impl FnOnce() -> Reading<T>) -> Reading<T> {
        match self {
            Reading::Unreadable => other(),
            Reading::Found(_) | Reading::Impossible => self,
        }
    }
}

/// Appends a year: four digits from 0 to 9999, else a sign and at least six.
pub(super) fn write_year(year: i64, out: &mut Vec<u8>) {
    if (0..=9999).contains(&year) {
        let y = year as u16;
        out.extend_from_slice(&[
            b'0' + (y / 1000) as u8,
            b'0' + (y / 100 % 10) as u8,
            b'0' + (y / 10 % 10) as u8,
            b'0' + (y % 10) as u8,
        ]);
    } else {
        let sign = if year < 0 { '-' } else { '+' };
        out.extend_from_slice(format!("{sign}{:06}", year.unsigned_abs()).as_bytes());
    }
}

/// Appends two digits.
pub(super) fn write_two(number: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

/// Reads `YYYY-MM-DD`.
pub(super) fn read_day(text: &str) -> Reading<Day> {
    let mut rest = Scanner(text.trim().as_bytes());
    match rest.date() {
        Some(date) if rest.0.is_empty() => date,
        Some(_) | None => Reading::Unreadable,
    }
}

/// Reads a date, or a date and time with or without zone.
pub(super) fn read_instant(text: &str) -> Reading<Instant> {
    instant(&mut Scanner(text.trim().as_bytes())).unwrap_or(Reading::Unreadable)
}

fn instant(rest: &mut Scanner<'_>) -> Option<Reading<Instant>> {
    let date = rest.date()?;
    let (mut of_day, mut offset) = (Some(0), Some(0));
    if !rest.0.is_empty() {
        if !(rest.take(b'T') || rest.take(b't') || rest.take(b' ')) {
            return None;
        }
        of_day = rest.time_of_day()?;
        offset = rest.offset()?;
        if !rest.0.is_empty() {
            return None;
        }
    }
    Some(match (date, of_day, offset) {
        (Reading::Found(day), Some(of_day), Some(offset)) => {
            Reading::Found(Instant(i64::from(day.0) * DAY_MS + of_day - offset))
        }
        _ => Reading::Impossible,
    })
}

/// What is left of the text. Its methods answer none when the text is not written as they expect.
struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
        }
        self.0 = rest;
        Some(number)
    }

    fn date(&mut self) -> Option<Reading<Day>> {
        let year = if self.take(b'+') {
            self.digits(6)? as i32
        } else if self.take(b'-') {
            -(self.digits(6)? as i32)
        } else {
            self.digits(4)? as i32
        };
        let dashed = |rest: &mut Self| if rest.take(b'-') { rest.digits(2) } else { None };
        let (month, day) = (dashed(self)?, dashed(self)?);
        Some(match Day::from_civil(year, month as u8, day as u8) {
            Some(day) => Reading::Found(day),
            None => Reading::Impossible,
        })
    }

    /// Milliseconds since midnight; the inner none is an impossible time.
    fn time_of_day(&mut self) -> Option<Option<i64>> {
        let hour = self.digits(2)?;
        if !self.take(b':') {
            return None;
        }
        let minute = self.digits(2)?;
        let (mut second, mut ms) = (0, 0);
        if self.take(b':') {
            second = self.digits(2)?;
            if self.take(b'.') || self.take(b',') {
                ms = self.fraction()?;
            }
        }
        let fits = hour < 24 && minute < 60 && second < 60;
        Some(fits.then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000 + ms))
    }

    /// A fraction of a second in milliseconds; digits past the third are dropped.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 || count > 18 {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        let mut ms = 0;
        for i in 0..3 {
            ms = ms * 10 + digits.get(i).map_or(0, |d| i64::from(d - b'0'));
        }
        Some(ms)
    }

    /// The offset from UTC in milliseconds, 0 when there is none; the inner none is an impossible offset.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() || self.take(b'Z') || self.take(b'z') {
            return Some(Some(0));
        }
        let sign = if self.take(b'+') {
            1
        } else if self.take(b'-') {
            -1
        } else {
            return None;
        };
        let hours = self.digits(2)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.take(b':');
            self.digits(2)?
        };
        let fits = hours < 24 && minutes < 60;
        Some(fits.then(|| sign * i64::from(hours * 60 + minutes) * 60_000))
    }
}
