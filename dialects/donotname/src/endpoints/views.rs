//! Views of a table: list, get, create, delete, and one endpoint per property (facts A4).
//!
//! Editing a property answers the view.

use crate::door::{self, State};
use crate::names::{self, TableName};
use crate::record::shape::Shape;
use crate::views;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{Made, Receipt, View as Window, WriteContext};
use model::error::Path;
use model::view::View;
use model::{Ability, Actor, Change, Error, Json, Result, Rule, Subject, Table, ViewId};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let shapes = state.shapes.clone();
    let list = move |window: &mut Window<'_>| {
        window.require(Some(name.table), Ability::ViewRead)?;
        let shape = shapes.of(window, name.table)?;
        Ok(shape.table.views.iter().map(|view| views::object(window, &shape, view)).collect())
    };
    state.tell(&actor, name.into(), list).await
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let shapes = state.shapes.clone();
    let get = move |window: &mut Window<'_>| {
        window.require(Some(name.table), Ability::ViewRead)?;
        let shape = shapes.of(window, name.table)?;
        Ok(views::object(window, &shape, find(&shape.table, id)?))
    };
    state.tell(&actor, name.into(), get).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewView {
    id: Option<Json>,
    name: Option<String>,
    #[serde(rename = "type")]
    word: String,
    description: Option<String>,
    filter: Option<Json>,
    sort: Option<Json>,
    group: Option<Json>,
    options: Option<Json>,
    column_meta: Option<serde_json::Map<String, Json>>,
    is_locked: Option<bool>,
}

pub async fn create(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let context = door::context(&call);
    let body: NewView = call.json().await?;
    let shapes = state.shapes.clone();
    let plan = move |window: &mut Window<'_>| {
        window.require(Some(name.table), Ability::ViewCreate)?;
        let shape = shapes.within_write(window, name.table)?;
        let view = built(window, &shape, &body)?;
        Ok(vec![Change::CreateView { table: name.table, view: Box::new(view), at: None }])
    };
    let shapes = state.shapes.clone();
    let render = move |window: &mut Window<'_>, receipt: &Receipt| {
        let shape = shapes.within_write(window, name.table)?;
        let made = receipt.made.iter().find_map(|made| match made {
            Made::View { view, .. } => Some(*view),
            _ => None,
        });
        Ok(views::object(window, &shape, find(&shape.table, made)?))
    };
    state.change(&actor, name.into(), context, StatusCode::CREATED, plan, render).await
}

fn built(window: &mut Window<'_>, shape: &Shape, body: &NewView) -> Result<View> {
    if body.id.as_ref().is_some_and(|id| !id.is_null()) {
        return Err(Error::malformed("id", "must not be given: the server makes it"));
    }
    let layout = views::layout(&body.word, Path::of("type"))?;
    let taken = |name: &str| shape.table.views.iter().any(|view| view.name == name);
    let label = format!("{}{} view", body.word[..1].to_uppercase(), &body.word[1..]);
    let name = body.name.clone().unwrap_or_else(|| crate::field::spec::free_name(&label, &taken));
    let mut view = views::blank(name.trim().to_owned(), layout);
    views::sign(window, &mut view);
    view.description.clone_from(&body.description);
    view.locked = body.is_locked.unwrap_or(false);
    views::set_filter(window, shape, &mut view, body.filter.as_ref().unwrap_or(&Json::Null))?;
    views::set_sort(window, shape, &mut view, body.sort.as_ref().unwrap_or(&Json::Null))?;
    views::set_group(window, shape, &mut view, body.group.as_ref().unwrap_or(&Json::Null))?;
    views::keep(&mut view, "options", body.options.clone().unwrap_or_default());
    for (field, meta) in body.column_meta.iter().flatten() {
        views::set_column(shape, &mut view, field, meta, &Path::of("columnMeta"))?;
    }
    Ok(view)
}

pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let plan = move |window: &mut Window<'_>| {
        window.require(Some(name.table), Ability::ViewDelete)?;
        let table = window.table(name.table)?;
        Ok(vec![Change::DeleteView { table: table.id, view: find(&table, id)?.id }])
    };
    let render = |_: &mut Window<'_>, _: &Receipt| Ok(json!({}));
    state.change(&actor, name.into(), door::context(&call), StatusCode::OK, plan, render).await
}

/// `{filter}`.
pub async fn filter(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |window, shape, view, body| views::set_filter(window, shape, view, &part(body, "filter")?)).await
}

/// `{sort: {sortObjs, manualSort?}}`.
pub async fn sort(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |window, shape, view, body| views::set_sort(window, shape, view, &part(body, "sort")?)).await
}

/// `{group}`.
pub async fn group(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |window, shape, view, body| views::set_group(window, shape, view, &part(body, "group")?)).await
}

/// `{name}`.
pub async fn name(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |_, _, view, body| {
        let name = part(body, "name")?;
        let name = name.as_str().ok_or_else(|| Error::invalid(Path::of("name"), Rule::Type("text")))?;
        view.name = name.trim().to_owned();
        Ok(())
    })
    .await
}

/// `{description}`; null takes it away.
pub async fn description(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |_, _, view, body| {
        view.description = match part(body, "description")? {
            Json::Null => None,
            Json::String(text) => Some(text).filter(|text| !text.is_empty()),
            _ => return Err(Error::invalid(Path::of("description"), Rule::Type("text"))),
        };
        Ok(())
    })
    .await
}

/// `{isLocked}`.
pub async fn locked(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |_, _, view, body| {
        let locked = body.get("isLocked").and_then(Json::as_bool);
        view.locked = locked.ok_or_else(|| Error::invalid(Path::of("isLocked"), Rule::Type("true or false")))?;
        Ok(())
    })
    .await
}

/// `{options}`: entries to set; null ones go.
pub async fn options(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |_, _, view, body| {
        let given = part(body, "options")?;
        let given = given.as_object().ok_or_else(|| Error::invalid(Path::of("options"), Rule::Type("an object")))?;
        let mut options = views::kept(view).get("options").and_then(Json::as_object).cloned().unwrap_or_default();
        for (key, value) in given {
            if value.is_null() {
                options.remove(key);
            } else {
                options.insert(key.clone(), value.clone());
            }
        }
        views::keep(view, "options", Json::Object(options));
        Ok(())
    })
    .await
}

/// `[{fieldId, columnMeta}]`.
pub async fn column_meta(Shared(state): Shared<State>, call: Call) -> Answer {
    edit(state, call, |_, shape, view, body| {
        let at = Path::of("body");
        let list = body.as_array().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("a list")))?;
        for (i, one) in list.iter().enumerate() {
            let at = at.clone().index(i);
            let field = one.get("fieldId").and_then(Json::as_str);
            let field = field.ok_or_else(|| Error::invalid(at.clone().key("fieldId"), Rule::Required))?;
            views::set_column(shape, view, field, one.get("columnMeta").unwrap_or(&Json::Null), &at)?;
        }
        Ok(())
    })
    .await
}

/// A key of the body that must be there, even if it is null: a misspelled one must not clear a filter.
fn part(body: &Json, key: &str) -> Result<Json> {
    body.get(key).cloned().ok_or_else(|| Error::invalid(Path::of(key), Rule::Required))
}

type Edit = fn(&mut Window<'_>, &Shape, &mut View, &Json) -> Result<()>;

/// Changes one property of a view.
async fn edit(state: State, mut call: Call, change: Edit) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_view(call.segment("viewId"), name.database);
    let context = door::context(&call);
    let body: Json = call.json().await?;
    replace(&state, &actor, context, name, id, move |window, shape, view| change(window, shape, view, &body)).await
}

/// Replaces a view by one that was changed.
async fn replace(
    state: &State,
    actor: &Arc<Actor>,
    context: WriteContext,
    name: TableName,
    id: Option<ViewId>,
    mut change: impl FnMut(&mut Window<'_>, &Shape, &mut View) -> Result<()> + Send + 'static,
) -> Answer {
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let plan = move |window: &mut Window<'_>| {
        window.require(Some(name.table), Ability::ViewUpdate)?;
        let shape = shapes.within_write(window, name.table)?;
        let mut view = find(&shape.table, id)?.clone();
        change(window, &shape, &mut view)?;
        Ok(vec![Change::ReplaceView { table: name.table, view: Box::new(view), at: None }])
    };
    let render = move |window: &mut Window<'_>, _: &Receipt| {
        let shape = shapes_after.within_write(window, name.table)?;
        Ok(views::object(window, &shape, find(&shape.table, id)?))
    };
    state.change(actor, name.into(), context, StatusCode::OK, plan, render).await
}

/// A view of the table, or none of it.
pub fn find(table: &Table, id: Option<ViewId>) -> Result<&View> {
    id.and_then(|id| table.view(id).ok()).ok_or_else(|| names::missing(Subject::View))
}
