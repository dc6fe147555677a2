//! `GET /deploy-events` (reference, "Deploy activity Index"): newest first.

use crate::deploy;
use crate::door::State;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::Json;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let events = state.engine.deploy_events(&at.actor, at.key()).await?;
    let events: Vec<Json> = events.iter().map(|event| deploy::object(event, at.site.id)).collect();
    Ok(respond::wire(StatusCode::OK, &json!({ "data": events }))?)
}
