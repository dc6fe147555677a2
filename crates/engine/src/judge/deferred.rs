//! What is judged at the end of a write, over the records it touched: required and unique. So a record may be made
//! first and filled after, in one write.
//!
//! A record that was invalid before is judged only on the fields written, and whether it is valid now is stored.

use super::values;
use crate::apply::Work;
use model::error::{Fault, Path};
use model::field::Slot;
use model::kind::{Kind, Storage};
use model::{
    ColumnId, Error, Field, FieldId, RecordAddress, RecordId, Result, Rule, StoredCell, Table, TableId, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::database::layout::Layout;
use store::database::{links, places, records};

/// More faults than these are not looked for.
const MOST_FAULTS: usize = 20;

/// The records of one table that a write touched.
#[derive(Default)]
pub struct Touched {
    records: BTreeMap<RecordId, Touch>,
}

struct Touch {
    /// Whether every rule counts, or only those of the fields written.
    whole: bool,
    was_valid: bool,
    fields: BTreeSet<FieldId>,
}

impl Touched {
    /// A new record: every rule counts.
    pub fn created(&mut self, record: RecordId) {
        self.records.insert(record, Touch { whole: true, was_valid: true, fields: BTreeSet::new() });
    }

    /// A record that is back: it is judged, but may be as it was.
    pub fn restored(&mut self, record: RecordId) {
        self.records.insert(record, Touch { whole: false, was_valid: false, fields: BTreeSet::new() });
    }

    /// A record with new values.
    pub fn updated(&mut self, record: RecordId, valid: bool, fields: impl Iterator<Item = FieldId>) {
        let touch =
            self.records.entry(record).or_insert(Touch { whole: false, was_valid: valid, fields: BTreeSet::new() });
        touch.fields.extend(fields);
    }

    /// The records that were made or changed and are there, and whether they were made.
    pub fn written(&self) -> impl Iterator<Item = (RecordId, bool)> + '_ {
        let written = self.records.iter().filter(|(_, touch)| touch.whole || !touch.fields.is_empty());
        written.map(|(record, touch)| (*record, touch.whole))
    }

    /// A record that is gone.
    pub fn forget(&mut self, record: RecordId) {
        self.records.remove(&record);
    }
}

impl Work<'_, '_> {
    /// Judges every touched record.
    pub fn judge_deferred(&mut self) -> Result<()> {
        let mut faults = std::mem::take(&mut self.faults);
        let refused: BTreeSet<FieldId> = faults.iter().filter_map(|fault| fault.at.field_id()).collect();
        // A value that was refused is not there for that reason.
        let is_news = |fault: &Fault| {
            fault.rule != Rule::Required || !fault.at.field_id().is_some_and(|field| refused.contains(&field))
        };
        for (id, touched) in std::mem::take(&mut self.touched) {
            let Ok(table) = self.table(id) else { continue };
            let layout = self.catalog().layout(id)?.clone();
            let ruled = Ruled::of(&table);
            // Most tables have no such rule: nothing to read.
            if ruled.is_empty() && touched.records.values().all(|t| t.was_valid) {
                continue;
            }
            let many = touched.records.len() > 1;
            for (index, (record, touch)) in touched.records.iter().enumerate() {
                let at = if many { Path::of("records").index(index) } else { Path::of("record") };
                let found = self.judge_record(&table, &layout, &ruled, *record, touch, &at)?;
                faults.extend(found.into_iter().filter(is_news));
                if faults.len() >= MOST_FAULTS {
                    return Err(Error::Invalid(faults));
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    fn judge_record(
        &mut self,
        table: &Arc<Table>,
        layout: &Layout,
        ruled: &Ruled,
        record: RecordId,
        touch: &Touch,
        at: &Path,
    ) -> Result<Vec<Fault>> {
        let counts = |field: FieldId| touch.whole || touch.was_valid || touch.fields.contains(&field);
        let mut faults = Vec::new();
        let mut valid = true;
        for id in &ruled.required {
            let field = table.field(*id)?;
            if self.has_empty_value(layout, field, record)? {
                valid = false;
                if counts(*id) {
                    faults.push(Fault::new(path(field, at), Rule::Required));
                }
            }
        }
        for id in &ruled.unique {
            // Uniqueness of a value that was not written cannot have been broken by this write.
            if !touch.whole && touch.was_valid && !touch.fields.contains(id) {
                continue;
            }
            let field = table.field(*id)?;
            if self.value_is_taken(table, layout, field, record)? {
                valid = false;
                if counts(*id) {
                    faults.push(Fault::new(path(field, at), Rule::Unique));
                }
            }
        }
        if !touch.was_valid && faults.is_empty() {
            valid = valid && self.passes_all(table, layout, record)?;
            records::set_valid(self.w, layout, record, valid)?;
        }
        Ok(faults)
    }

    /// Whether a field is empty, in any locale when it has several.
    fn has_empty_value(&mut self, layout: &Layout, field: &Field, record: RecordId) -> Result<bool> {
        match field.kind.storage() {
            Storage::Column(_) => {
                let columns: Vec<ColumnId> = field.columns.iter().map(|c| c.column).collect();
                let Some((_, cells)) = records::read_columns(self.w.tx, layout, record, &columns)? else {
                    return Ok(false);
                };
                Ok(cells.iter().any(|cell| field.kind.class().decode(cell.borrow()).is_empty()))
            }
            Storage::LinkRows => {
                for c in &field.columns {
                    if links::targets(self.w.tx, layout.table, c.column, record)?.is_empty() {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Storage::System(_) | Storage::Derived => Ok(false),
        }
    }

    /// Whether another record has the same value, in any locale.
    fn value_is_taken(&mut self, table: &Table, layout: &Layout, field: &Field, record: RecordId) -> Result<bool> {
        if matches!(field.kind, Kind::Reference(_) | Kind::Links(_))
            && self.other_owner(table, field, record)?.is_some()
        {
            return Ok(true);
        }
        if !field.is_unique() {
            return Ok(false);
        }
        let columns: Vec<ColumnId> = field.columns.iter().map(|c| c.column).collect();
        let Some((_, cells)) = records::read_columns(self.w.tx, layout, record, &columns)? else { return Ok(false) };
        for (column, cell) in columns.iter().zip(cells) {
            if field.kind.class().decode(cell.borrow()).is_empty() {
                continue;
            }
            if places::same_value(self.w.tx, layout.table, *column, cell.borrow(), record)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all values of a record pass their kinds and validators (required and unique are judged apart).
    pub fn passes_all(&mut self, table: &Table, layout: &Layout, record: RecordId) -> Result<bool> {
        let columns: Vec<ColumnId> = layout.columns.iter().map(|c| c.column).collect();
        let Some((_, cells)) = records::read_columns(self.w.tx, layout, record, &columns)? else { return Ok(true) };
        for (c, cell) in layout.columns.iter().zip(&cells) {
            let field = table.field(c.slot.field)?;
            if values::check(field, &c.class.decode(cell.borrow()), Path::default).is_err() {
                return Ok(false);
            }
        }
        self.links_pass(table, record)
    }

    /// Whether the links of a record pass the rules of their fields.
    fn links_pass(&mut self, table: &Table, record: RecordId) -> Result<bool> {
        let ruled = |field: &&Field| {
            field.kind.storage() == Storage::LinkRows && field.validators.iter().any(|rule| !rule.is_deferred())
        };
        for field in table.live_fields().filter(ruled) {
            for c in &field.columns {
                let targets = links::targets(self.w.tx, table.id, c.column, record)?;
                let value = Value::References(targets.into_iter().filter_map(RecordAddress::unpack).collect());
                if values::check(field, &value, Path::default).is_err() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Judges all records of a table again after its rules changed, and stores the judgement.
    pub fn rejudge_table(&mut self, id: TableId) -> Result<()> {
        let table = self.table(id)?;
        let layout = self.catalog().layout(id)?.clone();
        let ruled = Ruled::of(&table);
        for record in places::all_records(self.w.tx, id)? {
            let mut valid = self.passes_all(&table, &layout, record)?;
            for field in &ruled.required {
                valid = valid && !self.has_empty_value(&layout, table.field(*field)?, record)?;
            }
            for field in &ruled.unique {
                valid = valid && !self.value_is_taken(&table, &layout, table.field(*field)?, record)?;
            }
            let was = records::read_columns(self.w.tx, &layout, record, &[])?.is_none_or(|(was, _)| was);
            if was != valid {
                records::set_valid(self.w, &layout, record, valid)?;
            }
        }
        Ok(())
    }
}

/// The value of one slot of a record as it is now; none when the record or the field's column is not there.
pub(crate) fn present_value(
    tx: &mut dyn store::tx::Tx,
    layout: &Layout,
    table: &Table,
    record: RecordId,
    slot: Slot,
) -> Result<Option<Value>> {
    let Some(field) = table.field_ever(slot.field) else { return Ok(None) };
    let Some(column) = field.column(slot.locale) else { return Ok(None) };
    if field.kind.storage() == Storage::LinkRows {
        if !records::exists(tx, RecordAddress { table: table.id, record })? {
            return Ok(None);
        }
        let targets = links::targets(tx, table.id, column, record)?;
        return Ok(Some(Value::References(targets.into_iter().filter_map(RecordAddress::unpack).collect())));
    }
    let found = records::read_columns(tx, layout, record, &[column])?;
    let cell: Option<StoredCell> = found.and_then(|(_, cells)| cells.into_iter().next());
    Ok(cell.map(|cell| field.kind.class().decode(cell.borrow())))
}

/// The fields of a table with rules that are judged at the end.
struct Ruled {
    required: Vec<FieldId>,
    unique: Vec<FieldId>,
}

impl Ruled {
    fn of(table: &Table) -> Ruled {
        let exclusive = |field: &Field| match &field.kind {
            Kind::Reference(kind) => kind.exclusive,
            Kind::Links(kind) => kind.exclusive,
            _ => false,
        };
        Ruled {
            required: table.live_fields().filter(|f| f.is_required()).map(|f| f.id).collect(),
            unique: table.live_fields().filter(|f| f.is_unique() || exclusive(f)).map(|f| f.id).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.required.is_empty() && self.unique.is_empty()
    }
}

fn path(field: &Field, at: &Path) -> Path {
    Path::field(field.id, &field.name).under(at.clone().key("fields"))
}
