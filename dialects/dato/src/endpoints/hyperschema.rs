//! `GET /docs/site-api-hyperschema.json`: what later clients make their methods of (facts 1, 4).

use crate::hyperschema::document;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn answer(_: Call) -> Answer {
    Ok(respond::wire(StatusCode::OK, &document())?)
}
