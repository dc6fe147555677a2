//! What kinds of fields understand which operators (facts B, truth table; A0 for what the reference adds).

use super::operator::Operator;
use super::wire::Condition;
use crate::field::object::cell_value_type;
use crate::field::shown::Shown;
use crate::field::word::Word;
use model::kind::{Class, Kind};
use model::{Error, Result, Rule};

/// Kinds that are filtered alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Text,
    /// Shown as text, but kept as something else: only equality.
    Words,
    Number,
    Checkbox,
    Date,
    Choice,
    Choices,
    User,
    Users,
    Link,
    Links,
    /// Only whether there is something.
    Presence,
    /// Lists of texts, numbers, dates and checks, which lookups through several links give.
    Texts,
    Numbers,
    Others,
}

impl Family {
    /// The family of a field.
    pub fn of(shown: &Shown) -> Family {
        let single = match shown.word {
            Word::SingleLineText | Word::LongText => match shown.kind.class() {
                Class::Text => Family::Text,
                Class::Time | Class::Duration | Class::Span => Family::Words,
                _ => Family::Presence,
            },
            Word::Number | Word::Rating | Word::AutoNumber => Family::Number,
            Word::Checkbox => Family::Checkbox,
            Word::Date | Word::CreatedTime | Word::LastModifiedTime => Family::Date,
            Word::SingleSelect => Family::Choice,
            Word::MultipleSelect => return Family::Choices,
            Word::User | Word::CreatedBy | Word::LastModifiedBy => Family::User,
            Word::Link => {
                // A link to one record that is kept on the other side is a list of one.
                return match shown.kind {
                    Kind::Reference(_) if !shown.many => Family::Link,
                    _ => Family::Links,
                };
            }
            Word::Rollup => match cell_value_type(shown) {
                "number" => Family::Number,
                "boolean" => Family::Checkbox,
                _ => Family::Text,
            },
            Word::Formula => match shown.kind.class() {
                Class::Text => Family::Text,
                Class::Number | Class::Integer => Family::Number,
                Class::Bool => Family::Checkbox,
                Class::Date | Class::Instant => Family::Date,
                Class::Time | Class::Duration => Family::Words,
                _ => Family::Presence,
            },
            Word::Attachment | Word::Button => return Family::Presence,
        };
        match (shown.many, single) {
            (false, single) => single,
            (true, Family::Text) => Family::Texts,
            (true, Family::Number) => Family::Numbers,
            (true, Family::Choice) => Family::Choices,
            (true, Family::User) => Family::Users,
            (true, _) => Family::Others,
        }
    }

    /// Whether cells are lists.
    pub fn is_list(self) -> bool {
        match self {
            Family::Choices | Family::Users | Family::Links | Family::Texts | Family::Numbers | Family::Others => true,
            Family::Text
            | Family::Words
            | Family::Number
            | Family::Checkbox
            | Family::Date
            | Family::Choice
            | Family::User
            | Family::Link
            | Family::Presence => false,
        }
    }

    /// Whether the family has the operator.
    pub fn has(self, operator: Operator) -> bool {
        use Operator as O;
        if matches!(operator, O::IsEmpty | O::IsNotEmpty) {
            return true;
        }
        let listed: &[Operator] = match self {
            Family::Text => &[O::Is, O::IsNot, O::Contains, O::DoesNotContain],
            Family::Words => &[O::Is, O::IsNot],
            Family::Number => &[O::Is, O::IsNot, O::IsGreater, O::IsGreaterEqual, O::IsLess, O::IsLessEqual],
            Family::Checkbox => &[O::Is, O::IsNot],
            Family::Date => &[
                O::Is,
                O::IsNot,
                O::IsWithIn,
                O::IsBefore,
                O::IsAfter,
                O::IsOnOrBefore,
                O::IsOnOrAfter,
                O::IsGreater,
                O::IsGreaterEqual,
                O::IsLess,
                O::IsLessEqual,
            ],
            Family::Choice => &[O::Is, O::IsNot, O::IsAnyOf, O::IsNoneOf],
            Family::User => &[O::Is, O::IsNot, O::IsAnyOf, O::IsNoneOf],
            Family::Link => &[O::Is, O::IsNot, O::IsAnyOf, O::IsNoneOf, O::Contains, O::DoesNotContain],
            Family::Choices | Family::Users | Family::Numbers => {
                &[O::HasAnyOf, O::HasAllOf, O::HasNoneOf, O::IsExactly, O::IsNotExactly, O::Is, O::IsNot]
            }
            Family::Links | Family::Texts => &[
                O::HasAnyOf,
                O::HasAllOf,
                O::HasNoneOf,
                O::IsExactly,
                O::IsNotExactly,
                O::Is,
                O::IsNot,
                O::Contains,
                O::DoesNotContain,
                O::IsAnyOf,
                O::IsNoneOf,
            ],
            Family::Presence | Family::Others => &[],
        };
        listed.contains(&operator)
    }

    /// Refuses an operator that the field does not have, and a list where one value belongs or the other way round.
    pub fn check(self, operator: Operator, shown: &Shown, condition: &Condition) -> Result<()> {
        if !self.has(operator) {
            let rule = Rule::Operator { operator: operator.word().to_owned(), kind: shown.word.text() };
            return Err(Error::invalid(condition.at.clone().key("operator"), rule));
        }
        let is_list = condition.value.is_array();
        let at = || condition.at.clone().key("value");
        let has_value = !condition.value.is_null() && !matches!(operator, Operator::IsEmpty | Operator::IsNotEmpty);
        match (has_value, operator.takes_list(), is_list) {
            (true, true, false) => Err(Error::invalid(at(), Rule::Type("a list"))),
            // "is" of a list takes a list too: newer versions send both (facts B).
            (true, false, true) if !(self.is_list() && matches!(operator, Operator::Is | Operator::IsNot)) => {
                Err(Error::invalid(at(), Rule::Type("a single value")))
            }
            _ => Ok(()),
        }
    }
}
