//! `GET /item-types/{item_type_id}/fields` (reference, "Field Index").

use crate::door::State;
use crate::field;
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = call.segment("item_type_id").to_owned();
    let read = move |view: &mut View<'_>| {
        let table = names::find_item_type(view, &id)?;
        view.require(Some(table.id), Ability::FieldRead)?;
        Ok(json!({"data": field::object::list(view, &table)}))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Point, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
