//! What is done to every answer: common headers, and the log line.

use super::cors;
use crate::door::Door;
use crate::request_id::{self, RequestId};
use crate::respond;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use model::Error;
use std::time::Duration;

/// After which a store that was away is worth another try.
const A_SECOND: u32 = 1;
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_FRAME: HeaderValue = HeaderValue::from_static("DENY");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// A page may do nothing until it says what it needs.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// Says when to come again, where the cause knows.
pub(super) fn say_when(response: &mut Response, error: &Error) {
    let seconds = match error {
        Error::RateLimited { retry_after } | Error::Busy { retry_after } => *retry_after,
        Error::Unavailable(_) => A_SECOND,
        _ => return,
    };
    response.headers_mut().entry(header::RETRY_AFTER).or_insert_with(|| seconds.into());
}

/// Adds the headers that every answer has.
pub(super) fn dress(response: &mut Response, request_id: RequestId, crosses: bool) {
    let headers = response.headers_mut();
    headers.insert(request_id::HEADER, request_id.to_value());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(header::REFERRER_POLICY, NO_REFERRER);
    // What a token may see is nobody else's; a door that knows better says so itself.
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        // No page of another site frames ours, or holds on to its window.
        headers.entry(header::X_FRAME_OPTIONS).or_insert(NO_FRAME);
        headers.entry(HeaderName::from_static("cross-origin-opener-policy")).or_insert(SAME_ORIGIN);
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    }
    if crosses {
        cors::allow(headers);
    }
}

/// An error at a path that no door owns.
pub(super) fn of_no_door(error: Error) -> Response {
    let status = match error {
        Error::TooLarge { .. } => StatusCode::URI_TOO_LONG,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        // Nothing is behind such a path, so nothing else can be wrong with it.
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::NotFound { .. }
        | Error::Script { .. }
        | Error::Conflict(_)
        | Error::PreconditionFailed
        | Error::RateLimited { .. }
        | Error::Busy { .. }
        | Error::TimedOut
        | Error::Unavailable(_)
        | Error::Internal(_) => StatusCode::NOT_FOUND,
    };
    let mut body = b"{\"message\":".to_vec();
    crate::json::string(&mut body, error.to_string().trim_end());
    body.push(b'}');
    respond::json(status, body)
}

/// What the log says of a request: never its query, headers or body.
pub(super) struct Said {
    method: Method,
    path: String,
}

impl Said {
    pub(super) fn of(request: &Request) -> Said {
        Said { method: request.method().clone(), path: request.uri().path().to_owned() }
    }
}

/// One line for each request when asked for, and always one for an error of ours.
pub(super) fn log(
    door: &dyn Door,
    endpoint: usize,
    said: Option<Said>,
    request_id: &RequestId,
    response: &Response,
    cause: Option<Error>,
    took: Duration,
) {
    let status = response.status();
    if !status.is_server_error() && said.is_none() {
        return;
    }
    let (door, endpoint) = (door.name(), door.endpoints().get(endpoint).map_or("none", |endpoint| endpoint.name));
    let duration_ms = took.as_secs_f64() * 1000.0;
    let request_id = request_id.as_str();
    if status.is_server_error() {
        let cause = match cause {
            Some(Error::Internal(why) | Error::Unavailable(why)) => why,
            Some(error) => error.to_string(),
            None => String::new(),
        };
        tracing::warn!(request.id = request_id, door, endpoint, status = status.as_u16(), duration_ms, cause, "failed");
    } else if let Some(Said { method, path }) = said {
        let status = status.as_u16();
        tracing::debug!(request.id = request_id, door, endpoint, %method, path, status, duration_ms, "answered");
    }
}
