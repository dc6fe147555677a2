//! `docs/dialects/ninox.md`: the endpoints, and where we differ from the documents. Written from here, so that it cannot
//! lie: the test compares.

use crate::door::PREFIXES;
use crate::endpoints::ENDPOINTS;
use std::fmt::Write;

/// Where an endpoint is documented: a heading of the public cloud's reference ("001"), or the facts about clients and the
/// live service.
pub const REFERENCE: &[(&str, &str)] = &[
    ("list teams", "001, Get multiple workspaces"),
    ("get team", "001, Get a single workspace"),
    ("list databases", "001, Get multiple databases"),
    ("get database", "001, Get a schema for a single database"),
    ("query", "001, Execute a read-only query with GET"),
    ("query (POST)", "001, Execute a read-only query with POST"),
    ("exec", "001, Execute a writable query"),
    ("explain", "ours"),
    ("list tables", "001, Get a schema for multiple tables"),
    ("get table", "001, Get a schema for a single table"),
    ("list records", "001, Get multiple records, Look up/search a single record with GET"),
    ("get record", "001, Get a single record"),
    ("update record", "001, Update a single record with PUT"),
    ("look up record (POST)", "001, Look up/search a single record with POST"),
    ("write records", "001, Create/update multiple records, Upsert"),
    ("changes in database", "001, Get changes in a database"),
    ("changes in table", "001, Get changes in a table"),
    ("changes in record", "001, Get changes in a single record"),
    ("delete record", "001, Delete a single record"),
    ("delete records", "001, Delete multiple records"),
    ("get file", "001, Get a single file"),
    ("upload file", "001, Upload a single file with POST"),
    ("delete file", "001, Delete a single file"),
    ("list files", "001, Get metadata for multiple files"),
    ("file metadata", "001, Get metadata for a single file"),
    ("thumbnail", "001, Get a thumbnail for a single file"),
];

/// Where we differ from the documents, or where they are silent and something had to be chosen. `DIFFERENCES[n]` is
/// number n+1; the test or golden that shows it comes last.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "profiles",
        "Where the reference and the live service contradict each other, `/v1` answers as the reference says and `/ninox/v1` as published clients need it. `--profile observed` makes `/v1` answer so, too, and so does the profile of a token. They differ in one thing: `GET …/records` with filters answers one record, or a list.",
        "lookup-get, profiles",
    ),
    (
        "paths that begin with a team",
        "`/{teamId}/api/v1/databases/…`, the form of private clouds, is `/ninox/v1/teams/{teamId}/databases/…`; so are the addresses of the vendor's command line, `/{teamId}/{databaseId}/settings/update`, `/json/views/update` and `/files/background.jpg`. A first segment is a team only if it has 17 letters and digits.",
        "tables, database",
    ),
    (
        "names",
        "`{tableId}` is a table's id or its exact name; of several of one name the first. Keys of fields are their names, or else their ids.",
        "table, record-put",
    ),
    (
        "errors",
        "`{message}`. What is not there and what is not to be known have one answer: `Team Not Found`, `Database Not Found`, `Table Not Found`, `Record not found`, `File not found`, `End-point not found`, all 404.",
        "discovery, security_ninox",
    ),
    (
        "bad fields",
        "A key of a record that is no field, or that of a computed one, is 500 with `Field not found: X`, as clients are told to expect; nothing of the request is written. A value that does not fit, and what validators refuse, is 400 with the field's name. Elsewhere an unknown field is 400.",
        "write-many, values-bad, validators",
    ),
    (
        "lists",
        "`perPage` is cut to 10,000. `updated=true` sorts by sequence, the latest first, whatever `desc` says; `sinceSq` and `sinceId` are exclusive. Parameters that are not known are passed over, as are unknown words of `style`, `choiceStyle`, `choice` and `dateStyle`. `order` with `new` or `updated` is 400.",
        "records, records-paging",
    ),
    (
        "filters",
        "All must match. A choice matches by caption or id, a record by its number, one value of a list is among those of the cell and a list is all of them; null, an empty text and false match empty cells. Files cannot be compared.",
        "lookup-get, lookup-post",
    ),
    (
        "empty cells",
        "They are absent, never null. `false` that was written is a value, and so is `\"\"` in the answer to an upsert.",
        "values, upsert",
    ),
    (
        "users",
        "`createdBy` and the like are ids of 17 characters; what nobody made, or a key without a person, is 0. A user's field takes an id, or the e-mail address or exact name of somebody who belongs to the database.",
        "records, values-bad",
    ),
    (
        "values",
        "A text is taken from a number, a number from a text; dates take milliseconds as well as text, so that rows of `/changes` can be upserted. A time interval always has its three decimals. Text without a zone is UTC.",
        "values",
    ),
    (
        "kinds of other doors",
        "Fields of several records, and their other sides, are `rev`, and can be written with numbers. References to several tables have `B7` in the place of 7. What Ninox has no type for (JSON, SEO, video) is its JSON as text, and is read back from it. Computed fields look like plain ones; those with several values are lists. Buttons are not shown.",
        "journey_ninox",
    ),
    (
        "answers to writes",
        "An object is answered by an object, a list by a list in its order; the status is 200. Who may write but not read is told numbers only. An object with neither `fields` nor an id is 400, and so is one with keys that mean nothing; `sequence`, `createdAt` and the like are passed over, since clients send what they have read.",
        "write-many, journey_ninox",
    ),
    (
        "upsert",
        "Both forms are spoken, `{_upsert, _id, \"E\": …}` and `{_upsert, id, fields}`; `_id` may be `A43`. A number that was never given makes the next one higher than it. Rows of `/changes` can be upserted as they are: names of files that the record has not are passed over.",
        "upsert",
    ),
    (
        "deletion",
        "Several records are answered `{}`; numbers that are not there are passed over. `POST …/records/delete` does the same, for a published client. References to what goes are emptied.",
        "delete",
    ),
    (
        "files",
        "Files are the record's; fields point at them by name. Attachments of other doors are listed, too, and equal names numbered, `a (2).png`. What a field does not point at any more stays with the record. A new file of the same name takes the place of the old one, in fields as well. A thumbnail is a JPEG at most 160 pixels high; of what is no picture it is 404.",
        "files, files-bad, journey_ninox",
    ),
    (
        "changes",
        "`updates` have what records hold themselves: no other sides of references and nothing computed. `config` has settings and schema when a definition changed since, else it is empty. A view has the sequence of the last change of its table's definition. `files` lists the record's own files that came or went, with `recordId`, and `removed` for those that went; files in fields are seen in `updates`. A record that went can still be asked about.",
        "changes-database, changes-table, changes-record, changes-upserted",
    ),
    (
        "schema",
        "`PATCH …/schema` leaves alone what it does not name, and takes away what it names with null. New tables and fields get the next ids in their order; a key of a new one only names it within the request, as in `refTypeId`. The other side of a reference is made with it and called as a new `rev` of the request says. `version` refuses what was made from another one (409). `values` of a choice are keyed by the ids of its choices. Keys that mean nothing here are kept and given back; scripts of triggers among them do not run, as no write over REST runs any (facts 6), and roles do not hold. A formula is a field of `base` `fn` with its script under `fn`; formulas are made last, so they may name all that the request makes. `dchoice` and `dmulti`, whose choices are another script's, are refused.",
        "schema, schema-formulas, journey_ninox",
    ),
    (
        "views and reports",
        "A view of this door is a view of all doors; its `config` is kept for this one. Reports are kept as they are given, and nothing is made of them. They have no files, and databases no picture behind them (404).",
        "views, reports, database",
    ),
    (
        "ours beside",
        "`X-Window-Id`, `Idempotency-Key`, `ETag`, `If-Match` and `If-None-Match` work as at the Donotname door. There are no documented rate limits. `POST …/explain` takes what `POST …/query` takes, runs it within its budget and tells its plan (of each select what the store works out and what the evaluator does), rows read, time and budget used, and to who manages the database the SQL of what was sent, without values.",
        "etag, explain, journey_ninox",
    ),
];

/// The page.
pub fn page() -> String {
    let mut out = String::from(HEAD);
    let prefixes: Vec<String> = PREFIXES.iter().map(|prefix| format!("`{prefix}`")).collect();
    let _ = writeln!(out, "All paths are below {}, with or without a slash at their end.\n", prefixes.join(" and "));
    out.push_str("| endpoint | what it does | needs | documented in |\n| --- | --- | --- | --- |\n");
    for e in ENDPOINTS {
        let needs = if e.needs.is_empty() { "-" } else { e.needs };
        let (needs, summary) = (needs.replace('|', "\\|"), e.summary.replace('|', "\\|"));
        let documented = REFERENCE.iter().find(|(name, _)| *name == e.name).map_or("facts", |(_, heading)| heading);
        let _ = writeln!(out, "| `{} {}` | {summary} | {needs} | {documented} |", e.method, e.path);
    }
    out.push_str("\n## Differences\n\n");
    out.push_str(
        "Where the documents are silent, contradict each other, or we differ. Behind each is what shows it.\n\n",
    );
    for (i, (subject, what, shown)) in DIFFERENCES.iter().enumerate() {
        // One sentence a line, as everywhere in these pages.
        let _ = writeln!(out, "{}. **{subject}**: {}\n   ({shown})", i + 1, what.replace(". ", ".\n   "));
    }
    out
}

const HEAD: &str = "# Ninox

This page is generated from `dialects/ninox/src/docs.rs`; change it there.

The REST API of Ninox' public cloud.
The specification are the reference of the public cloud (\"001\") and the older one (\"002\"); what they leave out follows published clients and the live service (\"facts\").
Needs are in the words of access tokens, as at the Donotname door.

## Endpoints

";

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn docs_are_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects/ninox.md");
        if std::env::var_os("MANYTONGUE_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of documents");
            std::fs::write(&path, page()).expect("the page is written");
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == page(), "run MANYTONGUE_WRITE_DOCS=1 cargo test -p ninox docs_are_current");
    }

    #[test]
    fn every_endpoint_of_the_reference_is_there() {
        for (name, _) in REFERENCE {
            assert!(ENDPOINTS.iter().any(|e| e.name == *name), "{name}");
        }
    }

    #[test]
    fn every_difference_is_shown_by_a_test() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (subject, _, shown) in DIFFERENCES {
            for name in shown.split(", ") {
                let golden = root.join(format!("golden/{name}.json"));
                let test = root.join(format!("../../crates/testkit/tests/{name}.rs"));
                assert!(golden.exists() || test.exists(), "{subject}: {name}");
            }
        }
    }
}
