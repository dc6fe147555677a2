//! `docs/dialects/dynalist.md`, made from the list of endpoints and the list of differences. A test holds the file to
//! it; `MANYTONGUE_WRITE_DOCS=1 cargo test -p dynalist docs_are_current` writes it.

use crate::door::PREFIXES;
use crate::endpoints::{ENDPOINTS, documented};
use std::fmt::Write;

/// What we decided where the reference, the live service and we differ. Numbers are never given twice, so tests and
/// issues can name them.
#[rustfmt::skip]
pub const DIFFERENCES: &[(&str, &str)] = &[
    ("two profiles", "At the plain address a good answer has `_code: \"OK\"` and `_msg: \"\"`, as the reference says. At the prefixed addresses, with `--profile observed` or a token of that profile, and when the `Host` is the service's own name, it has `_code: \"Ok\"` and no `_msg`, as the live service has and its clients need. Errors have `_msg` in both."),
    ("status", "Every answer has status 200 whatever its `_code` is, as the live service's. Only an address that is not spoken has 404, and a wrong method 405."),
    ("reading a request", "The body is JSON whatever its type says. JSON is looked at first, then the token, then how often it is used, then the rest. The token may be in `Authorization: Bearer` when the body has none. Members that are null count as absent, unknown ones are passed over, flags and numbers may be text."),
    ("root folder", "The root is a folder named Untitled: the database that the token is bound to, else the one chosen, else the first of one's own. Other databases that one reaches are folders at its end. They cannot be renamed or moved here, and nothing moves between databases."),
    ("permission", "It is the level of one's role, and 1 for a token without `record|update`."),
    ("file/edit", "Each change is a write of its own. One that cannot be done is false: unknown ids, a wrong `type`, a document as parent, the root, a folder into itself. A request that cannot be read is refused whole. Without `index` a file goes to the front; `-1` is the end (live: the front). At most 500 changes. `created` is there when something was created."),
    ("doc/read", "Nodes come with the root first and then by creation. What is at its default is left out, `collapsed` too; `note` is always there, and so are the root's `children`."),
    ("version", "It rises by 1 with every write that changes a document through any API, and with every accepted doc/edit even if nothing changed."),
    ("doc/edit: positions", "Indices are counted one after another, for a move without the node itself. `-1` is the end, so several come in natural order (live: reversed). Too large an index is the end, none is the front."),
    ("doc/edit: whole or nothing", "One change that cannot be made refuses all; `_msg` names it by its number, from 0. Changes see those before them. `results` (documented profile) has true for each; `new_node_ids` is always there."),
    ("doc/edit: the tree", "Deleting a node deletes what is below it; deleting what an earlier change of the request took along is fine. The root cannot be moved or deleted, nothing moves below itself, and an unknown parent is NodeNotFound (live: orphans and locked accounts)."),
    ("doc/edit: the root", "Editing `content` or `note` of the root changes title or description of the document. Flags, heading and colour of the root cannot be set."),
    ("limits of text", "A title has 1 to 255 characters, content and note at most 1,000,000 each and no U+0000."),
    ("inbox", "There is none until `inbox_location` is set: NoInbox, also when it is gone. A location must be a document or node that one sees. Unset it is `\"\"`."),
    ("preferences", "Only the two keys of the reference are known; others are Invalid. They are the user's, whatever API or token. Setting one needs `record|update`."),
    ("upload", "Files are records of the table Uploads of the first database; deleting the record ends the address. NeedPro never comes. The address gives the file to whoever has it; whatever a browser could run is only ever saved. A file is at most three quarters of the body limit."),
    ("rate limits", "The published numbers count where the server is set to `--rate-limits documented`: for each token and endpoint, and for the changes of doc/edit, which are refused whole when there are too many (live: the rest is dropped). `Retry-After` tells when."),
    ("codes", "LockFail comes only when the server cannot answer just now. What is too large, a move below itself and every malformed part is Invalid."),
    ("trees of other APIs", "Every table that is a tree is a document, whoever made it. Its fields `content`, `note`, `checked`, `checkbox`, `heading`, `color` and `collapsed` (by key and type) are the node's; without `content` the primary field is. Others are left alone. What a document has no field for is refused unless it is the default."),
    ("other entries of the navigation", "Tables that are no trees are not listed, and what lies below them, or below a document, shows in their place. Documents that the navigation does not list come last in the root."),
    ("X-Window-Id", "Ours, as at the Donotname API: writes under it can be undone there."),
    ("import and export", "Ours. OPML has Dynalist's attributes, and so do Markdown files, in a comment; text has contents and notes. OPML and Markdown read back as they were. A file has at most 100,000 nodes, OPML 10,000 levels, the others 256. Entities of a file's own are refused. The format of an import is told from the file unless `format` says it; `index` is `-1` unless given."),
];

/// The page.
pub fn page() -> String {
    let mut out = String::from(HEAD);
    let prefixes: Vec<String> = PREFIXES.iter().map(|prefix| format!("`{prefix}`")).collect();
    let _ = writeln!(out, "All paths are below {}, with or without a slash at their end.\n", prefixes.join(", "));
    out.push_str("| endpoint | what it does | needs | documented in |\n| --- | --- | --- | --- |\n");
    for e in ENDPOINTS {
        let needs = if e.needs.is_empty() { "-" } else { e.needs };
        let (needs, path) = (needs.replace('|', "\\|"), e.path);
        let summary = e.summary.replace('|', "\\|");
        let _ = writeln!(out, "| `{} {path}` | {summary} | {needs} | {} |", e.method, documented(e.name));
    }
    out.push_str("\n## Differences\n\n");
    out.push_str("Where the reference and the live service disagree, or we differ from both.\n");
    out.push_str("Tests and issues name these numbers.\n\n");
    for (i, (subject, what)) in DIFFERENCES.iter().enumerate() {
        // One sentence a line, as everywhere in these pages.
        let _ = writeln!(out, "{}. **{subject}**: {}", i + 1, what.replace(". ", ".\n   "));
    }
    out
}

const HEAD: &str = "# Dynalist

This page is generated from `dialects/dynalist/src/docs.rs`; change it there.

The Dynalist API reads and writes documents of nodes in folders.
A document is a table that is a tree, so the other APIs read and write it too.

## Endpoints

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects/dynalist.md");
        if std::env::var_os("MANYTONGUE_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of documents");
            std::fs::write(&path, page()).expect("the page is written");
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == page(), "run MANYTONGUE_WRITE_DOCS=1 cargo test -p dynalist docs_are_current");
    }

    #[test]
    fn every_endpoint_of_the_reference_is_there() {
        let spoken = ENDPOINTS.iter().filter(|e| documented(e.name).starts_with("reference")).count();
        assert_eq!(spoken, crate::endpoints::REFERENCE.len(), "each heading of the reference names an endpoint");
    }
}
