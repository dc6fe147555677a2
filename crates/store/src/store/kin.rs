//! Which data folder belongs to which store: so that a wrong address or folder never begins an empty store by accident.
//!
//! A store on PostgreSQL has a random number; each data folder that served it keeps the number in the file `store`.

use crate::folder::{self, DataFolder};
use crate::home::{Home, Touch};
use crate::postgres::{Node, PostgresOptions};
use crate::tx::{self, Tx};
use model::{Cell, Error, Result};
use std::path::PathBuf;
use std::sync::Arc;

const NUMBER: &str = "SELECT value FROM meta WHERE key = 'store'";
const PUT_NUMBER: &str = "INSERT INTO meta (key, value) VALUES ('store', ?1)";

/// Connects for a data folder that holds no files of a store.
pub fn open(folder: &DataFolder, options: &PostgresOptions) -> Result<Arc<Node>> {
    if folder.home().exists() {
        return Err(Error::Unavailable(format!(
            "the data folder {} holds a store in files: with a database URL, give another folder",
            folder.path().display()
        )));
    }
    Node::open(options, options.may_begin && known(folder)?.is_none())
}

/// Refuses to begin files in a data folder that served a store on PostgreSQL.
pub fn refuse_foreign(folder: &DataFolder) -> Result<()> {
    match known(folder)? {
        None => Ok(()),
        Some(_) => Err(Error::Unavailable(format!(
            "the data folder {} belongs to a store on PostgreSQL: give its database URL, or another folder",
            folder.path().display()
        ))),
    }
}

/// Refuses a store that is another than the folder served before; a new folder takes its number.
pub fn recognise(folder: &DataFolder, home: &Home, node: &Node) -> Result<()> {
    let known = known(folder)?;
    let number = home.write(Touch::Nothing, |tx| match number(tx)? {
        Some(number) => Ok(Some(number)),
        None if known.is_some() => Ok(None),
        None => {
            let number = node.random()?;
            tx.execute(PUT_NUMBER, &[Cell::Integer(number)])?;
            Ok(Some(number))
        }
    })?;
    match (known, number) {
        (None, Some(number)) => folder::write_private(&path(folder), number.to_string().as_bytes()),
        (Some(known), Some(number)) if known == number => Ok(()),
        (Some(_), _) | (None, None) => Err(Error::Unavailable(format!(
            "the data folder {} served another store than the one at the database URL",
            folder.path().display()
        ))),
    }
}

fn number(tx: &mut dyn Tx) -> Result<Option<i64>> {
    tx::first(tx, NUMBER, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))
}

fn path(folder: &DataFolder) -> PathBuf {
    folder.path().join("store")
}

fn known(folder: &DataFolder) -> Result<Option<i64>> {
    let path = path(folder);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).map_err(|error| folder::failure("cannot read", &path, &error))?;
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Error::Unavailable(format!("{} holds no number of a store", path.display()))),
    }
}
