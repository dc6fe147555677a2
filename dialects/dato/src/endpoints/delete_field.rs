//! `DELETE /fields/{field_id}` (reference, "Field Delete"): answers what was deleted (facts 2).

use crate::door::{State, context};
use crate::field::{change, object};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("field_id").to_owned());
    let steps = move |steps: &mut Steps<'_, '_>| {
        let view = steps.view();
        let (table, field) = change::find(&view, &id)?;
        let document = json!({"data": object::object(&view, &table, &field)});
        change::delete(steps, &table, field.id)?;
        Ok(document)
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
