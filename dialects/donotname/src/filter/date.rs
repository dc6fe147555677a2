//! Values of conditions on dates (facts B, "Date value" and the table of modes).

use model::error::Path;
use model::kind::Kind;
use model::time::{DateFormat, Instant, Period, PeriodMode, Zone};
use model::{Error, Json, Result, Rule};
use serde_json::Map;

/// Most days of a mode that counts them: about 270 years.
const MAX_DAYS: i64 = 100_000;

const MODES: [&str; 30] = [
    "today",
    "tomorrow",
    "yesterday",
    "daysAgo",
    "daysFromNow",
    "oneWeekAgo",
    "oneWeekFromNow",
    "oneMonthAgo",
    "oneMonthFromNow",
    "exactDate",
    "exactDateTime",
    "exactFormatDate",
    "currentWeek",
    "lastWeek",
    "nextWeekPeriod",
    "currentMonth",
    "lastMonth",
    "nextMonthPeriod",
    "currentYear",
    "lastYear",
    "nextYearPeriod",
    "pastWeek",
    "pastMonth",
    "pastYear",
    "nextWeek",
    "nextMonth",
    "nextYear",
    "pastNumberOfDays",
    "nextNumberOfDays",
    "dateRange",
];

/// The period that a value means of a field of this kind. Every mode is accepted with every operator.
pub fn period(value: &Json, kind: &Kind, at: &Path) -> Result<Period> {
    match value {
        // A bare text is the day that holds it, in the field's zone; a date without time is UTC midnight.
        Json::String(text) => {
            let instant = Instant::parse(text)
                .ok_or_else(|| Error::invalid_given(at.clone(), Rule::Type("a date"), text.as_str()))?;
            Ok(Period { mode: PeriodMode::ExactDay(instant), zone: format_of(kind).zone })
        }
        Json::Object(object) => of_object(object, kind, at),
        _ => Err(Error::invalid(at.clone(), Rule::Type("a date or an object with mode"))),
    }
}

fn of_object(object: &Map<String, Json>, kind: &Kind, at: &Path) -> Result<Period> {
    let word =
        crate::json::text(object, "mode", at)?.ok_or_else(|| Error::invalid(at.clone().key("mode"), Rule::Required))?;
    let zone = match crate::json::text(object, "timeZone", at)? {
        Some(name) => Zone::parse(name).ok_or_else(|| {
            let rule = Rule::Malformed("is no time zone".to_owned());
            Error::invalid_given(at.clone().key("timeZone"), rule, name)
        })?,
        None => return Err(Error::invalid(at.clone().key("timeZone"), Rule::Required)),
    };
    let instant = |key: &str| {
        let here = at.clone().key(key);
        let text = crate::json::text(object, key, at)?.ok_or_else(|| Error::invalid(here.clone(), Rule::Required))?;
        Instant::parse(text).ok_or_else(|| Error::invalid_given(here, Rule::Type("a date"), text))
    };
    let days = || {
        let days = crate::json::whole(object, "numberOfDays", at, 0, MAX_DAYS)?;
        days.map(|days| days as u32).ok_or_else(|| Error::invalid(at.clone().key("numberOfDays"), Rule::Required))
    };
    let mode = match word {
        "today" => PeriodMode::Today,
        "tomorrow" => PeriodMode::Tomorrow,
        "yesterday" => PeriodMode::Yesterday,
        "daysAgo" => PeriodMode::DaysAgo(days()?),
        "daysFromNow" => PeriodMode::DaysFromNow(days()?),
        "oneWeekAgo" => PeriodMode::OneWeekAgo,
        "oneWeekFromNow" => PeriodMode::OneWeekFromNow,
        "oneMonthAgo" => PeriodMode::OneMonthAgo,
        "oneMonthFromNow" => PeriodMode::OneMonthFromNow,
        "exactDate" => PeriodMode::ExactDay(instant("exactDate")?),
        // The newest versions compare the bare instant in this mode (facts B; T1611).
        "exactDateTime" => PeriodMode::ExactInstant(instant("exactDate")?),
        "exactFormatDate" => as_shown(instant("exactDate")?, &format_of(kind)),
        "currentWeek" => PeriodMode::CurrentWeek,
        "lastWeek" => PeriodMode::LastWeek,
        "nextWeekPeriod" => PeriodMode::NextWeek,
        "currentMonth" => PeriodMode::CurrentMonth,
        "lastMonth" => PeriodMode::LastMonth,
        "nextMonthPeriod" => PeriodMode::NextMonth,
        "currentYear" => PeriodMode::CurrentYear,
        "lastYear" => PeriodMode::LastYear,
        "nextYearPeriod" => PeriodMode::NextYear,
        "pastWeek" => PeriodMode::PastWeek,
        "pastMonth" => PeriodMode::PastMonth,
        "pastYear" => PeriodMode::PastYear,
        "nextWeek" => PeriodMode::ComingWeek,
        "nextMonth" => PeriodMode::ComingMonth,
        "nextYear" => PeriodMode::ComingYear,
        "pastNumberOfDays" => PeriodMode::PastDays(days()?),
        "nextNumberOfDays" => PeriodMode::ComingDays(days()?),
        "dateRange" => PeriodMode::Between { start: instant("exactDate")?, end: instant("exactDateEnd")? },
        other => {
            let words = MODES.iter().map(|word| (*word).to_owned()).collect();
            return Err(Error::invalid_given(at.clone().key("mode"), Rule::Enum(words), other));
        }
    };
    Ok(Period { mode, zone })
}

/// The year, month or day of the instant, whichever the column shows.
fn as_shown(instant: Instant, format: &DateFormat) -> PeriodMode {
    if format.date.contains('D') {
        PeriodMode::ExactDay(instant)
    } else if format.date.contains('M') {
        PeriodMode::Month(instant)
    } else {
        PeriodMode::Year(instant)
    }
}

/// How a kind shows dates.
pub fn format_of(kind: &Kind) -> DateFormat {
    match kind {
        Kind::Date(kind) => kind.format.clone(),
        Kind::DateTime(kind) => kind.format.clone(),
        Kind::CreatedTime(kind) => kind.format.clone(),
        Kind::ModifiedTime(kind) => kind.format.clone(),
        _ => DateFormat::default(),
    }
}
