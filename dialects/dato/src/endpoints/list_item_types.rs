//! `GET /item-types` (reference, "Item type Index").

use crate::door::State;
use crate::item_type;
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
        let tables = item_type::listed(view);
        let list: Vec<Json> = tables.iter().map(|table| item_type::object(view, table)).collect::<Result<_>>()?;
        Ok(json!({ "data": list }))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
