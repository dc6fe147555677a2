//! From rules of the core to `validators` of the wire: as they were given while they still mean the same, else made anew.

use super::bag::FieldBag;
use super::validators_in;
use super::word::FieldType;
use crate::names;
use engine::View;
use model::kind::Kind;
use model::validator::Pattern;
use model::{Field, Json, TableId, Validator};
use serde_json::{Map, json};

/// The validators of a field as the view sees it.
pub fn validators(view: &View<'_>, bag: &FieldBag, field: &Field) -> Map<String, Json> {
    let field_type = bag.field_type(field);
    let find = |id: &str| view.table(names::read_item_type(id)?).ok().map(|table| table.id);
    let kept = validators_in::read_with(&find, field_type, &bag.validators);
    if let Ok(kept) = kept
        && !bag.validators.is_empty()
        && kept.list == field.validators
    {
        return bag.validators.clone();
    }
    let seen = |table: &TableId| view.table(*table).is_ok();
    made(field_type, field, &seen)
}

/// Validators made from the core's rules.
fn made(field_type: FieldType, field: &Field, seen: &dyn Fn(&TableId) -> bool) -> Map<String, Json> {
    let mut made = Map::new();
    let ids = |tables: &[TableId]| -> Json {
        tables.iter().filter(|table| seen(table)).map(|table| names::item_type(*table)).collect()
    };
    if let Some(name) = field_type.target_validator()
        && let Some(targets) = targets(&field.kind)
    {
        made.insert(name.to_owned(), json!({ "item_types": ids(&targets) }));
    }
    if let Kind::Choice(choice) = &field.kind {
        let values: Vec<&str> = choice.options.list.iter().map(|option| option.name.as_str()).collect();
        made.insert("enum".to_owned(), json!({ "values": values }));
    }
    for validator in &field.validators {
        let (name, options) = match validator {
            Validator::Required => ("required", json!({})),
            Validator::Unique => ("unique", json!({})),
            Validator::Length { min, max, eq } => ("length", bounds(&[("min", min), ("max", max), ("eq", eq)])),
            Validator::Range { min, max } => ("number_range", bounds(&[("min", min), ("max", max)])),
            Validator::Pattern(Pattern::Email) => ("format", json!({ "predefined_pattern": "email" })),
            Validator::Pattern(Pattern::Url) => ("format", json!({ "predefined_pattern": "url" })),
            Validator::Pattern(Pattern::Custom(custom)) => ("format", json!({ "custom_pattern": custom })),
            Validator::Enum(values) => ("enum", json!({ "values": values })),
            Validator::DateRange { min, max } => ("date_range", bounds(&[("min", min), ("max", max)])),
            Validator::Size { min, max, eq } => ("size", bounds(&[("min", min), ("max", max), ("eq", eq)])),
            Validator::Tables(tables) => match field_type.target_validator() {
                Some(name) => (name, json!({ "item_types": ids(tables) })),
                None => continue,
            },
            Validator::FileSize { min, max } => ("file_size", bounds(&[("min_value", min), ("max_value", max)])),
            Validator::Extension(list) => ("extension", json!({ "extensions": list })),
            Validator::PartLength { part, min, max } => match part.as_str() {
                "title" => ("title_length", bounds(&[("min", min), ("max", max)])),
                "description" => ("description_length", bounds(&[("min", min), ("max", max)])),
                _ => continue,
            },
            Validator::ImageDimensions { min_width, max_width, min_height, max_height } => (
                "image_dimensions",
                bounds(&[
                    ("width_min_value", min_width),
                    ("width_max_value", max_width),
                    ("height_min_value", min_height),
                    ("height_max_value", max_height),
                ]),
            ),
        };
        made.insert(name.to_owned(), options);
    }
    made
}

/// The tables that a kind's links lead to.
pub fn targets(kind: &Kind) -> Option<Vec<TableId>> {
    match kind {
        Kind::Reference(link) => Some(link.targets.clone()),
        Kind::Links(links) => Some(links.targets.clone()),
        Kind::Reverse(reverse) => Some(vec![reverse.table]),
        _ => None,
    }
}

fn bounds<T: serde::Serialize>(all: &[(&str, &Option<T>)]) -> Json {
    let set = all.iter().filter_map(|(key, bound)| Some(((*key).to_owned(), json!(bound.as_ref()?))));
    Json::Object(set.collect())
}
