//! Validators: rules on the values of a field, as data. They hold whichever door a write comes through.
//!
//! Required and unique need more than the value and are judged by the engine at the end of a write; the others are
//! judged here, at each change.

mod files;
mod pattern;
#[cfg(test)]
mod tests;

use crate::error::Rule;
use crate::ids::{RecordAddress, TableId};
use crate::kind::{Class, Kind};
use crate::time::{DAY_MS, Day, Instant};
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A rule on the values of a field. An empty value passes all but [`Validator::Required`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    /// Not empty; in a localized field, in no locale.
    Required,
    /// No other record has the same value (per locale).
    Unique,
    /// Length of text in characters.
    Length {
        min: Option<u64>,
        max: Option<u64>,
        eq: Option<u64>,
    },
    /// Bounds of a number, both included.
    Range {
        min: Option<f64>,
        max: Option<f64>,
    },
    Pattern(Pattern),
    /// Text must be one of these.
    Enum(Vec<String>),
    /// Bounds of a date or instant, both included, as ISO text.
    DateRange {
        min: Option<String>,
        max: Option<String>,
    },
    /// Number of items of a list.
    Size {
        min: Option<u64>,
        max: Option<u64>,
        eq: Option<u64>,
    },
    /// Tables that a reference may point into.
    Tables(Vec<TableId>),
    /// Size of each file in bytes.
    FileSize {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// Extensions of files, lower case, without the dot.
    Extension(Vec<String>),
    /// Size of each image in pixels.
    ImageDimensions {
        min_width: Option<u64>,
        max_width: Option<u64>,
        min_height: Option<u64>,
        max_height: Option<u64>,
    },
    /// Length of a text inside a structure (the title of a SEO object), in characters.
    PartLength {
        part: String,
        min: Option<u64>,
        max: Option<u64>,
    },
}

/// What text must look like.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    Email,
    Url,
    /// A regular expression of the linear-time engine, matched anywhere in the text.
    Custom(String),
}

/// Longest custom pattern, in bytes.
const MAX_PATTERN: u64 = 1_000;
/// Most entries of an enumeration.
const MAX_ENTRIES: usize = 10_000;

impl Validator {
    /// Whether the engine judges it at the end of a write, rather than [`Validator::check`] at each change.
    pub fn is_deferred(&self) -> bool {
        matches!(self, Validator::Required | Validator::Unique)
    }

    /// Whether a value of the kind satisfies the rule. An empty value satisfies all of them, and so does any value
    /// where the rule is deferred.
    pub fn check(&self, kind: &Kind, value: &Value) -> Result<(), Rule> {
        if value.is_empty() {
            return Ok(());
        }
        match self {
            Validator::Required | Validator::Unique => Ok(()),
            Validator::Length { min, max, eq } => {
                let length = text_of(value).map(|text| text.chars().count() as u64);
                require(fits(length, *min, *max, *eq), || Rule::Length { min: *min, max: *max, eq: *eq })
            }
            Validator::Range { min, max } => {
                let number = match value {
                    Value::Number(number) => Some(*number),
                    _ => None,
                };
                require(fits(number, *min, *max, None), || Rule::Range { min: *min, max: *max })
            }
            Validator::Pattern(pattern) => {
                let matches = text_of(value).is_none_or(|text| pattern.matches(text));
                require(matches, || Rule::Pattern(pattern.name().to_owned()))
            }
            Validator::Enum(entries) => {
                let name = match (kind, value) {
                    (Kind::Choice(choice), Value::Choice(id)) => choice.options.get(*id).map(|o| o.name.as_str()),
                    _ => text_of(value),
                };
                require(name.is_none_or(|name| entries.iter().any(|e| e == name)), || Rule::Enum(entries.clone()))
            }
            Validator::DateRange { min, max } => {
                require(is_within(value, min, max), || Rule::DateRange { min: min.clone(), max: max.clone() })
            }
            Validator::Size { min, max, eq } => {
                require(fits(size_of(value), *min, *max, *eq), || Rule::Size { min: *min, max: *max, eq: *eq })
            }
            Validator::Tables(tables) => {
                let allowed = |address: &RecordAddress| tables.contains(&address.table);
                let fits = match value {
                    Value::Reference(address) => allowed(address),
                    Value::References(list) => list.iter().all(allowed),
                    _ => true,
                };
                require(fits, || Rule::TargetTable)
            }
            Validator::FileSize { min, max } => {
                let fits = files::of(value).all(|file| fits(files::number(file, "size"), *min, *max, None));
                require(fits, || Rule::FileSize { min: *min, max: *max })
            }
            Validator::Extension(list) => {
                let fits = files::of(value).all(|file| list.contains(&files::extension(file)));
                require(fits, || Rule::Extension(list.clone()))
            }
            Validator::ImageDimensions { min_width, max_width, min_height, max_height } => {
                let fits = files::of(value).all(|file| {
                    fits(files::number(file, "width"), *min_width, *max_width, None)
                        && fits(files::number(file, "height"), *min_height, *max_height, None)
                });
                require(fits, || Rule::ImageDimensions)
            }
            Validator::PartLength { part, min, max } => {
                let text = match value {
                    Value::Structure(structure) => structure.get(part).and_then(crate::Json::as_str),
                    _ => None,
                };
                let length = text.filter(|text| !text.is_empty()).map(|text| text.chars().count() as u64);
                require(fits(length, *min, *max, None), || Rule::Length { min: *min, max: *max, eq: None })
            }
        }
    }

    /// Whether the rule makes sense by itself and for a field of the kind.
    pub fn check_settings(&self, kind: &Kind) -> Result<(), Rule> {
        if !self.applies_to(kind) {
            return Err(Rule::Malformed(format!("cannot be a rule of a field of kind {}", kind.word())));
        }
        match self {
            Validator::Required | Validator::Unique => Ok(()),
            Validator::Length { min, max, .. }
            | Validator::Size { min, max, .. }
            | Validator::PartLength { min, max, .. } => check_order(*min, *max),
            Validator::FileSize { min, max } => check_order(*min, *max),
            Validator::Range { min, max } => check_order(*min, *max),
            Validator::ImageDimensions { min_width, max_width, min_height, max_height } => {
                check_order(*min_width, *max_width)?;
                check_order(*min_height, *max_height)
            }
            Validator::Pattern(pattern) => pattern.check_settings(),
            Validator::Enum(list) | Validator::Extension(list) if list.len() > MAX_ENTRIES => {
                Err(Rule::TooMany { limit: MAX_ENTRIES as u64 })
            }
            Validator::Enum(_) | Validator::Extension(_) => Ok(()),
            Validator::Tables(tables) if tables.is_empty() => Err(Rule::Required),
            Validator::Tables(_) => Ok(()),
            Validator::DateRange { min, max } => {
                let unreadable = [min, max].into_iter().flatten().find(|bound| Instant::parse(bound).is_none());
                match unreadable {
                    Some(bound) => Err(Rule::Malformed(format!("must have ISO dates as bounds, not {bound}"))),
                    None => {
                        check_order(min.as_deref().and_then(Instant::parse), max.as_deref().and_then(Instant::parse))
                    }
                }
            }
        }
    }

    fn applies_to(&self, kind: &Kind) -> bool {
        let class = kind.class();
        match self {
            Validator::Required => true,
            Validator::Unique => !kind.is_computed() && class != Class::References,
            Validator::Length { .. } | Validator::Pattern(_) => class == Class::Text,
            Validator::Enum(_) => matches!(class, Class::Text | Class::Choice),
            Validator::Range { .. } => matches!(class, Class::Number | Class::Integer),
            Validator::DateRange { .. } => matches!(class, Class::Date | Class::Instant | Class::Span),
            Validator::Size { .. } => {
                matches!(class, Class::Choices | Class::References | Class::Users | Class::List)
                    || matches!(kind, Kind::Files(_))
            }
            Validator::Tables(_) => matches!(class, Class::Reference | Class::References),
            Validator::PartLength { .. } => matches!(kind, Kind::Seo(_)),
            Validator::FileSize { .. } | Validator::Extension(_) | Validator::ImageDimensions { .. } => {
                matches!(kind, Kind::Files(_))
            }
        }
    }
}

/// The rule is broken when it does not hold.
fn require(holds: bool, rule: impl FnOnce() -> Rule) -> Result<(), Rule> {
    if holds { Ok(()) } else { Err(rule()) }
}

/// Whether something measured lies within its bounds; what cannot be measured does.
fn fits<T: PartialOrd>(measured: Option<T>, min: Option<T>, max: Option<T>, eq: Option<T>) -> bool {
    measured.is_none_or(|measured| {
        min.is_none_or(|min| measured >= min)
            && max.is_none_or(|max| measured <= max)
            && eq.is_none_or(|eq| measured == eq)
    })
}

fn check_order<T: PartialOrd>(min: Option<T>, max: Option<T>) -> Result<(), Rule> {
    match (min, max) {
        (Some(min), Some(max)) if min > max => {
            Err(Rule::Malformed("must not have a minimum above its maximum".to_owned()))
        }
        _ => Ok(()),
    }
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The number of items of a list.
fn size_of(value: &Value) -> Option<u64> {
    let count = match value {
        Value::Choices(list) => list.len(),
        Value::References(list) => list.len(),
        Value::Users(list) => list.len(),
        Value::List(list) => list.len(),
        Value::Structure(crate::Json::Array(list)) => list.len(),
        _ => return None,
    };
    Some(count as u64)
}

/// Whether a day, instant or appointment lies within bounds of ISO text. A bound without a time is a whole day in UTC.
fn is_within(value: &Value, min: &Option<String>, max: &Option<String>) -> bool {
    let (first, last) = match value {
        Value::Date(day) => (i64::from(*day) * DAY_MS, i64::from(*day) * DAY_MS),
        Value::Instant(ms) => (*ms, *ms),
        Value::Span { start, end } => (*start, *end),
        _ => return true,
    };
    let least = min.as_deref().and_then(Instant::parse).map(|min| match value {
        Value::Date(_) => i64::from(min.utc_day().0) * DAY_MS,
        _ => min.0,
    });
    let most = max.as_deref().and_then(|max| match Day::parse(max) {
        Some(day) => Some(i64::from(day.0) * DAY_MS + DAY_MS - 1),
        None => Instant::parse(max).map(|max| max.0),
    });
    least.is_none_or(|least| first >= least) && most.is_none_or(|most| last <= most)
}
