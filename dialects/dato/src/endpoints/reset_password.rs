//! `POST /users/reset_password` (reference, "User Reset password").
//!
//! The answer is the same for every address: who has an account is nobody's business (S34). Its user stands in `data`, as
//! clients need it, and beside it, as the document shows it (facts 3.11); of them it tells the address that was given.

use crate::door::State;
use crate::error::renamed;
use crate::person;
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Presented, respond};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    match call.presented() {
        Presented::Nothing => call.stranger()?,
        Presented::Token(_) | Presented::Session(_) => drop(crate::session::asker(&call, &state.engine)?),
    }
    let Resource { attributes, .. } = {
        let resource = Resource::read(&mut call, "user").await?;
        resource.require(&["email"])?;
        resource
    };
    let email = wire::text(&attributes, "email")?.unwrap_or_default();
    state.engine.ask_for_reset(email).map_err(|error| renamed(error, &[("email", "email")]))?;
    let mut document = person::nobody(email);
    document["data"] = person::nobody(email);
    Ok(respond::wire(StatusCode::OK, &document)?)
}
