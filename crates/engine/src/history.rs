//! History: what changed, cell by cell, read from the log.
//!
//! The log keeps what a cell held before a change. What it held after is what the next change of the cell found, or
//! what it holds now.

use crate::apply::DEFINITION;
use crate::judge::deferred::present_value;
use crate::view::View;
use model::change::{Change, DeletedRecord};
use model::field::Slot;
use model::kind::{Kind, Storage};
use model::time::Instant;
use model::{Ability, Field, FieldId, RecordAddress, RecordId, Result, Seq, StoredCell, Table, TableId, UserId, Value};
use std::collections::HashMap;
use store::database::catalog::Catalog;
use store::database::log::{self, LogRow, TABLE_ITSELF};
use store::tx::{GO_ON, STOP, Tx};

/// A place in the history of a table: the write, and which of its cells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct HistoryPoint {
    pub seq: Seq,
    pub index: u32,
}

/// Which part of a history.
#[derive(Clone, Debug, Default)]
pub struct HistoryAsk {
    /// Start with this entry (the `next` of the page before).
    pub from_point: Option<HistoryPoint>,
    /// Only changes from this instant on.
    pub from: Option<Instant>,
    /// Only changes up to this instant.
    pub to: Option<Instant>,
    /// At most this many entries.
    pub limit: usize,
}

/// A field as it was at the time of a change.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldMeta {
    pub name: String,
    pub kind: Kind,
}

/// One changed cell.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryEntry {
    pub point: HistoryPoint,
    pub at: Instant,
    pub actor: Option<UserId>,
    pub record: RecordId,
    pub field: FieldId,
    pub before: (FieldMeta, Value),
    pub after: (FieldMeta, Value),
}

/// Entries, newest first, and where to go on.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryPage {
    pub entries: Vec<HistoryEntry>,
    pub next: Option<HistoryPoint>,
}

impl View<'_> {
    /// The changes of a record's cells, or of all cells of a table, newest first. Creation leaves no entry.
    pub fn history(&mut self, table: TableId, record: Option<RecordId>, ask: &HistoryAsk) -> Result<HistoryPage> {
        let seen = self.table(table)?;
        match record {
            // A record's own history needs as much as changing it; a whole table's is a right of its own.
            Some(_) => self.require(Some(table), Ability::RecordUpdate)?,
            None => self.require(Some(table), Ability::HistoryRead)?,
        }
        let first = ask.from_point.unwrap_or(HistoryPoint { seq: Seq(i64::MAX as u64 - 1), index: 0 });
        let mut cells = Vec::new();
        let mut next = None;
        log::rows_of_record(self.tx, table, record.unwrap_or(TABLE_ITSELF), Seq(first.seq.0 + 1), &mut |row| {
            if ask.from.is_some_and(|from| row.at < from.0) {
                return Ok(STOP);
            }
            if ask.to.is_some_and(|to| row.at > to.0) {
                return Ok(GO_ON);
            }
            for (index, (record, slot, before)) in changed_cells(&row, table, record).into_iter().enumerate() {
                let point = HistoryPoint { seq: row.seq, index: index as u32 };
                if point.seq == first.seq && point.index < first.index {
                    continue;
                }
                if seen.field_ever(slot.field).is_none() {
                    continue;
                }
                if cells.len() == ask.limit {
                    next = Some(point);
                    return Ok(STOP);
                }
                cells.push((point, row.at, row.actor, record, slot, before));
            }
            Ok(GO_ON)
        })?;
        let definitions = Definitions::read(self.tx, table, cells.last().map_or(Seq(0), |c| c.0.seq))?;
        let whole = self.catalog.schema.table(table)?.clone();
        let mut later: HashMap<(RecordId, Slot), Value> = HashMap::new();
        let mut entries = Vec::with_capacity(cells.len());
        for (point, at, actor, record, slot, before) in cells {
            let after = match later.get(&(record, slot)) {
                Some(value) => value.clone(),
                None => value_after(self.tx, &self.catalog, &whole, record, slot, point.seq)?.unwrap_or_default(),
            };
            later.insert((record, slot), before.clone());
            let Some(meta) = definitions.at(&whole, slot.field, point.seq) else { continue };
            let field = slot.field;
            let (before, after) = ((meta.clone(), before), (meta, after));
            entries.push(HistoryEntry { point, at: Instant(at), actor, record, field, before, after });
        }
        Ok(HistoryPage { entries, next })
    }
}

/// The cells of a table that a write changed, with what they held before.
pub(crate) fn changed_cells(row: &LogRow, table: TableId, only: Option<RecordId>) -> Vec<(RecordId, Slot, Value)> {
    let mut cells = Vec::new();
    for change in &row.inverse {
        let Change::UpdateRecords { table: of, updates } = change else { continue };
        if *of != table {
            continue;
        }
        for update in updates.iter().filter(|u| only.is_none_or(|r| r == u.record)) {
            cells.extend(update.values.iter().map(|(slot, value)| (update.record, *slot, value.clone())));
        }
    }
    cells
}

/// What a cell held after the write `seq`: what the next change found in it, else what it holds now. None when the
/// record is gone without a trace.
pub(crate) fn value_after(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    table: &Table,
    record: RecordId,
    slot: Slot,
    seq: Seq,
) -> Result<Option<Value>> {
    match next_before(tx, table, record, slot, seq)? {
        Some(value) => Ok(Some(value)),
        None => present_value(tx, catalog.layout(table.id)?, table, record, slot),
    }
}

/// What the first change of a cell after the write `seq` found in it.
pub(crate) fn next_before(
    tx: &mut dyn Tx,
    table: &Table,
    record: RecordId,
    slot: Slot,
    seq: Seq,
) -> Result<Option<Value>> {
    let mut found = None;
    log::rows_of_record_since(tx, table.id, record, seq, &mut |row| {
        // The last inverse is of the first change: within one write that is the one that found the old value.
        for change in row.inverse.iter().rev() {
            match change {
                Change::UpdateRecords { table: of, updates } if *of == table.id => {
                    let mut values = updates.iter().rev().filter(|u| u.record == record).flat_map(|u| &u.values);
                    if let Some((_, value)) = values.find(|(s, _)| *s == slot) {
                        found = Some(value.clone());
                        return Ok(STOP);
                    }
                }
                Change::RestoreRecords { table: of, records } if *of == table.id => {
                    if let Some(deleted) = records.iter().find(|r| r.id == record) {
                        found = Some(value_in(deleted, table, slot));
                        return Ok(STOP);
                    }
                }
                _ => {}
            }
        }
        Ok(GO_ON)
    })?;
    Ok(found)
}

/// The value of a slot in a deleted record.
fn value_in(deleted: &DeletedRecord, table: &Table, slot: Slot) -> Value {
    let Some(field) = table.field_ever(slot.field) else { return Value::Null };
    let Some(column) = field.column(slot.locale) else { return Value::Null };
    if field.kind.storage() == Storage::LinkRows {
        let targets = deleted.links.iter().find(|(c, _)| *c == column).map(|(_, t)| t.clone()).unwrap_or_default();
        return Value::References(targets.into_iter().filter_map(RecordAddress::unpack).collect());
    }
    let cell = deleted.cells.iter().find(|(c, _)| *c == column).map(|(_, cell)| cell);
    field.kind.class().decode(cell.unwrap_or(&StoredCell::Null).borrow())
}

/// Earlier definitions of a table's fields, newest first.
struct Definitions {
    earlier: Vec<(Seq, Field)>,
}

impl Definitions {
    /// Reads what the definitions were, back to the write `after`.
    fn read(tx: &mut dyn Tx, table: TableId, after: Seq) -> Result<Definitions> {
        let mut earlier = Vec::new();
        log::rows_of_record(tx, table, DEFINITION, Seq(i64::MAX as u64), &mut |row| {
            if row.seq <= after {
                return Ok(STOP);
            }
            for change in row.inverse {
                match change {
                    Change::ReplaceField { table: of, field, .. } if of == table => earlier.push((row.seq, *field)),
                    Change::ReplaceTable { table: was } if was.id == table => {
                        earlier.extend(was.fields.iter().map(|field| (row.seq, field.clone())));
                    }
                    _ => {}
                }
            }
            Ok(GO_ON)
        })?;
        Ok(Definitions { earlier })
    }

    /// A field as it was when the write `seq` was made: what the earliest later change of its definition replaced.
    fn at(&self, table: &Table, field: FieldId, seq: Seq) -> Option<FieldMeta> {
        let then = self.earlier.iter().rev().find(|(changed, f)| *changed > seq && f.id == field).map(|(_, f)| f);
        let field = then.or_else(|| table.field_ever(field))?;
        Some(FieldMeta { name: field.name.clone(), kind: field.kind.clone() })
    }
}
