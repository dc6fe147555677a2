//! Records that a write made or touched, as an answer.

use super::changes::Fate;
use super::shape::Shape;
use super::style::Style;
use super::write::RecordWriter;
use edge::json::{self, Commas};
use engine::{GO_ON, Made, Receipt, STOP, View};
use model::{Ability, RecordId, Result, TableId};
use std::collections::HashSet;

/// A record to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub record: RecordId,
    /// Whether the internal form answers it, as it does an upsert (facts 6).
    pub upserted: bool,
}

/// The numbers of the records that became of items.
pub fn numbers(receipt: &Receipt, table: TableId, fates: &[Fate]) -> Vec<RecordId> {
    let made = receipt.made.iter().find_map(|made| match made {
        Made::Records { table: of, ids } if *of == table => Some(ids.as_slice()),
        _ => None,
    });
    let number = |fate: &Fate| match fate {
        Fate::Updated(record) => Some(*record),
        Fate::Made(place) => made.and_then(|ids| ids.get(*place)).copied(),
    };
    fates.iter().filter_map(number).collect()
}

/// Appends records with commas between them, in this order. Who may write but not read gets numbers only. The version of
/// the last one, of who may read it.
pub fn list(view: &mut View<'_>, shape: &Shape, told: &[Told], out: &mut Vec<u8>) -> Result<Option<u64>> {
    let mut commas = Commas::default();
    if view.require(Some(shape.table.id), Ability::RecordRead).is_err() {
        for one in told {
            commas.next(out);
            bare(out, *one);
        }
        return Ok(None);
    }
    let plain = RecordWriter::new(view, shape, Style::default());
    let upserted = RecordWriter::new(view, shape, Style::UPSERTED);
    let mut version = None;
    for run in runs(told) {
        let ids: Vec<RecordId> = run.iter().map(|one| one.record).collect();
        let mut run = run.iter();
        view.by_ids(shape.table.id, &ids, &shape.projection, &mut |row| {
            let Some(one) = run.by_ref().find(|one| one.record == row.id()) else { return Ok(STOP) };
            commas.next(out);
            if one.upserted {
                upserted.write_internal(out, row)
            } else {
                plain.write(out, row)
            }
            version = Some(row.seq());
            Ok(GO_ON)
        })?;
    }
    Ok(version)
}

/// The records cut where one comes again: a read finds each once.
fn runs(told: &[Told]) -> Vec<&[Told]> {
    let (mut runs, mut begin, mut seen) = (Vec::new(), 0, HashSet::new());
    for (i, one) in told.iter().enumerate() {
        if !seen.insert(one.record) {
            runs.push(&told[begin..i]);
            begin = i;
            seen.clear();
            seen.insert(one.record);
        }
    }
    runs.push(&told[begin..]);
    runs
}

/// Appends a record of which only the number may be told.
fn bare(out: &mut Vec<u8>, one: Told) {
    out.extend_from_slice(if one.upserted { b"{\"_id\":" } else { b"{\"id\":" });
    json::integer(out, one.record.0.into());
    out.extend_from_slice(if one.upserted { b"}" } else { b",\"fields\":{}}" });
}
