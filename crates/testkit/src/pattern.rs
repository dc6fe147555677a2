//! Patterns of expected answers: JSON in which some texts are predicates.
//!
//! `$any`, `$string`, `$number`, `$instant`, `$id:rec` (a text with that prefix), `$matches:REGEX`, `$absent`; an
//! object with the key `...` allows keys beside those listed. Everything else is literal.

use regex::Regex;
use serde_json::Value;

/// What differs between a pattern and a value; none when it matches. `at` is where we are.
pub fn difference(pattern: &Value, value: Option<&Value>, at: &str) -> Option<String> {
    let Some(value) = value else {
        return (pattern != "$absent").then(|| format!("{at} is missing, expected {pattern}"));
    };
    match (pattern, value) {
        (Value::String(word), _) if word.starts_with('$') => predicate(word, value, at),
        (Value::Object(expected), Value::Object(given)) => {
            for (key, pattern) in expected.iter().filter(|(key, _)| *key != "...") {
                if let Some(found) = difference(pattern, given.get(key), &format!("{at}/{key}")) {
                    return Some(found);
                }
            }
            let extra = given.keys().find(|key| !expected.contains_key(*key));
            match extra {
                Some(key) if !expected.contains_key("...") => {
                    Some(format!("{at}/{key} was not expected: {}", given[key]))
                }
                _ => None,
            }
        }
        (Value::Array(expected), Value::Array(given)) => {
            if expected.len() != given.len() {
                return Some(format!("{at} has {} items, expected {}: {value}", given.len(), expected.len()));
            }
            let mut pairs = expected.iter().zip(given).enumerate();
            pairs.find_map(|(i, (pattern, value))| difference(pattern, Some(value), &format!("{at}/{i}")))
        }
        (Value::Number(expected), Value::Number(given)) => {
            (expected.as_f64() != given.as_f64()).then(|| format!("{at} is {given}, expected {expected}"))
        }
        _ => (pattern != value).then(|| format!("{at} is {value}, expected {pattern}")),
    }
}

fn predicate(word: &str, value: &Value, at: &str) -> Option<String> {
    let text = value.as_str();
    let holds = match word.split_once(':') {
        Some(("$id", prefix)) => text.is_some_and(|t| t.starts_with(prefix) && t.len() > prefix.len()),
        Some(("$matches", regex)) => {
            let regex = Regex::new(regex).expect("a valid pattern in the golden");
            text.is_some_and(|t| regex.is_match(t))
        }
        _ => match word {
            "$any" => true,
            "$string" => text.is_some(),
            "$number" => value.is_number(),
            "$instant" => text.is_some_and(|t| {
                let instant = Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").expect("a valid pattern");
                instant.is_match(t)
            }),
            "$absent" => false,
            _ => panic!("unknown predicate {word} at {at}"),
        },
    };
    (!holds).then(|| format!("{at} is {value}, expected {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_match_what_they_say() {
        let cases = [
            (json!({"a": 1}), json!({"a": 1.0}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!({"a": 1, "...": true}), json!({"a": 1, "b": 2}), true),
            (json!({"a": "$absent"}), json!({}), true),
            (json!({"a": "$absent"}), json!({"a": null}), false),
            (json!(["$any"]), json!([1, 2]), false),
            (json!("$id:rec"), json!("rec1"), true),
            (json!("$id:rec"), json!("tbl1"), false),
            (json!("$instant"), json!("2025-03-15T10:30:00.000Z"), true),
            (json!("$matches:^a+$"), json!("aab"), false),
        ];
        for (pattern, value, matches) in cases {
            assert_eq!(difference(&pattern, Some(&value), "").is_none(), matches, "{pattern} against {value}");
        }
    }
}
