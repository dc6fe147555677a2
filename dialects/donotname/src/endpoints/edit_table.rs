//! `PUT /base/{baseId}/table/{tableId}/name|icon|description|db-table-name` (facts A4). The answer is the table.

use crate::door::{self, State};
use crate::table;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::View;
use model::change::{Patch, TablePatch};
use model::{Ability, Change, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
struct Icon {
    icon: Option<String>,
}

#[derive(Deserialize)]
struct Description {
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DbTableName {
    db_table_name: String,
}

pub async fn name(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let facts = call_facts(&state, &call)?;
    let body: Name = call.json().await?;
    edit(&state, facts, TablePatch { name: Some(body.name), ..TablePatch::default() }).await
}

pub async fn icon(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let facts = call_facts(&state, &call)?;
    let body: Icon = call.json().await?;
    let icon = body.icon.filter(|icon| !icon.is_empty()).map_or(Patch::Clear, Patch::Set);
    edit(&state, facts, TablePatch { icon, ..TablePatch::default() }).await
}

pub async fn description(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let facts = call_facts(&state, &call)?;
    let body: Description = call.json().await?;
    let description = body.description.filter(|text| !text.is_empty()).map_or(Patch::Clear, Patch::Set);
    edit(&state, facts, TablePatch { description, ..TablePatch::default() }).await
}

pub async fn db_table_name(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let facts = call_facts(&state, &call)?;
    let body: DbTableName = call.json().await?;
    let key = Some(body.db_table_name);
    edit(&state, facts, TablePatch { key, ..TablePatch::default() }).await
}

/// Who, which table, and in which window.
struct Facts {
    actor: std::sync::Arc<model::Actor>,
    name: crate::names::TableName,
    context: engine::WriteContext,
}

fn call_facts(state: &State, call: &Call) -> Result<Facts> {
    Ok(Facts { actor: state.actor(call)?, name: door::table_of(call)?, context: door::context(call) })
}

async fn edit(state: &State, facts: Facts, patch: TablePatch) -> Answer {
    let name = facts.name;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableUpdate)?;
        view.table(name.table)?;
        Ok(vec![Change::EditTable { table: name.table, patch: Box::new(patch.clone()) }])
    };
    let render = move |view: &mut View<'_>, _: &engine::Receipt| {
        let found = view.table(name.table)?;
        Ok(table::object(view, &found))
    };
    state.change(&facts.actor, name.into(), facts.context, StatusCode::OK, plan, render).await
}
