//! `GET /users/{user_id}` (reference, "User Show").

use crate::door::State;
use crate::error::not_found;
use crate::{names, person};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::Subject;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = names::read_user(call.segment("user_id")).ok_or_else(|| not_found(Subject::User))?;
    let person = state.engine.person(&at.actor, at.key(), id)?;
    Ok(respond::wire(StatusCode::OK, &json!({"data": person::object(&person)}))?)
}
