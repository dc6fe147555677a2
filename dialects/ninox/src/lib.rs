//! The Ninox door: the REST API of Ninox' public cloud, with what private clouds and its own command line add.
//!
//! The specification are the two reference documents ("001" is the public cloud's, "002" the older one); what they leave
//! out, or contradict, comes from the facts ("facts 5" in comments). The numbered differences of
//! `docs/dialects/ninox.md` say what we do. Start with [`endpoints::ENDPOINTS`], then `endpoints/list_records.rs` for a
//! read and `endpoints/write_records.rs` for a write.

mod cell;
mod door;
pub mod endpoints;
mod error;
mod field;
mod files;
pub mod names;
mod record;
mod schema;
mod script;

pub mod docs;

use axum::Router;
use axum::response::Response;
use edge::{Door, Endpoint};
use engine::Engine;

/// The door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ninox;

impl Door for Ninox {
    fn name(&self) -> &'static str {
        "ninox"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        door::PREFIXES
    }

    fn alias(&self, path: &str) -> Option<String> {
        door::alias(path)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        endpoints::ENDPOINTS
    }

    fn router(&self, engine: Engine) -> Router {
        endpoints::router(door::State::new(engine))
    }

    fn render_error(&self, error: &model::Error, _: &str) -> Response {
        error::render(error)
    }
}
