//! What is kept of an item type that the core has no word for.

use crate::field::DOOR;
use model::{FieldId, Json, Table};
use serde::{Deserialize, Serialize};

/// The entry of a table's bag.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableBag {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordering_field: Option<FieldId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordering_direction: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub modular_block: bool,
    /// Whether the table is among the item types; none leaves it to its shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
}

impl TableBag {
    /// What is kept of a table.
    pub fn of(table: &Table) -> TableBag {
        table.bag.get(DOOR).and_then(|kept| TableBag::deserialize(kept).ok()).unwrap_or_default()
    }

    /// As an entry of a bag.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}
