//! Pages of any origin may use the API with a token. None may use a session: credentials are never allowed, so a
//! browser sends no cookie with such a request.

use crate::respond;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

const ANY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
/// `*` would not cover `authorization`.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, accept, idempotency-key, if-match, if-none-match, x-amz-acl, x-api-version, \
     x-environment, x-reason, x-request-id, x-site-domain, x-ssg, x-window-id",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "content-disposition, etag, idempotent-replayed, location, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, \
     x-request-id",
);
const A_DAY: HeaderValue = HeaderValue::from_static("86400");

/// Whether a browser asks what a page of another origin may do here.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What it may.
pub(super) fn preflight() -> Response {
    let mut response = respond::empty(StatusCode::NO_CONTENT);
    let pairs: [(HeaderName, HeaderValue); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, A_DAY),
    ];
    response.headers_mut().extend(pairs.map(|(name, value)| (Some(name), value)));
    response
}

/// Lets a page of another origin read an answer.
pub(super) fn allow(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}
