//! The one table: its statements, and a row of it as JSON.

use crate::door::{self, Answer, Fault};
use crate::fields::{COLUMNS, Fields};
use crate::json::{Cell, write_record};
use crate::query::Argument;
use rusqlite::config::DbConfig;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params_from_iter};

/// The place of the only column that is a boolean to clients.
const ACTIVE: usize = 5;

/// `seq` numbers the writes. A server with a change feed keeps it indexed, so the floor can be told to do the same.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS companies (id INTEGER PRIMARY KEY, created TEXT NOT NULL, \
     seq INTEGER NOT NULL, name TEXT, status TEXT, revenue REAL, founded TEXT, email TEXT, active INTEGER, notes TEXT, \
     city TEXT) STRICT";
pub const INDEX_SEQ: &str = "CREATE INDEX IF NOT EXISTS companies_seq ON companies (seq)";
pub const INDEX_FILTER: &str = "CREATE INDEX IF NOT EXISTS companies_status_revenue ON companies (status, revenue)";
pub const INDEX_EMAIL: &str = "CREATE INDEX IF NOT EXISTS companies_email ON companies (email)";
const CHANGES: &str = " WHERE seq > (SELECT max(seq) FROM companies) - ?1 ORDER BY seq";
const LAST_SEQ: &str = "SELECT coalesce(max(seq), 0) FROM companies";
const NOW: &str = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ')";
const INSERT: &str = "INSERT INTO companies (created, seq, name, status, revenue, founded, email, active, notes, city) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const SELECT: &str = "SELECT id, created, name, status, revenue, founded, email, active, notes, city FROM companies";
const SELECT_ONE: &str =
    "SELECT id, created, name, status, revenue, founded, email, active, notes, city FROM companies WHERE id = ?1";
const RETURNING: &str = " RETURNING id, created, name, status, revenue, founded, email, active, notes, city";

const PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536; \
     PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY;";

/// The only connection that writes, and the last number it gave to a write.
pub fn open_writer(path: &str, indexes: &[&str]) -> rusqlite::Result<(Connection, i64)> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;")?;
    connection.execute_batch(PRAGMAS)?;
    // As our server: a bound LIMIT would have each list prepared anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(CREATE_TABLE)?;
    for index in indexes {
        connection.execute_batch(index)?;
    }
    // Without its index the number is written and never read, and looking for the last would read every row.
    let last = if indexes.contains(&INDEX_SEQ) { connection.query_row(LAST_SEQ, [], |row| row.get(0))? } else { 0 };
    Ok((connection, last))
}

pub fn open_reader(path: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch(PRAGMAS)?;
    // As our server: a bound LIMIT would have each list prepared anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

pub fn get(connection: &Connection, id: i64) -> Answer {
    connection.prepare_cached(SELECT_ONE)?.query_row([id], record_of_row).optional()?.ok_or_else(Fault::not_found)
}

/// The records that `tail` (everything after `FROM companies`) selects.
pub fn list(connection: &Connection, tail: &str, arguments: Vec<Argument>) -> Answer {
    let mut statement = connection.prepare_cached(&format!("{SELECT}{tail}"))?;
    let mut rows = statement.query(params_from_iter(arguments.into_iter().map(value_of)))?;
    let mut out = Vec::with_capacity(48 * 1024);
    out.extend_from_slice(br#"{"records":["#);
    let mut separator: &[u8] = b"";
    while let Some(row) = rows.next()? {
        out.extend_from_slice(separator);
        separator = b",";
        write_row(&mut out, row)?;
    }
    out.extend_from_slice(br#"],"offset":null}"#);
    Ok(out)
}

/// The one number that a statement gives.
pub fn figure(connection: &Connection, sql: &str, arguments: Vec<Argument>) -> Answer {
    let mut statement = connection.prepare_cached(sql)?;
    let arguments = params_from_iter(arguments.into_iter().map(value_of));
    Ok(door::figure(statement.query_row(arguments, |row| row.get(0))?))
}

/// The records with the highest change numbers.
pub fn changes(connection: &Connection, last: i64) -> Answer {
    list(connection, CHANGES, vec![Argument::Integer(last)])
}

pub fn create(connection: &Connection, seq: i64, records: Vec<Fields>) -> Answer {
    let created: String = connection.prepare_cached(NOW)?.query_row([], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(INSERT)?;
    let mut out = Vec::with_capacity(512 * records.len() + 64);
    out.extend_from_slice(br#"{"records":["#);
    for (place, fields) in records.into_iter().enumerate() {
        let columns = columns(fields);
        statement.raw_bind_parameter(1, &created)?;
        statement.raw_bind_parameter(2, seq)?;
        for (column, value) in columns.iter().enumerate() {
            statement.raw_bind_parameter(column + 3, value)?;
        }
        statement.raw_execute()?;
        if place > 0 {
            out.push(b',');
        }
        let mut cells = [Cell::Null; 8];
        for (place, value) in columns.iter().enumerate() {
            cells[place] = cell(place, value.as_ref().map_or(ValueRef::Null, ValueRef::from));
        }
        write_record(&mut out, connection.last_insert_rowid(), created.as_bytes(), &cells);
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

pub fn update(connection: &Connection, seq: i64, id: i64, fields: Fields) -> Answer {
    let mut sql = String::from("UPDATE companies SET seq = ?");
    let mut arguments = vec![Value::Integer(seq)];
    for (column, value) in COLUMNS.iter().zip(columns(fields)) {
        if let Some(value) = value {
            sql.extend([", ", column, " = ?"]);
            arguments.push(value);
        }
    }
    sql.extend([" WHERE id = ?", RETURNING]);
    arguments.push(Value::Integer(id));
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(params_from_iter(arguments), record_of_row).optional()?.ok_or_else(Fault::not_found)
}

fn record_of_row(row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(1024);
    write_row(&mut out, row)?;
    Ok(out)
}

fn write_row(out: &mut Vec<u8>, row: &Row<'_>) -> rusqlite::Result<()> {
    let mut cells = [Cell::Null; 8];
    for (place, shown) in cells.iter_mut().enumerate() {
        *shown = cell(place, row.get_ref(place + 2)?);
    }
    write_record(out, row.get(0)?, row.get_ref(1)?.as_bytes()?, &cells);
    Ok(())
}

fn cell(place: usize, value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Cell::Null,
        ValueRef::Integer(number) if place == ACTIVE => Cell::Flag(number != 0),
        ValueRef::Integer(number) => Cell::Number(number as f64),
        ValueRef::Real(number) => Cell::Number(number),
        ValueRef::Text(text) => Cell::Text(text),
    }
}

fn columns(fields: Fields) -> [Option<Value>; 8] {
    [
        fields.name.map(Value::Text),
        fields.status.map(Value::Text),
        fields.revenue.map(Value::Real),
        fields.founded.map(Value::Text),
        fields.email.map(Value::Text),
        fields.active.map(|yes| Value::Integer(i64::from(yes))),
        fields.notes.map(Value::Text),
        fields.city.map(Value::Text),
    ]
}

fn value_of(argument: Argument) -> Value {
    match argument {
        Argument::Text(text) => Value::Text(text),
        Argument::Real(number) => Value::Real(number),
        Argument::Integer(number) => Value::Integer(number),
    }
}
