//! `GET` and `PUT /table/{tableId}/triggers {afterCreate?, afterUpdate?}`, which are ours: scripts in NX that run when a
//! record was made or changed, in the same write.

use crate::door::{self, State};
use crate::field::spec::present;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{Receipt, View};
use model::change::{Patch, TablePatch};
use model::{Ability, Change, Json, Result, TableId};
use serde::Deserialize;
use serde_json::json;

/// Null or an empty text takes a script away, what is not named stays.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Wanted {
    #[serde(deserialize_with = "present")]
    after_create: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    after_update: Option<Option<String>>,
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let look = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableRead)?;
        // Scripts name tables and fields that not everybody may know of.
        view.require(Some(name.table), Ability::AutomationUpdate)?;
        shown(view, name.table)
    };
    state.tell(&actor, name.into(), look).await
}

pub async fn put(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let context = door::context(&call);
    let body: Wanted = call.json().await?;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableUpdate)?;
        view.table(name.table)?;
        let patch = TablePatch {
            after_create: script(&body.after_create),
            after_update: script(&body.after_update),
            ..TablePatch::default()
        };
        Ok(vec![Change::EditTable { table: name.table, patch: Box::new(patch) }])
    };
    let render = move |view: &mut View<'_>, _: &Receipt| shown(view, name.table);
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}

fn script(given: &Option<Option<String>>) -> Patch<String> {
    match given {
        None => Patch::Keep,
        Some(Some(script)) if !script.trim().is_empty() => Patch::Set(script.clone()),
        Some(_) => Patch::Clear,
    }
}

/// Both scripts with the names of now; null where there is none, or one that names what the asker may not see.
fn shown(view: &View<'_>, table: TableId) -> Result<Json> {
    let triggers = view.table(table)?.triggers.clone();
    let shown = |script: &Option<String>| script.as_ref().and_then(|script| view.script_shown(script));
    Ok(json!({"afterCreate": shown(&triggers.after_create), "afterUpdate": shown(&triggers.after_update)}))
}
