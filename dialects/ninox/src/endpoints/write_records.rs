//! `POST …/tables/{tableId}/records`: creates, updates and upserts (reference 001, "Create/update multiple records",
//! "Upsert"; facts 6). The answer is in the order of the body, a list or one record as that was.

use crate::door::{self, State};
use crate::names;
use crate::record::body::{self, Form};
use crate::record::changes::{self, Fate};
use crate::record::render::{self, Told};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::etag::{self, Tag};
use edge::{Answer, Call, respond};
use engine::{Receipt, View};
use model::{Ability, Json, RecordAddress, Subject};
use parking_lot::Mutex;
use std::sync::Arc;

/// Several records, or one.
pub async fn several(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let (items, form) = body::items(call.json().await?)?;
    call.charge(items.len())?;
    let named = call.segment("tableId").to_owned();
    state.prepare(&at, &named).await;
    let upserts: Vec<bool> = items.iter().map(|item| item.upsert).collect();
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    // What becomes of each item is known to the last plan that ran.
    let planned: Arc<Mutex<Vec<Fate>>> = Arc::default();
    let told = planned.clone();
    let named_after = named.clone();
    let plan = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        let shape = shapes.within_write(view, table.id)?;
        let plan = changes::plan(view, &shape, &items, form)?;
        *planned.lock() = plan.fates;
        Ok(plan.changes)
    };
    let render = move |view: &mut View<'_>, receipt: &Receipt| {
        let table = names::find_table(view, &named_after)?;
        let shape = shapes_after.within_write(view, table.id)?;
        let numbers = render::numbers(receipt, table.id, &told.lock());
        let told: Vec<Told> = numbers
            .iter()
            .zip(&upserts)
            .map(|(record, upserted)| Told { record: *record, upserted: *upserted })
            .collect();
        let mut out = Vec::with_capacity(16 + told.len() * 256);
        if form == Form::List {
            out.push(b'[');
        }
        render::list(view, &shape, &told, &mut out)?;
        if form == Form::List {
            out.push(b']');
        }
        Ok(out)
    };
    let written = state.engine.write(&at.actor, at.database, context, plan, render).await;
    Ok(respond::json(StatusCode::OK, written.map_err(changes::hide_record)?))
}

/// `PUT …/records/{recordId} {fields}` (reference 001, "Update a single record with PUT").
pub async fn put(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let record = names::read_record(call.segment("recordId"));
    let expected = etag::expected(call.headers())?;
    let context = door::context(&call);
    let cells = body::fields(call.json::<Json>().await?)?;
    let named = call.segment("tableId").to_owned();
    state.prepare(&at, &named).await;
    let (shapes, shapes_after, named_after) = (state.shapes.clone(), state.shapes.clone(), named.clone());
    let plan = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        view.require(Some(table.id), Ability::RecordUpdate)?;
        let shape = shapes.within_write(view, table.id)?;
        let record = record.ok_or_else(|| names::missing(Subject::Record))?;
        if let Some(expected) = &expected {
            let version = view.version(RecordAddress { table: table.id, record })?;
            // What is not there is said to be missing, as without the header.
            expected.admit(Some(version.ok_or_else(|| names::missing(Subject::Record))?))?;
        }
        changes::update(view, &shape, record, &cells)
    };
    let render = move |view: &mut View<'_>, _: &Receipt| {
        let table = names::find_table(view, &named_after)?;
        let shape = shapes_after.within_write(view, table.id)?;
        let mut out = Vec::with_capacity(512);
        let told: Vec<Told> = record.iter().map(|record| Told { record: *record, upserted: false }).collect();
        let version = render::list(view, &shape, &told, &mut out)?;
        Ok((out, version))
    };
    let written = state.engine.write(&at.actor, at.database, context, plan, render).await;
    let (body, version) = written.map_err(changes::hide_record)?;
    // So that who changes a record again need not read it in between.
    let tag = version.map(|version| Tag::of(&body, version));
    let response = respond::json(StatusCode::OK, body);
    Ok(match tag {
        Some(tag) => tag.mark(response)?,
        None => response,
    })
}
