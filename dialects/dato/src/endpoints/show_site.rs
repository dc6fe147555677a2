//! `GET /site` (reference, "Site Create", which is a read; facts 3.16).

use crate::door::State;
use crate::site::include::Include;
use crate::site::managed::Managed;
use crate::site::{host, object};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let include = Include::of(&call.params()?)?;
    let (site, host, origin) = (at.site.clone(), host(&call), call.origin().to_string());
    drop(call);
    let managed = Managed::of(&state.engine, &at, origin).await?;
    let read = move |view: &mut View<'_>| {
        view.require(None, Ability::DatabaseRead)?;
        let mut document = json!({"data": object::object(view, &site, &host, &managed)?});
        if let Some(included) = include.list(view)? {
            document["included"] = included.into();
        }
        Ok(document)
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
