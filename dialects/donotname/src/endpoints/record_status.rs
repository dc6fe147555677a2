//! `GET /table/{tableId}/record/{recordId}/status` and `GET /table/{tableId}/aggregation/row-count` (facts A3, A4).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::list::Ask;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::filter::{Operand, Predicate, System, Test};
use model::{Ability, Filter, RecordAddress, Subject, Value};
use serde_json::json;

/// Whether a record is deleted, and whether a list query shows it.
pub async fn status(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name);
    let ask = Ask::of(&call.params()?)?;
    let shapes = state.shapes.clone();
    let find = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let record = record.ok_or_else(|| names::missing(Subject::Record))?;
        let exists = view.exists(RecordAddress { table: name.table, record })?;
        let mut query = ask.plan_bare(view, &shape)?;
        let predicate = Predicate::Equals(Value::Number(f64::from(record.0)));
        query.filter = query.filter.and(Filter::Test(Test { operand: Operand::System(System::Id), predicate }));
        let is_visible = exists && view.count(&query)? > 0;
        Ok(json!({"isVisible": is_visible, "isDeleted": !exists}))
    };
    let found = state.engine.read(&actor, name.database, Weight::Scan, find).await;
    Ok(respond::wire(StatusCode::OK, &found.map_err(hidden_behind(Subject::Table))?)?)
}

/// How many records a list query finds.
pub async fn row_count(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let ask = Ask::of(&call.params()?)?;
    let shapes = state.shapes.clone();
    let count = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let query = ask.plan_bare(view, &shape)?;
        Ok(json!({"rowCount": view.count(&query)?}))
    };
    let found = state.engine.read(&actor, name.database, Weight::Scan, count).await;
    Ok(respond::wire(StatusCode::OK, &found.map_err(hidden_behind(Subject::Table))?)?)
}
