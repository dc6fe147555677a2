//! A record as JSON (facts A3): `{id, fields, name, autoNumber, createdTime, …}`, straight from the row.

use super::keys::KeyType;
use super::shape::{Selection, Shape};
use crate::cell::encode::{self, World};
use crate::cell::files::FileLinks;
use crate::cell::text;
use crate::cell::values::{Emails, People};
use crate::names;
use edge::json;
use engine::files::FilePlace;
use engine::{RecordRow, View};
use model::time::Instant;
use model::{Ability, DatabaseKey, FieldId, RecordAddress, RecordId};
use std::ops::Range;

/// What cells look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CellFormat {
    #[default]
    Json,
    Text,
}

/// Writes records of one shape.
pub struct RecordWriter<'a> {
    shape: &'a Shape,
    selection: &'a Selection,
    key_type: KeyType,
    format: CellFormat,
    people: People,
    files: FileLinks,
    database: DatabaseKey,
    head: [u8; 15],
}

impl<'a> RecordWriter<'a> {
    pub fn new(
        view: &View<'_>,
        shape: &'a Shape,
        selection: &'a Selection,
        key_type: KeyType,
        format: CellFormat,
    ) -> RecordWriter<'a> {
        let database = view.key();
        RecordWriter {
            shape,
            selection,
            key_type,
            format,
            people: people(view),
            files: if shape.has_files { FileLinks::of(view) } else { FileLinks::none() },
            database,
            head: names::record_head(database),
        }
    }

    /// Appends a record without its closing brace, for who has more to say.
    pub fn write_open(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        let id = row.id();
        out.extend_from_slice(b"{\"id\":\"");
        names::write_record(out, &self.head, RecordAddress { table: self.shape.table.id, record: id });
        out.extend_from_slice(b"\",\"fields\":{");
        let primary = self.write_fields(out, row, id);
        out.push(b'}');
        match primary {
            Some(written) => {
                out.extend_from_slice(b",\"name\":");
                out.extend_from_within(written);
            }
            None => self.write_name(out, row),
        }
        out.extend_from_slice(b",\"autoNumber\":");
        json::integer(out, id.0.into());
        out.extend_from_slice(b",\"createdTime\":");
        json::instant_iso(out, Instant(row.created_at()));
        if let Some(at) = row.modified_at() {
            out.extend_from_slice(b",\"lastModifiedTime\":");
            json::instant_iso(out, Instant(at));
        }
        if let Some(user) = row.created_by() {
            out.extend_from_slice(b",\"createdBy\":\"");
            names::write_user(out, user);
            out.push(b'"');
        }
        if let Some(user) = row.modified_by() {
            out.extend_from_slice(b",\"lastModifiedBy\":\"");
            names::write_user(out, user);
            out.push(b'"');
        }
    }

    /// Appends a record.
    pub fn write(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        self.write_open(out, row);
        out.push(b'}');
    }

    /// Appends the cells. Where the text of the primary field lies, when it is among them as its name is to be written.
    fn write_fields(&self, out: &mut Vec<u8>, row: &RecordRow<'_>, record: RecordId) -> Option<Range<usize>> {
        // Each cell says its own place.
        let place = FilePlace { table: self.shape.table.id, record, field: FieldId(0) };
        let primary = self.selection.primary.filter(|_| self.format == CellFormat::Json).map(|primary| primary.column);
        let mut name = None;
        let world = World { database: self.database, people: &self.people, files: &self.files, place };
        let mut first = true;
        for picked in &self.selection.picked {
            let column = &self.shape.columns[picked.column];
            let begin = out.len();
            if !first {
                out.push(b',');
            }
            out.extend_from_slice(column.head(self.key_type));
            let cell = out.len();
            let is_full = match self.format {
                CellFormat::Json => encode::encode(out, &column.encoding, row, picked.output, picked.title, &world),
                CellFormat::Text => {
                    let text = text::cell_text(&column.shown.kind, row, picked.output, picked.title, &self.people);
                    json::string(out, &text);
                    !text.is_empty()
                }
            };
            // Empty cells are absent (facts A3).
            if is_full {
                first = false;
                if primary == Some(picked.column) && matches!(column.encoding, encode::Encoding::Text) {
                    name = Some(cell..out.len());
                }
            } else {
                out.truncate(begin);
            }
        }
        name
    }

    /// The name of a record is the text of its primary field.
    fn write_name(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        let Some(primary) = self.selection.primary else { return };
        let column = &self.shape.columns[primary.column];
        if let encode::Encoding::Text = column.encoding {
            if let Some(text) = row.cell(primary.output).text().filter(|t| !t.is_empty()) {
                out.extend_from_slice(b",\"name\":");
                json::string(out, text);
            }
            return;
        }
        let text = text::cell_text(&column.shown.kind, row, primary.output, primary.title, &self.people);
        if !text.is_empty() {
            out.extend_from_slice(b",\"name\":");
            json::string(out, &text);
        }
    }
}

/// The users as this actor may see them.
pub fn people(view: &View<'_>) -> People {
    let emails = if view.actor().abilities.has(Ability::EmailRead) { Emails::Shown } else { Emails::Hidden };
    People { directory: view.directory().clone(), now: view.now(), emails }
}
