//! Uploads: files that were sent and are in no record yet. Which database they are for is not known before.

use crate::database::files::{self, COLUMNS, FileRow};
use crate::tx::{self, Tx};
use model::{Cell, Result};

const INSERT: &str = "INSERT INTO uploads (token, hash, size, media_type, name, width, height, created_at, user_id, \
                      token_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                      ON CONFLICT (token) DO UPDATE SET hash = excluded.hash, size = excluded.size, \
                      media_type = excluded.media_type, width = excluded.width, height = excluded.height, \
                      created_at = excluded.created_at";
const RENAME: &str = "UPDATE uploads SET name = ?2, media_type = ?3 WHERE token = ?1";
const HASHES: &str = "SELECT hash FROM uploads";
const DELETE_OLD: &str = "DELETE FROM uploads WHERE created_at < ?1";

/// Keeps an upload. One with the same token gets the new bytes.
pub fn put(tx: &mut dyn Tx, file: &FileRow) -> Result<()> {
    tx.execute(INSERT, &files::cells(file)).map(drop)
}

/// The upload of a token.
pub fn get(tx: &mut dyn Tx, token: &str) -> Result<Option<FileRow>> {
    tx::first(tx, &format!("SELECT {COLUMNS} FROM uploads WHERE token = ?1"), &[Cell::Text(token)], files::read)
}

/// Gives an upload its name, and the type that goes with it.
pub fn rename(tx: &mut dyn Tx, token: &str, name: &str, media_type: &str) -> Result<()> {
    tx.execute(RENAME, &[Cell::Text(token), Cell::Text(name), Cell::Text(media_type)]).map(drop)
}

/// Hands out the hash of every upload.
pub fn each_hash(tx: &mut dyn Tx, each: &mut dyn FnMut([u8; 32])) -> Result<()> {
    tx.query(HASHES, &[], &mut |row| {
        each(files::hash(row, 0)?);
        Ok(tx::GO_ON)
    })
}

/// Forgets the uploads that were made before an instant and may be in records by now, which have rows of their own.
pub fn delete_before(tx: &mut dyn Tx, before: i64) -> Result<u64> {
    tx.execute(DELETE_OLD, &[Cell::Integer(before)])
}
