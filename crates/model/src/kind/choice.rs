//! One option of a list. Cells keep the option's number, so renaming an option touches no record.

use super::{Behaviour, Class, Names};
use crate::Bag;
use crate::error::Rule;
use crate::ids::ChoiceId;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a choice field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Choice {
    pub options: Options,
}

/// The options of a choice or multi-choice field, in display order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Options {
    pub list: Vec<ChoiceOption>,
    /// The lowest number not yet given; numbers of deleted options are never reused.
    pub next: ChoiceId,
    /// Whether an unknown name in loose input must not become a new option.
    #[serde(default)]
    pub closed: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { list: Vec::new(), next: ChoiceId(1), closed: false }
    }
}

/// One option.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChoiceOption {
    pub id: ChoiceId,
    /// Unique within the field, case counts, no spaces at its ends.
    pub name: String,
    #[serde(default)]
    pub color: Option<String>,
    #[serde(default)]
    pub bag: Bag,
}

impl Options {
    /// The option of a name.
    pub fn named(&self, name: &str) -> Option<&ChoiceOption> {
        self.list.iter().find(|o| o.name == name)
    }

    /// The option of a number.
    pub fn get(&self, id: ChoiceId) -> Option<&ChoiceOption> {
        self.list.iter().find(|o| o.id == id)
    }

    /// The place of an option in the display order; unknown ones come last.
    pub fn place(&self, id: ChoiceId) -> usize {
        self.list.iter().position(|o| o.id == id).unwrap_or(usize::MAX)
    }

    /// Adds an option of this name at the end and answers its number.
    pub fn add(&mut self, name: &str) -> ChoiceId {
        let id = self.next;
        self.next = ChoiceId(id.0 + 1);
        self.list.push(ChoiceOption { id, name: name.to_owned(), color: None, bag: Bag::new() });
        id
    }

    /// Refuses unnamed and doubled options.
    pub fn check(&self) -> Result<(), Rule> {
        for (i, option) in self.list.iter().enumerate() {
            if option.name.trim().is_empty() {
                return Err(Rule::Malformed("must not have an option without a name".to_owned()));
            }
            if self.list[..i].iter().any(|o| o.name == option.name || o.id == option.id) {
                return Err(Rule::Malformed(format!("has the option {} twice", option.name)));
            }
        }
        Ok(())
    }
}

impl Behaviour for Choice {
    fn word(&self) -> &'static str {
        "choice"
    }

    fn class(&self) -> Class {
        Class::Choice
    }

    fn check_settings(&self) -> Result<(), Rule> {
        self.options.check()
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        match value {
            Value::Choice(id) if self.options.get(*id).is_some() => Ok(()),
            _ => Err(Rule::Type("one of the field's options")),
        }
    }

    fn coerce(&self, given: &Value, names: &dyn Names) -> Option<Value> {
        if self.check(given).is_ok() {
            return Some(given.clone());
        }
        let text = super::shared::plain_text(given, names)?;
        let text = text.trim();
        if text.is_empty() {
            return Some(Value::Null);
        }
        self.options.named(text).map(|o| Value::Choice(o.id))
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Choice(id) => self.options.get(*id).map(|o| o.name.clone()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, _: TextOrder) -> Ordering {
        let place = |value: &Value| match value {
            Value::Choice(id) => Some(self.options.place(*id)),
            _ => None,
        };
        place(a).cmp(&place(b))
    }
}
