//! `PUT /base/{baseId}/table/{tableId}/order {anchorId, position}`: the order of tables is that of the navigation,
//! which all doors share. Tables that are not in it get an item when the first table is moved.

use crate::door::{self, State};
use crate::names;
use crate::table;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::View;
use model::change::NavPlace;
use model::error::Path;
use model::{Ability, Bag, Change, Error, NavId, NavItem, Result, Rule, TableId};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    anchor_id: String,
    position: Position,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Position {
    Before,
    After,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let context = door::context(&call);
    let body: Order = call.json().await?;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableUpdate)?;
        view.table(name.table)?;
        let anchor = names::read_table(&body.anchor_id).filter(|a| a.database == name.database);
        let anchor = anchor.and_then(|anchor| view.table(anchor.table).ok()).map(|t| t.id);
        let anchor =
            anchor.ok_or_else(|| Error::invalid_given(Path::of("anchorId"), Rule::Unknown, body.anchor_id.as_str()))?;
        moved(view, name.table, anchor, body.position)
    };
    let render = |_: &mut View<'_>, _: &engine::Receipt| Ok(json!({}));
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}

fn moved(view: &View<'_>, table: TableId, anchor: TableId, position: Position) -> Result<Vec<Change>> {
    if table == anchor {
        return Ok(Vec::new());
    }
    let schema = view.schema();
    let mut items: BTreeMap<TableId, NavId> = BTreeMap::new();
    for item in schema.nav.values() {
        if let Some(of) = item.table {
            items.entry(of).or_insert(item.id);
        }
    }
    let mut changes = Vec::new();
    let mut at_top: Vec<NavId> = siblings(view, None);
    let mut next = schema.settings.next_nav;
    for missing in table::ordered(view) {
        if items.contains_key(&missing.id) {
            continue;
        }
        let item = NavItem {
            id: next,
            parent: None,
            rank: String::new(),
            label: None,
            table: Some(missing.id),
            bag: Bag::new(),
        };
        changes.push(Change::CreateNavItem { item, at: NavPlace { parent: None, index: usize::MAX } });
        items.insert(missing.id, next);
        at_top.push(next);
        next = NavId(next.0 + 1);
    }
    let (item, beside) = (items[&table], items[&anchor]);
    let parent = schema.nav.get(&beside).and_then(|item| item.parent);
    // An item that has just been made is at the top.
    let mut others = if parent.is_none() { at_top } else { siblings(view, parent) };
    others.retain(|other| *other != item);
    let index = others.iter().position(|other| *other == beside).unwrap_or(others.len());
    let index = if position == Position::After { index + 1 } else { index };
    changes.push(Change::MoveNavItem { item, at: NavPlace { parent, index } });
    Ok(changes)
}

fn siblings(view: &View<'_>, parent: Option<NavId>) -> Vec<NavId> {
    let mut items: Vec<&NavItem> = view.schema().nav.values().filter(|item| item.parent == parent).collect();
    items.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
    items.into_iter().map(|item| item.id).collect()
}
