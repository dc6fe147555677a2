//! `POST /table/{tableId}/record/{recordId}/{fieldId}/button-click` and `…/button-reset` (reference, "Button Click";
//! facts A0, A3).

use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names::{self, TableName};
use crate::record::keys::KeyType;
use crate::record::list::key_type;
use crate::record::render;
use crate::record::shape::Shape;
use crate::record::write::{CellFormat, RecordWriter};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, json, respond};
use engine::{ButtonAt, Receipt, STOP, View};
use model::time::Instant;
use model::{FieldId, Json, RecordAddress, RecordId, Result, Seq, Subject};

/// The button of a path. An id of another table is answered like one that is not there, once it is known what the
/// actor may: no field and no record has the number 0.
fn named(call: &Call) -> Result<(TableName, ButtonAt)> {
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name).unwrap_or(RecordId(0));
    let field = names::read_field(call.segment("fieldId"), name).unwrap_or(FieldId(0));
    Ok((name, ButtonAt { record: RecordAddress { table: name.table, record }, field }))
}

pub async fn click(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let (name, at) = named(&call)?;
    let key_type = key_type(&call.params()?)?;
    let context = door::context(&call);
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let tell = move |view: &mut View<'_>, seq: Seq, fields: &[FieldId]| {
        // What the button sees is not what this door keeps for people.
        let shape = shapes.within_write(view, name.table)?;
        told(view, &shape, at, seq, fields)
    };
    let render = move |view: &mut View<'_>, seq: Seq| {
        let shape = shapes_after.within_write(view, name.table)?;
        let mut out = Vec::with_capacity(512);
        out.push(b'{');
        ids(&mut out, name, at, seq, &["runId", "tableId", "fieldId"]);
        let results = view.click_results(at, seq)?;
        if !results.is_empty() {
            json::key(&mut out, "results");
            json::value(&mut out, &Json::Array(results));
            out.push(b',');
        }
        out.extend_from_slice(b"\"record\":");
        render::list(view, &shape, key_type, &[at.record.record], &mut out)?;
        out.push(b'}');
        Ok(out)
    };
    state.prepare(&actor, name).await;
    let clicked = state.engine.click(&actor, name.database, context, at, tell, render).await;
    Ok(respond::json(StatusCode::CREATED, clicked.map_err(hidden_behind(Subject::Table))?))
}

pub async fn reset(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let (name, at) = named(&call)?;
    let key_type = key_type(&call.params()?)?;
    let context = door::context(&call);
    let shapes = state.shapes.clone();
    let render = move |view: &mut View<'_>, _: &Receipt| {
        let shape = shapes.within_write(view, name.table)?;
        let mut out = Vec::with_capacity(512);
        render::list(view, &shape, key_type, &[at.record.record], &mut out)?;
        Ok(out)
    };
    state.prepare(&actor, name).await;
    let reset = state.engine.reset_button(&actor, name.database, context, at, render).await;
    Ok(respond::json(StatusCode::OK, reset.map_err(hidden_behind(Subject::Table))?))
}

/// What a webhook is told: `{event, runId, baseId, tableId, recordId, fieldId, createdTime, record}`, the record as
/// everywhere, with these fields keyed by id.
fn told(view: &mut View<'_>, shape: &Shape, at: ButtonAt, seq: Seq, fields: &[FieldId]) -> Result<Vec<u8>> {
    let columns = (0..shape.columns.len()).filter(|i| fields.contains(&shape.columns[*i].shown.id)).collect();
    let mut selection = shape.select(columns);
    if !fields.contains(&shape.table.primary) {
        // The name of a record is the value of a field, too.
        selection.primary = None;
    }
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"{\"event\":\"button.click\",");
    ids(&mut out, shape.name, at, seq, &["runId", "baseId", "tableId", "recordId", "fieldId"]);
    out.extend_from_slice(b"\"createdTime\":");
    json::instant_iso(&mut out, Instant(view.now().0));
    out.extend_from_slice(b",\"record\":");
    let writer = RecordWriter::new(view, shape, &selection, KeyType::Id, CellFormat::Json);
    view.by_ids(shape.table.id, &[at.record.record], &selection.projection, &mut |row| {
        writer.write(&mut out, row);
        Ok(STOP)
    })?;
    out.push(b'}');
    Ok(out)
}

/// The ids of a click under these keys, each with a comma behind it.
fn ids(out: &mut Vec<u8>, name: TableName, at: ButtonAt, seq: Seq, keys: &[&str]) {
    for key in keys {
        let id = match *key {
            "runId" => names::run(name.database, seq.0),
            "baseId" => names::base(name.database),
            "tableId" => names::table(name),
            "recordId" => names::record(name.database, at.record),
            _ => names::field(name, at.field),
        };
        json::key(out, key);
        json::string(out, &id);
        out.push(b',');
    }
}
