//! The format of a database file: its own tables beside those of the records, and what is read at opening.

use super::catalog::{self, Catalog};
use super::tables::{self, Left};
use crate::home;
use crate::migrations::{self, Migration};
use crate::postgres::{self, Node};
use crate::sqlite::{self, SqliteTx};
use crate::tx::{self, Tx};
use model::{Cell, DatabaseKey, Error, Result, Seq};
use rusqlite::Connection;
use std::sync::Arc;

/// `state` has one row: the last sequence and the version of the schema. `tables.version` counts the writes that
/// changed a table. `log` keeps inverses; `log_record` finds the rows of a record (record 0: every row that
/// changed or deleted records of the table, or its definition). `blocks` counts the records in each run of 1024 numbers, so that a page far into a table is found
/// without reading what lies before it.
const FIRST: Migration = Migration {
    version: 1,
    name: "first",
    sqlite: "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, schema_version INTEGER NOT NULL) STRICT;
INSERT INTO state (one, seq, schema_version) VALUES (1, 0, 0);
CREATE TABLE tables (id INTEGER PRIMARY KEY, definition TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0,
    next_record INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE nav (id INTEGER PRIMARY KEY, definition TEXT NOT NULL) STRICT;
CREATE TABLE log (seq INTEGER PRIMARY KEY, key BLOB NOT NULL, at INTEGER NOT NULL, actor INTEGER, token INTEGER,
    client TEXT, cause INTEGER NOT NULL, of INTEGER, tables TEXT NOT NULL, inverse TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX log_key ON log (key);
CREATE INDEX log_client ON log (client, seq) WHERE client IS NOT NULL;
CREATE TABLE log_record (table_id INTEGER NOT NULL, record_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (table_id, record_id, seq)) WITHOUT ROWID, STRICT;
CREATE TABLE blocks (table_id INTEGER NOT NULL, block INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (table_id, block)) WITHOUT ROWID, STRICT;
CREATE TABLE indexes (name TEXT PRIMARY KEY, table_id INTEGER NOT NULL, definition TEXT NOT NULL,
    built INTEGER NOT NULL, made_at INTEGER NOT NULL, used_at INTEGER NOT NULL) WITHOUT ROWID, STRICT;
",
    postgres: "
CREATE TABLE meta (key text COLLATE \"C\" PRIMARY KEY, value text COLLATE \"C\" NOT NULL);
CREATE TABLE state (one bigint PRIMARY KEY CHECK (one = 1), seq bigint NOT NULL, schema_version bigint NOT NULL);
INSERT INTO state (one, seq, schema_version) VALUES (1, 0, 0);
CREATE TABLE tables (id bigint PRIMARY KEY, definition text COLLATE \"C\" NOT NULL, version bigint NOT NULL DEFAULT 0,
    next_record bigint NOT NULL DEFAULT 1);
CREATE TABLE nav (id bigint PRIMARY KEY, definition text COLLATE \"C\" NOT NULL);
CREATE TABLE log (seq bigint PRIMARY KEY, key bytea NOT NULL, at bigint NOT NULL, actor bigint, token bigint,
    client text COLLATE \"C\", cause bigint NOT NULL, of bigint, tables text COLLATE \"C\" NOT NULL, inverse text COLLATE \"C\" NOT NULL);
CREATE UNIQUE INDEX log_key ON log (key);
CREATE INDEX log_client ON log (client, seq) WHERE client IS NOT NULL;
CREATE TABLE log_record (table_id bigint NOT NULL, record_id bigint NOT NULL, seq bigint NOT NULL,
    PRIMARY KEY (table_id, record_id, seq));
CREATE TABLE blocks (table_id bigint NOT NULL, block bigint NOT NULL, n bigint NOT NULL,
    PRIMARY KEY (table_id, block));
CREATE TABLE indexes (name text COLLATE \"C\" PRIMARY KEY, table_id bigint NOT NULL, definition text COLLATE \"C\" NOT NULL,
    built bigint NOT NULL, made_at bigint NOT NULL, used_at bigint NOT NULL);
",
};

/// `runs` has what came of clicks on buttons, by the sequence of the write that each made.
const RUNS: Migration = Migration {
    version: 2,
    name: "runs",
    sqlite: "
CREATE TABLE runs (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor INTEGER, table_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL, field_id INTEGER NOT NULL, outcomes TEXT NOT NULL, took INTEGER) STRICT;
CREATE INDEX runs_field ON runs (table_id, field_id, seq);
",
    postgres: "
CREATE TABLE runs (seq bigint PRIMARY KEY, at bigint NOT NULL, actor bigint, table_id bigint NOT NULL,
    record_id bigint NOT NULL, field_id bigint NOT NULL, outcomes text COLLATE \"C\" NOT NULL, took bigint);
CREATE INDEX runs_field ON runs (table_id, field_id, seq);
",
};

/// The writes that requests with an `Idempotency-Key` made, by a key made of the request's, with what each gave: committed
/// with the write itself, so that a retry neither writes again nor answers otherwise.
const DONE: Migration = Migration {
    version: 3,
    name: "done",
    sqlite: "
CREATE TABLE done (key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, at INTEGER NOT NULL, result BLOB)
    WITHOUT ROWID, STRICT;
CREATE INDEX done_at ON done (at);
",
    postgres: "
CREATE TABLE done (key bytea PRIMARY KEY, fingerprint bytea NOT NULL, at bigint NOT NULL, result bytea);
CREATE INDEX done_at ON done (at);
",
};

/// `files` has a row for each file that was ever put into a record here; where, `file_places` says (field 0: the record
/// itself). Rows of both stay when a cell changes: the log can bring it back.
const FILES: Migration = Migration {
    version: 4,
    name: "files",
    sqlite: "
CREATE TABLE files (token TEXT PRIMARY KEY, hash BLOB NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
    name TEXT NOT NULL, width INTEGER, height INTEGER, created_at INTEGER NOT NULL, user_id INTEGER, token_id INTEGER)
    WITHOUT ROWID, STRICT;
CREATE TABLE file_places (token TEXT NOT NULL, table_id INTEGER NOT NULL, record_id INTEGER NOT NULL,
    field_id INTEGER NOT NULL, PRIMARY KEY (token, table_id, record_id, field_id)) WITHOUT ROWID, STRICT;
CREATE INDEX file_places_record ON file_places (table_id, record_id);
",
    postgres: "
CREATE TABLE files (token text COLLATE \"C\" PRIMARY KEY, hash bytea NOT NULL, size bigint NOT NULL,
    media_type text COLLATE \"C\" NOT NULL, name text COLLATE \"C\" NOT NULL, width bigint, height bigint,
    created_at bigint NOT NULL, user_id bigint, token_id bigint);
CREATE TABLE file_places (token text COLLATE \"C\" NOT NULL, table_id bigint NOT NULL, record_id bigint NOT NULL,
    field_id bigint NOT NULL, PRIMARY KEY (token, table_id, record_id, field_id));
CREATE INDEX file_places_record ON file_places (table_id, record_id);
",
};

/// `record_files` has the files that records have themselves, beside those in cells, by their names; `seq` is that of the
/// write which put one there.
const RECORD_FILES: Migration = Migration {
    version: 5,
    name: "record_files",
    sqlite: "
CREATE TABLE record_files (table_id INTEGER NOT NULL, record_id INTEGER NOT NULL, name TEXT NOT NULL,
    token TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, user_id INTEGER,
    PRIMARY KEY (table_id, record_id, name)) WITHOUT ROWID, STRICT;
CREATE INDEX record_files_seq ON record_files (table_id, seq);
",
    postgres: "
CREATE TABLE record_files (table_id bigint NOT NULL, record_id bigint NOT NULL, name text COLLATE \"C\" NOT NULL,
    token text COLLATE \"C\" NOT NULL, seq bigint NOT NULL, at bigint NOT NULL, user_id bigint,
    PRIMARY KEY (table_id, record_id, name));
CREATE INDEX record_files_seq ON record_files (table_id, seq);
",
};

/// `outlines` has the rows of all tables of the standard outline shape ([`super::ground`]). `tables.lies` says where those
/// of a table are: 0 in a table of its own, 1 there; more is the instant (UTC milliseconds) at which it moved out, and what
/// it left behind there is not swept yet. `changed` is the version of the schema that a row came with, so that a node
/// that knows an older one reads only what is new; an item of the navigation that went stays as an empty text.
const OUTLINES: Migration = Migration {
    version: 6,
    name: "outlines",
    sqlite: "
ALTER TABLE tables ADD COLUMN lies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tables ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE nav ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE outlines (t INTEGER NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL, created_at INTEGER NOT NULL,
    created_by INTEGER, modified_at INTEGER, modified_by INTEGER, valid INTEGER NOT NULL, parent INTEGER, rank TEXT,
    f1 TEXT, f2 TEXT, f3 INTEGER, f4 INTEGER, f5 INTEGER, f6 INTEGER, f7 INTEGER,
    PRIMARY KEY (t, id)) WITHOUT ROWID, STRICT;
CREATE INDEX outlines_seq ON outlines (t, seq);
CREATE INDEX outlines_place ON outlines (t, parent, rank, id);
",
    postgres: "
ALTER TABLE tables ADD COLUMN lies bigint NOT NULL DEFAULT 0;
ALTER TABLE tables ADD COLUMN changed bigint NOT NULL DEFAULT 0;
CREATE INDEX tables_changed ON tables (changed);
ALTER TABLE nav ADD COLUMN changed bigint NOT NULL DEFAULT 0;
CREATE INDEX nav_changed ON nav (changed);
CREATE TABLE outlines (t bigint NOT NULL, id bigint NOT NULL, seq bigint NOT NULL, created_at bigint NOT NULL,
    created_by bigint, modified_at bigint, modified_by bigint, valid bigint NOT NULL, parent bigint,
    rank text COLLATE \"C\", f1 text COLLATE \"C\", f1k bytea, f1f text COLLATE \"C\", f2 text COLLATE \"C\", f2k bytea,
    f2f text COLLATE \"C\", f3 bigint, f4 bigint, f5 bigint, f6 bigint, f7 bigint, PRIMARY KEY (t, id));
CREATE INDEX outlines_seq ON outlines (t, seq);
CREATE INDEX outlines_place ON outlines (t, parent, rank, id);
",
};

/// `deploys` has what happened when what is made of the data elsewhere was to be made anew.
const DEPLOYS: Migration = Migration {
    version: 7,
    name: "deploys",
    sqlite: "
CREATE TABLE deploys (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, event INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
",
    postgres: "
CREATE TABLE deploys (id bigint PRIMARY KEY, at bigint NOT NULL, event bigint NOT NULL,
    data text COLLATE \"C\" NOT NULL);
",
};

/// Long texts have no keys beside them from here on ([`super::beside`]). Nothing is to be done for that, but a program
/// that would sort by such keys must not open what came after.
const LONG_TEXTS: Migration = Migration { version: 8, name: "long_texts", sqlite: "", postgres: "" };

/// `rights` has one row, a copy of the home store's epoch of rights ([`crate::postgres::rights`]); nothing needs one in a
/// file. It has no index: a change of rights takes a lock for each table and index that it writes to.
const RIGHTS: Migration = Migration {
    version: 9,
    name: "rights",
    sqlite: "",
    postgres: "
CREATE TABLE rights (access bigint NOT NULL);
INSERT INTO rights (access) VALUES (-1);
",
};

/// The steps of the format, oldest first.
pub const STEPS: &[Migration] = &[FIRST, RUNS, DONE, FILES, RECORD_FILES, OUTLINES, DEPLOYS, LONG_TEXTS, RIGHTS];

const KEY: &str = "SELECT value FROM meta WHERE key = 'database'";
const PUT_KEY: &str = "INSERT INTO meta (key, value) VALUES ('database', ?1)";
const HAS_OUTLINES: &str = "SELECT 1 FROM migrations WHERE version = 6";
const SEQ: &str = "SELECT seq FROM state WHERE one = 1";
const RIGHTS_COPY: &str = "SELECT access FROM rights";

/// Whether a database has the shared table of outlines: not before somebody has opened it since there is one.
pub fn has_outlines(tx: &mut dyn Tx) -> Result<bool> {
    Ok(tx::first(tx, HAS_OUTLINES, &[], |_| Ok(()))?.is_some())
}

/// What opening finds.
pub struct Opened {
    pub catalog: Catalog,
    pub seq: Seq,
}

/// Migrates the schema of a database and reads its catalog. Only a new database may have no schema yet.
pub fn prepare_schema(node: &Arc<Node>, schema: &str, key: DatabaseKey, is_new: bool, now: i64) -> Result<Opened> {
    if !is_new && !node.has_schema(schema)? {
        return Err(Error::Unavailable(format!("the schema {schema} is missing")));
    }
    let (opened, rights) = node.in_schema(schema, postgres::WRITE, |tx| {
        if is_new {
            tx.script(&format!("CREATE SCHEMA {}", postgres::quoted(schema)))?;
        }
        let opened = prepare_in(tx, key, now)?;
        Ok((opened, tx::first(tx, RIGHTS_COPY, &[], |row| Ok(row.cell(0).integer()))?.flatten()))
    })?;
    // In a new one, the write that lists it sets the copy.
    if !is_new && rights != Some(node.in_home(postgres::READ, |tx| home::access(tx))? as i64) {
        node.copy_rights(schema)?;
    }
    Ok(opened)
}

/// Migrates the file behind a writing connection and reads its catalog.
pub fn prepare_file(connection: &Connection, key: DatabaseKey, now: i64) -> Result<Opened> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(sqlite::failure)?;
    let mut tx = SqliteTx(connection);
    let opened = prepare_in(&mut tx, key, now);
    connection.execute_batch(if opened.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(sqlite::failure)?;
    opened
}

fn prepare_in(tx: &mut dyn Tx, key: DatabaseKey, now: i64) -> Result<Opened> {
    migrations::migrate(tx, STEPS, &format!("the database {key}"), now)?;
    match tx::first(tx, KEY, &[], |row| Ok(row.cell(0).text().unwrap_or("").to_owned()))? {
        None => drop(tx.execute(PUT_KEY, &[Cell::Text(key.as_str())])?),
        Some(found) if found == key.as_str() => {}
        Some(found) => return Err(Error::Unavailable(format!("the place of database {key} holds {found}"))),
    }
    let left = Left::at_opening(tx.flavor());
    tables::sweep(tx, left)?;
    let seq = tx::first(tx, SEQ, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0);
    Ok(Opened { catalog: catalog::load(tx)?, seq: Seq(seq as u64) })
}
