//! A record as JSON, straight from the row: `{id, sequence, createdAt, …, fields}` (reference 002, "Get Records"), or in
//! the internal form `{_id, _cu, _cd, …}` with its fields beside (facts 6, 10).

use super::shape::Shape;
use super::style::{Blank, Moments, Style, Told};
use crate::cell::encode;
use crate::cell::people::People;
use crate::cell::values::{self, World};
use crate::field::word::is_text;
use crate::names;
use edge::json;
use engine::{RecordRow, View};
use model::{RecordAddress, UserId};

/// Writes records of one shape.
pub struct RecordWriter<'a> {
    shape: &'a Shape,
    style: Style,
    people: People,
}

impl<'a> RecordWriter<'a> {
    pub fn new(view: &View<'_>, shape: &'a Shape, style: Style) -> RecordWriter<'a> {
        RecordWriter { shape, style, people: People::of(view) }
    }

    /// Appends a record.
    pub fn write(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        out.extend_from_slice(b"{\"id\":");
        json::integer(out, row.id().0.into());
        out.extend_from_slice(b",\"sequence\":");
        json::integer(out, row.seq() as i64);
        // Times of a record are text whatever the style of dates in cells.
        let (at, by) = (row.created_at(), row.created_by());
        member(out, b",\"createdAt\":", b",\"createdBy\":", Style::default(), at, by);
        let (at, by) = changed(row);
        member(out, b",\"modifiedAt\":", b",\"modifiedBy\":", Style::default(), at, by);
        out.extend_from_slice(b",\"fields\":{");
        self.fields(out, row);
        out.extend_from_slice(b"}}");
    }

    /// Appends a record in the internal form.
    pub fn write_internal(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        out.extend_from_slice(b"{\"_id\":");
        match self.style.moments {
            // An upsert answers the number, `/changes` the table as well (reference 001).
            Moments::Text => json::integer(out, row.id().0.into()),
            Moments::Milliseconds => {
                let address = RecordAddress { table: self.shape.table.id, record: row.id() };
                json::string(out, &names::record(address));
            }
        }
        member(out, b",\"_cd\":", b",\"_cu\":", self.style, row.created_at(), row.created_by());
        let (at, by) = changed(row);
        member(out, b",\"_md\":", b",\"_mu\":", self.style, at, by);
        out.push(b',');
        self.fields(out, row);
        if out.ends_with(b",") {
            out.pop();
        }
        out.push(b'}');
    }

    fn fields(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        let world = World { people: &self.people, style: self.style, plain: None };
        let mut first = true;
        for column in &self.shape.columns {
            if self.style.told == Told::Stored && !column.is_stored {
                continue;
            }
            let begin = out.len();
            if !first {
                out.push(b',');
            }
            out.extend_from_slice(column.head(self.style.keys));
            let is_full =
                column.output.is_some_and(|output| encode::encode(out, &column.encoding, row, output, &world));
            if is_full {
                first = false;
                continue;
            }
            // Empty cells are absent (facts 4), but a computed text that is empty is `""` after an upsert.
            let is_blank =
                self.style.blank == Blank::Quoted && !column.shown.is_written && is_text(column.shown.kind.class());
            if is_blank {
                out.extend_from_slice(b"\"\"");
                first = false;
            } else {
                out.truncate(begin);
            }
        }
    }
}

/// When a record was changed and by whom; one that never was, when it was made.
fn changed(row: &RecordRow<'_>) -> (i64, Option<UserId>) {
    match row.modified_at() {
        Some(at) => (at, row.modified_by()),
        None => (row.created_at(), row.created_by()),
    }
}

/// Appends when and by whom; nobody is 0 (reference 001).
fn member(out: &mut Vec<u8>, at_key: &[u8], by_key: &[u8], style: Style, at: i64, by: Option<UserId>) {
    out.extend_from_slice(at_key);
    values::instant(out, style, at);
    out.extend_from_slice(by_key);
    match by {
        Some(user) => {
            out.push(b'"');
            names::write_user(out, user);
            out.push(b'"');
        }
        None => out.push(b'0'),
    }
}
