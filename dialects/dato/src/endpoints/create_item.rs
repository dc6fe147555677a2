//! `POST /items` (reference, "Item Create").

use crate::door::{State, context};
use crate::item::change::Creation;
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = context(&call);
    let creation = Creation::of(&state, &at, Resource::read(&mut call, "item").await?)?;
    let told = creation.told.clone();
    let (planned, rendered) = (creation.clone(), creation);
    let written = state
        .engine
        .write(
            &at.actor,
            at.key(),
            context.gathering(),
            move |view| planned.plan(view),
            move |view, receipt| rendered.render(view, receipt),
        )
        .await;
    Ok(respond::json(StatusCode::CREATED, written.map_err(|error| told.explain(error))?))
}
