//! The OpenAPI document of this door: each endpoint described, in files by what they are about.
//!
//! Two tests hold it to the truth: every endpoint is described once, and every golden's requests and answers fit what
//! is said of them (`crates/testkit/tests/goldens.rs`).

mod access;
mod documents;
mod fields;
mod files;
mod people;
mod reading;
mod records;
mod tables;
mod views;

use crate::endpoints::ENDPOINTS;
use edge::openapi::{self, About, Content, Operation, Parameter, Schema, json_of};
use model::Json;

const ABOUT: About = About {
    title: "Donotname REST API",
    description: "Spaces, bases, tables, fields, views and records of this server. Send an access token as \
                  `Authorization: Bearer …`. Times are ISO 8601 in UTC.",
    prefix: "/api",
    components: include_str!("components.json"),
    error: "Error",
    placeholder,
};

/// The document of a server that is reached at this address.
pub fn document(server: &str) -> Json {
    let groups = [
        records::OPERATIONS,
        fields::OPERATIONS,
        views::OPERATIONS,
        tables::OPERATIONS,
        access::OPERATIONS,
        documents::OPERATIONS,
        reading::OPERATIONS,
        files::OPERATIONS,
        people::OPERATIONS,
    ];
    let operations: Vec<&Operation> = groups.into_iter().flatten().collect();
    openapi::document(&ABOUT, ENDPOINTS, &operations, server)
}

fn placeholder(name: &str) -> &'static str {
    match name {
        "spaceId" => "A space, `spc…`.",
        "baseId" => "A base, `bse…`.",
        "tableId" => "A table, `tbl…`.",
        "fieldId" => "A field, `fld…`.",
        "viewId" => "A view, `viw…`.",
        "recordId" => "A record, `rec…`.",
        "tokenId" => "An access token, `acc…`; not its text.",
        _ => "An id.",
    }
}

/// An endpoint that reads, or writes without a body.
const fn plain(tag: &'static str, name: &'static str, status: u16, answer: Schema) -> Operation {
    Operation { name, tag, query: &[], body: &[], optional_body: false, status, answer: Some(json_of(answer)) }
}

/// An endpoint that takes a body of JSON.
const fn with_body(
    tag: &'static str,
    name: &'static str,
    body: &'static [Content],
    status: u16,
    answer: Schema,
) -> Operation {
    Operation { name, tag, query: &[], body, optional_body: false, status, answer: Some(json_of(answer)) }
}

/// The same endpoint with parameters.
const fn asked(operation: Operation, query: &'static [Parameter]) -> Operation {
    Operation { query, ..operation }
}

/// The same endpoint, whose body may be left out.
const fn optional(operation: Operation) -> Operation {
    Operation { optional_body: true, ..operation }
}

const fn parameter(name: &'static str, schema: Schema, about: &'static str) -> Parameter {
    Parameter { name, schema, about }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_described_and_every_reference_leads_somewhere() {
        let document = document("http://127.0.0.1:8080");
        let mut left = vec![&document];
        while let Some(part) = left.pop() {
            match part {
                Json::Object(map) => {
                    if let Some(Json::String(to)) = map.get("$ref") {
                        let pointer = to.strip_prefix('#').expect("a place in the document");
                        assert!(document.pointer(pointer).is_some(), "{to} is nowhere");
                    }
                    left.extend(map.values());
                }
                Json::Array(list) => left.extend(list),
                _ => {}
            }
        }
    }

    /// The kept document: what changes of it is seen in a review. `MANYTONGUE_WRITE_DOCS=1` writes it.
    #[test]
    fn docs_are_current_for_programs() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects/donotname.openapi.json");
        let mut text = serde_json::to_string_pretty(&document("http://127.0.0.1:8080")).expect("JSON");
        text.push('\n');
        if std::env::var_os("MANYTONGUE_WRITE_DOCS").is_some() {
            std::fs::write(&path, &text).expect("the document is written");
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == text, "run MANYTONGUE_WRITE_DOCS=1 cargo test -p donotname docs_are_current");
    }
}
