//! `GET /deploy-events/{deploy_event_id}` (reference, "Deploy activity Show").

use crate::door::State;
use crate::error::not_found;
use crate::{deploy, names};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::Subject;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = names::read_deploy_event(call.segment("deploy_event_id")).ok_or_else(|| not_found(Subject::Deploy))?;
    let event = state.engine.deploy_event(&at.actor, at.key(), id).await?;
    Ok(respond::wire(StatusCode::OK, &json!({"data": deploy::object(&event, at.site.id)}))?)
}
