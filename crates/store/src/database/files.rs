//! Files: a row for each, and the places in records where they were put.

use crate::tx::{self, Row, Tx};
use model::{Cell, Error, FieldId, RecordId, Result, TableId, TokenId, UserId};

/// A file as stored. Its bytes are elsewhere, under their hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    /// Random letters and digits: who knows it has seen the file.
    pub token: String,
    /// The SHA-256 of its bytes.
    pub hash: [u8; 32],
    pub size: u64,
    /// Told from its bytes.
    pub media_type: String,
    /// As it came; data, never a path.
    pub name: String,
    /// In pixels, of a picture.
    pub dimensions: Option<(u32, u32)>,
    /// UTC milliseconds.
    pub created_at: i64,
    /// Who sent it.
    pub user: Option<UserId>,
    /// With which token, if it was one.
    pub by_token: Option<TokenId>,
}

/// Where a file was put. Field 0 is the record itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FilePlace {
    pub table: TableId,
    pub record: RecordId,
    pub field: FieldId,
}

pub(crate) const COLUMNS: &str = "token, hash, size, media_type, name, width, height, created_at, user_id, token_id";
const INSERT: &str = "INSERT INTO files (token, hash, size, media_type, name, width, height, created_at, user_id, \
                      token_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
const INSERT_PLACE: &str = "INSERT INTO file_places (token, table_id, record_id, field_id) VALUES (?1, ?2, ?3, ?4) \
                            ON CONFLICT DO NOTHING";
const HAS_PLACE: &str =
    "SELECT 1 FROM file_places WHERE token = ?1 AND table_id = ?2 AND record_id = ?3 AND field_id = ?4";
const PLACES: &str = "SELECT table_id, record_id, field_id FROM file_places WHERE token = ?1 \
                      ORDER BY table_id, record_id, field_id LIMIT ?2";
const HASHES: &str = "SELECT hash, size FROM files";
/// The character after the last letter that a token may have.
const AFTER: &str = "~";

/// Keeps a file; one that is there already stays as it is.
pub fn insert(tx: &mut dyn Tx, file: &FileRow) -> Result<()> {
    tx.execute(INSERT, &cells(file)).map(drop)
}

/// The cells of a row, in the order of [`COLUMNS`].
pub(crate) fn cells(file: &FileRow) -> [Cell<'_>; 10] {
    let optional = |number: Option<u32>| number.map_or(Cell::Null, |n| Cell::Integer(n.into()));
    [
        Cell::Text(&file.token),
        Cell::Bytes(&file.hash),
        Cell::Integer(file.size as i64),
        Cell::Text(&file.media_type),
        Cell::Text(&file.name),
        optional(file.dimensions.map(|d| d.0)),
        optional(file.dimensions.map(|d| d.1)),
        Cell::Integer(file.created_at),
        optional(file.user.map(|u| u.0)),
        optional(file.by_token.map(|t| t.0)),
    ]
}

/// The file of a token.
pub fn get(tx: &mut dyn Tx, token: &str) -> Result<Option<FileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM files WHERE token = ?1");
    tx::first(tx, &sql, &[Cell::Text(token)], read)
}

/// The file whose token begins so; the first of several.
pub fn beginning_with(tx: &mut dyn Tx, head: &str) -> Result<Option<FileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM files WHERE token >= ?1 AND token < ?2 ORDER BY token LIMIT 1");
    tx::first(tx, &sql, &[Cell::Text(head), Cell::Text(&format!("{head}{AFTER}"))], read)
}

/// Notes where a file was put.
pub fn add_place(tx: &mut dyn Tx, token: &str, place: FilePlace) -> Result<()> {
    tx.execute(INSERT_PLACE, &place_cells(token, place)).map(drop)
}

/// Whether a file was ever put there.
pub fn has_place(tx: &mut dyn Tx, token: &str, place: FilePlace) -> Result<bool> {
    Ok(tx::first(tx, HAS_PLACE, &place_cells(token, place), |_| Ok(()))?.is_some())
}

/// Where a file was ever put, at most `limit` places.
pub fn places(tx: &mut dyn Tx, token: &str, limit: usize) -> Result<Vec<FilePlace>> {
    tx::all(tx, PLACES, &[Cell::Text(token), Cell::Integer(limit as i64)], |row| {
        Ok(FilePlace { table: TableId(id(row, 0)), record: RecordId(id(row, 1)), field: FieldId(id(row, 2)) })
    })
}

/// Hands out hash and size of every file, some more than once.
pub fn each_hash(tx: &mut dyn Tx, each: &mut dyn FnMut([u8; 32], u64)) -> Result<()> {
    tx.query(HASHES, &[], &mut |row| {
        each(hash(row, 0)?, row.cell(1).integer().unwrap_or(0) as u64);
        Ok(tx::GO_ON)
    })
}

pub(crate) fn read(row: &dyn Row) -> Result<FileRow> {
    let text = |i: usize| row.cell(i).text().unwrap_or_default().to_owned();
    let optional = |i: usize| row.cell(i).integer().and_then(|n| u32::try_from(n).ok());
    Ok(FileRow {
        token: text(0),
        hash: hash(row, 1)?,
        size: row.cell(2).integer().unwrap_or(0).max(0) as u64,
        media_type: text(3),
        name: text(4),
        dimensions: optional(5).zip(optional(6)),
        created_at: row.cell(7).integer().unwrap_or(0),
        user: optional(8).map(UserId),
        by_token: optional(9).map(TokenId),
    })
}

pub(crate) fn hash(row: &dyn Row, index: usize) -> Result<[u8; 32]> {
    let bytes = match row.cell(index) {
        Cell::Bytes(bytes) => bytes.try_into().ok(),
        Cell::Null | Cell::Integer(_) | Cell::Real(_) | Cell::Text(_) => None,
    };
    bytes.ok_or_else(|| Error::Unavailable("a row of a file has no hash".to_owned()))
}

fn place_cells(token: &str, place: FilePlace) -> [Cell<'_>; 4] {
    let numbers = [place.table.0, place.record.0, place.field.0].map(|n| Cell::Integer(n.into()));
    [Cell::Text(token), numbers[0], numbers[1], numbers[2]]
}

fn id(row: &dyn Row, index: usize) -> u32 {
    row.cell(index).integer().and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}
