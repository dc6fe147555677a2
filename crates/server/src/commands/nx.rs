//! `manytongue nx DATABASE [SCRIPT]`, as the owner.

use super::{Completion, Field, Mode, Outcome, Table, database};
use crate::commands::owner::owner;
use engine::access::DatabaseInfo;
use engine::{Engine, ScriptPlace, Triggers, View, Weight, WriteContext};
use model::{Actor, Error, Result};
use nx::{Diagnostic, Setting};
use std::sync::Arc;

/// Runs a script. One with mistakes is an outcome, too: with its lines and the places in them.
pub async fn run(engine: &Engine, named: &str, script: String, mode: Mode) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    let actor = Arc::new(owner(engine)?);
    let ran = attempt(engine, &actor, &info, script.clone(), mode).await;
    match ran {
        Err(Error::Script { message, line, column }) => {
            let setting = match mode {
                Mode::Query | Mode::Explain => Setting::QUERY,
                Mode::Exec => Setting::EXEC,
            };
            let known = engine.check_script(&actor, info.key, setting, script.clone()).await?;
            let late = || vec![nx::diagnostic::at(&script, (line, column), message)];
            let mistakes: Vec<Diagnostic> = if known.is_empty() { late() } else { known };
            Ok(Outcome::Mistaken { drawn: nx::diagnostic::draw(&script, &mistakes) })
        }
        other => other,
    }
}

async fn attempt(
    engine: &Engine,
    actor: &Arc<Actor>,
    info: &DatabaseInfo,
    script: String,
    mode: Mode,
) -> Result<Outcome> {
    let ids = database::spelling(info).ninox;
    let place = ScriptPlace { database: ids.database, team: ids.team };
    let answer = match mode {
        Mode::Explain => {
            let explained = engine.explain_script(actor, info.key, place, script).await?;
            return Ok(Outcome::Explained { told: explained.json(), text: explained.text() });
        }
        Mode::Query => engine.query_script(actor, info.key, place, script).await?,
        Mode::Exec => {
            let context = WriteContext { triggers: Triggers::Skip, ..WriteContext::default() };
            engine.exec_script(actor, info.key, place, context, script).await?
        }
    };
    let result = serde_json::from_slice(&answer).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Outcome::Ran { result })
}

/// What may stand at a byte of a script.
pub async fn complete(engine: &Engine, named: &str, script: String, cursor: usize) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    let found = engine.complete_script(&Arc::new(owner(engine)?), info.key, script, cursor).await?;
    let shown = |found: nx::Completion| Completion {
        text: found.text,
        told: found.told,
        start: found.replaces.start as usize,
        end: found.replaces.end as usize,
    };
    Ok(Outcome::Completions(found.into_iter().map(shown).collect()))
}

/// The tables of a database with their fields.
pub async fn tables(engine: &Engine, named: &str) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    let field = |field: &model::Field| Field { name: field.name.clone(), kind: field.kind.word().to_owned() };
    let look = move |view: &mut View<'_>| {
        let tables = view.tables();
        let table = |table: &Arc<model::Table>| Table {
            name: table.name.clone(),
            fields: table.live_fields().map(field).collect(),
        };
        Ok(tables.iter().map(table).collect())
    };
    Ok(Outcome::Tables(engine.read(&Arc::new(owner(engine)?), info.key, Weight::Point, look).await?))
}
