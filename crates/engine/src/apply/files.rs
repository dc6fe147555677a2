//! Files in cells: which ones an actor may put where. A cell keeps name and token as given, and words that a door has for
//! a file; size, type and pixels come from the file, never from a client.

use super::Work;
use super::record_files::ITSELF;
use crate::files::{FilePlace, FileRow, GRACE_MS};
use crate::judge::deferred::present_value;
use model::access::Credential;
use model::{Ability, Field, FieldId, Json, RecordAddress, RecordId, Result, Role, Rule, Slot, Table, TableId, Value};
use store::database::{files, record_files};
use store::home::uploads;

/// Most files in one cell that are looked at; the kind refuses more.
const MOST: usize = 1_000;

impl Work<'_, '_> {
    /// The files of a cell as they are kept, or the rule that one of them breaks.
    pub(super) fn settle_files(
        &mut self,
        table: &Table,
        field: &Field,
        record: RecordId,
        given: Value,
    ) -> Result<std::result::Result<Value, Rule>> {
        let items = match given {
            Value::Null => return Ok(Ok(Value::Null)),
            Value::Structure(Json::Array(items)) if items.len() <= MOST => items,
            Value::Structure(Json::Array(_)) => return Ok(Err(Rule::TooMany { limit: MOST as u64 })),
            _ => return Ok(Err(Rule::Type("a list of files"))),
        };
        let place = FilePlace { table: table.id, record, field: field.id };
        let mut kept = Vec::with_capacity(items.len());
        for item in &items {
            let Some(token) = item.get("token").and_then(Json::as_str) else {
                return Ok(Err(Rule::Malformed("must have text in token of each file".to_owned())));
            };
            let Some(file) = self.usable_file(token, place)? else {
                return Ok(Err(Rule::Malformed("has an unknown file".to_owned())));
            };
            kept.push(match cell_item(&file, item) {
                Ok(item) => item,
                Err(rule) => return Ok(Err(rule)),
            });
        }
        Ok(Ok(Value::Structure(Json::Array(kept))))
    }

    /// The file of a token, if this actor may put it there: it came with this write or is an upload of theirs, it is or
    /// was in this very cell, or it is in a cell that they may read. It has a row and the place when this returns.
    pub(super) fn usable_file(&mut self, token: &str, place: FilePlace) -> Result<Option<FileRow>> {
        if let Some(new) = self.new_files.iter().find(|file| file.token == token).cloned() {
            files::insert(self.w.tx, &new)?;
            files::add_place(self.w.tx, token, place)?;
            return Ok(Some(new));
        }
        let Some(file) = files::get(self.w.tx, token)? else { return self.take_upload(token, place) };
        if files::has_place(self.w.tx, token, place)? {
            return Ok(Some(file));
        }
        let is_usable = self.scope.actor.credential == Credential::Local
            || crate::files::is_of(&file, &self.scope.actor)
            || self.stands_readable(token)?;
        if !is_usable {
            return Ok(None);
        }
        files::add_place(self.w.tx, token, place)?;
        Ok(Some(file))
    }

    /// Makes a file of this database of an upload of the actor.
    fn take_upload(&mut self, token: &str, place: FilePlace) -> Result<Option<FileRow>> {
        let home = self.scope.members.engine().inner().store.home();
        let upload = home.read(|tx| uploads::get(tx, token))?;
        let upload = upload.filter(|file| crate::files::is_of(file, &self.scope.actor));
        // What is older may be swept before this write is committed.
        let Some(file) = upload.filter(|file| file.created_at + GRACE_MS > self.scope.now.0) else {
            return Ok(None);
        };
        files::insert(self.w.tx, &file)?;
        files::add_place(self.w.tx, token, place)?;
        Ok(Some(file))
    }

    /// Whether a file stands in some cell that the actor may read.
    fn stands_readable(&mut self, token: &str) -> Result<bool> {
        for at in files::places(self.w.tx, token, crate::files::MOST_PLACES)? {
            if self.may_read(at.table, at.field) && self.stands_at(token, at)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn may_read(&self, table: TableId, field: FieldId) -> bool {
        let role = self.table_role(table);
        let actor = &self.scope.actor;
        actor.may(role, Ability::RecordRead) && actor.field_role(role, self.scope.key, table, field) > Role::None
    }

    fn stands_at(&mut self, token: &str, at: FilePlace) -> Result<bool> {
        let catalog = self.catalog();
        let Ok(table) = catalog.schema.table(at.table) else { return Ok(false) };
        if at.field == ITSELF {
            let address = RecordAddress { table: at.table, record: at.record };
            return Ok(record_files::of_record(self.w.tx, address)?.iter().any(|file| file.token == token));
        }
        let Ok(field) = table.field(at.field) else { return Ok(false) };
        for column in &field.columns {
            let slot = Slot { field: field.id, locale: column.locale };
            let value = present_value(self.w.tx, catalog.layout(table.id)?, table, at.record, slot)?;
            if value.is_some_and(|value| crate::files::item_of(&value, token).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What is said of a file in one cell: by which path it is known there, and words about it.
const SAID: [&str; 3] = ["path", "alt", "title"];
/// Longest of these, in characters.
const LONGEST_SAID: usize = 2_000;

/// A file as a cell keeps it.
fn cell_item(file: &FileRow, given: &Json) -> std::result::Result<Json, Rule> {
    let name = given.get("name").and_then(Json::as_str);
    let name = name.map_or_else(|| file.name.clone(), crate::files::clean_name);
    let mut item = serde_json::json!({
        "name": name,
        "token": file.token,
        "size": file.size,
        "mimetype": file.media_type,
    });
    if let Some((width, height)) = file.dimensions {
        item["width"] = width.into();
        item["height"] = height.into();
    }
    for key in SAID {
        match given.get(key) {
            None | Some(Json::Null) => {}
            Some(Json::String(text)) if text.chars().count() <= LONGEST_SAID => item[key] = text.as_str().into(),
            Some(Json::String(_)) => {
                return Err(Rule::Length { min: None, max: Some(LONGEST_SAID as u64), eq: None });
            }
            Some(_) => return Err(Rule::Malformed(format!("must have text in {key} of each file"))),
        }
    }
    Ok(item)
}
