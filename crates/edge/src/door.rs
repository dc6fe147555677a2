//! The seam between this room and a dialect.

use crate::endpoint::{Endpoint, unknown_route};
use crate::limit::{Rate, Rule};
use axum::Router;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use engine::Engine;
use model::Error;

/// One dialect over HTTP.
pub trait Door: Send + Sync {
    /// The word for logs and metrics.
    fn name(&self) -> &'static str;

    /// The path prefixes that the door owns, without a slash at their end. The longest one of all doors that matches
    /// decides who answers a request, unknown paths below it included.
    fn prefixes(&self) -> &'static [&'static str];

    /// The path below one of the prefixes that is meant by one which begins with an id instead, such as `/TEAM/api/…`;
    /// none for a path that is not the door's. Asked where no prefix but an empty one matches.
    fn alias(&self, _: &str) -> Option<String> {
        None
    }

    /// Whether every request needs the store.
    fn needs_store(&self) -> bool {
        true
    }

    /// What is spoken: the list that router, documents, metrics and coverage tests are made from.
    fn endpoints(&self) -> &'static [Endpoint];

    /// The limits that the documents of this dialect publish; none publishes none.
    fn rates(&self) -> &'static [Rate] {
        &[]
    }

    /// The place in [`Door::rates`] of the limit that an endpoint counts against.
    fn rate_of(&self, _: &Endpoint) -> usize {
        0
    }

    /// The limit of what the requests of a rate are about, where it is published apart from that of requests; else each
    /// record counts as a request.
    fn rule_of_records(&self, _: usize) -> Option<Rule> {
        None
    }

    /// Whether a request may show its token in its body, so that its headers do not tell that it shows none.
    fn has_tokens_in_bodies(&self) -> bool {
        false
    }

    /// Whether a request, whose path begins with one of the prefixes, does nothing but write records, by a write that
    /// comes before whatever else it does. It may then be run again from its beginning as long as nothing of it stands.
    fn only_writes_records(&self, _: &Method, _: &str) -> bool {
        false
    }

    /// A router of full paths, made by [`Routes`](crate::Routes) from the list.
    fn router(&self, engine: Engine) -> Router;

    /// An error in the door's shape: a total match over [`Error`].
    fn render_error(&self, error: &Error, request_id: &str) -> Response;

    /// The answer to a method that is not spoken at a path which is; `Allow` is added by [`mount`](crate::mount()).
    fn render_wrong_method(&self, request_id: &str) -> Response {
        let mut response = self.render_error(&unknown_route(), request_id);
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
    }
}
