//! What requests with an `Idempotency-Key` did here: kept in the transaction of the write itself.

use super::write::WriteTx;
use crate::flavor::{CellType, Flavor};
use crate::once::{self, Attempt};
use crate::tx::{self, Insertion, Tx};
use model::{Cell, Result};
use std::sync::{Arc, LazyLock};

/// Longest result that is kept, in bytes.
pub const MAX_RESULT: usize = 1 << 20;

const FIND: &str = "SELECT fingerprint, result FROM done WHERE key = ?1";
const SETTLE: &str = "UPDATE done SET result = ?2 WHERE key = ?1";
const FORGET: &str = "DELETE FROM done WHERE key = ?1";
const SWEEP: &str = "DELETE FROM done WHERE at < ?1";
const ANY_OLD: &str = "SELECT 1 FROM done WHERE at < ?1 LIMIT 1";

fn insertion(flavor: Flavor) -> &'static Arc<Insertion> {
    fn made(flavor: Flavor) -> Arc<Insertion> {
        use CellType::{Bytes, Integer};
        let columns = [("key", Bytes), ("fingerprint", Bytes), ("at", Integer), ("result", Bytes)];
        Arc::new(Insertion::new(flavor, "done", &columns, "ON CONFLICT DO NOTHING"))
    }
    static SQLITE: LazyLock<Arc<Insertion>> = LazyLock::new(|| made(Flavor::Sqlite));
    static POSTGRES: LazyLock<Arc<Insertion>> = LazyLock::new(|| made(Flavor::Postgres));
    match flavor {
        Flavor::Sqlite => &SQLITE,
        Flavor::Postgres => &POSTGRES,
    }
}

/// What the write of this key gave, if it was done; an error when another request did it, or it was not kept.
pub fn find(tx: &mut dyn Tx, attempt: &Attempt, key: &[u8; 16]) -> Result<Option<Vec<u8>>> {
    let found = tx::first(tx, FIND, &[Cell::Bytes(key)], |row| {
        attempt.admit(row.cell(0).bytes())?;
        row.cell(1).bytes().map(<[u8]>::to_vec).ok_or_else(once::done_already)
    })?;
    if found.is_some() {
        attempt.note_replayed();
    }
    Ok(found)
}

/// Keeps that the write of this key is done, and what it gives when that is not too long.
pub fn keep(w: &mut WriteTx<'_>, attempt: &Attempt, key: &[u8; 16], result: Option<&[u8]>) -> Result<()> {
    let result = result.filter(|result| result.len() <= MAX_RESULT).map_or(Cell::Null, Cell::Bytes);
    let params = [Cell::Bytes(key), Cell::Bytes(&attempt.fingerprint), Cell::Integer(attempt.at), result];
    w.tx.insert(insertion(w.tx.flavor()), &params)
}

/// Keeps what something gave that was kept without a result; what is too long stays so.
pub fn settle(tx: &mut dyn Tx, key: &[u8; 16], result: &[u8]) -> Result<()> {
    if result.len() > MAX_RESULT {
        return Ok(());
    }
    tx.execute(SETTLE, &[Cell::Bytes(key), Cell::Bytes(result)]).map(drop)
}

/// Forgets that something was done: it was taken back.
pub fn forget(tx: &mut dyn Tx, key: &[u8; 16]) -> Result<()> {
    tx.execute(FORGET, &[Cell::Bytes(key)]).map(drop)
}

/// Whether there is something from before an instant (UTC milliseconds).
pub fn has_old(tx: &mut dyn Tx, before: i64) -> Result<bool> {
    Ok(tx::first(tx, ANY_OLD, &[Cell::Integer(before)], |_| Ok(()))?.is_some())
}

/// Forgets what was done before an instant (UTC milliseconds).
pub fn sweep(tx: &mut dyn Tx, before: i64) -> Result<()> {
    tx.execute(SWEEP, &[Cell::Integer(before)]).map(drop)
}
