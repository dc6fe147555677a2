//! Several options of a list, in the order given.

use super::{Behaviour, Class, Names};
use crate::error::Rule;
use crate::kind::choice::Options;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a multiple choice field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MultiChoice {
    pub options: Options,
}

impl Behaviour for MultiChoice {
    fn word(&self) -> &'static str {
        "multiple choice"
    }

    fn class(&self) -> Class {
        Class::Choices
    }

    fn check_settings(&self) -> Result<(), Rule> {
        self.options.check()
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Choices(list) if list.iter().all(|id| self.options.get(*id).is_some()) => {
                shared::check_distinct(list)
            }
            _ => Err(Rule::Type("a list of the field's options")),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Choice(id) => return self.options.get(*id).map(|_| Value::Choices(vec![*id])),
            Value::Choices(_) => return self.check(given).is_ok().then(|| given.clone()),
            _ => {}
        }
        // Text as a whole is tried first, for names with commas in them.
        let whole = match given {
            Value::Text(text) => self.options.named(text.trim()),
            _ => None,
        };
        let mut list = Vec::new();
        match whole {
            Some(option) => list.push(option.id),
            None => {
                for word in shared::words(given)? {
                    let id = self.options.named(&word)?.id;
                    if !list.contains(&id) {
                        list.push(id);
                    }
                }
            }
        }
        Some(if list.is_empty() { Value::Null } else { Value::Choices(list) })
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        self.names_of(value).join(", ")
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        let (a, b) = (self.names_of(a), self.names_of(b));
        let first = match (a.first(), b.first()) {
            (Some(a), Some(b)) => shared::order_texts(a, b, order),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        first.then(a.len().cmp(&b.len()))
    }
}

impl MultiChoice {
    /// The names of the options of a value, in its order.
    fn names_of(&self, value: &Value) -> Vec<&str> {
        match value {
            Value::Choices(list) => {
                list.iter().map(|id| self.options.get(*id).map_or("", |option| option.name.as_str())).collect()
            }
            _ => Vec::new(),
        }
    }
}
