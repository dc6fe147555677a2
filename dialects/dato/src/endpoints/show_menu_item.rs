//! `GET /menu-items/{menu_item_id}` (reference, "Show menu item").

use crate::door::State;
use crate::menu::{self, Menu};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = call.segment("menu_item_id").to_owned();
    let read = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        let menu = Menu::of(view);
        Ok(json!({"data": menu.object(menu::find(&menu, &id)?)}))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Point, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
