//! The one table: its statements, and a row of it as JSON.
//! Answers are written straight from the buffers of `SQLite`; no JSON tree is built on the way out.

use crate::{Answer, Fault};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params_from_iter};
use serde::Deserialize;

/// In the order in which every statement below lists them.
pub const COLUMNS: [&str; 8] = ["name", "status", "revenue", "founded", "email", "active", "notes", "city"];
/// The place of the only column that is a boolean to clients.
const ACTIVE: usize = 5;

/// `seq` numbers the writes. A server with a change feed keeps it indexed, so the floor can be told to do the same.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS companies (id INTEGER PRIMARY KEY, created TEXT NOT NULL, \
     seq INTEGER NOT NULL, name TEXT, status TEXT, revenue REAL, founded TEXT, email TEXT, active INTEGER, notes TEXT, \
     city TEXT) STRICT";
pub const INDEX_SEQ: &str = "CREATE INDEX IF NOT EXISTS companies_seq ON companies (seq)";
pub const INDEX_FILTER: &str = "CREATE INDEX IF NOT EXISTS companies_status_revenue ON companies (status, revenue)";
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
    Ok(connection)
}

/// A record's fields as a client sends them: an absent one stays as it is, or is null in a new record.
#[derive(Deserialize)]
pub struct Fields {
    name: Option<String>,
    status: Option<String>,
    revenue: Option<f64>,
    founded: Option<String>,
    email: Option<String>,
    active: Option<bool>,
    notes: Option<String>,
    city: Option<String>,
}

impl Fields {
    fn columns(self) -> [Option<Value>; 8] {
        [
            self.name.map(Value::Text),
            self.status.map(Value::Text),
            self.revenue.map(Value::Real),
            self.founded.map(Value::Text),
            self.email.map(Value::Text),
            self.active.map(|yes| Value::Integer(i64::from(yes))),
            self.notes.map(Value::Text),
            self.city.map(Value::Text),
        ]
    }
}

pub fn get(connection: &Connection, id: i64) -> Answer {
    connection.prepare_cached(SELECT_ONE)?.query_row([id], record_of_row).optional()?.ok_or_else(Fault::not_found)
}

/// The records that `tail` (everything after `FROM companies`) selects.
pub fn list(connection: &Connection, tail: &str, arguments: &[Value]) -> Answer {
    let mut statement = connection.prepare_cached(&format!("{SELECT}{tail}"))?;
    let mut rows = statement.query(params_from_iter(arguments))?;
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

pub fn create(connection: &Connection, seq: i64, records: Vec<Fields>) -> Answer {
    let created: String = connection.prepare_cached(NOW)?.query_row([], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(INSERT)?;
    let mut out = Vec::with_capacity(512 * records.len() + 64);
    out.extend_from_slice(br#"{"records":["#);
    for (place, fields) in records.into_iter().enumerate() {
        let columns = fields.columns();
        statement.raw_bind_parameter(1, &created)?;
        statement.raw_bind_parameter(2, seq)?;
        for (column, value) in columns.iter().enumerate() {
            statement.raw_bind_parameter(column + 3, value)?;
        }
        statement.raw_execute()?;
        if place > 0 {
            out.push(b',');
        }
        let cells = columns.each_ref().map(|value| value.as_ref().map_or(ValueRef::Null, ValueRef::from));
        write_record(&mut out, connection.last_insert_rowid(), created.as_bytes(), &cells);
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

pub fn update(connection: &Connection, seq: i64, id: i64, fields: Fields) -> Answer {
    let mut sql = String::from("UPDATE companies SET seq = ?");
    let mut arguments = vec![Value::Integer(seq)];
    for (column, value) in COLUMNS.iter().zip(fields.columns()) {
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
    let mut cells = [ValueRef::Null; 8];
    for (column, cell) in cells.iter_mut().enumerate() {
        *cell = row.get_ref(column + 2)?;
    }
    write_record(out, row.get(0)?, row.get_ref(1)?.as_bytes()?, &cells);
    Ok(())
}

fn write_record(out: &mut Vec<u8>, id: i64, created: &[u8], cells: &[ValueRef<'_>; 8]) {
    out.extend_from_slice(br#"{"id":"rec"#);
    out.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
    out.extend_from_slice(br#"","fields":{"#);
    for (column, cell) in cells.iter().enumerate() {
        out.extend_from_slice(if column == 0 { b"\"" } else { b",\"" });
        out.extend_from_slice(COLUMNS[column].as_bytes());
        out.extend_from_slice(b"\":");
        match *cell {
            ValueRef::Null | ValueRef::Blob(_) => out.extend_from_slice(b"null"),
            ValueRef::Integer(0) if column == ACTIVE => out.extend_from_slice(b"false"),
            ValueRef::Integer(_) if column == ACTIVE => out.extend_from_slice(b"true"),
            ValueRef::Integer(number) => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
            // A whole number is written without a point, as JavaScript does.
            ValueRef::Real(number) if number.trunc() == number && number.abs() < 9e15 => {
                out.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
            }
            ValueRef::Real(number) => out.extend_from_slice(ryu::Buffer::new().format(number).as_bytes()),
            ValueRef::Text(text) => write_text(out, text),
        }
    }
    out.extend_from_slice(br#"},"createdTime":"#);
    write_text(out, created);
    out.push(b'}');
}

/// Copies the stretches that need no escape in one piece each.
fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(format!("\\u{:04x}", rest[at]).as_bytes());
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}
