//! What happened since a sequence, beside what the records themselves say by theirs: where the database stands, which
//! numbers come next, and which write changed a record last.

use crate::tx::{self, Tx};
use model::{Cell, RecordId, Result, Seq, TableId};
use std::collections::BTreeMap;

const SEQ: &str = "SELECT seq FROM state WHERE one = 1";
const NEXT_RECORDS: &str = "SELECT id, next_record FROM tables";
const LAST_OF_RECORD: &str = "SELECT max(seq) FROM log_record WHERE table_id = ?1 AND record_id = ?2";

/// The sequence of the last write that this snapshot holds.
pub fn sequence(tx: &mut dyn Tx) -> Result<Seq> {
    let found = tx::first(tx, SEQ, &[], |row| Ok(row.cell(0).integer()))?.flatten();
    Ok(Seq(found.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0)))
}

/// The number that the next record of each table gets: one more than any ever had.
pub fn next_records(tx: &mut dyn Tx) -> Result<BTreeMap<TableId, u32>> {
    let number = |row: &dyn tx::Row, i: usize| row.cell(i).integer().and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    let rows = tx::all(tx, NEXT_RECORDS, &[], |row| Ok((TableId(number(row, 0)), number(row, 1))))?;
    Ok(rows.into_iter().collect())
}

/// The sequence of the last write that changed or deleted a record; none when none did. What the log
/// says of records that stand for others holds here.
pub fn last_of_record(tx: &mut dyn Tx, table: TableId, record: RecordId) -> Result<Option<Seq>> {
    let params = [Cell::Integer(table.0.into()), Cell::Integer(record.0.into())];
    let found = tx::first(tx, LAST_OF_RECORD, &params, |row| Ok(row.cell(0).integer()))?.flatten();
    Ok(found.and_then(|seq| u64::try_from(seq).ok()).map(Seq))
}
