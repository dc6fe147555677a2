//! Changing a password, setting a new one by mail, and a person's own name (facts A2).

use crate::door::{State, refuse_other_sites};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::AccountPatch;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    password: String,
    new_password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    password: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

/// All other sessions end.
pub async fn change(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let (actor, cookie) = state.session(&call)?;
    let cookie = cookie.to_owned();
    let body: Change = call.json().await?;
    state.engine.change_password(&actor, &cookie, &body.password, &body.new_password).await?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// The same answer for every address, before anything is looked up.
pub async fn ask(Shared(state): Shared<State>, mut call: Call) -> Answer {
    refuse_other_sites(&call)?;
    let body: Ask = call.json().await?;
    state.engine.ask_for_reset(&body.email)?;
    Ok(respond::wire(StatusCode::CREATED, &json!({}))?)
}

/// Begins no session: the new password does.
pub async fn reset(Shared(state): Shared<State>, mut call: Call) -> Answer {
    refuse_other_sites(&call)?;
    let body: Reset = call.json().await?;
    state.engine.reset_password(&body.code, &body.password).await?;
    Ok(respond::wire(StatusCode::CREATED, &json!({}))?)
}

/// A person's own name.
pub async fn name(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let (actor, _) = state.session(&call)?;
    let body: Name = call.json().await?;
    if let Some(user) = actor.user {
        state.engine.update_user(&actor, user, AccountPatch { name: Some(body.name), ..AccountPatch::default() })?;
    }
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}
