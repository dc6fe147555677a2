//! `DELETE /uploads/{upload_id}`: takes a file out of the media (facts 4.10). Items that have it keep it.

use crate::door::{State, context};
use crate::error::not_found;
use crate::{media, names};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use model::change::{Children, RecordSet};
use model::{Change, Subject};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let address = names::read_item(call.segment("upload_id")).ok_or_else(|| not_found(Subject::File))?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let document = json!({"data": media::show(&mut steps.view(), address)?});
        let records = RecordSet::of([address.record]);
        steps.apply(Change::DeleteRecords { table: address.table, records, children: Children::Lift })?;
        Ok(document)
    };
    let document = state.engine.write_stepwise(&at.actor, at.key(), context(&call), steps).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
