//! Running scripts for a door: compile, run, encode.

use super::{Reading, Writing, schema_for};
use crate::apply::Work;
use crate::once::Once;
use crate::{Engine, WriteContext};
use model::{Actor, DatabaseKey, Error, Result};
use std::sync::Arc;
use store::database::{Weight, WriteTx};

/// What `databaseId()` and `teamId()` are to a script: ids as the door of the script spells them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ScriptPlace {
    pub database: String,
    pub team: String,
}

impl Engine {
    /// Runs a script that reads, on a snapshot; its result as JSON. Whatever would write is refused before it runs, and
    /// by what it reads through besides.
    pub async fn query_script(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        place: ScriptPlace,
        source: String,
    ) -> Result<Vec<u8>> {
        let limits = self.inner().script_limits;
        self.read(actor, database, Weight::Scan, move |view| {
            let seen = schema_for(&view.catalog.schema, view.scope);
            let program = nx::compile(&source, &seen, nx::Setting::QUERY).map_err(|mistakes| refused(&mistakes))?;
            let mut host = Reading::new(view, place.clone());
            run(&program, &source, &mut host, &mut limits.query())
        })
        .await
    }

    /// Runs a script that may write, in one transaction: all of it stands, or nothing. Its result as JSON.
    pub async fn exec_script(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        place: ScriptPlace,
        context: WriteContext,
        source: String,
    ) -> Result<Vec<u8>> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let (once, key, limits) = (Once::next(), self.write_key(), self.inner().script_limits);
        let context = context.of(actor);
        let job = move |w: &mut WriteTx<'_>| {
            Once::or_kept(once.as_ref(), w, |w| {
                let seen = schema_for(&w.catalog().schema, &scope);
                let program = nx::compile(&source, &seen, nx::Setting::EXEC).map_err(|mistakes| refused(&mistakes))?;
                let mut work = Work::new(w, &scope);
                let mut host = Writing::new(&mut work, place.clone());
                let answer = run(&program, &source, &mut host, &mut limits.exec())?;
                work.finish(key, context.clone())?;
                Ok(answer)
            })
        };
        open.write(job).await
    }
}

/// Runs a checked script and gives its result as JSON.
fn run(program: &nx::Program, source: &str, host: &mut dyn nx::Host, budget: &mut nx::Budget) -> Result<Vec<u8>> {
    let value = nx::run(program, host, None, budget).map_err(|failure| stopped(source, failure))?;
    let mut out = Vec::new();
    nx::encode(&value, host.schema(), &mut out);
    Ok(out)
}

/// The first mistake of a script that cannot be run.
pub(crate) fn refused(mistakes: &[nx::Diagnostic]) -> Error {
    match mistakes.first() {
        Some(first) => {
            let notes: String = first.notes.iter().map(|note| format!("; {note}")).collect();
            Error::Script { message: format!("{}{notes}", first.message), line: first.line, column: first.column }
        }
        None => Error::Internal("a script was refused without a reason".to_owned()),
    }
}

/// Why a script stopped. What the rules of the database say is said in their own words.
pub(crate) fn stopped(source: &str, failure: nx::Failure) -> Error {
    fault_error(failure.fault, nx::diagnostic::position(source, failure.span.start))
}

fn fault_error(fault: nx::Fault, (line, column): (u32, u32)) -> Error {
    match fault {
        nx::Fault::Script(message) | nx::Fault::Budget(message) => Error::Script { message, line, column },
        nx::Fault::Host(error) => error,
    }
}
