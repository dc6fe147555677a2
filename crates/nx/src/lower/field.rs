//! Fields of the record, and of the records that its references point at.

use super::shape::{Low, Shape};
use super::{Lower, system};
use crate::ir::{Access, Kind, Node, Operator};
use crate::value::Value;
use model::expr::Expr;
use model::filter::{Operand, Predicate, System, Test};
use model::kind::{Class, Kind as FieldKind, Storage};
use model::{ChoiceId, Field, FieldId, Filter, Schema, Slot, TableId};

/// One step of a path: of a record of this table, what.
pub(crate) type Step = (TableId, Access);

impl<'p> Lower<'_, 'p> {
    pub(super) fn field(&mut self, node: &'p Node) -> Option<Low> {
        let mut steps = Vec::new();
        let mut at = node;
        loop {
            match &at.kind {
                Kind::Field { of, table, access } => {
                    steps.push((*table, *access));
                    at = of;
                }
                Kind::Block(nodes) if nodes.len() == 1 => at = &nodes[0],
                Kind::This(depth) if depth.0 == self.depth => break,
                _ => return None,
            }
        }
        steps.reverse();
        path(self.schema, self.table, &steps)
    }

    /// A field of several options that has a constant one: `Tags = "vip"`, `Tags = 2`, `contains(Tags, ...)`.
    pub(super) fn has_option(&mut self, node: &'p Node) -> Option<Filter> {
        let Kind::Binary { operator, left, right } = &node.kind else { return None };
        let schema = self.schema;
        let (operand, field) = self.options_of(schema, left)?;
        let given = self.low(right).and_then(|low| low.value)?;
        let ids: Vec<ChoiceId> = match given {
            Value::Text(text) => field_options(field)?.iter().filter(|o| o.name == *text).map(|o| o.id).collect(),
            Value::Number(number) => {
                field_options(field)?.iter().filter(|o| f64::from(o.id.0) == number).map(|o| o.id).collect()
            }
            _ => return None,
        };
        let values = ids.into_iter().map(model::Value::Choice).collect();
        let has = Filter::Test(Test { operand, predicate: Predicate::HasAny(values) });
        match operator {
            Operator::Equal => Some(has),
            Operator::NotEqual => Some(has.negated()),
            _ => None,
        }
    }

    fn options_of<'s>(&self, schema: &'s Schema, node: &'p Node) -> Option<(Operand, &'s Field)> {
        let Kind::Field { of, table, access: Access::Field(id) } = &node.kind else { return None };
        if !self.is_this(of) || *table != self.table {
            return None;
        }
        let field = schema.table(*table).ok()?.field(*id).ok()?;
        let is_multi = matches!(field.kind, FieldKind::MultiChoice(_)) && !field.localized;
        is_multi.then(|| (Operand::Slot(Slot::plain(*id)), field))
    }
}

/// What lies at the end of a path from a record of a table; none when the store cannot follow it.
pub(crate) fn path(schema: &Schema, table: TableId, steps: &[Step]) -> Option<Low> {
    let ((of, access), rest) = steps.split_first()?;
    if *of != table {
        return None;
    }
    match access {
        Access::Itself if rest.is_empty() => Some(Low::this(table)),
        Access::Itself => path(schema, table, rest),
        Access::System(column) => rest.is_empty().then(|| column_of(*column)).flatten(),
        Access::Field(id) => {
            let field = schema.table(table).ok()?.field(*id).ok()?;
            let rest = match rest {
                // `Ref.Id` is the record that the reference holds.
                [(_, Access::Itself), rest @ ..] => rest,
                rest => rest,
            };
            match rest {
                [] => cell(table, field),
                [(target, _), ..] => {
                    let link = only_target(schema, field)?;
                    if link != *target {
                        return None;
                    }
                    let at = path(schema, link, rest)?;
                    if matches!(at.shape, Shape::This(_)) {
                        return None;
                    }
                    Some(Low::of(Expr::At { link: *id, table: link, of: Box::new(at.expr) }, at.shape))
                }
            }
        }
    }
}

/// The table of a reference that points into one only.
pub(crate) fn only_target(schema: &Schema, field: &Field) -> Option<TableId> {
    let FieldKind::Reference(kind) = &field.kind else { return None };
    match kind.targets.as_slice() {
        [target] if schema.table(*target).is_ok() => Some(*target),
        _ => None,
    }
}

fn cell(table: TableId, field: &Field) -> Option<Low> {
    if matches!(field.kind.storage(), Storage::Derived | Storage::LinkRows) {
        return None;
    }
    let shape = match field.kind.class() {
        Class::Bool => Shape::Bool,
        Class::Number | Class::Integer => Shape::Number,
        Class::Text => Shape::Text,
        Class::Date => Shape::Date,
        Class::Instant => Shape::DateTime,
        Class::Time => Shape::Time,
        Class::Duration => Shape::Interval,
        Class::Choice => Shape::Choice(table, field.id),
        Class::Reference => match &field.kind {
            FieldKind::Reference(kind) if kind.targets.len() == 1 => Shape::Record(kind.targets[0]),
            _ => return None,
        },
        Class::User => Shape::User,
        Class::Span | Class::Choices | Class::References | Class::Users | Class::Structure | Class::List => {
            return None;
        }
    };
    Some(Low::of(Expr::Cell(Operand::Slot(Slot::plain(field.id))), shape))
}

fn column_of(column: System) -> Option<Low> {
    match column {
        System::CreatedAt | System::ModifiedAt => Some(Low::of(system(column), Shape::DateTime)),
        System::CreatedBy | System::ModifiedBy => Some(Low::of(system(column), Shape::User)),
        System::Id | System::Seq | System::Parent | System::Rank | System::Valid => None,
    }
}

/// The options of a field.
pub(super) fn field_options(field: &Field) -> Option<&[model::kind::choice::ChoiceOption]> {
    match &field.kind {
        FieldKind::Choice(kind) => Some(&kind.options.list),
        FieldKind::MultiChoice(kind) => Some(&kind.options.list),
        _ => None,
    }
}

/// The numbers of the options of a field that have this caption.
pub(super) fn captioned(schema: &Schema, table: TableId, field: FieldId, caption: &str) -> Option<Vec<ChoiceId>> {
    let field = schema.table(table).ok()?.field(field).ok()?;
    Some(field_options(field)?.iter().filter(|option| option.name == caption).map(|option| option.id).collect())
}
