//! `PUT /users/{user_id}` (reference, "User Update").
//!
//! Users are the server's, so who manages a site changes their names only. Address and password are the user's own, in
//! the user's own session.

use crate::door::State;
use crate::error::{not_found, renamed, wrong};
use crate::person::{self, Names};
use crate::wire::{self, Resource};
use crate::{names, session};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::OwnPatch;
use model::{Rule, Subject};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let segment = call.segment("user_id").to_owned();
    let id = names::read_user(&segment).ok_or_else(|| not_found(Subject::User))?;
    let present = state.engine.person(&at.actor, at.key(), id)?;
    let secret = session::presented(&call).map(|(secret, _)| secret.to_owned());
    let Resource { attributes, .. } = Resource::of_id(&mut call, "user", &segment).await?;
    let names = Names::of(&present).changed(&attributes)?;
    let email = wire::text(&attributes, "email")?.filter(|email| email.trim() != present.email);
    let password = wire::text(&attributes, "password")?;
    let own = secret.filter(|_| at.actor.user == Some(id));
    let changed = match &own {
        Some(secret) => {
            let patch = OwnPatch {
                name: Some(names.joined()),
                bag: names.to_bag(),
                email: email.map(str::to_owned),
                password: password.map(str::to_owned),
            };
            state.engine.change_own(&at.actor, secret, patch).await
        }
        None => {
            for (name, given) in [("email", email), ("password", password)] {
                if given.is_some() {
                    return Err(wrong(name, Rule::ReadOnly).into());
                }
            }
            let renamed = state.engine.rename_person(&at.actor, at.key(), id, &names.joined(), &names.to_bag());
            renamed.map(drop)
        }
    };
    let ours = [("name", "first_name"), ("email", "email"), ("password", "password")];
    changed.map_err(|error| renamed(error, &ours))?;
    let person = state.engine.person(&at.actor, at.key(), id)?;
    Ok(respond::wire(StatusCode::OK, &json!({"data": person::object(&person)}))?)
}
