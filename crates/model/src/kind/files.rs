//! Files: objects with `name`, `token`, `size` and `mimetype`, and what else a door keeps of them.

use super::{Behaviour, Class, Names};
use crate::Json;
use crate::error::Rule;
use crate::kind::shared;
use crate::query::TextOrder;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Settings of a files field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Files {}

impl Behaviour for Files {
    fn word(&self) -> &'static str {
        "files"
    }

    fn class(&self) -> Class {
        Class::Structure
    }

    fn check(&self, value: &Value) -> Result<(), Rule> {
        let Value::Structure(Json::Array(files)) = value else { return Err(Rule::Type("a list of files")) };
        if files.len() > MAX_FILES {
            return Err(Rule::TooMany { limit: MAX_FILES as u64 });
        }
        shared::check_json(value)?;
        files.iter().try_for_each(check_file)
    }

    fn coerce(&self, given: &Value, _: &dyn Names) -> Option<Value> {
        match given {
            Value::Null => Some(Value::Null),
            Value::Text(text) if text.trim().is_empty() => Some(Value::Null),
            _ => self.check(given).is_ok().then(|| given.clone()),
        }
    }

    fn display(&self, value: &Value, _: &dyn Names) -> String {
        let Value::Structure(Json::Array(files)) = value else { return String::new() };
        let text = |file: &Json, key: &str| file[key].as_str().unwrap_or_default().to_owned();
        let shown: Vec<_> = files.iter().map(|f| format!("{} ({})", text(f, "name"), text(f, "token"))).collect();
        shown.join(",")
    }

    fn compare(&self, a: &Value, b: &Value, order: TextOrder) -> Ordering {
        shared::compare_any(a, b, order)
    }
}

/// The bytes of the files in a value.
pub fn total_size(value: &Value) -> u64 {
    let Value::Structure(Json::Array(files)) = value else { return 0 };
    files.iter().filter_map(|file| file.get("size")?.as_u64()).fold(0, u64::saturating_add)
}

/// Most files in one cell.
const MAX_FILES: usize = 1_000;

fn check_file(file: &Json) -> Result<(), Rule> {
    let Json::Object(file) = file else { return Err(Rule::Type("a list of files")) };
    for key in ["name", "token"] {
        if file.get(key).and_then(Json::as_str).is_none_or(str::is_empty) {
            return Err(Rule::Malformed(format!("must have text in {key} of each file")));
        }
    }
    shared::check_text_key(file, "mimetype")?;
    for key in ["size", "width", "height"] {
        if !matches!(file.get(key), None | Some(Json::Null)) && file.get(key).and_then(Json::as_u64).is_none() {
            return Err(Rule::Malformed(format!("must have a number in {key} of each file")));
        }
    }
    Ok(())
}
