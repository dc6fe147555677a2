//! `DELETE /menu-items/{menu_item_id}` (reference, "Deletes menu item"): answers what was deleted (facts 2). Its item type
//! stays, and so does what lies below it, which moves up.

use crate::door::{State, context};
use crate::menu::{self, Menu};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use model::Change;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("menu_item_id").to_owned());
    let steps = move |steps: &mut Steps<'_, '_>| {
        let menu = Menu::of(&steps.view());
        let was = menu::find(&menu, &id)?;
        let document = json!({"data": menu.object(was)});
        steps.apply(Change::DeleteNavItem { item: was.id })?;
        Ok(document)
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
