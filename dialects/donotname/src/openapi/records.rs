//! Records, their history, and undo.

use super::{asked, optional, parameter, plain, with_body};
use edge::openapi::{Operation, Parameter, json_of};

const TAG: &str = "Records";

const FIELD_KEYS: Parameter =
    parameter("fieldKeyType", "FieldKeyType", "What the keys of `fields` are in the answer; ids if not given.");
const CELL_FORMAT: Parameter = parameter(
    "cellFormat",
    r#"{"type": "string", "enum": ["json", "text"], "default": "json"}"#,
    "Whether cells are values, or texts as people see them.",
);
const PROJECTION: Parameter =
    parameter("projection", "[text]", "The fields to answer, by id or name. Also as `projection[]`, or a JSON list.");

/// What a list query can ask. Every endpoint around a list takes the same.
pub const LIST: &[Parameter] = &[
    parameter("viewId", "text", "A view whose filter, sort and visible columns count."),
    parameter("ignoreViewQuery", "boolean", "Whether filter and sort of the view do not count."),
    parameter(
        "filter",
        "text",
        "A JSON filter: `{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":…,\"operator\":…,\"value\":…}]}`.",
    ),
    parameter("orderBy", "text", "A JSON list: `[{\"fieldId\":…,\"order\":\"asc\"}]`."),
    parameter("groupBy", "text", "As `orderBy`, up to three fields; the answer tells the groups in `extra`."),
    parameter("search", "[text]", "The text, the fields to search (or empty), and `true` to leave other records out."),
    PROJECTION,
    CELL_FORMAT,
    FIELD_KEYS,
    parameter("take", r#"{"type": "integer", "minimum": 1, "maximum": 2000, "default": 100}"#, "How many records."),
    parameter("skip", r#"{"type": "integer", "minimum": 0, "default": 0}"#, "How many to pass over."),
    parameter("selectedRecordIds", "[text]", "Only these records."),
    parameter("collapsedGroupIds", "[text]", "Groups, by the ids of `groupPoints`, whose records are left out."),
    parameter("estimate", "boolean", "Of the row count: whether it may be reckoned."),
];

const HISTORY: &[Parameter] = &[
    parameter("cursor", "text", "The `nextCursor` of the page before."),
    parameter("startDate", "text", "Only what was changed at or after this instant."),
    parameter("endDate", "text", "Only what was changed up to this instant."),
];

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    asked(plain(TAG, "list records", 200, "RecordList"), LIST),
    asked(plain(TAG, "get record", 200, "Record"), &[PROJECTION, CELL_FORMAT, FIELD_KEYS]),
    with_body(TAG, "create records", &[json_of("CreateRecords")], 201, "Records"),
    with_body(TAG, "update record", &[json_of("UpdateRecord")], 200, "Record"),
    with_body(TAG, "update records", &[json_of("UpdateRecords")], 200, "[Record]"),
    plain(TAG, "delete record", 200, r#"{"anyOf": ["$Record", "$Nothing"]}"#),
    asked(plain(TAG, "delete records", 200, "Records"), &[parameter("recordIds", "[text]", "The records to delete.")]),
    optional(with_body(TAG, "duplicate record", &[json_of("any")], 201, "DuplicatedRecord")),
    optional(with_body(TAG, "duplicate record (old address)", &[json_of("any")], 201, "DuplicatedRecord")),
    asked(plain(TAG, "history of a record", 200, "History"), HISTORY),
    asked(plain(TAG, "history of a table", 200, "History"), HISTORY),
    asked(plain(TAG, "record status", 200, r#"{"type": "object", "required": ["isVisible", "isDeleted"], "properties": {"isVisible": "$boolean", "isDeleted": "$boolean"}}"#), LIST),
    asked(plain(TAG, "row count", 200, r#"{"type": "object", "required": ["rowCount"], "properties": {"rowCount": "$integer"}}"#), LIST),
    optional(with_body(TAG, "undo", &[json_of("any")], 201, "Undone")),
    optional(with_body(TAG, "redo", &[json_of("any")], 201, "Undone")),
];
