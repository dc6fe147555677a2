//! `PUT /menu-items/{menu_item_id}` (reference, "Updates a menu item"): what is not given stays (facts 2).

use crate::door::{State, context};
use crate::error::renamed;
use crate::menu::{self, Menu};
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::Steps;
use model::Change;
use model::change::Patch;
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let (context, id) = (context(&call), call.segment("menu_item_id").to_owned());
    let resource = Resource::of_id(&mut call, "menu_item", &id).await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let label = wire::text(&resource.attributes, "label")?.map(str::to_owned);
        let index = wire::position(&resource.attributes)?;
        let view = steps.view();
        let menu = Menu::of(&view);
        let was = menu::find(&menu, &id)?.clone();
        let table = match resource.to_one("item_type", "item_type")? {
            Patch::Set(id) => Patch::Set(menu::item_type(&view, &id)?),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        let parent = match resource.to_one("parent", "menu_item")? {
            Patch::Set(id) => Some(menu::parent(&menu, &id)?),
            Patch::Clear => None,
            Patch::Keep => was.parent,
        };
        let place = (index.is_some() || parent != was.parent).then(|| menu.place(&view, parent, index, Some(was.id)));
        // What it shows by itself is not made its own.
        let label = label.filter(|label| *label != was.label).map_or(Patch::Keep, Patch::Set);
        steps.apply(Change::EditNavItem { item: was.id, label, table, bag: None })?;
        if let Some(at) = place {
            steps.apply(Change::MoveNavItem { item: was.id, at })?;
        }
        let menu = Menu::of(&steps.view());
        Ok(json!({"data": menu.object(menu::find(&menu, &id)?)}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(|error| renamed(error, &[("label", "label")]))?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}
