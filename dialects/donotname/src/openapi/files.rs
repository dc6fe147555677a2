//! Attachments.

use super::{asked, optional, parameter, plain, with_body};
use edge::openapi::{Content, Operation, Parameter, json_of};

const TAG: &str = "Attachments";

const SIGNED: &[Parameter] = &[
    parameter("for", "text", "Part of a signed address."),
    parameter("signature", "text", "Part of a signed address."),
    parameter("size", r#"{"type": "string", "enum": ["sm", "lg"]}"#, "A small copy of a picture."),
];

/// A file, or the address of one.
const FILE: &[Content] = &[
    Content {
        media: "multipart/form-data",
        schema: r#"{"type": "object", "properties": {"file": "$bytes", "fileUrl": "$text"}}"#,
    },
    json_of(r#"{"type": "object", "required": ["fileUrl"], "properties": {"fileUrl": "$text"}}"#),
];

const BYTES: &[Content] = &[Content { media: "application/octet-stream", schema: "bytes" }];

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    with_body(TAG, "upload attachment", FILE, 201, "Record"),
    with_body(TAG, "insert attachment", &[json_of(r#"{"type": "object", "required": ["attachments"], "properties": {"attachments": {"type": "array", "items": {"type": "object"}}, "anchorId": {"type": ["string", "null"]}}}"#)], 201, "Record"),
    with_body(TAG, "sign upload", &[json_of(r#"{"type": "object", "required": ["contentType", "contentLength", "type"], "properties": {"contentType": "$text", "contentLength": "$integer", "type": "$integer"}}"#)], 201, r#"{"type": "object", "required": ["url", "uploadMethod", "token", "requestHeaders"], "properties": {"url": "$text", "uploadMethod": "$text", "token": "$text", "requestHeaders": {"type": "object"}}}"#),
    asked(with_body(TAG, "send upload", BYTES, 200, "Nothing"), SIGNED),
    asked(with_body(TAG, "send upload (POST)", BYTES, 201, "Nothing"), SIGNED),
    optional(asked(with_body(TAG, "notify upload", &[json_of("any")], 201, "Attachment"), &[parameter("filename", "text", "What the file is called.")])),
    Operation { answer: Some(Content { media: "application/octet-stream", schema: "bytes" }), ..asked(plain(TAG, "read attachment", 200, "any"), SIGNED) },
];
