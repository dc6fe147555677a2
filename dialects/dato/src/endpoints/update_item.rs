//! `PUT /items/{item_id}` (reference, "Item Update").

use crate::door::{State, context};
use crate::item::change::Update;
use crate::item::one::Included;
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, etag, respond};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("item_id").to_owned());
    let expected = etag::expected(call.headers())?;
    let resource = Resource::of_id(&mut call, "item", &id).await?;
    let update = Update::of(&state, &at, &id, resource, expected)?;
    let told = update.told.clone();
    let (planned, rendered) = (update.clone(), update);
    let written = state
        .engine
        .write(
            &at.actor,
            at.key(),
            context.gathering(),
            move |view| planned.plan(view),
            move |view, _| rendered.render(view, Included::Nothing),
        )
        .await;
    Ok(respond::json(StatusCode::OK, written.map_err(|error| told.explain(error))?))
}
