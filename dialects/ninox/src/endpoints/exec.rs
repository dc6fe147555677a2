//! Scripts that may write (reference 001, "Execute a writable query").

use super::query::Body;
use crate::door::{self, State};
use crate::script;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = door::context(&call);
    let query = call.json::<Body>().await?.script()?;
    Ok(respond::json(StatusCode::OK, script::exec(&state, &at.actor, at.database, context, &query).await?))
}
