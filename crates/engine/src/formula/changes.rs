//! What a write changed in the schema, as far as formulas are concerned: which are new or other ones now, which read
//! something that is not what it was, and which give values of another class.

use super::set::{Compiled, FormulaSet};
use crate::apply::Work;
use model::error::Path;
use model::{Error, Field, FieldId, Kind, Result, Rule, Schema, Table, TableId};
use nx::dependencies::{Dependency, What};
use std::sync::Arc;
use store::database::tables;

/// How often classes are told anew: a formula may build on others whose class has just changed.
const MOST_ROUNDS: usize = 16;

impl Work<'_, '_> {
    /// The formulas as they are now. Those that a change of the schema concerns are noted to be worked out anew.
    pub(super) fn follow_schema(&mut self) -> Result<Arc<FormulaSet>> {
        let engine = self.scope.members.engine().clone();
        let before = self.began.schema.clone();
        if Arc::ptr_eq(&before, &self.catalog().schema) {
            return Ok(engine.formulas(self.scope.key, &before));
        }
        let known = engine.formulas(self.scope.key, &before);
        let mut set = Arc::new(FormulaSet::of(&self.catalog().schema));
        for _ in 0..MOST_ROUNDS {
            let other = set.ordered.iter().filter(|f| f.program.is_some() && f.result() != f.declared);
            let other: Vec<(TableId, FieldId, _)> = other.map(|f| (f.table, f.field, f.result())).collect();
            if other.is_empty() {
                break;
            }
            for (table, field, result) in other {
                let mut changed = self.catalog().schema.table(table)?.field(field)?.clone();
                if let Kind::Formula(formula) = &mut changed.kind {
                    formula.result = result;
                }
                let was = self.catalog().schema.table(table)?.field(field)?.clone();
                self.put_formula(table, &was, changed)?;
            }
            set = Arc::new(FormulaSet::of(&self.catalog().schema));
        }
        if let Some(circle) = set.circular.iter().find(|at| !known.circular.contains(at)).filter(|_| !self.trusted) {
            return Err(self.circular(*circle));
        }
        let now = self.catalog().schema.clone();
        for formula in &set.ordered {
            let was = known.ordered.iter().find(|was| (was.table, was.field) == (formula.table, formula.field));
            if !was.is_some_and(|was| is_same(was, &before, formula, &now)) {
                self.dirty.formula(formula.table, formula.field);
            }
        }
        Ok(set)
    }

    /// Stores a formula whose values have another class: they get a column of their own.
    pub(crate) fn put_formula(&mut self, id: TableId, was: &Field, mut field: Field) -> Result<crate::Made> {
        let mut table = Table::clone(&*self.catalog().schema.table(id)?.clone());
        self.give_columns(&mut table, &mut field);
        tables::add_columns(self.w, &table, &field)?;
        self.swap_definition(table, was, field)
    }

    fn circular(&self, (table, field): (TableId, FieldId)) -> Error {
        let catalog = self.catalog();
        let name = catalog.schema.table(table).and_then(|t| t.field(field)).map(|f| f.name.clone()).unwrap_or_default();
        let why = "builds on itself, directly or through other formulas".to_owned();
        Error::invalid(Path::field(field, name).key("options").key("expression"), Rule::Malformed(why))
    }
}

/// Whether a formula gives what it gave, as far as schemas tell.
fn is_same(was: &Compiled, before: &Schema, is: &Compiled, now: &Schema) -> bool {
    let same_kind = |table: TableId, field: FieldId| {
        let kind = |schema: &Schema| schema.table(table).and_then(|t| t.field(field)).map(|f| f.kind.clone()).ok();
        kind(before) == kind(now)
    };
    was.script == is.script
        && was.declared == is.declared
        && was.column == is.column
        && was.program.is_some() == is.program.is_some()
        && was.reads == is.reads
        && is.reads.iter().all(|read| match read {
            Dependency::Reached { way, table, what } => {
                let ends_same = match what {
                    What::Field(field) => same_kind(*table, *field),
                    What::Anything => true,
                };
                ends_same && way.iter().all(|step| same_kind(step.table, step.field))
            }
            Dependency::Anywhere(table) => match (before.table(*table), now.table(*table)) {
                (Ok(was), Ok(is)) => Arc::ptr_eq(was, is),
                (was, is) => was.is_ok() == is.is_ok(),
            },
        })
}
