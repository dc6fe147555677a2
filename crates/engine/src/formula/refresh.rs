//! What the engine keeps of formulas between writes, and the work that is done beside them: formulas that read a whole
//! table are worked out anew some time after it changed, those that depend on the moment now and then.

use super::set::{Compiled, FormulaSet};
use crate::Engine;
use crate::apply::Work;
use crate::write::WriteContext;
use model::{Actor, DatabaseKey, FieldId, RecordId, Result, Schema, TableId};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use store::database::{WriteTx, places};

/// How long changes are gathered before formulas that read a whole table are worked out.
const PATIENCE: Duration = Duration::from_millis(200);
/// Records of one write of this work: others write between.
const BATCH: usize = 1_000;
/// Databases whose formulas are kept checked.
const MOST_KEPT: usize = 200;

type Waiting = BTreeSet<(TableId, FieldId)>;
/// The formulas of a schema, and that schema: it is told by where it lies, since numbers of versions come again when a
/// write is rolled back.
type Checked = (Arc<Schema>, Arc<FormulaSet>);

/// What the engine keeps of formulas.
#[derive(Default)]
pub(crate) struct State {
    sets: Mutex<HashMap<DatabaseKey, Checked>>,
    /// Formulas to be worked out for all records; a database that is in here has a thread at it.
    waiting: Mutex<BTreeMap<DatabaseKey, Waiting>>,
}

impl Engine {
    /// The formulas of a schema, checked.
    pub(crate) fn formulas(&self, database: DatabaseKey, schema: &Arc<Schema>) -> Arc<FormulaSet> {
        let mut sets = self.inner().formulas.sets.lock();
        if let Some((of, set)) = sets.get(&database)
            && Arc::ptr_eq(of, schema)
        {
            return set.clone();
        }
        let set = Arc::new(FormulaSet::of(schema));
        if sets.len() >= MOST_KEPT {
            sets.clear();
        }
        sets.insert(database, (schema.clone(), set.clone()));
        set
    }

    /// Has formulas worked out for all records, soon.
    pub(crate) fn refresh_later(&self, database: DatabaseKey, formulas: Waiting) {
        let mut waiting = self.inner().formulas.waiting.lock();
        let is_idle = !waiting.contains_key(&database);
        waiting.entry(database).or_default().extend(formulas);
        drop(waiting);
        if is_idle {
            let engine = self.clone();
            let work = move || engine.refresh_waiting(database);
            if let Err(error) = std::thread::Builder::new().name("formulas".to_owned()).spawn(work) {
                tracing::warn!(%error, "no thread for formulas");
            }
        }
    }

    fn refresh_waiting(&self, database: DatabaseKey) {
        loop {
            std::thread::sleep(PATIENCE);
            let formulas = {
                let mut waiting = self.inner().formulas.waiting.lock();
                match waiting.get_mut(&database) {
                    Some(formulas) if !formulas.is_empty() => std::mem::take(formulas),
                    _ => {
                        waiting.remove(&database);
                        return;
                    }
                }
            };
            if let Err(error) = self.refresh(database, &formulas) {
                tracing::warn!(database.key = %database, %error, "formulas are not up to date");
            }
        }
    }

    /// Works these formulas out for all records of their tables, some at a time, and what builds on them.
    fn refresh(&self, database: DatabaseKey, formulas: &Waiting) -> Result<()> {
        let open = self.inner().store.database(database)?;
        let actor = Arc::new(Actor::local(None));
        for (table, field) in formulas.iter().copied() {
            let mut after = RecordId(0);
            loop {
                let scope = self.scope(&actor, database)?;
                let key = self.write_key();
                let next = open.write_blocking(move |w: &mut WriteTx<'_>| {
                    let some = places::records_after(w, table, after, BATCH)?;
                    let mut work = Work::new(w, &scope);
                    work.compute_some(table, field, &some)?;
                    work.finish(key, WriteContext::default())?;
                    Ok(some.last().copied().filter(|_| some.len() == BATCH))
                })?;
                match next {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Has formulas that depend on the moment worked out, in the databases that are open.
    pub(crate) fn refresh_volatile(&self) {
        for database in self.inner().store.open_databases() {
            let catalog = database.catalog();
            if !catalog.has_formulas() {
                continue;
            }
            let set = self.formulas(database.key(), &catalog.schema);
            let volatile: Waiting =
                set.ordered.iter().filter(|f| f.is_volatile()).map(|f| (f.table, f.field)).collect();
            if !volatile.is_empty() {
                self.refresh_later(database.key(), volatile);
            }
        }
    }
}

impl Work<'_, '_> {
    /// Works one formula out for some records.
    fn compute_some(&mut self, table: TableId, field: FieldId, records: &[RecordId]) -> Result<()> {
        let catalog = self.w.catalog();
        let engine = self.scope.members.engine().clone();
        let set = engine.formulas(self.scope.key, &catalog.schema);
        let is_it = |formula: &&Compiled| (formula.table, formula.field) == (table, field);
        let Some(formula) = set.ordered.iter().find(is_it) else { return Ok(()) };
        let scope = self.scope.as_manager();
        self.compute(formula, &scope, records)
    }
}
