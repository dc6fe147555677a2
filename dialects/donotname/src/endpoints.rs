//! What this door speaks: the list that router, metrics, tests and `docs/dialects/donotname.md` are made from.

mod attachment_cell;
mod attachments;
mod auth;
mod bases;
mod create_field;
mod create_records;
mod create_table;
mod delete_fields;
mod delete_records;
mod duplicate_record;
mod duplicate_table;
mod edit_field;
mod edit_table;
mod fields;
mod get_record;
mod history;
mod list_records;
mod ordering;
mod read_attachment;
mod record_order;
mod record_status;
mod spaces;
mod table_order;
mod tables;
mod tokens;
mod undo_redo;
mod update_records;
mod upload_attachment;
mod view_order;
mod views;

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

/// The endpoints of the reference document, with the heading there. Button clicks come with their issue.
pub const REFERENCE: &[(&str, &str)] = &[
    ("list records", "reference, List Records"),
    ("get record", "reference, Get a Single Record"),
    ("create records", "reference, Create Records"),
    ("update record", "reference, Update a Single Record"),
    ("update records", "reference, Update Multiple Records"),
    ("delete record", "reference, Delete a Record"),
    ("delete records", "reference, Delete Multiple Records"),
    ("duplicate record", "reference, Duplicate a Record"),
    ("upload attachment", "reference, Upload a File"),
    ("history of a record", "reference, Record History"),
    ("history of a table", "reference, Record History"),
];

/// Where an endpoint is documented: the reference, or the facts about Teable.
pub fn documented(name: &str) -> &'static str {
    REFERENCE.iter().find(|(known, _)| *known == name).map_or("Teable", |(_, heading)| heading)
}

/// Everything that is spoken. One row each, so that it reads as a table.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::GET, "/table/{tableId}/record", "list records", "Records with filter, order, search and paging.", "record|read"),
    endpoint(Method::POST, "/table/{tableId}/record", "create records", "Makes one or more records.", "record|create"),
    endpoint(Method::PATCH, "/table/{tableId}/record", "update records", "Changes several records.", "record|update"),
    endpoint(Method::DELETE, "/table/{tableId}/record", "delete records", "Deletes several records by `recordIds`.", "record|delete"),
    endpoint(Method::GET, "/table/{tableId}/record/history", "history of a table", "What changed in all records of a table, newest first.", "table_record_history|read"),
    endpoint(Method::GET, "/table/{tableId}/record/{recordId}", "get record", "One record.", "record|read"),
    endpoint(Method::PATCH, "/table/{tableId}/record/{recordId}", "update record", "Changes one record.", "record|update"),
    endpoint(Method::DELETE, "/table/{tableId}/record/{recordId}", "delete record", "Deletes one record.", "record|delete"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}", "duplicate record (old address)", "The address of the duplicate before it had its last word.", "record|create, record|read"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}/duplicate", "duplicate record", "Makes a copy of a record.", "record|create, record|read"),
    endpoint(Method::GET, "/table/{tableId}/record/{recordId}/history", "history of a record", "What changed in one record, newest first.", "record|update"),
    endpoint(Method::GET, "/table/{tableId}/record/{recordId}/status", "record status", "Whether a record is deleted, and whether a list query shows it.", "record|read"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}/{fieldId}/uploadAttachment", "upload attachment", "Adds a file to a cell: the part `file`, or fetched from `fileUrl`.", "record|update"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}/{fieldId}/insertAttachment", "insert attachment", "Adds uploads or known attachments to a cell.", "record|update"),
    endpoint(Method::POST, "/attachments/signature", "sign upload", "Gives a signed address to send a file to.", "a right to write records"),
    endpoint(Method::PUT, "/attachments/upload/{token}", "send upload", "Takes the bytes of a file at its signed address.", "a signed address"),
    endpoint(Method::POST, "/attachments/upload/{token}", "send upload (POST)", "Takes the bytes of a file at its signed address.", "a signed address"),
    endpoint(Method::POST, "/attachments/notify/{token}", "notify upload", "What became of an upload: an attachment to be written to a cell.", "a right to write records"),
    endpoint(Method::GET, "/attachments/read/{token}", "read attachment", "The bytes of an attachment, or with `size` (sm, lg) a small copy of a picture.", "a signed address"),
    endpoint(Method::GET, "/table/{tableId}/aggregation/row-count", "row count", "How many records a list query finds.", "record|read"),
    endpoint(Method::POST, "/table/{tableId}/undo-redo/undo", "undo", "Takes back what this window (`X-Window-Id`) wrote last.", "what the inverse needs"),
    endpoint(Method::POST, "/table/{tableId}/undo-redo/redo", "redo", "Does again what this window took back last.", "what the change needs"),
    endpoint(Method::GET, "/table/{tableId}/field", "list fields", "The fields of a table.", "field|read"),
    endpoint(Method::POST, "/table/{tableId}/field", "create field", "Makes a field.", "field|create"),
    endpoint(Method::DELETE, "/table/{tableId}/field", "delete fields", "Deletes several fields by `fieldIds`.", "field|delete"),
    endpoint(Method::GET, "/table/{tableId}/field/{fieldId}", "get field", "One field.", "field|read"),
    endpoint(Method::PATCH, "/table/{tableId}/field/{fieldId}", "update field", "Changes name, description or database name of a field.", "field|update"),
    endpoint(Method::DELETE, "/table/{tableId}/field/{fieldId}", "delete field", "Deletes one field.", "field|delete"),
    endpoint(Method::PUT, "/table/{tableId}/field/{fieldId}/convert", "convert field", "Changes type or options of a field.", "field|update"),
    endpoint(Method::POST, "/table/{tableId}/field/{fieldId}/duplicate", "duplicate field", "Makes a copy of a field with its values.", "field|create, record|read, record|update"),
    endpoint(Method::GET, "/table/{tableId}/view", "list views", "The views of a table.", "view|read"),
    endpoint(Method::POST, "/table/{tableId}/view", "create view", "Makes a view.", "view|create"),
    endpoint(Method::GET, "/table/{tableId}/view/{viewId}", "get view", "One view.", "view|read"),
    endpoint(Method::DELETE, "/table/{tableId}/view/{viewId}", "delete view", "Deletes a view; the last one stays.", "view|delete"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/filter", "set view filter", "Sets the filter of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/sort", "set view sort", "Sets the sort of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/group", "set view group", "Sets the groups of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/name", "rename view", "Sets the name of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/description", "describe view", "Sets the description of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/order", "move view", "Moves a view before or after another.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/column-meta", "set view columns", "Sets widths and visibility of columns.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/record-order", "move records in view", "Moves records before or after another in a view.", "view|update, record|read"),
    endpoint(Method::PATCH, "/table/{tableId}/view/{viewId}/options", "set view options", "Sets options of a view.", "view|update"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/locked", "lock view", "Locks or unlocks a view.", "view|update"),
    endpoint(Method::GET, "/base/{baseId}/table", "list tables", "The tables of a base in their order.", "table|read"),
    endpoint(Method::POST, "/base/{baseId}/table", "create table", "Makes a table with fields, views and records.", "table|create"),
    endpoint(Method::GET, "/base/{baseId}/table/{tableId}", "get table", "One table.", "table|read"),
    endpoint(Method::DELETE, "/base/{baseId}/table/{tableId}", "delete table", "Deletes a table.", "table|delete"),
    endpoint(Method::DELETE, "/base/{baseId}/table/{tableId}/permanent", "delete table for good", "Deletes a table.", "table|delete"),
    endpoint(Method::PUT, "/base/{baseId}/table/{tableId}/name", "rename table", "Sets the name of a table.", "table|update"),
    endpoint(Method::PUT, "/base/{baseId}/table/{tableId}/icon", "set table icon", "Sets or clears the icon of a table.", "table|update"),
    endpoint(Method::PUT, "/base/{baseId}/table/{tableId}/description", "describe table", "Sets or clears the description of a table.", "table|update"),
    endpoint(Method::PUT, "/base/{baseId}/table/{tableId}/db-table-name", "set database name of table", "Sets the name of a table for programs.", "table|update"),
    endpoint(Method::PUT, "/base/{baseId}/table/{tableId}/order", "move table", "Moves a table before or after another.", "table|update"),
    endpoint(Method::GET, "/base/{baseId}/table/{tableId}/default-view-id", "default view", "The first view of a table.", "view|read"),
    endpoint(Method::GET, "/base/{baseId}/table/{tableId}/permission", "table permission", "What the asker may do with a table.", ""),
    endpoint(Method::POST, "/base/{baseId}/table/{tableId}/duplicate", "duplicate table", "Makes a copy of a table, with its records if asked.", "table|create, table|read"),
    endpoint(Method::GET, "/space", "list spaces", "The spaces that the asker reaches.", "space|read"),
    endpoint(Method::POST, "/space", "create space", "Makes a space.", "space|create"),
    endpoint(Method::GET, "/space/{spaceId}", "get space", "One space.", "space|read"),
    endpoint(Method::PATCH, "/space/{spaceId}", "update space", "Renames a space.", "space|update"),
    endpoint(Method::DELETE, "/space/{spaceId}", "delete space", "Deletes a space with its bases.", "space|delete"),
    endpoint(Method::GET, "/space/{spaceId}/base", "list bases of a space", "The bases of a space.", "base|read"),
    endpoint(Method::POST, "/base", "create base", "Makes a base in a space.", "base|create"),
    endpoint(Method::GET, "/base/access/all", "list bases", "All bases that the asker reaches.", "base|read"),
    endpoint(Method::GET, "/base/{baseId}", "get base", "One base.", "base|read"),
    endpoint(Method::PATCH, "/base/{baseId}", "update base", "Changes name or icon of a base.", "base|update"),
    endpoint(Method::DELETE, "/base/{baseId}", "delete base", "Deletes a base.", "base|delete"),
    endpoint(Method::GET, "/base/{baseId}/permission", "base permission", "What the asker may do in a base.", ""),
    endpoint(Method::POST, "/access-token", "create token", "Makes an access token and tells its text, once.", "a session"),
    endpoint(Method::GET, "/access-token", "list tokens", "The asker's tokens, without their texts.", "a session"),
    endpoint(Method::GET, "/access-token/{tokenId}", "get token", "One token.", "a session"),
    endpoint(Method::PUT, "/access-token/{tokenId}", "update token", "Changes name, scopes and reach of a token.", "a session"),
    endpoint(Method::DELETE, "/access-token/{tokenId}", "delete token", "Ends a token.", "a session"),
    endpoint(Method::POST, "/access-token/{tokenId}/refresh", "refresh token", "Gives a token a new text; the old one is dead.", "a session"),
    endpoint(Method::POST, "/auth/signin", "sign in", "Begins a session with e-mail address and password.", "nothing"),
    endpoint(Method::POST, "/auth/signout", "sign out", "Ends the session.", "nothing"),
    endpoint(Method::GET, "/auth/user/me", "who am I", "The person of the session.", "a session"),
    endpoint(Method::GET, "/auth/user", "token's user", "The user behind a token; the e-mail address only with `user|email_read`.", ""),
];

/// The router of all endpoints, below every prefix.
pub fn router(state: State) -> Router {
    Routes::new(PREFIXES, ENDPOINTS)
        .on("list records", list_records::answer)
        .on("create records", create_records::answer)
        .on("update records", update_records::many)
        .on("delete records", delete_records::many)
        .on("history of a table", history::of_table)
        .on("get record", get_record::answer)
        .on("update record", update_records::one)
        .on("delete record", delete_records::one)
        .on("duplicate record (old address)", duplicate_record::answer)
        .on("duplicate record", duplicate_record::answer)
        .on("history of a record", history::of_record)
        .on("record status", record_status::status)
        .on("upload attachment", upload_attachment::answer)
        .on("insert attachment", upload_attachment::insert)
        .on("sign upload", attachments::signature)
        .on("send upload", attachments::upload)
        .on("send upload (POST)", attachments::upload)
        .on("notify upload", attachments::notify)
        .on("read attachment", read_attachment::answer)
        .on("row count", record_status::row_count)
        .on("undo", undo_redo::undo)
        .on("redo", undo_redo::redo)
        .on("list fields", fields::list)
        .on("create field", create_field::create)
        .on("delete fields", delete_fields::many)
        .on("get field", fields::get)
        .on("update field", edit_field::patch)
        .on("delete field", delete_fields::one)
        .on("convert field", edit_field::convert)
        .on("duplicate field", create_field::duplicate)
        .on("list views", views::list)
        .on("create view", views::create)
        .on("get view", views::get)
        .on("delete view", views::delete)
        .on("set view filter", views::filter)
        .on("set view sort", views::sort)
        .on("set view group", views::group)
        .on("rename view", views::name)
        .on("describe view", views::description)
        .on("move view", view_order::answer)
        .on("set view columns", views::column_meta)
        .on("move records in view", record_order::answer)
        .on("set view options", views::options)
        .on("lock view", views::locked)
        .on("list tables", tables::list)
        .on("create table", create_table::answer)
        .on("get table", tables::get)
        .on("delete table", tables::delete)
        .on("delete table for good", tables::delete)
        .on("rename table", edit_table::name)
        .on("set table icon", edit_table::icon)
        .on("describe table", edit_table::description)
        .on("set database name of table", edit_table::db_table_name)
        .on("move table", table_order::answer)
        .on("default view", tables::default_view)
        .on("table permission", tables::permission)
        .on("duplicate table", duplicate_table::answer)
        .on("list spaces", spaces::list)
        .on("create space", spaces::create)
        .on("get space", spaces::get)
        .on("update space", spaces::update)
        .on("delete space", spaces::delete)
        .on("list bases of a space", spaces::bases)
        .on("create base", bases::create)
        .on("list bases", bases::list_all)
        .on("get base", bases::get)
        .on("update base", bases::update)
        .on("delete base", bases::delete)
        .on("base permission", bases::permission)
        .on("create token", tokens::create)
        .on("list tokens", tokens::list)
        .on("get token", tokens::get)
        .on("update token", tokens::update)
        .on("delete token", tokens::delete)
        .on("refresh token", tokens::refresh)
        .on("sign in", auth::sign_in)
        .on("sign out", auth::sign_out)
        .on("who am I", auth::me)
        .on("token's user", auth::user)
        .finish(state)
}
