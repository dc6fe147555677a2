//! Signing in and out, and who the asker is (facts A2).

use crate::door::{State, refuse_other_sites};
use crate::names;
use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::Response;
use edge::auth::{Secure, no_session_cookie, session_cookie};
use edge::{Answer, Call, Presented, respond};
use engine::access::{Account, SESSION_MS};
use model::{Ability, Error, Json, Result, Subject};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
}

/// Sets the session's cookie and answers the user.
pub async fn sign_in(Shared(state): Shared<State>, mut call: Call) -> Answer {
    refuse_other_sites(&call)?;
    let secure = call.secure();
    let body: SignIn = call.json().await?;
    let (secret, _) = state.engine.sign_in(&body.email, &body.password).await?;
    signed_in(&state, &secret, secure, StatusCode::OK)
}

/// The answer that begins a session: its cookie, and whose it is.
pub fn signed_in(state: &State, secret: &str, secure: Secure, status: StatusCode) -> Answer {
    let actor = state.engine.authenticate_session(secret)?;
    let account = state.engine.me(&actor)?;
    let mut response = respond::wire(status, &object(&account))?;
    let cookie = session_cookie(secret, Duration::from_millis(SESSION_MS as u64), secure);
    set_cookie(&mut response, cookie)?;
    Ok(response)
}

/// Ends the session, if there is one.
pub async fn sign_out(Shared(state): Shared<State>, call: Call) -> Answer {
    refuse_other_sites(&call)?;
    if let Presented::Session(session) = call.presented() {
        state.engine.sign_out(session)?;
    }
    let mut response = respond::wire(StatusCode::OK, &json!({}))?;
    set_cookie(&mut response, no_session_cookie(call.secure()))?;
    Ok(response)
}

/// The person of the session.
pub async fn me(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.person(&call)?;
    let account = state.engine.me(&actor)?;
    Ok(respond::wire(StatusCode::OK, &object(&account))?)
}

/// The user behind a token or session; the e-mail address only with `user|email_read`.
pub async fn user(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let directory = state.engine.directory();
    let user = actor.user.and_then(|id| directory.get(id)).ok_or_else(|| names::missing(Subject::User))?;
    let mut object = json!({"id": names::user(user.id), "name": user.name, "avatar": user.avatar});
    if actor.abilities.has(Ability::EmailRead) {
        object["email"] = json!(user.email);
    }
    Ok(respond::wire(StatusCode::OK, &object)?)
}

/// A person's own account.
pub fn object(account: &Account) -> Json {
    json!({
        "id": names::user(account.id),
        "name": account.name,
        "email": account.email,
        "avatar": account.avatar,
        "isAdmin": account.administrator,
        // Nobody is in a session who did not show one.
        "hasPassword": true,
        // Nobody is notified by mail of anything yet.
        "notifyMeta": {},
    })
}

fn set_cookie(response: &mut Response, cookie: Option<axum::http::HeaderValue>) -> Result<()> {
    let cookie = cookie.ok_or_else(|| Error::Internal("a session's secret does not fit a header".to_owned()))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}
