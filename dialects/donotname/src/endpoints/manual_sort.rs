//! `PUT /table/{tableId}/view/{viewId}/manual-sort {sortObjs}`: the order that a sort gives, kept as one made by hand
//! (facts A4).

use super::views::find;
use crate::door::{self, State};
use crate::filter::Origin;
use crate::names;
use crate::record::keys::KeyType;
use crate::record::order::{self, MAX_MOVED};
use crate::{sort, views};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{GO_ON, Receipt, View};
use model::error::Path;
use model::query::Query;
use model::{Ability, Change, Error, Json, RecordId, Rule};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    sort_objs: Json,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let context = door::context(&call);
    let body: Body = call.json().await?;
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::ViewUpdate)?;
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.within_write(view, name.table)?;
        let mut sorted = find(&shape.table, id)?.clone();
        let at = Path::of("sortObjs");
        let mut query = Query::table(name.table);
        query.sort = sort::read(view, &shape, KeyType::Id, Origin::Request, &body.sort_objs, &at)?;
        let mut records: Vec<RecordId> = Vec::new();
        view.select(&query, &mut |row| {
            records.push(row.id());
            match records.len() > MAX_MOVED {
                true => Err(Error::invalid(Path::of("records"), Rule::TooMany { limit: MAX_MOVED as u64 })),
                false => Ok(GO_ON),
            }
        })?;
        sorted.sort = Vec::new();
        views::keep(&mut sorted, "sort", json!({"sortObjs": [], "manualSort": true}));
        order::keep_all(&mut sorted, &records);
        Ok(vec![Change::ReplaceView { table: name.table, view: Box::new(sorted), at: None }])
    };
    let render = move |view: &mut View<'_>, _: &Receipt| {
        let shape = shapes_after.within_write(view, name.table)?;
        Ok(views::object(view, &shape, find(&shape.table, id)?))
    };
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}
