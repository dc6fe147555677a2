//! Scripts of the NX language, as far as this door goes: who asks, where, and the script. The language is the core's.

use crate::door::State;
use crate::names;
use engine::{Explained, ScriptPlace, Triggers, WriteContext};
use model::{Actor, DatabaseKey, Result};
use std::sync::Arc;

/// Runs a script that only reads; the JSON of its value.
pub async fn query(state: &State, actor: &Arc<Actor>, database: DatabaseKey, script: &str) -> Result<Vec<u8>> {
    let place = place(state, actor, database)?;
    state.engine.query_script(actor, database, place, script.to_owned()).await
}

/// Runs a script that only reads, and tells what became of it.
pub async fn explain(state: &State, actor: &Arc<Actor>, database: DatabaseKey, script: &str) -> Result<Explained> {
    let place = place(state, actor, database)?;
    state.engine.explain_script(actor, database, place, script.to_owned()).await
}

/// Runs a script that may write; the JSON of its value. Scripts of tables do not run for what scripts write (facts 6).
pub async fn exec(
    state: &State,
    actor: &Arc<Actor>,
    database: DatabaseKey,
    context: WriteContext,
    script: &str,
) -> Result<Vec<u8>> {
    let place = place(state, actor, database)?;
    let context = WriteContext { triggers: Triggers::Skip, ..context };
    state.engine.exec_script(actor, database, place, context, script.to_owned()).await
}

/// What `databaseId()` and `teamId()` give.
fn place(state: &State, actor: &Arc<Actor>, database: DatabaseKey) -> Result<ScriptPlace> {
    let (info, _) = state.engine.resolve_database(actor, database)?;
    Ok(ScriptPlace { database: database.to_string(), team: names::team(info.workspace) })
}
