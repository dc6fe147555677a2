//! `POST /table/{tableId}/record` (reference, "Create Records"; facts A3).

use super::ordering;
use crate::cell::decode::Typecast;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names;
use crate::record::body::Body;
use crate::record::changes::{self, Manner};
use crate::record::{order, render};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::View;
use model::change::NewRecord;
use model::error::Path;
use model::{Ability, Change, Error, Rule, Subject};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let context = door::context(&call);
    let body: Body = call.json().await?;
    let drafts = body.records.ok_or_else(|| Error::invalid(Path::of("records"), Rule::Required))?;
    call.charge(drafts.len())?;
    let typecast = if body.typecast { Typecast::On } else { Typecast::Off };
    let manner = Manner { key_type: body.key_type.unwrap_or_default(), typecast };
    let keys = body.keys;
    let order = order::asked(body.order)?;
    let asked = order.clone();
    state.prepare(&actor, name).await;
    let members = state.members(&actor, name.database);
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordCreate)?;
        let shape = shapes.within_write(view, name.table)?;
        ordering::admit(view, &shape, asked.as_ref())?;
        let at = |i: usize| Path::of("records").index(i);
        let decoded = changes::decode(view, &shape, &members, &keys, &drafts, manner, at)?;
        let mut changes = decoded.options;
        let records = decoded.records.into_iter().map(|values| NewRecord { values, ..NewRecord::default() }).collect();
        changes.push(Change::CreateRecords { table: name.table, records });
        Ok(changes)
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let shape = shapes_after.within_write(view, name.table)?;
        let ids = render::made(receipt, name.table);
        Ok((render::records(view, &shape, manner.key_type, &ids)?, ids))
    };
    let written = state.engine.write(&actor, name.database, context, plan, render).await;
    let (answer, ids) = written.map_err(hidden_behind(Subject::Table))?;
    ordering::put(&state, &actor, name, order, ids).await?;
    Ok(respond::json(StatusCode::CREATED, answer))
}
