//! Counts of records in runs of numbers: `skip` far into a table adds up counts instead of reading records.

use crate::tx::{self, GO_ON, STOP, Tx};
use model::{Cell, RecordId, Result, TableId};

/// Records whose numbers share all but these bits are one block.
const BITS: u32 = 10;

const ADD: &str = "INSERT INTO blocks (table_id, block, n) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (table_id, block) DO UPDATE SET n = blocks.n + excluded.n";
const COUNTS: &str = "SELECT block, n FROM blocks WHERE table_id = ?1 ORDER BY block";
const TOTAL: &str = "SELECT CAST(sum(n) AS BIGINT) FROM blocks WHERE table_id = ?1";

/// The block of a record.
pub fn block_of(record: RecordId) -> u32 {
    record.0 >> BITS
}

/// Adds to the count of a block.
pub fn add(tx: &mut dyn Tx, table: TableId, block: u32, n: i64) -> Result<()> {
    tx.put_apart(ADD, &[Cell::Integer(table.0.into()), Cell::Integer(block.into()), Cell::Integer(n)])?;
    Ok(())
}

/// Where to start reading in the order of creation to skip `skip` records: the first number worth looking at and how
/// many records from there are still to be skipped.
pub fn seek(tx: &mut dyn Tx, table: TableId, skip: u64) -> Result<(RecordId, u64)> {
    let (mut left, mut start) = (skip, 0);
    tx.query(COUNTS, &[Cell::Integer(table.0.into())], &mut |row| {
        let block = row.cell(0).integer().unwrap_or(0);
        let n = row.cell(1).integer().unwrap_or(0).max(0) as u64;
        start = block << BITS;
        if left < n {
            return Ok(STOP);
        }
        left -= n;
        start = (block + 1) << BITS;
        Ok(GO_ON)
    })?;
    Ok((RecordId(u32::try_from(start).unwrap_or(u32::MAX)), left))
}

/// How many records the table has.
pub fn count(tx: &mut dyn Tx, table: TableId) -> Result<u64> {
    let total = tx::first(tx, TOTAL, &[Cell::Integer(table.0.into())], |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
    Ok(total.unwrap_or(0).max(0) as u64)
}
