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

    fn router(&self, engine: Engine) -> Router {
        endpoints::router(door::State::new(engine))
    }

    fn render_error(&self, error: &model::Error, _: &str) -> Response {
        error::render(error)
    }
}
