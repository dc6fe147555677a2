//! What this door speaks: the list that router, metrics, tests, the hyper-schema and `docs/dialects/dato.md` are made
//! from.

mod create_field;
mod create_item;
mod create_item_type;
mod create_menu_item;
mod delete_field;
mod delete_item;
mod delete_item_type;
mod delete_menu_item;
mod hyperschema;
mod list_fields;
mod list_item_types;
mod list_items;
mod list_menu_items;
mod show_field;
mod show_item;
mod show_item_type;
mod show_menu_item;
mod show_site;
mod update_field;
mod update_item;
mod update_item_type;
mod update_menu_item;
mod update_site;
mod validate_item;

use crate::door::{PREFIXES, State};
use axum::Router;
use axum::http::Method;
use edge::{Endpoint, Routes};

/// An entry of the list.
const fn endpoint(
    method: Method,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    needs: &'static str,
) -> Endpoint {
    Endpoint { method, path, name, summary, needs }
}

/// The endpoints of the reference document, with the heading there.
pub const REFERENCE: &[(&str, &str)] = &[
    ("show site", "reference, Site Create"),
    ("update site", "reference, Site Update"),
    ("create menu item", "reference, Create a new menu item"),
    ("update menu item", "reference, Updates a menu item"),
    ("list menu items", "reference, Lists menu items"),
    ("show menu item", "reference, Show menu item"),
    ("delete menu item", "reference, Deletes menu item"),
    ("create item type", "reference, Item type Create"),
    ("update item type", "reference, Item type Update"),
    ("list item types", "reference, Item type Index"),
    ("show item type", "reference, Item type Show"),
    ("delete item type", "reference, Item type Delete"),
    ("create field", "reference, Field Create"),
    ("update field", "reference, Field Update"),
    ("list fields", "reference, Field Index"),
    ("show field", "reference, Field Show"),
    ("delete field", "reference, Field Delete"),
    ("validate item", "reference, Item Validate existing item"),
    ("validate new item", "reference, Item Validate new item"),
    ("create item", "reference, Item Create"),
    ("update item", "reference, Item Update"),
    ("list items", "reference, Item Index"),
    ("show item", "reference, Item Show"),
    ("delete item", "reference, Item Delete"),
];

/// Where an endpoint is documented: the reference, or nowhere but here.
pub fn documented(name: &str) -> &'static str {
    REFERENCE.iter().find(|(known, _)| *known == name).map_or("ours", |(_, heading)| heading)
}

/// Everything that is spoken. One row each, so that it reads as a table.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::GET, "/site", "show site", "The site with its settings.", "base|read"),
    endpoint(Method::PUT, "/site", "update site", "Changes settings of the site.", "base|update"),
    endpoint(Method::POST, "/menu-items", "create menu item", "A new item of the menu.", "record|create"),
    endpoint(Method::PUT, "/menu-items/{menu_item_id}", "update menu item", "Changes an item of the menu.", "record|update"),
    endpoint(Method::GET, "/menu-items", "list menu items", "All items of the menu.", "table|read"),
    endpoint(Method::GET, "/menu-items/{menu_item_id}", "show menu item", "One item of the menu.", "table|read"),
    endpoint(Method::DELETE, "/menu-items/{menu_item_id}", "delete menu item", "Takes an item out of the menu.", "record|delete"),
    endpoint(Method::POST, "/item-types", "create item type", "A new item type, with an item of the menu.", "table|create"),
    endpoint(Method::PUT, "/item-types/{item_type_id}", "update item type", "Changes an item type.", "table|update"),
    endpoint(Method::GET, "/item-types", "list item types", "All item types.", "table|read"),
    endpoint(Method::GET, "/item-types/{item_type_id}", "show item type", "One item type.", "table|read"),
    endpoint(Method::DELETE, "/item-types/{item_type_id}", "delete item type", "Deletes an item type with its items.", "table|delete"),
    endpoint(Method::POST, "/item-types/{item_type_id}/fields", "create field", "A new field of an item type.", "field|create"),
    endpoint(Method::PUT, "/fields/{field_id}", "update field", "Changes a field.", "field|update"),
    endpoint(Method::GET, "/item-types/{item_type_id}/fields", "list fields", "The fields of an item type.", "field|read"),
    endpoint(Method::GET, "/fields/{field_id}", "show field", "One field.", "field|read"),
    endpoint(Method::DELETE, "/fields/{field_id}", "delete field", "Deletes a field.", "field|delete"),
    endpoint(Method::POST, "/items/{item_id}/validate", "validate item", "Judges a change of an item without making it.", "record|update"),
    endpoint(Method::POST, "/items/validate", "validate new item", "Judges a new item without making it.", "record|create"),
    endpoint(Method::POST, "/items", "create item", "A new item.", "record|create"),
    endpoint(Method::PUT, "/items/{item_id}", "update item", "Changes an item.", "record|update"),
    endpoint(Method::GET, "/items", "list items", "Items by id, item type or text, newest change first.", "record|read"),
    endpoint(Method::GET, "/items/{item_id}", "show item", "One item.", "record|read"),
    endpoint(Method::DELETE, "/items/{item_id}", "delete item", "Deletes an item.", "record|delete"),
    endpoint(Method::GET, "/docs/site-api-hyperschema.json", "hyper-schema", "This list as a JSON hyper-schema.", ""),
];

/// The router of all endpoints, below every prefix.
pub fn router(state: State) -> Router {
    Routes::new(PREFIXES, ENDPOINTS)
        .on("show site", show_site::answer)
        .on("update site", update_site::answer)
        .on("create menu item", create_menu_item::answer)
        .on("update menu item", update_menu_item::answer)
        .on("list menu items", list_menu_items::answer)
        .on("show menu item", show_menu_item::answer)
        .on("delete menu item", delete_menu_item::answer)
        .on("create item type", create_item_type::answer)
        .on("update item type", update_item_type::answer)
        .on("list item types", list_item_types::answer)
        .on("show item type", show_item_type::answer)
        .on("delete item type", delete_item_type::answer)
        .on("create field", create_field::answer)
        .on("update field", update_field::answer)
        .on("list fields", list_fields::answer)
        .on("show field", show_field::answer)
        .on("delete field", delete_field::answer)
        .on("validate item", validate_item::existing)
        .on("validate new item", validate_item::new)
        .on("create item", create_item::answer)
        .on("update item", update_item::answer)
        .on("list items", list_items::answer)
        .on("show item", show_item::answer)
        .on("delete item", delete_item::answer)
        .on("hyper-schema", hyperschema::answer)
        .finish(state)
}
