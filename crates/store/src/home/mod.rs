//! The home store: users, sessions, tokens, workspaces, the list of databases, and who may do what.
//!
//! One SQLite file with one writing and one reading connection, or a schema of PostgreSQL. The functions of its modules
//! take a transaction, so that a caller joins several in one: [`Home::read`] and [`Home::write`] give it. No rules here:
//! the engine judges.

pub mod databases;
pub mod done;
mod format;
pub mod grants;
pub mod invitations;
pub mod preferences;
pub mod resets;
pub mod secrets;
pub mod sessions;
pub mod tokens;
pub mod uploads;
pub mod users;
pub mod workspaces;

use crate::postgres::{self, Epochs, Node};
use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::{self, Row, Tx};
use crate::{folder, migrations, once};
use model::{Cell, Result};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

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

/// The open home store.
pub struct Home {
    place: Place,
    epochs: Arc<Epochs>,
}

enum Place {
    File { writer: Mutex<Connection>, reader: Mutex<Connection> },
    Schema(Arc<Node>),
}

pub(crate) const ACCESS: &str = "access_epoch";
pub(crate) const PEOPLE: &str = "people_epoch";
const EPOCH: &str = "SELECT value FROM meta WHERE key = ?1";
/// Locks the row as well, so that writers of several nodes take turns.
const RAISE: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2) \
                     ON CONFLICT (key) DO UPDATE SET value = meta.value + excluded.value RETURNING value";

impl Home {
    /// Opens the file at `path`, making and migrating it as needed.
    pub fn open_file(path: &Path, durability: Durability, now: i64) -> Result<Home> {
        // SQLite would make the file readable for others, and its log files follow the file.
        drop(folder::open_private(path)?);
        let writer = sqlite::open(path, Mode::Write, durability)?;
        let epochs = Arc::new(Epochs::default());
        in_transaction(&writer, "BEGIN IMMEDIATE", |tx| prepare(tx, &epochs, now))?;
        let reader = sqlite::open(path, Mode::Read, durability)?;
        Ok(Home { place: Place::File { writer: Mutex::new(writer), reader: Mutex::new(reader) }, epochs })
    }

    /// Opens the home schema, making and migrating it as needed.
    pub fn open_schema(node: &Arc<Node>, now: i64) -> Result<Home> {
        let epochs = node.epochs.clone();
        node.in_home(postgres::WRITE, |tx| prepare(tx, &epochs, now))?;
        Ok(Home { place: Place::Schema(node.clone()), epochs })
    }

    /// Rises with every write that changes rights: what was read before is stale. Ask it before reading.
    pub fn access_epoch(&self) -> u64 {
        self.epochs.access.load(Ordering::Acquire)
    }

    /// Rises with every write that changes the list of users.
    pub fn people_epoch(&self) -> u64 {
        self.epochs.people.load(Ordering::Acquire)
    }

    /// Runs `job` on a snapshot.
    pub fn read<T>(&self, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        match &self.place {
            Place::File { reader, .. } => in_transaction(&reader.lock(), "BEGIN", job),
            Place::Schema(node) => node.in_home(postgres::READ, job),
        }
    }

    /// Runs `job` alone and commits it; nothing of it stays when it fails. The epochs that it touches have risen when
    /// this returns, so a caller sees its own write everywhere.
    ///
    /// Of a request with an `Idempotency-Key` a write that was done before is refused: nothing is done twice.
    pub fn write<T>(&self, touch: Touch, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        self.write_of(once::current(), touch, job)
    }

    /// As [`Home::write`], for what a request finds missing and makes on its way, whatever it asks for: it is no part of
    /// what the request does, so it is not counted among its writes.
    pub fn write_beside<T>(&self, touch: Touch, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        self.write_of(None, touch, job)
    }

    fn write_of<T>(
        &self,
        attempt: Option<Arc<once::Attempt>>,
        touch: Touch,
        job: impl FnOnce(&mut dyn Tx) -> Result<T>,
    ) -> Result<T> {
        let job = |tx: &mut dyn Tx| {
            let (access, people) = match touch {
                Touch::Nothing => (0, 0),
                Touch::Access => (1, 0),
                Touch::People => (1, 1),
            };
            let access = raise(tx, ACCESS, access)?;
            // Who knows the one is taken to know the other.
            let people = if people > 0 { raise(tx, PEOPLE, people)? } else { epoch(tx, PEOPLE)? };
            if let Some(attempt) = &attempt {
                done::begin(tx, attempt)?;
            }
            Ok((job(tx)?, access, people))
        };
        let (result, access, people) = match &self.place {
            Place::File { writer, .. } => in_transaction(&writer.lock(), "BEGIN IMMEDIATE", job),
            Place::Schema(node) if touch == Touch::Nothing => node.in_home(postgres::WRITE, job),
            Place::Schema(node) => node.in_home_raising(job, |(_, access, _)| *access),
        }?;
        self.epochs.people.fetch_max(people, Ordering::AcqRel);
        self.epochs.access.fetch_max(access, Ordering::AcqRel);
        Ok(result)
    }
}

fn prepare(tx: &mut dyn Tx, epochs: &Epochs, now: i64) -> Result<()> {
    migrations::migrate(tx, STEPS, "the home store", now)?;
    epochs.people.fetch_max(epoch(tx, PEOPLE)?, Ordering::AcqRel);
    epochs.access.fetch_max(epoch(tx, ACCESS)?, Ordering::AcqRel);
    Ok(())
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

/// The epoch of rights.
pub(crate) fn access(tx: &mut dyn Tx) -> Result<u64> {
    epoch(tx, ACCESS)
}

/// The epoch of rights, which nobody raises until this transaction has ended.
pub(crate) fn locked_access(tx: &mut dyn Tx) -> Result<u64> {
    raise(tx, ACCESS, 0)
}

fn raise(tx: &mut dyn Tx, which: &str, by: i64) -> Result<u64> {
    let raised = tx::first(tx, RAISE, &[Cell::Text(which), Cell::Integer(by)], |row| Ok(number(row, 0)))?;
    Ok(raised.unwrap_or(0) as u64)
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

const NEXT_NUMBER: &str = "INSERT INTO numbers (name, last) VALUES (?1, 1) \
                           ON CONFLICT (name) DO UPDATE SET last = numbers.last + 1 RETURNING last";

/// The next number of a table. Numbers are never given twice, so nothing inherits the rights of what was deleted.
fn next_number(tx: &mut dyn Tx, table: &str) -> Result<u32> {
    let made = tx::first(tx, NEXT_NUMBER, &[Cell::Text(table)], |row| Ok(id(row, 0)))?;
    made.filter(|id| *id > 0).ok_or_else(|| model::Error::Internal("a new row has no number".to_owned()))
}
