//! A request as a handler gets it, and what it answers.

use crate::auth::{self, Presented};
use crate::body;
use crate::incoming::Incoming;
use crate::metrics::Metrics;
use crate::origin;
use crate::params::Params;
use crate::request_id::RequestId;
use crate::settings::Settings;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderMap, Method, Uri, request::Parts};
use axum::response::{IntoResponse, Response};
use model::Error;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;

/// What a handler gives back. An error is rendered by [`mount`](crate::mount()) in the shape of its door.
pub type Answer = Result<Response, Failure>;

/// An error on its way to the door that renders it.
#[derive(Clone, Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response.extensions_mut().insert(self);
        response
    }
}

/// What [`mount`](crate::mount()) knows of a request and hands on to its handler.
#[derive(Clone)]
pub(crate) struct Facts {
    pub request_id: RequestId,
    pub around: Arc<Around>,
}

/// What is the same for all requests.
#[derive(Default)]
pub(crate) struct Around {
    pub settings: Arc<Settings>,
    pub metrics: Arc<Metrics>,
}

/// A request whose head is read and whose body is not.
pub struct Call {
    parts: Parts,
    body: Body,
    segments: Option<RawPathParams>,
    facts: Facts,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Call, Infallible> {
        let (mut parts, body) = request.into_parts();
        // A path that is not UTF-8 was refused by `mount`, and a path without placeholders has none.
        let segments = RawPathParams::from_request_parts(&mut parts, state).await.ok();
        let facts = parts.extensions.remove::<Facts>().unwrap_or_else(Facts::of_a_test);
        Ok(Call { parts, body, segments, facts })
    }
}

impl Facts {
    /// A router that is asked without [`mount`](crate::mount()) around it, as a door's own test may.
    fn of_a_test() -> Facts {
        Facts { request_id: RequestId::next(), around: Arc::default() }
    }
}

impl Call {
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The text of a header; none when it is absent or not plain ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The decoded segment of the path at a placeholder; empty when the pattern has no such name.
    pub fn segment(&self, name: &str) -> &str {
        let mut found = self.segments.iter().flatten().filter(|(key, _)| *key == name);
        found.next().map(|(_, value)| value).unwrap_or_default()
    }

    /// The query string, parsed.
    pub fn params(&self) -> model::Result<Params<'_>> {
        Params::parse(self.raw_query(), self.facts.around.settings.query_limit)
    }

    /// The query string as it came.
    pub fn raw_query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// Whom the request says it comes from. A session of a request that another site sent is passed over.
    pub fn presented(&self) -> Presented<'_> {
        auth::presented(&self.parts.method, &self.parts.headers)
    }

    pub fn request_id(&self) -> &str {
        self.facts.request_id.as_str()
    }

    pub fn settings(&self) -> &Arc<Settings> {
        &self.facts.around.settings
    }

    /// The counters of all doors.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.facts.around.metrics
    }

    /// The whole body, within the limit and in time. A second call gives nothing.
    pub async fn body(&mut self) -> model::Result<Bytes> {
        let body = std::mem::take(&mut self.body);
        body::read(body, &self.parts.headers, &self.facts.around.settings).await
    }

    /// The whole body as JSON of this type.
    pub async fn json<T: DeserializeOwned>(&mut self) -> model::Result<T> {
        body::from_json(&self.body().await?)
    }

    /// The body piece by piece, at most this many bytes of it. A second call gives nothing.
    pub fn incoming(&mut self, most: u64) -> model::Result<Incoming> {
        let body = std::mem::take(&mut self.body);
        Incoming::new(body, &self.parts.headers, &self.facts.around.settings, most)
    }

    /// By which address the request came.
    pub fn origin(&self) -> Arc<str> {
        origin::of(&self.parts.headers, &self.facts.around.settings)
    }

    /// Head and unread body, for who reads it in parts.
    pub fn into_parts(self) -> (Parts, Body) {
        (self.parts, self.body)
    }
}
