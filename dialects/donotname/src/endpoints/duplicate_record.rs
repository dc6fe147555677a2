//! `POST /table/{tableId}/record/{recordId}/duplicate`, and the older address without the last word (facts A0).

use super::ordering;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names;
use crate::record::keys::KeyType;
use crate::record::shape::Shape;
use crate::record::write::{CellFormat, RecordWriter};
use crate::record::{order, render};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::{STOP, View};
use model::change::NewRecord;
use model::kind::Kind;
use model::query::Projection;
use model::{Ability, Change, Json, RecordId, Result, Slot, Subject, Value};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let record = names::read_record(call.segment("recordId"), name);
    let context = door::context(&call);
    let bytes = call.body().await?;
    let body = if bytes.is_empty() { Json::Null } else { edge::body::from_json(&bytes)? };
    // Facts A3: an optional order object; clients send it empty, too.
    let has_order = body.as_object().is_some_and(|object| !object.is_empty());
    let order = order::asked(Some(body).filter(|_| has_order))?;
    let asked = order.clone();
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordCreate)?;
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.within_write(view, name.table)?;
        ordering::admit(view, &shape, asked.as_ref())?;
        let record = record.ok_or_else(|| names::missing(Subject::Record))?;
        let values = copy(view, &shape, record)?.ok_or_else(|| names::missing(Subject::Record))?;
        let records = vec![NewRecord { values, without_defaults: true, ..NewRecord::default() }];
        Ok(vec![Change::CreateRecords { table: name.table, records }])
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let shape = shapes_after.within_write(view, name.table)?;
        let ids = render::made(receipt, name.table);
        Ok((answer_of(view, &shape, &ids)?, ids))
    };
    let written = state.engine.write(&actor, name.database, context, plan, render).await;
    let (answer, ids) = written.map_err(hidden_behind(Subject::Table))?;
    ordering::put(&state, &actor, name, order, ids).await?;
    Ok(respond::json(StatusCode::CREATED, answer))
}

/// The values of a record that a copy has too; none when it is not there.
fn copy(view: &mut View<'_>, shape: &Shape, record: RecordId) -> Result<Option<Vec<(Slot, Value)>>> {
    let copied: Vec<&crate::record::shape::Column> = shape.columns.iter().filter(|c| is_copied(shape, c)).collect();
    let projection = Projection::These(copied.iter().map(|c| c.shown.operand.clone()).collect());
    let mut values = None;
    view.by_ids(shape.table.id, &[record], &projection, &mut |row| {
        let cells = copied.iter().enumerate().map(|(i, c)| (Slot::plain(c.shown.id), row.value(i)));
        values = Some(cells.filter(|(_, value)| !value.is_empty()).collect());
        Ok(STOP)
    })?;
    Ok(values)
}

/// Whether a copy has the field's value: not of what the server makes, and not where two records cannot have the same
/// (unique fields, links that belong to one record).
fn is_copied(shape: &Shape, column: &crate::record::shape::Column) -> bool {
    let is_exclusive = match &column.shown.kind {
        Kind::Reference(kind) => kind.exclusive,
        Kind::Links(kind) => kind.exclusive,
        Kind::Reverse(_) => true,
        _ => false,
    };
    let is_unique = shape.table.field(column.shown.id).is_ok_and(|field| field.is_unique());
    column.shown.is_written && !is_exclusive && !is_unique
}

/// The record, keyed by id, plus `records` with it alone: what either generation of clients reads (facts A0).
fn answer_of(view: &mut View<'_>, shape: &Shape, ids: &[RecordId]) -> Result<Vec<u8>> {
    let writer = RecordWriter::new(view, shape, &shape.whole, KeyType::Id, CellFormat::Json);
    let mut out = Vec::with_capacity(1024);
    view.by_ids(shape.table.id, ids, &shape.whole.projection, &mut |row| {
        writer.write_open(&mut out, row);
        out.extend_from_slice(b",\"records\":[");
        writer.write(&mut out, row);
        out.extend_from_slice(b"]}");
        Ok(STOP)
    })?;
    Ok(out)
}
