//! Preferences: what a user, or a token without a user, chose for themselves. One text for each holder; what it says is
//! the engine's business.

use super::grants::{Holder, holder_cells};
use crate::tx::{self, Tx};
use model::{Cell, Result};

const GET: &str = "SELECT value FROM preferences WHERE user_id = ?1 AND token_id = ?2";
const PUT: &str = "INSERT INTO preferences (user_id, token_id, value) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (user_id, token_id) DO UPDATE SET value = excluded.value";
const REMOVE: &str = "DELETE FROM preferences WHERE user_id = ?1 AND token_id = ?2";

/// What a holder chose.
pub fn get(tx: &mut dyn Tx, holder: Holder) -> Result<Option<String>> {
    tx::first(tx, GET, &holder_cells(holder), |row| Ok(super::text(row, 0)))
}

/// Keeps what a holder chose, in the place of what was there.
pub fn put(tx: &mut dyn Tx, holder: Holder, value: &str) -> Result<()> {
    let [user, token] = holder_cells(holder);
    tx.execute(PUT, &[user, token, Cell::Text(value)]).map(drop)
}

/// Forgets what a holder chose.
pub fn remove(tx: &mut dyn Tx, holder: Holder) -> Result<()> {
    tx.execute(REMOVE, &holder_cells(holder)).map(drop)
}
