//! What the tests of the store share: a data folder with a workspace, and a database with a table of texts.

#![allow(dead_code, reason = "each test file uses some of it")]

use model::field::FieldColumn;
use model::kind::line::Line;
use model::table::Shape;
use model::*;
use std::path::Path;
use std::sync::Arc;
use store::database::log::{Cause, Entry};
use store::database::records::{NewRow, Stamp};
use store::database::{Database, log, records, tables};
use store::home::databases::NewDatabase;
use store::home::{Touch, databases, workspaces};
use store::sqlite::Durability;
use store::store::{Store, StoreOptions};

pub const NOW: i64 = 1_700_000_000_123;

pub fn open(folder: &Path) -> Store {
    let options =
        StoreOptions { durability: Durability::Normal, scan_threads: 1, open_databases: 4, ..StoreOptions::default() };
    Store::open(folder, options, NOW).expect("opens")
}

pub fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).expect("a key")
}

/// A workspace with one database of this key.
pub fn add_database(store: &Store, key: DatabaseKey) -> Arc<Database> {
    store
        .create_database(key, Touch::Access, |tx| {
            let workspace = workspaces::insert(tx, "Workspace", NOW)?;
            databases::insert(tx, &NewDatabase { key, workspace, name: "Database", icon: None, at: NOW })
        })
        .expect("made");
    store.database(key).expect("opens")
}

pub fn field(id: u32, name: &str, kind: Kind) -> Field {
    let stored = !matches!(kind.storage(), kind::Storage::Derived | kind::Storage::System(_));
    let column = FieldColumn { locale: LocaleId::NONE, column: ColumnId(id) };
    Field {
        id: FieldId(id),
        name: name.to_owned(),
        key: format!("field_{id}"),
        description: None,
        kind,
        validators: vec![],
        localized: false,
        default: None,
        columns: if stored { vec![column] } else { vec![] },
        indexed: false,
        hidden_in: vec![],
        deleted_at: None,
        bag: Bag::new(),
    }
}

pub fn table(id: u32, name: &str, fields: Vec<Field>) -> Table {
    let next = fields.len() as u32 + 1;
    Table {
        id: TableId(id),
        name: name.to_owned(),
        key: format!("table_{id}"),
        description: None,
        icon: None,
        shape: Shape::Plain,
        primary: FieldId(1),
        fields: fields.into(),
        views: vec![],
        next_field: FieldId(next),
        next_column: ColumnId(next),
        retired: vec![],
        retired_links: vec![],
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    }
}

pub fn texts(id: u32) -> Table {
    table(id, "Texts", vec![field(1, "Text", Kind::Line(Line::default()))])
}

pub fn entry(n: u64, table: TableId) -> Entry {
    let mut key = [0; 16];
    key[8..].copy_from_slice(&n.to_be_bytes());
    Entry {
        key,
        at: NOW,
        actor: Some(UserId(1)),
        token: None,
        client: None,
        cause: Cause::Write,
        tables: vec![table],
        records: vec![],
        inverse: vec![],
    }
}

/// Makes a table in a write of its own.
pub fn add_table(database: &Database, table: Table) {
    database
        .write_blocking(move |w| {
            tables::create(w, &table)?;
            let entry = entry(w.seq().0, table.id);
            log::append(w, &entry)
        })
        .expect("made");
}

/// Adds a record in a write of its own. The cells are those of the value columns in order.
pub fn add_record(database: &Database, table: TableId, cells: Vec<StoredCell>) -> RecordId {
    add(database, table, move |_| cells.clone())
}

fn add(database: &Database, table: TableId, cells: impl Fn(RecordId) -> Vec<StoredCell> + Send + 'static) -> RecordId {
    database
        .write_blocking(move |w| {
            let id = w.reserve(table, 1)?;
            let layout = w.catalog().layout(table)?.clone();
            let cells = cells(id);
            let row = NewRow { id, cells: &cells, valid: true, parent: None, rank: None };
            records::insert(w, &layout, Stamp { at: NOW, by: Some(UserId(1)) }, &row)?;
            let entry = entry(w.seq().0, table);
            log::append(w, &entry)?;
            Ok(id)
        })
        .expect("added")
}

/// Adds a record whose text is its own number.
pub fn add_numbered(database: &Database, table: TableId) -> RecordId {
    add(database, table, |id| vec![StoredCell::Text(id.0.to_string())])
}

/// The texts of the table of [`texts`] by number.
pub fn read_texts(database: &Database, id: u32) -> Vec<(i64, String)> {
    database
        .read_blocking(|read| {
            store::tx::all(read.tx, &format!("SELECT id, f1 FROM t{id} ORDER BY id"), &[], |row| {
                Ok((row.cell(0).integer().unwrap_or(0), row.cell(1).text().unwrap_or("").to_owned()))
            })
        })
        .expect("reads")
}
