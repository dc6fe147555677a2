//! Time zones: where days meet instants.

use super::{DAY_MS, Day, Instant};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A time zone of the IANA database. The database is part of the program, so an update of the system never changes
/// what a query means.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// What the clocks on a wall of the zone show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalTime {
    pub day: Day,
    /// Milliseconds since midnight as the clock shows it.
    pub ms: i64,
}

impl Zone {
    /// The zone of an IANA name, in any case; `utc` is one.
    pub fn parse(name: &str) -> Option<Zone> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Zone::utc());
        }
        let plausible = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic());
        let rules = TimeZone::get(name).ok().filter(|_| plausible)?;
        let name = rules.iana_name()?.to_owned();
        Some(Zone { name, rules })
    }

    /// Universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The name in the spelling of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the clocks show at an instant.
    pub fn local(&self, instant: Instant) -> LocalTime {
        let ms = instant.0.saturating_add(self.offset(instant));
        LocalTime { day: Day(0).plus_days(ms.div_euclid(DAY_MS)), ms: ms.rem_euclid(DAY_MS) }
    }

    /// The local day that holds an instant.
    pub fn day_of(&self, instant: Instant) -> Day {
        self.local(instant).day
    }

    /// The first instant of a day. Where the clocks skip midnight it is the instant they jump.
    pub fn start_of(&self, day: Day) -> Instant {
        match self.ambiguity(LocalTime { day, ms: 0 }) {
            Some(AmbiguousOffset::Gap { after, .. }) => {
                // Read with the offset after the gap, midnight lies before the jump, and nothing lies between them.
                let before_jump = to_timestamp(Instant(i64::from(day.0) * DAY_MS - offset_ms(after)));
                match self.rules.following(before_jump).next() {
                    Some(jump) => Instant(jump.timestamp().as_millisecond()),
                    None => self.instant_of_local(LocalTime { day, ms: 0 }),
                }
            }
            Some(AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. }) | None => {
                self.instant_of_local(LocalTime { day, ms: 0 })
            }
        }
    }

    /// The last millisecond of a day.
    pub fn end_of(&self, day: Day) -> Instant {
        Instant(self.start_of(day.plus_days(1)).0 - 1)
    }

    /// The instant at which the clocks show this: the first of two, and moved on by the gap where they skip it.
    pub fn instant_of_local(&self, local: LocalTime) -> Instant {
        let ms = i64::from(local.day.0) * DAY_MS + local.ms;
        let offset = match self.ambiguity(local) {
            Some(
                AmbiguousOffset::Unambiguous { offset }
                | AmbiguousOffset::Gap { before: offset, .. }
                | AmbiguousOffset::Fold { before: offset, .. },
            ) => offset_ms(offset),
            None => self.offset(Instant(ms)),
        };
        Instant(ms - offset)
    }

    /// The offset from UTC in milliseconds at an instant.
    fn offset(&self, instant: Instant) -> i64 {
        offset_ms(self.rules.to_offset(to_timestamp(instant)))
    }

    /// How the library sees a local time; none outside its years -9999 to 9999.
    fn ambiguity(&self, local: LocalTime) -> Option<AmbiguousOffset> {
        let (year, month, day) = local.day.civil();
        let date = civil::Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()?;
        let seconds = local.ms.clamp(0, DAY_MS - 1) / 1000;
        let time = civil::time((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0);
        Some(self.rules.to_ambiguous_timestamp(date.to_datetime(time)).offset())
    }
}

/// The library's word for an instant, kept within its years.
fn to_timestamp(instant: Instant) -> Timestamp {
    let end = if instant.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(instant.0).unwrap_or(end)
}

fn offset_ms(offset: jiff::tz::Offset) -> i64 {
    i64::from(offset.seconds()) * 1000
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::utc()
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
        let name = String::deserialize(deserializer)?;
        Zone::parse(&name).ok_or_else(|| de::Error::custom(format!("{name} is not a time zone")))
    }
}
