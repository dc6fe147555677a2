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
    ("filter: what is unknown", "An unknown field, operator, conjunction, mode or key of a condition is 400 by name, as is an operator that the field's type does not have. Teable skips some of them, which widens the result. So is a parameter that lists do not have; `filterLinkCellCandidate`, `filterLinkCellSelected`, `filterByTql` and `queryId` are not spoken."),
    ("filter: empty lists", "`isAnyOf: []` and its kin find nothing in a request (Teable: the condition is absent). In a saved view such a condition is unfinished and is passed over."),
    ("filter: text", "`is` compares exactly, `contains` ignores case and takes `%` and `_` as they are."),
    ("filter: dates", "isGreater, isLess and their like are accepted of dates beside isBefore and isAfter. The value's own `timeZone` counts and must be there. A bare date text is the day that holds it in the column's zone; without a time it is UTC midnight. Every mode is accepted with every operator. `exactDate` is the whole day, `exactDateTime` the instant."),
    ("filter: checkbox", "Unchecked, false and empty are the same. `isNot`, `isEmpty` and `isNotEmpty` are accepted."),
    ("filter: lists behind links", "A lookup through a link to many is filtered by hasAnyOf, hasAllOf, hasNoneOf, isExactly, isEmpty and (text) contains; dates and checks behind such a link only by isEmpty."),
    ("filter: bounds", "At most 28 nested groups and 500 conditions; JSON at most 128 levels deep."),
    ("sort", "An unknown sort field is 400 (Teable ignores it). Text sorts by the Unicode root collation, multiple selects by the first option's name and then by length."),
    ("search", "Rows are dropped only when the third part is `true`, as in later versions; 1.5 always dropped them."),
    ("groupBy", "`groupPoints` tells at most 5,000 groups. Dates are grouped by the smallest part that their format shows, in its zone; formats without a year still tell years apart (Teable: by the shown text). The value of such a group is its first instant. Ids of groups are ours. `collapsedGroupIds` may come to at most 400 conditions."),
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
    ("views", "Sharing is not spoken yet. `manual-sort` takes tables of at most 5,000 records and answers the view. createdBy and createdTime of a view that another door made are unknown."),
    ("undo", "Without `X-Window-Id` there is nothing to undo. A cell that somebody else changed since is not overwritten: the status is `failed` and `errorMessage` names the field."),
    ("attachments", "The type of a file is told from its bytes by a list of what we know, and never a client's word. Whatever a browser could run (HTML, SVG, XML, scripts) is `application/octet-stream` or plain text and is only ever saved, not shown. An attachment's `id` is `act` and the beginning of its token, so the same file in two cells has the same id. Signed addresses last 12 to 24 hours, and end with the token or password in whose name they were given."),
    ("buttons: actions", "A button runs the `actions` of its options, which are ours (Teable: a workflow of its own): a list of at most 20 of `{type: 'setFields', fields}`, `{type: 'createRecord', tableId, fields?}` and, at most 5, `{type: 'callWebhook', url, fieldIds?}`. `fields` has values as records have them, by id or name of the field; `now` in a date, `me` in a user and `clicked` in a link mean the moment of the click, who clicks and the clicked record. They are taken in the options or in their `workflow`, and shown in the latter, since published clients refuse other keys of the options. Options without `actions` leave them as they are. They are shown to whoever may change the field and sees all that they name; the rest of `workflow` is shown to all, and `isActive: false` switches the button off."),
    ("buttons: rights", "Whoever saves actions must have the rights that they use; a click then needs only record|read, see decision 8. Counting, changing and logging are one write: if an action fails, nothing is done. 400 when the field is no button, has no actions, is switched off, was clicked `maxCount` times, or names what is gone."),
    ("buttons: reset", "`button-reset` is 400 unless the button has `resetCount`; the count becomes 0."),
    ("buttons: webhooks", "A webhook is called after the click is stored, once, within 10 seconds, by POST of `{event: 'button.click', runId, baseId, tableId, recordId, fieldId, createdTime, record}`, the record with the fields of `fieldIds`, keyed by id; without `fieldIds` all fields that whoever saved the button saw then. The headers `X-Manytongue-Event` and `X-Manytongue-Delivery` are there, the latter different for each call; the body is not signed. Only public addresses on the ports 80 and 443 and hosts of `--allow-webhook` are called."),
    ("buttons: runs", "`GET /table/{tableId}/field/{fieldId}/runs?cursor=&take=` is ours: `{runs: [{id, recordId, createdTime, createdBy, state, took, actions: [{type, state, status?, error?}]}], nextCursor}`, newest first, the newest 1,000 of each button. `state` is done, pending or failed; a run that the end of the server cut short stays pending."),
    ("buttons: copies", "A copy of a button has its actions. In a copy of a table they work on the copy; a button whose actions cannot, because they name what the copy does not have or take a right that whoever copies lacks, has none there."),
    ("aggregation", "A function that the field does not have is 400; in a view's columns it is passed over. Percentages are from 0 to 100, and 0 of no records. `dateRangeOfDays` and `dateRangeOfMonths` are whole days and months. Empty cells are left out of `unique`. `group` has the groups of every depth by the ids of `groupPoints`, at most 5,000 of each."),
    ("row count", "With `estimate=true` the first 1,000 records found are counted and the rest is reckoned; the answer says `isEstimate: true`. Without conditions the count is exact and as cheap."),
    ("search count and index", "`search-count` counts records, `search-index` names cells. `index` counts from 1. `take` is from 1 to 1000."),
    ("calendar", "A page has at most 400 days. `records` are the first 10 of each day. Days are those of the zone of the start's column, whole at both ends."),
    ("import: the file", "`attachmentUrl` is an address of another server, or of a file here that the asker may read: a signed address, whatever its host, or `url`, `path` or `presignedUrl` of an upload of the asker's (Teable: any presigned address). Ours are that the file may be the body (`text/csv` and its like, with `header`, `delimiter`, `map`, `unmapped`, `key`, `partial`, `name` in the query), the part `file` of a form, or text under `csv` in Teable's JSON; and `POST` of `analyze`, which takes the file so. Excel is not spoken yet. Encoding, delimiter and quote are found out: UTF-8, UTF-16 by its mark, else Windows-1252. So is whether there is a header, for a new table; a table that is there takes the first row for one unless `header=false` or a map says otherwise. Columns that are no field are refused by name unless `unmapped=ignore`; columns of computed fields are ignored."),
    ("import: whole or nothing", "All rows are judged before the first is written: a file with broken rows is 400 with the lines in `data.errors` (the first 100), and nothing of it is kept. With `partial=true` the other rows go in and the answer is 200. Rows are written 5,000 at a time; should a later part be refused after all, the parts before are undone. When the server dies in between, the parts that were written stay. `windowId` in the answer undoes an import, once for each of its `writes`."),
    ("import: cells", "Cells are read strictly: what is no number, date, check or known title is an error of its row. Numbers may have groups, a currency or a percent sign; in files with semicolons the comma is the decimal sign. Missing choices are made. An impossible date is an error here, while a write of a record clears the cell."),
    ("import: by a key", "With `key` a record that has the key's value is updated, and its empty cells are emptied; a value that is in the file twice, or in several records, is an error. Updates leave history, new records none."),
    ("import: scopes", "`table|import` and `base|table_import` are one right, as are `table|export` and `base|table_export`. An import needs `record|create`, a new table `table|create`, a key `record|read` and `record|update`, an export `record|read`."),
    ("export", "It is for spreadsheets: cells as `cellFormat=text` has them, with an apostrophe before whatever would begin a formula, on each line of a cell. `raw=true` is for programs: numbers and instants whole, names with commas in quotes, no apostrophes, so that importing it gives the same cells. `bom=true` puts a byte order mark first. Filter, order, search and projection work as in a list; there is no paging."),
    ("sign-up", "Off until the server's owner allows it (403); with `invited` an `inviteCode` is needed, and whoever has none learns of no address. `inviteCode` is the code of an invitation, which is accepted with it; then a space is only made if `defaultSpaceName` says so. Addresses are not verified and give no rights; `verification` is refused."),
    ("invitations: code", "`invitationCode` and `inviteUrl` are in the answer that makes a link, and empty in lists: codes are kept as hashes. The code is behind the `#` of the URL. `invitationId` may be left out on accepting. A link may have an `expiredTime`; a mailed invitation is good once, for a week, and its id can be ended like a link's."),
    ("invitations: rights", "A mailed invitation gives nothing until its code is shown in a session, also to somebody who has an account (Teable lets them in at once). An invitation is worth what its maker may still do when it is accepted. A link raises nobody who is a member already."),
    ("collaborators", "Roles on a base need `base|update` and the role owner. Only people with a role in the space or one of its bases can be added, others are invited; anybody else's id is not found. There are no departments. Nobody gives a role above their own, and a space keeps an owner (409)."),
    ("passwords", "Asking for a new password is 201 for every address, before anything is looked up. A code is good once, for 30 minutes; using it ends all sessions, tokens stay. Changing a password ends the other sessions. Both, and a person's own name, are for sessions: no token does it, not even one of full access."),
    ("sessions", "Signing in and out, signing up and resetting are 401 when a browser says that a page of another site sent them. Where a request has a token and the cookie of a session, only the token counts (Teable: the session), so that whoever sends a limited token never does more than it may."),
    ("rate limits", "Ten requests a second for each token, as the reference says, only count where the server is set to `--rate-limits documented`. Each record of a batch and each row of an import counts one; a batch passes when anything is left and is paid off afterwards. `X-RateLimit-Remaining` is left out of successes when nothing is left: a published client never asks again once it has read 0."),
    ("rateLimit of a token", "`rateLimit: {perSecond, burst}` on creating or changing an access token is ours: a limit of its own, by which each record of a batch counts one, and which only administrators set; null takes it away. Tokens that a limited token makes have its limit. `profile` (`documented` or `observed`) is ours, too: how the plain addresses of Ninox and Dynalist answer the token where their documents and live services differ."),
    ("Idempotency-Key", "Ours, on every write: a request that comes again with the same key within 24 hours is not carried out again and is answered as the first time, with `Idempotent-Replayed: true`. The key is the user's. With another request it is 400, while the first is still being answered and after a wait of ten seconds 409. It is good for the base that the request writes to; what is in no base (spaces, tokens, members) is looked for together. Answers with a secret or longer than 1 MiB are not kept: their repetition is 409. A form with files, and a file for import that is longer than other bodies may be, is told from another by its length only. Requests with a password are carried out each time. The second attempt of an import that makes a table is 409."),
    ("ETag", "Ours: one record has an `ETag`, read or just changed; `If-None-Match` is answered 304, and `If-Match` on changing or deleting one record, or adding a file to it, 412 when it was changed since, whatever the record was read as. On requests for several records `If-Match` is 400."),
    ("trash", "What undo or another API deleted lies in the trash as well. A record that was deleted with others comes back with them; what is there again meanwhile is passed over. Emptying a trash takes away the way back through it; the history keeps what it needs. A restored item is 404 from then on. `resourceMap` has no options of deleted select fields."),
    ("writing attachments", "An attachment is named by its `token`, or by its `id`; all else but `name` is taken from the file. It must be an upload of the asker's (within a day) or stand in a cell that the asker may read; anything else is 400, with or without typecast. `insertAttachment` puts attachments behind `anchorId`, or at the end, and answers 201."),
    ("uploads", "`type` of a signature is 1 (for records) or 5 (for imports); other types are 400. What was sent for an import can go into a record as well, and waits a day. The address takes exactly the announced number of bytes, once or again, for an hour; without its query, as published clients ask, it takes them only of the credential that the token was given to, with their `Content-Length`. Thumbnails are at most 56 and 525 pixels high, never larger than the picture, and there are none of pictures that are broken, wider or higher than 16,384 pixels or of more than 64 million."),
    ("formulas: fields", "A formula is worked out with every write and kept, so that it is filtered, sorted, grouped and searched like a field of its class; what it depends on in other tables is followed, and what depends on the moment is renewed now and then. `{fldXXX}` and `{Name}` name fields; names become ids in `expression`, so renaming breaks nothing. In the body that makes a table formulas may name its other fields by name. A link is the titles of its records, a select its name, a user the name; attachments, buttons and what this API shows as JSON can only be counted. A field whose formula names what was deleted, or builds on itself, has `hasError` and no values, and filters do not know it. A false check is empty. An unknown field, function or option is 400 by name."),
    ("formulas: operators", "How tightly they bind is as in Teable's grammar: `* / %`, `+ -`, `< > <= >=`, `= !=`, `&&`, `||`, `&`. `<>` is `!=`, `!` is NOT. `+` with a text or date puts texts together. Arithmetic with dates is 400: there are DATE_ADD and DATETIME_DIFF. What a text calculates to that is no number is empty, and so is dividing by 0 or nothing."),
    ("formulas: empty values", "An empty cell is 0 in arithmetic and in `<` and its kin between numbers, and no text in texts (Teable in places: the text null). It equals `BLANK()` and `\"\"`, and not 0; unchecked equals FALSE, `BLANK()` and `\"\"`. What is given to a function empty comes back empty, except where the function says otherwise."),
    ("formulas: comparisons", "Text compares by code points, and case counts; dates compare as instants, also with a text that is written out as one. A text against a number is the number that it says. Dates against numbers, and checks against texts, are 400."),
    ("formulas: functions", "Spoken are SUM, AVERAGE, MAX, MIN, ROUND, ROUNDUP, ROUNDDOWN, CEILING, FLOOR, EVEN, ODD, INT, ABS, SQRT, POWER, EXP, LOG, MOD, VALUE; CONCATENATE, FIND, SEARCH, MID, LEFT, RIGHT, REPLACE, REGEXP_REPLACE, SUBSTITUTE, LOWER, UPPER, REPT, TRIM, LEN, T, ENCODE_URL_COMPONENT; IF, SWITCH, AND, OR, XOR, NOT, BLANK; TODAY, NOW, YEAR, MONTH, WEEKNUM, WEEKDAY, DAY, HOUR, MINUTE, SECOND, FROMNOW, TONOW, DATETIME_DIFF, WORKDAY, WORKDAY_DIFF, IS_SAME, IS_AFTER, IS_BEFORE, DATE_ADD, DATESTR, TIMESTR, DATETIME_FORMAT, DATETIME_PARSE, CREATED_TIME, LAST_MODIFIED_TIME; COUNTALL, COUNTA, COUNT, ARRAY_JOIN, ARRAY_UNIQUE, ARRAY_FLATTEN, ARRAY_COMPACT, TEXT_ALL; RECORD_ID, AUTO_NUMBER. ERROR and IS_ERROR are not: what cannot be worked out is empty. POWER(x, 0) is 1. MOD has the sign of the divisor, and is empty by 0. Characters are counted whole (Teable: halves of some). REPLACE at the last character replaces it. SUBSTITUTE with 1 replaces the first occurrence only. ROUND rounds the decimal digits that are seen, so that 1.005 becomes 1.01. Regular expressions have no look-around and no back-references."),
    ("formulas: dates", "Days and hours are those of UTC: with another `timeZone` functions that ask for them are 400 by name, and so is putting a date of a column in another zone into a text; all else works. Units and patterns are written out. DATETIME_PARSE reads ISO 8601 without a pattern. Plural units are the singular ones. WORKDAY goes from day to day, also backwards and from a weekend; its holidays and those of WORKDAY_DIFF are days YYYY-MM-DD, written out."),
    ("formulas: lists", "A formula whose value is a list is the text of its items, joined by \", \". Where one value is wanted a list of one is that, one of several is empty. ARRAY_UNIQUE and ARRAY_FLATTEN leave empty texts out."),
    ("filter: script", "Ours: an item of a `filterSet` may be `{\"script\": \"Price > 3\"}`, a condition in NX on the record. It sees what the asker sees and only reads; 400 tells its mistake, or the part that the store cannot test. In a view nothing in it may depend on the moment, on who asks or on other records read first; it is shown with the names of now, and left out for whoever may not see all that it names."),
    ("scripts: buttons", "Actions of buttons are besides `{type: 'runScript', script}` and a `condition` of `callWebhook`, both in NX about the clicked record: the script writes in the write of the click, the webhook is called when the condition is true after it. What scripts give is `results` in the answer of `button-click`, in the order of the actions, and `result` of the action in the runs, where a webhook whose condition was not true is `skipped`. A mistake is 400 when the button is saved; one that shows when it runs is 400 at the click, and nothing is done. Whoever saves a script must be a manager of the whole base, see decision 8."),
    ("scripts: triggers and defaults", "Ours: `GET` and `PUT /table/{tableId}/triggers {afterCreate, afterUpdate}`, scripts in NX about each record that was made or changed, in the same write; null takes one away, what is not named stays. What they write runs no further ones, and a mistake refuses the write. A field's `defaultValue` may be `{\"script\": \"…\"}`, worked out when a record is made. Both run with the rights of a manager, so saving them takes one of the whole base; they are shown to whoever may see all that they name."),
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
