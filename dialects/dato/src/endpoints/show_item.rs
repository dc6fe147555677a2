//! `GET /items/{item_id}` (reference, "Item Show").

use crate::door::State;
use crate::item::one::{self, Included};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::etag::Tag;
use edge::{Answer, Call, respond};
use engine::{View, Weight};

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let item = one::address(call.segment("item_id"))?;
    let (shapes, site) = (state.shapes.clone(), at.site.clone());
    let read = move |view: &mut View<'_>| {
        let shape = one::shape(&shapes, view, item)?;
        one::document(view, &shape, &one::world(view, &site), item, Included::Nothing)
    };
    let (body, version) = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    let tag = Tag::of(&body, version);
    Ok(tag.put(respond::json(StatusCode::OK, body), call.headers())?)
}
