//! `PUT /table/{tableId}/view/{viewId}/order {anchorId, position}`: the order of the views of a table.

use super::views::find;
use crate::door::{self, State};
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{Receipt, View};
use model::change::TablePatch;
use model::error::Path;
use model::{Ability, Change, Error, Rule, ViewId};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    anchor_id: String,
    position: Position,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Position {
    Before,
    After,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let context = door::context(&call);
    let body: Order = call.json().await?;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::ViewUpdate)?;
        let table = view.table(name.table)?;
        let moved = find(&table, id)?.id;
        let anchor = names::read_view(&body.anchor_id, name.database).filter(|id| table.view(*id).is_ok());
        let anchor =
            anchor.ok_or_else(|| Error::invalid_given(Path::of("anchorId"), Rule::Unknown, body.anchor_id.as_str()))?;
        let mut order: Vec<ViewId> = table.views.iter().map(|v| v.id).collect();
        if moved != anchor {
            order.retain(|id| *id != moved);
            let beside = order.iter().position(|id| *id == anchor).unwrap_or(0);
            order.insert(if body.position == Position::After { beside + 1 } else { beside }, moved);
        }
        let patch = TablePatch { view_order: Some(order), ..TablePatch::default() };
        Ok(vec![Change::EditTable { table: table.id, patch: Box::new(patch) }])
    };
    let render = |_: &mut View<'_>, _: &Receipt| Ok(json!({}));
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}
