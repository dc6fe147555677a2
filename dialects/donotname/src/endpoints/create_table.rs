//! `POST /base/{baseId}/table`, with or without a slash at its end (facts A4).
//!
//! What is left out is made: three fields, a grid view, three empty records.

use crate::cell::decode::Typecast;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::field::making::{fields, pretended};
use crate::field::spec;
use crate::members::Members;
use crate::record::body::{Body, Draft};
use crate::record::changes::{self, Manner};
use crate::record::render;
use crate::record::shape::Shape;
use crate::table;
use crate::views;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, json as writer, respond};
use engine::View;
use engine::shapes::Shaped;
use model::change::{NewRecord, NewTable};
use model::error::Path;
use model::view::Layout;
use model::{Ability, Change, Error, Json, Result, Rule, Subject};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The body without its records, which [`Body`] reads.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct NewTableBody {
    id: Option<Json>,
    name: Option<String>,
    db_table_name: Option<String>,
    description: Option<String>,
    icon: Option<String>,
    fields: Option<Vec<Json>>,
    views: Option<Vec<Json>>,
}

/// A view of a new table.
#[derive(Deserialize)]
struct NewView {
    name: Option<String>,
    #[serde(rename = "type")]
    word: Option<String>,
    description: Option<String>,
    options: Option<Json>,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let base = door::base_of(&call)?;
    let context = door::context(&call);
    let bytes = call.body().await?;
    let (body, records) = if bytes.is_empty() {
        (NewTableBody::default(), Body::default())
    } else {
        (edge::body::from_json::<NewTableBody>(&bytes)?, edge::body::from_json::<Body>(&bytes)?)
    };
    if body.id.as_ref().is_some_and(|id| !id.is_null()) {
        return Err(Error::malformed("id", "must not be given: the server makes it").into());
    }
    call.charge(records.records.as_ref().map_or(1, Vec::len))?;
    let key_type = records.key_type.unwrap_or_default();
    let members = state.members(&actor, base);
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableCreate)?;
        plan(view, &members, &body, &records)
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let made = receipt.made.iter().find_map(|made| match made {
            engine::Made::Table(id) => Some(*id),
            _ => None,
        });
        let made = made.ok_or_else(|| Error::Internal("a new table has no number".to_owned()))?;
        let found = view.table(made)?;
        let shape = Shape::of(view, found.clone());
        let mut object = table::object(view, &found);
        object["fields"] = table::fields(view, &found).into();
        object["views"] = found.views.iter().map(|v| views::object(view, &shape, v)).collect();
        let mut out = Vec::with_capacity(2048);
        writer::value(&mut out, &object);
        out.pop();
        out.extend_from_slice(b",\"records\":[");
        render::list(view, &shape, key_type, &render::made(receipt, made), &mut out)?;
        out.extend_from_slice(b"]}");
        Ok(out)
    };
    let written = state.engine.write(&actor, base, context, plan, render).await;
    Ok(respond::json(StatusCode::CREATED, written.map_err(hidden_behind(Subject::Database))?))
}

fn plan(view: &mut View<'_>, members: &Members, body: &NewTableBody, records: &Body) -> Result<Vec<Change>> {
    let id = view.schema().settings.next_table;
    let taken = |name: &str| view.tables().iter().any(|t| t.name == name);
    let name = body.name.clone().unwrap_or_else(|| spec::free_name("New table", &taken));
    let fields = fields(view, members, id, body.fields.as_deref())?;
    let pretend = pretended(id, &fields.iter().map(Some).collect::<Vec<_>>());
    let table = NewTable {
        name: name.trim().to_owned(),
        key: body.db_table_name.clone(),
        description: body.description.clone(),
        icon: body.icon.clone(),
        fields,
        ..NewTable::default()
    };
    let mut changes = vec![Change::CreateTable { table: Box::new(table) }];
    for mut made in new_views(body.views.as_deref())? {
        views::sign(view, &mut made);
        changes.push(Change::CreateView { table: id, view: Box::new(made), at: None });
    }
    let empty = vec![Draft::default(); 3];
    let drafts = records.records.as_deref().unwrap_or(&empty);
    let shape = Shape::of(view, Arc::new(pretend));
    let typecast = if records.typecast { Typecast::On } else { Typecast::Off };
    let manner = Manner { key_type: records.key_type.unwrap_or_default(), typecast };
    let at = |i: usize| Path::of("records").index(i);
    let decoded = changes::decode(view, &shape, members, &records.keys, drafts, manner, at)?;
    changes.extend(decoded.options);
    if !decoded.records.is_empty() {
        let records = decoded.records.into_iter().map(|values| NewRecord { values, ..NewRecord::default() });
        changes.push(Change::CreateRecords { table: id, records: records.collect() });
    }
    Ok(changes)
}

pub fn new_views(given: Option<&[Json]>) -> Result<Vec<model::View>> {
    let grid = [json!({"name": "Grid view"})];
    let given = given.filter(|list| !list.is_empty()).unwrap_or(&grid);
    let mut made = Vec::with_capacity(given.len());
    for (i, one) in given.iter().enumerate() {
        let at = Path::of("views").index(i);
        let new: NewView = NewView::deserialize(one)
            .map_err(|error| Error::invalid(at.clone(), Rule::Malformed(format!("is not as asked: {error}"))))?;
        let layout = match &new.word {
            Some(word) => views::layout(word, at.key("type"))?,
            None => Layout::Grid,
        };
        let mut view = views::blank(new.name.unwrap_or_else(|| "Grid view".to_owned()), layout);
        view.description = new.description;
        views::keep(&mut view, "options", new.options.unwrap_or_default());
        made.push(view);
    }
    Ok(made)
}
