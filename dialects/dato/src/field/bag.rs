//! What is kept of a field that the core has no word for: the vendor's type, `appeareance` and validators as they were
//! given, and a label that is not unique.
//!
//! The core's settings are what holds. What is kept here is only shown as long as it still says the same.

use super::DOOR;
use super::word::FieldType;
use model::{Field, Json};
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// The entry of a field's bag.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldBag {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_type: Option<String>,
    #[serde(skip_serializing_if = "Json::is_null")]
    pub appeareance: Json,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub validators: Map<String, Json>,
    /// The label, where the table has a field of that name already, and the name that the field got instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<(String, String)>,
    /// Whether the field is only there because a table must have one that names its records.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub placeholder: bool,
}

impl FieldBag {
    /// What is kept of a field.
    pub fn of(field: &Field) -> FieldBag {
        field.bag.get(DOOR).and_then(|kept| FieldBag::deserialize(kept).ok()).unwrap_or_default()
    }

    /// As an entry of a bag.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The type of the field.
    pub fn field_type(&self, field: &Field) -> FieldType {
        let kept = self.field_type.as_deref().and_then(FieldType::parse);
        kept.filter(|kept| kept.fits(&field.kind)).unwrap_or_else(|| FieldType::of(&field.kind))
    }

    /// The label of the field.
    pub fn label<'f>(&'f self, field: &'f Field) -> &'f str {
        match &self.label {
            Some((label, name)) if *name == field.name => label,
            Some(_) | None => &field.name,
        }
    }

    /// Whether the field heads the record (facts 2, `{"type": "title"}`).
    pub fn is_title(&self) -> bool {
        self.appeareance.get("type").is_some_and(|kind| kind == "title")
    }
}
