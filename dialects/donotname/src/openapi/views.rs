//! Views.

use super::{plain, with_body};
use edge::openapi::{Operation, json_of};

const TAG: &str = "Views";

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    plain(TAG, "list views", 200, "[View]"),
    with_body(TAG, "create view", &[json_of("NewView")], 201, "View"),
    plain(TAG, "get view", 200, "View"),
    plain(TAG, "delete view", 200, "Nothing"),
    with_body(TAG, "set view filter", &[json_of(r#"{"type": "object", "required": ["filter"], "properties": {"filter": "$any"}}"#)], 200, "View"),
    with_body(TAG, "set view sort", &[json_of(r#"{"type": "object", "required": ["sort"], "properties": {"sort": "$any"}}"#)], 200, "View"),
    with_body(TAG, "set view group", &[json_of(r#"{"type": "object", "required": ["group"], "properties": {"group": "$any"}}"#)], 200, "View"),
    with_body(TAG, "rename view", &[json_of(r#"{"type": "object", "required": ["name"], "properties": {"name": "$text"}}"#)], 200, "View"),
    with_body(TAG, "describe view", &[json_of(r#"{"type": "object", "required": ["description"], "properties": {"description": {"type": ["string", "null"]}}}"#)], 200, "View"),
    with_body(TAG, "move view", &[json_of(r#"{"type": "object", "required": ["anchorId", "position"], "properties": {"anchorId": "$text", "position": "$Position"}}"#)], 200, "any"),
    with_body(TAG, "set view columns", &[json_of(r#"{"type": "array", "items": {"type": "object", "required": ["fieldId"], "properties": {"fieldId": "$text", "columnMeta": {"type": "object"}}}}"#)], 200, "View"),
    with_body(TAG, "move records in view", &[json_of(r#"{"type": "object", "required": ["anchorId", "position", "recordIds"], "properties": {"anchorId": "$text", "position": "$Position", "recordIds": "$[text]"}}"#)], 200, "any"),
    with_body(TAG, "set view options", &[json_of(r#"{"type": "object", "required": ["options"], "properties": {"options": {"type": "object"}}}"#)], 200, "View"),
    with_body(TAG, "lock view", &[json_of(r#"{"type": "object", "required": ["isLocked"], "properties": {"isLocked": "$boolean"}}"#)], 200, "View"),
];
