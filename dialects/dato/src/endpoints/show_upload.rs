//! `GET /uploads/{upload_id}`: one of the media (facts 4.10).

use crate::door::State;
use crate::error::not_found;
use crate::{media, names};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Subject;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let address = names::read_item(call.segment("upload_id")).ok_or_else(|| not_found(Subject::File))?;
    let read = move |view: &mut View<'_>| Ok(json!({"data": media::show(view, address)?}));
    let document = state.engine.read(&at.actor, at.key(), Weight::Point, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
