//! What this door speaks: the list that router, metrics, tests and `docs/dialects/ninox.md` are made from.

mod changes;
mod databases;
mod delete_records;
mod exec;
mod explain;
mod files;
mod list_records;
mod lookup;
mod query;
mod reports;
mod schema;
mod settings;
mod tables;
mod teams;
mod upload_file;
mod views;
mod write_records;

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

/// Everything that is spoken. One row each, so that it reads as a table.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::GET, "/teams", "list teams", "The teams that the asker reaches.", "space|read"),
    endpoint(Method::GET, "/teams/{teamId}", "get team", "One team.", "space|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases", "list databases", "The databases of a team.", "base|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}", "get database", "Settings and schema of a database.", "table|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/query", "query", "Runs a script that only reads.", "record|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/query", "query (POST)", "Runs a script that only reads.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/{script}", "query as segment", "Runs a script that only reads, in the place of the last segment.", "record|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/exec", "exec", "Runs a script that may write.", "what the script does"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/explain", "explain", "Runs a script that only reads, and tells how.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables", "list tables", "The tables of a database with their fields.", "table|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}", "get table", "One table, by id or name.", "table|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records", "list records", "Records with filters, order and paging.", "record|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records", "write records", "Creates, updates and upserts records.", "record|create, record|update"),
    endpoint(Method::DELETE, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records", "delete records", "Deletes several records by their numbers.", "record|delete"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/delete", "delete records (POST)", "Deletes several records by their numbers.", "record|delete"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/record", "look up record", "The first record with these values.", "record|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/record", "look up record (POST)", "The first record with these values.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}", "get record", "One record.", "record|read"),
    endpoint(Method::PUT, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}", "update record", "Changes fields of one record.", "record|update"),
    endpoint(Method::DELETE, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}", "delete record", "Deletes one record.", "record|delete"),
    endpoint(Method::PATCH, "/teams/{teamId}/databases/{databaseId}/schema", "change schema", "Makes and changes tables and fields.", "table|update, and what the changes need"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/changes", "changes in database", "What changed in a database since a sequence.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/changes", "changes in table", "What changed in a table since a sequence.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/changes", "changes in record", "What changed in one record since a sequence.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files", "list files", "Metadata of the files of a record.", "record|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files", "upload file", "Takes a file in; with `fieldName` a field points at it.", "record|update"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files/{file}", "get file", "The bytes of a file.", "record|read"),
    endpoint(Method::DELETE, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files/{file}", "delete file", "Takes a file out of a record.", "record|update"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files/{file}/metadata", "file metadata", "Metadata of one file.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/tables/{tableId}/records/{recordId}/files/{file}/thumb.jpg", "thumbnail", "A small copy of a picture.", "record|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/views", "list views", "The views of a database.", "view|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/views", "save view", "Saves a view, or several.", "view|create, view|update"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/json/views/update", "update views", "Saves views, as the command line of Ninox does.", "view|create, view|update"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/reports", "list reports", "The reports that are kept.", "table|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/reports", "save report", "Keeps a report.", "base|update"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/reports/{reportId}/files", "list report files", "The files of a report; there are none.", "table|read"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/reports/{reportId}/files/{file}", "report file", "A file of a report; there is none.", "table|read"),
    endpoint(Method::POST, "/teams/{teamId}/databases/{databaseId}/settings/update", "update settings", "Sets name, icon and color of a database.", "base|update"),
    endpoint(Method::GET, "/teams/{teamId}/databases/{databaseId}/files/background.jpg", "background", "The picture behind a database; there is none.", "base|read"),
];

/// The router.
pub fn router(state: State) -> Router {
    let routes = Routes::new(PREFIXES, ENDPOINTS)
        .on("list teams", teams::list)
        .on("get team", teams::get)
        .on("list databases", databases::list)
        .on("get database", databases::get)
        .on("query", query::by_address)
        .on("query (POST)", query::by_body)
        .on("query as segment", query::as_segment)
        .on("exec", exec::answer)
        .on("explain", explain::answer)
        .on("list tables", tables::list)
        .on("get table", tables::get);
    let routes = routes
        .on("list records", list_records::answer)
        .on("write records", write_records::several)
        .on("delete records", delete_records::several)
        .on("delete records (POST)", delete_records::several)
        .on("look up record", lookup::answer)
        .on("look up record (POST)", lookup::answer)
        .on("get record", list_records::one)
        .on("update record", write_records::put)
        .on("delete record", delete_records::one);
    let routes = routes
        .on("change schema", schema::patch)
        .on("changes in database", changes::of_database)
        .on("changes in table", changes::of_table)
        .on("changes in record", changes::of_record)
        .on("list files", files::list)
        .on("upload file", upload_file::answer)
        .on("get file", files::download)
        .on("delete file", files::delete)
        .on("file metadata", files::metadata)
        .on("thumbnail", files::thumbnail);
    routes
        .on("list views", views::list)
        .on("save view", views::save)
        .on("update views", views::save)
        .on("list reports", reports::list)
        .on("save report", reports::save)
        .on("list report files", reports::files)
        .on("report file", reports::file)
        .on("update settings", settings::update)
        .on("background", settings::background)
        .finish(state)
}
