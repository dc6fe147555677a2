//! The catalog: the schema as stored, with the layout of each table in SQL.

use super::beside;
use super::format;
use super::ground::{Ground, Physical};
use super::layout::Layout;
use crate::flavor::Flavor;
use crate::index::{self, Standing};
use crate::tx::{self, GO_ON, Tx};
use model::field::Fields;
use model::numbered::Numbered;
use model::{Cell, Error, Kind, NavId, NavItem, Result, Schema, Table, TableId};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// The schema of a database and how its tables lie in SQL. Shared by readers; a write that changes it makes its own, which
/// shares with it what it did not change.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub schema: Arc<Schema>,
    /// The indexes that stand.
    pub indexes: Arc<Vec<Standing>>,
    /// Whether there can be trigram indexes.
    pub trigrams: bool,
    flavor: Flavor,
    lying: Numbered<TableId, Arc<Lying>>,
    /// The tables that have formulas.
    formulas: BTreeSet<TableId>,
    /// The fields of the table of the outline shape that came last: most of the others have the same.
    outline: Fields,
}

/// How a table lies in SQL: most of thousands are never asked for, so it is worked out when it is.
#[derive(Debug)]
struct Lying {
    physical: Physical,
    layout: OnceLock<Arc<Layout>>,
}

impl Catalog {
    /// Whether the engine can sort texts of a kind in the natural order.
    pub fn has_keys(&self, kind: &Kind) -> bool {
        beside::has_keys(self.flavor, kind)
    }

    /// The layout of a table, deleted or not.
    pub fn layout(&self, table: TableId) -> Result<&Arc<Layout>> {
        let lying = self.lying(table)?;
        let definition = self.schema.tables.get(&table).ok_or_else(|| no_table(table))?;
        Ok(lying.layout.get_or_init(|| Arc::new(Layout::of(definition, lying.physical, self.flavor))))
    }

    /// Where the rows of a table lie, deleted or not.
    pub fn ground(&self, table: TableId) -> Result<Ground> {
        Ok(Ground { table, physical: self.lying(table)?.physical })
    }

    fn lying(&self, table: TableId) -> Result<&Arc<Lying>> {
        self.lying.get(&table).ok_or_else(|| no_table(table))
    }

    /// Whether a table has a formula.
    pub fn has_formulas(&self) -> bool {
        !self.formulas.is_empty()
    }

    /// Puts a definition in the place of the one with its number.
    pub fn put_table(&mut self, table: impl Into<Arc<Table>>, physical: Physical) {
        let mut table = table.into();
        if physical == Physical::Outlines {
            if self.outline == table.fields {
                Arc::make_mut(&mut table).fields = self.outline.clone();
            } else {
                self.outline = table.fields.clone();
            }
        }
        let has_formulas =
            table.deleted_at.is_none() && table.live_fields().any(|f| matches!(f.kind, model::Kind::Formula(_)));
        match has_formulas {
            true => self.formulas.insert(table.id),
            false => self.formulas.remove(&table.id),
        };
        self.lying.insert(table.id, Arc::new(Lying { physical, layout: OnceLock::new() }));
        Arc::make_mut(&mut self.schema).tables.insert(table.id, table);
    }
}

fn no_table(table: TableId) -> Error {
    Error::not_found(model::Subject::Table, table.0.to_string())
}

const SCHEMA_VERSION: &str = "SELECT schema_version FROM state WHERE one = 1";
const SETTINGS: &str = "SELECT value FROM meta WHERE key = 'settings'";
const TABLES: &str = "SELECT definition, lies FROM tables WHERE changed > ?1 ORDER BY id";
const NAV: &str = "SELECT id, definition FROM nav WHERE changed > ?1 ORDER BY id";
/// The same in a file that nobody has opened since there are outlines: it is checked and exported as it is.
const TABLES_BEFORE: &str = "SELECT definition, 0 FROM tables ORDER BY id";
const NAV_BEFORE: &str = "SELECT id, definition FROM nav ORDER BY id";
/// How `tables.lies` says that the rows of a table lie in the shared one.
pub(super) const SHARED: i64 = 1;

/// Reads the whole catalog.
pub fn load(tx: &mut dyn Tx) -> Result<Catalog> {
    let nothing = Catalog {
        schema: Arc::new(Schema::empty()),
        indexes: Arc::default(),
        trigrams: tx.trigrams().is_some(),
        flavor: tx.flavor(),
        lying: Numbered::new(),
        formulas: BTreeSet::new(),
        outline: Fields::default(),
    };
    since(tx, nothing, -1)
}

/// Reads what is newer than a catalog that is known.
pub fn refresh(tx: &mut dyn Tx, known: &Catalog) -> Result<Catalog> {
    let version = i64::try_from(known.schema.version).unwrap_or(i64::MAX);
    since(tx, known.clone(), version)
}

fn since(tx: &mut dyn Tx, mut catalog: Catalog, version: i64) -> Result<Catalog> {
    let schema = Arc::make_mut(&mut catalog.schema);
    schema.version = tx::first(tx, SCHEMA_VERSION, &[], |r| Ok(r.cell(0).integer().unwrap_or(0)))?.unwrap_or(0) as u64;
    if let Some(settings) = tx::first(tx, SETTINGS, &[], |r| stored(r.cell(0).text()))? {
        schema.settings = settings;
    }
    let after = [Cell::Integer(version)];
    let (tables, nav, after): (&str, &str, &[Cell<'_>]) = match format::has_outlines(tx)? {
        true => (TABLES, NAV, &after),
        false => (TABLES_BEFORE, NAV_BEFORE, &[]),
    };
    tx.query(nav, after, &mut |row| {
        match row.cell(1).text() {
            // It went.
            Some("") => {
                let id = row.cell(0).integer().and_then(|id| u32::try_from(id).ok());
                id.map(|id| schema.nav.remove(&NavId(id)));
            }
            text => {
                let item: NavItem = stored(text)?;
                schema.nav.insert(item.id, item);
            }
        }
        Ok(GO_ON)
    })?;
    catalog.indexes = Arc::new(index::list(tx)?);
    tx.query(tables, after, &mut |row| {
        let shared = row.cell(1).integer() == Some(SHARED);
        let table: Table = stored(row.cell(0).text())?;
        catalog.put_table(table, if shared { Physical::Outlines } else { Physical::Own });
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
