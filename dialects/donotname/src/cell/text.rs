//! Cells as people read them: `cellFormat=text`, and the `name` of a record (facts A3).

use super::values::People;
use engine::RecordRow;
use model::kind::Kind;
use model::{Cell, Json, Value};

/// The text of the cell at `output`; the titles of a link are at `title`.
pub fn cell_text(kind: &Kind, row: &RecordRow<'_>, output: usize, title: Option<usize>, people: &People) -> String {
    if let Cell::Null = row.cell(output) {
        return String::new();
    }
    if let Some(title) = title {
        return value_text(kind, &row.value(title), people);
    }
    value_text(kind, &row.value(output), people)
}

/// The text of a value of a field of this kind; lists are joined by ", ".
pub fn value_text(kind: &Kind, value: &Value, people: &People) -> String {
    match value {
        // Looked-up and computed cells are lists of values of the kind.
        Value::List(items) => {
            let texts = items.iter().filter(|item| !item.is_empty()).map(|item| value_text(kind, item, people));
            texts.collect::<Vec<_>>().join(", ")
        }
        Value::Bool(flag) => (if *flag { "true" } else { "" }).to_owned(),
        Value::Structure(Json::Array(items)) if matches!(kind, Kind::Files(_)) => {
            items.iter().map(file_text).collect::<Vec<_>>().join(",")
        }
        // Kinds know their own values; what another kind left behind has a plain text too.
        other => {
            let text = kind.behaviour().display(other, people);
            if text.is_empty() { model::kind::shared::plain_text(other, people).unwrap_or_default() } else { text }
        }
    }
}

/// An attachment is "name (token)".
fn file_text(item: &Json) -> String {
    let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
    format!("{} ({})", text("name"), text("token"))
}
