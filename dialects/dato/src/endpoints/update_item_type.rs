//! `PUT /item-types/{item_type_id}` (reference, "Item type Update").

use crate::door::{State, context};
use crate::error::renamed;
use crate::item_type::{self, change};
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
    let resource = Resource::read(&mut call, "item_type").await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let table = names::find_item_type(&steps.view(), &id)?;
        change::update(steps, &table, &resource)?;
        let mut view = steps.view();
        let table = view.table(table.id)?;
        Ok(json!({"data": item_type::object(&mut view, &table)?}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(|error| renamed(error, &[("key", "api_key"), ("name", "name")]))?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
