//! `docs/dialects/donotname.md`, made from the list of endpoints and the list of differences. A test holds the file to
//! it; `MANYTONGUE_WRITE_DOCS=1 cargo test -p donotname docs_are_current` writes it.

use crate::door::PREFIXES;
use crate::endpoints::{ENDPOINTS, documented};
use std::fmt::Write;

/// What we decided where the reference, Teable and we differ. Numbers are never given twice, so tests and issues can
/// name them.
#[rustfmt::skip]
pub const DIFFERENCES: &[(&str, &str)] = &[
    ("fieldKeyType", "Keys are field ids unless `fieldKeyType` says otherwise, as the reference has it (Teable: names). On writing, ids are accepted whatever it says, names only where names were asked for; in filters, orders, projections and searches ids, names and database names always are."),
    ("error body", "Errors have `message`, `status`, `code` and `statusCode`: what either generation of clients reads."),
    ("list body", "A list has `offset: null`, which the reference shows; it was never filled."),
    ("not to be known", "What is not there, what is in a base that the asker cannot reach and what is no id at all are one answer: 404 with the same message. In bodies and queries a malformed id is 400 where only its form is wrong (`viewId` without viw, `selectedRecordIds` and `recordIds` without rec)."),
    ("ids", "Ids are a prefix and 16 to 27 letters and digits. The server makes them: an own `id` on creating a table, field or view is refused with 400."),
    ("filter: what is unknown", "An unknown field, operator, conjunction, mode or key of a condition is 400 by name, as is an operator that the field's type does not have. Teable skips some of them, which widens the result."),
    ("filter: empty lists", "`isAnyOf: []` and its kin find nothing in a request (Teable: the condition is absent). In a saved view such a condition is unfinished and is passed over."),
    ("filter: text", "`is` compares exactly, `contains` ignores case and takes `%` and `_` as they are."),
    ("filter: dates", "isGreater, isLess and their like are accepted of dates beside isBefore and isAfter. The value's own `timeZone` counts and must be there. A bare date text is the day that holds it in the column's zone; without a time it is UTC midnight. Every mode is accepted with every operator. `exactDate` is the whole day, `exactDateTime` the instant."),
    ("filter: checkbox", "Unchecked, false and empty are the same. `isNot`, `isEmpty` and `isNotEmpty` are accepted."),
    ("filter: lists behind links", "A lookup through a link to many is filtered by hasAnyOf, hasAllOf, hasNoneOf, isExactly, isEmpty and (text) contains; dates and checks behind such a link only by isEmpty."),
    ("filter: bounds", "At most 28 nested groups and 500 conditions; JSON at most 128 levels deep."),
    ("sort", "An unknown sort field is 400 (Teable ignores it). Text sorts by the Unicode root collation, multiple selects by the first option's name and then by length."),
    ("search", "Rows are dropped only when the third part is `true`, as in later versions; 1.5 always dropped them."),
    ("groupBy", "`groupPoints` tells at most 5,000 groups. Dates are grouped by their value, not by their displayed text. `collapsedGroupIds` is not read."),
    ("take", "From 1 to 2000, default 100; anything else is 400."),
    ("typecast", "A value that cannot be made to fit becomes empty, as in Teable. Unknown titles of linked records are passed over; no record is made for them. Users are found by id, name or e-mail address among the members of the base and its space; nobody else can be named, with or without typecast."),
    ("write: computed fields", "Values of computed fields and of buttons are silently ignored."),
    ("write: no right to read", "A token with record|create but without record|read gets ids and empty `fields` back."),
    ("order on creating", "The place of a new record in a view is a second write right after the first. It belongs to no window, so undo takes the record away in one step. It needs view|update."),
    ("order by hand", "A view keeps at most 5,000 moved records. New records come last. The order only shows where no sort key is in force."),
    ("duplicate", "The answer is the record, keyed by ids, plus `records` with it alone. Unique fields, one-to-one links and links kept by the other table stay empty in the copy."),
    ("delete", "Deleting a record that is gone already is 200 with an empty record. No ids delete nothing."),
    ("users", "User cells have `email` only for tokens with user|email_read; sessions always see it."),
    ("tokens", "Tokens are managed in a session or by a token of full access; no scope allows it. `spaceIds: []` reaches nothing, null reaches all. What the core has no right for (enterprise, authority matrix) is kept as a word and allows nothing."),
    ("types of other doors", "Fields that this API has no type for are shown as the nearest one: times, durations and appointments as singleLineText, JSON, places, colours, videos and SEO as longText with JSON in it, whole numbers as number, days as date at the start of the day."),
    ("text fields", "singleLineText with showAs email, phone or url is the core's e-mail, phone or web address. HTML is longText."),
    ("link", "oneMany is kept by the other table as a link to one record. A link may lead into the same base only. `fkHostTableName`, `selfKeyName` and `foreignKeyName` are there for clients that insist on them and mean nothing."),
    ("PATCH field", "Only name, description and dbFieldName; other keys are 400, since type and options go through convert."),
    ("views", "`manual-sort` and sharing are not spoken yet. createdBy and createdTime of a view that another door made are unknown."),
    ("undo", "Without `X-Window-Id` there is nothing to undo. A cell that somebody else changed since is not overwritten: the status is `failed` and `errorMessage` names the field."),
    ("attachments", "The type of a file is told from its bytes by a list of what we know, and never a client's word. Whatever a browser could run (HTML, SVG, XML, scripts) is `application/octet-stream` or plain text and is only ever saved, not shown. An attachment's `id` is `act` and the beginning of its token, so the same file in two cells has the same id. Signed addresses last 12 to 24 hours, and end with the token or password in whose name they were given."),
    ("writing attachments", "An attachment is named by its `token`, or by its `id`; all else but `name` is taken from the file. It must be an upload of the asker's (within a day) or stand in a cell that the asker may read; anything else is 400, with or without typecast. `insertAttachment` puts attachments behind `anchorId`, or at the end, and answers 201."),
    ("uploads", "`type` of a signature is 1 (for records); other types are 400. The address takes exactly the announced number of bytes, once or again, for an hour. Thumbnails are at most 56 and 525 pixels high, never larger than the picture, and there are none of pictures that are broken, wider or higher than 16,384 pixels or of more than 64 million."),
];

/// The page.
pub fn page() -> String {
    let mut out = String::from(HEAD);
    let prefixes: Vec<String> = PREFIXES.iter().map(|prefix| format!("`{prefix}`")).collect();
    let _ = writeln!(out, "All paths are below {}, with or without a slash at their end.\n", prefixes.join(" and "));
    out.push_str("| endpoint | what it does | needs | documented in |\n| --- | --- | --- | --- |\n");
    for e in ENDPOINTS {
        let needs = if e.needs.is_empty() { "-" } else { e.needs };
        let (needs, path) = (needs.replace('|', "\\|"), e.path);
        let summary = e.summary.replace('|', "\\|");
        let _ = writeln!(out, "| `{} {path}` | {summary} | {needs} | {} |", e.method, documented(e.name));
    }
    out.push_str("\n## Differences\n\n");
    out.push_str(
        "Where the reference and Teable disagree, or we differ from both. Tests and issues name these numbers.\n\n",
    );
    for (i, (subject, what)) in DIFFERENCES.iter().enumerate() {
        // One sentence a line, as everywhere in these pages.
        let _ = writeln!(out, "{}. **{subject}**: {}", i + 1, what.replace(". ", ".\n   "));
    }
    out
}

const HEAD: &str = "# Donotname

This page is generated from `dialects/donotname/src/docs.rs`; change it there.

The Donotname REST API is the API of Teable under another name.
The specification is the reference document of Donotname; spaces, bases, tables, fields and views, which it leaves out, follow Teable.

## Endpoints

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects/donotname.md");
        if std::env::var_os("MANYTONGUE_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of documents");
            std::fs::write(&path, page()).expect("the page is written");
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == page(), "run MANYTONGUE_WRITE_DOCS=1 cargo test -p donotname docs_are_current");
    }

    #[test]
    fn every_endpoint_of_the_reference_is_there() {
        let spoken = ENDPOINTS.iter().filter(|e| documented(e.name).starts_with("reference")).count();
        assert_eq!(spoken, crate::endpoints::REFERENCE.len(), "each heading of the reference names an endpoint");
    }
}
