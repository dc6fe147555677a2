//! `Idempotency-Key`: a write that is sent twice is carried out once, and answered twice alike.
//!
//! What was done is known to the engine; here are the header, the line of those that come while the first one is being
//! answered, and the answers of what is not in a database.

use super::panics;
use crate::auth::{Presented, presented};
use crate::body;
use crate::call::{Facts, Failure};
use crate::respond::{self, Secret};
use crate::settings::Settings;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Engine, KeptAnswer, Retry};
use model::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tower::Service;

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const LONGEST_KEY: usize = 255;
/// Longest answer that is kept for what is not in a database.
const LONGEST_ANSWER: u64 = 1 << 20;
/// How long a second request waits for the first.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a request wants to be carried out once.
pub(super) fn is_asked(request: &Request) -> bool {
    !request.method().is_safe() && request.headers().contains_key(KEY)
}

/// The requests that are being answered, by whose key it is.
#[derive(Default)]
pub(super) struct UnderWay {
    all: Mutex<HashMap<[u8; 32], Arc<Notify>>>,
}

impl UnderWay {
    /// Answers a request, or gives the answer that an earlier one had.
    pub async fn answer(
        &self,
        engine: &Engine,
        router: Router,
        request: Request,
        settings: &Settings,
    ) -> std::result::Result<Response, String> {
        match self.answered(engine, router, request, settings).await {
            Ok(answered) => answered,
            Err(error) => Ok(Failure(error).into_response()),
        }
    }

    async fn answered(
        &self,
        engine: &Engine,
        mut router: Router,
        request: Request,
        settings: &Settings,
    ) -> Result<std::result::Result<Response, String>> {
        let key = key_of(&request)?;
        let actor = match presented(request.method(), request.headers(), settings.secure()) {
            Presented::Token(token) => engine.authenticate(token).map(Some),
            Presented::Session(cookie) => engine.authenticate_session(cookie).map(Some),
            Presented::Nothing => Ok(None),
        };
        let Ok(actor) = actor else {
            // The door says in its own words what is wrong.
            return Ok(panics::caught(router.call(request)).await);
        };
        if actor.is_none() && body::is_long(request.headers()) {
            // Nothing is held in memory for nobody. What strangers send is short, or a file to a signed address, which
            // may be sent twice anyway.
            return Ok(panics::caught(router.call(request)).await);
        }
        let facts = request.extensions().get::<Arc<Facts>>().cloned();
        let (request, said) = read(request, settings).await?;
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        let parts = [request.method().as_str().as_bytes(), path.as_bytes(), &said];
        let retry = engine.retry(actor.as_deref(), &key, &parts);
        let _turn = self.turn(retry.scope()).await?;
        match engine.kept_answer(&retry) {
            Ok(None) => {}
            // No handler counts this one.
            found => {
                facts.map_or(Ok(()), |facts| facts.count(actor.as_deref()))?;
                return found.map(|kept| Ok(kept.map_or_else(Response::default, |kept| replayed(again(kept)))));
            }
        }
        let answered = engine.attempting(&retry, panics::caught(router.call(request))).await;
        let Ok(response) = answered else { return Ok(answered) };
        if retry.was_replayed() {
            return Ok(Ok(replayed(response)));
        }
        Ok(Ok(kept(engine, &retry, response).await))
    }

    /// A turn for this key: at once, or when who has it is answered.
    async fn turn(&self, scope: [u8; 32]) -> Result<Turn<'_>> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let ended = {
                let mut all = self.all.lock();
                match all.get(&scope) {
                    None => {
                        all.insert(scope, Arc::default());
                        return Ok(Turn { under_way: self, scope });
                    }
                    // Made under the lock, so that no end is missed.
                    Some(other) => other.clone().notified_owned(),
                }
            };
            let why = "A request with this Idempotency-Key is still being answered";
            timeout_at(patience, ended).await.map_err(|_| Error::Conflict(why.to_owned()))?;
        }
    }
}

struct Turn<'a> {
    under_way: &'a UnderWay,
    scope: [u8; 32],
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(ended) = self.under_way.all.lock().remove(&self.scope) {
            ended.notify_waiters();
        }
    }
}

/// The key: 1 to 255 visible characters of ASCII.
fn key_of(request: &Request) -> Result<String> {
    let mut given = request.headers().get_all(KEY).iter();
    let (key, more) = (given.next(), given.next());
    let key = key.filter(|_| more.is_none()).map(HeaderValue::as_bytes).unwrap_or_default();
    if (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic) {
        return Ok(String::from_utf8_lossy(key).into_owned());
    }
    Err(Error::malformed("Idempotency-Key", "must be 1 to 255 visible ASCII characters, once"))
}

/// The request with its body read, and what the body says. Of a form with files, which is read in parts, its length
/// stands for it: its separators differ from one attempt to the next. So does the length of a file that is too long for
/// memory.
async fn read(request: Request, settings: &Settings) -> Result<(Request, Bytes)> {
    let content_type = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let begins = |with: &[u8]| content_type.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    let length = body::announced(request.headers());
    let is_long_file = length > settings.body_limit as u64 && !begins(b"application/json");
    if begins(b"multipart/") || is_long_file {
        return Ok((request, Bytes::copy_from_slice(&length.to_be_bytes())));
    }
    let (parts, unread) = request.into_parts();
    let whole = body::read(unread, &parts.headers, settings).await?;
    Ok((Request::from_parts(parts, Body::from(whole.clone())), whole))
}

fn again(kept: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let content_type = kept.content_type.and_then(|text| HeaderValue::from_str(&text).ok());
    match content_type {
        Some(content_type) => respond::with_body(status, content_type, kept.body),
        None => {
            let mut response = respond::empty(status);
            *response.body_mut() = Body::from(kept.body);
            response
        }
    }
}

fn replayed(mut response: Response) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The answer, kept when it is about what is not in a database, and tells no secret.
async fn kept(engine: &Engine, retry: &Retry, response: Response) -> Response {
    let secret = response.extensions().get::<Secret>().is_some() || response.headers().contains_key(header::SET_COOKIE);
    let fits = response.body().size_hint().exact().is_some_and(|length| length <= LONGEST_ANSWER);
    if !response.status().is_success() || secret || !fits || !engine.wants_answer(retry) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_ANSWER as usize).await else {
        return Failure(Error::Internal("an answer in memory could not be read".to_owned())).into_response();
    };
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok()).map(str::to_owned);
    let answer = KeptAnswer { status: parts.status.as_u16(), content_type, body: body.to_vec() };
    if let Err(error) = engine.keep_answer(retry, &answer) {
        tracing::warn!(%error, "an answer is not kept for a retry");
    }
    Response::from_parts(parts, Body::from(body))
}
