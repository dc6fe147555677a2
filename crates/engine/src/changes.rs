//! What changed since a sequence: records that are there say it themselves, by the column of their sequence; those that
//! went are found in the log.

use crate::View;
use crate::apply::DEFINITION;
use model::{Ability, Change, RecordAddress, RecordId, Result, Role, Seq, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use store::database::log::{self, TABLE_ITSELF};
use store::database::{changes, record_files, records};

impl View<'_> {
    /// The table of a name that the actor may see; of several, the one with the lowest number.
    pub fn table_named(&self, name: &str) -> Option<Arc<Table>> {
        let mut named = self.schema().live_tables().filter(|table| table.name == name);
        named.find_map(|table| self.table(table.id).ok())
    }

    /// When the database was last written to (UTC milliseconds); none when it never was.
    pub fn last_write_at(&mut self) -> Result<Option<i64>> {
        log::last_at(self.tx)
    }

    /// The sequence of the last write that this view holds. Inside a write, its own and those it shares a commit with
    /// are not counted.
    pub fn sequence(&mut self) -> Result<Seq> {
        changes::sequence(self.tx)
    }

    /// The number that the next record of each table gets that the actor may see. Inside a write it may be behind.
    pub fn next_records(&mut self) -> Result<BTreeMap<TableId, u32>> {
        let mut next = changes::next_records(self.tx)?;
        next.retain(|table, _| self.schema().table(*table).is_ok() && self.table_role(*table) > Role::None);
        Ok(next)
    }

    /// The sequence of the last write that changed the definition of a table: its name, fields or views.
    pub fn defined_at(&mut self, table: TableId) -> Result<Seq> {
        self.table(table)?;
        Ok(changes::last_of_record(self.tx, table, DEFINITION)?.unwrap_or_default())
    }

    /// Whether a definition changed since a sequence that the actor may see, or might before it went: of tables, fields or
    /// views.
    pub fn is_defined_since(&mut self, after: Seq) -> Result<bool> {
        let catalog = self.catalog.clone();
        for table in catalog.schema.tables.values() {
            let is_seen = self.table_role(table.id) > Role::None;
            if is_seen && changes::last_of_record(self.tx, table.id, DEFINITION)? > Some(after) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What went of a table, or of this record of it, since a sequence and did not come back; what was made since, too.
    pub fn gone_since(&mut self, table: TableId, record: Option<RecordId>, after: Seq) -> Result<Gone> {
        self.table(table)?;
        self.require(Some(table), Ability::RecordRead)?;
        let (mut records, mut files) = (BTreeSet::new(), BTreeSet::new());
        log::rows_of_record_since(self.tx, table, record.unwrap_or(TABLE_ITSELF), after, &mut |row| {
            for change in row.inverse {
                match change {
                    Change::RestoreRecords { table: of, records: deleted } if of == table => {
                        records.extend(deleted.iter().map(|deleted| deleted.id));
                    }
                    Change::SetRecordFiles { table: of, record, files: before } if of == table => {
                        let had = before.into_iter().filter(|file| file.token.is_some());
                        files.extend(had.map(|file| (record, file.name)));
                    }
                    _ => {}
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let wanted = |of: RecordId| record.is_none_or(|only| only == of);
        let mut gone = Gone::default();
        for id in records.into_iter().filter(|id| wanted(*id)) {
            if !records::exists(self, RecordAddress { table, record: id })? {
                gone.records.push(id);
            }
        }
        for (id, name) in files.into_iter().filter(|(id, _)| wanted(*id)) {
            let address = RecordAddress { table, record: id };
            if records::exists(self, address)? && record_files::get(self.tx, address, &name)?.is_none() {
                gone.files.push((id, name));
            }
        }
        Ok(gone)
    }
}

/// What went of a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gone {
    /// By number.
    pub records: Vec<RecordId>,
    /// Names of files that records had themselves.
    pub files: Vec<(RecordId, String)>,
}
