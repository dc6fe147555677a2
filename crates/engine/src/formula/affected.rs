//! Which records a formula is to be worked out for after a write.

use super::set::Compiled;
use crate::apply::Work;
use model::filter::{Filter, Predicate};
use model::kind::NoNames;
use model::query::Query;
use model::{Kind, RecordAddress, RecordId, Result, TableId, Value};
use nx::dependencies::{Dependency, Step, What};
use std::collections::BTreeSet;
use store::print;
use store::tx::GO_ON;

/// Most records in one condition.
const AT_ONCE: usize = 500;
/// A table with no more records is worked out whole in the write when a formula reads another table as a whole.
const SMALL: u64 = 200;

/// For which records.
pub(super) enum Affected {
    Every,
    These(BTreeSet<RecordId>),
}

impl Work<'_, '_> {
    /// The records whose value of a formula may have changed, and whether others are to be looked at after the write.
    pub(super) fn affected(&mut self, formula: &Compiled) -> Result<(Affected, Others)> {
        if self.dirty.is_whole(formula.table, formula.field) {
            return Ok((Affected::Every, Others::AreSame));
        }
        let mut found: BTreeSet<RecordId> = BTreeSet::new();
        let mut others = Others::AreSame;
        for read in &formula.reads {
            match read {
                Dependency::Reached { way, table, what } => {
                    let field = match what {
                        What::Field(field) => Some(*field),
                        What::Anything => None,
                    };
                    let changed: BTreeSet<RecordId> = self.dirty.records(*table, field).collect();
                    found.extend(self.back(way, *table, changed)?);
                }
                Dependency::Anywhere(table) if self.dirty.has(*table) => {
                    if self.counted(formula.table)? <= SMALL {
                        return Ok((Affected::Every, Others::AreSame));
                    }
                    others = Others::Later;
                }
                Dependency::Anywhere(_) => {}
            }
        }
        // A new record has no value yet, whatever it reads.
        found.extend(self.dirty.came_to(formula.table));
        Ok((Affected::These(found), others))
    }

    fn counted(&mut self, table: TableId) -> Result<u64> {
        let stored = store::database::blocks::count(self.w.tx, table)?;
        Ok(stored.saturating_add_signed(self.w.uncounted(table)))
    }

    /// From records at the end of a way to those at its beginning.
    fn back(&mut self, way: &[Step], table: TableId, records: BTreeSet<RecordId>) -> Result<BTreeSet<RecordId>> {
        let (mut table, mut records) = (table, records);
        for step in way.iter().rev() {
            if records.is_empty() {
                break;
            }
            records = self.holders(*step, table, &records)?;
            table = step.table;
        }
        Ok(records)
    }

    /// The records whose link field holds one of these.
    fn holders(&mut self, step: Step, table: TableId, records: &BTreeSet<RecordId>) -> Result<BTreeSet<RecordId>> {
        let catalog = self.w.catalog();
        let mut found = BTreeSet::new();
        let is_one = catalog
            .schema
            .table(step.table)
            .and_then(|t| t.field(step.field))
            .is_ok_and(|field| matches!(field.kind, Kind::Reference(_)));
        let addresses: Vec<Value> =
            records.iter().map(|record| Value::Reference(RecordAddress { table, record: *record })).collect();
        for some in addresses.chunks(AT_ONCE) {
            let mut query = Query::table(step.table);
            let predicate = match is_one {
                true => Predicate::OneOf(some.to_vec()),
                false => Predicate::HasAny(some.to_vec()),
            };
            query.filter = Filter::field(step.field, predicate);
            print::select(self.w.tx, &catalog, &query, &NoNames(self.scope.now), &mut |row| {
                found.insert(row.id());
                Ok(GO_ON)
            })?;
        }
        Ok(found)
    }
}

/// What becomes of the other records of the formula's table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// Their values are as they were.
    AreSame,
    /// They are worked out after the write, beside other work.
    Later,
}
