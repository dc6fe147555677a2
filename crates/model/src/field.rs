//! Fields: the columns of a table as people see them.

use crate::Bag;
use crate::ids::{ColumnId, FieldId, LocaleId};
use crate::kind::Kind;
use crate::validator::Validator;
use crate::value::Value;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Longest name of a table, field, view or nav item, in characters.
pub const MAX_NAME: usize = 255;

/// A field of a table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Field {
    pub id: FieldId,
    /// For people; unique within the table.
    pub name: String,
    /// For programs: ASCII `snake_case`, unique within the table, stable when the field is renamed.
    pub key: String,
    #[serde(default)]
    pub description: Option<String>,
    pub kind: Kind,
    #[serde(default)]
    pub validators: Vec<Validator>,
    /// Whether the field holds one value per locale of the database.
    #[serde(default)]
    pub localized: bool,
    /// The value of a new record that names none.
    #[serde(default)]
    pub default: Option<DefaultValue>,
    /// Its physical columns, one per locale ([`LocaleId::NONE`] when it is not localized); none for computed kinds.
    #[serde(default)]
    pub columns: Vec<FieldColumn>,
    /// Whether somebody asked for an index on it.
    #[serde(default)]
    pub indexed: bool,
    /// Shown or not, per dialect; absent means shown.
    #[serde(default)]
    pub hidden_in: Vec<String>,
    /// When it was deleted (UTC milliseconds); its column stays until the trash expires.
    #[serde(default)]
    pub deleted_at: Option<i64>,
    #[serde(default)]
    pub bag: Bag,
}

/// The fields of a table. Tables with the same fields can share them, as the thousands of a database of outlines do; who
/// changes them makes a copy.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fields(Arc<Vec<Field>>);

impl Deref for Fields {
    type Target = Vec<Field>;

    fn deref(&self) -> &Vec<Field> {
        &self.0
    }
}

impl DerefMut for Fields {
    fn deref_mut(&mut self) -> &mut Vec<Field> {
        Arc::make_mut(&mut self.0)
    }
}

impl From<Vec<Field>> for Fields {
    fn from(fields: Vec<Field>) -> Fields {
        Fields(Arc::new(fields))
    }
}

impl FromIterator<Field> for Fields {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Fields {
        fields.into_iter().collect::<Vec<Field>>().into()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        Vec::deserialize(deserializer).map(Fields::from)
    }
}

impl<'f> IntoIterator for &'f Fields {
    type Item = &'f Field;
    type IntoIter = std::slice::Iter<'f, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Where the values of one locale of a field lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldColumn {
    pub locale: LocaleId,
    pub column: ColumnId,
}

/// What a new record gets in a field it does not name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum DefaultValue {
    Fixed(Value),
    /// The instant of creation (date and datetime fields).
    Now,
    /// The user who creates the record.
    Me,
    /// What a script in NX gives, which is about no record and only reads.
    Script(String),
}

impl Field {
    /// Whether the field is there for people: not deleted.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// The column of a locale; without a locale, the column of the first.
    pub fn column(&self, locale: LocaleId) -> Option<ColumnId> {
        if locale == LocaleId::NONE {
            return self.columns.first().map(|c| c.column);
        }
        self.columns.iter().find(|c| c.locale == locale).map(|c| c.column)
    }

    /// Whether values of the field can be written by a client.
    pub fn is_writable(&self) -> bool {
        !self.kind.is_computed()
    }

    /// Whether the field must have a value.
    pub fn is_required(&self) -> bool {
        self.validators.iter().any(|v| matches!(v, Validator::Required))
    }

    /// Whether no two records may have the same value.
    pub fn is_unique(&self) -> bool {
        self.validators.iter().any(|v| matches!(v, Validator::Unique))
    }
}

/// The address of a value in a record: a field and a locale.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Slot {
    pub field: FieldId,
    pub locale: LocaleId,
}

impl Slot {
    /// The slot of a field that is not localized, or of the first locale of one that is.
    pub fn plain(field: FieldId) -> Slot {
        Slot { field, locale: LocaleId::NONE }
    }
}
