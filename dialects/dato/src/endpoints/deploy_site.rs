//! `POST /deploy`: asks for a deploy; the event that this made is answered. What comes of it is in the events that follow.

use crate::deploy;
use crate::door::State;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let event = state.engine.deploy(&at.actor, at.key()).await?;
    Ok(respond::wire(StatusCode::CREATED, &json!({"data": deploy::object(&event, at.site.id)}))?)
}
