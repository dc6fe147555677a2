//! What this door speaks: the list that router, metrics, tests, the hyper-schema and `docs/dialects/dato.md` are made
//! from.

mod create_field;
mod create_item;
mod create_item_type;
mod create_menu_item;
mod create_session;
mod create_upload;
mod create_upload_request;
mod create_user;
mod delete_field;
mod delete_item;
mod delete_item_type;
mod delete_menu_item;
mod delete_upload;
mod delete_user;
mod deploy_results;
mod deploy_site;
mod hyperschema;
mod list_deploy_events;
mod list_fields;
mod list_item_types;
mod list_items;
mod list_menu_items;
mod list_uploads;
mod list_users;
mod read_asset;
mod reset_password;
mod send_upload;
mod show_deploy_event;
mod show_field;
mod show_item;
mod show_item_type;
mod show_menu_item;
mod show_site;
mod show_upload;
mod show_user;
mod update_field;
mod update_item;
mod update_item_type;
mod update_menu_item;
mod update_site;
mod update_upload;
mod update_user;
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
    ("create session", "reference, Session Create"),
    ("create user", "reference, User Create"),
    ("update user", "reference, User Update"),
    ("list users", "reference, User Index"),
    ("show user", "reference, User Show"),
    ("reset password", "reference, User Reset password"),
    ("delete user", "reference, User Delete"),
    ("show site", "reference, Site Create"),
    ("update site", "reference, Site Update"),
    ("create menu item", "reference, Create a new menu item"),
    ("update menu item", "reference, Updates a menu item"),
    ("list menu items", "reference, Lists menu items"),
    ("show menu item", "reference, Show menu item"),
    ("delete menu item", "reference, Deletes menu item"),
    ("list deploy events", "reference, Deploy activity Index"),
    ("show deploy event", "reference, Deploy activity Show"),
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
    ("create upload request", "reference, Upload request Create"),
];

/// Where an endpoint is documented: the reference, or nowhere but here.
pub fn documented(name: &str) -> &'static str {
    REFERENCE.iter().find(|(known, _)| *known == name).map_or("ours", |(_, heading)| heading)
}

/// Everything that is spoken. One row each, so that it reads as a table.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::POST, "/sessions", "create session", "Begins a session, by password, by a mailed code, or by an invitation.", ""),
    endpoint(Method::POST, "/users", "create user", "Invites somebody by mail.", "base|invite"),
    endpoint(Method::PUT, "/users/{user_id}", "update user", "Changes names; in one's own session also address and password.", "base|invite"),
    endpoint(Method::GET, "/users", "list users", "The members of the site and who is invited.", "base|read"),
    endpoint(Method::GET, "/users/{user_id}", "show user", "One of them.", "base|read"),
    endpoint(Method::POST, "/users/reset_password", "reset password", "Mails a code for a new password.", ""),
    endpoint(Method::DELETE, "/users/{user_id}", "delete user", "Ends a membership or an invitation.", "base|invite"),
    endpoint(Method::GET, "/site", "show site", "The site with its settings.", "base|read"),
    endpoint(Method::PUT, "/site", "update site", "Changes settings of the site.", "base|update"),
    endpoint(Method::POST, "/menu-items", "create menu item", "A new item of the menu.", "record|create"),
    endpoint(Method::PUT, "/menu-items/{menu_item_id}", "update menu item", "Changes an item of the menu.", "record|update"),
    endpoint(Method::GET, "/menu-items", "list menu items", "All items of the menu.", "table|read"),
    endpoint(Method::GET, "/menu-items/{menu_item_id}", "show menu item", "One item of the menu.", "table|read"),
    endpoint(Method::DELETE, "/menu-items/{menu_item_id}", "delete menu item", "Takes an item out of the menu.", "record|delete"),
    endpoint(Method::POST, "/deploy", "deploy site", "Asks for a deploy.", "record|update"),
    endpoint(Method::GET, "/deploy-events", "list deploy events", "What happened at deploys, newest first.", "record|update"),
    endpoint(Method::GET, "/deploy-events/{deploy_event_id}", "show deploy event", "One of these events.", "record|update"),
    endpoint(Method::POST, "/deploy-results", "tell deploy result", "What came of a deploy, from who deploys.", ""),
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
    endpoint(Method::POST, "/upload-requests", "create upload request", "A path for a file, and the address to send it to.", "record|update"),
    endpoint(Method::PUT, "/upload-requests/{site}/{file}", "send upload", "The bytes of a file, to its signed address.", ""),
    endpoint(Method::GET, "/assets/{site}/{file}", "read asset", "A file by its path; a picture also in another shape.", ""),
    endpoint(Method::POST, "/uploads", "create upload", "Names a file that was sent.", "record|update"),
    endpoint(Method::PUT, "/uploads/{upload_id}", "update upload", "Changes alt and title of a file.", "record|update"),
    endpoint(Method::GET, "/uploads", "list uploads", "The files that were sent, newest first.", "record|read"),
    endpoint(Method::GET, "/uploads/{upload_id}", "show upload", "One of them.", "record|read"),
    endpoint(Method::DELETE, "/uploads/{upload_id}", "delete upload", "Deletes one of them.", "record|delete"),
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
        .on("create session", create_session::answer)
        .on("create user", create_user::answer)
        .on("update user", update_user::answer)
        .on("list users", list_users::answer)
        .on("show user", show_user::answer)
        .on("reset password", reset_password::answer)
        .on("delete user", delete_user::answer)
        .on("deploy site", deploy_site::answer)
        .on("list deploy events", list_deploy_events::answer)
        .on("show deploy event", show_deploy_event::answer)
        .on("tell deploy result", deploy_results::answer)
        .on("create upload request", create_upload_request::answer)
        .on("send upload", send_upload::answer)
        .on("read asset", read_asset::answer)
        .on("create upload", create_upload::answer)
        .on("update upload", update_upload::answer)
        .on("list uploads", list_uploads::answer)
        .on("show upload", show_upload::answer)
        .on("delete upload", delete_upload::answer)
        .on("hyper-schema", hyperschema::answer)
        .finish(state)
}
