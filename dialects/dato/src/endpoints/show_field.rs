//! `GET /fields/{field_id}` (reference, "Field Show").

use crate::door::State;
use crate::field::{change, object};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = call.segment("field_id").to_owned();
    let read = move |view: &mut View<'_>| {
        let (table, field) = change::find(view, &id)?;
        view.require(Some(table.id), Ability::FieldRead)?;
        Ok(json!({"data": object::object(view, &table, &field)}))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Point, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
