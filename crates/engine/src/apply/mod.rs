//! Applying changes: each is judged for rights and values, carried out, and leaves its inverse.
//!
//! One file per group of changes. [`Work`] is a write under way; [`Work::finish`] judges what can only be judged at the
//! end (required, unique) and appends the log's row.

mod actions;
mod convert;
mod fields;
mod files;
mod links;
mod nav;
mod partners;
mod places;
mod record_files;
mod records;
mod removal;
mod settings;
mod tables;
mod views;

use crate::Made;
use crate::files::FileRow;
use crate::formula::Dirty;
use crate::judge::deferred::Touched;
use crate::view::Scope;
use crate::write::{Faults, WriteContext};
use model::access::Credential;
use model::{Ability, Change, Error, Fault, RecordId, Result, Seq, Subject, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::database::WriteTx;
use store::database::catalog::Catalog;
use store::database::log::{self, Entry};
use store::database::records::Stamp;

/// The record number under which changes of a table's definition are found in the log.
pub(crate) const DEFINITION: RecordId = RecordId(u32::MAX);
/// The table number under which changes of navigation items are found in the log; tables are numbered from 1.
pub(crate) const NAV: TableId = TableId(0);

/// A write under way.
pub(crate) struct Work<'w, 'a> {
    pub w: &'w mut WriteTx<'a>,
    pub scope: &'w Scope,
    pub stamp: Stamp,
    /// Whether values and laws are judged; not when the log is replayed exactly.
    pub trusted: bool,
    /// Files that came with this write.
    pub new_files: Vec<FileRow>,
    /// When faulty values are refused.
    pub gathers: Faults,
    /// Those that are told at the end.
    pub faults: Vec<Fault>,
    /// Inverses in the order of their changes.
    inverse: Vec<Change>,
    /// Records changed or deleted, for the log's index.
    changed: BTreeSet<(TableId, RecordId)>,
    /// Records to be judged at the end.
    pub touched: BTreeMap<TableId, Touched>,
    tables: BTreeSet<TableId>,
    /// Tables made by this write: what is put into them belongs to making them.
    own: BTreeSet<TableId>,
    /// The catalog as the write found it.
    pub(crate) began: Arc<Catalog>,
    /// What formulas may have to be worked out for.
    pub(crate) dirty: Dirty,
    /// Whether a formula of a record came out otherwise.
    pub(crate) computed: bool,
}

impl<'w, 'a> Work<'w, 'a> {
    pub fn new(w: &'w mut WriteTx<'a>, scope: &'w Scope) -> Work<'w, 'a> {
        let stamp = Stamp { at: scope.now.0, by: scope.actor.user };
        let began = w.catalog();
        Work {
            w,
            scope,
            stamp,
            trusted: false,
            new_files: Vec::new(),
            gathers: Faults::AtOnce,
            faults: Vec::new(),
            inverse: Vec::new(),
            changed: BTreeSet::new(),
            touched: BTreeMap::new(),
            tables: BTreeSet::new(),
            own: BTreeSet::new(),
            began,
            dirty: Dirty::default(),
            computed: false,
        }
    }

    /// Carries one change out.
    pub fn apply(&mut self, change: Change) -> Result<Made> {
        match change {
            Change::CreateRecords { table, records } => self.create_records(table, records),
            Change::UpdateRecords { table, updates } => self.update_records(table, updates),
            Change::DeleteRecords { table, records, children } => self.delete_records(table, &records, children),
            Change::MoveRecords { table, moves } => self.move_records(table, moves),
            Change::RestoreRecords { table, records } => self.restore_records(table, records),
            Change::SetRecordFiles { table, record, files } => self.set_record_files(table, record, files),
            Change::CreateTable { table } => self.create_table(*table),
            Change::EditTable { table, patch } => self.edit_table(table, *patch),
            Change::DeleteTable { table } => self.delete_table(table),
            Change::ReplaceTable { table } => self.replace_table(*table),
            Change::CreateField { table, field, at } => self.create_field(table, *field, at),
            Change::EditField { table, field, patch } => self.edit_field(table, field, *patch),
            Change::ConvertField { table, field, kind, reverse } => self.convert_field(table, field, *kind, reverse),
            Change::DeleteField { table, field } => self.delete_field(table, field),
            Change::ReplaceField { table, field, at } => self.replace_field(table, *field, at),
            Change::CreateView { table, view, at } => self.create_view(table, *view, at),
            Change::ReplaceView { table, view, at } => self.replace_view(table, *view, at),
            Change::DeleteView { table, view } => self.delete_view(table, view),
            Change::CreateNavItem { item, at } => self.create_nav_item(item, &at),
            Change::EditNavItem { item, label, table, bag } => self.edit_nav_item(item, label, table, bag),
            Change::MoveNavItem { item, at } => self.move_nav_item(item, &at),
            Change::DeleteNavItem { item } => self.delete_nav_item(item),
            Change::ReplaceNavItem { item } => self.replace_nav_item(item),
            Change::EditDatabase { patch } => self.edit_database(patch),
            Change::ReplaceSettings { settings } => self.replace_settings(*settings),
        }
    }

    /// Judges what is judged at the end and appends the log's row. None when nothing changed.
    pub fn finish(mut self, key: [u8; 16], context: WriteContext) -> Result<Option<Seq>> {
        self.compute_formulas()?;
        if !self.trusted {
            self.judge_deferred()?;
        }
        if self.inverse.is_empty() && !self.computed {
            return Ok(None);
        }
        self.inverse.reverse();
        let token = match self.scope.actor.credential {
            Credential::Token(token) => Some(token),
            Credential::Session | Credential::Local => None,
        };
        let entry = Entry {
            key,
            at: self.stamp.at,
            actor: self.scope.actor.user,
            token,
            client: context.client,
            cause: context.cause,
            tables: self.tables.into_iter().collect(),
            records: self.changed.into_iter().collect(),
            inverse: self.inverse,
        };
        log::append(self.w, &entry).map(Some)
    }

    /// Notes that this write made the table.
    pub fn note_own(&mut self, table: TableId) {
        self.own.insert(table);
    }

    /// Keeps what undoes a change that was just made.
    pub fn keep_inverse(&mut self, table: Option<TableId>, inverse: Change) {
        self.tables.extend(table);
        // Deletions of records made one after the other in one write (the inverse of creations) are one set.
        if let Change::DeleteRecords { table, records, children } = &inverse
            && let Some(Change::DeleteRecords { table: last, records: runs, children: same }) = self.inverse.last_mut()
            && table == last
            && children == same
        {
            *runs = model::change::RecordSet::of(runs.iter().chain(records.iter()));
            return;
        }
        self.inverse.push(inverse);
    }

    /// Notes that the write is about a table, though it may change records of others only.
    pub fn note_table(&mut self, table: TableId) {
        self.tables.insert(table);
    }

    /// Notes that an existing record changed or went.
    pub fn note_changed(&mut self, table: TableId, record: RecordId) {
        self.changed.insert((table, record));
    }

    /// The catalog as this write has left it so far.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.w.catalog()
    }

    /// The live table of a number, if the actor may know of it.
    pub fn table(&self, table: TableId) -> Result<Arc<Table>> {
        let found = self.w.catalog().schema.table(table)?.clone();
        if self.table_role(table) == model::Role::None {
            return Err(Error::not_found(Subject::Table, table.0.to_string()));
        }
        Ok(found)
    }

    pub fn table_role(&self, table: TableId) -> model::Role {
        self.scope.actor.table_role(self.scope.role, self.scope.key, table)
    }

    /// Refuses what neither role nor scopes allow.
    pub fn require(&self, table: Option<TableId>, ability: Ability) -> Result<()> {
        let role = match table {
            Some(table) if self.own.contains(&table) => return Ok(()),
            Some(table) => self.table_role(table),
            None => self.scope.role,
        };
        if self.scope.actor.may(role, ability) { Ok(()) } else { Err(Error::Forbidden(ability)) }
    }

    /// Stores a table's definition and notes that it changed.
    pub fn put_table(&mut self, table: Table) -> Result<()> {
        self.changed.insert((table.id, DEFINITION));
        self.tables.insert(table.id);
        self.w.put_table(table)
    }

    /// The definition of a table, deleted or not.
    pub fn table_ever(&self, table: TableId) -> Result<Arc<Table>> {
        let catalog = self.w.catalog();
        let found: Option<&Arc<Table>> = catalog.schema.tables.get(&table);
        found.cloned().ok_or_else(|| Error::not_found(Subject::Table, table.0.to_string()))
    }
}
