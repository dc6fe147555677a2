//! What this door speaks: the list that router, metrics, tests and `docs/dialects/donotname.md` are made from.

mod aggregation;
mod attachment_cell;
mod attachments;
mod auth;
mod bases;
mod button_runs;
mod buttons;
mod calendar;
mod collaborators;
mod create_field;
mod create_records;
mod create_table;
mod delete_fields;
mod delete_records;
mod duplicate_record;
mod duplicate_table;
mod edit_field;
mod edit_table;
pub(crate) mod export;
mod fields;
mod get_record;
mod group_points;
mod history;
pub(crate) mod import;
mod import_analyze;
mod import_table;
mod invitations;
mod list_records;
mod manual_sort;
mod openapi;
mod ordering;
mod passwords;
pub(crate) mod read_attachment;
mod record_order;
mod record_status;
mod search;
mod sign_up;
mod spaces;
mod table_order;
mod tables;
mod tokens;
mod trash;
mod triggers;
mod undo_redo;
mod update_records;
mod upload_attachment;
mod view_order;
mod views;

use crate::door::{PREFIXES, State};
use crate::page;
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
    ("click button", "reference, Button Click"),
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
    endpoint(Method::PUT, "/attachments/upload/{token}", "send upload", "Takes the bytes of a file at its signed address, or by its token from whom it was given to.", "a signed address, or the token and a right to write records"),
    endpoint(Method::POST, "/attachments/upload/{token}", "send upload (POST)", "Takes the bytes of a file at its signed address, or by its token from whom it was given to.", "a signed address, or the token and a right to write records"),
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
    endpoint(Method::GET, "/openapi.json", "OpenAPI document", "This list for programs, as OpenAPI 3.1.", "nothing"),
    endpoint(Method::GET, "/docs", "API page", "A page to read: the asker's tables, and every endpoint.", "nothing"),
    endpoint(Method::GET, "/docs/page.js", "script of the API page", "What copies a call.", "nothing"),
    endpoint(Method::GET, "/docs/page.css", "style of the API page", "How the page looks.", "nothing"),
    endpoint(Method::GET, "/docs/{tableId}", "API page of a table", "The calls of one table with its own ids, ready to be copied.", "table|read"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}/{fieldId}/button-click", "click button", "Runs the actions of a button.", "record|read"),
    endpoint(Method::POST, "/table/{tableId}/record/{recordId}/{fieldId}/button-reset", "reset button", "Sets the count of a button back to 0.", "record|update"),
    endpoint(Method::GET, "/table/{tableId}/triggers", "get triggers", "The scripts that run after records are made or changed.", "table|read, automation|update"),
    endpoint(Method::PUT, "/table/{tableId}/triggers", "set triggers", "Sets the scripts that run after records are made or changed.", "a manager of the base with full access"),
    endpoint(Method::GET, "/table/{tableId}/field/{fieldId}/runs", "runs of a button", "What clicks on a button did, newest first.", "automation|read, record|read"),
    endpoint(Method::GET, "/table/{tableId}/aggregation", "aggregation", "Statistics of columns over a list and its groups.", "record|read"),
    endpoint(Method::GET, "/table/{tableId}/aggregation/group-points", "group points", "Where the groups of a list begin.", "record|read"),
    endpoint(Method::GET, "/table/{tableId}/aggregation/search-count", "search count", "How many records of a list a search finds.", "record|read"),
    endpoint(Method::GET, "/table/{tableId}/aggregation/search-index", "search index", "Where in a list a search finds something.", "record|read"),
    endpoint(Method::GET, "/table/{tableId}/aggregation/calendar-daily-collection", "calendar days", "The records on each day of a calendar's page.", "record|read"),
    endpoint(Method::PUT, "/table/{tableId}/view/{viewId}/manual-sort", "sort view by hand", "Keeps the order that a sort gives as one made by hand.", "view|update, record|read"),
    endpoint(Method::GET, "/import/analyze", "analyze file by address", "The columns of a CSV file that was sent before, or is elsewhere.", "table|import"),
    endpoint(Method::POST, "/import/analyze", "analyze file", "The columns of a CSV file with their types.", "table|import"),
    endpoint(Method::POST, "/import/{baseId}", "import table", "Makes a table of a CSV file.", "table|import, table|create, record|create"),
    endpoint(Method::PATCH, "/import/{baseId}/{tableId}", "import into table", "Adds the rows of a CSV file to a table; with `key` it updates records and needs `record|read` and `record|update`, too.", "table|import, record|create"),
    endpoint(Method::GET, "/export/{tableId}", "export table", "The records of a view as CSV.", "table|export, record|read"),
    endpoint(Method::POST, "/auth/signup", "sign up", "Makes an account and begins a session, where the server lets people do so.", "nothing"),
    endpoint(Method::PATCH, "/auth/change-password", "change password", "Changes the password of the person; all other sessions end.", "a session"),
    endpoint(Method::POST, "/auth/send-reset-password-email", "ask for a new password", "Mails a code to set a new password with, if the address has an account.", "nothing"),
    endpoint(Method::POST, "/auth/reset-password", "reset password", "Sets a new password with a mailed code; all sessions end.", "nothing"),
    endpoint(Method::PATCH, "/user/name", "rename user", "Sets the person's own name.", "a session"),
    endpoint(Method::GET, "/space/{spaceId}/collaborators", "list members of space", "The members of a space and their roles.", "space|read"),
    endpoint(Method::PATCH, "/space/{spaceId}/collaborators", "change member of space", "Gives a member of a space another role.", "space|grant_role"),
    endpoint(Method::DELETE, "/space/{spaceId}/collaborators", "remove member of space", "Takes a member out of a space; everybody may leave.", "space|grant_role"),
    endpoint(Method::POST, "/space/{spaceId}/collaborator", "add members to space", "Gives people of the space or its bases a role on a space.", "space|grant_role"),
    endpoint(Method::POST, "/space/{spaceId}/invitation/link", "create invitation to space", "Makes an invitation link and tells its code, once.", "space|invite_link"),
    endpoint(Method::GET, "/space/{spaceId}/invitation/link", "list invitations to space", "The invitation links to a space, without their codes.", "space|invite_link"),
    endpoint(Method::PATCH, "/space/{spaceId}/invitation/link/{invitationId}", "update invitation to space", "Gives an invitation another role.", "space|invite_link"),
    endpoint(Method::DELETE, "/space/{spaceId}/invitation/link/{invitationId}", "delete invitation to space", "Ends an invitation.", "space|invite_link"),
    endpoint(Method::POST, "/space/{spaceId}/invitation/email", "invite to space by e-mail", "Mails invitations that are good once, for a week.", "space|invite_email"),
    endpoint(Method::GET, "/base/{baseId}/collaborators", "list members of base", "The members of a base and their roles.", "base|read"),
    endpoint(Method::PATCH, "/base/{baseId}/collaborators", "change member of base", "Gives a member of a base another role.", "base|update"),
    endpoint(Method::DELETE, "/base/{baseId}/collaborators", "remove member of base", "Takes a member out of a base; everybody may leave.", "base|update"),
    endpoint(Method::POST, "/base/{baseId}/collaborator", "add members to base", "Gives people of the space or its bases a role on a base.", "base|update"),
    endpoint(Method::POST, "/base/{baseId}/invitation/link", "create invitation to base", "Makes an invitation link and tells its code, once.", "base|invite_link"),
    endpoint(Method::GET, "/base/{baseId}/invitation/link", "list invitations to base", "The invitation links to a base, without their codes.", "base|invite_link"),
    endpoint(Method::PATCH, "/base/{baseId}/invitation/link/{invitationId}", "update invitation to base", "Gives an invitation another role.", "base|invite_link"),
    endpoint(Method::DELETE, "/base/{baseId}/invitation/link/{invitationId}", "delete invitation to base", "Ends an invitation.", "base|invite_link"),
    endpoint(Method::POST, "/base/{baseId}/invitation/email", "invite to base by e-mail", "Mails invitations that are good once, for a week.", "base|invite_email"),
    endpoint(Method::GET, "/base/{baseId}/collaborators/users", "list users of base", "The members of a base and its space as users.", "base|read"),
    endpoint(Method::POST, "/invitation/link/accept", "accept invitation", "Lets the person into the space or base of an invitation.", "a session"),
    endpoint(Method::GET, "/trash", "list trash", "Deleted bases, or with `resourceType=space` spaces (which takes space|delete).", "base|delete"),
    endpoint(Method::GET, "/trash/items", "list trash items", "The deleted tables of a base, or the deleted records, fields and views of a table.", "table|trash_read"),
    endpoint(Method::POST, "/trash/restore/{trashId}", "restore from trash", "Brings back what was deleted; instead of record|create tables take table|create, fields field|update, views view|update, bases base|delete, spaces space|delete.", "table|trash_update, record|create"),
    endpoint(Method::DELETE, "/trash/reset-items", "empty trash", "Empties the trash of a base or table; table|trash_reset does as well.", "table|trash_update"),
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
        .on("OpenAPI document", openapi::answer)
        .on("API page", page::all)
        .on("script of the API page", page::script)
        .on("style of the API page", page::style)
        .on("API page of a table", page::one)
        .on("click button", buttons::click)
        .on("reset button", buttons::reset)
        .on("runs of a button", button_runs::answer)
        .on("get triggers", triggers::get)
        .on("set triggers", triggers::put)
        .on("aggregation", aggregation::answer)
        .on("group points", group_points::answer)
        .on("search count", search::count)
        .on("search index", search::index)
        .on("calendar days", calendar::answer)
        .on("sort view by hand", manual_sort::answer)
        .on("analyze file by address", import_analyze::by_address)
        .on("analyze file", import_analyze::answer)
        .on("import table", import_table::answer)
        .on("import into table", import::answer)
        .on("export table", export::answer)
        .on("sign up", sign_up::answer)
        .on("change password", passwords::change)
        .on("ask for a new password", passwords::ask)
        .on("reset password", passwords::reset)
        .on("rename user", passwords::name)
        .on("list members of space", collaborators::of_space)
        .on("change member of space", collaborators::update)
        .on("remove member of space", collaborators::remove)
        .on("add members to space", collaborators::add)
        .on("create invitation to space", invitations::create_link)
        .on("list invitations to space", invitations::list_links)
        .on("update invitation to space", invitations::update_link)
        .on("delete invitation to space", invitations::delete_link)
        .on("invite to space by e-mail", invitations::mail)
        .on("list members of base", collaborators::of_base)
        .on("change member of base", collaborators::update)
        .on("remove member of base", collaborators::remove)
        .on("add members to base", collaborators::add)
        .on("create invitation to base", invitations::create_link)
        .on("list invitations to base", invitations::list_links)
        .on("update invitation to base", invitations::update_link)
        .on("delete invitation to base", invitations::delete_link)
        .on("invite to base by e-mail", invitations::mail)
        .on("list users of base", collaborators::users_of_base)
        .on("accept invitation", invitations::accept)
        .on("list trash", trash::homes)
        .on("list trash items", trash::items)
        .on("restore from trash", trash::restore)
        .on("empty trash", trash::reset)
        .finish(state)
}
