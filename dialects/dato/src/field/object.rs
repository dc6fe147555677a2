//! A field as JSON (reference, "Field").

use super::bag::FieldBag;
use super::shown::shown_fields;
use super::{shown, validators_out};
use crate::names;
use engine::View;
use model::kind::Kind;
use model::{Field, Json, Table};
use serde_json::json;

/// A field of a table.
pub fn object(view: &View<'_>, table: &Table, field: &Field) -> Json {
    let bag = FieldBag::of(field);
    let position = shown_fields(table).position(|shown| shown.id == field.id).map_or(0, |place| place + 1);
    json!({
        "type": "field",
        "id": names::field(table.id, field.id),
        "attributes": {
            "label": bag.label(field),
            "field_type": bag.field_type(field).word(),
            "localized": field.localized,
            "api_key": shown::attribute(field),
            "hint": field.description,
            "validators": validators_out::validators(view, &bag, field),
            "appeareance": appeareance(&bag, table, field),
            "position": position,
        },
        "relationships": {
            "item_type": {"data": {"type": "item_type", "id": names::item_type(table.id)}},
        },
    })
}

/// What is kept, as it was given. Of a slug of another door, the field that it is made of.
fn appeareance(bag: &FieldBag, table: &Table, field: &Field) -> Json {
    match &field.kind {
        Kind::Slug(slug) if bag.appeareance.is_null() => match slug.source {
            Some(source) => json!({ "title_field_id": names::field(table.id, source) }),
            None => Json::Null,
        },
        _ => bag.appeareance.clone(),
    }
}

/// All fields of a table that are shown.
pub fn list(view: &View<'_>, table: &Table) -> Vec<Json> {
    shown_fields(table).map(|field| object(view, table, field)).collect()
}

/// `{"type": "field", "id": …}` of all fields that are shown.
pub fn identifiers(table: &Table) -> Vec<Json> {
    shown_fields(table).map(|field| json!({"type": "field", "id": names::field(table.id, field.id)})).collect()
}
