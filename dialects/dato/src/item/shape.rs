//! A table as reads and writes of items need it: made once per schema and kept in a small cache.

use crate::cell::encode::Encoding;
use crate::field::bag::FieldBag;
use crate::field::shown;
use crate::field::word::FieldType;
use edge::json::head;
use engine::View;
use engine::shapes::Shaped;
use model::field::Slot;
use model::filter::{Operand, System};
use model::kind::Kind;
use model::query::Projection;
use model::{Field, FieldId, LocaleId, Table, TableId};
use std::collections::HashMap;
use std::sync::Arc;

/// A table as this door shows it.
#[derive(Debug)]
pub struct Shape {
    pub table: Arc<Table>,
    pub columns: Vec<Column>,
    /// What is read for an item.
    pub projection: Projection,
    by_key: HashMap<String, usize>,
}

/// A field of a shape.
#[derive(Debug)]
pub struct Column {
    pub id: FieldId,
    /// The attribute.
    pub key: String,
    /// `"key":`.
    pub head: Box<[u8]>,
    pub field_type: FieldType,
    pub kind: Kind,
    pub encoding: Encoding,
    pub cells: Cells,
    /// Whether a client's value is stored; others are passed over.
    pub is_written: bool,
}

/// Where the values of a field are in a row.
#[derive(Debug)]
pub enum Cells {
    One(usize),
    /// Of each locale, with `"code":` before it.
    ByLocale(Vec<LocaleCell>),
}

/// The value of one locale.
#[derive(Debug)]
pub struct LocaleCell {
    pub locale: LocaleId,
    pub code: String,
    pub head: Box<[u8]>,
    pub output: usize,
}

impl Shaped for Shape {
    fn of(view: &View<'_>, table: Arc<Table>) -> Shape {
        let locales = view.schema().settings.locales.clone();
        let mut operands = Vec::new();
        let mut columns = Vec::new();
        let mut read = |operand: Operand| {
            operands.push(operand);
            operands.len() - 1
        };
        for field in shown::shown_fields(&table).filter(|field| is_readable(view, field)) {
            let cells = if field.localized {
                let cell = |locale: &model::schema::Locale| LocaleCell {
                    locale: locale.id,
                    code: locale.code.clone(),
                    head: head(&locale.code),
                    output: read(Operand::Slot(Slot { field: field.id, locale: locale.id })),
                };
                Cells::ByLocale(locales.iter().map(cell).collect())
            } else {
                Cells::One(read(operand(field)))
            };
            let key = shown::attribute(field);
            let field_type = FieldBag::of(field).field_type(field);
            columns.push(Column {
                id: field.id,
                head: head(&key),
                key,
                field_type,
                encoding: Encoding::of(field_type, &field.kind),
                kind: field.kind.clone(),
                cells,
                is_written: field.is_writable(),
            });
        }
        let by_key = columns.iter().enumerate().map(|(place, column)| (column.key.clone(), place)).collect();
        Shape { table, columns, projection: Projection::These(operands), by_key }
    }
}

impl Shape {
    /// The column of an attribute.
    pub fn find(&self, key: &str) -> Option<&Column> {
        self.by_key.get(key).map(|place| &self.columns[*place])
    }

    /// The column of a field.
    pub fn column_of(&self, field: FieldId) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == field)
    }
}

/// Whether the values of a field can be read at all: what a lookup or rollup needs may be gone or hidden.
fn is_readable(view: &View<'_>, field: &Field) -> bool {
    let leads_to = |table: TableId, target: FieldId| view.table(table).is_ok_and(|table| table.field(target).is_ok());
    match &field.kind {
        Kind::Lookup(lookup) => leads_to(lookup.target_table, lookup.target),
        Kind::Rollup(rollup) => leads_to(rollup.target_table, rollup.target),
        _ => true,
    }
}

/// Where a field's own values are read.
fn operand(field: &Field) -> Operand {
    match &field.kind {
        Kind::AutoNumber(_) => Operand::System(System::Id),
        Kind::CreatedTime(_) => Operand::System(System::CreatedAt),
        Kind::ModifiedTime(_) => Operand::System(System::ModifiedAt),
        Kind::CreatedBy(_) => Operand::System(System::CreatedBy),
        Kind::ModifiedBy(_) => Operand::System(System::ModifiedBy),
        _ => Operand::Slot(Slot::plain(field.id)),
    }
}

/// The shapes of the tables asked for lately.
pub type Shapes = engine::shapes::Shapes<Shape>;
