//! `POST /items/validate` and `POST /items/{item_id}/validate` (reference, "Item Validate new item", "… existing item"):
//! the write is made, judged, and taken back.

use crate::door::{State, context};
use crate::item::change::{Creation, Update};
use crate::item::one::Included;
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};

pub async fn new(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = context(&call);
    let creation = Creation::of(&state, &at, Resource::read(&mut call, "item").await?)?;
    let told = creation.told.clone();
    let (planned, rendered) = (creation.clone(), creation);
    let judged = state
        .engine
        .judge(
            &at.actor,
            at.key(),
            context.gathering(),
            move |view| planned.plan(view),
            move |view, receipt| rendered.render(view, receipt),
        )
        .await;
    Ok(respond::json(StatusCode::OK, judged.map_err(|error| told.explain(error))?))
}

pub async fn existing(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("item_id").to_owned());
    let resource = Resource::of_id(&mut call, "item", &id).await?;
    let update = Update::of(&state, &at, &id, resource, None)?;
    let told = update.told.clone();
    let (planned, rendered) = (update.clone(), update);
    let judged = state
        .engine
        .judge(
            &at.actor,
            at.key(),
            context.gathering(),
            move |view| planned.plan(view),
            move |view, _| rendered.render(view, Included::ItemType),
        )
        .await;
    Ok(respond::json(StatusCode::OK, judged.map_err(|error| told.explain(error))?))
}
