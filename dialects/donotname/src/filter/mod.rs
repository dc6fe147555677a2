//! Filters: this door's JSON to a filter of the core (facts B, truth table). An unknown field, operator, conjunction
//! or mode is refused by name: passing over it would widen the result (S22).
//!
//! [`wire`] reads the form, this file walks it, [`family`] says what each kind of field understands.

pub mod date;
pub mod family;
pub mod operator;
pub mod script;
mod test;
#[cfg(test)]
mod tests;
pub mod wire;

use crate::record::keys::KeyType;
use crate::record::shape::Shape;
use engine::View;
use family::Family;
use model::error::Path;
use model::{Error, Filter, Json, Result, Rule};
use operator::Operator;
use wire::{Condition, Conjunction, Group, Item};

/// Where a filter comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The request: everything in it must be understood, and an empty list is an empty list (S21).
    Request,
    /// A request that saves it in a view: unfinished conditions are passed over, but all of it must be understood.
    ToBeSaved,
    /// A saved view: unfinished conditions and fields that are gone are passed over (T6568).
    Saved,
}

/// Translates filters over one table.
pub struct Translator<'a, 'v> {
    pub view: &'a mut View<'v>,
    pub shape: &'a Shape,
    pub key_type: KeyType,
    pub origin: Origin,
}

impl Translator<'_, '_> {
    /// The filter in JSON text of a query parameter.
    pub fn of_text(&mut self, text: &str) -> Result<Filter> {
        let json: Json = edge::body::json_at("filter", text.as_bytes())?;
        self.of_json(&json)
    }

    /// The filter in a value; null means all records.
    pub fn of_json(&mut self, json: &Json) -> Result<Filter> {
        match wire::read(json, &Path::of("filter"))? {
            None => Ok(Filter::all()),
            Some(group) => Ok(self.group(&group)?.unwrap_or_default()),
        }
    }

    /// The filter of a group; none when nothing in it is a finished condition.
    fn group(&mut self, group: &Group) -> Result<Option<Filter>> {
        let mut parts = Vec::with_capacity(group.items.len());
        for item in &group.items {
            let part = match item {
                Item::Group(group) => self.group(group)?,
                Item::Condition(condition) => self.condition(condition)?,
                Item::Script(source, at) => script::filter(self.view, self.shape.table.id, self.origin, source, at)?,
            };
            parts.extend(part);
        }
        Ok(match (parts.len(), group.conjunction) {
            (0, _) => None,
            (1, _) => parts.pop(),
            (_, Conjunction::And) => Some(Filter::And(parts)),
            (_, Conjunction::Or) => Some(Filter::Or(parts)),
        })
    }

    /// The filter of a condition; none when the condition is unfinished and so counts as absent.
    fn condition(&mut self, condition: &Condition) -> Result<Option<Filter>> {
        let found = self.shape.find(&condition.field, self.key_type).map(|column| &self.shape.columns[column].shown);
        let Some(shown) = found.filter(|shown| !shown.is_broken) else {
            return match self.origin {
                Origin::Saved => Ok(None),
                Origin::Request | Origin::ToBeSaved => {
                    let at = condition.at.clone().key("fieldId");
                    Err(Error::invalid_given(at, Rule::Unknown, condition.field.as_str()))
                }
            };
        };
        let family = Family::of(shown);
        let operator = self.operator(condition, family)?;
        let value = &condition.value;
        let is_absent = match value {
            Json::Null => !matches!(operator, Operator::IsEmpty | Operator::IsNotEmpty) && family != Family::Checkbox,
            Json::Array(list) => list.is_empty() && self.origin != Origin::Request,
            _ => false,
        };
        // The operator is judged even where the condition is absent, so that a typing error never widens a result.
        family.check(operator, shown, condition)?;
        if is_absent {
            return Ok(None);
        }
        test::of(self.view, self.shape, shown, family, operator, condition).map(Some)
    }

    fn operator(&self, condition: &Condition, family: Family) -> Result<Operator> {
        let word = condition.operator.as_str();
        let unknown = || Error::invalid_given(condition.at.clone().key("operator"), Rule::Unknown, word);
        if !condition.is_symbol {
            return Operator::of_word(word).ok_or_else(unknown);
        }
        let operator = Operator::of_symbol(word).ok_or_else(unknown)?;
        Ok(if family.is_list() { operator.for_many() } else { operator.for_one() })
    }
}
