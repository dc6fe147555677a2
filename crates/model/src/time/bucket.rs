//! Spans of a calendar that instants fall into: what people see as one minute, day, month or year.

use super::{DateFormat, Day, Instant, TimeFormat, Zone};
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A length of calendar time, in a zone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Bucket {
    pub unit: Unit,
    #[serde(default)]
    pub zone: Zone,
}

/// How long it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Minute,
    Day,
    Month,
    Year,
}

const MINUTE_MS: i64 = 60_000;

impl Bucket {
    /// What is shown alike in a format: its smallest part. A format without a year still tells years apart.
    pub fn of(format: &DateFormat) -> Bucket {
        let unit = match format.time {
            TimeFormat::H24 | TimeFormat::H12 => Unit::Minute,
            TimeFormat::None if format.date.contains('D') => Unit::Day,
            TimeFormat::None if format.date.contains('M') => Unit::Month,
            TimeFormat::None => Unit::Year,
        };
        Bucket { unit, zone: format.zone.clone() }
    }

    /// The first instant of the span that holds an instant.
    pub fn first(&self, instant: Instant) -> Instant {
        match self.unit {
            Unit::Minute => Instant(instant.0 - instant.0.rem_euclid(MINUTE_MS)),
            Unit::Day | Unit::Month | Unit::Year => self.zone.start_of(self.first_day(self.zone.day_of(instant))),
        }
    }

    /// The first day of the span that holds a day.
    pub fn first_day(&self, day: Day) -> Day {
        let (year, month, _) = day.civil();
        match self.unit {
            Unit::Minute | Unit::Day => day,
            Unit::Month => Day::from_civil(year, month, 1).unwrap_or(day),
            Unit::Year => Day::from_civil(year, 1, 1).unwrap_or(day),
        }
    }

    /// Where the span ends that begins with this value: the next one's beginning.
    pub fn end(&self, first: &Value) -> Value {
        let next = |day: Day| match self.unit {
            Unit::Minute | Unit::Day => day.plus_days(1),
            Unit::Month => day.plus_months(1),
            Unit::Year => day.plus_months(12),
        };
        match first {
            Value::Instant(ms) if self.unit == Unit::Minute => Value::Instant(ms + MINUTE_MS),
            Value::Instant(ms) => {
                let day = self.first_day(self.zone.day_of(Instant(*ms)));
                Value::Instant(self.zone.start_of(next(day)).0)
            }
            Value::Date(day) => Value::Date(next(Day(*day)).0),
            other => other.clone(),
        }
    }

    /// The value with which the span begins that holds a day or an instant; other values stay as they are.
    pub fn begin(&self, value: Value) -> Value {
        match value {
            Value::Instant(ms) => Value::Instant(self.first(Instant(ms)).0),
            Value::Date(day) => Value::Date(self.first_day(Day(day)).0),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_fall_into_the_span_that_people_see() {
        let zone = Zone::parse("America/New_York").expect("a zone");
        let at = |text: &str| Value::Instant(Instant::parse(text).expect("an instant").0);
        let format = |date: &str, time| DateFormat { date: date.to_owned(), time, zone: zone.clone() };
        for (date, time, first, end) in [
            ("YYYY-MM-DD", TimeFormat::H24, "2024-03-10T06:59:00Z", "2024-03-10T07:00:00Z"),
            // The day on which the clocks go forward has 23 hours.
            ("YYYY-MM-DD", TimeFormat::None, "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"),
            ("YYYY-MM", TimeFormat::None, "2024-03-01T05:00:00Z", "2024-04-01T04:00:00Z"),
            ("YYYY", TimeFormat::None, "2024-01-01T05:00:00Z", "2025-01-01T05:00:00Z"),
        ] {
            let bucket = Bucket::of(&format(date, time));
            let begin = bucket.begin(at("2024-03-10T06:59:59.999Z"));
            assert_eq!((begin.clone(), bucket.end(&begin)), (at(first), at(end)), "{date}");
        }
    }
}
