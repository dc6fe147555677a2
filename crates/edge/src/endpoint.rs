//! The list of what a door speaks, and the router made from it.

use crate::call::{Facts, Failure};
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use model::{Error, Subject};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One thing that can be asked of a door.
#[derive(Debug)]
pub struct Endpoint {
    pub method: Method,
    /// Below the door's prefix, in axum's syntax: `/table/{tableId}/record`.
    pub path: &'static str,
    /// Unique within the door; the name in metrics, tests and documents.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What it needs, in the door's words (`record|read`), or empty.
    pub needs: &'static str,
}

/// The request's method is not spoken at this path, which is.
#[derive(Clone, Copy)]
pub(crate) struct WrongMethod;

/// A router in the making: every endpoint of a list must get its handler.
pub struct Routes<S = ()> {
    prefixes: &'static [&'static str],
    endpoints: &'static [Endpoint],
    handled: Vec<Option<MethodRouter<S>>>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No handler yet.
    pub fn new(prefixes: &'static [&'static str], endpoints: &'static [Endpoint]) -> Routes<S> {
        Routes { prefixes, endpoints, handled: endpoints.iter().map(|_| None).collect() }
    }

    /// The handler of the endpoint of this name.
    ///
    /// # Panics
    /// When there is no such endpoint, or it has a handler already.
    pub fn on<H: Handler<T, S>, T: 'static>(mut self, name: &str, handler: H) -> Routes<S> {
        let place = self.endpoints.iter().position(|endpoint| endpoint.name == name);
        let place = place.unwrap_or_else(|| panic!("no endpoint is called {name}"));
        let filter = MethodFilter::try_from(self.endpoints[place].method.clone())
            .unwrap_or_else(|_| panic!("{name} has a method that no route can have"));
        let before = self.handled[place].replace(on(filter, Marked { handler, place }));
        assert!(before.is_none(), "{name} has two handlers");
        self
    }

    /// The router of full paths: every endpoint below every prefix, with and without a slash at its end.
    ///
    /// # Panics
    /// When an endpoint has no handler.
    pub fn finish(self, state: S) -> Router {
        let mut router = Router::new();
        for (endpoint, handled) in self.endpoints.iter().zip(self.handled) {
            let handled = handled.unwrap_or_else(|| panic!("{} has no handler", endpoint.name));
            for prefix in self.prefixes {
                let path = format!("{prefix}{}", endpoint.path);
                let path = path.strip_suffix('/').unwrap_or(&path);
                if !path.is_empty() {
                    router = router.route(path, handled.clone());
                }
                // Nothing may follow a placeholder for the rest of a path.
                if !path.contains("{*") {
                    router = router.route(&format!("{path}/"), handled.clone());
                }
            }
        }
        router.fallback(no_route).method_not_allowed_fallback(wrong_method).with_state(state)
    }
}

/// The error of a path that is not spoken. It repeats nothing of the path.
pub(crate) fn unknown_route() -> Error {
    Error::not_found(Subject::Route, "")
}

async fn no_route() -> Failure {
    Failure(unknown_route())
}

async fn wrong_method() -> (axum::Extension<WrongMethod>, Failure) {
    (axum::Extension(WrongMethod), Failure(unknown_route()))
}

/// A handler that says which endpoint it is of, for limits and metrics.
#[derive(Clone)]
struct Marked<H> {
    handler: H,
    /// In its door's list.
    place: usize,
}

impl<H: Handler<T, S>, T: 'static, S> Handler<T, S> for Marked<H> {
    type Future = H::Future;

    fn call(self, request: Request, state: S) -> H::Future {
        if let Some(facts) = request.extensions().get::<Arc<Facts>>() {
            facts.endpoint.store(self.place, Ordering::Relaxed);
        }
        self.handler.call(request, state)
    }
}
