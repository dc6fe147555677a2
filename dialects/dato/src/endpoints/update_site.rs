//! `PUT /site` (reference, "Site Update").

use crate::door::{State, context};
use crate::error::renamed;
use crate::names;
use crate::site::managed::{self, Managed};
use crate::site::patch::SitePatch;
use crate::site::{Settings, host, object};
use crate::wire::Resource;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::View;
use engine::access::DatabasePatch;
use model::{Ability, Change};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let mut at = state.at(&call)?;
    let (context, host, origin) = (context(&call), host(&call), call.origin().to_string());
    let resource = Resource::of_id(&mut call, "site", &names::site(at.site.id)).await?;
    let way = managed::said(&state.engine, &at, &resource.attributes)?;
    let patch = SitePatch::read(resource.attributes)?;
    // Judged, and written before the rest, so that the answer tells of it.
    managed::set(&state.engine, &at, &way)?;
    // The name is in the list of databases and not in the database itself. It is judged already, and is written last, so
    // that it is not the half of a request that was refused.
    let name = patch.name.clone().filter(|name| *name != at.site.name);
    if let Some(name) = &name {
        at.site.name.clone_from(name);
    }
    let (site, managed) = (at.site.clone(), Managed::of(&state.engine, &at, origin).await?);
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::DatabaseUpdate)?;
        let present: Vec<String> = view.schema().settings.locales.iter().map(|l| l.code.clone()).collect();
        let patch = patch.database(Settings::of(view), &present)?;
        Ok(vec![Change::EditDatabase { patch }])
    };
    let render = move |view: &mut View<'_>, _: &engine::Receipt| {
        Ok(json!({"data": object::object(view, &site, &host, &managed)?}))
    };
    let written = state.engine.write(&at.actor, at.key(), context, plan, render).await;
    let document = written.map_err(|error| renamed(error, &[("locales", "locales"), ("name", "name")]))?;
    if name.is_some() {
        let patch = DatabasePatch { name, ..DatabasePatch::default() };
        state.engine.update_database(&at.actor, at.key(), patch)?;
    }
    Ok(respond::wire(StatusCode::OK, &document)?)
}
