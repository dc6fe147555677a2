//! The one layer around all doors: which door answers, request ids, panics, errors in the door's shape, CORS,
//! compression, metrics and the log line.
//!
//! It is one function and no stack of middleware, since every microsecond counts on a read of one record.
//! Start with [`Mounted::answer`].

mod answer;
mod cors;
mod once;
mod panics;

use crate::address;
use crate::around::Around;
use crate::auth::{Presented, presented};
use crate::body;
use crate::call::{Facts, Failure};
use crate::door::Door;
use crate::endpoint::{WrongMethod, unknown_route};
use crate::file::AsItIs;
use crate::limit;
use crate::metrics::Metrics;
use crate::origin;
use crate::path;
use crate::request_id::RequestId;
use crate::settings::Settings;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use engine::Engine;
use model::Error;
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;
use tower::{Layer, Service, ServiceExt};
use tower_http::CompressionLevel;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{Compression, CompressionLayer};

/// Answers smaller than this are not worth compressing.
const COMPRESS_ABOVE: u64 = 1024;

/// All doors behind one service. Cheap to clone.
#[derive(Clone)]
pub struct Mounted {
    inner: Arc<Inner>,
}

struct Inner {
    doors: Vec<Mount>,
    /// Requests with an `Idempotency-Key` that are being answered.
    under_way: once::UnderWay,
    /// Prefix and place of its door, the longest first.
    prefixes: Vec<(&'static str, usize)>,
    around: Arc<Around>,
}

struct Mount {
    door: Arc<dyn Door>,
    router: Router,
}

/// All doors over one engine.
pub fn mount(doors: Vec<Arc<dyn Door>>, engine: &Engine, settings: Settings) -> Mounted {
    let routers = doors.into_iter().map(|door| (door.clone(), door.router(engine.clone()))).collect();
    mounted(routers, Some(engine.clone()), settings)
}

/// Doors whose routers are made already.
pub fn mount_routers(doors: Vec<(Arc<dyn Door>, Router)>, settings: Settings) -> Mounted {
    mounted(doors, None, settings)
}

fn mounted(doors: Vec<(Arc<dyn Door>, Router)>, engine: Option<Engine>, settings: Settings) -> Mounted {
    let mut prefixes = Vec::new();
    for (place, (door, _)) in doors.iter().enumerate() {
        prefixes.extend(door.prefixes().iter().map(|prefix| (*prefix, place)));
    }
    prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    let all = doors.iter().map(|(door, _)| door.clone()).collect();
    let doors = doors.into_iter().map(|(door, router)| Mount { door, router }).collect();
    let around = Arc::new(Around::new(all, engine, settings));
    Mounted { inner: Arc::new(Inner { doors, under_way: once::UnderWay::default(), prefixes, around }) }
}

/// The door of a request, and the path that is meant when it is said in another way.
struct Owner {
    place: usize,
    meant: Option<String>,
}

impl Owner {
    /// The place of the door, and the request as its router knows it.
    fn reached(self, request: &mut Request) -> usize {
        if let Some(meant) = self.meant {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            // What was an address is one still: `alias` only puts parts of it elsewhere.
            if let Ok(uri) = format!("{meant}{query}").parse() {
                *request.uri_mut() = uri;
            }
        }
        self.place
    }
}

impl Mounted {
    /// The counters of all doors.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.around.metrics
    }

    /// Answers a request of the peer that axum has noted on it, or of nobody in particular. Never fails and never panics.
    pub async fn answer(self, request: Request) -> Response {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        self.answer_to(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), request).await
    }

    /// Answers a request of a peer. Never fails and never panics.
    pub async fn answer_to(self, peer: IpAddr, request: Request) -> Response {
        if wants_gzip(request.headers()) {
            // Rare among programs and large, so it takes no room in the future of every request.
            Box::pin(self.compressed(peer, request)).await
        } else {
            self.plain(peer, request).await
        }
    }

    /// Most requests of programs do not ask for compression and do not pay for it.
    async fn compressed(self, peer: IpAddr, request: Request) -> Response {
        let worth = SizeAbove::new(COMPRESS_ABOVE).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
        let worth = worth.and(|_, _, _: &HeaderMap, extensions: &Extensions| extensions.get::<AsItIs>().is_none());
        let layer = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth);
        let service: Compression<Plain, _> = layer.layer(Plain(self, peer));
        let Ok(response) = service.oneshot(request).await;
        response.map(Body::new)
    }

    async fn plain(self, peer: IpAddr, mut request: Request) -> Response {
        let started = Instant::now();
        let inner = &*self.inner;
        let request_id = RequestId::of(request.headers());
        let owner = inner.owner(request.uri().path()).map(|owner| owner.reached(&mut request));
        let crosses = request.headers().contains_key(header::ORIGIN);
        let mut response = if crosses && cors::is_preflight(&request) {
            cors::preflight()
        } else if let Some(place) = owner {
            // What the log line says of the request, only when there will be one.
            let said = tracing::enabled!(tracing::Level::DEBUG).then(|| answer::Said::of(&request));
            let (response, cause, endpoint) = match path::check(request.uri().path()) {
                Ok(()) => {
                    let facts = Arc::new(inner.facts(place, request_id, peer, &request));
                    request.extensions_mut().insert(facts.clone());
                    let length = body::announced(request.headers());
                    let is_long = length > body::SMALL;
                    let answered = match with_small_body(request, length, &inner.around.settings).await {
                        Ok(request) => {
                            let origin = origin::of(request.headers(), &inner.around.settings);
                            // In a box: what nests around it would move it as a whole, several times.
                            let admitted = Box::pin(inner.admitted(place, request, facts.address, is_long));
                            engine::files::reached_at(origin, admitted).await
                        }
                        Err(error) => Ok(Failure(error).into_response()),
                    };
                    let (mut response, cause) = inner.rendered(place, answered, &facts);
                    if is_long && cause.is_some() {
                        // Nobody may have read the body, and then the connection ends after this answer.
                        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                    }
                    (response, cause, facts.endpoint.load(Ordering::Relaxed))
                }
                Err(error) => (inner.render(place, &error, &request_id), Some(error), usize::MAX),
            };
            let took = started.elapsed();
            inner.around.metrics.count(place, endpoint, response.status(), took);
            answer::log(&*inner.doors[place].door, endpoint, said, &request_id, &response, cause, took);
            response
        } else {
            answer::of_no_door(path::check(request.uri().path()).err().unwrap_or_else(unknown_route))
        };
        answer::dress(&mut response, request_id, crosses);
        response
    }
}

impl Inner {
    fn facts(&self, door: usize, request_id: RequestId, peer: IpAddr, request: &Request) -> Facts {
        let address = address::client(peer, request.headers(), &self.around.settings.trusted_proxies);
        let (endpoint, meter) = (AtomicUsize::new(usize::MAX), Mutex::default());
        let charged = AtomicUsize::new(0);
        Facts { request_id, around: self.around.clone(), door, endpoint, address, meter, charged }
    }

    /// Has a door answer a request, once there is a place for it. A door that does without the store says how the server
    /// is, and so does without a place. A long body is waited for first, by who reads it.
    async fn admitted(
        &self,
        place: usize,
        request: Request,
        address: IpAddr,
        is_long: bool,
    ) -> Result<Response, String> {
        let around = &self.around;
        if !self.doors[place].door.needs_store() {
            return self.arrived(place, request).await;
        }
        if around.limits.guesses.any()
            && !self.doors[place].door.has_tokens_in_bodies()
            && presented(request.method(), request.headers(), around.settings.secure()) == Presented::Nothing
            && let Err(error) = around.limits.guesses.admit(address, around.now())
        {
            return Ok(Failure(error).into_response());
        }
        if is_long {
            return self.arrived(place, request).await;
        }
        match around.admission.admit(request.headers()).await {
            Ok(_place) => self.arrived(place, request).await,
            Err(error) => Ok(Failure(error).into_response()),
        }
    }

    /// Has a door answer a request, which sees all that was answered before it came. A door that does without the
    /// store is asked all the same: it says how the server is.
    async fn arrived(&self, place: usize, request: Request) -> Result<Response, String> {
        let Mount { door, router } = &self.doors[place];
        let Some(engine) = self.around.engine.as_ref().filter(|_| door.needs_store()) else {
            return panics::caught(router.clone().call(request)).await;
        };
        let answered = if once::is_asked(&request) {
            // Rare and large, so it takes no room in the future of every request.
            let answer = Box::pin(self.under_way.answer(engine, router.clone(), request, &self.around.settings));
            if engine.is_shared() { engine.arrive(answer).await } else { Ok(answer.await) }
        } else if !engine.is_shared() {
            Ok(panics::caught(router.clone().call(request)).await)
        } else if matches!(*request.method(), Method::GET | Method::HEAD) && body::announced(request.headers()) == 0 {
            let (parts, _) = request.into_parts();
            let again = || Request::from_parts(parts.clone(), Body::empty());
            engine.arrive_lightly(|| panics::caught(router.clone().call(again()))).await
        } else if body::announced(request.headers()) <= body::SMALL
            && door.only_writes_records(request.method(), request.uri().path())
        {
            let (parts, body) = request.into_parts();
            // It is there as a whole.
            let body = axum::body::to_bytes(body, body::SMALL as usize).await.map_err(|error| error.to_string())?;
            let again = || Request::from_parts(parts.clone(), Body::from(body.clone()));
            engine.arrive_lightly(|| panics::caught(router.clone().call(again()))).await
        } else {
            engine.arrive(panics::caught(router.clone().call(request))).await
        };
        answered.unwrap_or_else(|error| Ok(Failure(error).into_response()))
    }

    /// The door of the longest prefix that ends where a segment of the path ends. A path of no such prefix but the empty
    /// one may be another way to say one.
    fn owner(&self, path: &str) -> Option<Owner> {
        let owns =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let named = self.prefixes.iter().filter(|(prefix, _)| !prefix.is_empty()).find(|(prefix, _)| owns(prefix));
        if let Some((_, place)) = named {
            return Some(Owner { place: *place, meant: None });
        }
        let alias = self.doors.iter().enumerate().find_map(|(place, mount)| Some((place, mount.door.alias(path)?)));
        if let Some((place, meant)) = alias {
            return Some(Owner { place, meant: Some(meant) });
        }
        let rest = self.prefixes.iter().find(|(prefix, _)| prefix.is_empty());
        rest.map(|(_, place)| Owner { place: *place, meant: None })
    }

    /// The answer of a door, its errors and panics rendered, and the error if there was one.
    fn rendered(&self, place: usize, outcome: Result<Response, String>, facts: &Facts) -> (Response, Option<Error>) {
        let (mut response, cause) = self.rendered_by(place, outcome, facts);
        if let Some(error) = &cause {
            self.around.metrics.count_refusal(error);
        }
        if let Some(meter) = facts.meter() {
            let standing = self.around.limits.standing(&meter, self.around.now());
            let status = response.status();
            limit::say(response.headers_mut(), status, standing);
        }
        (response, cause)
    }

    fn rendered_by(&self, place: usize, outcome: Result<Response, String>, facts: &Facts) -> (Response, Option<Error>) {
        let request_id = &facts.request_id;
        let mut given = match outcome {
            Ok(response) => response,
            Err(panic) => {
                let error = Error::Internal(panic);
                return (self.render(place, &error, request_id), Some(error));
            }
        };
        let Some(Failure(error)) = given.extensions_mut().remove::<Failure>() else {
            return (given, None);
        };
        let error = self.around.limits.guesses.note(error, facts.address, self.around.now());
        let mut response = match given.extensions_mut().remove::<WrongMethod>() {
            Some(WrongMethod) => self.doors[place].door.render_wrong_method(request_id.as_str()),
            None => self.render(place, &error, request_id),
        };
        if let Some(allowed) = given.headers_mut().remove(header::ALLOW) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        answer::say_when(&mut response, &error);
        (response, Some(error))
    }

    fn render(&self, place: usize, error: &Error, request_id: &RequestId) -> Response {
        self.doors[place].door.render_error(error, request_id.as_str())
    }
}

/// The request with its body read, when it is small: a handler that does not look at its body would else end the
/// connection, and the client's next request with it.
async fn with_small_body(request: Request, length: u64, settings: &Settings) -> model::Result<Request> {
    if !(1..=body::SMALL).contains(&length) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body = body::read(body, &parts.headers, settings).await?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn wants_gzip(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_ENCODING).is_some_and(|value| value.as_bytes().windows(4).any(|part| part == b"gzip"))
}

/// [`Mounted::plain`] as a service, for the compression around it.
#[derive(Clone)]
struct Plain(Mounted, IpAddr);

impl Service<Request> for Plain {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.0.clone().plain(self.1, request);
        Box::pin(async move { Ok(answer.await) })
    }
}

/// For tests and for whoever serves with tower; `server` calls [`Mounted::answer_to`] itself.
impl Service<Request> for Mounted {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.clone().answer(request);
        Box::pin(async move { Ok(answer.await) })
    }
}
