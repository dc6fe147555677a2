//! What a database hands out again and again, sealed: the texts of its two tokens, the secret of its hook, and how it is
//! deployed. Nobody here can open what is sealed.

use super::sessions::Hash;
use super::{id, number_cell};
use crate::tx::{self, Tx};
use model::{Cell, DatabaseId, Result, TokenId};

/// Which one of a database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// The token that only reads.
    ReadOnly,
    /// The token that reads and writes.
    ReadWrite,
    /// The last part of the address to which the outcome of a deploy is told.
    Hook,
    /// How it is deployed.
    Deploy,
}

/// A secret as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecretRow {
    /// Of the secrets that are tokens.
    pub token: Option<TokenId>,
    pub sealed: Vec<u8>,
}

const GET: &str = "SELECT token_id, sealed FROM database_secrets WHERE database_id = ?1 AND kind = ?2";
const PUT: &str = "INSERT INTO database_secrets (database_id, kind, token_id, hash, sealed) VALUES (?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT (database_id, kind) DO UPDATE SET token_id = excluded.token_id, hash = excluded.hash, \
                   sealed = excluded.sealed";
const BY_HASH: &str = "SELECT database_id FROM database_secrets WHERE hash = ?1";
const OF_TOKEN: &str = "SELECT 1 FROM database_secrets WHERE token_id = ?1";
const TOKENS: &str = "SELECT token_id FROM database_secrets WHERE database_id = ?1 AND token_id IS NOT NULL";
const REMOVE: &str = "DELETE FROM database_secrets WHERE database_id = ?1";

/// A secret of a database.
pub fn get(tx: &mut dyn Tx, database: DatabaseId, kind: Kind) -> Result<Option<SecretRow>> {
    tx::first(tx, GET, &[Cell::Integer(database.0.into()), Cell::Integer(code(kind))], |row| {
        Ok(SecretRow { token: token(id(row, 0)), sealed: row.cell(1).bytes().unwrap_or_default().to_vec() })
    })
}

/// Keeps a secret in the place of the one before. `hash` is that of one that is looked for by itself.
pub fn put(tx: &mut dyn Tx, database: DatabaseId, kind: Kind, secret: &SecretRow, hash: Option<&Hash>) -> Result<()> {
    let params = [
        Cell::Integer(database.0.into()),
        Cell::Integer(code(kind)),
        number_cell(secret.token.map(|token| token.0.into())),
        hash.map_or(Cell::Null, |hash| Cell::Bytes(hash)),
        Cell::Bytes(&secret.sealed),
    ];
    tx.execute(PUT, &params).map(drop)
}

/// The database of a secret that is looked for by itself.
pub fn database_of(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<DatabaseId>> {
    tx::first(tx, BY_HASH, &[Cell::Bytes(hash)], |row| Ok(DatabaseId(id(row, 0))))
}

/// Whether a token is one that a database hands out.
pub fn is_handed_out(tx: &mut dyn Tx, token: TokenId) -> Result<bool> {
    Ok(tx::first(tx, OF_TOKEN, &[Cell::Integer(token.0.into())], |_| Ok(()))?.is_some())
}

/// The tokens that a database hands out.
pub fn tokens_of(tx: &mut dyn Tx, database: DatabaseId) -> Result<Vec<TokenId>> {
    tx::all(tx, TOKENS, &[Cell::Integer(database.0.into())], |row| Ok(TokenId(id(row, 0))))
}

/// Forgets the secrets of a database.
pub fn remove_of_database(tx: &mut dyn Tx, database: DatabaseId) -> Result<()> {
    tx.execute(REMOVE, &[Cell::Integer(database.0.into())]).map(drop)
}

fn token(number: u32) -> Option<TokenId> {
    Some(TokenId(number)).filter(|token| token.0 > 0)
}

fn code(kind: Kind) -> i64 {
    match kind {
        Kind::ReadOnly => 1,
        Kind::ReadWrite => 2,
        Kind::Hook => 3,
        Kind::Deploy => 4,
    }
}
