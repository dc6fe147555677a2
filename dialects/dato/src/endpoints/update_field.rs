//! `PUT /fields/{field_id}` (reference, "Field Update"; partial, facts 2).

use crate::door::{State, context};
use crate::field::{change, object};
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("field_id").to_owned());
    let resource = Resource::of_id(&mut call, "field", &id).await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let (table, field) = change::find(&steps.view(), &id)?;
        change::update(steps, &table, &field, &resource)?;
        let view = steps.view();
        let table = view.table(table.id)?;
        Ok(json!({"data": object::object(&view, &table, table.field(field.id)?)}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(change::explain)?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
