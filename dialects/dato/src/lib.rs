//! The DatoCMS door: the Site Management API, at the root of the server and below `/dato`.
//!
//! A site is a database, an item type a table, an item a record, the menu the navigation. The specification is the
//! reference document; what the recorded answers of the live service say beyond and against it comes from the facts
//! ("facts 2" in comments). The numbered differences of `docs/dialects/dato.md` say what we do. Start with
//! [`endpoints::ENDPOINTS`], then `endpoints/list_items.rs` for a read and `endpoints/create_item.rs` for a write.

mod cell;
mod deploy;
pub mod docs;
mod door;
pub mod endpoints;
mod error;
mod field;
mod hyperschema;
mod item;
mod item_type;
mod media;
mod menu;
pub mod names;
mod person;
mod session;
mod site;
mod wire;

use axum::Router;
use axum::response::Response;
use edge::{Door, Endpoint};
use engine::Engine;

/// The door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dato;

impl Door for Dato {
    fn name(&self) -> &'static str {
        "dato"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        door::OWNED
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

    /// A wrong method is an endpoint that is not there (facts 2, "Errors"), but says so by its status.
    fn render_wrong_method(&self, request_id: &str) -> Response {
        let mut response = self.render_error(&error::not_found(model::Subject::Route), request_id);
        *response.status_mut() = axum::http::StatusCode::METHOD_NOT_ALLOWED;
        response
    }
}
