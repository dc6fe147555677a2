//! `POST /inbox/add`: a new node in the inbox (reference, "Send to inbox").

use super::doc_edit::insert;
use crate::door::State;
use crate::error::no_inbox;
use crate::names::{self, Document};
use crate::outline::Outline;
use crate::wire;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::Steps;
use engine::access::End;
use model::change::{Among, Place};
use model::error::Path;
use model::{Error, Json, Subject};
use serde_json::json;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let all = state.engine.preferences(&ask.actor)?;
    // Null counts as not given (facts 1.8); then the user's own choice counts, which is the bottom at first.
    let index = wire::whole(&ask.body, "index", (-1, i64::MAX), &Path::default())?.unwrap_or(match all.inbox_end {
        End::Top => 0,
        End::Bottom => -1,
    });
    let index = usize::try_from(index).ok();
    let inbox = all.inbox.ok_or_else(no_inbox)?;
    let document = Document { database: inbox.database, table: inbox.table };
    let body = ask.body.clone();
    let steps = move |steps: &mut Steps<'_, '_>| {
        let outline = Outline::of(&steps.view(), document.table)?;
        let values = outline.values(&body, &Path::default())?;
        let count = steps.view().count_children(document.table, inbox.record)?;
        let among = match index {
            Some(0) => Among::First,
            Some(index) => Among::Index(index),
            None => Among::Last,
        };
        let place = Place { parent: inbox.record, among };
        let node = insert(steps, document, place, values)?;
        Ok(json!({"node": names::node(document, Some(node)), "index": index.map_or(count, |index| index.min(count))}))
    };
    let made = state.write(&ask.actor, document, ask.context(), steps).await.map_err(gone)?;
    let file = names::document(document);
    let part = |key: &str| made.get(key).cloned().unwrap_or(Json::Null);
    Ok(ask.answer([("file_id", file.into()), ("node_id", part("node")), ("index", part("index"))])?)
}

/// An inbox that is gone, or not to be known any more, is none.
fn gone(error: Error) -> Error {
    match error {
        Error::NotFound { subject: Subject::Table | Subject::Record, .. } => no_inbox(),
        other => other,
    }
}
