//! One condition as a filter of the core.

use super::date;
use super::family::Family;
use super::operator::Operator;
use super::wire::Condition;
use crate::cell::values::options_of;
use crate::field::shown::{Shown, sees_titles};
use crate::names;
use crate::record::shape::Shape;
use engine::View;
use model::error::Path;
use model::filter::{Comparison, Predicate, Test};
use model::kind::{Class, NoNames};
use model::time::PeriodRelation;
use model::{Error, Filter, Json, Result, Rule, Value};

/// The word for the user who asks (facts B; exact case).
const ME: &str = "Me";

/// The filter of a condition whose operator the family has.
pub fn of(
    view: &View<'_>,
    shape: &Shape,
    shown: &Shown,
    family: Family,
    operator: Operator,
    condition: &Condition,
) -> Result<Filter> {
    let read = Reader { at: condition.at.clone().key("value"), value: &condition.value, shown };
    if family == Family::Checkbox {
        return read.checkbox(operator);
    }
    if let Some(positive) = operator.positive() {
        // Logic is two-valued: a test of an empty cell fails, so its negation holds, as the truth table wants.
        return Ok(read.positive(view, shape, family, positive)?.negated());
    }
    read.positive(view, shape, family, operator)
}

/// No record.
fn nothing() -> Filter {
    Filter::Or(Vec::new())
}

/// Reads the value of one condition.
struct Reader<'a> {
    at: Path,
    value: &'a Json,
    shown: &'a Shown,
}

impl Reader<'_> {
    fn test(&self, predicate: Predicate) -> Filter {
        Filter::Test(Test { operand: self.shown.operand.clone(), predicate })
    }

    fn wrong(&self, expected: &'static str) -> Error {
        Error::invalid_given(self.at.clone(), Rule::Type(expected), self.value.to_string())
    }

    /// Checked or not; an empty cell is unchecked (facts A0, B).
    fn checkbox(&self, operator: Operator) -> Result<Filter> {
        let wants_checked = match (operator, self.value) {
            (Operator::IsEmpty, _) => false,
            (Operator::IsNotEmpty, _) => true,
            (Operator::Is, Json::Bool(checked)) => *checked,
            (Operator::Is, Json::Null) => false,
            (Operator::IsNot, Json::Bool(checked)) => !*checked,
            (Operator::IsNot, Json::Null) => true,
            _ => return Err(self.wrong("true or false")),
        };
        let empty = self.test(Predicate::IsEmpty);
        Ok(if wants_checked { empty.negated() } else { empty })
    }

    /// The filter of an operator that is no negation.
    fn positive(&self, view: &View<'_>, shape: &Shape, family: Family, operator: Operator) -> Result<Filter> {
        if operator == Operator::IsEmpty {
            return Ok(self.test(Predicate::IsEmpty));
        }
        match family {
            Family::Text | Family::Texts if operator == Operator::Contains => {
                Ok(self.test(Predicate::Contains(self.text()?.to_owned())))
            }
            Family::Link | Family::Links if operator == Operator::Contains => self.titled(view),
            Family::Date => self.date(operator),
            Family::Number => match comparison(operator) {
                Some(comparison) => Ok(self.test(Predicate::Compare(comparison, self.number(self.value)?))),
                None => self.equal(view, shape, operator),
            },
            Family::Text | Family::Words | Family::Choice | Family::User | Family::Link => {
                self.equal(view, shape, operator)
            }
            Family::Choices | Family::Users | Family::Links | Family::Texts | Family::Numbers => {
                self.overlap(view, shape, operator)
            }
            Family::Checkbox | Family::Presence | Family::Others => Err(self.wrong("nothing")),
        }
    }

    /// `is` and `isAnyOf` of cells with one value.
    fn equal(&self, view: &View<'_>, shape: &Shape, operator: Operator) -> Result<Filter> {
        let values = self.values(view, shape)?;
        Ok(match (operator, values.as_slice()) {
            (Operator::IsAnyOf, _) => self.test(Predicate::OneOf(values)),
            (_, [value]) => self.test(Predicate::Equals(value.clone())),
            // A name that no option has, a user or record that is not there: equal to nothing.
            (_, _) => nothing(),
        })
    }

    /// The list operators. A value that nothing can be equal to is in no list.
    fn overlap(&self, view: &View<'_>, shape: &Shape, operator: Operator) -> Result<Filter> {
        let asked = self.value.as_array().map_or(1, Vec::len);
        let values = self.values(view, shape)?;
        let is_complete = values.len() == asked;
        Ok(match operator {
            Operator::HasAllOf if !is_complete || asked == 0 => nothing(),
            Operator::HasAllOf => self.test(Predicate::HasAll(values)),
            // `is` of a list is the same set, as the newer versions have it (facts B).
            Operator::IsExactly | Operator::Is if !is_complete || asked == 0 => nothing(),
            Operator::IsExactly | Operator::Is => self.test(Predicate::SameSet(distinct(values))),
            _ => self.test(Predicate::HasAny(values)),
        })
    }

    /// The values meant, without those that cannot be.
    fn values(&self, view: &View<'_>, shape: &Shape) -> Result<Vec<Value>> {
        let items: &[Json] = match self.value {
            Json::Array(items) => items,
            one => std::slice::from_ref(one),
        };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.extend(self.value(view, shape, item)?);
        }
        Ok(values)
    }

    fn value(&self, view: &View<'_>, shape: &Shape, item: &Json) -> Result<Option<Value>> {
        let text = || item.as_str().ok_or_else(|| self.wrong("text"));
        Ok(match self.shown.kind.class() {
            Class::Text => Some(Value::text(text()?)),
            Class::Number | Class::Integer => Some(self.number(item)?),
            Class::Choice | Class::Choices => {
                let name = text()?;
                options_of(&self.shown.kind).and_then(|o| o.named(name)).map(|option| Value::Choice(option.id))
            }
            Class::User | Class::Users => match id_of(item).ok_or_else(|| self.wrong("a user id or Me"))? {
                ME => view.actor().user.map(Value::User),
                id => names::read_user(id).map(Value::User),
            },
            Class::Reference | Class::References => {
                let id = id_of(item).ok_or_else(|| self.wrong("a record id"))?;
                names::read_any_record(id, shape.name.database).map(Value::Reference)
            }
            Class::Time | Class::Duration | Class::Span => {
                let given = Value::text(text()?);
                self.shown.kind.behaviour().coerce(&given, &NoNames(view.now()))
            }
            Class::List => match item {
                Json::String(text) => Some(Value::text(text.as_str())),
                Json::Number(_) => Some(self.number(item)?),
                _ => return Err(self.wrong("text or a number")),
            },
            Class::Bool | Class::Date | Class::Instant | Class::Structure => return Err(self.wrong("nothing")),
        })
    }

    fn text(&self) -> Result<&str> {
        self.value.as_str().ok_or_else(|| self.wrong("text"))
    }

    fn number(&self, item: &Json) -> Result<Value> {
        item.as_f64().map(Value::Number).ok_or_else(|| self.wrong("a number"))
    }

    fn date(&self, operator: Operator) -> Result<Filter> {
        let period = date::period(self.value, &self.shown.kind, &self.at)?;
        let relation = match operator {
            Operator::IsBefore | Operator::IsLess => PeriodRelation::Before,
            Operator::IsAfter | Operator::IsGreater => PeriodRelation::After,
            Operator::IsOnOrBefore | Operator::IsLessEqual => PeriodRelation::UpToEnd,
            Operator::IsOnOrAfter | Operator::IsGreaterEqual => PeriodRelation::FromStart,
            _ => PeriodRelation::Inside,
        };
        Ok(self.test(Predicate::During(relation, period)))
    }

    /// Records whose linked records have the text in their titles, if the actor may see those (S19).
    fn titled(&self, view: &View<'_>) -> Result<Filter> {
        if !sees_titles(view, &self.shown.kind) {
            return Err(self.wrong("nothing: the linked records are not to be seen"));
        }
        Ok(self.test(Predicate::Contains(self.text()?.to_owned())))
    }
}

fn comparison(operator: Operator) -> Option<Comparison> {
    match operator {
        Operator::IsGreater => Some(Comparison::Greater),
        Operator::IsGreaterEqual => Some(Comparison::GreaterOrEqual),
        Operator::IsLess => Some(Comparison::Less),
        Operator::IsLessEqual => Some(Comparison::LessOrEqual),
        _ => None,
    }
}

fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// The id in `{id, …}` or alone.
fn id_of(item: &Json) -> Option<&str> {
    item.as_str().or_else(|| item.get("id")?.as_str())
}
