//! Records that a write made or touched, as an answer.

use super::keys::KeyType;
use super::shape::Shape;
use super::write::{CellFormat, RecordWriter};
use crate::names;
use edge::json::Commas;
use engine::{GO_ON, Made, Receipt, View};
use model::{Ability, RecordAddress, RecordId, Result, TableId};

/// The records of the last change of records of this table.
pub fn made(receipt: &Receipt, of: TableId) -> Vec<RecordId> {
    let made = receipt.made.iter().rev().find_map(|made| match made {
        Made::Records { table, ids } if *table == of => Some(ids.clone()),
        _ => None,
    });
    made.unwrap_or_default()
}

/// Appends records with commas between them. Who may write but not read gets ids only.
pub fn list(view: &mut View<'_>, shape: &Shape, key_type: KeyType, ids: &[RecordId], out: &mut Vec<u8>) -> Result<()> {
    versioned(view, shape, key_type, ids, out).map(drop)
}

/// [`list`], and the version of the last record; none for who may not read it.
pub fn versioned(
    view: &mut View<'_>,
    shape: &Shape,
    key_type: KeyType,
    ids: &[RecordId],
    out: &mut Vec<u8>,
) -> Result<Option<u64>> {
    if view.require(Some(shape.table.id), Ability::RecordRead).is_err() {
        let mut commas = Commas::default();
        for id in ids {
            commas.next(out);
            bare(shape, *id, out);
        }
        return Ok(None);
    }
    let writer = RecordWriter::new(view, shape, &shape.whole, key_type, CellFormat::Json);
    let mut commas = Commas::default();
    let mut version = None;
    view.by_ids(shape.table.id, ids, &shape.whole.projection, &mut |row| {
        commas.next(out);
        writer.write(out, row);
        version = Some(row.seq());
        Ok(GO_ON)
    })?;
    Ok(version)
}

/// Appends a record of which only the id may be told.
pub fn bare(shape: &Shape, id: RecordId, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":\"");
    let address = RecordAddress { table: shape.table.id, record: id };
    names::write_record(out, &names::record_head(shape.name.database), address);
    out.extend_from_slice(b"\",\"fields\":{}}");
}

/// `{"records":[…]}` of these records.
pub fn records(view: &mut View<'_>, shape: &Shape, key_type: KeyType, ids: &[RecordId]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(32 + ids.len() * 256);
    out.extend_from_slice(b"{\"records\":[");
    list(view, shape, key_type, ids, &mut out)?;
    out.extend_from_slice(b"]}");
    Ok(out)
}
