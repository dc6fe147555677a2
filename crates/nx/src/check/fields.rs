//! What a record has, and of which type it is.

use super::Checker;
use super::names::Wanted;
use crate::ir::Access;
use crate::spelling::read_letters;
use crate::types::Type;
use model::filter::System;
use model::kind::rollup::{Rollup, RollupFunction};
use model::kind::{Class, Kind};
use model::{Field, FieldId, TableId};

/// What every record has beside its fields.
pub(super) const MEMBERS: &[(&str, Access)] = &[
    ("Id", Access::Itself),
    ("_id", Access::Itself),
    ("_cd", Access::System(System::CreatedAt)),
    ("_md", Access::System(System::ModifiedAt)),
    ("_cu", Access::System(System::CreatedBy)),
    ("_mu", Access::System(System::ModifiedBy)),
];

/// How many lookups of lookups are followed; they may go in a circle.
const MOST_HOPS: usize = 8;

impl Checker<'_, '_> {
    /// What a name means in a table: a field by its caption, then by its id, then what every record has. An id counts
    /// as it is spelled only: a misspelled variable should not become a field.
    pub(super) fn member(&self, id: TableId, wanted: &Wanted<'_>) -> Option<Access> {
        let table = self.schema.table(id).ok()?;
        let captions = self.index.fields(table);
        let by_id = || {
            let id = FieldId(read_letters(wanted.exact()?)?);
            table.field(id).ok().map(|field| Access::Field(field.id))
        };
        captions.get(wanted).copied().or_else(by_id).or_else(|| {
            let found = MEMBERS.iter().find(|(name, _)| wanted.is(name));
            found.map(|(_, access)| *access)
        })
    }

    /// The type of what is read of a record.
    pub(super) fn access_type(&self, table: TableId, access: Access) -> Type {
        match access {
            Access::Itself => Type::Record(table),
            Access::Field(field) => self.field_type(table, field, 0),
            Access::System(system) => match system {
                System::CreatedAt | System::ModifiedAt => Type::DateTime,
                System::CreatedBy | System::ModifiedBy => Type::User,
                System::Id | System::Seq => Type::Number,
                System::Valid => Type::Bool,
                System::Parent => Type::Record(table),
                System::Rank => Type::Text,
            },
        }
    }

    fn live_field(&self, table: TableId, field: FieldId) -> Option<&Field> {
        self.schema.table(table).ok()?.field(field).ok()
    }

    fn field_type(&self, table: TableId, id: FieldId, hops: usize) -> Type {
        let Some(field) = self.live_field(table, id).filter(|_| hops < MOST_HOPS) else { return Type::Any };
        match &field.kind {
            Kind::Reference(reference) => self.record_of(&reference.targets),
            Kind::Links(links) => self.record_of(&links.targets).array(),
            Kind::Reverse(reverse) => self.record_of(&[reverse.table]).array(),
            Kind::Lookup(lookup) => {
                let target = self.field_type(lookup.target_table, lookup.target, hops + 1);
                match self.live_field(table, lookup.link).map(|link| link.kind.class()) {
                    Some(Class::Reference) => target,
                    Some(Class::References) => target.each().array(),
                    Some(_) | None => Type::Any,
                }
            }
            Kind::Rollup(rollup) => self.rollup_type(rollup, hops),
            kind => match kind.class() {
                Class::Bool => Type::Bool,
                Class::Number | Class::Integer => Type::Number,
                Class::Text => Type::Text,
                Class::Date => Type::Date,
                Class::Instant => Type::DateTime,
                Class::Time => Type::Time,
                Class::Duration => Type::Interval,
                Class::Span => Type::Appointment,
                Class::Choice => Type::Choice(table, id),
                Class::Choices => Type::Multi(table, id),
                Class::User => Type::User,
                Class::Users => Type::User.array(),
                // Formulas, and JSON of any shape.
                Class::Reference | Class::References | Class::Structure | Class::List => Type::Any,
            },
        }
    }

    /// A record of one table; any value when there are several, or the table may not be seen.
    fn record_of(&self, targets: &[TableId]) -> Type {
        match targets {
            [table] if self.schema.table(*table).is_ok() => Type::Record(*table),
            _ => Type::Any,
        }
    }

    fn rollup_type(&self, rollup: &Rollup, hops: usize) -> Type {
        let target = || self.field_type(rollup.target_table, rollup.target, hops + 1).each();
        match rollup.function {
            RollupFunction::Countall
            | RollupFunction::Counta
            | RollupFunction::Count
            | RollupFunction::Sum
            | RollupFunction::Average => Type::Number,
            RollupFunction::And | RollupFunction::Or | RollupFunction::Xor => Type::Bool,
            RollupFunction::ArrayJoin | RollupFunction::Concatenate => Type::Text,
            RollupFunction::Max | RollupFunction::Min => target(),
            RollupFunction::ArrayUnique | RollupFunction::ArrayCompact => target().array(),
        }
    }
}
