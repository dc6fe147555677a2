//! The Dynalist door: documents of nodes in folders.
//!
//! A document is a table that is a tree, a folder an item of the navigation. The specification is the reference document;
//! what the live service does beyond and against it comes from the facts ("facts 1.7" in comments). The numbered
//! differences of `docs/dialects/dynalist.md` say what we do. Start with [`endpoints::ENDPOINTS`], then
//! `endpoints/doc_read.rs` for a read and `endpoints/doc_edit.rs` for a write.

pub mod docs;
mod door;
pub mod endpoints;
mod error;
pub mod exchange;
mod files;
mod inbox;
pub mod names;
mod node;
mod outline;
mod profile;
mod uploads;
mod wire;

use axum::Router;
use axum::response::Response;
use edge::limit::{Over, Rate, Rule};
use edge::{Door, Endpoint};
use engine::Engine;

/// The published limit of one endpoint: so many a minute, so many at once. What is over is refused (facts 4).
const fn rate(name: &'static str, a_minute: u32, at_once: u32) -> Rate {
    Rate { name, rule: Rule::new(a_minute, 60, at_once, Over::Refuse) }
}

/// A limit for each endpoint of the reference, under its name ("Rate limit policy" of each), and one of ours.
const RATES: &[Rate] = &[
    rate("list files", 6, 10),
    rate("edit files", 60, 50),
    rate("read document", 30, 100),
    rate("check for updates", 60, 50),
    rate("edit document", 60, 20),
    rate("add to inbox", 60, 20),
    rate("upload", 2, 5),
    rate("get preference", 60, 100),
    rate("set preference", 60, 100),
    rate("the rest", 60, 100),
];

/// "another rate limit for the number of changes": 240 a minute, 500 at once (reference, doc/edit).
const CHANGES: Rule = Rule::new(240, 60, 500, Over::Refuse);

/// The door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dynalist;

impl Door for Dynalist {
    fn name(&self) -> &'static str {
        "dynalist"
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

    fn rate_of(&self, endpoint: &Endpoint) -> usize {
        RATES.iter().position(|rate| rate.name == endpoint.name).unwrap_or(RATES.len() - 1)
    }

    fn rule_of_records(&self, rate: usize) -> Option<Rule> {
        RATES.get(rate).filter(|rate| rate.name == "edit document").map(|_| CHANGES)
    }

    fn has_tokens_in_bodies(&self) -> bool {
        true
    }

    fn router(&self, engine: Engine) -> Router {
        endpoints::router(door::State::new(engine))
    }

    fn render_error(&self, error: &model::Error, _: &str) -> Response {
        error::render(error)
    }
}
