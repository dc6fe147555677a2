//! Tables, bases and spaces.

use super::{optional, plain, with_body};
use edge::openapi::{Operation, json_of};

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    plain("Tables", "list tables", 200, "[Table]"),
    optional(with_body("Tables", "create table", &[json_of("NewTable")], 201, "Table")),
    plain("Tables", "get table", 200, "Table"),
    plain("Tables", "delete table", 200, "Nothing"),
    plain("Tables", "delete table for good", 200, "Nothing"),
    with_body("Tables", "rename table", &[json_of(r#"{"type": "object", "required": ["name"], "properties": {"name": "$text"}}"#)], 200, "any"),
    with_body("Tables", "set table icon", &[json_of(r#"{"type": "object", "properties": {"icon": {"type": ["string", "null"]}}}"#)], 200, "any"),
    with_body("Tables", "describe table", &[json_of(r#"{"type": "object", "properties": {"description": {"type": ["string", "null"]}}}"#)], 200, "any"),
    with_body("Tables", "set database name of table", &[json_of(r#"{"type": "object", "required": ["dbTableName"], "properties": {"dbTableName": "$text"}}"#)], 200, "any"),
    with_body("Tables", "move table", &[json_of(r#"{"type": "object", "required": ["anchorId", "position"], "properties": {"anchorId": "$text", "position": "$Position"}}"#)], 200, "any"),
    plain("Tables", "get triggers", 200, "Triggers"),
    with_body("Tables", "set triggers", &[json_of("Triggers")], 200, "Triggers"),
    plain("Tables", "default view", 200, r#"{"type": "object", "required": ["id"], "properties": {"id": "$text"}}"#),
    plain("Tables", "table permission", 200, r#"{"type": "object", "additionalProperties": "$Permissions"}"#),
    optional(with_body("Tables", "duplicate table", &[json_of(r#"{"type": "object", "properties": {"name": "$text", "includeRecords": "$boolean"}}"#)], 201, "Table")),
    plain("Spaces and bases", "list spaces", 200, "[Space]"),
    optional(with_body("Spaces and bases", "create space", &[json_of(r#"{"type": "object", "properties": {"name": {"type": ["string", "null"]}}}"#)], 201, "Space")),
    plain("Spaces and bases", "get space", 200, "Space"),
    with_body("Spaces and bases", "update space", &[json_of(r#"{"type": "object", "properties": {"name": "$text"}}"#)], 200, "Space"),
    plain("Spaces and bases", "delete space", 200, "Nothing"),
    plain("Spaces and bases", "list bases of a space", 200, "[Base]"),
    with_body("Spaces and bases", "create base", &[json_of(r#"{"type": "object", "required": ["spaceId"], "properties": {"spaceId": "$text", "name": {"type": ["string", "null"]}, "icon": {"type": ["string", "null"]}}}"#)], 201, "Base"),
    plain("Spaces and bases", "list bases", 200, "[Base]"),
    plain("Spaces and bases", "get base", 200, "Base"),
    with_body("Spaces and bases", "update base", &[json_of(r#"{"type": "object", "properties": {"name": "$text", "icon": {"type": ["string", "null"]}}}"#)], 200, "Base"),
    plain("Spaces and bases", "delete base", 200, "Nothing"),
    plain("Spaces and bases", "base permission", 200, "Permissions"),
];
