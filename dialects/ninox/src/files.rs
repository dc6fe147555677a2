//! The files of a record (facts 9): those that it has itself, and those in its cells, which other doors put there. Each
//! has a name of its own, by which it is asked for.

use crate::error::unknown_field;
use crate::field::shown::is_shown;
use crate::field::word::Word;
use crate::names;
use engine::View;
use engine::files::FileOfRecord;
use model::change::{RecordFile, RecordUpdate};
use model::error::Path;
use model::kind::Kind;
use model::{Change, Error, FieldId, Json, RecordId, Result, Rule, Slot, Subject, Table, TableId, Value};
use serde_json::json;
use std::collections::HashSet;

/// What no name may have (reference 002, "Valid File Names").
const FORBIDDEN: &str = "\\/*?><|\"";

/// A file under the name that it has here.
#[derive(Clone, Debug)]
pub struct Listed {
    pub name: String,
    pub found: FileOfRecord,
}

impl Listed {
    fn token(&self) -> &str {
        &self.found.file.token
    }
}

/// Refuses a name with what no name may have, and one that no address can have.
pub fn check_name(name: &str) -> Result<()> {
    match name.contains(|c: char| FORBIDDEN.contains(c)) || matches!(name, "." | "..") {
        false => Ok(()),
        true => {
            let rule = Rule::Malformed("must not contain \\ / * ? > < | \"".to_owned());
            Err(Error::invalid_given(Path::of("file name"), rule, name))
        }
    }
}

/// The files of a record, each once, whatever it stands in; equal names are numbered. None when there is no such record.
pub fn listed(view: &mut View<'_>, table: TableId, record: RecordId) -> Result<Option<Vec<Listed>>> {
    let Some(found) = view.files_of_record(table, record)? else { return Ok(None) };
    let (mut tokens, mut taken, mut list) = (HashSet::new(), HashSet::new(), Vec::with_capacity(found.len()));
    for one in found {
        if tokens.insert(one.file.token.clone()) {
            let name = free_name(&one.file.name, |name| taken.contains(name));
            taken.insert(name.clone());
            list.push(Listed { name, found: one });
        }
    }
    Ok(Some(list))
}

/// `a.png`, or `a (2).png` when that is taken.
fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let (head, tail) = match name.rsplit_once('.') {
        Some((head, extension)) if !head.is_empty() => (head, format!(".{extension}")),
        Some(_) | None => (name, String::new()),
    };
    let mut free = name.to_owned();
    let mut number = 2;
    while taken(&free) {
        free = format!("{head} ({number}){tail}");
        number += 1;
    }
    free
}

/// The file of a name.
pub fn find(view: &mut View<'_>, table: TableId, record: RecordId, name: &str) -> Result<Listed> {
    let list = listed(view, table, record)?.ok_or_else(|| names::missing(Subject::Record))?;
    list.into_iter().find(|one| one.name == name).ok_or_else(|| names::missing(Subject::File))
}

/// `{name, contentType, size, modifiedDate, modifiedUser, seq}` (reference 001, "Get metadata").
pub fn metadata(one: &Listed) -> Json {
    let FileOfRecord { file, seq, at, by, .. } = &one.found;
    json!({
        "name": one.name,
        "contentType": file.media_type,
        "size": file.size,
        "modifiedDate": at,
        "modifiedUser": by.map_or(Json::from(0), |user| names::user(user).into()),
        "seq": seq.0,
    })
}

/// The field of a name or id in which a file can stand.
pub fn field_of(table: &Table, key: &str) -> Result<FieldId> {
    let named = table.field_named(key);
    let field = named.or_else(|| names::read_field(key).and_then(|id| table.field(id).ok())).filter(|f| is_shown(f));
    let field = field.ok_or_else(|| unknown_field(key))?;
    match Word::of(&field.kind) {
        Word::File => Ok(field.id),
        _ => Err(Error::invalid_given(Path::of("fieldName"), Rule::Type("the name of a field for files"), key)),
    }
}

/// Puts a new file into a record under its name. One of that name is replaced, in cells too; with a field, that points at
/// it then (facts 9).
pub fn put(
    view: &mut View<'_>,
    table: &Table,
    record: RecordId,
    new: (&str, &str),
    field: Option<FieldId>,
) -> Result<Vec<Change>> {
    let (name, token) = new;
    let list = listed(view, table.id, record)?.ok_or_else(|| names::missing(Subject::Record))?;
    let replaced = list.iter().find(|one| one.name == name);
    let mut changes = Vec::new();
    let stands_in_cells = replaced.is_some_and(|one| one.found.field.is_some());
    if !stands_in_cells || field.is_some() {
        changes.push(set(table.id, record, name, Some(token)));
    }
    let item = json!({"name": name, "token": token});
    for cell in cells(view, table, record)? {
        let mut items = cell.items.clone();
        for one in &mut items {
            if replaced.is_some_and(|replaced| token_of(one) == replaced.token()) {
                *one = item.clone();
            }
        }
        if Some(cell.field) == field && !items.iter().any(|one| token_of(one) == token) {
            // A cell of one file points at the new one; a list of them gets it at its end.
            match items.as_slice() {
                [_, _, ..] => items.push(item.clone()),
                _ => {
                    let dropped: Vec<&str> = items.iter().map(token_of).collect();
                    changes.extend(keep(&list, table.id, record, &dropped));
                    items = vec![item.clone()];
                }
            }
        }
        if items != cell.items {
            changes.push(cell.write(table.id, record, items));
        }
    }
    Ok(changes)
}

/// Takes the file of a name out of a record and all its cells.
pub fn remove(view: &mut View<'_>, table: &Table, record: RecordId, name: &str) -> Result<Vec<Change>> {
    let gone = find(view, table.id, record, name)?;
    let mut changes = Vec::new();
    if gone.found.field.is_none() {
        changes.push(set(table.id, record, &gone.found.file.name, None));
    }
    for cell in cells(view, table, record)? {
        let items: Vec<Json> = cell.items.iter().filter(|one| token_of(one) != gone.token()).cloned().collect();
        if items != cell.items {
            changes.push(cell.write(table.id, record, items));
        }
    }
    Ok(changes)
}

/// What a cell is that is written with names of files of its record, and what keeps those that stood in it before: a
/// field only points at files, which are the record's (facts 9).
pub fn point(
    view: &mut View<'_>,
    table: TableId,
    record: Option<RecordId>,
    field: FieldId,
    wanted: &[String],
) -> Result<std::result::Result<(Value, Option<Change>), Rule>> {
    let list = match record {
        Some(record) => listed(view, table, record)?.unwrap_or_default(),
        None => Vec::new(),
    };
    let mut items = Vec::with_capacity(wanted.len());
    for name in wanted {
        match list.iter().find(|one| one.name == *name) {
            Some(one) => items.push(json!({"name": one.found.file.name, "token": one.token()})),
            None => return Ok(Err(Rule::Type("the name of a file of the record"))),
        }
    }
    let is_left =
        |one: &&Listed| one.found.field == Some(field) && !items.iter().any(|item| token_of(item) == one.token());
    let dropped: Vec<&str> = list.iter().filter(is_left).map(Listed::token).collect();
    let kept = record.and_then(|record| keep(&list, table, record, &dropped));
    let value = if items.is_empty() { Value::Null } else { Value::Structure(Json::Array(items)) };
    Ok(Ok((value, kept)))
}

/// A cell of files.
struct CellOfFiles {
    field: FieldId,
    items: Vec<Json>,
}

impl CellOfFiles {
    fn write(&self, table: TableId, record: RecordId, items: Vec<Json>) -> Change {
        let value = if items.is_empty() { Value::Null } else { Value::Structure(Json::Array(items)) };
        let values = vec![(Slot::plain(self.field), value)];
        Change::UpdateRecords { table, updates: vec![RecordUpdate { record, values }] }
    }
}

fn cells(view: &mut View<'_>, table: &Table, record: RecordId) -> Result<Vec<CellOfFiles>> {
    let mut found = Vec::new();
    for field in table.live_fields().filter(|field| matches!(field.kind, Kind::Files(_))) {
        let items = view.files_in_cell(table.id, record, field.id)?.unwrap_or_default();
        found.push(CellOfFiles { field: field.id, items });
    }
    Ok(found)
}

/// Keeps files that stand in a cell only as the record's own, under names that are free.
fn keep(list: &[Listed], table: TableId, record: RecordId, tokens: &[&str]) -> Option<Change> {
    let own = |one: &&Listed| one.found.field.is_some() && tokens.contains(&one.token());
    let files: Vec<RecordFile> = list
        .iter()
        .filter(own)
        .map(|one| RecordFile {
            name: one.name.clone(),
            token: Some(one.token().to_owned()),
            stamp: Some((one.found.at, one.found.by)),
        })
        .collect();
    (!files.is_empty()).then_some(Change::SetRecordFiles { table, record, files })
}

fn set(table: TableId, record: RecordId, name: &str, token: Option<&str>) -> Change {
    let file = RecordFile { name: name.to_owned(), token: token.map(str::to_owned), stamp: None };
    Change::SetRecordFiles { table, record, files: vec![file] }
}

fn token_of(item: &Json) -> &str {
    item.get("token").and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_numbered_before_their_ending() {
        let taken = ["a.png", "a (2).png", "b", ".x"];
        for (name, free) in [("a.png", "a (3).png"), ("b", "b (2)"), (".x", ".x (2)"), ("c.d", "c.d")] {
            assert_eq!(free_name(name, |name| taken.contains(&name)), free);
        }
    }

    #[test]
    fn what_no_name_may_have_is_refused() {
        for name in ["a/b", "a\\b", "a*", "a?", "<a>", "a|b", "a\"b", "..", "."] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("Rechnung Müller & Söhne (2).pdf").is_ok());
    }
}
