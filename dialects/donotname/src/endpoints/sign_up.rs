//! Making an account of one's own (facts A2), where the server's owner lets people do so.

use super::auth::signed_in;
use crate::door::{State, refuse_other_sites};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::access::Newcomer;
use model::{Error, Fault, Json, Path};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    email: String,
    password: String,
    default_space_name: Option<String>,
    /// The code of an invitation, which is accepted with it.
    invite_code: Option<String>,
    /// Where a browser came from, which nobody here wants to know.
    #[expect(dead_code, reason = "clients send it")]
    ref_meta: Option<Json>,
}

/// Sets the session's cookie and answers the user.
pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    refuse_other_sites(&call)?;
    let secure = call.secure();
    let body: Wanted = call.json().await?;
    let newcomer = Newcomer {
        email: &body.email,
        password: &body.password,
        workspace: body.default_space_name.as_deref(),
        invitation: body.invite_code.as_deref(),
    };
    let (secret, _) = state.engine.sign_up(newcomer).await.map_err(in_words_of_the_body)?;
    signed_in(&state, &secret, secure, StatusCode::CREATED)
}

/// The core's places under the names that they have in the body. The address is not repeated.
fn in_words_of_the_body(error: Error) -> Error {
    let Error::Invalid(mut faults) = error else { return error };
    for Fault { at, given, .. } in &mut faults {
        for (ours, theirs) in [("invitation", "inviteCode"), ("workspace", "defaultSpaceName")] {
            if *at == Path::of(ours) {
                *at = Path::of(theirs);
            }
        }
        *given = None;
    }
    Error::Invalid(faults)
}
