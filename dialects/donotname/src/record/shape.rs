//! A table as reads and writes of records need it: made once per schema and kept in a small cache.
//!
//! A shape holds what depends on the schema alone: which fields there are, how their keys are written in JSON, how
//! their cells become JSON and what has to be read for them.

use super::keys::KeyType;
use crate::cell::encode::Encoding;
use crate::field::shown::{self, Shown};
use crate::names::{self, TableName};
use edge::json::head;
use engine::View;
use engine::shapes::Shaped;
use model::filter::Operand;
use model::kind::Kind;
use model::query::Projection;
use model::{FieldId, Table};
use std::collections::HashMap;
use std::sync::Arc;

/// A table as this door shows it.
#[derive(Debug)]
pub struct Shape {
    pub name: TableName,
    pub table: Arc<Table>,
    pub columns: Vec<Column>,
    /// All columns.
    pub whole: Selection,
    /// Whether a cell may come from another record, so that a point read is not cheap.
    pub has_links: bool,
    /// Whether cells may have attachments, whose addresses are made for each answer.
    pub has_files: bool,
    ids: HashMap<String, usize>,
    names: HashMap<String, usize>,
    keys: HashMap<String, usize>,
}

/// A field of a shape.
#[derive(Debug)]
pub struct Column {
    pub shown: Shown,
    pub encoding: Encoding,
    /// Whether titles are read beside a link's cell, and may be.
    has_titles: bool,
    /// `"key":` for each way to spell it.
    by_id: Box<[u8]>,
    by_name: Box<[u8]>,
    by_key: Box<[u8]>,
}

impl Column {
    /// `"key":` as asked.
    pub fn head(&self, key_type: KeyType) -> &[u8] {
        match key_type {
            KeyType::Id => &self.by_id,
            KeyType::Name => &self.by_name,
            KeyType::DbFieldName => &self.by_key,
        }
    }
}

/// Columns to be read, and where their cells are in a row.
#[derive(Clone, Debug)]
pub struct Selection {
    pub picked: Vec<Picked>,
    /// The place and kind's column of the primary field, for the name of a record.
    pub primary: Option<Picked>,
    pub projection: Projection,
}

/// A column and the places of its cells.
#[derive(Clone, Copy, Debug)]
pub struct Picked {
    pub column: usize,
    pub output: usize,
    pub title: Option<usize>,
}

impl Shaped for Shape {
    fn of(view: &View<'_>, table: Arc<Table>) -> Shape {
        let name = shown::name_of(view, table.id);
        let columns: Vec<Column> = shown::shown_fields(&table)
            .map(|field| {
                let shown = shown::shown(view, &table, field);
                let encoding = Encoding::of(&shown);
                Column {
                    has_titles: encoding.needs_titles() && shown::sees_titles(view, &shown.kind),
                    encoding,
                    by_id: head(&names::field(name, field.id)),
                    by_name: head(&field.name),
                    by_key: head(&field.key),
                    shown,
                }
            })
            .collect();
        let places =
            |spell: &dyn Fn(&Column) -> String| columns.iter().enumerate().map(|(i, c)| (spell(c), i)).collect();
        let (ids, names, keys) = (
            places(&|c| names::field(name, c.shown.id)),
            places(&|c| c.shown.name.clone()),
            places(&|c| c.shown.key.clone()),
        );
        let columns_have_files = columns.iter().any(|c| matches!(c.shown.kind, Kind::Files(_)));
        let has_links = columns.iter().any(|c| c.encoding.needs_titles() || c.shown.is_lookup || c.shown.is_derived());
        let mut shape = Shape {
            name,
            table,
            columns,
            whole: Selection { picked: Vec::new(), primary: None, projection: Projection::Nothing },
            has_links,
            has_files: columns_have_files,
            ids,
            names,
            keys,
        };
        shape.whole = shape.select((0..shape.columns.len()).collect());
        shape
    }
}

impl Shape {
    /// The column of a key, spelled as asked or, failing that, in another way.
    pub fn find(&self, key: &str, key_type: KeyType) -> Option<usize> {
        key_type.order().into_iter().find_map(|spelling| match spelling {
            KeyType::Id => self.ids.get(key).copied(),
            KeyType::Name => self.names.get(key).copied(),
            KeyType::DbFieldName => self.keys.get(key).copied(),
        })
    }

    /// The column of a key of a record that is written: spelled as asked, or an id. A name is only one where names were
    /// asked for (reference, "Field Key Types").
    pub fn find_written(&self, key: &str, key_type: KeyType) -> Option<usize> {
        let asked = match key_type {
            KeyType::Id => None,
            KeyType::Name => self.names.get(key),
            KeyType::DbFieldName => self.keys.get(key),
        };
        asked.or_else(|| self.ids.get(key)).copied()
    }

    /// The column of a field.
    pub fn column_of(&self, field: FieldId) -> Option<&Column> {
        self.columns.iter().find(|c| c.shown.id == field)
    }

    /// What is read for these columns, the primary field always. A lookup of what is gone, or not to be seen, is not
    /// read: its cells are empty.
    pub fn select(&self, columns: Vec<usize>) -> Selection {
        let mut operands = Vec::with_capacity(columns.len() + 1);
        let mut picked = Vec::with_capacity(columns.len());
        let mut primary = None;
        for column in columns {
            if self.columns[column].shown.is_broken {
                continue;
            }
            let place = self.pick(column, &mut operands);
            if self.columns[column].shown.id == self.table.primary {
                primary = Some(place);
            }
            picked.push(place);
        }
        if primary.is_none() {
            let place = self.columns.iter().position(|c| c.shown.id == self.table.primary);
            primary = place.map(|column| self.pick(column, &mut operands));
        }
        Selection { picked, primary, projection: Projection::These(operands) }
    }

    fn pick(&self, column: usize, operands: &mut Vec<Operand>) -> Picked {
        let found = &self.columns[column];
        operands.push(found.shown.operand.clone());
        let output = operands.len() - 1;
        let title = found.has_titles.then(|| {
            operands.push(Operand::Title(found.shown.id));
            operands.len() - 1
        });
        Picked { column, output, title }
    }
}

/// The shapes of the tables asked for lately.
pub type Shapes = engine::shapes::Shapes<Shape>;
