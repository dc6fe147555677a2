//! From the items of a body to changes of the core.

use super::body::{Form, Item};
use super::shape::Shape;
use crate::cell::decode::Decoder;
use crate::error::unknown_field;
use crate::field::shown::Shown;
use crate::files;
use crate::names;
use engine::View;
use model::change::{NewRecord, RecordUpdate};
use model::error::Path;
use model::{Change, Error, Fault, Json, Kind, RecordAddress, RecordId, Result, Rule, Slot, Subject, Value};
use serde_json::Map;
use std::collections::HashSet;

/// Most faults that one answer lists.
const MAX_FAULTS: usize = 20;

/// What becomes of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// One of the new records, by its place among them.
    Made(usize),
    Updated(RecordId),
}

/// The changes of a request, and what becomes of each item.
pub struct Plan {
    pub changes: Vec<Change>,
    pub fates: Vec<Fate>,
}

/// Plans a write of several records: those without a number, and upserts of numbers that are not there, are made; the
/// others updated. A number that is not there is not found, unless it is upserted (facts 6).
pub fn plan(view: &mut View<'_>, shape: &Shape, items: &[Item], form: Form) -> Result<Plan> {
    let table = shape.table.id;
    let (mut new, mut updates, mut fates) = (Vec::new(), Vec::new(), Vec::new());
    let mut made_here = HashSet::new();
    let (mut faults, mut kept) = (Vec::new(), Vec::new());
    for (i, item) in items.iter().enumerate() {
        let at = || match form {
            Form::List => Path::default().index(i),
            Form::One => Path::default(),
        };
        let absent = if item.upsert { Absent::PassedOver } else { Absent::Refused };
        let mut decoding = Decoding { decoder: Decoder::of(view), shape, absent, faults: &mut faults, kept: &mut kept };
        let values = decoding.values(view, item.id, &item.cells, at)?;
        let exists = match item.id {
            Some(id) if made_here.contains(&id) => true,
            // What is not there is said by the write itself, which knows who may know of it.
            Some(_) if !item.upsert => true,
            Some(record) => view.exists(RecordAddress { table, record })?,
            None => false,
        };
        match item.id.filter(|_| exists) {
            Some(record) => {
                updates.push(RecordUpdate { record, values });
                fates.push(Fate::Updated(record));
            }
            None => {
                made_here.extend(item.id);
                fates.push(Fate::Made(new.len()));
                new.push(NewRecord { values, id: item.id, ..NewRecord::default() });
            }
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut changes = Vec::new();
    if !new.is_empty() {
        changes.push(Change::CreateRecords { table, records: new });
    }
    if !updates.is_empty() {
        changes.push(Change::UpdateRecords { table, updates });
    }
    changes.splice(0..0, kept);
    Ok(Plan { changes, fates })
}

/// Plans a write of one record that is there.
pub fn update(view: &mut View<'_>, shape: &Shape, record: RecordId, cells: &Map<String, Json>) -> Result<Vec<Change>> {
    let (mut faults, mut kept) = (Vec::new(), Vec::new());
    let decoder = Decoder::of(view);
    let mut decoding = Decoding { decoder, shape, absent: Absent::Refused, faults: &mut faults, kept: &mut kept };
    let values = decoding.values(view, Some(record), cells, Path::default)?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    kept.push(Change::UpdateRecords { table: shape.table.id, updates: vec![RecordUpdate { record, values }] });
    Ok(kept)
}

/// Says "Record not found" for whatever record was named.
pub fn hide_record(error: Error) -> Error {
    match error {
        Error::NotFound { subject: Subject::Record, .. } => names::missing(Subject::Record),
        other => other,
    }
}

/// What becomes of a name of a file that the record has not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Refused,
    /// Rows of `/changes` that are upserted elsewhere name files that have still to come: the cell stays as it is.
    PassedOver,
}

/// Values being read from cells.
struct Decoding<'a> {
    decoder: Decoder,
    shape: &'a Shape,
    absent: Absent,
    faults: &'a mut Vec<Fault>,
    /// What keeps files that no cell points at any more.
    kept: &'a mut Vec<Change>,
}

impl Decoding<'_> {
    /// The values of one record. A key that is no field, or one of a computed field, is an error of its own (facts 4);
    /// what does not fit is named with its record and field.
    fn values(
        &mut self,
        view: &mut View<'_>,
        record: Option<RecordId>,
        cells: &Map<String, Json>,
        at: impl Fn() -> Path,
    ) -> Result<Vec<(Slot, Value)>> {
        let mut values: Vec<(Slot, Value)> = Vec::with_capacity(cells.len());
        for (key, given) in cells {
            let column = self.shape.find(key).filter(|column| column.shown.is_written && !column.shown.is_broken);
            let shown = &column.ok_or_else(|| unknown_field(key))?.shown;
            let slot = Slot::plain(shown.id);
            let read = match shown.kind {
                Kind::Files(_) => match (self.files(view, record, shown, given)?, self.absent) {
                    (Err(_), Absent::PassedOver) => continue,
                    (read, _) => read,
                },
                _ => self.decoder.decode(shown, given),
            };
            match read {
                // A field spelled twice (by id and by name): the last one counts, as with doubled keys in JSON.
                Ok(value) => match values.iter_mut().find(|(present, _)| *present == slot) {
                    Some((_, present)) => *present = value,
                    None => values.push((slot, value)),
                },
                Err(rule) if self.faults.len() < MAX_FAULTS => {
                    let path = Path::field(shown.id, &shown.name).under(at().key("fields"));
                    self.faults.push(match given {
                        Json::Array(_) | Json::Object(_) => Fault::new(path, rule),
                        Json::String(text) => Fault::with(path, rule, text.as_str()),
                        other => Fault::with(path, rule, other.to_string()),
                    });
                }
                Err(_) => {}
            }
        }
        Ok(values)
    }

    /// Names of files of the record.
    fn files(
        &mut self,
        view: &mut View<'_>,
        record: Option<RecordId>,
        shown: &Shown,
        given: &Json,
    ) -> Result<std::result::Result<Value, Rule>> {
        let names: Option<Vec<String>> = match given {
            Json::Null => Some(Vec::new()),
            Json::String(name) if name.is_empty() => Some(Vec::new()),
            Json::String(name) => Some(vec![name.clone()]),
            Json::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let Some(names) = names else { return Ok(Err(Rule::Type("the name of a file of the record"))) };
        Ok(match files::point(view, self.shape.table.id, record, shown.id, &names)? {
            Ok((value, kept)) => {
                self.kept.extend(kept);
                Ok(value)
            }
            Err(rule) => Err(rule),
        })
    }
}
