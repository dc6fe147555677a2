//! `POST /upload-requests` (reference, "Upload request Create"): a path for a file to come, and the address to send it
//! to.

use crate::cell::files;
use crate::door::State;
use crate::names;
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::Ability;
use serde_json::json;

/// How long the address is good, in milliseconds (facts 2).
const LASTS: i64 = 900 * 1000;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let may = |view: &mut View<'_>| view.require(None, Ability::RecordUpdate);
    state.engine.read(&at.actor, at.key(), Weight::Point, may).await?;
    let resource = Resource::read(&mut call, "upload_request").await?;
    resource.require(&["filename"])?;
    let name = files::plain_name(wire::text(&resource.attributes, "filename")?.unwrap_or_default());
    let (now, token) = (state.engine.now().0, state.engine.new_file_token());
    let path = files::path(at.site.id, now / 1000, &token, &name);
    let (claim, signature) = state.engine.seal_direct_upload(&at.actor, at.key(), &token, &path, now + LASTS)?;
    let url = format!("{}/dato/upload-requests{path}?for={claim}&signature={signature}", call.origin());
    debug_assert!(path.starts_with(&format!("/{}/", names::site(at.site.id))));
    let document = json!({"data": {"type": "upload_request", "id": path, "attributes": {"url": url}}});
    Ok(respond::wire(StatusCode::CREATED, &document)?)
}
