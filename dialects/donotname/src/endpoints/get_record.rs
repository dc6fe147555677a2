//! `GET /table/{tableId}/record/{recordId}` (reference, "Get a Single Record").

use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::list::{cell_format, key_type, selection, texts};
use crate::record::write::RecordWriter;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, etag, respond};
use engine::{STOP, View, Weight};
use model::{Ability, Subject};

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    // An id of another table is answered like one that is not there, once the table is known to be readable.
    let record = names::read_record(call.segment("recordId"), name);
    let params = call.params()?;
    let (key_type, format) = (key_type(&params)?, cell_format(&params)?);
    let projection = texts(&params, "projection")?;
    drop(params);
    // Known to touch one row only.
    let is_cheap = state.shapes.kept(name.database, name.table).is_some_and(|shape| !shape.has_links);
    let weight = if is_cheap { Weight::Point } else { Weight::Scan };
    let shapes = state.shapes.clone();
    let get = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let record = record.ok_or_else(|| names::missing(Subject::Record))?;
        let chosen = if projection.is_empty() { None } else { Some(selection(&shape, key_type, &projection)?) };
        let selection = chosen.as_ref().unwrap_or(&shape.whole);
        let writer = RecordWriter::new(view, &shape, selection, key_type, format);
        let mut out = Vec::with_capacity(512);
        let mut version = 0;
        view.by_ids(name.table, &[record], &selection.projection, &mut |row| {
            writer.write(&mut out, row);
            version = row.seq();
            Ok(STOP)
        })?;
        if out.is_empty() { Err(names::missing(Subject::Record)) } else { Ok((out, version)) }
    };
    let found = state.engine.read(&actor, name.database, weight, get).await.map_err(hidden_behind(Subject::Table))?;
    let (body, version) = found;
    let tag = etag::Tag::of(&body, version);
    Ok(tag.put(respond::json(StatusCode::OK, body), call.headers())?)
}
