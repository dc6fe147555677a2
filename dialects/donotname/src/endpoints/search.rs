//! `GET /table/{tableId}/aggregation/search-count` and `…/search-index`: how often a search finds something in a list,
//! and where (facts A4).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::list::{Ask, Plan, number};
use crate::record::order;
use crate::record::shape::Shape;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{GO_ON, View, Weight};
use model::query::{Page, Projection, Query, Search};
use model::{Ability, FieldId, Json, RecordAddress, RecordId, Result, Subject};
use serde_json::json;
use std::collections::HashSet;

/// Most places that are told at once.
const MAX_TAKE: u64 = 1_000;

/// How many records of a list the search finds.
pub async fn count(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let ask = Ask::of(&call.params()?, &[])?;
    let shapes = state.shapes.clone();
    let count = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let mut query = ask.plan_bare(view, &shape)?;
        query.search = Some(ask.plan_search(view, &shape)?);
        Ok(json!({"count": view.count(&query)?}))
    };
    let found = state.engine.read(&actor, name.database, Weight::Scan, count).await;
    Ok(respond::wire(StatusCode::OK, &found.map_err(hidden_behind(Subject::Table))?)?)
}

/// The cells that the search finds: the place of the record in the list, from 1, the field and the record. Null when
/// there are none.
pub async fn index(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let params = call.params()?;
    let skip = number(&params, "skip", 0, 1 << 53)?.unwrap_or(0);
    let take = number(&params, "take", 1, MAX_TAKE)?.unwrap_or(MAX_TAKE);
    let ask = Ask::of(&params, &[])?.without_end();
    let shapes = state.shapes.clone();
    let find = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let plan = ask.plan(view, &shape)?;
        let search = ask.plan_search(view, &shape)?;
        let found = found_in(view, &plan.query, &search)?;
        Ok(places(&shape, &in_order(view, plan)?, &search, &found, skip, take))
    };
    let found = state.engine.read(&actor, name.database, Weight::Scan, find).await;
    Ok(respond::wire(StatusCode::OK, &found.map_err(hidden_behind(Subject::Table))?)?)
}

/// The records of each searched field in which the needle is.
fn found_in(view: &mut View<'_>, list: &Query, search: &Search) -> Result<Vec<(FieldId, HashSet<RecordId>)>> {
    let mut found = Vec::with_capacity(search.fields.len());
    for field in &search.fields {
        let search = Search { needle: search.needle.clone(), fields: vec![*field] };
        let query = Query {
            search: Some(search),
            sort: Vec::new(),
            page: Page::All,
            projection: Projection::Nothing,
            ..list.clone()
        };
        let mut records = HashSet::new();
        view.select(&query, &mut |row| {
            records.insert(row.id());
            Ok(GO_ON)
        })?;
        found.push((*field, records));
    }
    Ok(found)
}

/// All records of a list in its order.
fn in_order(view: &mut View<'_>, plan: Plan) -> Result<Vec<RecordId>> {
    let Plan { mut query, by_hand, .. } = plan;
    query.projection = Projection::Nothing;
    // The place in the list counts from its beginning.
    query.page = Page::Window { skip: 0, take: u64::MAX };
    if !by_hand.is_empty() {
        return order::page(view, &query, &by_hand);
    }
    query.page = Page::All;
    let mut records = Vec::new();
    view.select(&query, &mut |row| {
        records.push(row.id());
        Ok(GO_ON)
    })?;
    Ok(records)
}

fn places(
    shape: &Shape,
    records: &[RecordId],
    search: &Search,
    found: &[(FieldId, HashSet<RecordId>)],
    skip: u64,
    take: u64,
) -> Json {
    // The fields of a record come in the order of the table.
    let fields = shape.columns.iter().map(|c| c.shown.id).filter(|field| search.fields.contains(field));
    let fields: Vec<&(FieldId, HashSet<RecordId>)> =
        fields.filter_map(|field| found.iter().find(|(of, _)| *of == field)).collect();
    let hits = records.iter().enumerate().flat_map(|(place, record)| {
        let of = fields.iter().filter(move |(_, records)| records.contains(record));
        of.map(move |(field, _)| {
            let address = RecordAddress { table: shape.table.id, record: *record };
            json!({
                "index": place + 1,
                "fieldId": names::field(shape.name, *field),
                "recordId": names::record(shape.name.database, address),
            })
        })
    });
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let told: Vec<Json> = hits.skip(skip).take(take as usize).collect();
    if told.is_empty() { Json::Null } else { Json::Array(told) }
}
