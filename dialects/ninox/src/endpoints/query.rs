//! Read-only scripts (reference 001, "Execute a read-only query"; facts 11).

use crate::door::State;
use crate::names;
use crate::script;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::error::Path;
use model::{Error, Result, Rule, Subject};
use serde::Deserialize;

/// A script in a body.
#[derive(Deserialize)]
pub struct Body {
    query: Option<String>,
}

impl Body {
    /// The script, which must be there.
    pub fn script(self) -> Result<String> {
        self.query.ok_or_else(no_script)
    }
}

/// `GET …/query?query=`, `+` and `%20` both a space.
pub async fn by_address(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let query = call.params()?.one("query")?.map(str::to_owned).ok_or_else(no_script)?;
    Ok(respond::json(StatusCode::OK, script::query(&state, &at.actor, at.database, &query).await?))
}

/// `POST …/query {query}`.
pub async fn by_body(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let query = call.json::<Body>().await?.script()?;
    Ok(respond::json(StatusCode::OK, script::query(&state, &at.actor, at.database, &query).await?))
}

/// `GET …/(select A)`: the reference writes the script in the place of the last segment, and a published client does so
/// (facts 11). Any other last segment is no address.
pub async fn as_segment(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let query = call.segment("script").to_owned();
    if !(query.contains('(') || query.starts_with("select")) {
        return Err(names::missing(Subject::Route).into());
    }
    Ok(respond::json(StatusCode::OK, script::query(&state, &at.actor, at.database, &query).await?))
}

fn no_script() -> Error {
    Error::invalid(Path::of("query"), Rule::Required)
}
