//! `GET /users` (reference, "User Index").

use crate::door::State;
use crate::person;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::Json;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let people: Vec<Json> = state.engine.people(&at.actor, at.key())?.iter().map(person::object).collect();
    Ok(respond::wire(StatusCode::OK, &json!({ "data": people }))?)
}
