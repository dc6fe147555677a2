//! Check: whether every file is sound and they agree with each other.

use super::Store;
use crate::database::{blocks, catalog, format, layout, log};
use crate::flavor::Flavor;
use crate::folder::DataFolder;
use crate::home::databases::{self, DatabaseRow};
use crate::postgres::{Node, READ};
use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::{self, GO_ON, STOP, Tx};
use model::{Cell, DatabaseKey, Result, Seq};
use std::path::{Path, PathBuf};

/// Most faults reported of one file.
const MAX_FAULTS: usize = 100;

const INTEGRITY: &str = "PRAGMA integrity_check(100)";
const FOREIGN_KEYS: &str = "PRAGMA foreign_key_check";
const KEY: &str = "SELECT value FROM meta WHERE key = 'database'";
const SEQ: &str = "SELECT seq FROM state WHERE one = 1";
/// Rows of the shared physical table that are of no table there, nor left by one that moved out.
const STRAY: &str = "SELECT count(*) FROM outlines WHERE t NOT IN (SELECT id FROM tables WHERE lies > 0)";
const TABLE_EXISTS: &str = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
const TABLE_EXISTS_HERE: &str =
    "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = ?1";
/// Grants that nobody holds or that are on nothing.
const LOOSE_GRANTS: &str = "SELECT count(*) FROM grants g \
    LEFT JOIN users u ON u.id = g.user_id LEFT JOIN tokens t ON t.id = g.token_id \
    LEFT JOIN workspaces w ON w.id = g.workspace_id LEFT JOIN databases d ON d.id = g.database_id \
    WHERE (g.user_id > 0 AND u.id IS NULL) OR (g.token_id > 0 AND t.id IS NULL) \
    OR (g.workspace_id > 0 AND w.id IS NULL) OR (g.database_id > 0 AND d.id IS NULL)";

impl Store {
    /// What is wrong with the data folder, in words; nothing when all is well. Others may go on writing.
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut listed = Vec::new();
        let home = self.home.read(|tx| {
            databases::each(tx, &mut |row| {
                listed.push(row);
                Ok(())
            })
        });
        report(&mut faults, "home", home.map(|()| Vec::new()));
        if let Some(node) = self.node() {
            self.check_schemas(node, &listed, &mut faults);
            return faults;
        }
        report(&mut faults, "home.db", check_file(&self.folder.home(), &mut check_home));
        for row in &listed {
            let Some(path) = find(&self.folder, row) else {
                faults.push(format!("the database {} ({}) has no file", row.key, row.name));
                continue;
            };
            let checked = check_file(&path, &mut |tx| check_database(tx, row.key));
            report(&mut faults, row.key.as_str(), checked);
        }
        match self.unlisted() {
            Ok(names) => faults.extend(names.iter().map(|name| format!("the file databases/{name} is not listed"))),
            Err(error) => faults.push(error.to_string()),
        }
        faults
    }

    /// The same on PostgreSQL, which looks after its own pages.
    fn check_schemas(&self, node: &Node, listed: &[DatabaseRow], faults: &mut Vec<String>) {
        let loose = node.in_home(READ, |tx| loose_grants(tx));
        report(faults, "home", loose);
        for row in listed {
            let checked = node.in_schema(&node.schema_of(row.key), READ, |tx| check_database(tx, row.key));
            report(faults, row.key.as_str(), checked);
        }
        match node.schemas() {
            Ok(found) => {
                let unlisted = found.iter().filter(|key| listed.iter().all(|row| row.key.as_str() != key.as_str()));
                faults.extend(unlisted.map(|key| format!("the schema of the database {key} is not listed")));
            }
            Err(error) => faults.push(error.to_string()),
        }
    }
}

/// Where the file of a database is. A deleted one may be on its way to the trash.
pub(super) fn find(folder: &DataFolder, row: &DatabaseRow) -> Option<PathBuf> {
    let (live, trashed) = (folder.database(row.key), folder.trashed(row.key));
    let places = if row.deleted_at.is_some() { [trashed, live] } else { [live, trashed] };
    places.into_iter().find(|path| path.exists())
}

fn report(faults: &mut Vec<String>, name: &str, checked: Result<Vec<String>>) {
    match checked {
        Ok(found) => faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}"))),
        // The cause itself: this list is for whoever runs the server.
        Err(error) => faults.push(format!("{name}: {error:?}")),
    }
}

/// Checks a file on a connection and a snapshot of its own.
fn check_file(path: &Path, own: &mut dyn FnMut(&mut dyn Tx) -> Result<Vec<String>>) -> Result<Vec<String>> {
    let connection = sqlite::open(path, Mode::Read, Durability::Full)?;
    let mut tx = SqliteTx(&connection);
    tx.execute("BEGIN", &[])?;
    let mut faults = Vec::new();
    tx.query(INTEGRITY, &[], &mut |row| {
        let said = row.cell(0).text().unwrap_or("unreadable");
        if said != "ok" {
            faults.push(said.to_owned());
        }
        Ok(GO_ON)
    })?;
    if faults.is_empty() {
        faults = own(&mut tx)?;
    }
    tx.execute("COMMIT", &[])?;
    Ok(faults)
}

fn check_home(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    tx.query(FOREIGN_KEYS, &[], &mut |row| {
        faults.push(format!("a row of {} refers to nothing", row.cell(0).text().unwrap_or("")));
        Ok(if faults.len() < MAX_FAULTS { GO_ON } else { STOP })
    })?;
    faults.extend(loose_grants(tx)?);
    Ok(faults)
}

fn loose_grants(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let loose = tx::first(tx, LOOSE_GRANTS, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0);
    Ok(match loose {
        0 => Vec::new(),
        loose => vec![format!("{loose} grants are held by nobody or on nothing")],
    })
}

/// Whether the database has a table of this name.
pub(super) fn table_exists(tx: &mut dyn Tx, name: &str) -> Result<bool> {
    let sql = match tx.flavor() {
        Flavor::Sqlite => TABLE_EXISTS,
        Flavor::Postgres => TABLE_EXISTS_HERE,
    };
    Ok(tx::first(tx, sql, &[Cell::Text(name)], |_| Ok(()))?.is_some())
}

fn check_database(tx: &mut dyn Tx, key: DatabaseKey) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let found = tx::first(tx, KEY, &[], |row| Ok(row.cell(0).text().unwrap_or_default().to_owned()))?;
    if found.as_deref() != Some(key.as_str()) {
        faults.push(format!("the file says it is the database {}", found.unwrap_or_default()));
    }
    let seq = tx::first(tx, SEQ, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0);
    faults.extend(log::check(tx, Seq(seq as u64))?);
    let catalog = catalog::load(tx)?;
    for table in catalog.schema.tables.keys() {
        let (name, ground) = (layout::table_name(*table), catalog.ground(*table)?);
        if !table_exists(tx, &ground.name())? {
            faults.push(format!("the table {name} is missing"));
            continue;
        }
        let sql = format!("SELECT count(*) FROM {}", ground.source());
        let records = tx::first(tx, &sql, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0);
        let counted = blocks::count(tx, *table)?;
        if records as u64 != counted {
            faults.push(format!("the table {name} has {records} records and a count of {counted}"));
        }
    }
    let stray = match format::has_outlines(tx)? {
        true => tx::first(tx, STRAY, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0),
        false => 0,
    };
    if stray > 0 {
        faults.push(format!("{stray} rows of outlines belong to no table that lies there"));
    }
    faults.truncate(MAX_FAULTS);
    Ok(faults)
}
