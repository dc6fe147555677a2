//! What scripts read and write through: a view, or a write under way.

use super::answer::ScriptPlace;
use super::seen::schema_for;
use crate::Made;
use crate::apply::Work;
use crate::view::{Scope, View};
use model::change::Change;
use model::filter::Operand;
use model::query::{Projection, Query, Source, Summary};
use model::time::Instant;
use model::{Ability, RecordAddress, RecordId, Result, Schema, UserId, Value};
use nx::host::{File, Person, read_only};
use std::ops::ControlFlow;
use std::sync::Arc;
use store::tx::STOP;

/// What hands out the records of a query: the number, and how to read each value of the projection.
type Each<'e> = dyn FnMut(RecordId, &mut dyn FnMut(usize) -> Value) -> Result<ControlFlow<()>> + 'e;

/// A host that only reads: whatever would write is refused.
pub(crate) struct Reading<'v, 'a> {
    view: &'v mut View<'a>,
    seen: Arc<Schema>,
    place: ScriptPlace,
}

impl<'v, 'a> Reading<'v, 'a> {
    pub fn new(view: &'v mut View<'a>, place: ScriptPlace) -> Reading<'v, 'a> {
        let seen = schema_for(&view.catalog.schema, view.scope);
        Reading { view, seen, place }
    }
}

/// A host that writes within a write under way.
pub(crate) struct Writing<'k, 'w, 'a> {
    work: &'k mut Work<'w, 'a>,
    seen: Arc<Schema>,
    place: ScriptPlace,
}

impl<'k, 'w, 'a> Writing<'k, 'w, 'a> {
    pub fn new(work: &'k mut Work<'w, 'a>, place: ScriptPlace) -> Writing<'k, 'w, 'a> {
        let seen = schema_for(&work.catalog().schema, work.scope);
        Writing { work, seen, place }
    }

    fn view(&mut self) -> View<'_> {
        let catalog = self.work.catalog();
        View::new(&mut *self.work.w.tx, catalog, self.work.scope)
    }
}

impl nx::Host for Reading<'_, '_> {
    fn schema(&self) -> &Arc<Schema> {
        &self.seen
    }

    fn now(&self) -> Instant {
        self.view.now()
    }

    fn random(&mut self) -> f64 {
        random(self.view.scope)
    }

    fn cells(&mut self, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>> {
        cells(self.view, record, operands)
    }

    fn select(&mut self, query: &Query, each: &mut Each<'_>) -> Result<()> {
        select(self.view, query, each)
    }

    fn count(&mut self, query: &Query) -> Result<u64> {
        self.view.count(query)
    }

    fn summarize(&mut self, summary: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
        self.view.summarize(summary)
    }

    fn change(&mut self, change: Change) -> Result<Vec<RecordId>> {
        Err(read_only(&change))
    }

    fn user(&self) -> Option<UserId> {
        self.view.actor().user
    }

    fn people(&mut self) -> Result<Vec<Person>> {
        people(self.view.scope)
    }

    fn files(&mut self, record: RecordAddress) -> Result<Vec<File>> {
        files(self.view, record)
    }

    fn place(&self) -> (String, String) {
        (self.place.database.clone(), self.place.team.clone())
    }
}

impl nx::Host for Writing<'_, '_, '_> {
    fn schema(&self) -> &Arc<Schema> {
        &self.seen
    }

    fn now(&self) -> Instant {
        self.work.scope.now
    }

    fn random(&mut self) -> f64 {
        random(self.work.scope)
    }

    fn cells(&mut self, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>> {
        cells(&mut self.view(), record, operands)
    }

    fn select(&mut self, query: &Query, each: &mut Each<'_>) -> Result<()> {
        select(&mut self.view(), query, each)
    }

    fn count(&mut self, query: &Query) -> Result<u64> {
        let counted = self.view().count(query)?;
        // A count without a condition is read from stored counts, which are written at the end.
        let uncounted = match (&query.source, query.filter.is_all() && query.search.is_none()) {
            (Source::Table(table), true) => self.work.w.uncounted(*table),
            (Source::Table(_) | Source::Tables(_), _) => 0,
        };
        Ok(counted.saturating_add_signed(uncounted))
    }

    fn summarize(&mut self, summary: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
        self.view().summarize(summary)
    }

    fn change(&mut self, change: Change) -> Result<Vec<RecordId>> {
        Ok(match self.work.apply(change)? {
            Made::Records { ids, .. } => ids,
            Made::Nothing | Made::Table(_) | Made::Field { .. } | Made::View { .. } | Made::NavItem(_) => Vec::new(),
        })
    }

    fn user(&self) -> Option<UserId> {
        self.work.scope.actor.user
    }

    fn people(&mut self) -> Result<Vec<Person>> {
        people(self.work.scope)
    }

    fn files(&mut self, record: RecordAddress) -> Result<Vec<File>> {
        files(&mut self.view(), record)
    }

    fn place(&self) -> (String, String) {
        (self.place.database.clone(), self.place.team.clone())
    }
}

fn cells(view: &mut View<'_>, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>> {
    let mut found = None;
    let projection = Projection::These(operands.to_vec());
    view.by_ids(record.table, &[record.record], &projection, &mut |row| {
        found = Some((0..operands.len()).map(|i| row.value(i)).collect());
        Ok(STOP)
    })?;
    Ok(found)
}

fn select(view: &mut View<'_>, query: &Query, each: &mut Each<'_>) -> Result<()> {
    view.select(query, &mut |row| each(row.id(), &mut |i| row.value(i)))
}

/// 53 random bits as a fraction.
fn random(scope: &Scope) -> f64 {
    let bytes = scope.members.engine().random_bytes::<8>();
    (u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64
}

fn people(scope: &Scope) -> Result<Vec<Person>> {
    let shows_mail = scope.actor.abilities.has(Ability::EmailRead);
    let roles = scope.members.roles()?;
    let person = |(id, role): (UserId, model::Role)| {
        let user = scope.directory.get(id)?;
        let email = user.email.clone();
        let email = (shows_mail || scope.actor.user == Some(id)).then_some(email).filter(|email| !email.is_empty());
        Some(Person { id, name: user.name.clone(), email, role })
    };
    Ok(roles.into_iter().filter_map(person).collect())
}

fn files(view: &mut View<'_>, record: RecordAddress) -> Result<Vec<File>> {
    let files = view.files_of_record(record.table, record.record)?.unwrap_or_default().into_iter().map(|of| of.file);
    Ok(files.map(|f| File { name: f.name, content_type: f.media_type, size: f.size }).collect())
}
