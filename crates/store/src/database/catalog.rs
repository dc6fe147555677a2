//! The catalog: the schema as stored, with the layout of each table in SQL.

use super::layout::Layout;
use crate::flavor::Flavor;
use crate::index::{self, Standing};
use crate::tx::{self, GO_ON, Tx};
use model::{Error, NavItem, Result, Schema, Table, TableId};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The schema of a database and how its tables lie in SQL. Shared by readers; a write that changes it makes its own.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub schema: Arc<Schema>,
    /// The indexes that stand.
    pub indexes: Arc<Vec<Standing>>,
    /// Whether there can be trigram indexes.
    pub trigrams: bool,
    flavor: Flavor,
    layouts: BTreeMap<TableId, Arc<Layout>>,
    /// The tables that have formulas.
    formulas: BTreeSet<TableId>,
}

impl Catalog {
    /// The layout of a table, deleted or not.
    pub fn layout(&self, table: TableId) -> Result<&Arc<Layout>> {
        self.layouts.get(&table).ok_or_else(|| Error::not_found(model::Subject::Table, table.0.to_string()))
    }

    /// Whether a table has a formula.
    pub fn has_formulas(&self) -> bool {
        !self.formulas.is_empty()
    }

    /// Puts a definition in the place of the one with its number.
    pub fn put_table(&mut self, table: Table) {
        let table = Arc::new(table);
        let has_formulas =
            table.deleted_at.is_none() && table.live_fields().any(|f| matches!(f.kind, model::Kind::Formula(_)));
        match has_formulas {
            true => self.formulas.insert(table.id),
            false => self.formulas.remove(&table.id),
        };
        self.layouts.insert(table.id, Arc::new(Layout::of(&table, self.flavor)));
        Arc::make_mut(&mut self.schema).tables.insert(table.id, table);
    }
}

const SCHEMA_VERSION: &str = "SELECT schema_version FROM state WHERE one = 1";
const SETTINGS: &str = "SELECT value FROM meta WHERE key = 'settings'";
const TABLES: &str = "SELECT definition FROM tables ORDER BY id";
const NAV: &str = "SELECT definition FROM nav ORDER BY id";

/// Reads the whole catalog.
pub fn load(tx: &mut dyn Tx) -> Result<Catalog> {
    let mut schema = Schema::empty();
    schema.version = tx::first(tx, SCHEMA_VERSION, &[], |r| Ok(r.cell(0).integer().unwrap_or(0)))?.unwrap_or(0) as u64;
    if let Some(settings) = tx::first(tx, SETTINGS, &[], |r| stored(r.cell(0).text()))? {
        schema.settings = settings;
    }
    tx.query(NAV, &[], &mut |row| {
        let item: NavItem = stored(row.cell(0).text())?;
        schema.nav.insert(item.id, item);
        Ok(GO_ON)
    })?;
    let indexes = Arc::new(index::list(tx)?);
    let (trigrams, flavor) = (tx.trigrams().is_some(), tx.flavor());
    let mut catalog = Catalog {
        schema: Arc::new(schema),
        indexes,
        trigrams,
        flavor,
        layouts: BTreeMap::new(),
        formulas: BTreeSet::new(),
    };
    tx.query(TABLES, &[], &mut |row| {
        catalog.put_table(stored(row.cell(0).text())?);
        Ok(GO_ON)
    })?;
    Ok(catalog)
}

/// A stored form read back.
pub fn stored<T: DeserializeOwned>(text: Option<&str>) -> Result<T> {
    serde_json::from_str(text.unwrap_or(""))
        .map_err(|e| Error::Unavailable(format!("a stored definition is broken: {e}")))
}

/// A stored form as text.
pub fn to_stored(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Internal(format!("a definition cannot be stored: {e}")))
}
