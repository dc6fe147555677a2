//! `GET /item-types` (reference, "Item type Index").

use crate::door::State;
use crate::item_type;
use crate::menu::Menu;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::{Ability, Json, Result};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let read = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        let (tables, menu) = (item_type::listed(view), Menu::of(view));
        let list = tables.iter().map(|table| item_type::object_of(view, &menu, table));
        let list: Vec<Json> = list.collect::<Result<_>>()?;
        Ok(json!({ "data": list }))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
