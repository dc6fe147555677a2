//! A request as a handler gets it, and what it answers.

use crate::admission::Place;
use crate::around::Around;
use crate::auth::{self, Presented, Secure};
use crate::body;
use crate::incoming::Incoming;
use crate::limit::{Asked, Meter};
use crate::metrics::Metrics;
use crate::origin;
use crate::params::Params;
use crate::request_id::RequestId;
use crate::settings::Settings;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderMap, Method, Uri, request::Parts};
use axum::response::{IntoResponse, Response};
use engine::Engine;
use model::access::Profile;
use model::error::Credentials;
use model::{Actor, Error};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// What [`mount`](crate::mount()) knows of a request and shares with its handler.
pub(crate) struct Facts {
    pub request_id: RequestId,
    pub around: Arc<Around>,
    /// The place of its door among all.
    pub door: usize,
    /// The place of its endpoint in the door's list, once that is known; before, one past any list.
    pub endpoint: AtomicUsize,
    /// Where it comes from.
    pub address: IpAddr,
    /// What it is measured by, once its sender is known.
    pub meter: Mutex<Option<Meter>>,
    /// The records for which it was charged by that.
    pub charged: AtomicUsize,
}

/// A request whose head is read and whose body is not.
pub struct Call {
    parts: Parts,
    body: Body,
    segments: Option<RawPathParams>,
    facts: Arc<Facts>,
    /// The place that it was given after its long body had come.
    place: Option<Place>,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Call, Infallible> {
        let (mut parts, body) = request.into_parts();
        // A path that is not UTF-8 was refused by `mount`, and a path without placeholders has none.
        let segments = RawPathParams::from_request_parts(&mut parts, state).await.ok();
        let facts = parts.extensions.remove::<Arc<Facts>>().unwrap_or_else(|| Arc::new(Facts::of_a_test()));
        Ok(Call { parts, body, segments, facts, place: None })
    }
}

impl Facts {
    /// What the request is measured by, as far as that is known.
    pub fn meter(&self) -> Option<Meter> {
        *self.meter.lock()
    }

    /// Counts one request, of an actor or of somebody who is not known.
    pub fn count(&self, actor: Option<&Actor>) -> model::Result<()> {
        actor.map_or_else(|| self.stranger(), |actor| self.measure(actor))
    }

    fn measure(&self, actor: &Actor) -> model::Result<()> {
        let around = &self.around;
        let meter = self.asked().and_then(|asked| around.limits.meter(actor, asked));
        let mut kept = self.meter.lock();
        // A request that is run again, because rights have changed under it, may be measured by others then.
        if *kept == meter {
            return Ok(());
        }
        *kept = meter;
        self.charged.store(0, Ordering::Relaxed);
        meter.map_or(Ok(()), |meter| around.limits.take(&meter, around.now()))
    }

    fn stranger(&self) -> model::Result<()> {
        let around = &self.around;
        self.asked().map_or(Ok(()), |asked| around.limits.take_stranger(self.address, asked, around.now()))
    }

    fn asked(&self) -> Option<Asked<'_>> {
        let door = &**self.around.doors.get(self.door)?;
        let endpoint = door.endpoints().get(self.endpoint.load(Ordering::Relaxed));
        let rate = endpoint.map_or(0, |endpoint| door.rate_of(endpoint));
        Some(Asked { door, number: self.door as u16, rate })
    }

    /// A router that is asked without [`mount`](crate::mount()) around it, as a door's own test may.
    fn of_a_test() -> Facts {
        Facts {
            request_id: RequestId::next(),
            around: Arc::default(),
            door: 0,
            endpoint: AtomicUsize::new(0),
            address: IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            meter: Mutex::default(),
            charged: AtomicUsize::new(0),
        }
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
        auth::presented(&self.parts.method, &self.parts.headers, self.secure())
    }

    /// Whether a browser says that a page of another site made it send this.
    pub fn is_from_another_site(&self) -> bool {
        !auth::is_same_origin(&self.parts.headers)
    }

    /// Whether cookies may only travel over TLS.
    pub fn secure(&self) -> Secure {
        self.facts.around.settings.secure()
    }

    /// Who asks, by the token or session that the request shows. It counts as one request of theirs.
    pub fn actor(&self, engine: &Engine) -> model::Result<Arc<Actor>> {
        let actor = match self.presented() {
            Presented::Token(token) => engine.authenticate(token)?,
            Presented::Session(cookie) => engine.authenticate_session(cookie)?,
            Presented::Nothing => {
                self.stranger()?;
                return Err(Error::Unauthenticated(Credentials::Missing));
            }
        };
        self.measure(&actor)?;
        Ok(actor)
    }

    /// Counts one request of somebody who is known by other means than [`Call::actor`]. A second time costs nothing.
    pub fn measure(&self, actor: &Actor) -> model::Result<()> {
        self.facts.measure(actor)
    }

    /// Counts one request of somebody who is not known, by the address.
    pub fn stranger(&self) -> model::Result<()> {
        self.facts.stranger()
    }

    /// Says that the request is about so many records, once its body tells. One is counted already. A second time, when
    /// the request is run again, costs nothing.
    pub fn charge(&self, records: usize) -> model::Result<()> {
        let around = &self.facts.around;
        if self.facts.charged.fetch_max(records, Ordering::Relaxed) >= records {
            return Ok(());
        }
        self.facts.meter().map_or(Ok(()), |meter| around.limits.charge(&meter, records, around.now()))
    }

    /// Where the request comes from.
    pub fn address(&self) -> IpAddr {
        self.facts.address
    }

    pub fn request_id(&self) -> &str {
        self.facts.request_id.as_str()
    }

    pub fn settings(&self) -> &Arc<Settings> {
        &self.facts.around.settings
    }

    /// What answers where a dialect's document and its live service contradict each other. `is_observed` is whether the
    /// address is one for clients of the live service, whatever the server and the token say.
    pub fn profile(&self, actor: &Actor, is_observed: bool) -> Profile {
        if is_observed { Profile::Observed } else { actor.profile.unwrap_or(self.settings().profile) }
    }

    /// The counters of all doors.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.facts.around.metrics
    }

    /// The whole body, within the limit and in time. A second call gives nothing.
    pub async fn body(&mut self) -> model::Result<Bytes> {
        let body = std::mem::take(&mut self.body);
        let around = &self.facts.around;
        let body = body::read(body, &self.parts.headers, &around.settings).await?;
        if body::is_long(&self.parts.headers) && self.place.is_none() {
            self.place = Some(around.admission.admit(&self.parts.headers).await?);
        }
        Ok(body)
    }

    /// The whole body as JSON of this type.
    pub async fn json<T: DeserializeOwned>(&mut self) -> model::Result<T> {
        body::from_json(&self.body().await?)
    }

    /// The whole body in a file, within the bound for imports and in time. A second call gives an empty one.
    pub async fn spool(&mut self) -> model::Result<Arc<std::fs::File>> {
        let body = std::mem::take(&mut self.body);
        let settings = self.settings().clone();
        crate::spool::spool(body, &self.parts.headers, &settings, settings.import_limit).await
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

    /// Head and unread body, for who reads it in parts. A long body that is read so has no place among those that are
    /// worked on at once.
    pub fn into_parts(self) -> (Parts, Body) {
        (self.parts, self.body)
    }
}
