//! The documents themselves.

use edge::openapi::{Content, Operation};

const TAG: &str = "Documents";

const fn text(name: &'static str, media: &'static str) -> Operation {
    let answer = Some(Content { media, schema: "text" });
    Operation { name, tag: TAG, query: &[], body: &[], optional_body: false, status: 200, answer }
}

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    super::plain(TAG, "OpenAPI document", 200, r#"{"type": "object", "required": ["openapi", "paths"]}"#),
    text("API page", "text/html"),
    text("API page of a table", "text/html"),
    text("script of the API page", "text/javascript"),
    text("style of the API page", "text/css"),
];
