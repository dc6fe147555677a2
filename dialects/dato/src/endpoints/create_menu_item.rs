//! `POST /menu-items` (reference, "Create a new menu item").

use crate::door::{State, context};
use crate::error::{malformed, missing, renamed};
use crate::menu::{self, Menu};
use crate::names;
use crate::wire::{self, Resource};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{Made, Steps};
use model::change::Patch;
use model::{Bag, Change, Error, NavId, NavItem};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let context = context(&call);
    let resource = Resource::read(&mut call, "menu_item").await?;
    let steps = move |steps: &mut Steps<'_, '_>| {
        let label = wire::text(&resource.attributes, "label")?.map(str::to_owned);
        let index = wire::position(&resource.attributes)?;
        let view = steps.view();
        let menu = Menu::of(&view);
        let table = match resource.to_one("item_type", "item_type")? {
            Patch::Set(id) => Some(menu::item_type(&view, &id)?),
            Patch::Keep | Patch::Clear => None,
        };
        if label.is_none() && table.is_none() {
            return Err(missing(&["label"], &["label"]));
        }
        let parent = match resource.to_one("parent", "menu_item")? {
            Patch::Set(id) => Some(menu::parent(&menu, &id)?),
            Patch::Keep | Patch::Clear => None,
        };
        let at = menu.place(&view, parent, index, None);
        let item = NavItem { id: NavId(0), parent, rank: String::new(), label, table, bag: Bag::new() };
        let Made::NavItem(id) = steps.apply(Change::CreateNavItem { item, at })? else {
            return Err(Error::Internal("a new item of the menu is none".to_owned()));
        };
        let menu = Menu::of(&steps.view());
        let made = menu::find(&menu, &names::menu_item(id)).map_err(|_| malformed(&[], "cannot be shown"))?;
        Ok(json!({"data": menu.object(made)}))
    };
    let written = state.engine.write_stepwise(&at.actor, at.key(), context, steps).await;
    let document = written.map_err(|error| renamed(error, &[("label", "label")]))?;
    Ok(respond::wire(StatusCode::CREATED, &document)?)
}
