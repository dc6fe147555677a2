//! `POST /table/{tableId}/undo-redo/undo` and `…/redo`: what this client's window did last (facts A1, A4). The status is
//! 201 as of every POST there (captured from `@teable/openapi` 1.10).

use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use edge::{Answer, Call, respond};
use engine::{UndoOutcome, View, Weight};
use model::{Error, Result, Subject};
use serde_json::{Value, json};

pub async fn undo(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let window = door::window(&call);
    seen(&state, &actor, name).await?;
    let Some(window) = window else { return told("empty", None) };
    outcome(state.engine.undo(&actor, name.database, Some(name.table), &window).await)
}

pub async fn redo(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let window = door::window(&call);
    seen(&state, &actor, name).await?;
    let Some(window) = window else { return told("empty", None) };
    outcome(state.engine.redo(&actor, name.database, Some(name.table), &window).await)
}

/// Refuses a table that the actor may not know of.
async fn seen(state: &State, actor: &std::sync::Arc<model::Actor>, name: names::TableName) -> Result<()> {
    let look = move |view: &mut View<'_>| view.table(name.table).map(drop);
    state.engine.read(actor, name.database, Weight::Point, look).await.map_err(hidden_behind(Subject::Table))
}

/// What was changed since, or is against the rules now, is a failure of the step and not of the request.
fn outcome(result: Result<UndoOutcome>) -> Answer {
    match result {
        Ok(UndoOutcome::Fulfilled(_)) => told("fulfilled", None),
        Ok(UndoOutcome::Empty) => told("empty", None),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => told("failed", Some(error.to_string())),
        Err(error) => Err(hidden_behind(Subject::Table)(error).into()),
    }
}

fn told(status: &str, message: Option<String>) -> Answer {
    let mut body: Value = json!({"status": status});
    if let Some(message) = message {
        body["errorMessage"] = json!(message);
    }
    let response: Response = respond::wire(StatusCode::CREATED, &body)?;
    Ok(response)
}
