//! `GET /table/{tableId}/field/{fieldId}/runs?cursor=&take=`: what clicks on a button did. An address of ours.

use crate::door::State;
use crate::names::{self, TableName};
use axum::extract::State as Shared;
use edge::{Answer, Call, Params};
use engine::{Outcome, Run, RunState, View};
use model::error::Path;
use model::kind::button::Deed;
use model::{Error, FieldId, Json, RecordAddress, Result, Rule, Seq};
use serde_json::json;

/// Runs of a page, when nobody says.
const PAGE: usize = 20;
/// Most runs of a page.
const MOST: usize = 100;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let field = names::read_field(call.segment("fieldId"), name).unwrap_or(FieldId(0));
    let params = call.params()?;
    params.refuse_unknown(&["cursor", "take"])?;
    let (before, take) = (before(&params, name)?, take(&params)?);
    drop(params);
    let ask = move |view: &mut View<'_>| {
        let mut runs = view.runs((name.table, field), before, take + 1)?;
        let next = runs.get(take).map(|run| names::run(name.database, run.seq.0));
        runs.truncate(take);
        let runs: Vec<Json> = runs.iter().map(|run| shown(name, run)).collect();
        Ok(json!({"runs": runs, "nextCursor": next}))
    };
    state.tell(&actor, name.into(), ask).await
}

/// The sequence below which the page begins: the cursor names its first run.
fn before(params: &Params<'_>, name: TableName) -> Result<Option<Seq>> {
    let Some(cursor) = params.one("cursor")?.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let seq = names::read_run(cursor, name.database);
    let seq = seq.ok_or_else(|| Error::invalid_given(Path::of("cursor"), Rule::Unknown, cursor))?;
    Ok(Some(Seq(seq + 1)))
}

fn take(params: &Params<'_>) -> Result<usize> {
    let Some(text) = params.one("take")? else { return Ok(PAGE) };
    let take = text.parse::<usize>().ok().filter(|take| (1..=MOST).contains(take));
    let rule = || Rule::Malformed(format!("must be a whole number from 1 to {MOST}"));
    take.ok_or_else(|| Error::invalid_given(Path::of("take"), rule(), text))
}

fn shown(name: TableName, run: &Run) -> Json {
    let record = RecordAddress { table: run.table, record: run.record };
    json!({
        "id": names::run(name.database, run.seq.0),
        "recordId": names::record(name.database, record),
        "createdTime": run.at.to_iso(),
        "createdBy": run.actor.map(names::user),
        "state": word(whole(run)),
        "took": run.took,
        "actions": run.outcomes.iter().map(one).collect::<Vec<_>>(),
    })
}

fn one(outcome: &Outcome) -> Json {
    let action = match outcome.action {
        Deed::SetFields => "setFields",
        Deed::CreateRecord => "createRecord",
        Deed::CallWebhook => "callWebhook",
        Deed::RunScript => "runScript",
    };
    let mut out = json!({"type": action, "state": word(outcome.state)});
    if let Some(status) = outcome.status {
        out["status"] = json!(status);
    }
    if let Some(error) = &outcome.error {
        out["error"] = json!(error);
    }
    if let Some(result) = &outcome.result {
        out["result"] = result.clone();
    }
    out
}

/// How a run is as a whole: what went wrong counts more than what is under way.
fn whole(run: &Run) -> RunState {
    let has = |state: RunState| run.outcomes.iter().any(|outcome| outcome.state == state);
    match () {
        () if has(RunState::Failed) => RunState::Failed,
        () if has(RunState::Pending) => RunState::Pending,
        () => RunState::Done,
    }
}

fn word(state: RunState) -> &'static str {
    match state {
        RunState::Done => "done",
        RunState::Pending => "pending",
        RunState::Failed => "failed",
        RunState::Skipped => "skipped",
    }
}
