//! Buttons: a click counts, changes what the button's actions say, and tells other systems, in this order.
//!
//! Counting and changing are one write with one row in the log, so history and undo know it; webhooks are called after
//! the commit. A click needs no more than reading: who saved the actions was judged then (`apply/actions.rs`), and they
//! are carried out with the rights of a manager of this database and of nothing else.

mod deliver;
mod plan;

use crate::judge::deferred::present_value;
use crate::once::Once;
use crate::script::carry_out;
use crate::view::{Scope, View};
use crate::write::WriteContext;
use crate::{Engine, Receipt};
pub(crate) use deliver::AT_ONCE as DELIVERIES;
use deliver::{Call, Delivering};
use model::change::{Change, RecordUpdate};
use model::error::Path;
use model::kind::Kind;
use model::kind::button::{Action, Button, Deed};
use model::{
    Ability, Actor, DatabaseKey, Error, Field, FieldId, Json, RecordAddress, Result, Rule, Seq, Slot, Subject, Value,
};
pub(crate) use plan::Step;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use store::database::WriteTx;
use store::database::runs::{self, Outcome, Run, State};

/// What scripts gave, as JSON, by the places of their actions.
pub(crate) type Results = BTreeMap<usize, Json>;

/// Most bytes that a webhook is told.
const MOST_TOLD: usize = 256 << 10;

/// A button of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ButtonAt {
    pub record: RecordAddress,
    pub field: FieldId,
}

impl Engine {
    /// Clicks a button. `tell` makes what a webhook is told of the run, of these fields of the record, and sees what
    /// the button may; `render` makes the answer and sees what the actor may. Both may be run again, as in
    /// [`Engine::write`]. The answer is given after the commit and does not wait for webhooks.
    pub async fn click<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        context: WriteContext,
        at: ButtonAt,
        mut tell: impl FnMut(&mut View<'_>, Seq, &[FieldId]) -> Result<Vec<u8>> + Send + 'static,
        mut render: impl FnMut(&mut View<'_>, Seq) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = self.scope(actor, database)?;
        let own = scope.as_manager();
        let open = self.inner().store.database(database)?;
        let (key, context) = (self.write_key(), context.of(actor));
        let places = self.inner().deliveries.clone();
        let limits = self.inner().script_limits;
        let started = Instant::now();
        let once = Once::next();
        let mut click = move |w: &mut WriteTx<'_>| {
            let (button, steps) = planned(w, &scope, at)?;
            let carried = carry_out(w, &own, (key, context.clone()), at, steps, &limits);
            let (seq, results) = carried.map_err(|error| plan::hidden(error, &scope))?;
            let seq = seq.ok_or_else(|| Error::Internal("a click has no sequence".to_owned()))?;
            let present = w.catalog();
            let (calls, outcomes) = {
                let mut view = View::new(&mut *w.tx, present.clone(), &own);
                calls(&mut view, at, (&button, &results), |view, fields| tell(view, seq, fields))?
            };
            // Held until the webhooks are called, so that what waits for other servers is bounded.
            let place = match calls.is_empty() {
                true => None,
                false => Some(places.clone().try_acquire_owned().map_err(|_| deliver::too_many())?),
            };
            let took = calls.is_empty().then(|| started.elapsed().as_millis() as i64);
            let (table, record) = (at.record.table, at.record.record);
            let (at_instant, clicker) = (scope.now, scope.actor.user);
            let kept = Run { seq, at: at_instant, actor: clicker, table, record, field: at.field, outcomes, took };
            runs::insert(w, &kept)?;
            let answer = render(&mut View::new(&mut *w.tx, present, &scope), seq)?;
            Ok::<_, Error>((answer, (calls, kept.outcomes, seq, place)))
        };
        let job = move |w: &mut WriteTx<'_>| {
            // A click that an earlier attempt of the request made calls nothing again.
            let mut after = None;
            let answer = Once::or_kept(once.as_ref(), w, |w| {
                let (answer, done) = click(w)?;
                after = Some(done);
                Ok(answer)
            })?;
            Ok((answer, after))
        };
        let (answer, after) = open.write(job).await?;
        if let Some((calls, outcomes, seq, place @ Some(_))) = after {
            let delivering = Delivering { engine: self.clone(), database, seq, started, calls, outcomes };
            tokio::spawn(async move {
                delivering.run().await;
                drop(place);
            });
        }
        Ok(answer)
    }

    /// Sets a button's count back to 0, if the button lets people do that. Needs what changing the record needs.
    pub async fn reset_button<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        context: WriteContext,
        at: ButtonAt,
        render: impl FnMut(&mut View<'_>, &Receipt) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let plan = move |view: &mut View<'_>| {
            view.require(Some(at.record.table), Ability::RecordUpdate)?;
            let table = view.table(at.record.table)?;
            let field = table.field(at.field)?;
            let layout = view.catalog.layout(table.id)?.clone();
            let slot = Slot::plain(field.id);
            let present = present_value(view.tx, &layout, &table, at.record.record, slot)?;
            if present.is_none() {
                return Err(Error::not_found(Subject::Record, at.record.record.0.to_string()));
            }
            if !button_of(field)?.reset {
                return Err(refused(field, "cannot be reset"));
            }
            Ok(vec![counted(at, 0)])
        };
        self.write(actor, database, context, plan, render).await
    }
}

impl View<'_> {
    /// The runs of a button, newest first, below `before`.
    pub fn runs(&mut self, at: (model::TableId, FieldId), before: Option<Seq>, limit: usize) -> Result<Vec<Run>> {
        let (table, field) = at;
        self.require(Some(table), Ability::AutomationRead)?;
        self.require(Some(table), Ability::RecordRead)?;
        button_of(self.table(table)?.field(field)?)?;
        runs::of_field(self.tx, table, field, before.unwrap_or(Seq(u64::MAX)), limit)
    }
}

impl View<'_> {
    /// What the scripts of a click gave, for the answer to who clicked: in the order of the actions.
    pub fn click_results(&mut self, at: ButtonAt, seq: Seq) -> Result<Vec<Json>> {
        self.require(Some(at.record.table), Ability::RecordRead)?;
        let run = runs::of_field(self.tx, at.record.table, at.field, Seq(seq.0 + 1), 1)?;
        let run = run.into_iter().find(|run| run.seq == seq && run.record == at.record.record);
        let scripts = run.into_iter().flat_map(|run| run.outcomes).filter(|one| one.action == Deed::RunScript);
        Ok(scripts.map(|one| one.result.unwrap_or_default()).collect())
    }
}

/// The button and the changes of a click on it, judged: what is not there, not a button or not to be clicked is refused.
fn planned(w: &mut WriteTx<'_>, scope: &Scope, at: ButtonAt) -> Result<(Button, Vec<Step>)> {
    let catalog = w.catalog();
    let (table, field) = {
        let view = View::new(&mut *w.tx, catalog.clone(), scope);
        view.require(Some(at.record.table), Ability::RecordRead)?;
        let table = view.table(at.record.table)?;
        let field = table.field(at.field)?.clone();
        (table, field)
    };
    let layout = catalog.layout(table.id)?;
    let present = present_value(w.tx, layout, &table, at.record.record, Slot::plain(field.id))?;
    let present = present.ok_or_else(|| Error::not_found(Subject::Record, at.record.record.0.to_string()))?;
    let button = button_of(&field)?;
    if button.actions.is_empty() {
        return Err(refused(&field, "has no automation attached"));
    }
    if !button.active {
        return Err(refused(&field, "has an automation that is switched off"));
    }
    let count = count_of(&present);
    if let Some(max) = button.max_count.filter(|max| count >= u64::from(*max)) {
        return Err(refused(&field, &format!("was clicked as often as it may be ({max})")));
    }
    let mut steps = vec![Step::Change(counted(at, count.saturating_add(1)))];
    steps.extend(plan::steps(&catalog.schema, scope, at, &field, button)?);
    Ok((button.clone(), steps))
}

/// What there is to call after the commit, and how each action stands until then.
fn calls(
    view: &mut View<'_>,
    at: ButtonAt,
    (button, results): (&Button, &Results),
    mut tell: impl FnMut(&mut View<'_>, &[FieldId]) -> Result<Vec<u8>>,
) -> Result<(Vec<Call>, Vec<Outcome>)> {
    let (mut calls, mut outcomes) = (Vec::new(), Vec::with_capacity(button.actions.len()));
    for (index, action) in button.actions.iter().enumerate() {
        let outcome = |state| Outcome { action: action.deed(), state, status: None, error: None, result: None };
        outcomes.push(match action {
            Action::SetFields { .. } | Action::CreateRecord { .. } => outcome(State::Done),
            Action::RunScript { .. } => Outcome { result: results.get(&index).cloned(), ..outcome(State::Done) },
            Action::CallWebhook { condition: Some(condition), .. } if !view.script_holds(condition, at.record)? => {
                outcome(State::Skipped)
            }
            Action::CallWebhook { url, fields, .. } => match tell(view, fields)? {
                body if body.len() > MOST_TOLD => {
                    let error = format!("the values to send have more than {MOST_TOLD} bytes");
                    Outcome { error: Some(error), ..outcome(State::Failed) }
                }
                body => {
                    calls.push(Call { index, url: url.clone(), body });
                    outcome(State::Pending)
                }
            },
        });
    }
    Ok((calls, outcomes))
}

fn button_of(field: &Field) -> Result<&Button> {
    match &field.kind {
        Kind::Button(button) => Ok(button),
        _ => Err(refused(field, "is not a button")),
    }
}

/// How often a button was clicked, by the value of its cell.
fn count_of(value: &Value) -> u64 {
    match value {
        Value::Structure(json) => json["count"].as_u64().unwrap_or(0),
        _ => 0,
    }
}

fn counted(at: ButtonAt, count: u64) -> Change {
    let value = Value::Structure(serde_json::json!({ "count": count }));
    let values = vec![(Slot::plain(at.field), value)];
    Change::UpdateRecords { table: at.record.table, updates: vec![RecordUpdate { record: at.record.record, values }] }
}

/// A button that cannot be used so, in words that continue its name.
fn refused(field: &Field, why: &str) -> Error {
    Error::invalid(Path::field(field.id, &field.name), Rule::Malformed(why.to_owned()))
}
