//! `GET /table/{tableId}/record`: records with filter, order and paging (reference, "List Records"; facts A3).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::groups::Groups;
use crate::record::list::{Ask, Plan};
use crate::record::order;
use crate::record::shape::Shapes;
use crate::record::write::RecordWriter;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::Commas;
use edge::{Answer, Call, Settings, Spill};
use engine::{GO_ON, RecordRow, STOP, View, Weight};
use model::{Ability, Error, Result, Subject, TableId};
use std::sync::Arc;

/// Most bytes of a list that is made on the task of its request.
const SHORT_BYTES: usize = 128 << 10;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let ask = Ask::of(&call.params()?, &[])?;
    let settings = call.settings().clone();
    let shapes = state.shapes.clone();
    // What a few rows take that are read in their order is no longer than to have a thread do it. The view knows which.
    let may_be_short =
        ask.is_one_query() && shapes.kept(name.database, name.table).is_some_and(|shape| !shape.has_links);
    let weight = if may_be_short { Weight::Brief } else { Weight::Scan };
    let list = move |view: &mut View<'_>| list(view, &shapes, name.table, &ask, &settings);
    let read = state.engine.read(&actor, name.database, weight, list).await;
    let spill = read.map_err(hidden_behind(Subject::Table))?;
    Ok(spill.into_json(StatusCode::OK)?)
}

fn list(view: &mut View<'_>, shapes: &Shapes, table: TableId, ask: &Ask, settings: &Arc<Settings>) -> Result<Spill> {
    view.require(Some(table), Ability::RecordRead)?;
    let shape = shapes.of(view, table)?;
    let Plan { mut query, selection, group, by_hand } = ask.plan(view, &shape)?;
    let groups = if group.is_empty() { None } else { Some(Groups::of(view, &query, &group)?) };
    if let Some(groups) = groups.as_ref().filter(|_| !ask.folded.is_empty()) {
        query.filter = query.filter.and(groups.folded(&ask.folded)?.negated());
    }
    let selection = selection.as_ref().unwrap_or(&shape.whole);
    let writer = RecordWriter::new(view, &shape, selection, ask.key_type, ask.format);
    let mut spill = Spill::new(settings, 1024 + 640 * ask.expected().min(100) as usize);
    spill.out().extend_from_slice(b"{\"records\":[");
    let mut commas = Commas::default();
    let (most, mut is_long) = (view.is_brief().then_some(SHORT_BYTES), false);
    let mut each = |row: &RecordRow<'_>| {
        let out = spill.out();
        commas.next(out);
        writer.write(out, row);
        is_long = most.is_some_and(|most| out.len() > most);
        spill.checkpoint()?;
        Ok(if is_long { STOP } else { GO_ON })
    };
    if by_hand.is_empty() {
        view.select(&query, &mut each)?;
    } else {
        let ids = order::page(view, &query, &by_hand)?;
        view.by_ids(table, &ids, &selection.projection, &mut each)?;
    }
    if is_long {
        return Err(Error::TimedOut);
    }
    // The reference shows the key; it was never filled (facts A0).
    spill.out().extend_from_slice(b"],\"offset\":null");
    if let Some(groups) = groups {
        let out = spill.out();
        out.extend_from_slice(b",\"extra\":{\"groupPoints\":");
        groups.points(view, &shape, &ask.folded, out);
        out.extend_from_slice(b",\"allGroupHeaderRefs\":");
        groups.refs(out);
        out.push(b'}');
    }
    spill.out().push(b'}');
    Ok(spill)
}
