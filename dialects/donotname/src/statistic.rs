//! Statistic functions of columns: the words, which fields have them, and how the core works them out (facts A4).

use crate::field::shown::Shown;
use crate::field::word::Word;
use crate::sort::date_format;
use model::filter::Operand;
use model::kind::Class;
use model::query::{Aggregate, Measure};
use model::time::{DAY_MS, Day, Instant, Zone};
use model::{Json, Value};
use serde_json::json;

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Statistic {
    Count,
    Empty,
    Filled,
    Unique,
    Max,
    Min,
    Sum,
    Average,
    Checked,
    UnChecked,
    PercentEmpty,
    PercentFilled,
    PercentUnique,
    PercentChecked,
    PercentUnChecked,
    EarliestDate,
    LatestDate,
    DateRangeOfDays,
    DateRangeOfMonths,
    TotalAttachmentSize,
}

use Statistic::*;

/// The words.
const WORDS: [(Statistic, &str); 20] = [
    (Count, "count"),
    (Empty, "empty"),
    (Filled, "filled"),
    (Unique, "unique"),
    (Max, "max"),
    (Min, "min"),
    (Sum, "sum"),
    (Average, "average"),
    (Checked, "checked"),
    (UnChecked, "unChecked"),
    (PercentEmpty, "percentEmpty"),
    (PercentFilled, "percentFilled"),
    (PercentUnique, "percentUnique"),
    (PercentChecked, "percentChecked"),
    (PercentUnChecked, "percentUnChecked"),
    (EarliestDate, "earliestDate"),
    (LatestDate, "latestDate"),
    (DateRangeOfDays, "dateRangeOfDays"),
    (DateRangeOfMonths, "dateRangeOfMonths"),
    (TotalAttachmentSize, "totalAttachmentSize"),
];

impl Statistic {
    pub fn parse(word: &str) -> Option<Statistic> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(statistic, _)| *statistic)
    }

    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(statistic, _)| *statistic == self).map_or("", |(_, word)| word)
    }

    /// All words.
    pub fn all() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, word)| *word)
    }

    /// Whether a field has the function, as Teable's columns do.
    pub fn fits(self, shown: &Shown) -> bool {
        let counts = matches!(self, Count | Empty | Filled | PercentEmpty | PercentFilled);
        let singles = matches!(self, Unique | PercentUnique);
        match shown.word {
            Word::Link | Word::Button => counts,
            Word::User | Word::CreatedBy | Word::LastModifiedBy => counts || (singles && !shown.many),
            Word::Attachment => counts || self == TotalAttachmentSize,
            Word::Checkbox | Word::Formula if !shown.many && shown.kind.class() == Class::Bool => {
                matches!(self, Count | Checked | UnChecked | PercentChecked | PercentUnChecked)
            }
            _ => match shown.kind.class() {
                Class::Number | Class::Integer | Class::List if !shown.many => {
                    counts || singles || matches!(self, Sum | Average | Min | Max)
                }
                Class::Date | Class::Instant if !shown.many => {
                    counts || singles || matches!(self, EarliestDate | LatestDate | DateRangeOfDays | DateRangeOfMonths)
                }
                _ => counts || singles,
            },
        }
    }

    /// What has to be measured.
    pub fn measures(self, over: &Operand) -> Vec<Measure> {
        let functions: &[Aggregate] = match self {
            Count => &[Aggregate::Count],
            Empty | UnChecked => &[Aggregate::CountEmpty],
            Filled | Checked => &[Aggregate::CountFilled],
            Unique => &[Aggregate::CountUnique],
            Max | LatestDate => &[Aggregate::Max],
            Min | EarliestDate => &[Aggregate::Min],
            Sum => &[Aggregate::Sum],
            Average => &[Aggregate::Average],
            PercentEmpty | PercentUnChecked => &[Aggregate::CountEmpty, Aggregate::Count],
            PercentFilled | PercentChecked => &[Aggregate::CountFilled, Aggregate::Count],
            PercentUnique => &[Aggregate::CountUnique, Aggregate::Count],
            DateRangeOfDays | DateRangeOfMonths => &[Aggregate::Min, Aggregate::Max],
            TotalAttachmentSize => &[Aggregate::TotalSize],
        };
        functions.iter().map(|function| Measure { function: *function, over: over.clone() }).collect()
    }

    /// The value of the function, from what was measured: a number, an instant as text, or null.
    pub fn value(self, shown: &Shown, measured: &[Value]) -> Json {
        let zone = date_format(&shown.kind).map_or_else(Zone::utc, |format| format.zone.clone());
        match (self, measured) {
            (DateRangeOfDays | DateRangeOfMonths, [from, to]) => match (instant(from, &zone), instant(to, &zone)) {
                (Some(from), Some(to)) if self == DateRangeOfDays => json!((to.0 - from.0) / DAY_MS),
                (Some(from), Some(to)) => json!(months(from, to, &zone)),
                _ => Json::Null,
            },
            (_, [Value::Number(part), Value::Number(whole)]) if *whole > 0.0 => number(part / whole * 100.0),
            (_, [_, _]) => json!(0),
            (_, [Value::Number(value)]) => number(*value),
            (_, [value]) => match instant(value, &zone) {
                Some(instant) => json!(instant.to_iso()),
                None => Json::Null,
            },
            _ => Json::Null,
        }
    }
}

/// A number, whole where it is.
fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

fn instant(value: &Value, zone: &Zone) -> Option<Instant> {
    match value {
        Value::Instant(ms) => Some(Instant(*ms)),
        Value::Date(day) => Some(zone.start_of(Day(*day))),
        _ => None,
    }
}

/// Whole months between two instants.
fn months(from: Instant, to: Instant, zone: &Zone) -> i64 {
    let (from, to) = (zone.local(from), zone.local(to));
    let count = |day: Day| {
        let (year, month, _) = day.civil();
        i64::from(year) * 12 + i64::from(month)
    };
    let between = count(to.day) - count(from.day);
    let is_full = (from.day.plus_months(between), from.ms) <= (to.day, to.ms);
    between - i64::from(!is_full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_over_on_the_same_day_at_the_same_time() {
        let at = |text: &str| Instant::parse(text).expect("an instant");
        for (from, to, expected) in [
            ("2024-01-31T10:00:00Z", "2024-02-29T10:00:00Z", 1),
            ("2024-01-15T10:00:00Z", "2024-02-15T09:59:00Z", 0),
            ("2024-01-15T10:00:00Z", "2025-01-15T10:00:00Z", 12),
            ("2024-01-15T10:00:00Z", "2024-01-15T10:00:00Z", 0),
        ] {
            assert_eq!(months(at(from), at(to), &Zone::utc()), expected, "{from} {to}");
        }
    }

    #[test]
    fn every_word_is_read_back() {
        for word in Statistic::all() {
            assert_eq!(Statistic::parse(word).map(Statistic::word), Some(word));
        }
    }
}
