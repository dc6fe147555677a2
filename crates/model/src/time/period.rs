//! Periods: ranges of days, most of them relative to now.

use super::{Day, Instant, Zone};
use serde::{Deserialize, Serialize};

/// A range of days of a zone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Period {
    pub mode: PeriodMode,
    pub zone: Zone,
}

/// Which range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodMode {
    /// The local day that holds the instant.
    ExactDay(Instant),
    /// The instant alone.
    ExactInstant(Instant),
    /// The local month that holds the instant.
    Month(Instant),
    /// The local year that holds the instant.
    Year(Instant),
    Today,
    Tomorrow,
    Yesterday,
    OneWeekAgo,
    OneWeekFromNow,
    OneMonthAgo,
    OneMonthFromNow,
    DaysAgo(u32),
    DaysFromNow(u32),
    /// Monday to Sunday.
    CurrentWeek,
    LastWeek,
    NextWeek,
    /// The calendar month.
    CurrentMonth,
    LastMonth,
    NextMonth,
    /// The calendar year.
    CurrentYear,
    LastYear,
    NextYear,
    /// The same day one week back, through today: eight days.
    PastWeek,
    PastMonth,
    PastYear,
    /// Today through the same day one week ahead.
    ComingWeek,
    ComingMonth,
    ComingYear,
    /// This many days back, through today.
    PastDays(u32),
    /// Today through this many days ahead.
    ComingDays(u32),
    /// From the local day that holds `start` through the one that holds `end`.
    Between {
        start: Instant,
        end: Instant,
    },
}

/// How a date lies to a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodRelation {
    Inside,
    /// Before its start.
    Before,
    /// After its end.
    After,
    /// Before its start or inside.
    UpToEnd,
    /// Inside or after its end.
    FromStart,
}

/// A period at an instant: both as instants and as days, ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeriodRange {
    pub start: Instant,
    /// The last millisecond.
    pub end: Instant,
    pub first: Day,
    pub last: Day,
}

impl Period {
    /// The range the period means at this instant.
    pub fn range(&self, now: Instant) -> PeriodRange {
        if let PeriodMode::ExactInstant(instant) = self.mode {
            let day = self.zone.day_of(instant);
            return PeriodRange { start: instant, end: instant, first: day, last: day };
        }
        let (first, last) = self.days(self.zone.day_of(now));
        PeriodRange { start: self.zone.start_of(first), end: self.zone.end_of(last), first, last }
    }

    /// The first and last day, seen from today.
    fn days(&self, today: Day) -> (Day, Day) {
        let day = |days: i64| (today.plus_days(days), today.plus_days(days));
        let back = |months: i64| (today.plus_months(-months), today);
        let ahead = |months: i64| (today, today.plus_months(months));
        let single = |day: Day| (day, day);
        match self.mode {
            PeriodMode::ExactDay(instant) | PeriodMode::ExactInstant(instant) => single(self.zone.day_of(instant)),
            PeriodMode::Month(instant) => month(self.zone.day_of(instant), 0),
            PeriodMode::Year(instant) => year(self.zone.day_of(instant), 0),
            PeriodMode::Today => day(0),
            PeriodMode::Tomorrow => day(1),
            PeriodMode::Yesterday => day(-1),
            PeriodMode::OneWeekAgo => day(-7),
            PeriodMode::OneWeekFromNow => day(7),
            PeriodMode::OneMonthAgo => single(today.plus_months(-1)),
            PeriodMode::OneMonthFromNow => single(today.plus_months(1)),
            PeriodMode::DaysAgo(count) => day(-i64::from(count)),
            PeriodMode::DaysFromNow(count) => day(i64::from(count)),
            PeriodMode::CurrentWeek => week(today, 0),
            PeriodMode::LastWeek => week(today, -1),
            PeriodMode::NextWeek => week(today, 1),
            PeriodMode::CurrentMonth => month(today, 0),
            PeriodMode::LastMonth => month(today, -1),
            PeriodMode::NextMonth => month(today, 1),
            PeriodMode::CurrentYear => year(today, 0),
            PeriodMode::LastYear => year(today, -1),
            PeriodMode::NextYear => year(today, 1),
            PeriodMode::PastWeek => (today.plus_days(-7), today),
            PeriodMode::PastMonth => back(1),
            PeriodMode::PastYear => back(12),
            PeriodMode::ComingWeek => (today, today.plus_days(7)),
            PeriodMode::ComingMonth => ahead(1),
            PeriodMode::ComingYear => ahead(12),
            PeriodMode::PastDays(count) => (today.plus_days(-i64::from(count)), today),
            PeriodMode::ComingDays(count) => (today, today.plus_days(i64::from(count))),
            PeriodMode::Between { start, end } => (self.zone.day_of(start), self.zone.day_of(end)),
        }
    }
}

/// The week of a day, moved by weeks.
fn week(day: Day, by: i64) -> (Day, Day) {
    let monday = day.plus_days(by * 7 - i64::from(day.weekday()));
    (monday, monday.plus_days(6))
}

/// The month of a day, moved by months.
fn month(day: Day, by: i64) -> (Day, Day) {
    let first = first_of_month(day).plus_months(by);
    (first, first.plus_months(1).plus_days(-1))
}

/// The year of a day, moved by years.
fn year(day: Day, by: i64) -> (Day, Day) {
    let (_, month, _) = day.civil();
    let first = first_of_month(day).plus_months(1 - i64::from(month) + by * 12);
    (first, first.plus_months(12).plus_days(-1))
}

fn first_of_month(day: Day) -> Day {
    let (_, _, of_month) = day.civil();
    day.plus_days(1 - i64::from(of_month))
}
