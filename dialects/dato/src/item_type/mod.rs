//! Item types: tables as this door shows them.

pub mod bag;
pub mod change;

use crate::field::object::identifiers;
use crate::item::one::first_items;
use crate::menu::Menu;
use crate::names;
use bag::TableBag;
use engine::View;
use model::table::Shape;
use model::{Ability, Json, Result, Table, TableId};
use serde_json::json;
use std::sync::Arc;

/// Whether a table is among the item types. One that is a tree is an outline of other doors unless it asks to be.
pub fn is_listed(table: &Table) -> bool {
    let kept = TableBag::of(table).listed;
    kept.unwrap_or(table.shape != Shape::Tree)
}

/// The item types that the view sees, by number.
pub fn listed(view: &View<'_>) -> Vec<Arc<Table>> {
    view.tables().into_iter().filter(|table| is_listed(table)).collect()
}

/// `{"type": "item_type", "id": …}`.
pub fn identifier(table: TableId) -> Json {
    json!({"type": "item_type", "id": names::item_type(table)})
}

/// An item type as JSON.
pub fn object(view: &mut View<'_>, table: &Table) -> Result<Json> {
    let menu = Menu::of(view);
    object_of(view, &menu, table)
}

/// An item type as JSON (reference, "Item type"), with what later clients know of one (facts 4). Whoever shows several
/// reads the menu once.
pub fn object_of(view: &mut View<'_>, menu: &Menu, table: &Table) -> Result<Json> {
    let bag = TableBag::of(table);
    let menu_item = menu.of_table(table.id).map(|entry| names::menu_item(entry.id));
    let menu_item = menu_item.map(|id| json!({"type": "menu_item", "id": id}));
    let ordering_field = bag.ordering_field.filter(|field| table.field(*field).is_ok());
    let ordering_field = ordering_field.map(|field| json!({"type": "field", "id": names::field(table.id, field)}));
    Ok(json!({
        "type": "item_type",
        "id": names::item_type(table.id),
        "attributes": {
            "name": table.name,
            "api_key": table.key,
            "singleton": table.singleton,
            "sortable": table.shape == Shape::Ordered,
            "modular_block": bag.modular_block,
            "tree": table.shape == Shape::Tree,
            "ordering_direction": bag.ordering_direction,
        },
        "relationships": {
            "menu_item": {"data": menu_item},
            "singleton_item": {"data": singleton_item(view, table)?},
            "fields": {"data": identifiers(table)},
            "ordering_field": {"data": ordering_field},
        },
    }))
}

/// The one record of a singleton, if it is there and may be read.
fn singleton_item(view: &mut View<'_>, table: &Table) -> Result<Json> {
    if !table.singleton || view.require(Some(table.id), Ability::RecordRead).is_err() {
        return Ok(Json::Null);
    }
    let first = first_items(view, table.id, 1)?;
    Ok(first.first().map_or(Json::Null, |item| json!({"type": "item", "id": names::item(*item)})))
}
