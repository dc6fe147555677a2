//! Tables.

use crate::Bag;
use crate::error::{Error, Result, Subject};
use crate::field::{Field, Fields};
use crate::ids::{ColumnId, FieldId, TableId, ViewId};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Most fields of one table, deleted ones included (the bound of columns of the engines, with room for locales).
pub const MAX_FIELDS: usize = 500;

/// A table: its fields and views in their order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Table {
    pub id: TableId,
    /// For people. Names need not be unique.
    pub name: String,
    /// For programs: ASCII `snake_case`, unique within the database, stable when the table is renamed.
    pub key: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub icon: Option<String>,
    pub shape: Shape,
    /// The field that names a record.
    pub primary: FieldId,
    /// In display order, deleted ones included: ask [`Table::live_fields`].
    pub fields: Fields,
    #[serde(default)]
    pub views: Vec<View>,
    /// The lowest numbers not yet given to a field or column.
    pub next_field: FieldId,
    pub next_column: ColumnId,
    /// Value columns that no field uses any more: conversions left them, and their undo needs them.
    #[serde(default)]
    pub retired: Vec<ColumnId>,
    /// Link columns that no field uses any more.
    #[serde(default)]
    pub retired_links: Vec<ColumnId>,
    /// Whether the table is Dato's singleton: at most one record.
    #[serde(default)]
    pub singleton: bool,
    /// When it was made, and when its own name or description changed last (UTC milliseconds); 0 in tables that are
    /// older than this.
    #[serde(default)]
    pub created_at: i64,
    #[serde(default)]
    pub edited_at: i64,
    #[serde(default)]
    pub deleted_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Triggers::is_empty")]
    pub triggers: Triggers,
    #[serde(default)]
    pub bag: Bag,
}

/// Scripts in NX about a record that run when it was written, in the same write.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Triggers {
    #[serde(default)]
    pub after_create: Option<String>,
    #[serde(default)]
    pub after_update: Option<String>,
}

impl Triggers {
    /// Whether nothing runs.
    pub fn is_empty(&self) -> bool {
        self.after_create.is_none() && self.after_update.is_none()
    }
}

/// Whether the records of a table have a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// No place: the order of creation.
    #[default]
    Plain,
    /// One list with places (Dato `sortable`).
    Ordered,
    /// A tree with places among siblings (Dato `tree`, a Dynalist document).
    Tree,
}

impl Table {
    /// The fields that are there for people, in order.
    pub fn live_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.is_live())
    }

    /// The live field of a number.
    pub fn field(&self, id: FieldId) -> Result<&Field> {
        self.live_fields().find(|f| f.id == id).ok_or_else(|| Error::not_found(Subject::Field, id.0.to_string()))
    }

    /// The field of a number, deleted or not.
    pub fn field_ever(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }

    /// The live field of a name, exactly as spelled.
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.live_fields().find(|f| f.name == name)
    }

    /// The live field of a key.
    pub fn field_keyed(&self, key: &str) -> Option<&Field> {
        self.live_fields().find(|f| f.key == key)
    }

    /// The view of a number.
    pub fn view(&self, id: ViewId) -> Result<&View> {
        self.views.iter().find(|v| v.id == id).ok_or_else(|| Error::not_found(Subject::View, id.0.to_string()))
    }
}
