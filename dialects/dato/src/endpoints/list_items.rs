//! `GET /items` (reference, "Item Index").

use crate::door::State;
use crate::item::ask::Ask;
use crate::item::list;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{View, Weight};
use model::Ability;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let ask = Ask::of(&call.params()?)?;
    let (shapes, settings, site) = (state.shapes.clone(), call.settings().clone(), at.site.clone());
    let read = move |view: &mut View<'_>| {
        view.require(None, Ability::RecordRead)?;
        list::write(view, &shapes, &site, &ask, &settings)
    };
    let out = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    Ok(out.into_json(StatusCode::OK)?)
}
