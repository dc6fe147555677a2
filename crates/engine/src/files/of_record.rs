//! All files of a record: those that it has itself, and those in its cells.

use super::FileRow;
use crate::View;
use crate::judge::deferred::present_value;
use model::kind::Kind;
use model::{Ability, FieldId, Json, RecordAddress, RecordId, Result, Seq, Slot, TableId, UserId, Value};
use store::database::files;
use store::database::record_files::{self, RecordFileRow};

/// A file of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileOfRecord {
    pub record: RecordId,
    /// The field in whose cell it stands; none of the record itself.
    pub field: Option<FieldId>,
    /// What is known of it; under the name that it has here.
    pub file: FileRow,
    /// Of the write that put it there; of a file in a cell, of the last write of the record.
    pub seq: Seq,
    /// When it was put there, UTC milliseconds, and by whom.
    pub at: i64,
    pub by: Option<UserId>,
}

impl View<'_> {
    /// The files of a record that the actor may see, those of the record itself first, then field by field; none when the
    /// record is not there. Names may come more than once.
    pub fn files_of_record(&mut self, table: TableId, record: RecordId) -> Result<Option<Vec<FileOfRecord>>> {
        let seen = self.table(table)?;
        self.require(Some(table), Ability::RecordRead)?;
        let address = RecordAddress { table, record };
        let Some(version) = self.version(address)? else { return Ok(None) };
        let mut found = Vec::new();
        for row in record_files::of_record(self.tx, address)? {
            found.extend(self.file_of_row(row)?);
        }
        let catalog = self.catalog.clone();
        let layout = catalog.layout(table)?;
        for field in seen.live_fields().filter(|field| matches!(field.kind, Kind::Files(_))) {
            let value = present_value(self.tx, layout, &seen, record, Slot::plain(field.id))?;
            let Some(Value::Structure(Json::Array(items))) = value else { continue };
            for item in items {
                let Some(token) = item.get("token").and_then(Json::as_str) else { continue };
                let Some(mut file) = files::get(self.tx, token)? else { continue };
                if let Some(name) = item.get("name").and_then(Json::as_str) {
                    name.clone_into(&mut file.name);
                }
                let (at, by) = (file.created_at, file.user);
                found.push(FileOfRecord { record, field: Some(field.id), file, seq: Seq(version), at, by });
            }
        }
        Ok(Some(found))
    }

    /// The files that records of a table, or this one of it, were given themselves since a sequence.
    pub fn record_files_since(
        &mut self,
        table: TableId,
        record: Option<RecordId>,
        after: Seq,
    ) -> Result<Vec<FileOfRecord>> {
        self.table(table)?;
        self.require(Some(table), Ability::RecordRead)?;
        let mut found = Vec::new();
        for row in record_files::since(self.tx, table, after)? {
            if record.is_none_or(|only| only == row.record) {
                found.extend(self.file_of_row(row)?);
            }
        }
        Ok(found)
    }

    fn file_of_row(&mut self, row: RecordFileRow) -> Result<Option<FileOfRecord>> {
        let Some(file) = files::get(self.tx, &row.token)? else { return Ok(None) };
        let RecordFileRow { record, name, seq, at, by, .. } = row;
        Ok(Some(FileOfRecord { record, field: None, file: FileRow { name, ..file }, seq, at, by }))
    }
}
