//! Time: calendar days, instants, zones, periods relative to now, and how dates are written and read.
//!
//! Instants are UTC milliseconds and days are numbers, so that both compare and store as integers; a zone comes in
//! only where a day meets an instant. This room is the only one that names the library of time zones.
//! Start with [`Instant`] and [`Period`].

mod bucket;
mod format;
mod iso;
mod period;
#[cfg(test)]
mod tests;
mod words;
mod zone;

pub use bucket::{Bucket, Unit};
pub(crate) use format::read_clock;
pub use format::{DateFormat, TimeFormat};
pub use iso::Reading;
pub use period::{Period, PeriodMode, PeriodRange, PeriodRelation};
pub(crate) use words::read_words;
pub use zone::{LocalTime, Zone};

use serde::{Deserialize, Serialize};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// A calendar day, as days since 1970-01-01, whatever the zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// An instant in UTC milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Day {
    /// The furthest day either way: that of JavaScript's dates.
    pub const FURTHEST: i32 = 100_000_000;

    /// The day of a date of the Gregorian calendar, or none when there is no such date.
    pub fn from_civil(year: i32, month: u8, day: u8) -> Option<Day> {
        let fits = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        // Years whose days overflow the bound are refused before the arithmetic.
        (fits && year.unsigned_abs() <= 280_000)
            .then(|| Day(days_from_civil(i64::from(year), i64::from(month), i64::from(day)) as i32))
            .filter(|d| d.0.unsigned_abs() <= Day::FURTHEST.unsigned_abs())
    }

    /// Year, month and day of month.
    pub fn civil(self) -> (i32, u8, u8) {
        let (year, month, day) = civil_from_days(i64::from(self.0));
        (year as i32, month, day)
    }

    /// The day of the week, Monday being 0.
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (i64::from(self.0) + 3).rem_euclid(7) as u8
    }

    /// The number of its week by ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
    pub fn iso_week(self) -> u8 {
        let thursday = i64::from(self.0) - i64::from(self.weekday()) + 3;
        let (year, ..) = civil_from_days(thursday);
        ((thursday - days_from_civil(year, 1, 1)) / 7 + 1) as u8
    }

    /// The day this many days later, kept within [`Day::FURTHEST`].
    pub fn plus_days(self, days: i64) -> Day {
        let bound = i64::from(Day::FURTHEST);
        Day(i64::from(self.0).saturating_add(days).clamp(-bound, bound) as i32)
    }

    /// The same day of the month this many months later; the last day of the month where that does not exist.
    pub fn plus_months(self, months: i64) -> Day {
        let (year, month, day) = self.civil();
        let count = (i64::from(year) * 12 + i64::from(month) - 1).saturating_add(months);
        let bound = 270_000 * 12;
        let count = count.clamp(-bound, bound);
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) as u8 + 1);
        let day = day.min(days_in_month(year as i32, month));
        Day(0).plus_days(days_from_civil(year, i64::from(month), i64::from(day)))
    }

    /// The day of `YYYY-MM-DD` text; none when it is written otherwise or there is no such day.
    pub fn parse(text: &str) -> Option<Day> {
        iso::read_day(text).found()
    }

    /// Appends `YYYY-MM-DD`.
    pub fn write_iso(self, out: &mut Vec<u8>) {
        let (year, month, day) = civil_from_days(i64::from(self.0));
        iso::write_year(year, out);
        out.push(b'-');
        iso::write_two(month, out);
        out.push(b'-');
        iso::write_two(day, out);
    }

    /// The day as `YYYY-MM-DD`.
    pub fn to_iso(self) -> String {
        let mut out = Vec::with_capacity(10);
        self.write_iso(&mut out);
        ascii(out)
    }
}

impl Instant {
    /// The furthest instant either way: that of JavaScript's dates.
    pub const FURTHEST: i64 = Day::FURTHEST as i64 * DAY_MS;

    /// The instant of the system's clock.
    pub fn now() -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Instant(since.map(|d| d.as_millis() as i64).unwrap_or(0))
    }

    /// The instant of ISO text: with Z, an offset or none (UTC), with or without seconds and fraction; a date alone
    /// is UTC midnight. None when it is written otherwise or there is no such instant: nothing rolls over.
    pub fn parse(text: &str) -> Option<Instant> {
        iso::read_instant(text).found()
    }

    /// [`Instant::parse`], telling an impossible date from text that is no date.
    pub fn read(text: &str) -> Reading<Instant> {
        iso::read_instant(text)
    }

    /// The day of the instant in UTC.
    pub fn utc_day(self) -> Day {
        Day(0).plus_days(self.0.div_euclid(DAY_MS))
    }

    /// Appends `2025-03-15T10:30:00.000Z`; years outside 0 to 9999 have a sign and six digits, as in JavaScript.
    pub fn write_iso(self, out: &mut Vec<u8>) {
        let (days, of_day) = (self.0.div_euclid(DAY_MS), self.0.rem_euclid(DAY_MS));
        let (year, month, day) = civil_from_days(days);
        let (seconds, ms) = ((of_day / 1000) as u32, (of_day % 1000) as u16);
        iso::write_year(year, out);
        let two = |n: u32| [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        let ([m1, m2], [d1, d2]) = (two(month.into()), two(day.into()));
        let ([h1, h2], [i1, i2], [s1, s2]) = (two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
        let [f1, f2] = two(u32::from(ms % 100));
        let f0 = b'0' + (ms / 100) as u8;
        out.extend_from_slice(&[
            b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'.', f0, f1, f2, b'Z',
        ]);
    }

    /// The instant as `2025-03-15T10:30:00.000Z`.
    pub fn to_iso(self) -> String {
        let mut out = Vec::with_capacity(24);
        self.write_iso(&mut out);
        ascii(out)
    }
}

/// The bytes as text; we only ever write ASCII here.
pub(crate) fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Days of a month of the Gregorian calendar.
fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

// Both conversions count from 0000-03-01, so that the leap day is the last of its year: the well-known algorithm of
// Howard Hinnant ("chrono-Compatible Low-Level Date Algorithms").

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
