//! `POST /item-types/{item_type_id}/fields` (reference, "Field Create").

use crate::door::{State, context};
use crate::field::{change, object};
use crate::names;
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("item_type_id").to_owned());
    let resource = Resource::read(&mut call, "field").await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let table = names::find_item_type(&steps.view(), &id)?.id;
        let field = change::create(steps, table, &resource)?;
        let view = steps.view();
        let table = view.table(table)?;
        Ok(json!({"data": object::object(&view, &table, table.field(field)?)}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(change::explain)?;
    Ok(respond::wire(StatusCode::CREATED, &document)?)
}
