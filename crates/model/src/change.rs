//! Changes: every write that can be asked. A closed enum: `apply` and `inverse` of the engine match it whole.
//!
//! The inverse of a change is a change too, so that undo goes through the same rules. The *restoring* variants
//! (`Restore…`, `Replace…`) exist for that; doors do not make them.

use crate::Bag;
use crate::cell::StoredCell;
use crate::field::{DefaultValue, Field, Slot};
use crate::ids::{ChoiceId, ColumnId, FieldId, NavId, RecordId, TableId, UserId, ViewId};
use crate::kind::Kind;
use crate::nav::NavItem;
use crate::schema::Settings;
use crate::table::{Shape, Table};
use crate::validator::Validator;
use crate::value::Value;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// One write.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Change {
    /// New records, in this order.
    CreateRecords {
        table: TableId,
        records: Vec<NewRecord>,
    },
    /// New values; cells not named keep theirs.
    #[serde(rename = "u")]
    UpdateRecords {
        table: TableId,
        updates: Vec<RecordUpdate>,
    },
    /// Records that do not exist are passed over.
    #[serde(rename = "d")]
    DeleteRecords {
        table: TableId,
        records: RecordSet,
        children: Children,
    },
    /// A new place in an ordered table or a tree.
    MoveRecords {
        table: TableId,
        moves: Vec<(RecordId, Place)>,
    },
    /// Deleted records, exactly as they were.
    #[serde(rename = "r")]
    RestoreRecords {
        table: TableId,
        records: Vec<DeletedRecord>,
    },
    /// Files that a record has itself, beside those in its fields, under their names.
    #[serde(rename = "f")]
    SetRecordFiles {
        table: TableId,
        record: RecordId,
        files: Vec<RecordFile>,
    },

    CreateTable {
        table: Box<NewTable>,
    },
    EditTable {
        table: TableId,
        patch: Box<TablePatch>,
    },
    DeleteTable {
        table: TableId,
    },
    /// The table's definition as it was, its fields and views included; none takes the table out.
    ReplaceTable {
        table: Box<Table>,
    },

    CreateField {
        table: TableId,
        field: Box<NewField>,
        at: Option<usize>,
    },
    EditField {
        table: TableId,
        field: FieldId,
        patch: Box<FieldPatch>,
    },
    /// Another kind; values are kept where the new kind can read them.
    ConvertField {
        table: TableId,
        field: FieldId,
        kind: Box<Kind>,
        reverse: ReverseNaming,
    },
    DeleteField {
        table: TableId,
        field: FieldId,
    },
    /// The field's definition as it was, at this place.
    ReplaceField {
        table: TableId,
        field: Box<Field>,
        at: usize,
    },

    CreateView {
        table: TableId,
        view: Box<View>,
        at: Option<usize>,
    },
    /// The view's definition, whole.
    ReplaceView {
        table: TableId,
        view: Box<View>,
        at: Option<usize>,
    },
    DeleteView {
        table: TableId,
        view: ViewId,
    },

    CreateNavItem {
        item: NavItem,
        at: NavPlace,
    },
    EditNavItem {
        item: NavId,
        label: Patch<String>,
        /// The table that it is the entry of; cleared it is a folder.
        #[serde(default)]
        table: Patch<TableId>,
        bag: Option<Bag>,
    },
    MoveNavItem {
        item: NavId,
        at: NavPlace,
    },
    DeleteNavItem {
        item: NavId,
    },
    ReplaceNavItem {
        item: NavItem,
    },

    /// Locales and other settings of the database.
    EditDatabase {
        patch: DatabasePatch,
    },
    ReplaceSettings {
        settings: Box<Settings>,
    },
}

/// How the partners of a field that becomes a reference or links are called, and where they are not shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ReverseNaming {
    /// The owner table's name when absent.
    pub name: Option<String>,
    pub hidden_in: Vec<String>,
}

/// Absent is not empty: keep, clear or set.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Patch<T> {
    /// The patch applied to what is there.
    pub fn apply(self, present: &mut Option<T>) {
        match self {
            Patch::Keep => {}
            Patch::Clear => *present = None,
            Patch::Set(value) => *present = Some(value),
        }
    }
}

/// A record to make.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct NewRecord {
    pub values: Vec<(Slot, Value)>,
    /// Its number, if the asker may choose it (Ninox upsert); else the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RecordId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether fields not named stay empty instead of taking their defaults (duplicates, copies).
    #[serde(default)]
    pub without_defaults: bool,
}

/// New values of one record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecordUpdate {
    #[serde(rename = "r")]
    pub record: RecordId,
    #[serde(rename = "v")]
    pub values: Vec<(Slot, Value)>,
}

/// A file that a record has itself. No two have one name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecordFile {
    pub name: String,
    /// None takes the file of that name away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When (UTC milliseconds) and by whom it was put there, when that is not now: inverses know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<(i64, Option<UserId>)>,
}

/// What happens to the records below a deleted one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Children {
    #[serde(rename = "d")]
    Delete,
    /// They move up to the parent of the deleted record.
    #[serde(rename = "l")]
    Lift,
}

/// Where a record goes in an ordered table or a tree.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The record above; none is the top.
    pub parent: Option<RecordId>,
    pub among: Among,
}

/// A place among siblings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Among {
    First,
    Last,
    /// Counted among the other siblings from 0; past the end is the end.
    Index(usize),
    Before(RecordId),
    After(RecordId),
    /// Exactly this rank: the inverse of a move.
    Rank(String),
}

/// A deleted record, whole: raw cells, so that hidden columns come back too.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeletedRecord {
    pub id: RecordId,
    /// The columns every record has, in the store's order.
    pub system: Vec<StoredCell>,
    pub cells: Vec<(ColumnId, StoredCell)>,
    /// Targets of its link rows, per link column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<(ColumnId, Vec<i64>)>,
    /// Link rows of other records that pointed at it: (table, column, owner, position).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linked_from: Vec<(TableId, ColumnId, RecordId, i64)>,
    /// References of other records that pointed at it: (table, column, owner).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub referred_from: Vec<(TableId, ColumnId, RecordId)>,
    /// Files that it had itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<RecordFile>,
}

/// A set of records as ascending runs (first, count): a bulk create is one short log row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordSet(pub Vec<(u32, u32)>);

impl RecordSet {
    /// The set of these records, in any order.
    pub fn of(records: impl IntoIterator<Item = RecordId>) -> RecordSet {
        let mut ids: Vec<u32> = records.into_iter().map(|r| r.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for id in ids {
            match runs.last_mut() {
                Some((first, count)) if u64::from(*first) + u64::from(*count) == u64::from(id) => *count += 1,
                _ => runs.push((id, 1)),
            }
        }
        RecordSet(runs)
    }

    /// The records, ascending.
    pub fn iter(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.0.iter().flat_map(|(first, count)| (0..*count).map(move |i| RecordId(first + i)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, count)| *count as usize).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the record is in the set.
    pub fn contains(&self, record: RecordId) -> bool {
        self.0.iter().any(|(first, count)| record.0 >= *first && record.0 - first < *count)
    }
}

/// A table to make, with its fields. Links to tables are made apart, once both exist.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct NewTable {
    pub name: String,
    /// Made from the name when absent.
    pub key: Option<String>,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub shape: Shape,
    pub singleton: bool,
    /// At least one; the first is the primary.
    pub fields: Vec<NewField>,
    pub bag: Bag,
}

/// What to change of a table.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct TablePatch {
    pub name: Option<String>,
    pub key: Option<String>,
    pub description: Patch<String>,
    pub icon: Patch<String>,
    pub shape: Option<Shape>,
    pub singleton: Option<bool>,
    pub primary: Option<FieldId>,
    /// All live fields in their new order.
    pub field_order: Option<Vec<FieldId>>,
    /// All views in their new order.
    pub view_order: Option<Vec<ViewId>>,
    pub after_create: Patch<String>,
    pub after_update: Patch<String>,
    /// Entries to put into the bag; a null entry goes.
    pub bag: Bag,
}

/// A field to make.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewField {
    pub name: String,
    /// Made from the name when absent.
    pub key: Option<String>,
    pub description: Option<String>,
    pub kind: Kind,
    pub validators: Vec<Validator>,
    pub localized: bool,
    pub default: Option<DefaultValue>,
    /// For a reference or links: the name of the partner field in each target table, and where it is not shown.
    pub reverse_name: Option<String>,
    pub reverse_hidden_in: Vec<String>,
    pub bag: Bag,
}

impl NewField {
    /// A field with a name and a kind, and nothing else.
    pub fn of(name: impl Into<String>, kind: Kind) -> NewField {
        NewField {
            name: name.into(),
            key: None,
            description: None,
            kind,
            validators: Vec::new(),
            localized: false,
            default: None,
            reverse_name: None,
            reverse_hidden_in: Vec::new(),
            bag: Bag::new(),
        }
    }
}

/// What to change of a field without touching its values.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct FieldPatch {
    pub name: Option<String>,
    pub key: Option<String>,
    pub description: Patch<String>,
    pub validators: Option<Vec<Validator>>,
    pub default: Patch<DefaultValue>,
    /// Settings of the same kind: formats, options. Values of options that are gone become empty.
    pub settings: Option<Kind>,
    pub localized: Option<bool>,
    pub indexed: Option<bool>,
    pub hidden_in: Option<Vec<String>>,
    /// Options to add at the end by name (loose input met new names), with the numbers they must get.
    pub add_options: Vec<(ChoiceId, String)>,
    /// Entries to put into the bag; a null entry goes.
    pub bag: Bag,
}

/// Where a nav item goes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NavPlace {
    pub parent: Option<NavId>,
    /// From 0; past the end is the end.
    pub index: usize,
}

/// What to change of a database.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DatabasePatch {
    /// Codes of all locales in their new order: new ones are added empty, missing ones go with their values.
    pub locales: Option<Vec<String>>,
    pub bag: Bag,
}
