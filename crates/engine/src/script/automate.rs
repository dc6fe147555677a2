//! Scripts that run by themselves: after writes, at the click of a button, as the default of a field, as a condition.
//!
//! They were judged when they were saved and run with the rights of a manager of the database
//! (`docs/decisions/0008-buttons-are-delegations.md`), in the name of who caused them. What they write causes no further
//! ones.

use super::answer::{refused, stopped};
use super::{Reading, ScriptLimits, ScriptPlace, Writing, schema_for};
use crate::apply::Work;
use crate::buttons::{ButtonAt, Results, Step};
use crate::view::{Scope, View};
use crate::write::WriteContext;
use model::error::Path;
use model::{Error, Field, Json, RecordAddress, RecordId, Result, Rule, Schema, Seq, TableId, Value};
use nx::ir::Named;
use nx::{Budget, Setting};
use std::cell::OnceCell;
use store::database::WriteTx;

/// Most bytes of what a script gave that are kept with a run.
const MOST_KEPT: usize = 64 << 10;

impl<'w> Work<'w, '_> {
    /// Runs the scripts of the tables whose records this write made or changed.
    pub(crate) fn run_triggers(&mut self, scope: &'w Scope, manager: &'w OnceCell<Scope>) -> Result<()> {
        let mut due: Vec<(TableId, RecordId, String)> = Vec::new();
        for (id, touched) in &self.touched {
            let Ok(table) = self.table(*id) else { continue };
            if table.triggers.is_empty() {
                continue;
            }
            let script = |created: bool| match created {
                true => table.triggers.after_create.clone(),
                false => table.triggers.after_update.clone(),
            };
            due.extend(touched.written().filter_map(|(record, created)| Some((*id, record, script(created)?))));
        }
        if due.is_empty() {
            return Ok(());
        }
        self.scope = manager.get_or_init(|| scope.as_manager());
        let mut budget = scope.members.engine().inner().script_limits.exec();
        let ran = due.into_iter().try_for_each(|(table, record, script)| {
            self.run_script(&script, RecordAddress { table, record }, &mut budget).map(drop)
        });
        self.scope = scope;
        ran
    }

    /// Runs a kept script about a record; what it gives, as JSON.
    fn run_script(&mut self, script: &str, about: RecordAddress, budget: &mut Budget) -> Result<Json> {
        let catalog = self.catalog();
        let program = nx::compile(script, &catalog.schema, Setting::action(about.table)).map_err(|m| refused(&m))?;
        let mut host = Writing::new(self, ScriptPlace::default());
        let value = nx::run(&program, &mut host, Some(about), budget).map_err(|failure| stopped(script, failure))?;
        Ok(as_json(&value, &catalog.schema))
    }

    /// What the script of a default gives, as a value of the field.
    pub(crate) fn default_of(&mut self, field: &Field, script: &str) -> Result<Value> {
        let catalog = self.catalog();
        let program = nx::compile(script, &catalog.schema, Setting::QUERY).map_err(|m| refused(&m))?;
        let scope = self.scope.as_manager();
        let mut budget = scope.members.engine().inner().script_limits.exec();
        let mut view = View::new(&mut *self.w.tx, catalog.clone(), &scope);
        let mut host = Reading::new(&mut view, ScriptPlace::default());
        let given = nx::run(&program, &mut host, None, &mut budget).map_err(|failure| stopped(script, failure))?;
        nx::ops::assign(&given, &field.kind, &catalog.schema).map_err(|fault| {
            let why = format!("has a default that does not fit: {fault}");
            Error::invalid(Path::field(field.id, &field.name), Rule::Malformed(why))
        })
    }
}

/// Carries out what a click does and logs it as one write: its sequence, and what its scripts gave.
pub(crate) fn carry_out(
    w: &mut WriteTx<'_>,
    scope: &Scope,
    (key, context): ([u8; 16], WriteContext),
    at: ButtonAt,
    steps: Vec<Step>,
    limits: &ScriptLimits,
) -> Result<(Option<Seq>, Results)> {
    let mut work = Work::new(w, scope);
    let (mut results, mut budget) = (Results::new(), limits.exec());
    for step in steps {
        match step {
            Step::Change(change) => drop(work.apply(change)?),
            Step::Script(place, script) => {
                let given = work.run_script(&script, at.record, &mut budget)?;
                results.insert(place, given);
            }
        }
    }
    Ok((work.finish(key, context)?, results))
}

impl View<'_> {
    /// Whether a kept script about a record is true.
    pub(crate) fn script_holds(&mut self, script: &str, about: RecordAddress) -> Result<bool> {
        let schema = self.catalog.schema.clone();
        let program = nx::compile(script, &schema, Setting::formula(about.table)).map_err(|m| refused(&m))?;
        let mut budget = self.scope.members.engine().inner().script_limits.query();
        let mut host = Reading::new(self, ScriptPlace::default());
        let given = nx::run(&program, &mut host, Some(about), &mut budget).map_err(|f| stopped(script, f))?;
        Ok(nx::ops::truth(&given))
    }

    /// A kept script as people read it: with the names that tables and fields have now.
    pub fn script_source(&self, kept: &str) -> String {
        nx::stored::named(kept, &self.catalog.schema)
    }

    /// The same for this actor; none when it names a table or field that the actor may not see.
    pub fn script_shown(&self, kept: &str) -> Option<String> {
        let seen = schema_for(&self.catalog.schema, self.scope);
        let is_there = |schema: &Schema, named: Named| match named {
            Named::Table(table) => schema.table(table).is_ok(),
            Named::Field(table, field) => schema.table(table).is_ok_and(|table| table.field(field).is_ok()),
        };
        let mut named = nx::syntax::numbered::all(kept).into_iter().map(|(_, named)| named);
        // What is gone is told by its number to everybody.
        let is_hidden = |named| is_there(&self.catalog.schema, named) && !is_there(&seen, named);
        (!named.any(is_hidden)).then(|| self.script_source(kept))
    }
}

/// What a script gave, as it is kept with a run.
fn as_json(value: &nx::Value, schema: &model::Schema) -> Json {
    let mut out = Vec::new();
    nx::encode(value, schema, &mut out);
    if out.len() > MOST_KEPT {
        return Json::String("(too long to be kept)".to_owned());
    }
    serde_json::from_slice(&out).unwrap_or(Json::Null)
}
