//! A table as reads and writes of records need it: made once per schema and kept in a small cache.

use crate::cell::encode::Encoding;
use crate::field::shown::{self, Shown};
use crate::names;
use crate::record::style::Spelling;
use edge::json::head;
use engine::View;
use engine::shapes::Shaped;
use model::query::Projection;
use model::{FieldId, Table};
use std::collections::HashMap;
use std::sync::Arc;

/// A table as this door shows it.
#[derive(Debug)]
pub struct Shape {
    pub table: Arc<Table>,
    pub columns: Vec<Column>,
    /// What is read for a record, in the order of the columns that are not broken.
    pub projection: Projection,
    /// Whether a cell may come from another record, so that a point read is not cheap.
    pub has_links: bool,
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

impl Shaped for Shape {
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
        Shape { table, columns, projection: Projection::These(operands), has_links, names }
    }
}

impl Shape {
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

/// The shapes of the tables asked for lately.
pub type Shapes = engine::shapes::Shapes<Shape>;
