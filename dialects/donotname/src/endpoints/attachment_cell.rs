//! A cell of attachments that gets more of them: who may, and how it is written.

use crate::cell::files;
use crate::door::State;
use crate::error::hidden_behind;
use crate::field::word::Word;
use crate::names::{self, TableName};
use crate::record::keys::KeyType;
use crate::record::render;
use crate::record::shape::Shapes;
use axum::http::StatusCode;
use edge::etag::Expected;
use edge::{Answer, Call, respond};
use engine::{View, Weight, WriteContext};
use model::change::RecordUpdate;
use model::error::Path;
use model::{
    Ability, Actor, Change, Error, FieldId, Json, RecordAddress, RecordId, Result, Role, Rule, Slot, Subject, Value,
};
use std::sync::Arc;

/// The cell of an address.
#[derive(Clone, Copy)]
pub struct Cell {
    name: TableName,
    /// None for an id of no record of the table.
    record: Option<RecordId>,
    field: Option<FieldId>,
}

impl Cell {
    /// Who asks, and of which cell.
    pub fn of(state: &State, call: &Call) -> Result<(Arc<Actor>, Cell)> {
        let actor = state.actor(call)?;
        let name = names::table_in_path(call.segment("tableId"))?;
        let record = names::read_record(call.segment("recordId"), name);
        let field = names::read_field(call.segment("fieldId"), name);
        Ok((actor, Cell { name, record, field }))
    }

    /// The record and field, if the actor may write attachments there.
    fn judged(self, view: &mut View<'_>, shapes: &Shapes) -> Result<(RecordId, FieldId)> {
        let table = self.name.table;
        view.require(Some(table), Ability::RecordUpdate)?;
        let shape = shapes.within_write(view, table)?;
        let record = self.record.ok_or_else(|| names::missing(Subject::Record))?;
        // Whoever may change but not read records is told by the write whether this one is there.
        if view.require(Some(table), Ability::RecordRead).is_ok() && !view.exists(RecordAddress { table, record })? {
            return Err(names::missing(Subject::Record));
        }
        let field = self.field.ok_or_else(|| names::missing(Subject::Field))?;
        let shown = &shape.column_of(field).ok_or_else(|| names::missing(Subject::Field))?.shown;
        let wrong = |why: &str| Error::invalid(Path::field(shown.id, &shown.name), Rule::Malformed(why.to_owned()));
        if shown.word != Word::Attachment {
            return Err(wrong("is not an attachment field"));
        }
        if !shown.is_written {
            return Err(wrong("is computed and cannot be written"));
        }
        let role = view.actor().field_role(view.table_role(table), view.key(), table, field);
        if role < Role::Edit {
            return Err(Error::Forbidden(Ability::RecordUpdate));
        }
        Ok((record, field))
    }
}

/// Refuses who may not write attachments to the cell, before they send any.
pub async fn admit(state: &State, actor: &Arc<Actor>, cell: Cell) -> Result<()> {
    let shapes = state.shapes.clone();
    let look = move |view: &mut View<'_>| cell.judged(view, &shapes).map(drop);
    let judged = state.engine.read(actor, cell.name.database, Weight::Point, look).await;
    judged.map_err(hidden_behind(Subject::Table))
}

/// Adds attachments behind the one with the id `anchor`, or at the end, if the record is as expected; the record, keyed
/// by ids.
pub async fn add(
    state: &State,
    actor: &Arc<Actor>,
    cell: Cell,
    context: WriteContext,
    items: Vec<Json>,
    anchor: Option<String>,
    expected: Option<Expected>,
) -> Answer {
    let (shapes, shapes_after) = (state.shapes.clone(), state.shapes.clone());
    let name = cell.name;
    let plan = move |view: &mut View<'_>| {
        let (record, field) = cell.judged(view, &shapes)?;
        if let Some(expected) = &expected {
            let version = view.version(RecordAddress { table: name.table, record })?;
            expected.admit(Some(version.ok_or_else(|| names::missing(Subject::Record))?))?;
        }
        let present = view.files_in_cell(name.table, record, field)?;
        let mut list = present.ok_or_else(|| names::missing(Subject::Record))?;
        let at = match &anchor {
            None => list.len(),
            Some(anchor) => 1 + place_of(&list, anchor).ok_or_else(|| Error::malformed("anchorId", "is unknown"))?,
        };
        list.splice(at..at, items.iter().cloned());
        let values = vec![(Slot::plain(field), Value::Structure(Json::Array(list)))];
        Ok(vec![Change::UpdateRecords { table: name.table, updates: vec![RecordUpdate { record, values }] }])
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let shape = shapes_after.within_write(view, name.table)?;
        let mut out = Vec::with_capacity(1024);
        render::list(view, &shape, KeyType::Id, &render::made(receipt, name.table), &mut out)?;
        Ok(out)
    };
    let written = state.engine.write(actor, name.database, context, plan, render).await;
    Ok(respond::json(StatusCode::CREATED, written.map_err(hidden_behind(Subject::Table))?))
}

/// Where the attachment of an id stands.
fn place_of(list: &[Json], id: &str) -> Option<usize> {
    list.iter().position(|item| item.get("token").and_then(Json::as_str).is_some_and(|token| files::id(token) == id))
}
