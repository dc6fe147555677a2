//! `POST /sessions` (reference, "Session Create"), of three kinds (facts 2): with address and password, with a mailed
//! code and a new password, and with a mailed invitation and the password of who comes.

use crate::door::{self, State};
use crate::error::{malformed, renamed};
use crate::session::{self, Asker};
use crate::wire::{self, Resource};
use crate::{names, person};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Presented, body, respond};
use model::error::Credentials;
use model::{DatabaseKey, Error, Json, Result, UserId};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let named = named(&state, &call)?;
    let bytes = call.body().await?;
    let (secret, user) = begin(&state, &bytes).await.map_err(|error| renamed(error, RENAMED))?;
    match shown(&state, &secret, user, named) {
        Ok(document) => Ok(respond::secret(respond::wire(StatusCode::CREATED, &document)?)),
        Err(error) => {
            state.engine.sign_out(&secret)?;
            Err(error.into())
        }
    }
}

/// The names of the core for what is wrong, and ours.
const RENAMED: &[(&str, &str)] = &[("code", "token"), ("email", "email"), ("password", "password")];

/// The site that the request names: by its address, `X-Site-Domain`, or the token that it shows, which must be good.
fn named(state: &State, call: &Call) -> Result<Option<DatabaseKey>> {
    let by_token = match call.presented() {
        Presented::Nothing | Presented::Session(_) => {
            call.stranger()?;
            None
        }
        Presented::Token(_) => {
            let Asker { actor, site } = session::asker(call, &state.engine)?;
            site.or_else(|| door::bound(&actor))
        }
    };
    Ok(door::named(call)?.or(by_token))
}

/// Begins a session: its secret, and whose it is.
async fn begin(state: &State, bytes: &[u8]) -> Result<(String, UserId)> {
    let body: Json = body::from_json(bytes)?;
    let engine = &state.engine;
    let (kind, required) = match body.pointer("/data/type").and_then(Json::as_str) {
        Some("email_credentials") => ("email_credentials", ["email", "password"]),
        Some("password_reset") => ("password_reset", ["token", "password"]),
        Some("invitation") => ("invitation", ["token", "password"]),
        _ => return Err(malformed(&["type"], "must be email_credentials, password_reset or invitation")),
    };
    let Resource { attributes, .. } = {
        let resource = Resource::parse(bytes, kind, None)?;
        resource.require(&required)?;
        resource
    };
    let text = |key: &str| wire::text(&attributes, key).map(Option::unwrap_or_default);
    let (first, password) = (text(required[0])?, text("password")?);
    match kind {
        "email_credentials" => engine.sign_in(first, password).await,
        "password_reset" => engine.arrive_by_reset(first, password).await,
        _ => engine.arrive_by_invitation(first, password).await,
    }
}

/// The session with its user. Who is nobody to the site gets none, with the answer to a wrong password.
fn shown(state: &State, secret: &str, user: UserId, named: Option<DatabaseKey>) -> Result<Json> {
    let engine = &state.engine;
    let actor = engine.authenticate_session(secret)?;
    let wrong = |_| Error::Unauthenticated(Credentials::WrongPassword);
    let site = match named {
        Some(key) => engine.resolve_database(&actor, key).map_err(wrong)?.0,
        None => state.default_site(&actor).map_err(wrong)?,
    };
    let person = engine.person(&actor, site.key, user)?;
    let user = json!({"type": "user", "id": names::user(person.id)});
    Ok(json!({
        "data": {
            "type": "session",
            "id": session::id(secret, site.key),
            "relationships": {"user": {"data": user}},
        },
        "included": [person::object(&person)],
    }))
}
