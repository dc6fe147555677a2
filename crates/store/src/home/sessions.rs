//! Sessions: browsers that are signed in. Only the hash of a session's secret is kept.

use super::{id, number};
use crate::tx::{self, Tx};
use model::{Cell, Result, UserId};

/// The SHA-256 of a secret.
pub type Hash = [u8; 32];

/// A session as stored. Times are UTC milliseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SessionRow {
    pub user: UserId,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_seen: i64,
}

const INSERT: &str =
    "INSERT INTO sessions (hash, user_id, created_at, expires_at, last_seen) VALUES (?1, ?2, ?3, ?4, ?5)";
const GET: &str = "SELECT user_id, created_at, expires_at, last_seen FROM sessions WHERE hash = ?1";
const EXTEND: &str = "UPDATE sessions SET last_seen = ?2, expires_at = ?3 WHERE hash = ?1 AND last_seen < ?2";
const DELETE: &str = "DELETE FROM sessions WHERE hash = ?1";
const DELETE_OF_USER: &str = "DELETE FROM sessions WHERE user_id = ?1 AND hash IS DISTINCT FROM ?2";
const DELETE_EXPIRED: &str = "DELETE FROM sessions WHERE expires_at <= ?1";
const TRIM: &str = "DELETE FROM sessions WHERE hash IN \
                    (SELECT hash FROM sessions WHERE user_id = ?1 ORDER BY last_seen DESC LIMIT 1000000 OFFSET ?2)";

/// Keeps a new session.
pub fn insert(tx: &mut dyn Tx, hash: &Hash, session: &SessionRow) -> Result<()> {
    let params = [
        Cell::Bytes(hash),
        Cell::Integer(session.user.0.into()),
        Cell::Integer(session.created_at),
        Cell::Integer(session.expires_at),
        Cell::Integer(session.last_seen),
    ];
    tx.execute(INSERT, &params)?;
    Ok(())
}

/// The session of a hash.
pub fn get(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<SessionRow>> {
    tx::first(tx, GET, &[Cell::Bytes(hash)], |row| {
        Ok(SessionRow {
            user: UserId(id(row, 0)),
            created_at: number(row, 1),
            expires_at: number(row, 2),
            last_seen: number(row, 3),
        })
    })
}

/// Notes that the session was seen, which makes it last longer.
pub fn extend(tx: &mut dyn Tx, hash: &Hash, last_seen: i64, expires_at: i64) -> Result<()> {
    tx.execute(EXTEND, &[Cell::Bytes(hash), Cell::Integer(last_seen), Cell::Integer(expires_at)])?;
    Ok(())
}

/// Ends a session. Whether there was one.
pub fn delete(tx: &mut dyn Tx, hash: &Hash) -> Result<bool> {
    Ok(tx.execute(DELETE, &[Cell::Bytes(hash)])? > 0)
}

/// Ends the sessions of a user, all but one of them if it is named.
pub fn delete_of_user(tx: &mut dyn Tx, user: UserId, but: Option<&Hash>) -> Result<()> {
    let but = but.map_or(Cell::Null, |hash| Cell::Bytes(hash));
    tx.execute(DELETE_OF_USER, &[Cell::Integer(user.0.into()), but])?;
    Ok(())
}

/// Takes away the sessions that ended before `now`.
pub fn delete_expired(tx: &mut dyn Tx, now: i64) -> Result<()> {
    tx.execute(DELETE_EXPIRED, &[Cell::Integer(now)])?;
    Ok(())
}

/// Ends the sessions of a user that were not seen for longest, so that at most `keep` stay; how many ended.
pub fn trim(tx: &mut dyn Tx, user: UserId, keep: usize) -> Result<u64> {
    tx.execute(TRIM, &[Cell::Integer(user.0.into()), Cell::Integer(keep as i64)])
}
