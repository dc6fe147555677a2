//! What was mailed to people who forgot their password: only the hash of the code is kept, and at most one for a user.

use super::sessions::Hash;
use super::{id, number};
use crate::tx::{self, Tx};
use model::{Cell, Result, UserId};

const INSERT: &str = "INSERT INTO resets (hash, user_id, expires_at) VALUES (?1, ?2, ?3)";
const GET: &str = "SELECT user_id, expires_at FROM resets WHERE hash = ?1";
const DELETE_OF_USER: &str = "DELETE FROM resets WHERE user_id = ?1";
const DELETE_EXPIRED: &str = "DELETE FROM resets WHERE expires_at <= ?1";

/// Keeps a code of a user until `expires_at` (UTC milliseconds), in the place of an earlier one.
pub fn put(tx: &mut dyn Tx, hash: &Hash, user: UserId, expires_at: i64) -> Result<()> {
    delete_of_user(tx, user)?;
    tx.execute(INSERT, &[Cell::Bytes(hash), Cell::Integer(user.0.into()), Cell::Integer(expires_at)])?;
    Ok(())
}

/// Whose code it is, if it has not ended at `now`.
pub fn find(tx: &mut dyn Tx, hash: &Hash, now: i64) -> Result<Option<UserId>> {
    let found = tx::first(tx, GET, &[Cell::Bytes(hash)], |row| Ok((UserId(id(row, 0)), number(row, 1))))?;
    Ok(found.filter(|(_, expires_at)| *expires_at > now).map(|(user, _)| user))
}

/// Ends the code of a user.
pub fn delete_of_user(tx: &mut dyn Tx, user: UserId) -> Result<()> {
    tx.execute(DELETE_OF_USER, &[Cell::Integer(user.0.into())])?;
    Ok(())
}

/// Takes away the codes that ended before `now`.
pub fn delete_expired(tx: &mut dyn Tx, now: i64) -> Result<()> {
    tx.execute(DELETE_EXPIRED, &[Cell::Integer(now)])?;
    Ok(())
}
