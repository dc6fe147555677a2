//! Kinds that hold users, records, or a list.

use crate::Json;
use crate::error::Rule;
use crate::ids::{RecordAddress, TableId, UserId};
use crate::kind::Names;
use crate::value::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Most elements of a list.
const MAX_LIST: usize = 100_000;

/// One user.
pub fn check_user(value: &Value) -> Result<(), Rule> {
    match value {
        Value::User(_) => Ok(()),
        _ => Err(Rule::Type("a user")),
    }
}

/// Users, none twice.
pub fn check_users(value: &Value) -> Result<(), Rule> {
    match value {
        Value::Users(list) => check_distinct(list),
        _ => Err(Rule::Type("a list of users")),
    }
}

/// Nothing twice and not too much.
pub fn check_distinct<T: Ord + Copy>(list: &[T]) -> Result<(), Rule> {
    if list.len() > MAX_LIST {
        return Err(Rule::TooMany { limit: MAX_LIST as u64 });
    }
    let distinct: BTreeSet<T> = list.iter().copied().collect();
    if distinct.len() == list.len() { Ok(()) } else { Err(Rule::Malformed("must not name anything twice".to_owned())) }
}

/// Records of these tables, none twice.
pub fn check_references(list: &[RecordAddress], targets: &[TableId]) -> Result<(), Rule> {
    if list.iter().any(|address| !targets.contains(&address.table)) {
        return Err(Rule::TargetTable);
    }
    check_distinct(list)
}

/// At least one table to point into.
pub fn check_targets(targets: &[TableId]) -> Result<(), Rule> {
    match targets {
        [] => Err(Rule::Malformed("must have a table to point into".to_owned())),
        _ => Ok(()),
    }
}

/// A user by id, name or e-mail address.
pub fn coerce_user(given: &Value, names: &dyn Names) -> Option<Value> {
    match coerce_users(given, names)? {
        Value::Users(list) => match list.as_slice() {
            [user] => Some(Value::User(*user)),
            _ => None,
        },
        empty => Some(empty),
    }
}

/// Users by id, name or e-mail address, from a list or text with commas.
pub fn coerce_users(given: &Value, names: &dyn Names) -> Option<Value> {
    match given {
        Value::User(user) => Some(Value::Users(vec![*user])),
        Value::Users(list) if list.is_empty() => Some(Value::Null),
        Value::Users(_) => check_users(given).is_ok().then(|| given.clone()),
        _ => {
            let users = coerce_words(given, |word| names.find_user(word))?;
            Some(if users.is_empty() { Value::Null } else { Value::Users(users) })
        }
    }
}

/// Records of these tables by title, from a list or text with commas.
pub fn coerce_references(given: &Value, targets: &[TableId], names: &dyn Names) -> Option<Vec<RecordAddress>> {
    match given {
        Value::Reference(address) => targets.contains(&address.table).then(|| vec![*address]),
        Value::References(list) => check_references(list, targets).is_ok().then(|| list.clone()),
        _ => coerce_words(given, |word| names.find_record(targets, word)),
    }
}

/// What every word of loose input means, each once; none when a word means nothing. Text as a whole is tried first, for
/// names with commas in them.
fn coerce_words<T: Ord + Copy>(given: &Value, find: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if let Value::Text(text) = given
        && !text.trim().is_empty()
        && let Some(found) = find(text.trim())
    {
        return Some(vec![found]);
    }
    let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
    for word in words(given)? {
        let found = find(&word)?;
        if seen.insert(found) {
            list.push(found);
        }
    }
    (list.len() <= MAX_LIST).then_some(list)
}

/// The words of loose input: text split at commas, a list of texts or numbers. None when it is something else.
pub fn words(given: &Value) -> Option<Vec<String>> {
    match given {
        Value::Null => Some(Vec::new()),
        Value::Text(text) => {
            Some(text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
        }
        Value::Number(number) => Some(vec![super::number_text(*number)]),
        Value::List(list) => list.iter().map(one_word).collect(),
        Value::Structure(Json::Array(list)) => list.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn one_word(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(super::number_text(*number)),
        _ => None,
    }
}

/// Names of users, with commas between them.
pub fn display_users(value: &Value, names: &dyn Names) -> String {
    let name = |user: &UserId| names.user_name(*user).unwrap_or_default();
    match value {
        Value::User(user) => name(user),
        Value::Users(list) => list.iter().map(name).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// Titles of records, with commas between them.
pub fn display_references(value: &Value, names: &dyn Names) -> String {
    let title = |address: &RecordAddress| names.record_title(*address).unwrap_or_default();
    match value {
        Value::Reference(address) => title(address),
        Value::References(list) => list.iter().map(title).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// Lists of records by the address of the first, then by length.
pub fn compare_references(a: &Value, b: &Value) -> Ordering {
    let list = |value: &Value| match value {
        Value::Reference(address) => vec![*address],
        Value::References(list) => list.clone(),
        _ => Vec::new(),
    };
    compare_lists(&list(a), &list(b))
}

/// Lists by their first element, then by length; null and the empty list first.
pub fn compare_lists<T: Ord>(a: &[T], b: &[T]) -> Ordering {
    a.first().cmp(&b.first()).then(a.len().cmp(&b.len()))
}
