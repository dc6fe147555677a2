//! The home store: users, sessions, tokens, workspaces, the list of databases, and who may do what.
//!
//! One SQLite file with one writing and one reading connection. The functions of its modules take a transaction, so
//! that a caller joins several in one: [`Home::read`] and [`Home::write`] give it. No rules here: the engine judges.

pub mod databases;
mod format;
pub mod grants;
pub mod sessions;
pub mod tokens;
pub mod users;
pub mod workspaces;

use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::{self, Row, Tx};
use crate::{folder, migrations};
use model::{Cell, Result};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use format::STEPS;

/// Longest list that a function of this room answers.
pub const MAX_LIST: usize = 10_000;

/// What a write makes stale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touch {
    /// Nothing that anybody keeps in memory: a new session, a time of last use.
    Nothing,
    /// Rights: tokens, sessions, grants, workspaces, databases.
    Access,
    /// Rights, and the list of users.
    People,
}

/// The open home file.
pub struct Home {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    access: AtomicU64,
    people: AtomicU64,
}

const ACCESS: &str = "access_epoch";
const PEOPLE: &str = "people_epoch";
const EPOCH: &str = "SELECT value FROM meta WHERE key = ?1";
const PUT_EPOCH: &str =
    "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

impl Home {
    /// Opens the file at `path`, making and migrating it as needed.
    pub fn open(path: &Path, durability: Durability, now: i64) -> Result<Home> {
        // SQLite would make the file readable for others, and its log files follow the file.
        drop(folder::open_private(path)?);
        let writer = sqlite::open(path, Mode::Write, durability)?;
        let (access, people) = in_transaction(&writer, "BEGIN IMMEDIATE", |tx| {
            migrations::migrate(tx, STEPS, "the home store", now)?;
            Ok((epoch(tx, ACCESS)?, epoch(tx, PEOPLE)?))
        })?;
        let reader = sqlite::open(path, Mode::Read, durability)?;
        Ok(Home {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            access: AtomicU64::new(access),
            people: AtomicU64::new(people),
        })
    }

    /// Rises with every write that changes rights: what was read before is stale. Ask it before reading.
    pub fn access_epoch(&self) -> u64 {
        self.access.load(Ordering::Acquire)
    }

    /// Rises with every write that changes the list of users.
    pub fn people_epoch(&self) -> u64 {
        self.people.load(Ordering::Acquire)
    }

    /// Runs `job` on a snapshot.
    pub fn read<T>(&self, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        in_transaction(&self.reader.lock(), "BEGIN", job)
    }

    /// Runs `job` alone and commits it; nothing of it stays when it fails. The epochs that it touches have risen when
    /// this returns, so a caller sees its own write everywhere.
    pub fn write<T>(&self, touch: Touch, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let connection = self.writer.lock();
        let (access, people) = match touch {
            Touch::Nothing => (0, 0),
            Touch::Access => (1, 0),
            Touch::People => (1, 1),
        };
        let (access, people) = (self.access_epoch() + access, self.people_epoch() + people);
        let result = in_transaction(&connection, "BEGIN IMMEDIATE", |tx| {
            let result = job(tx)?;
            if touch != Touch::Nothing {
                put_epoch(tx, ACCESS, access)?;
                put_epoch(tx, PEOPLE, people)?;
            }
            Ok(result)
        })?;
        // Only the holder of the writing connection stores these.
        self.access.store(access, Ordering::Release);
        self.people.store(people, Ordering::Release);
        Ok(result)
    }
}

/// Runs `job` between a beginning and a commit or rollback.
fn in_transaction<T>(connection: &Connection, begin: &str, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
    if !connection.is_autocommit() {
        // A job before this one panicked in the middle of its transaction.
        connection.execute_batch("ROLLBACK").map_err(sqlite::failure)?;
    }
    let mut tx = SqliteTx(connection);
    tx.execute(begin, &[])?;
    let result = job(&mut tx).and_then(|result| tx.execute("COMMIT", &[]).map(|_| result));
    if result.is_err() && !connection.is_autocommit() {
        tx.execute("ROLLBACK", &[])?;
    }
    result
}

fn epoch(tx: &mut dyn Tx, which: &str) -> Result<u64> {
    let stored = tx::first(tx, EPOCH, &[Cell::Text(which)], |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
    Ok(stored.unwrap_or(0) as u64)
}

fn put_epoch(tx: &mut dyn Tx, which: &str, epoch: u64) -> Result<()> {
    tx.execute(PUT_EPOCH, &[Cell::Text(which), Cell::Integer(epoch as i64)])?;
    Ok(())
}

// How the rows of this room are read: a number that is not there is 0, a text empty. A file that holds anything else
// than what we wrote is found by the check of the store.

/// The number in a cell.
fn number(row: &dyn Row, index: usize) -> i64 {
    row.cell(index).integer().unwrap_or(0)
}

/// The number in a cell, as an identifier.
fn id(row: &dyn Row, index: usize) -> u32 {
    u32::try_from(number(row, index)).unwrap_or(0)
}

/// The text in a cell.
fn text(row: &dyn Row, index: usize) -> String {
    row.cell(index).text().unwrap_or_default().to_owned()
}

/// The text in a cell that may be empty.
fn optional_text(row: &dyn Row, index: usize) -> Option<String> {
    row.cell(index).text().map(str::to_owned)
}

/// A cell of text that may be absent.
fn text_cell(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Null, Cell::Text)
}

/// A cell of a number that may be absent.
fn number_cell(number: Option<i64>) -> Cell<'static> {
    number.map_or(Cell::Null, Cell::Integer)
}

/// The number that a statement with `RETURNING` answers.
fn returned(tx: &mut dyn Tx, sql: &str, params: &[Cell<'_>]) -> Result<u32> {
    let made = tx::first(tx, sql, params, |row| Ok(id(row, 0)))?;
    made.filter(|id| *id > 0).ok_or_else(|| model::Error::Internal("a new row has no number".to_owned()))
}
