//! `PUT /table/{tableId}/view/{viewId}/record-order {anchorId, position, recordIds}` (facts A4).

use super::views::find;
use crate::door::{self, State};
use crate::names;
use crate::record::list::MAX_IDS;
use crate::record::order::{self, Place, Position};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{Receipt, View};
use model::error::Path;
use model::{Ability, Error, RecordAddress, RecordId, Rule, Subject};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    anchor_id: String,
    position: Position,
    record_ids: Vec<String>,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let context = door::context(&call);
    let body: Order = call.json().await?;
    if body.record_ids.len() > MAX_IDS {
        return Err(Error::invalid(Path::of("recordIds"), Rule::TooMany { limit: MAX_IDS as u64 }).into());
    }
    let shapes = state.shapes.clone();
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::ViewUpdate)?;
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.within_write(view, name.table)?;
        let moved = find(&shape.table, id)?.id;
        let anchor = order::anchor(view, &shape, &body.anchor_id)?;
        let mut records: Vec<RecordId> = Vec::with_capacity(body.record_ids.len());
        for id in &body.record_ids {
            let record = names::read_record(id, name).ok_or_else(|| names::missing(Subject::Record))?;
            if !view.exists(RecordAddress { table: name.table, record })? {
                return Err(names::missing(Subject::Record));
            }
            if !records.contains(&record) {
                records.push(record);
            }
        }
        let place = Place { view: moved, anchor, position: body.position };
        Ok(vec![order::change(&shape, place, &records)?])
    };
    let render = |_: &mut View<'_>, _: &Receipt| Ok(json!({}));
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}
