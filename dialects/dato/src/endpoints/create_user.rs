//! `POST /users` (reference, "User Create"): invites somebody, by mail.

use crate::door::State;
use crate::error::renamed;
use crate::person::{self, Names};
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::access::NewPerson;
use model::Role;
use serde_json::json;

/// What who is invited may do: write items. There were no roles at the reference's time.
const ROLE: Role = Role::Edit;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let resource = Resource::read(&mut call, "user").await?;
    resource.require(&["email", "first_name", "last_name"])?;
    let names = Names::default().changed(&resource.attributes)?;
    let email = wire::text(&resource.attributes, "email")?.unwrap_or_default().to_owned();
    let new = NewPerson { name: names.joined(), email, bag: names.to_bag() };
    let invited = state.engine.invite_person(&at.actor, at.key(), new, ROLE);
    let person = invited.map_err(|error| renamed(error, &[("name", "first_name"), ("email", "email")]))?;
    Ok(respond::wire(StatusCode::CREATED, &json!({"data": person::object(&person)}))?)
}
