//! Export: one database as a single SQLite file that any shell reads: beside our tables stand views that carry the
//! names people gave. Nothing in it calls functions of ours.

use super::columns::{CHOICES, Columns, USERS};
use super::{Store, copy};
use crate::database::catalog::{self, Catalog};
use crate::database::format;
use crate::database::layout::{column_name, table_name};
use crate::database::tables::{self, Left};
use crate::folder;
use crate::home::{databases, users};
use crate::sqlite::{self, SqliteTx};
use crate::tx::{self, Tx};
use model::kind::{Class, Storage};
use model::{Cell, DatabaseKey, Error, Kind, Result, Subject, Table, TableId};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What calls our functions or keeps an index of ours up to date.
const OURS: &str = "SELECT type, name FROM sqlite_schema WHERE type = 'trigger' \
                    OR (type = 'index' AND sql LIKE '%mt\\_%' ESCAPE '\\') \
                    OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%') ORDER BY type DESC";
const NAMES: &str = "SELECT name FROM sqlite_schema";
const FORGET_INDEXES: &str = "DELETE FROM indexes";
const INSERT_CHOICE: &str = "INSERT INTO export_choices (table_id, field_id, id, name) VALUES (?1, ?2, ?3, ?4)";
const INSERT_USER: &str = "INSERT INTO temp.people (id, name) VALUES (?1, ?2)";

impl Store {
    /// Writes a database to a new file. The views are named by the tables and their columns by the fields; options are
    /// names, dates ISO text, checkboxes 0 or 1, links the `id`s of the other view.
    pub fn export_database(&self, key: DatabaseKey, target: &Path) -> Result<()> {
        if self.node().is_some() {
            return Err(Error::Unavailable(
                "a database on PostgreSQL cannot be written to a SQLite file yet: see docs/operating.md".to_owned(),
            ));
        }
        let row = self.home.read(|tx| databases::find(tx, key))?;
        if row.is_none_or(|row| row.deleted_at.is_some()) {
            return Err(Error::not_found(Subject::Database, key.to_string()));
        }
        if target.exists() {
            return Err(Error::Conflict(format!("{} is there already", target.display())));
        }
        let mut part = target.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        copy::remove(&part);
        let people = self.home.read(users::all)?;
        let made = copy::snapshot(&self.folder.database(key), &part).and_then(|copied| {
            // Our functions are needed once more, to take away what calls them.
            drop(copied);
            let copied = sqlite::open(&part, sqlite::Mode::Write, sqlite::Durability::Normal)?;
            copied.execute_batch("BEGIN").map_err(sqlite::failure)?;
            make_readable(&copied, &people)?;
            copied.execute_batch("COMMIT").map_err(sqlite::failure)?;
            drop(copied);
            copy::settle(&part)?;
            folder::rename(&part, target)
        });
        if made.is_err() {
            copy::remove(&part);
        }
        made
    }
}

fn make_readable(copied: &Connection, people: &[users::UserRow]) -> Result<()> {
    let tx = &mut SqliteTx(copied);
    let ours = tx::all(tx, OURS, &[], |row| {
        let word = |i: usize| row.cell(i).text().unwrap_or_default().to_owned();
        Ok((word(0), word(1)))
    })?;
    for (kind, name) in ours {
        // A word of the schema, never of a person.
        tx.script(&format!("DROP {kind} IF EXISTS {}", quoted(&name)))?;
    }
    tx.execute(FORGET_INDEXES, &[])?;
    if format::has_outlines(tx)? {
        tables::sweep(tx, Left::Ever)?;
    }
    let catalog = catalog::load(tx)?;
    add_choices(tx, &catalog)?;
    add_users(tx, &catalog, people)?;
    let mut taken: BTreeSet<String> =
        tx::all(tx, NAMES, &[], |row| Ok(row.cell(0).text().unwrap_or_default().to_ascii_lowercase()))?
            .into_iter()
            .collect();
    let names: BTreeMap<TableId, String> =
        catalog.schema.live_tables().map(|table| (table.id, distinct(&table.name, "table", &mut taken))).collect();
    let columns = Columns { catalog: &catalog, names: &names };
    for table in catalog.schema.live_tables() {
        create_view(tx, table, &names, &columns)?;
    }
    Ok(())
}

fn create_view(tx: &mut dyn Tx, table: &Table, names: &BTreeMap<TableId, String>, columns: &Columns<'_>) -> Result<()> {
    let mut taken = BTreeSet::new();
    let list: Vec<String> = columns
        .of_table(table)
        .into_iter()
        .map(|(name, sql)| format!("{sql} AS {}", quoted(&distinct(&name, "field", &mut taken))))
        .collect();
    let name = names.get(&table.id).map_or("", String::as_str);
    let from = columns.catalog.ground(table.id)?.aliased("r0");
    tx.script(&format!("CREATE VIEW {} AS SELECT {} FROM {from}", quoted(name), list.join(", ")))
}

/// The names of the options of all fields.
fn add_choices(tx: &mut dyn Tx, catalog: &Catalog) -> Result<()> {
    tx.script(&format!(
        "CREATE TABLE {CHOICES} (table_id INTEGER NOT NULL, field_id INTEGER NOT NULL, id INTEGER NOT NULL, \
         name TEXT NOT NULL, PRIMARY KEY (table_id, field_id, id)) WITHOUT ROWID"
    ))?;
    for table in catalog.schema.live_tables() {
        for field in table.live_fields() {
            let options = match &field.kind {
                Kind::Choice(choice) => &choice.options,
                Kind::MultiChoice(choice) => &choice.options,
                _ => continue,
            };
            for option in &options.list {
                let number = |n: u32| Cell::Integer(n.into());
                let params = [number(table.id.0), number(field.id.0), number(option.id.0), Cell::Text(&option.name)];
                tx.execute(INSERT_CHOICE, &params)?;
            }
        }
    }
    Ok(())
}

/// The names of the users that stand in the records, and of no others.
fn add_users(tx: &mut dyn Tx, catalog: &Catalog, people: &[users::UserRow]) -> Result<()> {
    tx.script(&format!(
        "CREATE TABLE {USERS} (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
         CREATE TEMP TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
    ))?;
    for user in people {
        tx.execute(INSERT_USER, &[Cell::Integer(user.id.0.into()), Cell::Text(&user.name)])?;
    }
    for table in catalog.schema.live_tables() {
        let (name, from) = (table_name(table.id), catalog.ground(table.id)?.source());
        let mut sources = vec![format!("SELECT created_by FROM {from}"), format!("SELECT modified_by FROM {from}")];
        for field in table.live_fields().filter(|f| matches!(f.kind.storage(), Storage::Column(_))) {
            for c in &field.columns {
                let column = column_name(c.column);
                match field.kind.class() {
                    Class::User => sources.push(format!("SELECT {column} FROM {from}")),
                    Class::Users => sources.push(format!("SELECT j.value FROM {from}, json_each({name}.{column}) j")),
                    _ => {}
                }
            }
        }
        for source in sources {
            tx.script(&format!(
                "INSERT OR IGNORE INTO {USERS} SELECT id, name FROM temp.people WHERE id IN ({source})"
            ))?;
        }
    }
    tx.script("DROP TABLE temp.people")
}

/// A name that is not taken yet, whatever its case; it is taken then.
fn distinct(name: &str, fallback: &str, taken: &mut BTreeSet<String>) -> String {
    let mut plain: String = name.chars().filter(|c| !c.is_control()).collect();
    if plain.trim().is_empty() {
        plain = fallback.to_owned();
    }
    // The engine keeps this beginning for itself.
    if plain.to_ascii_lowercase().starts_with("sqlite_") {
        plain.insert(0, '_');
    }
    let mut given = plain.clone();
    let mut n = 2;
    while !taken.insert(given.to_ascii_lowercase()) {
        given = format!("{plain} {n}");
        n += 1;
    }
    given
}

/// A name as an identifier of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
