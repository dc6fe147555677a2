//! The result of a script as people read it: a table of objects as a table, a list as lines, the rest as JSON.

use model::Json;

/// Widest column of a table, in characters.
const WIDEST: usize = 60;

/// A result, in lines.
pub fn lines(result: &Json) -> String {
    let text = match result {
        Json::Array(items) => match columns(items) {
            Some(columns) => table(items, &columns),
            None if items.iter().all(is_plain) => items.iter().map(|item| format!("{}\n", plain(item))).collect(),
            None => pretty(result),
        },
        Json::Object(_) => pretty(result),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => format!("{}\n", plain(result)),
    };
    visible(&text)
}

/// A text for a terminal: what is kept in cells must not steer it.
pub fn visible(text: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

fn pretty(value: &Json) -> String {
    // JSON in memory can be written.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn is_plain(value: &Json) -> bool {
    !matches!(value, Json::Array(_) | Json::Object(_))
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The keys of a list of objects, none when it is no such list.
fn columns(items: &[Json]) -> Option<Vec<&str>> {
    let mut columns: Vec<&str> = Vec::new();
    for item in items {
        for key in item.as_object()?.keys() {
            if !columns.contains(&key.as_str()) {
                columns.push(key);
            }
        }
    }
    (!columns.is_empty()).then_some(columns)
}

fn table(items: &[Json], columns: &[&str]) -> String {
    let head: Vec<String> = columns.iter().map(|key| cell(key)).collect();
    let mut rows = vec![head];
    rows.extend(items.iter().map(|item| {
        let value = |key: &&str| item.get(*key).filter(|value| !value.is_null());
        columns.iter().map(|key| value(key).map(|value| cell(&plain(value))).unwrap_or_default()).collect()
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    rows.insert(1, rule);
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A cell in one line, cut.
fn cell(text: &str) -> String {
    let one_line = text.replace(['\n', '\t', '\r'], " ");
    match one_line.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_shape_of_a_result_is_read_at_a_glance() {
        assert_eq!(lines(&json!(42)), "42\n");
        assert_eq!(lines(&json!(null)), "null\n");
        assert_eq!(lines(&json!(["a", 1])), "a\n1\n");
        let table = lines(&json!([{"name": "Bolt", "n": 3}, {"name": "Washer"}]));
        assert_eq!(table, "name    n\n------  -\nBolt    3\nWasher\n");
        assert_eq!(lines(&json!([])), "");
        assert_eq!(lines(&json!([[1]])), "[\n  [\n    1\n  ]\n]\n");
    }

    #[test]
    fn what_is_kept_does_not_steer_a_terminal() {
        assert_eq!(lines(&json!("\u{1b}[2Jx")), "\u{fffd}[2Jx\n");
    }
}
