//! Access tokens. Only the hash of a token's text is kept, and none of a revoked one.

use super::sessions::Hash;
use super::{id, next_number, number, number_cell, optional_text, text, text_cell};
use crate::database::catalog::{stored, to_stored};
use crate::tx::{self, Row, Tx};
use model::access::{RateLimit, Reach};
use model::{AbilitySet, Bag, Cell, Result, TokenId, UserId};

/// A token as stored. Times are UTC milliseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct TokenRow {
    pub id: TokenId,
    /// `acc` and 16 letters and digits: how people and doors name it.
    pub public_id: String,
    /// Whose it is; a token without a user has grants of its own.
    pub user: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    pub abilities: AbilitySet,
    /// Each dialect's own words for the abilities, to be given back as they came.
    pub words: Bag,
    pub reach: Reach,
    pub full_access: bool,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub last_used_at: Option<i64>,
    /// The beginning of the text, for people to tell tokens apart.
    pub prefix: String,
    /// Its own limit of requests, in the place of the server's.
    pub rate: Option<RateLimit>,
}

const COLUMNS: &str = "id, public_id, user_id, name, description, abilities, words, reach, full_access, created_at, \
                       expires_at, last_used_at, prefix, rate_per_second, rate_burst";
const INSERT: &str = "INSERT INTO tokens (id, public_id, hash, user_id, name, description, abilities, words, reach, \
                      full_access, created_at, expires_at, prefix, rate_per_second, rate_burst) \
                      VALUES (?13, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?14, ?15)";
const UPDATE: &str = "UPDATE tokens SET name = ?2, description = ?3, abilities = ?4, words = ?5, reach = ?6, full_access = ?7, \
     rate_per_second = ?8, rate_burst = ?9 WHERE id = ?1";
const SET_SECRET: &str = "UPDATE tokens SET hash = ?2, prefix = ?3, expires_at = ?4 WHERE id = ?1";
const SET_REACH: &str = "UPDATE tokens SET reach = ?2 WHERE id = ?1";
const REVOKE: &str = "UPDATE tokens SET hash = NULL, revoked_at = ?2 WHERE id = ?1";
const REVOKE_OF_USER: &str = "UPDATE tokens SET hash = NULL, revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";
const REMOVE: &str = "DELETE FROM tokens WHERE id = ?1";
const USED: &str = "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at, 0) < ?2";
const HASH: &str = "SELECT hash FROM tokens WHERE id = ?1 AND revoked_at IS NULL";
const COUNT: &str = "SELECT count(*) FROM tokens WHERE user_id = ?1 AND revoked_at IS NULL";

/// Keeps a new token; its number. The number in `token` is not looked at.
pub fn insert(tx: &mut dyn Tx, token: &TokenRow, hash: &Hash) -> Result<TokenId> {
    let (words, reach) = (to_stored(&token.words)?, to_stored(&token.reach)?);
    let id = next_number(tx, "tokens")?;
    let params = [
        Cell::Text(&token.public_id),
        Cell::Bytes(hash),
        number_cell(token.user.map(|user| user.0.into())),
        Cell::Text(&token.name),
        text_cell(token.description.as_deref()),
        Cell::Integer(token.abilities.0 as i64),
        Cell::Text(&words),
        Cell::Text(&reach),
        Cell::Integer(token.full_access.into()),
        Cell::Integer(token.created_at),
        number_cell(token.expires_at),
        Cell::Text(&token.prefix),
        Cell::Integer(id.into()),
        number_cell(token.rate.map(|rate| rate.per_second.into())),
        number_cell(token.rate.map(|rate| rate.burst.into())),
    ];
    tx.execute(INSERT, &params)?;
    Ok(TokenId(id))
}

/// The token of a text, by the text's hash.
pub fn by_hash(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<TokenRow>> {
    one(tx, "hash = ?1", &[Cell::Bytes(hash)])
}

/// A token that is not revoked.
pub fn get(tx: &mut dyn Tx, token: TokenId) -> Result<Option<TokenRow>> {
    one(tx, "id = ?1", &[Cell::Integer(token.0.into())])
}

/// The hash of a token's text; none of a revoked one.
pub fn hash_of(tx: &mut dyn Tx, token: TokenId) -> Result<Option<Hash>> {
    let found = tx::first(tx, HASH, &[Cell::Integer(token.0.into())], |row| match row.cell(0) {
        Cell::Bytes(bytes) => Ok(bytes.try_into().ok()),
        Cell::Null | Cell::Integer(_) | Cell::Real(_) | Cell::Text(_) => Ok(None),
    })?;
    Ok(found.flatten())
}

/// The token of a public id.
pub fn by_public_id(tx: &mut dyn Tx, public_id: &str) -> Result<Option<TokenRow>> {
    one(tx, "public_id = ?1", &[Cell::Text(public_id)])
}

/// Whether a public id was ever given away.
pub fn is_public_id_taken(tx: &mut dyn Tx, public_id: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM tokens WHERE public_id = ?1";
    Ok(tx::first(tx, sql, &[Cell::Text(public_id)], |_| Ok(()))?.is_some())
}

/// The tokens of a user, oldest first.
pub fn of_user(tx: &mut dyn Tx, user: UserId) -> Result<Vec<TokenRow>> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE user_id = ?1 AND revoked_at IS NULL ORDER BY id LIMIT ?2");
    tx::all(tx, &sql, &[Cell::Integer(user.0.into()), Cell::Integer(super::MAX_LIST as i64)], read)
}

/// How many tokens a user has.
pub fn count(tx: &mut dyn Tx, user: UserId) -> Result<usize> {
    let found = tx::first(tx, COUNT, &[Cell::Integer(user.0.into())], |row| Ok(number(row, 0)))?;
    Ok(found.unwrap_or(0) as usize)
}

/// Stores name, description, abilities, words, reach, full access and the limit.
pub fn update(tx: &mut dyn Tx, token: &TokenRow) -> Result<()> {
    let (words, reach) = (to_stored(&token.words)?, to_stored(&token.reach)?);
    let params = [
        Cell::Integer(token.id.0.into()),
        Cell::Text(&token.name),
        text_cell(token.description.as_deref()),
        Cell::Integer(token.abilities.0 as i64),
        Cell::Text(&words),
        Cell::Text(&reach),
        Cell::Integer(token.full_access.into()),
        number_cell(token.rate.map(|rate| rate.per_second.into())),
        number_cell(token.rate.map(|rate| rate.burst.into())),
    ];
    tx.execute(UPDATE, &params)?;
    Ok(())
}

/// Gives a token another text: the old one is dead.
pub fn set_secret(tx: &mut dyn Tx, token: TokenId, hash: &Hash, prefix: &str, expires_at: Option<i64>) -> Result<()> {
    let params = [Cell::Integer(token.0.into()), Cell::Bytes(hash), Cell::Text(prefix), number_cell(expires_at)];
    tx.execute(SET_SECRET, &params)?;
    Ok(())
}

/// Stores what a token is bound to.
pub fn set_reach(tx: &mut dyn Tx, token: TokenId, reach: &Reach) -> Result<()> {
    let reach = to_stored(reach)?;
    tx.execute(SET_REACH, &[Cell::Integer(token.0.into()), Cell::Text(&reach)])?;
    Ok(())
}

/// Ends a token and forgets its hash.
pub fn revoke(tx: &mut dyn Tx, token: TokenId, at: i64) -> Result<()> {
    tx.execute(REVOKE, &[Cell::Integer(token.0.into()), Cell::Integer(at)])?;
    Ok(())
}

/// Takes a token away for good: one that belongs to something that goes.
pub fn remove(tx: &mut dyn Tx, token: TokenId) -> Result<()> {
    tx.execute(REMOVE, &[Cell::Integer(token.0.into())]).map(drop)
}

/// Ends all tokens of a user.
pub fn revoke_of_user(tx: &mut dyn Tx, user: UserId, at: i64) -> Result<()> {
    tx.execute(REVOKE_OF_USER, &[Cell::Integer(user.0.into()), Cell::Integer(at)])?;
    Ok(())
}

/// Notes when a token was used.
pub fn used(tx: &mut dyn Tx, token: TokenId, at: i64) -> Result<()> {
    tx.execute(USED, &[Cell::Integer(token.0.into()), Cell::Integer(at)])?;
    Ok(())
}

fn one(tx: &mut dyn Tx, condition: &str, params: &[Cell<'_>]) -> Result<Option<TokenRow>> {
    tx::first(tx, &format!("SELECT {COLUMNS} FROM tokens WHERE {condition} AND revoked_at IS NULL"), params, read)
}

fn read(row: &dyn Row) -> Result<TokenRow> {
    Ok(TokenRow {
        id: TokenId(id(row, 0)),
        public_id: text(row, 1),
        user: row.cell(2).integer().and_then(|user| u32::try_from(user).ok()).map(UserId),
        name: text(row, 3),
        description: optional_text(row, 4),
        abilities: AbilitySet(number(row, 5) as u64),
        words: stored(row.cell(6).text())?,
        reach: stored(row.cell(7).text())?,
        full_access: number(row, 8) == 1,
        created_at: number(row, 9),
        expires_at: row.cell(10).integer(),
        last_used_at: row.cell(11).integer(),
        prefix: text(row, 12),
        rate: rate(row.cell(13).integer(), row.cell(14).integer()),
    })
}

fn rate(per_second: Option<i64>, burst: Option<i64>) -> Option<RateLimit> {
    let number = |given: Option<i64>| given.and_then(|number| u32::try_from(number).ok());
    Some(RateLimit { per_second: number(per_second)?, burst: number(burst)? })
}
