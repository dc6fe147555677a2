//! Files that a record has itself: put there, replaced and taken away by their names.

use super::Work;
use crate::Made;
use crate::files::FilePlace;
use model::change::{Change, DeletedRecord, RecordFile};
use model::error::Path;
use model::{Ability, Error, FieldId, RecordAddress, RecordId, Result, Rule, Subject, TableId};
use store::database::{record_files, records};

/// Most files of one record.
const MOST: usize = 1_000;
/// The number under which the record itself stands among its fields.
pub(super) const ITSELF: FieldId = FieldId(0);

impl Work<'_, '_> {
    pub(super) fn set_record_files(&mut self, id: TableId, record: RecordId, files: Vec<RecordFile>) -> Result<Made> {
        self.table(id)?;
        self.require(Some(id), Ability::RecordUpdate)?;
        let address = RecordAddress { table: id, record };
        if !records::exists(self.w, address)? {
            return Err(Error::not_found(Subject::Record, record.0.to_string()));
        }
        let mut before = Vec::with_capacity(files.len());
        for file in files {
            let file = RecordFile { name: crate::files::clean_name(&file.name), ..file };
            let was = record_files::get(self.w.tx, address, &file.name)?;
            if was.as_ref().map(|row| &row.token) == file.token.as_ref() {
                continue;
            }
            if let (Some(token), false) = (&file.token, self.trusted) {
                let place = FilePlace { table: id, record, field: ITSELF };
                if self.usable_file(token, place)?.is_none() {
                    let rule = Rule::Malformed("has an unknown file".to_owned());
                    return Err(Error::invalid(Path::of("files"), rule));
                }
                if was.is_none() && record_files::of_record(self.w.tx, address)?.len() >= MOST {
                    return Err(Error::invalid(Path::of("files"), Rule::TooMany { limit: MOST as u64 }));
                }
            }
            record_files::set(self.w, address, &file, (self.stamp.at, self.stamp.by))?;
            before.push(RecordFile {
                name: file.name,
                token: was.as_ref().map(|row| row.token.clone()),
                stamp: was.map(|row| (row.at, row.by)),
            });
        }
        if !before.is_empty() {
            before.reverse();
            self.note_changed(id, record);
            self.keep_inverse(Some(id), Change::SetRecordFiles { table: id, record, files: before });
        }
        Ok(Made::Records { table: id, ids: vec![record] })
    }

    /// Takes the files of a record away with it, and remembers them in it.
    pub(super) fn take_files(&mut self, table: TableId, deleted: &mut DeletedRecord) -> Result<()> {
        let address = RecordAddress { table, record: deleted.id };
        let rows = record_files::of_record(self.w.tx, address)?;
        if rows.is_empty() {
            return Ok(());
        }
        let kept = |row: record_files::RecordFileRow| RecordFile {
            name: row.name,
            token: Some(row.token),
            stamp: Some((row.at, row.by)),
        };
        deleted.files = rows.into_iter().map(kept).collect();
        record_files::clear(self.w.tx, address)
    }

    /// Puts the files of a record back with it.
    pub(super) fn restore_files(&mut self, table: TableId, deleted: &DeletedRecord) -> Result<()> {
        let address = RecordAddress { table, record: deleted.id };
        let stamp = (self.stamp.at, self.stamp.by);
        deleted.files.iter().try_for_each(|file| record_files::set(self.w, address, file, stamp))
    }
}
