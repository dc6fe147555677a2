//! What this door speaks: the list that router, metrics, tests and `docs/dialects/dynalist.md` are made from.

mod check_for_updates;
mod doc_edit;
mod doc_read;
mod export;
mod file_edit;
mod file_list;
mod import;
mod inbox_add;
mod preferences;
mod upload;

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
    ("list files", "reference, Get all documents and folders"),
    ("edit files", "reference, Make changes to documents and folders"),
    ("read document", "reference, Get content of a document"),
    ("check for updates", "reference, Check if documents has been updated"),
    ("edit document", "reference, Make change to the content of a document"),
    ("add to inbox", "reference, Send to inbox"),
    ("upload", "reference, Upload file"),
    ("get preference", "reference, Get Preference"),
    ("set preference", "reference, Set Preference"),
];

/// Where an endpoint is documented: the reference, or nowhere but here.
pub fn documented(name: &str) -> &'static str {
    REFERENCE.iter().find(|(known, _)| *known == name).map_or("ours", |(_, heading)| heading)
}

/// Everything that is spoken. One row each, so that it reads as a table.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::POST, "/file/list", "list files", "All documents and folders.", "base|read, table|read"),
    endpoint(Method::POST, "/file/edit", "edit files", "Makes, renames and moves documents and folders.", "record|create, record|update"),
    endpoint(Method::POST, "/doc/read", "read document", "The nodes of a document.", "record|read"),
    endpoint(Method::POST, "/doc/check_for_updates", "check for updates", "The versions of documents.", "table|read"),
    endpoint(Method::POST, "/doc/edit", "edit document", "Inserts, edits, moves and deletes nodes.", "record|create, record|update, record|delete"),
    endpoint(Method::POST, "/inbox/add", "add to inbox", "Adds a node to the inbox.", "record|create"),
    endpoint(Method::POST, "/upload", "upload", "Keeps a file and tells its address.", "record|create"),
    endpoint(Method::GET, "/u/{id}", "read upload", "The bytes of an uploaded file.", "the address itself"),
    endpoint(Method::GET, "/export", "export all", "All documents as an archive of OPML.", "base|read, table|read, record|read"),
    endpoint(Method::GET, "/export/{file}", "export document", "A document as OPML, Markdown or text (`format`: opml, markdown, text).", "table|export, record|read"),
    endpoint(Method::POST, "/import", "import document", "A new document of the file that is the body (`format`, `title`, `parent_id`, `index` in the query).", "record|create"),
    endpoint(Method::POST, "/pref/get", "get preference", "A preference of the user.", ""),
    endpoint(Method::POST, "/pref/set", "set preference", "Sets a preference of the user.", "record|update"),
];

/// The router of all endpoints, below every prefix.
pub fn router(state: State) -> Router {
    Routes::new(PREFIXES, ENDPOINTS)
        .on("list files", file_list::answer)
        .on("edit files", file_edit::answer)
        .on("read document", doc_read::answer)
        .on("check for updates", check_for_updates::answer)
        .on("edit document", doc_edit::answer)
        .on("add to inbox", inbox_add::answer)
        .on("upload", upload::answer)
        .on("read upload", upload::get)
        .on("export all", export::all)
        .on("export document", export::one)
        .on("import document", import::answer)
        .on("get preference", preferences::get)
        .on("set preference", preferences::set)
        .finish(state)
}
