//! Databases of a team (reference 001, "Get multiple databases", "Get a schema for a single database").

use crate::door::State;
use crate::names;
use crate::schema::read;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::View;
use model::{Ability, Json};
use serde_json::json;

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let team = state.team(&actor, names::read_team(call.segment("teamId")))?;
    let databases = state.engine.list_databases(&actor, team)?;
    let list: Vec<Json> = databases.iter().map(|d| json!({"id": names::database(d.key), "name": d.name})).collect();
    Ok(respond::wire(StatusCode::OK, &list)?)
}

/// One with its settings and schema. `formatScripts` says in which form scripts are wanted: here they have one.
pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let info = state.engine.get_database(&at.actor, at.database)?;
    let tell = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        Ok(json!({"settings": read::settings(&info), "schema": read::schema(view)?}))
    };
    state.tell(&at, tell).await
}
