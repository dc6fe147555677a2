//! The formulas of a schema: checked, with what they read, each after those that it builds on.

use model::kind::formula::FormulaResult;
use model::{ColumnId, FieldId, Kind, Schema, TableId};
use nx::dependencies::{self, Dependency, What};
use nx::{Program, Setting, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The formulas of one schema.
#[derive(Default)]
pub(crate) struct FormulaSet {
    /// Each after those whose values it reads.
    pub ordered: Vec<Compiled>,
    /// Formulas that build on themselves, through whatever.
    pub circular: BTreeSet<(TableId, FieldId)>,
}

/// A formula of a schema.
pub(crate) struct Compiled {
    pub table: TableId,
    pub field: FieldId,
    pub column: Option<ColumnId>,
    /// As it is kept.
    pub script: String,
    /// What its field says that its values are.
    pub declared: FormulaResult,
    /// None when it cannot be worked out: it is broken, or circular.
    pub program: Option<Program>,
    pub reads: BTreeSet<Dependency>,
}

impl Compiled {
    /// What its values are, by its script.
    pub fn result(&self) -> FormulaResult {
        self.program.as_ref().map_or(self.declared, |program| result_of(&program.root.ty))
    }

    /// Whether it depends on the moment, on chance or on who asks.
    pub fn is_volatile(&self) -> bool {
        self.program.as_ref().is_some_and(|program| program.volatile)
    }
}

/// The class in which values of a type are kept.
pub(crate) fn result_of(ty: &Type) -> FormulaResult {
    match ty {
        Type::Number => FormulaResult::Number,
        Type::Bool => FormulaResult::Boolean,
        Type::Date => FormulaResult::Date,
        Type::DateTime => FormulaResult::Instant,
        Type::Time => FormulaResult::Time,
        Type::Interval => FormulaResult::Duration,
        Type::Null
        | Type::Text
        | Type::Appointment
        | Type::Choice(..)
        | Type::Multi(..)
        | Type::Record(_)
        | Type::User
        | Type::Array(_)
        | Type::Object
        | Type::Any => FormulaResult::Text,
    }
}

impl FormulaSet {
    /// Checks all formulas of a schema.
    pub fn of(schema: &Arc<Schema>) -> FormulaSet {
        let mut found: BTreeMap<(TableId, FieldId), Compiled> = BTreeMap::new();
        for table in schema.live_tables() {
            for field in table.live_fields() {
                let Kind::Formula(formula) = &field.kind else { continue };
                let program = nx::compile(&formula.script, schema, Setting::formula(table.id)).ok();
                let reads = program.as_ref().map(|p| dependencies::of(p, schema, table.id)).unwrap_or_default();
                let column = field.columns.first().map(|c| c.column);
                let (script, declared) = (formula.script.clone(), formula.result);
                let (table, field) = (table.id, field.id);
                found.insert((table, field), Compiled { table, field, column, script, declared, program, reads });
            }
        }
        ordered(found)
    }
}

/// Puts each behind those that it builds on. Those that build on themselves come last and have no program.
fn ordered(mut found: BTreeMap<(TableId, FieldId), Compiled>) -> FormulaSet {
    let mut set = FormulaSet::default();
    let mut waits: BTreeMap<(TableId, FieldId), BTreeSet<(TableId, FieldId)>> =
        found.values().map(|formula| ((formula.table, formula.field), builds_on(formula, &found))).collect();
    while !waits.is_empty() {
        let ready: Vec<(TableId, FieldId)> =
            waits.iter().filter(|(_, on)| on.iter().all(|on| !waits.contains_key(on))).map(|(at, _)| *at).collect();
        if ready.is_empty() {
            break;
        }
        for at in ready {
            waits.remove(&at);
            set.ordered.extend(found.remove(&at));
        }
    }
    // What only builds on a circle is not part of it, but cannot be worked out either.
    set.circular = waits.into_keys().collect();
    set.ordered.extend(found.into_values().map(|formula| Compiled { program: None, ..formula }));
    set
}

/// The formulas whose values a formula reads.
fn builds_on(formula: &Compiled, all: &BTreeMap<(TableId, FieldId), Compiled>) -> BTreeSet<(TableId, FieldId)> {
    let mut found = BTreeSet::new();
    for read in &formula.reads {
        match read {
            Dependency::Reached { table, what: What::Field(field), .. } => {
                found.extend(all.contains_key(&(*table, *field)).then_some((*table, *field)));
            }
            // It may be any field, but no formula could then be built on another: a name that is known only when it
            // runs reads what is there.
            Dependency::Reached { what: What::Anything, .. } | Dependency::Anywhere(_) => {}
        }
    }
    found
}
