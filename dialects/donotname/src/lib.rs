//! The Donotname door: the REST API of Donotname, which is that of Teable under another name.
//!
//! The specification is the reference document; what it leaves out comes from the facts about Teable ("facts A3" in
//! comments). Where they disagree, the numbered differences of `docs/dialects/donotname.md` say what we do.
//! Start with [`endpoints::ENDPOINTS`], then `endpoints/list_records.rs` for a read and `endpoints/create_records.rs`
//! for a write.

mod base62;
mod cell;
pub mod csv;
mod door;
pub mod endpoints;
mod error;
mod field;
mod filter;
mod formula;
mod json;
mod members;
pub mod names;
pub mod openapi;
mod page;
mod record;
mod roles;
#[cfg(test)]
mod sample;
pub mod scopes;
mod sort;
mod statistic;
mod table;
mod upload;
mod views;

pub mod docs;

use axum::Router;
use axum::http::Method;
use axum::response::Response;
use edge::limit::{Over, Rate, Rule};
use edge::{Door, Endpoint};
use engine::Engine;

/// "10 requests per second per token"; each record of a batch counts, so a bucket may owe (reference, "Rate Limits";
/// facts A0).
const RATES: &[Rate] = &[Rate { name: "requests", rule: Rule::new(10, 1, 10, Over::Debt) }];

/// The door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Donotname;

impl Door for Donotname {
    fn name(&self) -> &'static str {
        "donotname"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        door::PREFIXES
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        endpoints::ENDPOINTS
    }

    fn rates(&self) -> &'static [Rate] {
        RATES
    }

    fn only_writes_records(&self, method: &Method, path: &str) -> bool {
        let below = door::PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or_default();
        let parts: Vec<&str> = below.trim_matches('/').split('/').collect();
        match *parts {
            ["table", _, "record"] => [Method::POST, Method::PATCH, Method::DELETE].contains(method),
            ["table", _, "record", _] => [Method::PATCH, Method::DELETE].contains(method),
            _ => false,
        }
    }

    fn router(&self, engine: Engine) -> Router {
        endpoints::router(door::State::new(engine))
    }

    fn render_error(&self, error: &model::Error, _: &str) -> Response {
        error::render(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_only_write_records_are_told_by_method_and_path() {
        let only = |method, path| Donotname.only_writes_records(&method, path);
        for path in ["/api/table/tbl1/record", "/donotname/api/table/tbl1/record/"] {
            for method in [Method::POST, Method::PATCH, Method::DELETE] {
                assert!(only(method, path), "{path}");
            }
            assert!(!only(Method::PUT, path));
        }
        assert!(
            only(Method::PATCH, "/api/table/tbl1/record/rec1") && only(Method::DELETE, "/api/table/tbl1/record/rec1")
        );
        // The old address of a duplicate; it may fetch files.
        assert!(!only(Method::POST, "/api/table/tbl1/record/rec1"));
        for path in
            ["/api/table/tbl1/record/rec1/fld1/uploadAttachment", "/api/table/tbl1/field", "/other/table/t/record"]
        {
            assert!(!only(Method::POST, path), "{path}");
        }
    }
}
