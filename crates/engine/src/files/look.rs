//! Looking a file up for who wants to read it.

use super::{FilePlace, FileRow, Reading, Shape, Thumbnail, keep, missing};
use crate::Engine;
use crate::judge::deferred::present_value;
use crate::view::View;
use blobs::Hash;
use bytes::Bytes;
use model::{Ability, Field, FieldId, Json, LocaleId, RecordAddress, RecordId, Result, Slot, Table, TableId, Value};
use std::ops::Range;
use store::database::{files, records};

/// Most places of a file that are looked at.
pub(crate) const MOST_PLACES: usize = 100;

impl View<'_> {
    /// A file that stands in a cell, under the name that it has there, if the actor may read the cell. One that stood
    /// there is shown to who may see the record's history. Record 0 is any record that has it in this field.
    pub fn file_at(&mut self, token: &str, place: FilePlace) -> Result<FileRow> {
        let found = self.find_file_at(token, place).map_err(|error| match error {
            model::Error::NotFound { .. } | model::Error::Forbidden(_) => missing(),
            other => other,
        })?;
        found.ok_or_else(missing)
    }

    /// A file, if it stands in some cell that the actor may read, under the name that it has there.
    pub fn file_anywhere(&mut self, token: &str) -> Result<FileRow> {
        for place in files::places(self.tx, token, MOST_PLACES)? {
            match self.file_at(token, FilePlace { record: RecordId(0), ..place }) {
                Err(model::Error::NotFound { .. }) => {}
                found => return found,
            }
        }
        Err(missing())
    }

    fn find_file_at(&mut self, token: &str, place: FilePlace) -> Result<Option<FileRow>> {
        let table = self.table(place.table)?;
        self.require(Some(table.id), Ability::RecordRead)?;
        let field = table.field(place.field)?.clone();
        let Some(mut file) = files::get(self.tx, token)? else { return Ok(None) };
        let places = match place.record {
            RecordId(0) => files::places(self.tx, token, MOST_PLACES)?,
            _ => vec![place],
        };
        for at in places.into_iter().filter(|at| at.table == place.table && at.field == place.field) {
            if let Some(name) = self.name_in_cell(&table, &field, at.record, token)? {
                file.name = name;
                return Ok(Some(file));
            }
        }
        let stood = place.record != RecordId(0)
            && files::has_place(self.tx, token, place)?
            && records::exists(self.tx, RecordAddress { table: table.id, record: place.record })?
            && self.require(Some(table.id), Ability::RecordUpdate).is_ok();
        Ok(stood.then_some(file))
    }

    /// What a file is called in a cell; none when it does not stand there.
    fn name_in_cell(&mut self, table: &Table, field: &Field, record: RecordId, token: &str) -> Result<Option<String>> {
        let catalog = self.catalog.clone();
        let layout = catalog.layout(table.id)?;
        for column in &field.columns {
            let slot = Slot { field: field.id, locale: column.locale };
            let value = present_value(self.tx, layout, table, record, slot)?;
            if let Some(item) = value.as_ref().and_then(|value| item_of(value, token)) {
                return Ok(item.get("name").and_then(Json::as_str).map(str::to_owned));
            }
        }
        Ok(None)
    }

    /// The files in a cell, for a write that adds to them; none when the record is not there.
    pub fn files_in_cell(&mut self, table: TableId, record: RecordId, field: FieldId) -> Result<Option<Vec<Json>>> {
        self.require(Some(table), Ability::RecordUpdate)?;
        let table = self.table(table)?;
        if !records::exists(self.tx, RecordAddress { table: table.id, record })? {
            return Ok(None);
        }
        let catalog = self.catalog.clone();
        let found = table.field(field)?;
        let slot = Slot { field, locale: found.columns.first().map_or(LocaleId::NONE, |c| c.locale) };
        let value = present_value(self.tx, catalog.layout(table.id)?, &table, record, slot)?;
        Ok(Some(match value {
            Some(Value::Structure(Json::Array(items))) => items,
            Some(_) | None => Vec::new(),
        }))
    }

    /// The token of the file of this database whose token begins so, or of an upload of the actor. Whether the actor
    /// may use it is judged when it is written.
    pub fn file_token_beginning_with(&mut self, head: &str) -> Result<Option<String>> {
        Ok(files::beginning_with(self.tx, head)?.map(|file| file.token))
    }

    /// Whether the actor sent this file.
    pub fn sent(&self, file: &FileRow) -> bool {
        keep::is_of(file, &self.scope.actor)
    }
}

/// The file of a token among those of a cell.
pub(crate) fn item_of<'v>(value: &'v Value, token: &str) -> Option<&'v Json> {
    let Value::Structure(Json::Array(items)) = value else { return None };
    items.iter().find(|item| item.get("token").and_then(Json::as_str) == Some(token))
}

impl Engine {
    /// Reads a part of a file.
    pub async fn read_file(&self, file: &FileRow, range: Range<u64>) -> Result<Reading> {
        self.inner().files.blobs.read(Hash(file.hash), file.size, range).await
    }

    /// A picture in a shape with its type; none when there can be none.
    pub async fn read_shaped(&self, file: &FileRow, shape: Shape) -> Result<Option<(Bytes, &'static str)>> {
        let dimensions = file.dimensions.map(|(width, height)| blobs::Dimensions { width, height });
        if !dimensions.is_some_and(|d| blobs::may_be_shrunk(&file.media_type, d)) {
            return Ok(None);
        }
        self.inner().files.blobs.shaped(Hash(file.hash), &file.media_type, shape).await
    }

    /// A small copy of a picture with its type; none when there can be none.
    pub async fn read_thumbnail(&self, file: &FileRow, size: Thumbnail) -> Result<Option<(Bytes, &'static str)>> {
        let dimensions = file.dimensions.map(|(width, height)| blobs::Dimensions { width, height });
        if !dimensions.is_some_and(|d| blobs::may_be_shrunk(&file.media_type, d)) {
            return Ok(None);
        }
        self.inner().files.blobs.thumbnail(Hash(file.hash), &file.media_type, size).await
    }
}
