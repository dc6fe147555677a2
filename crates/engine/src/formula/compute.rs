//! Working formulas out.

use super::affected::{Affected, Others};
use super::set::Compiled;
use super::value::kept;
use crate::apply::Work;
use crate::script::{Reading, ScriptPlace};
use crate::view::{Scope, View};
use model::{RecordAddress, RecordId, Result};
use nx::budget::{Budget, Limits};
use std::collections::BTreeSet;
use std::time::Duration;
use store::database::{places, records};

/// Turns that one formula may take for one record.
const STEPS: u64 = 100_000;
/// Records read together.
const BATCH: usize = 1_000;

impl Work<'_, '_> {
    /// Works out what the write touched. Called once, at its end, before it is judged.
    pub(crate) fn compute_formulas(&mut self) -> Result<()> {
        if !self.w.catalog().has_formulas() && !self.began.has_formulas() {
            return Ok(());
        }
        let set = self.follow_schema()?;
        if self.dirty.is_empty() {
            return Ok(());
        }
        let scope = self.scope.as_manager();
        let mut later = BTreeSet::new();
        for formula in &set.ordered {
            let (affected, others) = self.affected(formula)?;
            if others == Others::Later {
                later.insert((formula.table, formula.field));
            }
            match affected {
                Affected::These(records) => {
                    let records: Vec<RecordId> = records.into_iter().collect();
                    self.compute(formula, &scope, &records)?;
                }
                Affected::Every => {
                    let all = places::all_records(self.w, formula.table)?;
                    for some in all.chunks(BATCH) {
                        self.compute(formula, &scope, some)?;
                    }
                }
            }
        }
        if !later.is_empty() {
            // If this write does not stand after all, nothing will be found to differ.
            self.scope.members.engine().refresh_later(self.scope.key, later);
        }
        Ok(())
    }

    /// Works a formula out for these records and keeps what differs.
    pub(super) fn compute(&mut self, formula: &Compiled, scope: &Scope, of: &[RecordId]) -> Result<()> {
        let (Some(column), false) = (formula.column, of.is_empty()) else { return Ok(()) };
        let catalog = self.w.catalog();
        let table = catalog.schema.table(formula.table)?.clone();
        let layout = catalog.layout(formula.table)?.clone();
        let class = table.field(formula.field)?.kind.class();
        let result = formula.declared;
        for record in of {
            let Some((_, present)) = records::read_columns(self.w.tx, &layout, *record, &[column])? else { continue };
            let about = RecordAddress { table: formula.table, record: *record };
            let mut view = View::new(&mut *self.w.tx, catalog.clone(), scope);
            let given = match &formula.program {
                None => nx::Value::Null,
                Some(program) => {
                    let mut host = Reading::new(&mut view, ScriptPlace::default());
                    match nx::run(program, &mut host, Some(about), &mut budget()) {
                        Ok(given) => given,
                        Err(failure) => match failure.fault {
                            // The record has no such value; that is no reason to refuse a write.
                            nx::Fault::Script(_) | nx::Fault::Budget(_) => nx::Value::Null,
                            nx::Fault::Host(error @ (model::Error::Unavailable(_) | model::Error::Internal(_))) => {
                                return Err(error);
                            }
                            nx::Fault::Host(_) => nx::Value::Null,
                        },
                    }
                }
            };
            let now = class.encode(&kept(&given, result, &catalog.schema));
            if present.first() != Some(&now) {
                records::set_computed(self.w, &layout, *record, &[(column, now)])?;
                self.computed = true;
                self.dirty.changed(formula.table, *record, [formula.field]);
            }
        }
        Ok(())
    }
}

fn budget() -> Budget {
    Budget::new(Limits { steps: STEPS, time: Duration::from_secs(1), ..Limits::default() })
}
