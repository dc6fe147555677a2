//! `GET /table/{tableId}/aggregation/group-points`: where the groups of a list begin, without its records (facts A4).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::groups::Groups;
use crate::record::list::{Ask, Plan};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::{Ability, Subject};

/// The points, or null when nothing groups.
pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let ask = Ask::of(&call.params()?, &[])?;
    let shapes = state.shapes.clone();
    let read = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let Plan { query, group, .. } = ask.plan(view, &shape)?;
        let mut out = Vec::with_capacity(1024);
        if group.is_empty() {
            out.extend_from_slice(b"null");
        } else {
            Groups::of(view, &query, &group)?.points(view, &shape, &ask.folded, &mut out);
        }
        Ok(out)
    };
    let points = state.engine.read(&actor, name.database, Weight::Scan, read).await;
    Ok(respond::json(StatusCode::OK, points.map_err(hidden_behind(Subject::Table))?))
}
