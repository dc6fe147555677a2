//! `DELETE /item-types/{item_type_id}` (reference, "Item type Delete"): answers what was deleted (facts 2).

use crate::door::{State, context};
use crate::item_type::{self, change};
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("item_type_id").to_owned());
    let steps = move |steps: &mut Steps<'_, '_>| {
        let mut view = steps.view();
        let table = names::find_item_type(&view, &id)?;
        let document = json!({"data": item_type::object(&mut view, &table)?});
        change::delete(steps, table.id)?;
        Ok(document)
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
