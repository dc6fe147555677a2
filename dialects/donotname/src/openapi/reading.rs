//! Statistics of lists, files in and out, and buttons.

use super::records::LIST;
use super::{asked, optional, parameter, plain, with_body};
use edge::openapi::{Content, Operation, Parameter, json_of};

const READING: &str = "Reading";
const FILES: &str = "Import and export";
const BUTTONS: &str = "Buttons";
const TRASH: &str = "Trash";

const OF_TRASH: &[Parameter] = &[
    parameter("resourceType", r#"{"type": "string", "enum": ["space", "base", "table"]}"#, "Of what kind."),
    parameter("resourceId", "text", "The base whose tables, or the table whose records, fields and views."),
    parameter("cursor", "text", "The `nextCursor` of the page before."),
];

const BY_ADDRESS: &[Parameter] = &[
    parameter("attachmentUrl", "text", "Where the file is: an upload's address, or one of another server."),
    parameter("fileType", r#"{"type": "string", "enum": ["csv"]}"#, "What it is."),
    parameter("header", "boolean", "Whether the first row has the names; found out if not given."),
    parameter("delimiter", "text", "What is between cells; found out if not given."),
];

const IMPORT: &[Parameter] = &[
    parameter("header", "boolean", "Whether the first row has the names; found out if not given."),
    parameter("delimiter", "text", "What is between cells; found out if not given."),
    parameter("map", "text", "A JSON object: the place of a column by the field it goes to."),
    parameter(
        "unmapped",
        r#"{"type": "string", "enum": ["ignore"]}"#,
        "Columns that are no field are left out, not refused.",
    ),
    parameter("key", "text", "A field whose value tells which record a row updates."),
    parameter("partial", "boolean", "Whether rows that are broken are left out, instead of the file refused."),
    parameter("name", "text", "What a new table is called."),
];

/// A file as a body, or Teable's own JSON.
const FILE: &[Content] = &[
    Content { media: "text/csv", schema: "bytes" },
    Content { media: "multipart/form-data", schema: r#"{"type": "object", "properties": {"file": "$bytes"}}"# },
    json_of("any"),
];

const fn of_list(name: &'static str, answer: &'static str) -> Operation {
    asked(plain(READING, name, 200, answer), LIST_AND_MORE)
}

const LIST_AND_MORE: &[Parameter] = &{
    const NONE: Parameter = parameter("", "any", "");
    const MORE: [Parameter; 5] = [
        parameter("field", "any", "Which statistic of which field: JSON by function, or `field[sum]=fld…`."),
        parameter("startDate", "text", "The first instant of the page of a calendar."),
        parameter("endDate", "text", "The last one."),
        parameter("startDateFieldId", "text", "The field with the beginnings."),
        parameter("endDateFieldId", "text", "The field with the ends."),
    ];
    let mut all = [NONE; LIST.len() + MORE.len()];
    let mut i = 0;
    while i < LIST.len() {
        all[i] = LIST[i];
        i += 1;
    }
    while i < all.len() {
        all[i] = MORE[i - LIST.len()];
        i += 1;
    }
    all
};

const EXPORT: &[Parameter] = &[
    parameter("viewId", "text", "A view whose filter, sort and visible columns count."),
    parameter("ignoreViewQuery", "boolean", "Whether filter and sort of the view do not count."),
    parameter("filter", "text", "As in a list."),
    parameter("orderBy", "text", "As in a list."),
    parameter("search", "[text]", "As in a list."),
    parameter("projection", "[text]", "As in a list."),
    parameter("selectedRecordIds", "[text]", "As in a list."),
    parameter("fieldKeyType", "FieldKeyType", "What the header calls the fields."),
    parameter("raw", "boolean", "For programs: values whole, and nothing before what would begin a formula."),
    parameter("bom", "boolean", "A byte order mark first."),
];

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    of_list("aggregation", r#"{"type": "object", "required": ["aggregations"], "properties": {"aggregations": {"type": "array", "items": {"type": "object", "required": ["fieldId", "total"]}}}}"#),
    of_list("group points", r#"{"anyOf": ["$[GroupPoint]", {"type": "null"}]}"#),
    of_list("search count", r#"{"type": "object", "required": ["count"], "properties": {"count": "$integer"}}"#),
    of_list("search index", r#"{"anyOf": [{"type": "array", "items": {"type": "object", "required": ["index", "fieldId", "recordId"], "properties": {"index": "$integer", "fieldId": "$text", "recordId": "$text"}}}, {"type": "null"}]}"#),
    of_list("calendar days", r#"{"type": "object", "required": ["countMap", "records"], "properties": {"countMap": {"type": "object", "additionalProperties": "$integer"}, "records": "$[Record]"}}"#),
    asked(plain(FILES, "analyze file by address", 200, r#"{"type": "object", "required": ["worksheets"]}"#), BY_ADDRESS),
    asked(with_body(FILES, "analyze file", FILE, 200, r#"{"type": "object", "required": ["worksheets"]}"#), IMPORT),
    asked(with_body(FILES, "import table", FILE, 201, "[Table]"), IMPORT),
    asked(with_body(FILES, "import into table", FILE, 200, "Imported"), IMPORT),
    Operation { answer: Some(Content { media: "text/csv", schema: "text" }), ..asked(plain(FILES, "export table", 200, "any"), EXPORT) },
    optional(with_body("Views", "sort view by hand", &[json_of("any")], 200, "any")),
    asked(plain(TRASH, "list trash", 200, "Trash"), OF_TRASH),
    asked(plain(TRASH, "list trash items", 200, "Trash"), OF_TRASH),
    optional(with_body(TRASH, "restore from trash", &[json_of("any")], 201, "Nothing")),
    asked(plain(TRASH, "empty trash", 200, "Nothing"), OF_TRASH),
    optional(with_body(BUTTONS, "click button", &[json_of("any")], 201, r#"{"type": "object", "required": ["runId", "tableId", "fieldId", "record"], "properties": {"runId": "$text", "tableId": "$text", "fieldId": "$text", "record": "$Record", "results": {"type": "array"}}, "additionalProperties": false}"#)),
    optional(with_body(BUTTONS, "reset button", &[json_of("any")], 200, "Record")),
    asked(plain(BUTTONS, "runs of a button", 200, "ButtonRuns"), &[parameter("cursor", "text", "The `nextCursor` of the page before."), parameter("take", "integer", "How many runs.")]),
];
