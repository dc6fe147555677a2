//! `GET /menu-items` (reference, "Lists menu items"): of all levels (facts 2).

use crate::door::State;
use crate::menu::Menu;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let read = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        Ok(json!({"data": Menu::of(view).objects()}))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Point, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
