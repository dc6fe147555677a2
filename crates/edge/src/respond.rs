//! Answers with few allocations.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
pub const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// An answer with a body of this type.
pub fn with_body(status: StatusCode, content_type: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    // Room for what `mount` adds, in one allocation.
    response.headers_mut().reserve(8);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// JSON that is written already.
pub fn json(status: StatusCode, body: Vec<u8>) -> Response {
    with_body(status, JSON, body)
}

/// A wire type as JSON.
pub fn wire<T: serde::Serialize>(status: StatusCode, wire: &T) -> model::Result<Response> {
    let mut body = Vec::with_capacity(256);
    crate::json::object(&mut body, wire)?;
    Ok(json(status, body))
}

/// Plain text.
pub fn text(status: StatusCode, text: impl Into<String>) -> Response {
    with_body(status, TEXT, text.into())
}

/// No body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Marks an answer that tells a secret, such as the text of a token: it is kept nowhere.
pub fn secret(mut response: Response) -> Response {
    response.extensions_mut().insert(Secret);
    response
}

/// On an answer that tells a secret.
#[derive(Clone, Copy)]
pub(crate) struct Secret;
