//! Deleting records and putting them back.

use super::Work;
use crate::Made;
use model::change::{Change, Children, DeletedRecord, Place, RecordSet};
use model::kind::Kind;
use model::table::Shape;
use model::{Ability, ColumnId, Error, RecordAddress, RecordId, Result, StoredCell, Subject, Table, TableId, Value};
use std::collections::HashSet;
use store::database::{links, places, record_files, records};

/// Most records that one deletion may take with it.
const MOST: usize = 100_000;

impl Work<'_, '_> {
    pub(super) fn delete_records(&mut self, id: TableId, set: &RecordSet, children: Children) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::RecordDelete)?;
        if set.len() > MOST {
            return Err(Error::TooLarge { what: "list of records", limit: MOST as u64 });
        }
        let mut going: Vec<RecordId> = set.iter().collect();
        if table.shape == Shape::Tree {
            match children {
                Children::Delete => self.add_descendants(id, &mut going)?,
                Children::Lift => self.lift_children(id, &going)?,
            }
        }
        let referring = self.columns_referring_to(id);
        let (mut gone, mut ids) = (Vec::new(), Vec::new());
        let has_files = record_files::any(self.w.tx, id)?;
        for record in going {
            let Some(mut deleted) = records::capture(self.w, &table, record)? else { continue };
            self.forget_references(&referring, RecordAddress { table: id, record }, &mut deleted)?;
            if has_files {
                self.take_files(id, &mut deleted)?;
            }
            records::delete(self.w, &table, record)?;
            self.note_changed(id, record);
            self.dirty_deleted(&table, record, &deleted);
            if let Some(touched) = self.touched.get_mut(&id) {
                touched.forget(record);
            }
            ids.push(record);
            gone.push(deleted);
        }
        if !gone.is_empty() {
            // Parents come before their children when they are put back.
            self.keep_inverse(Some(id), Change::RestoreRecords { table: id, records: gone });
        }
        Ok(Made::Records { table: id, ids })
    }

    /// Notes for the formulas that a record is gone, and what it pointed at and what pointed at it.
    fn dirty_deleted(&mut self, table: &Table, record: RecordId, deleted: &DeletedRecord) {
        if self.minds_formulas() {
            self.dirty.went(table.id, record);
            self.dirty_linked(table, deleted);
        }
    }

    /// Notes for the formulas that a record is back.
    fn dirty_restored(&mut self, table: &Table, deleted: &DeletedRecord) {
        if self.minds_formulas() {
            self.dirty.came(table.id, deleted.id);
            self.dirty_linked(table, deleted);
        }
    }

    fn dirty_linked(&mut self, table: &Table, deleted: &DeletedRecord) {
        for field in table.live_fields() {
            for column in &field.columns {
                let linked = deleted.links.iter().filter(|(of, _)| *of == column.column).flat_map(|(_, to)| to.clone());
                let referred =
                    deleted.cells.iter().filter(|(of, _)| *of == column.column).filter_map(|(_, cell)| {
                        match (&field.kind, cell) {
                            (Kind::Reference(_), StoredCell::Integer(packed)) => Some(*packed),
                            _ => None,
                        }
                    });
                let targets: Vec<RecordAddress> = linked.chain(referred).filter_map(RecordAddress::unpack).collect();
                self.dirty_targets(field, &Value::References(targets));
            }
        }
        let catalog = self.catalog();
        let owners = deleted.linked_from.iter().map(|(table, column, owner, _)| (*table, *column, *owner));
        let owners: Vec<_> = owners.chain(deleted.referred_from.iter().copied()).collect();
        for (table, column, owner) in owners {
            let Ok(found) = catalog.schema.table(table) else { continue };
            let fields = found.live_fields().filter(|f| f.columns.iter().any(|c| c.column == column)).map(|f| f.id);
            self.dirty.changed(table, owner, fields);
        }
    }

    /// Appends all records below those listed.
    fn add_descendants(&mut self, table: TableId, going: &mut Vec<RecordId>) -> Result<()> {
        let mut known: HashSet<RecordId> = going.iter().copied().collect();
        for root in going.clone() {
            let room = (MOST + 1).saturating_sub(known.len());
            let below = places::below(self.w, table, root, MOST + 1)?;
            going.extend(below.into_iter().filter(|record| known.insert(*record)).take(room));
            if going.len() > MOST {
                return Err(Error::TooLarge { what: "tree to delete", limit: MOST as u64 });
            }
        }
        Ok(())
    }

    /// Moves the children of records that go to where their parent was.
    fn lift_children(&mut self, table: TableId, going: &[RecordId]) -> Result<()> {
        for record in going {
            let Some((parent, _)) = places::of(self.w, table, *record)? else { continue };
            let parent = u32::try_from(parent).ok().filter(|p| *p > 0).map(RecordId);
            let mut after = *record;
            for (child, _) in places::children(self.w, table, record.0.into())? {
                let place = Place { parent, among: model::change::Among::After(after) };
                self.move_records(table, vec![(child, place)])?;
                after = child;
            }
        }
        Ok(())
    }

    /// The columns anywhere in the database whose values may point into a table: (table, column, link rows or not).
    fn columns_referring_to(&self, target: TableId) -> Vec<(TableId, ColumnId, bool)> {
        let catalog = self.w.catalog();
        let mut found = Vec::new();
        for table in catalog.schema.tables.values() {
            for field in &table.fields {
                let (targets, is_links) = match &field.kind {
                    Kind::Reference(kind) => (&kind.targets, false),
                    Kind::Links(kind) => (&kind.targets, true),
                    _ => continue,
                };
                if targets.contains(&target) {
                    found.extend(field.columns.iter().map(|c| (table.id, c.column, is_links)));
                }
            }
        }
        found
    }

    /// Empties what points at a record that goes, and remembers it in the record.
    fn forget_references(
        &mut self,
        referring: &[(TableId, ColumnId, bool)],
        target: RecordAddress,
        deleted: &mut DeletedRecord,
    ) -> Result<()> {
        for (table, column, is_links) in referring {
            if *is_links {
                for (owner, position) in links::owners(self.w.tx, *table, *column, target.pack())? {
                    // What a record says of itself goes and comes with it.
                    if (*table, owner) == (target.table, target.record) {
                        continue;
                    }
                    deleted.linked_from.push((*table, *column, owner, position));
                    self.note_changed(*table, owner);
                    self.w.touch(*table);
                }
                links::clear_target(self.w.tx, *table, *column, target.pack())?;
                continue;
            }
            let catalog = self.catalog();
            let layout = catalog.layout(*table)?;
            for owner in places::referring(self.w, *table, *column, target.pack())? {
                if (*table, owner) == (target.table, target.record) {
                    continue;
                }
                deleted.referred_from.push((*table, *column, owner));
                let valid = records::read_columns(self.w.tx, layout, owner, &[])?.is_none_or(|(valid, _)| valid);
                records::update(self.w, layout, self.stamp, owner, valid, &[(*column, StoredCell::Null)])?;
                self.note_changed(*table, owner);
            }
        }
        Ok(())
    }

    pub(super) fn restore_records(&mut self, id: TableId, deleted: Vec<DeletedRecord>) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::RecordCreate)?;
        let mut ids = Vec::with_capacity(deleted.len());
        // All rows first: records of one write may link to each other.
        for record in &deleted {
            if records::exists(self.w, RecordAddress { table: id, record: record.id })? {
                return Err(Error::Conflict(format!("The record {} is there already", record.id.0)));
            }
            records::restore(self.w, &table, record)?;
            self.restore_files(id, record)?;
            self.note_changed(id, record.id);
            self.touched.entry(id).or_default().restored(record.id);
            self.dirty_restored(&table, record);
            ids.push(record.id);
        }
        if table.shape == Shape::Tree {
            self.refuse_orphans(id, &ids)?;
        }
        for record in &deleted {
            for (other_table, other) in records::restore_links(self.w, &table, record)? {
                self.note_changed(other_table, other);
            }
        }
        let inverse = Change::DeleteRecords {
            table: id,
            records: RecordSet::of(ids.iter().copied()),
            children: Children::Delete,
        };
        self.keep_inverse(Some(id), inverse);
        Ok(Made::Records { table: id, ids })
    }

    /// Refuses records whose parent has gone since they went.
    fn refuse_orphans(&mut self, table: TableId, back: &[RecordId]) -> Result<()> {
        for record in back {
            let parent = places::of(self.w, table, *record)?.map_or(0, |(parent, _)| parent);
            let Some(parent) = u32::try_from(parent).ok().filter(|p| *p > 0).map(RecordId) else { continue };
            if !records::exists(self.w, RecordAddress { table, record: parent })? {
                return Err(Error::not_found(Subject::Record, parent.0.to_string()));
            }
        }
        Ok(())
    }
}
