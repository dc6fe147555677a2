//! The attributes of an item as values of fields (facts 2, "PUT /items/:id": an absent key is unchanged).

use super::shape::{Cells, Column, Shape};
use super::told::Told;
use crate::cell::{World, decode};
use crate::error::{LOCALES, attribute};
use crate::field::shown::RESERVED;
use crate::names;
use crate::wire::{self, Attributes};
use engine::{STOP, View};
use model::error::Fault;
use model::field::Slot;
use model::{Json, RecordAddress, RecordId, Result, Rule, TableId, Value};
use std::collections::HashMap;

/// What a body says of an item.
#[derive(Debug, Default)]
pub struct Given {
    pub values: Vec<(Slot, Value)>,
    /// Its place among its siblings, as an index.
    pub index: Option<usize>,
    /// The item above; none inside is the top.
    pub parent: Option<Option<RecordId>>,
}

/// What the cells of a record hold that decoding asks for.
pub type Present = HashMap<Slot, Value>;

/// Reads attributes. What is wrong with them is noted and left out. What the server itself shows of an item may be sent
/// back and is passed over, and so are values of fields that are computed.
pub fn read(shape: &Shape, world: &World, attributes: &Attributes, present: &Present, told: &Told) -> Result<Given> {
    let mut given = Given { index: wire::position(attributes)?, ..Given::default() };
    if let Some(parent) = attributes.get("parent_id") {
        given.parent = parent_of(shape.table.id, parent).map_or_else(
            || {
                told.note(Fault::new(attribute("parent_id"), Rule::TargetRecord));
                None
            },
            Some,
        );
    }
    for (key, value) in attributes {
        let Some(column) = shape.find(key) else {
            if !RESERVED.contains(&key.as_str()) && !PASSED_OVER.contains(&key.as_str()) {
                told.note(Fault::new(attribute(key), Rule::Malformed("is no field of the item type".to_owned())));
            }
            continue;
        };
        if column.is_written {
            add(&mut given.values, column, value, world, present, told);
        }
    }
    Ok(given)
}

/// What clients send along that later servers show (facts 3.8).
const PASSED_OVER: &[&str] = &["last_editor", "creator", "item_type_id"];

/// The record above; the inner none is the top, the outer no record of the table.
fn parent_of(table: TableId, given: &Json) -> Option<Option<RecordId>> {
    match given {
        Json::Null => Some(None),
        Json::String(id) => names::read_item(id).filter(|item| item.table == table).map(|item| Some(item.record)),
        _ => None,
    }
}

fn add(values: &mut Vec<(Slot, Value)>, column: &Column, given: &Json, world: &World, present: &Present, told: &Told) {
    let mut put = |slot: Slot, given: &Json| {
        values.push((slot, decode::decode(column, given, world, present.get(&slot))));
    };
    let cells = match &column.cells {
        Cells::One(_) => return put(Slot::plain(column.id), given),
        Cells::ByLocale(cells) => cells,
    };
    match given {
        Json::Null => cells.iter().for_each(|cell| put(Slot { field: column.id, locale: cell.locale }, given)),
        Json::Object(by_locale) => {
            for (code, given) in by_locale {
                match cells.iter().find(|cell| cell.code == *code) {
                    Some(cell) => put(Slot { field: column.id, locale: cell.locale }, given),
                    None => told.note(Fault::with(attribute(&column.key), Rule::Unknown, LOCALES)),
                }
            }
        }
        _ => told.note(Fault::new(attribute(&column.key), Rule::Type("an object with a value for each locale"))),
    }
}

/// What the cells hold now that decoding these attributes asks for.
pub fn present(view: &mut View<'_>, shape: &Shape, item: RecordAddress, attributes: &Attributes) -> Result<Present> {
    let mut present = Present::new();
    let asks = |column: &&Column| decode::needs_present(column) && attributes.contains_key(&column.key);
    let columns: Vec<&Column> = shape.columns.iter().filter(asks).collect();
    if columns.is_empty() {
        return Ok(present);
    }
    view.by_ids(item.table, &[item.record], &shape.projection, &mut |row| {
        for column in &columns {
            match &column.cells {
                Cells::One(output) => {
                    present.insert(Slot::plain(column.id), row.value(*output));
                }
                Cells::ByLocale(cells) => present
                    .extend(cells.iter().map(|c| (Slot { field: column.id, locale: c.locale }, row.value(c.output)))),
            }
        }
        Ok(STOP)
    })?;
    Ok(present)
}
