//! Explaining scripts that read: run as always, with what was asked of the store noted; and looking at scripts without
//! running them, for whoever writes one.

use super::answer::{refused, stopped};
use super::explained::{Explained, Stopped, plan_of};
use super::{Reading, ScriptPlace, schema_for};
use crate::Engine;
use model::{Actor, DatabaseKey, Result};
use std::sync::Arc;
use std::time::Instant;
use store::database::Weight;

impl Engine {
    /// Runs a script that reads within its budget, and tells what became of each select, the statements that the store
    /// was sent (to who manages the database), and what was used. One that used up its budget is told with how far it
    /// came; other mistakes are errors, as in [`Engine::query_script`].
    pub async fn explain_script(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        place: ScriptPlace,
        source: String,
    ) -> Result<Explained> {
        let limits = self.inner().script_limits;
        self.read(actor, database, Weight::Scan, move |view| {
            let seen = schema_for(&view.catalog.schema, view.scope);
            let program = nx::compile(&source, &seen, nx::Setting::QUERY).map_err(|mistakes| refused(&mistakes))?;
            let mut budget = limits.query();
            let started = Instant::now();
            let (ran, sent) = view.traced(|view| {
                let mut host = Reading::new(view, place.clone());
                nx::run(&program, &mut host, None, &mut budget)
            });
            let time = started.elapsed();
            let (result, stopped) = match ran {
                Ok(value) => {
                    let mut answer = Vec::new();
                    nx::encode(&value, &seen, &mut answer);
                    (answer.len() as u64, None)
                }
                Err(nx::Failure { fault: nx::Fault::Budget(message), span }) => {
                    let (line, column) = nx::diagnostic::position(&source, span.start);
                    (0, Some(Stopped { message, line, column }))
                }
                Err(failure) => return Err(stopped(&source, failure)),
            };
            let selects = nx::explain(&program, &seen).plans;
            let selects = selects.iter().map(|plan| plan_of(plan, &source, &seen)).collect();
            let (spent, limits) = (budget.spent, budget.limits);
            Ok(Explained { selects, sent, spent, limits, time, result, stopped })
        })
        .await
    }

    /// The mistakes of a script that can be known before it runs, all of them; nothing runs.
    pub async fn check_script(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        setting: nx::Setting,
        source: String,
    ) -> Result<Vec<nx::Diagnostic>> {
        self.read(actor, database, Weight::Point, move |view| {
            let seen = schema_for(&view.catalog.schema, view.scope);
            Ok(nx::compile(&source, &seen, setting).err().unwrap_or_default())
        })
        .await
    }

    /// What may stand at a place of a script, a byte of it.
    pub async fn complete_script(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        source: String,
        cursor: usize,
    ) -> Result<Vec<nx::Completion>> {
        self.read(actor, database, Weight::Point, move |view| {
            let seen = schema_for(&view.catalog.schema, view.scope);
            Ok(nx::complete(&source, cursor, &seen, nx::Setting::EXEC))
        })
        .await
    }
}
