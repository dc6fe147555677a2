//! `POST /deploy-results?token=…`: who deploys tells what came of it, `{"status": "success"}` or `{"status": "error"}`
//! (facts 2, "deploy events"). The address is the site's `webhook_url`; its secret does nothing else.

use crate::deploy;
use crate::door::State;
use crate::error::malformed;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, body, respond};
use engine::deploys::DeployOutcome;
use model::{Json, Result};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    call.stranger()?;
    let secret = secret(&call)?;
    // Who does not have the secret learns nothing of the form of the body.
    state.engine.database_of_hook(&secret)?;
    let told: Json = body::from_json(&call.body().await?)?;
    let outcome = match told.get("status").and_then(Json::as_str) {
        Some("success") => DeployOutcome::Success,
        Some("error") => DeployOutcome::Failure,
        _ => return Err(malformed(&["status"], "must be success or error").into()),
    };
    let (event, site) = state.engine.tell_outcome(&secret, outcome, json!({"response_body": told.to_string()})).await?;
    Ok(respond::wire(StatusCode::OK, &json!({"data": deploy::object(&event, site)}))?)
}

fn secret(call: &Call) -> Result<String> {
    let params = call.params()?;
    params.refuse_unknown(&["token"])?;
    Ok(params.one("token")?.unwrap_or_default().to_owned())
}
