//! The types of fields (facts 3).

use model::kind::formula::FormulaResult;
use model::kind::rollup::RollupFunction;
use model::kind::{Class, Kind};

/// A type of field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    String,
    Number,
    Date,
    DateTime,
    Time,
    TimeInterval,
    Appointment,
    Boolean,
    Choice,
    Multi,
    Ref,
    Rev,
    Phone,
    Email,
    Url,
    Location,
    Html,
    Icon,
    Color,
    User,
    File,
    /// A formula. Only a schema says so; elsewhere it looks like a plain field of what it gives (facts 3).
    Fn,
}

/// Every type with its word.
const WORDS: &[(Word, &str)] = &[
    (Word::String, "string"),
    (Word::Number, "number"),
    (Word::Date, "date"),
    (Word::DateTime, "datetime"),
    (Word::Time, "time"),
    (Word::TimeInterval, "timeinterval"),
    (Word::Appointment, "appointment"),
    (Word::Boolean, "boolean"),
    (Word::Choice, "choice"),
    (Word::Multi, "multi"),
    (Word::Ref, "ref"),
    (Word::Rev, "rev"),
    (Word::Phone, "phone"),
    (Word::Email, "email"),
    (Word::Url, "url"),
    (Word::Location, "location"),
    (Word::Html, "html"),
    (Word::Icon, "icon"),
    (Word::Color, "color"),
    (Word::User, "user"),
    (Word::File, "file"),
    (Word::Fn, "fn"),
];

/// Other words that are understood when a field is made: newer vendor material has them (facts 3).
const ALSO: &[(&str, Word)] = &[
    ("text", Word::String),
    ("timestamp", Word::DateTime),
    ("link", Word::Url),
    ("image", Word::File),
    ("bool", Word::Boolean),
];

impl Word {
    /// How it is written.
    pub fn text(self) -> &'static str {
        WORDS.iter().find(|(word, _)| *word == self).map_or("string", |(_, text)| text)
    }

    /// The type of a word.
    pub fn parse(text: &str) -> Option<Word> {
        let known = WORDS.iter().find(|(_, known)| *known == text).map(|(word, _)| *word);
        known.or_else(|| ALSO.iter().find(|(known, _)| *known == text).map(|(_, word)| *word))
    }

    /// All words, for a message.
    pub fn all() -> Vec<String> {
        WORDS.iter().map(|(_, text)| (*text).to_owned()).collect()
    }

    /// What a kind is here. A computed field looks like a plain one (facts 3); what Ninox has no type for is text.
    pub fn of(kind: &Kind) -> Word {
        match kind {
            Kind::Line(_) | Kind::LongText(_) | Kind::Slug(_) => Word::String,
            Kind::Html(_) => Word::Html,
            Kind::Email(_) => Word::Email,
            Kind::Phone(_) => Word::Phone,
            Kind::Url(_) => Word::Url,
            Kind::Number(_) | Kind::Integer(_) | Kind::Rating(_) | Kind::AutoNumber(_) => Word::Number,
            Kind::Boolean(_) => Word::Boolean,
            Kind::Date(_) => Word::Date,
            Kind::DateTime(_) | Kind::CreatedTime(_) | Kind::ModifiedTime(_) => Word::DateTime,
            Kind::Time(_) => Word::Time,
            Kind::Duration(_) => Word::TimeInterval,
            Kind::Appointment(_) => Word::Appointment,
            Kind::Choice(_) => Word::Choice,
            Kind::MultiChoice(_) => Word::Multi,
            Kind::Location(_) => Word::Location,
            Kind::Color(_) => Word::Color,
            Kind::Icon(_) => Word::Icon,
            Kind::Files(_) => Word::File,
            Kind::User(_) | Kind::Users(_) | Kind::CreatedBy(_) | Kind::ModifiedBy(_) => Word::User,
            Kind::Reference(_) => Word::Ref,
            // Several records, as the other side of a reference has them.
            Kind::Links(_) | Kind::Reverse(_) => Word::Rev,
            Kind::Rollup(rollup) => of_rollup(rollup.function),
            Kind::Formula(formula) => of_formula(formula.result),
            Kind::Video(_) | Kind::Json(_) | Kind::Seo(_) | Kind::Lookup(_) | Kind::Button(_) => Word::String,
        }
    }
}

fn of_formula(result: FormulaResult) -> Word {
    match result {
        FormulaResult::Text => Word::String,
        FormulaResult::Number => Word::Number,
        FormulaResult::Boolean => Word::Boolean,
        FormulaResult::Date => Word::Date,
        FormulaResult::Instant => Word::DateTime,
        FormulaResult::Time => Word::Time,
        FormulaResult::Duration => Word::TimeInterval,
    }
}

fn of_rollup(function: RollupFunction) -> Word {
    match function {
        RollupFunction::Countall
        | RollupFunction::Counta
        | RollupFunction::Count
        | RollupFunction::Sum
        | RollupFunction::Max
        | RollupFunction::Min
        | RollupFunction::Average => Word::Number,
        RollupFunction::And | RollupFunction::Or | RollupFunction::Xor => Word::Boolean,
        RollupFunction::ArrayJoin
        | RollupFunction::ArrayUnique
        | RollupFunction::ArrayCompact
        | RollupFunction::Concatenate => Word::String,
    }
}

/// Whether the values of a class are texts, so that an empty one is `""` where the vendor shows empty texts.
pub fn is_text(class: Class) -> bool {
    match class {
        Class::Text | Class::List => true,
        Class::Bool
        | Class::Number
        | Class::Integer
        | Class::Date
        | Class::Instant
        | Class::Time
        | Class::Duration
        | Class::Span
        | Class::Choice
        | Class::Choices
        | Class::Reference
        | Class::References
        | Class::User
        | Class::Users
        | Class::Structure => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for (word, text) in WORDS {
            assert_eq!((Word::parse(text), word.text()), (Some(*word), *text));
        }
        assert_eq!((Word::parse("link"), Word::parse("dchoice")), (Some(Word::Url), None));
    }
}
