//! The second look at a file: its rows become changes, within the write that carries them out.

use crate::cells::{Reader, Said, options_of};
use crate::check::present;
use crate::import::Target;
use crate::number::Point;
use crate::rows::Batch;
use engine::{Made, Receipt, View};
use model::change::{FieldPatch, NewRecord, RecordUpdate};
use model::error::Step;
use model::{Change, ChoiceId, Error, Fault, FieldId, Path, RecordId, Result, Rule, Slot, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// Values that are looked up at once.
const AT_ONCE: usize = 5_000;

/// How many records a write made and changed.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
}

/// Some rows of a batch that are to be written.
pub struct Part<'a> {
    pub batch: &'a Batch,
    pub rows: Range<usize>,
    /// Rows that are left out, a bit for each row of the file.
    pub broken: &'a [u64],
}

impl Part<'_> {
    /// The rows that are not left out, by their places in the batch.
    fn good(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.clone().filter(|row| {
            let place = self.batch.first + row;
            self.broken.get(place / 64).is_none_or(|word| word & (1 << (place % 64)) == 0)
        })
    }

    /// The row that a fault is about, by its path: the engine counts the records of a change.
    pub fn row_of(&self, fault: &Fault) -> Option<usize> {
        match fault.at.0.as_slice() {
            [Step::Key(records), Step::Index(index), ..] if records == "records" => self.good().nth(*index),
            _ => None,
        }
    }
}

/// The changes that write some rows: the records to change, then those to make.
pub fn changes(view: &mut View<'_>, target: &Target, part: &Part<'_>, point: Point) -> Result<Vec<Change>> {
    view.require(Some(target.table), model::Ability::TableImport)?;
    let table = view.table(target.table)?;
    let mut readers = Vec::with_capacity(target.columns.len());
    for (column, field) in &target.columns {
        readers.push((*column, Reader::new(table.field(*field)?, point)));
    }
    let mut rows: Vec<Vec<(Slot, Value)>> = Vec::with_capacity(part.rows.len());
    for (i, row) in part.good().enumerate() {
        let row = &part.batch.rows[row];
        let mut values = Vec::with_capacity(readers.len());
        for (column, reader) in &readers {
            let refused = |rule| {
                let path = Path::field(reader.field.id, &reader.field.name);
                Error::invalid(path.under(Path::of("records").index(i)), rule)
            };
            let value = match reader.read(view, row.get(*column).unwrap_or_default()).map_err(refused)? {
                Said::Value(value) => value,
                // Somebody has taken an option away that was there, or was made for this import.
                Said::NewOptions(_) => return Err(refused(Rule::Type("one of the field's options"))),
            };
            // A new record leaves out what it does not say; a changed one is emptied.
            if target.key.is_some() || value != Value::Null {
                values.push((Slot::plain(reader.field.id), value));
            }
        }
        rows.push(values);
    }
    let Some(key) = target.key else {
        let records = rows.into_iter().map(|values| NewRecord { values, ..NewRecord::default() }).collect();
        return Ok(vec![Change::CreateRecords { table: target.table, records }]);
    };
    let there = keyed(view, target, key, &rows)?;
    let (mut updates, mut records) = (Vec::new(), Vec::new());
    for mut values in rows {
        let found = values.iter().find(|(slot, _)| slot.field == key).and_then(|(_, value)| there.get(&name(value)));
        match found {
            Some(record) => updates.push(RecordUpdate { record: *record, values }),
            None => {
                values.retain(|(_, value)| *value != Value::Null);
                records.push(NewRecord { values, ..NewRecord::default() });
            }
        }
    }
    let table = target.table;
    Ok(vec![Change::UpdateRecords { table, updates }, Change::CreateRecords { table, records }])
}

/// What a write made, by what [`changes`] asked for.
pub fn counts(target: &Target, receipt: &Receipt) -> Counts {
    let made: Vec<u64> = receipt
        .made
        .iter()
        .filter_map(|made| match made {
            Made::Records { ids, .. } => Some(ids.len() as u64),
            _ => None,
        })
        .collect();
    match (target.key, made.as_slice()) {
        (Some(_), [updated, created]) => Counts { created: *created, updated: *updated },
        (_, made) => Counts { created: made.iter().sum(), updated: 0 },
    }
}

/// The records that are there, by the text of their key.
fn keyed(
    view: &mut View<'_>,
    target: &Target,
    key: FieldId,
    rows: &[Vec<(Slot, Value)>],
) -> Result<HashMap<String, RecordId>> {
    let keys = rows.iter().filter_map(|values| values.iter().find(|(slot, _)| slot.field == key));
    let keys: Vec<Value> = keys.map(|(_, value)| value.clone()).collect();
    let mut there = HashMap::with_capacity(keys.len());
    for some in keys.chunks(AT_ONCE) {
        for (record, value) in present(view, target, key, some.to_vec())? {
            if there.insert(name(&value), record).is_some() {
                let several = Rule::Malformed("is in several records, so none of them is the one meant".to_owned());
                let table = view.table(target.table)?;
                let field = table.field(key)?;
                return Err(Error::Invalid(vec![Fault::with(Path::field(key, &field.name), several, text(&value))]));
            }
        }
    }
    Ok(there)
}

fn name(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// The changes that give fields the options of these names, as far as they are not there.
pub fn add_options(
    view: &View<'_>,
    target: &Target,
    wanted: &BTreeMap<FieldId, BTreeSet<String>>,
) -> Result<Vec<Change>> {
    view.require(Some(target.table), model::Ability::TableImport)?;
    let table = view.table(target.table)?;
    let mut changes = Vec::new();
    for (field, names) in wanted {
        let Some(options) = options_of(&table.field(*field)?.kind) else { continue };
        let new = names.iter().filter(|name| options.named(name).is_none()).enumerate();
        let add_options: Vec<(ChoiceId, String)> =
            new.map(|(i, name)| (ChoiceId(options.next.0 + i as u32), name.clone())).collect();
        if !add_options.is_empty() {
            let patch = Box::new(FieldPatch { add_options, ..FieldPatch::default() });
            changes.push(Change::EditField { table: target.table, field: *field, patch });
        }
    }
    Ok(changes)
}
