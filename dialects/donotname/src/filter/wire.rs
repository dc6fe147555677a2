//! A filter as JSON has it (facts B): groups of conditions and groups.
//!
//! Keys that are not known are refused, since a misspelled `value` would make a condition vanish and widen the result.

use model::error::Path;
use model::filter::{MAX_DEPTH, MAX_TESTS};
use model::{Error, Json, Result, Rule};

/// Deepest group: what a condition becomes, and a view's filter around it, must fit the core's bound too.
const DEEPEST: usize = MAX_DEPTH - 4;

/// A group of conditions.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    pub conjunction: Conjunction,
    pub items: Vec<Item>,
    pub at: Path,
}

/// How a group joins its own items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conjunction {
    And,
    Or,
}

/// A member of a group.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    Condition(Condition),
    Group(Group),
    /// A condition in NX, and where it stands.
    Script(String, Path),
}

/// One condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    pub field: String,
    pub operator: String,
    pub is_symbol: bool,
    pub value: Json,
    pub at: Path,
}

/// The filter in a value; none for null.
pub fn read(json: &Json, at: &Path) -> Result<Option<Group>> {
    let mut left = MAX_TESTS;
    match json {
        Json::Null => Ok(None),
        Json::Object(_) => group(json, at, 1, &mut left).map(Some),
        _ => Err(Error::invalid(at.clone(), Rule::Type("an object with conjunction and filterSet"))),
    }
}

fn group(json: &Json, at: &Path, depth: usize, left: &mut usize) -> Result<Group> {
    if depth > DEEPEST {
        return Err(Error::invalid(at.clone(), Rule::TooDeep { limit: DEEPEST as u64 }));
    }
    let object = json.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
    refuse_unknown(object, &["conjunction", "filterSet"], at)?;
    let here = at.clone().key("conjunction");
    let conjunction = match object.get("conjunction") {
        None => return Err(Error::invalid(here, Rule::Required)),
        Some(Json::String(word)) if word == "and" => Conjunction::And,
        Some(Json::String(word)) if word == "or" => Conjunction::Or,
        Some(other) => {
            let words = Rule::Enum(vec!["and".to_owned(), "or".to_owned()]);
            return Err(Error::invalid_given(here, words, as_text(other)));
        }
    };
    let here = at.clone().key("filterSet");
    let set = match object.get("filterSet") {
        None => return Err(Error::invalid(here, Rule::Required)),
        Some(Json::Array(set)) => set,
        Some(_) => return Err(Error::invalid(here, Rule::Type("a list"))),
    };
    let mut items = Vec::with_capacity(set.len());
    for (i, one) in set.iter().enumerate() {
        let at = here.clone().index(i);
        if one.get("filterSet").is_some() || one.get("conjunction").is_some() {
            items.push(Item::Group(group(one, &at, depth + 1, left)?));
            continue;
        }
        if *left == 0 {
            return Err(Error::invalid(Path::of("filter"), Rule::TooMany { limit: MAX_TESTS as u64 }));
        }
        *left -= 1;
        items.push(match one.get("script") {
            Some(_) => script(one, at)?,
            None => Item::Condition(condition(one, at)?),
        });
    }
    Ok(Group { conjunction, items, at: at.clone() })
}

fn script(json: &Json, at: Path) -> Result<Item> {
    let object = json.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
    refuse_unknown(object, &["script"], &at)?;
    let script = crate::json::text(object, "script", &at)?;
    let script = script.ok_or_else(|| Error::invalid(at.clone().key("script"), Rule::Required))?;
    Ok(Item::Script(script.to_owned(), at))
}

fn condition(json: &Json, at: Path) -> Result<Condition> {
    let object = json.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
    refuse_unknown(object, &["fieldId", "operator", "value", "isSymbol"], &at)?;
    let text = |key: &str| {
        crate::json::text(object, key, &at)?.ok_or_else(|| Error::invalid(at.clone().key(key), Rule::Required))
    };
    let is_symbol = crate::json::flag(object, "isSymbol", &at)?.unwrap_or(false);
    let (field, operator) = (text("fieldId")?.to_owned(), text("operator")?.to_owned());
    Ok(Condition { field, operator, is_symbol, value: object.get("value").cloned().unwrap_or_default(), at })
}

fn refuse_unknown(object: &serde_json::Map<String, Json>, known: &[&str], at: &Path) -> Result<()> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Error::invalid(at.clone().key(key.as_str()), Rule::Unknown)),
        None => Ok(()),
    }
}

fn as_text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
