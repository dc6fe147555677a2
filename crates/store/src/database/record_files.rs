//! Files that records have themselves, beside those in cells: which token stands under which name.

use super::write::WriteTx;
use crate::tx::{self, Row, Tx};
use model::change::RecordFile;
use model::{Cell, RecordAddress, RecordId, Result, Seq, TableId, UserId};

/// A file of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordFileRow {
    pub record: RecordId,
    pub name: String,
    pub token: String,
    /// Of the write that put it there.
    pub seq: Seq,
    /// UTC milliseconds.
    pub at: i64,
    pub by: Option<UserId>,
}

const COLUMNS: &str = "record_id, name, token, seq, at, user_id";
const PUT: &str = "INSERT INTO record_files (table_id, record_id, name, token, seq, at, user_id) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (table_id, record_id, name) DO UPDATE SET \
                   token = excluded.token, seq = excluded.seq, at = excluded.at, user_id = excluded.user_id";
const REMOVE: &str = "DELETE FROM record_files WHERE table_id = ?1 AND record_id = ?2 AND name = ?3";
const CLEAR: &str = "DELETE FROM record_files WHERE table_id = ?1 AND record_id = ?2";
const ANY: &str = "SELECT 1 FROM record_files WHERE table_id = ?1 LIMIT 1";

/// The files of a record, by name.
pub fn of_record(tx: &mut dyn Tx, record: RecordAddress) -> Result<Vec<RecordFileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM record_files WHERE table_id = ?1 AND record_id = ?2 ORDER BY name");
    tx::all(tx, &sql, &place(record), read)
}

/// The file of a name.
pub fn get(tx: &mut dyn Tx, record: RecordAddress, name: &str) -> Result<Option<RecordFileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM record_files WHERE table_id = ?1 AND record_id = ?2 AND name = ?3");
    let [table, id] = place(record);
    tx::first(tx, &sql, &[table, id, Cell::Text(name)], read)
}

/// The files of a table's records that were put there since a sequence, in the order of their writes.
pub fn since(tx: &mut dyn Tx, table: TableId, after: Seq) -> Result<Vec<RecordFileRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM record_files WHERE table_id = ?1 AND seq > ?2 ORDER BY seq, record_id, name");
    let after = Cell::Integer(i64::try_from(after.0).unwrap_or(i64::MAX));
    tx::all(tx, &sql, &[Cell::Integer(table.0.into()), after], read)
}

/// Whether any record of a table has files itself.
pub fn any(tx: &mut dyn Tx, table: TableId) -> Result<bool> {
    Ok(tx::first(tx, ANY, &[Cell::Integer(table.0.into())], |_| Ok(()))?.is_some())
}

/// Puts a file under its name, or takes the one of that name away.
pub fn set(w: &mut WriteTx<'_>, record: RecordAddress, file: &RecordFile, stamp: (i64, Option<UserId>)) -> Result<()> {
    let [table, id] = place(record);
    match &file.token {
        Some(token) => {
            let (at, by) = file.stamp.unwrap_or(stamp);
            let params = [
                table,
                id,
                Cell::Text(&file.name),
                Cell::Text(token),
                Cell::Integer(w.seq().0 as i64),
                Cell::Integer(at),
                by.map_or(Cell::Null, |user| Cell::Integer(user.0.into())),
            ];
            w.tx.execute(PUT, &params)?;
        }
        None => drop(w.tx.execute(REMOVE, &[table, id, Cell::Text(&file.name)])?),
    }
    w.touch(record.table);
    Ok(())
}

/// Takes all files of a record away.
pub fn clear(tx: &mut dyn Tx, record: RecordAddress) -> Result<()> {
    tx.execute(CLEAR, &place(record)).map(drop)
}

fn place(record: RecordAddress) -> [Cell<'static>; 2] {
    [Cell::Integer(record.table.0.into()), Cell::Integer(record.record.0.into())]
}

fn read(row: &dyn Row) -> Result<RecordFileRow> {
    let number = |i: usize| row.cell(i).integer().unwrap_or(0);
    let text = |i: usize| row.cell(i).text().unwrap_or_default().to_owned();
    Ok(RecordFileRow {
        record: RecordId(u32::try_from(number(0)).unwrap_or(0)),
        name: text(1),
        token: text(2),
        seq: Seq(number(3).max(0) as u64),
        at: number(4),
        by: row.cell(5).integer().and_then(|user| u32::try_from(user).ok()).map(UserId),
    })
}
