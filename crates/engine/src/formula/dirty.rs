//! What a write changed, as far as formulas may depend on it.

use model::{FieldId, RecordId, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// The records that a write changed, and which of their fields.
#[derive(Default)]
pub(crate) struct Dirty {
    tables: BTreeMap<TableId, BTreeMap<RecordId, Change>>,
    /// Fields whose formula is to be worked out for every record.
    whole: BTreeSet<(TableId, FieldId)>,
}

/// What changed of a record.
pub(crate) enum Change {
    /// It is new, back, or all of it may have changed.
    Everything,
    Fields(BTreeSet<FieldId>),
}

impl Dirty {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.whole.is_empty()
    }

    /// A record came.
    pub fn came(&mut self, table: TableId, record: RecordId) {
        self.tables.entry(table).or_default().insert(record, Change::Everything);
    }

    /// A record is gone: nothing is worked out for it, but the table changed.
    pub fn went(&mut self, table: TableId, record: RecordId) {
        self.tables.entry(table).or_default().remove(&record);
    }

    /// Fields of a record changed.
    pub fn changed(&mut self, table: TableId, record: RecordId, fields: impl IntoIterator<Item = FieldId>) {
        let change = self.tables.entry(table).or_default().entry(record);
        match change.or_insert_with(|| Change::Fields(BTreeSet::new())) {
            Change::Everything => {}
            Change::Fields(known) => known.extend(fields),
        }
    }

    /// A formula is new or another one.
    pub fn formula(&mut self, table: TableId, field: FieldId) {
        self.whole.insert((table, field));
    }

    /// Whether a formula is to be worked out for every record of its table.
    pub fn is_whole(&self, table: TableId, field: FieldId) -> bool {
        self.whole.contains(&(table, field))
    }

    /// Whether a table changed in any way.
    pub fn has(&self, table: TableId) -> bool {
        self.tables.contains_key(&table)
    }

    /// The records that came to a table.
    pub fn came_to(&self, table: TableId) -> impl Iterator<Item = RecordId> + '_ {
        let records = self.tables.get(&table).into_iter().flatten();
        records.filter(|(_, change)| matches!(change, Change::Everything)).map(|(record, _)| *record)
    }

    /// The records of a table of which this field changed; without a field, of which anything did.
    pub fn records(&self, table: TableId, field: Option<FieldId>) -> impl Iterator<Item = RecordId> + '_ {
        let concerned = move |change: &Change| match (change, field) {
            (Change::Everything, _) | (_, None) => true,
            (Change::Fields(fields), Some(field)) => fields.contains(&field),
        };
        let records = self.tables.get(&table).into_iter().flatten();
        records.filter(move |(_, change)| concerned(change)).map(|(record, _)| *record)
    }
}
