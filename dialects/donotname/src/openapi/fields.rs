//! Fields.

use super::{asked, optional, parameter, plain, with_body};
use edge::openapi::{Operation, json_of};

const TAG: &str = "Fields";

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    plain(TAG, "list fields", 200, "[Field]"),
    with_body(TAG, "create field", &[json_of("NewField")], 201, "Field"),
    plain(TAG, "get field", 200, "Field"),
    with_body(TAG, "update field", &[json_of("FieldPatch")], 200, "Field"),
    with_body(TAG, "convert field", &[json_of("NewField")], 200, "Field"),
    plain(TAG, "delete field", 200, "Nothing"),
    asked(plain(TAG, "delete fields", 200, "Nothing"), &[parameter("fieldIds", "[text]", "The fields to delete.")]),
    optional(with_body(TAG, "duplicate field", &[json_of(r#"{"type": "object", "properties": {"name": "$text"}}"#)], 201, "Field")),
];
