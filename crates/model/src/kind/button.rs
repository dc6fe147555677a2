//! A button: its cell counts the clicks, as `{"count": 3}`, and a click runs its actions in their order.
//!
//! What an action may do is judged when the button is saved, with the rights of who saves it; a click is then allowed
//! to whoever may read the record (`docs/decisions/0008-buttons-are-delegations.md`).

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::field::MAX_NAME;
use crate::ids::{FieldId, TableId};
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Most actions of a button.
pub const MAX_ACTIONS: usize = 20;
/// Most webhooks among them.
pub const MAX_WEBHOOKS: usize = 5;
/// Most values of one action.
const MAX_VALUES: usize = 200;
/// Longest address of a webhook, in bytes.
const MAX_URL: usize = 2000;
/// Most bytes of all actions of a button as they are stored.
const MAX_STORED: usize = 64 << 10;

/// Settings of a button field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Button {
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub color: String,
    /// How often it can be clicked.
    #[serde(default)]
    pub max_count: Option<u32>,
    /// Whether people may set the count back.
    #[serde(default)]
    pub reset: bool,
    /// Whether a click runs the actions; one that is switched off refuses clicks.
    #[serde(default = "yes")]
    pub active: bool,
    /// What a click does, in this order. One without actions refuses clicks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

fn yes() -> bool {
    true
}

impl Default for Button {
    fn default() -> Button {
        let (label, color) = (String::new(), String::new());
        Button { label, color, max_count: None, reset: false, active: true, actions: Vec::new() }
    }
}

/// One thing that a click does. Closed: who adds one says in the engine what it needs and how it is undone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Sets fields of the clicked record.
    SetFields { values: Vec<(FieldId, Input)> },
    /// Makes a record in a table of the same database.
    CreateRecord { table: TableId, values: Vec<(FieldId, Input)> },
    /// Tells another system of the click, after it is stored.
    CallWebhook {
        url: String,
        /// The fields of the clicked record that are sent.
        fields: Vec<FieldId>,
        /// A script in NX about the clicked record: only where it is true the system is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<String>,
    },
    /// Runs a script in NX about the clicked record, which may read and write all of the database.
    RunScript { script: String },
}

/// An action without what it is about: what a run keeps of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    SetFields,
    CreateRecord,
    CallWebhook,
    RunScript,
}

impl Action {
    /// What it does.
    pub fn deed(&self) -> Deed {
        match self {
            Action::SetFields { .. } => Deed::SetFields,
            Action::CreateRecord { .. } => Deed::CreateRecord,
            Action::CallWebhook { .. } => Deed::CallWebhook,
            Action::RunScript { .. } => Deed::RunScript,
        }
    }
}

impl Deed {
    /// The word, for people and messages.
    pub fn word(self) -> &'static str {
        match self {
            Deed::SetFields => "set fields",
            Deed::CreateRecord => "create a record",
            Deed::CallWebhook => "call a webhook",
            Deed::RunScript => "run a script",
        }
    }
}

/// What an action puts into a field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    Fixed(Value),
    /// The moment of the click (date and datetime fields).
    Now,
    /// Who clicked (user fields).
    Me,
    /// The record whose button was clicked (fields that refer to records).
    Clicked,
}

impl Behaviour for Button {
    fn word(&self) -> &'static str {
        "button"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check_settings(&self) -> Result<(), Rule> {
        if self.label.chars().count() > MAX_NAME {
            return Err(Rule::Length { min: None, max: Some(MAX_NAME as u64), eq: None });
        }
        if self.actions.len() > MAX_ACTIONS {
            return Err(Rule::Malformed(format!("must have at most {MAX_ACTIONS} actions")));
        }
        self.actions.iter().try_for_each(check_action)?;
        if self.actions.iter().filter(|action| matches!(action, Action::CallWebhook { .. })).count() > MAX_WEBHOOKS {
            return Err(Rule::Malformed(format!("must have at most {MAX_WEBHOOKS} webhooks")));
        }
        let stored = serde_json::to_string(&self.actions).map_or(usize::MAX, |text| text.len());
        match stored <= MAX_STORED {
            true => Ok(()),
            false => Err(Rule::Malformed(format!("must have actions of at most {MAX_STORED} bytes together"))),
        }
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let object = shared::object(value, "a count of clicks")?;
        shared::check_no_other_keys(object, &["count"])?;
        match object.get("count").and_then(Json::as_u64) {
            Some(_) => Ok(()),
            None => Err(Rule::Malformed("must have a number in count".to_owned())),
        }
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        match value {
            Value::Structure(json) => json["count"].as_u64().map(|count| count.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}

fn check_action(action: &Action) -> Result<(), Rule> {
    let wrong = |why: String| Err(Rule::Malformed(why));
    match action {
        Action::SetFields { values } | Action::CreateRecord { values, .. } => {
            if values.len() > MAX_VALUES {
                return wrong(format!("must have at most {MAX_VALUES} values in an action"));
            }
            let twice = values.iter().enumerate().any(|(i, (field, _))| values[..i].iter().any(|(f, _)| f == field));
            if twice { wrong("must have each field once in an action".to_owned()) } else { Ok(()) }
        }
        Action::CallWebhook { url, fields, .. } => {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or("");
            if rest.is_empty() || url.len() > MAX_URL || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
                let why = format!("must have webhooks with an address of http or https, of at most {MAX_URL} bytes");
                return wrong(why);
            }
            if fields.len() > MAX_VALUES {
                return wrong(format!("must have at most {MAX_VALUES} fields in a webhook"));
            }
            Ok(())
        }
        Action::RunScript { script } if script.trim().is_empty() => wrong("must have a script to run".to_owned()),
        Action::RunScript { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(actions: Vec<Action>) -> Button {
        Button { actions, ..Button::default() }
    }

    fn hook(url: &str) -> Action {
        Action::CallWebhook { url: url.to_owned(), fields: Vec::new(), condition: None }
    }

    #[test]
    fn actions_are_bounded_and_well_formed() {
        let nothing = Action::SetFields { values: Vec::new() };
        assert!(with(vec![nothing.clone(); MAX_ACTIONS]).check_settings().is_ok());
        assert!(with(vec![nothing; MAX_ACTIONS + 1]).check_settings().is_err());
        assert!(with(vec![hook("https://a.example/x"); MAX_WEBHOOKS]).check_settings().is_ok());
        assert!(with(vec![hook("https://a.example/x"); MAX_WEBHOOKS + 1]).check_settings().is_err());
        for wrong in ["", "a.example", "ftp://a", "https://", "http://a b", "http://a\nb"] {
            assert!(with(vec![hook(wrong)]).check_settings().is_err(), "{wrong}");
        }
        assert!(with(vec![hook(&format!("http://{}", "a".repeat(MAX_URL)))]).check_settings().is_err());
        let twice = vec![(FieldId(1), Input::Now), (FieldId(1), Input::Me)];
        assert!(with(vec![Action::SetFields { values: twice }]).check_settings().is_err());
        let long = vec![(FieldId(1), Input::Fixed(Value::text("x".repeat(MAX_STORED))))];
        assert!(with(vec![Action::SetFields { values: long }]).check_settings().is_err());
    }

    #[test]
    fn a_button_that_was_stored_before_there_were_actions_reads_as_active_and_empty() {
        let old = r##"{"label":"Go","color":"teal","max_count":null,"reset":false}"##;
        let read: Button = serde_json::from_str(old).expect("a button");
        assert!(read.active && read.actions.is_empty());
    }
}
