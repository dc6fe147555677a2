//! `GET /table/{tableId}/record/{recordId}/status` and `GET /table/{tableId}/aggregation/row-count` (facts A3, A4).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::list::{Ask, flag};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{GO_ON, View, Weight};
use model::filter::{Operand, Predicate, System, Test};
use model::query::{Direction, Page, Query, Sort, TextOrder};
use model::{Ability, Filter, RecordAddress, Result, Subject, Value};
use serde_json::json;

/// Whether a record is deleted, and whether a list query shows it.
pub async fn status(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name);
    let ask = Ask::of(&call.params()?, &[])?;
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

/// Found records beyond which an estimate is made.
const COUNTED: u64 = 1_000;

/// How many records a list query finds. With `estimate=true` only the first of them are counted, and the rest is reckoned
/// from how far they reach into the table.
pub async fn row_count(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let params = call.params()?;
    let estimates = flag(&params, "estimate")?;
    let ask = Ask::of(&params, &[])?;
    let shapes = state.shapes.clone();
    let count = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let query = ask.plan_bare(view, &shape)?;
        if estimates && let Some(estimate) = estimate(view, &query)? {
            return Ok(json!({"rowCount": estimate, "isEstimate": true}));
        }
        Ok(json!({"rowCount": view.count(&query)?}))
    };
    let found = state.engine.read(&actor, name.database, Weight::Scan, count).await;
    Ok(respond::wire(StatusCode::OK, &found.map_err(hidden_behind(Subject::Table))?)?)
}

/// About how many records a query finds; none when an exact count is as cheap, or few are found.
fn estimate(view: &mut View<'_>, query: &Query) -> Result<Option<u64>> {
    let is_whole = query.filter.is_all() && query.search.is_none();
    if is_whole {
        return Ok(None);
    }
    let mut first = query.clone();
    first.page = Page::Window { skip: 0, take: COUNTED };
    let (mut found, mut reached) = (0, 0);
    view.select(&first, &mut |row| {
        (found, reached) = (found + 1, u64::from(row.id().0));
        Ok(GO_ON)
    })?;
    if found < COUNTED {
        return Ok(Some(found));
    }
    let mut last = Query { filter: Filter::all(), search: None, ..query.clone() };
    let by = Operand::System(System::Id);
    last.sort =
        vec![Sort { by, direction: Direction::Descending, order: TextOrder::Codepoint, ranks: None, bucket: None }];
    last.page = Page::Window { skip: 0, take: 1 };
    let mut highest = reached;
    view.select(&last, &mut |row| {
        highest = u64::from(row.id().0);
        Ok(GO_ON)
    })?;
    Ok(Some((found as f64 * highest as f64 / reached.max(1) as f64) as u64))
}
