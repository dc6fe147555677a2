//! `DELETE /items/{item_id}` (reference, "Item Delete"): answers what was deleted (facts 2). What lies below it in a tree
//! goes with it.

use crate::door::{State, context};
use crate::error::not_found;
use crate::item::one;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, etag, respond};
use engine::{Steps, View};
use model::change::{Children, RecordSet};
use model::{Ability, Change, RecordAddress, Result, Subject};

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let item = one::address(call.segment("item_id"))?;
    let (context, expected) = (context(&call), etag::expected(call.headers())?);
    let (shapes, site) = (state.shapes.clone(), at.site.clone());
    let steps = move |steps: &mut Steps<'_, '_>| {
        let mut view = steps.view();
        view.table(item.table).map_err(|_| not_found(Subject::Record))?;
        view.require(Some(item.table), Ability::RecordDelete)?;
        if let Some(expected) = &expected {
            expected.admit(view.version(item)?)?;
        }
        let shape = shapes.within_write(&view, item.table)?;
        let world = one::world(&view, &site);
        let (body, _) =
            shown(&mut view, item, |view| one::document(view, &shape, &world, item, one::Included::Nothing))?;
        let records = RecordSet::of([item.record]);
        steps.apply(Change::DeleteRecords { table: item.table, records, children: Children::Delete })?;
        Ok(body)
    };
    let body = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await?;
    Ok(respond::json(StatusCode::OK, body))
}

/// Shows an item that is there.
fn shown<T>(view: &mut View<'_>, item: RecordAddress, show: impl FnOnce(&mut View<'_>) -> Result<T>) -> Result<T> {
    if view.require(Some(item.table), Ability::RecordRead).is_ok() && !view.exists(item)? {
        return Err(not_found(Subject::Record));
    }
    show(view)
}
