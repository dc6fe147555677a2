//! Spaces are the core's workspaces (facts A4).

use crate::door::State;
use crate::names;
use crate::roles;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::WorkspaceInfo;
use model::{Error, Json, Result, Subject, WorkspaceId};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, Default)]
struct Wanted {
    name: Option<String>,
}

pub async fn create(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let bytes = call.body().await?;
    let body: Wanted = if bytes.is_empty() { Wanted::default() } else { edge::body::from_json(&bytes)? };
    let info = state.engine.create_workspace(&actor, body.name.as_deref().unwrap_or("Space"))?;
    Ok(respond::wire(StatusCode::CREATED, &object(&info))?)
}

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let list: Vec<Json> = state.engine.list_workspaces(&actor)?.iter().map(object).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let info = state.engine.get_workspace(&actor, space_of(&call)?)?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn update(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let space = space_of(&call)?;
    let body: Wanted = call.json().await?;
    let name = body.name.ok_or_else(|| Error::invalid(model::Path::of("name"), model::Rule::Required))?;
    let info = state.engine.update_workspace(&actor, space, &name)?;
    Ok(respond::wire(StatusCode::OK, &object(&info))?)
}

pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    state.engine.delete_workspace(&actor, space_of(&call)?)?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// The bases of a space.
pub async fn bases(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let list: Vec<Json> =
        state.engine.list_databases(&actor, space_of(&call)?)?.iter().map(super::bases::object).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

fn space_of(call: &Call) -> Result<WorkspaceId> {
    names::read_space(call.segment("spaceId")).ok_or_else(|| names::missing(Subject::Workspace))
}

fn object(info: &WorkspaceInfo) -> Json {
    json!({
        "id": names::space(info.id),
        "name": info.name,
        "role": roles::word(info.role),
        "createdTime": info.created_at.to_iso(),
    })
}
