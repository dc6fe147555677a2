//! What becomes of a script that only reads. An endpoint of ours: the reference has none.

use super::query::Body;
use crate::door::State;
use crate::script;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let query = call.json::<Body>().await?.script()?;
    let explained = script::explain(&state, &at.actor, at.database, &query).await?;
    Ok(respond::wire(StatusCode::OK, &explained.json())?)
}
