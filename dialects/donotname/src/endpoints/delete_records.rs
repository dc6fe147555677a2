//! `DELETE /table/{tableId}/record/{recordId}` and `DELETE /table/{tableId}/record?recordIds=` (reference, "Delete").
//!
//! The answer is the records as they were. Deleting what is gone already is no error (facts A3; a user complaint of C).

use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names::{self, TableName};
use crate::record::keys::KeyType;
use crate::record::list::record_ids;
use crate::record::render;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::etag::{self, Expected};
use edge::{Answer, Call, respond};
use engine::{View, WriteContext};
use model::change::{Children, RecordSet};
use model::{Ability, Actor, Change, RecordAddress, RecordId, Result, Subject};
use parking_lot::Mutex;
use std::sync::Arc;

/// One record.
pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name);
    let context = door::context(&call);
    let expected = etag::expected(call.headers())?;
    let records = record.map(|record| vec![record]);
    let written = delete(&state, &actor, context, name, records, Shape::One, expected).await;
    Ok(respond::json(StatusCode::OK, written?))
}

/// Several records. No ids delete nothing (S21).
pub async fn many(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let ids = record_ids(&call.params()?, "recordIds")?;
    call.charge(ids.len())?;
    let records: Option<Vec<RecordId>> = ids.iter().map(|id| names::read_record(id, name)).collect();
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let written = delete(&state, &actor, context, name, records, Shape::List, None).await;
    Ok(respond::json(StatusCode::OK, written?))
}

/// Whether the answer is a record or a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    One,
    List,
}

/// Deletes records; none is an id that belongs elsewhere.
async fn delete(
    state: &State,
    actor: &Arc<Actor>,
    context: WriteContext,
    name: TableName,
    records: Option<Vec<RecordId>>,
    answer: Shape,
    expected: Option<Expected>,
) -> Result<Vec<u8>> {
    let shapes = state.shapes.clone();
    // What the records were can only be read before they go.
    let before = Arc::new(Mutex::new(Vec::new()));
    let told = before.clone();
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordDelete)?;
        let shape = shapes.within_write(view, name.table)?;
        let ids = records.as_ref().ok_or_else(|| names::missing(Subject::Record))?;
        if let (Some(expected), [record]) = (&expected, ids.as_slice()) {
            expected.admit(view.version(RecordAddress { table: name.table, record: *record })?)?;
        }
        let mut out = Vec::with_capacity(32 + ids.len() * 256);
        match answer {
            Shape::List => out = render::records(view, &shape, KeyType::Id, ids)?,
            Shape::One => render::list(view, &shape, KeyType::Id, ids, &mut out)?,
        }
        if out.is_empty() {
            ids.iter().for_each(|id| render::bare(&shape, *id, &mut out));
        }
        *before.lock() = out;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records = RecordSet::of(ids.iter().copied());
        Ok(vec![Change::DeleteRecords { table: name.table, records, children: Children::Delete }])
    };
    let render = move |_: &mut View<'_>, _: &engine::Receipt| Ok(std::mem::take(&mut *told.lock()));
    let written = state.engine.write(actor, name.database, context, plan, render).await;
    written.map_err(hidden_behind(Subject::Table))
}
