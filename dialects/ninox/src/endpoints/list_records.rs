//! `GET …/tables/{tableId}/records`: a list, or one record that filters look up (reference 002, "Get Records";
//! reference 001, "Look up/search a single record with GET"; facts 5, 12.1).

use crate::door::State;
use crate::names;
use crate::record::filters::Wanted;
use crate::record::list::Ask;
use crate::record::write::RecordWriter;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::Commas;
use edge::{Answer, Call, Settings, Spill, respond};
use engine::{GO_ON, STOP, View, Weight};
use model::access::Profile;
use model::{Ability, Json, Result, Subject};
use serde_json::Map;
use std::sync::Arc;

/// Bytes that a record takes, by guess.
const GUESS: usize = 300;
/// Records for which room is made at once.
const AT_ONCE: u64 = 1_000;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    let profile = state.profile(&call, &at.actor);
    let wanted = in_body(&call.body().await?)?;
    let ask = Ask::of(&call.params()?, wanted)?;
    let named = call.segment("tableId").to_owned();
    if ask.is_lookup() && profile == Profile::Documented {
        return super::lookup::one(&state, &at, named, ask).await;
    }
    let (shapes, settings) = (state.shapes.clone(), call.settings().clone());
    let list = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        view.require(Some(table.id), Ability::RecordRead)?;
        let shape = shapes.of(view, table.id)?;
        let query = ask.query(view, &shape)?;
        let writer = RecordWriter::new(view, &shape, ask.style);
        let mut out = spill(&settings, ask.expected());
        out.out().push(b'[');
        let mut commas = Commas::default();
        view.select(&query, &mut |row| {
            commas.next(out.out());
            writer.write(out.out(), row);
            out.checkpoint()?;
            Ok(GO_ON)
        })?;
        out.out().push(b']');
        Ok(out)
    };
    let out = state.engine.read(&at.actor, at.database, Weight::Scan, list).await?;
    Ok(out.into_json(StatusCode::OK)?)
}

fn spill(settings: &Arc<Settings>, expected: u64) -> Spill {
    Spill::new(settings, 64 + GUESS * expected.min(AT_ONCE) as usize)
}

/// `filters` of a body. A request is never refused for having one: published clients send `{}` with every `GET` (facts
/// 1). But what is begun like JSON and is none may have been meant to filter, and a filter is never passed over.
fn in_body(body: &[u8]) -> Result<Wanted> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Ok(Wanted::default());
    }
    let mut object: Map<String, Json> = edge::body::from_json(body)?;
    object.get_mut("filters").map_or_else(|| Ok(Wanted::default()), |filters| Wanted::of(filters.take()))
}

/// One record, by its number.
pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (named, record) = (call.segment("tableId").to_owned(), names::read_record(call.segment("recordId")));
    let style = crate::record::style::Style::of(&call.params()?);
    // Known to touch one row only.
    let kept = names::read_table(&named).and_then(|table| state.shapes.kept(at.database, table));
    let cheap = kept.is_some_and(|shape| !shape.has_links);
    let weight = if cheap { Weight::Point } else { Weight::Scan };
    let shapes = state.shapes.clone();
    let get = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        view.require(Some(table.id), Ability::RecordRead)?;
        let shape = shapes.of(view, table.id)?;
        let record = record.ok_or_else(|| names::missing(Subject::Record))?;
        let writer = RecordWriter::new(view, &shape, style);
        let mut out = Vec::with_capacity(512);
        let mut version = 0;
        view.by_ids(table.id, &[record], &shape.projection, &mut |row| {
            writer.write(&mut out, row);
            version = row.seq();
            Ok(STOP)
        })?;
        if out.is_empty() { Err(names::missing(Subject::Record)) } else { Ok((out, version)) }
    };
    let (body, version) = state.engine.read(&at.actor, at.database, weight, get).await?;
    let tag = edge::etag::Tag::of(&body, version);
    Ok(tag.put(respond::json(StatusCode::OK, body), call.headers())?)
}
