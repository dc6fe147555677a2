//! Which fields this door shows, and under which attribute.

use super::DOOR;
use super::bag::FieldBag;
use model::kind::Kind;
use model::{Field, Table};

/// What stands beside the fields in the attributes of an item, and what clients put there.
const TAKEN: &[&str] = &["position", "is_valid", "id", "type", "updated_at", "created_at", "item_type", "parent_id"];

/// Keys that no field gets here: those, and the others that the vendor reserves (facts 2).
pub const RESERVED: &[&str] = &[
    "position",
    "is_valid",
    "id",
    "type",
    "updated_at",
    "created_at",
    "attributes",
    "fields",
    "item_type",
    "is_singleton",
    "seo_meta_tags",
    "parent_id",
    "parent",
    "children",
    "status",
    "meta",
];

/// The name of a field that is only there because a table must have one that names its records.
pub const PLACEHOLDER: &str = "(untitled)";

/// The fields that this door shows, in their order. Buttons hold nothing.
pub fn shown_fields(table: &Table) -> impl Iterator<Item = &Field> {
    table.live_fields().filter(|field| is_shown(field))
}

/// Whether this door shows the field.
pub fn is_shown(field: &Field) -> bool {
    !matches!(field.kind, Kind::Button(_)) && !field.hidden_in.iter().any(|door| door == DOOR) && !is_placeholder(field)
}

/// Whether a field is still the one that a table got because it must have one.
pub fn is_placeholder(field: &Field) -> bool {
    field.name == PLACEHOLDER && FieldBag::of(field).placeholder
}

/// The attribute of a field: its key, with an underscore behind it where other doors made one that is taken here.
pub fn attribute(field: &Field) -> String {
    if TAKEN.contains(&field.key.as_str()) { format!("{}_", field.key) } else { field.key.clone() }
}

/// The places of the shown fields among all fields of a table.
pub fn places(table: &Table) -> Vec<usize> {
    let places = table.fields.iter().enumerate().filter(|(_, field)| field.is_live() && is_shown(field));
    places.map(|(place, _)| place).collect()
}
