//! One item: found by its id, and shown alone or with its item type.

use super::places::Places;
use super::shape::{Shape, Shapes};
use super::write::ItemWriter;
use crate::cell::World;
use crate::error::not_found;
use crate::item_type;
use crate::names;
use crate::site::Settings;
use edge::json;
use engine::access::DatabaseInfo;
use engine::{GO_ON, STOP, View};
use model::query::Page;
use model::{Ability, Query, RecordAddress, Result, Subject, TableId};
use std::sync::Arc;

/// The item of an id.
pub fn address(id: &str) -> Result<RecordAddress> {
    names::read_item(id).ok_or_else(|| not_found(Subject::Record))
}

/// What cells of a site are read and written with.
pub fn world(view: &View<'_>, site: &DatabaseInfo) -> World {
    World { zone: Settings::of(view).zone(), site: site.id }
}

/// Whether the asker sees only what is valid: who only reads (facts 2, "Our APIs and plugins only return valid records").
pub fn sees_valid_only(view: &View<'_>, table: TableId) -> bool {
    view.require(Some(table), Ability::RecordUpdate).is_err()
}

/// The shape of the table of an item, if the asker may read items there.
pub fn shape(shapes: &Shapes, view: &View<'_>, item: RecordAddress) -> Result<Arc<Shape>> {
    let shape = shapes.of(view, item.table).map_err(|_| not_found(Subject::Record))?;
    view.require(Some(item.table), Ability::RecordRead)?;
    Ok(shape)
}

/// At most so many items of a table, in the order of creation.
pub fn first_items(view: &mut View<'_>, table: TableId, most: u64) -> Result<Vec<RecordAddress>> {
    let mut found = Vec::new();
    let query = Query { page: Page::Window { skip: 0, take: most }, ..Query::table(table) };
    view.select(&query, &mut |row| {
        found.push(RecordAddress { table, record: row.id() });
        Ok(GO_ON)
    })?;
    Ok(found)
}

/// Appends an item as JSON; its version.
pub fn object(
    view: &mut View<'_>,
    shape: &Shape,
    world: &World,
    item: RecordAddress,
    out: &mut Vec<u8>,
) -> Result<u64> {
    let places = Places::one(view, &shape.table, item.record)?;
    let writer = ItemWriter::new(shape, world, &places);
    let valid_only = sees_valid_only(view, item.table);
    let mut version = None;
    view.by_ids(item.table, &[item.record], &shape.projection, &mut |row| {
        if row.valid() || !valid_only {
            writer.write(out, row);
            version = Some(row.seq());
        }
        Ok(STOP)
    })?;
    version.ok_or_else(|| not_found(Subject::Record))
}

/// `{"data": …}` about an item, with its item type beside it if asked (facts 2, "POST /items").
pub fn document(
    view: &mut View<'_>,
    shape: &Shape,
    world: &World,
    item: RecordAddress,
    included: Included,
) -> Result<(Vec<u8>, u64)> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(b"{\"data\":");
    let version = if view.require(Some(item.table), Ability::RecordRead).is_ok() {
        object(view, shape, world, item, &mut out)?
    } else {
        // Who may write but not read learns the id alone.
        out.extend_from_slice(
            format!(r#"{{"type":"item","id":"{}","attributes":{{}}}}"#, names::item(item)).as_bytes(),
        );
        0
    };
    if included == Included::ItemType {
        out.extend_from_slice(b",\"included\":[");
        let table = view.table(item.table)?;
        json::value(&mut out, &item_type::object(view, &table)?);
        out.push(b']');
    }
    out.push(b'}');
    Ok((out, version))
}

/// What stands beside an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Included {
    Nothing,
    ItemType,
}
