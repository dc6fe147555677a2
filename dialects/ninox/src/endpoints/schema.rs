//! `PATCH …/databases/{databaseId}/schema`: makes and changes tables and fields (facts 11).

use crate::door::{self, State};
use crate::schema::{patch, wanted};
use axum::extract::State as Shared;
use edge::{Answer, Call, etag};
use engine::{Receipt, View};
use model::Ability;
use serde_json::json;

pub async fn patch(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let wanted = wanted::Schema::of(call.json().await?)?;
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableUpdate)?;
        patch::plan(view, &wanted)
    };
    let render = |view: &mut View<'_>, _: &Receipt| Ok(json!({"version": view.schema().version}));
    state.change(&at, context, plan, render).await
}
