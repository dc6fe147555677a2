//! `POST /uploads`: names a file that was sent by its path (facts 4.10). It is among the media already; what is said of it
//! is kept. Size and pixels come from the file itself, whatever a client says.

use super::update_upload::{change, values};
use crate::door::{State, context};
use crate::error::wrong;
use crate::media;
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use model::{Ability, Rule};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = context(&call);
    let Resource { attributes, .. } = {
        let resource = Resource::read(&mut call, "upload").await?;
        resource.require(&["path"])?;
        resource
    };
    let path = wire::text(&attributes, "path")?.unwrap_or_default().to_owned();
    let values = values(&attributes)?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        steps.view().require(None, Ability::RecordUpdate)?;
        let missing = || wrong("path", Rule::Unknown);
        let table = media::table(&steps.view()).ok_or_else(missing)?;
        let address = media::find_by_path(&mut steps.view(), &table, &path)?.ok_or_else(missing)?;
        change(steps, address, &values)?;
        Ok(json!({"data": media::show(&mut steps.view(), address)?}))
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::wire(StatusCode::CREATED, &document)?)
}
