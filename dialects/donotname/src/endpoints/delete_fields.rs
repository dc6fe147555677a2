//! `DELETE /table/{tableId}/field/{fieldId}` and `DELETE /table/{tableId}/field?fieldIds=` (facts A4). The primary field
//! cannot be deleted.

use crate::door::{self, State};
use crate::field::shown::is_shown;
use crate::names::{self, TableName};
use crate::record::list::texts;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{View, WriteContext};
use model::error::Path;
use model::{Ability, Actor, Change, Error, FieldId, Rule, Subject};
use serde_json::json;
use std::sync::Arc;

pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let ids = vec![names::read_field(call.segment("fieldId"), name)];
    delete(&state, &actor, door::context(&call), name, ids).await
}

pub async fn many(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let params = call.params()?;
    let ids: Vec<Option<FieldId>> = texts(&params, "fieldIds")?.iter().map(|id| names::read_field(id, name)).collect();
    drop(params);
    if ids.is_empty() {
        return Err(Error::invalid(Path::of("fieldIds"), Rule::Required).into());
    }
    delete(&state, &actor, door::context(&call), name, ids).await
}

async fn delete(
    state: &State,
    actor: &Arc<Actor>,
    context: WriteContext,
    name: TableName,
    ids: Vec<Option<FieldId>>,
) -> Answer {
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldDelete)?;
        let table = view.table(name.table)?;
        let mut changes = Vec::with_capacity(ids.len());
        for id in &ids {
            let field = id.and_then(|id| table.field(id).ok()).filter(|field| is_shown(field));
            let field = field.ok_or_else(|| names::missing(Subject::Field))?;
            if field.id == table.primary {
                let why = "is the primary field, which cannot be deleted".to_owned();
                return Err(Error::invalid(Path::field(field.id, &field.name), Rule::Malformed(why)));
            }
            let change = Change::DeleteField { table: table.id, field: field.id };
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
        Ok(changes)
    };
    let render = |_: &mut View<'_>, _: &engine::Receipt| Ok(json!({}));
    state.change(actor, name.into(), context, StatusCode::OK, plan, render).await
}
