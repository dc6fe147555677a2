//! What requests with an `Idempotency-Key` did to the home store. That it was done is kept in the transaction of the write;
//! its answer after it, so a crash between the two leaves a write that is known to be done and whose answer is not.

use super::number;
use crate::once::{self, Attempt};
use crate::tx::{self, Tx};
use model::{Cell, Result};

/// Longest answer that is kept, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// An answer to be given again as it was.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

const BEGIN: &str = "INSERT INTO done (key, fingerprint, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT fingerprint, status, content_type, body FROM done WHERE key = ?1";
const KEEP: &str = "UPDATE done SET status = ?2, content_type = ?3, body = ?4 WHERE key = ?1";
const SWEEP: &str = "DELETE FROM done WHERE at < ?1";

/// Notes the next write of an attempt, in its transaction. An error when it was done before.
pub(super) fn begin(tx: &mut dyn Tx, attempt: &Attempt) -> Result<()> {
    let key = attempt.next_home_write();
    let params = [Cell::Bytes(&key), Cell::Bytes(&attempt.fingerprint), Cell::Integer(attempt.at)];
    if tx.execute(BEGIN, &params)? > 0 {
        return Ok(());
    }
    tx::first(tx, FIND, &[Cell::Bytes(&key)], |row| attempt.admit(row.cell(0).bytes()))?;
    Err(once::done_already())
}

/// The answer of an earlier attempt that wrote to the home store. An error when there was one and its answer was not
/// kept, or when it was another request.
pub fn find(tx: &mut dyn Tx, attempt: &Attempt) -> Result<Option<Kept>> {
    let found = tx::first(tx, FIND, &[Cell::Bytes(&attempt.first_home_write())], |row| {
        attempt.admit(row.cell(0).bytes())?;
        if row.cell(1).integer().is_none() {
            return Err(once::done_already());
        }
        let body = row.cell(3).bytes().unwrap_or_default().to_vec();
        let content_type = row.cell(2).text().map(str::to_owned);
        Ok(Kept { status: u16::try_from(number(row, 1)).unwrap_or(0), content_type, body })
    })?;
    if found.is_some() {
        attempt.note_replayed();
    }
    Ok(found)
}

/// Keeps the answer of an attempt that wrote to the home store.
pub fn keep(tx: &mut dyn Tx, attempt: &Attempt, answer: &Kept) -> Result<()> {
    let params = [
        Cell::Bytes(&attempt.first_home_write()),
        Cell::Integer(answer.status.into()),
        super::text_cell(answer.content_type.as_deref()),
        Cell::Bytes(&answer.body),
    ];
    tx.execute(KEEP, &params).map(drop)
}

/// Forgets what was done before an instant (UTC milliseconds).
pub fn sweep(tx: &mut dyn Tx, before: i64) -> Result<()> {
    tx.execute(SWEEP, &[Cell::Integer(before)]).map(drop)
}
