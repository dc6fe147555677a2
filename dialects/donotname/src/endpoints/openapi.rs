//! `GET /openapi.json`: the list of endpoints for programs.

use crate::door::State;
use crate::openapi;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn answer(Shared(_): Shared<State>, call: Call) -> Answer {
    call.stranger()?;
    Ok(respond::wire(StatusCode::OK, &openapi::document(&call.origin()))?)
}
