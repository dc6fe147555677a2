//! `POST /item-types` (reference, "Item type Create").

use crate::door::{State, context};
use crate::error::renamed;
use crate::field;
use crate::item_type::{self, change};
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = context(&call);
    let resource = Resource::read(&mut call, "item_type").await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let table = change::create(steps, &resource)?;
        let mut view = steps.view();
        let table = view.table(table)?;
        Ok(json!({"data": item_type::object(&mut view, &table)?, "included": field::object::list(&view, &table)}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(|error| renamed(error, &[("key", "api_key"), ("name", "name")]))?;
    Ok(respond::wire(StatusCode::CREATED, &document)?)
}
