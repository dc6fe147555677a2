//! Teams are the core's workspaces (reference 001, "Get multiple workspaces").

use crate::door::State;
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::WorkspaceInfo;
use model::{Actor, Error, Json, Result, WorkspaceId};
use serde_json::json;
use std::collections::BTreeMap;

/// What a team is called for somebody who is in none of it but a database.
const SHARED: &str = "Shared with you";

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let mut teams: BTreeMap<WorkspaceId, String> =
        state.engine.list_workspaces(&actor)?.into_iter().map(|WorkspaceInfo { id, name, .. }| (id, name)).collect();
    // Clients find their database by walking down from here, so its team is named to whoever has the database only.
    match state.engine.list_all_databases(&actor) {
        Ok(databases) => {
            for database in databases {
                teams.entry(database.workspace).or_insert_with(|| SHARED.to_owned());
            }
        }
        Err(Error::Forbidden(_)) => {}
        Err(other) => return Err(other.into()),
    }
    let list: Vec<Json> = teams.iter().map(|(id, name)| object(*id, name)).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let team = state.team(&actor, names::read_team(call.segment("teamId")))?;
    Ok(respond::wire(StatusCode::OK, &object(team, &name_of(&state, &actor, team)?))?)
}

fn name_of(state: &State, actor: &Actor, team: WorkspaceId) -> Result<String> {
    match state.engine.get_workspace(actor, team) {
        Ok(info) => Ok(info.name),
        Err(Error::NotFound { .. }) => Ok(SHARED.to_owned()),
        Err(other) => Err(other),
    }
}

fn object(team: WorkspaceId, name: &str) -> Json {
    json!({"id": names::team(team), "name": name})
}
