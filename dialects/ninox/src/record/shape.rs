//! A table as reads and writes of records need it: made once per schema and kept in a small cache.

use crate::cell::encode::Encoding;
use crate::field::shown::{self, Shown};
use crate::names;
use crate::record::style::Spelling;
use engine::View;
use model::query::Projection;
use model::{DatabaseKey, FieldId, Result, Table, TableId};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// Most shapes that are kept; when there are more, all are made again as they are asked for.
const MAX_SHAPES: usize = 256;

/// A table as this door shows it.
#[derive(Debug)]
pub struct Shape {
    pub table: Arc<Table>,
    pub columns: Vec<Column>,
    /// What is read for a record, in the order of the columns that are not broken.
    pub projection: Projection,
    /// Whether a cell may come from another record, so that a point read is not cheap.
    has_links: bool,
    /// The version of the schema that it was made from.
    version: u64,
    names: HashMap<String, usize>,
}

/// A field of a shape.
#[derive(Debug)]
pub struct Column {
    pub shown: Shown,
    pub encoding: Encoding,
    /// The place of its cell in a row; none when it is broken.
    pub output: Option<usize>,
    /// Whether the record itself holds its value.
    pub is_stored: bool,
    by_id: Box<[u8]>,
    by_name: Box<[u8]>,
}

impl Column {
    /// `"key":` as asked.
    pub fn head(&self, spelling: Spelling) -> &[u8] {
        match spelling {
            Spelling::Ids => &self.by_id,
            Spelling::Names => &self.by_name,
        }
    }
}

impl Shape {
    /// The shape of a table as the view sees it.
    fn of(view: &View<'_>, table: Arc<Table>) -> Shape {
        let mut operands = Vec::new();
        let mut columns = Vec::new();
        for field in shown::shown_fields(&table) {
            let shown = shown::shown(view, &table, field);
            let output = (!shown.is_broken).then(|| {
                operands.push(shown.operand.clone());
                operands.len() - 1
            });
            columns.push(Column {
                encoding: Encoding::of(&shown),
                output,
                is_stored: shown.is_written && !shown.is_derived(),
                by_id: head(&names::field(field.id)),
                by_name: head(&field.name),
                shown,
            });
        }
        let has_links = columns.iter().any(|c| c.shown.is_lookup || c.shown.is_derived());
        let names = columns.iter().enumerate().map(|(i, c)| (c.shown.name.clone(), i)).collect();
        Shape {
            table,
            columns,
            projection: Projection::These(operands),
            has_links,
            version: view.schema().version,
            names,
        }
    }

    /// The column of a key: the exact name of a field, else its id (facts 4).
    pub fn find(&self, key: &str) -> Option<&Column> {
        let by_id = || names::read_field(key).and_then(|id| self.column_of(id));
        self.names.get(key).map(|place| &self.columns[*place]).or_else(by_id)
    }

    /// The column of a field.
    pub fn column_of(&self, field: FieldId) -> Option<&Column> {
        self.columns.iter().find(|c| c.shown.id == field)
    }
}

/// `"key":`.
fn head(key: &str) -> Box<[u8]> {
    let mut out = Vec::with_capacity(key.len() + 3);
    edge::json::key(&mut out, key);
    out.into_boxed_slice()
}

/// The shapes of the tables asked for lately.
#[derive(Debug, Default)]
pub struct Shapes {
    kept: RwLock<HashMap<(DatabaseKey, TableId), Arc<Shape>>>,
}

impl Shapes {
    /// The shape of a table, for a read.
    pub fn of(&self, view: &View<'_>, table: TableId) -> Result<Arc<Shape>> {
        let found = view.table(table)?;
        if let Some(shape) = self.kept_shape(view, &found) {
            return Ok(shape);
        }
        let shape = Arc::new(Shape::of(view, found));
        if is_shared(view) {
            let mut kept = self.kept.write();
            if kept.len() >= MAX_SHAPES {
                kept.clear();
            }
            kept.insert((view.key(), table), shape.clone());
        }
        Ok(shape)
    }

    /// Whether a point read of the table is known to touch one row only.
    pub fn is_cheap(&self, database: DatabaseKey, table: TableId) -> bool {
        self.kept.read().get(&(database, table)).is_some_and(|shape| !shape.has_links)
    }

    /// The shape of a table inside a write. It is not kept: the schema it is made from may be rolled back.
    pub fn within_write(&self, view: &View<'_>, table: TableId) -> Result<Arc<Shape>> {
        let found = view.table(table)?;
        match self.kept_shape(view, &found) {
            Some(shape) => Ok(shape),
            None => Ok(Arc::new(Shape::of(view, found))),
        }
    }

    /// A kept shape of exactly this definition. Whoever sees the very table sees all its fields; the version covers
    /// the other tables that its lookups lead to.
    fn kept_shape(&self, view: &View<'_>, table: &Arc<Table>) -> Option<Arc<Shape>> {
        if !is_shared(view) {
            return None;
        }
        let kept = self.kept.read();
        let shape = kept.get(&(view.key(), table.id))?;
        (Arc::ptr_eq(&shape.table, table) && shape.version == view.schema().version).then(|| shape.clone())
    }
}

/// Whether the actor sees what everyone sees: no rights of their own on tables and fields.
fn is_shared(view: &View<'_>) -> bool {
    let grants = &view.actor().grants;
    grants.fields.is_empty() && grants.tables.is_empty()
}
