//! Tables and fields as `/tables` describes them (reference 001, "Get a schema for a single table"; facts 3).

use super::shown::{Shown, partner, shown, shown_fields};
use super::word::Word;
use crate::names;
use engine::View;
use model::kind::Kind;
use model::kind::choice::Options;
use model::{Json, Table};
use serde_json::{Map, json};

/// A table: `{id, name, fields}`.
pub fn table(view: &View<'_>, table: &Table) -> Json {
    let fields: Vec<Json> = shown_fields(table).map(|f| object(&shown(view, table, f))).collect();
    json!({"id": names::table(table.id), "name": table.name, "fields": fields})
}

/// A field: `id`, `name` and `type`, and only what its type has beside.
fn object(field: &Shown) -> Json {
    let mut object = Map::new();
    object.insert("id".to_owned(), names::field(field.id).into());
    object.insert("name".to_owned(), field.name.clone().into());
    object.insert("type".to_owned(), field.word.text().into());
    if let Some(options) = options_of(&field.kind) {
        object.insert("choices".to_owned(), choices(options));
    }
    // A lookup of a link has no other side.
    let other = partner(&field.kind).filter(|_| !field.is_lookup);
    match (field.word, other) {
        (Word::Ref, Some((table, reverse))) => {
            object.insert("referenceToTable".to_owned(), names::table(table).into());
            object.insert("reverseField".to_owned(), names::field(reverse).into());
        }
        (Word::Rev, Some((table, from))) => {
            object.insert("referenceFromTable".to_owned(), names::table(table).into());
            object.insert("referenceFromField".to_owned(), names::field(from).into());
        }
        _ => {}
    }
    Json::Object(object)
}

/// The options of a choice or multiple choice.
pub fn options_of(kind: &Kind) -> Option<&Options> {
    match kind {
        Kind::Choice(kind) => Some(&kind.options),
        Kind::MultiChoice(kind) => Some(&kind.options),
        _ => None,
    }
}

/// `[{id, caption, captions, order}]`; an id is text that holds a number.
fn choices(options: &Options) -> Json {
    let choice = |(order, option): (usize, &model::kind::choice::ChoiceOption)| json!({"id": option.id.0.to_string(), "caption": option.name, "captions": {}, "order": order});
    options.list.iter().enumerate().map(choice).collect()
}
