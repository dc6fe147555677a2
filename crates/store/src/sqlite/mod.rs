//! SQLite as an engine: opening connections, their settings, our functions, and [`Tx`] over a connection.

mod functions;
pub(crate) mod readers;
pub(crate) mod writer;
mod writing;

pub(crate) use functions::part_number;

use crate::flavor::Flavor;
use crate::tx::{Next, Row, Tx};
use model::{Cell, Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};
use std::path::Path;

/// The oldest SQLite we run on: a race in its write-ahead log was mended there.
const LEAST_VERSION: i32 = 3_051_003;

/// How a connection is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Opens or creates the file and writes.
    Write,
    /// Reads only; the file exists.
    Read,
}

/// How hard a commit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Durability {
    /// A commit is on stable storage when it returns.
    #[default]
    Full,
    /// A commit survives a crash of the process, not of the machine.
    Normal,
}

/// Pages of the file, in bytes. Fixed when a file is made.
const PAGE_SIZE: u32 = 8192;

/// Opens a connection with all settings and functions of ours.
pub fn open(path: &Path, mode: Mode, durability: Durability) -> Result<Connection> {
    if rusqlite::version_number() < LEAST_VERSION {
        return Err(Error::Unavailable(format!("SQLite {} is too old; 3.51.3 is needed", rusqlite::version())));
    }
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match mode {
            Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
    let connection = Connection::open_with_flags(path, flags).map_err(failure)?;
    if mode == Mode::Write {
        connection
            .execute_batch(&format!("PRAGMA page_size={PAGE_SIZE}; PRAGMA journal_mode=WAL;"))
            .map_err(failure)?;
    }
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    // A reader's own page cache is small: the operating system's cache behind the memory map serves all of them, and
    // many open databases must not add up.
    let cache_kib = match mode {
        Mode::Write => 16384,
        Mode::Read => 4096,
    };
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous={synchronous}; PRAGMA busy_timeout=5000; PRAGMA cache_size=-{cache_kib}; \
             PRAGMA mmap_size=4294967296; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
        ))
        .map_err(failure)?;
    // What is bound does not change a plan: looking at it means to prepare the statement anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(256);
    functions::register(&connection).map_err(failure)?;
    Ok(connection)
}

/// What an error of the engine means for us.
pub fn failure(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Unavailable("the disk is full".to_owned()),
        Some(ErrorCode::OperationInterrupted) => Error::TimedOut,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::DatabaseBusy) => {
            Error::Unavailable(error.to_string())
        }
        Some(ErrorCode::TooBig) => Error::TooLarge { what: "value", limit: 1_000_000_000 },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::Unavailable(format!("the file is damaged: {error}"))
        }
        _ => Error::Internal(error.to_string()),
    }
}

/// The statements of a connection; the caller begins and ends the transaction.
pub struct SqliteTx<'c>(pub &'c Connection);

struct SqliteRow<'r, 's>(&'r rusqlite::Row<'s>);

impl Row for SqliteRow<'_, '_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Null) | Err(_) => Cell::Null,
            Ok(ValueRef::Integer(number)) => Cell::Integer(number),
            Ok(ValueRef::Real(number)) => Cell::Real(number),
            // Only text that was a `str` is ever bound, so this cannot fail on a sound file.
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).map_or(Cell::Null, Cell::Text),
            Ok(ValueRef::Blob(bytes)) => Cell::Bytes(bytes),
        }
    }
}

struct Bound<'a>(&'a Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(SqlValue::Null),
            Cell::Integer(number) => ToSqlOutput::Owned(SqlValue::Integer(*number)),
            Cell::Real(number) => ToSqlOutput::Owned(SqlValue::Real(*number)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl Tx for SqliteTx<'_> {
    fn flavor(&self) -> Flavor {
        Flavor::Sqlite
    }

    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
        let mut statement = self.0.prepare_cached(sql).map_err(failure)?;
        let touched = statement.execute(rusqlite::params_from_iter(params.iter().map(Bound))).map_err(failure)?;
        Ok(touched as u64)
    }

    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql).map_err(failure)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params.iter().map(Bound))).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            if each(&SqliteRow(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn query_keys(
        &mut self,
        sql: &str,
        lead: &[Cell<'_>],
        keys: &mut dyn Iterator<Item = i64>,
        each: &mut dyn FnMut(&dyn Row) -> Next,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql).map_err(failure)?;
        for (place, cell) in lead.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, Bound(cell)).map_err(failure)?;
        }
        for key in keys {
            statement.raw_bind_parameter(lead.len() + 1, key).map_err(failure)?;
            let mut rows = statement.raw_query();
            if let Some(row) = rows.next().map_err(failure)?
                && each(&SqliteRow(row))?.is_break()
            {
                break;
            }
        }
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql).map_err(failure)
    }
}
