//! Steps over records and items: `e.name`, `e.(...)`, `e[...]`, `order`.

use super::names::Wanted;
use super::{Checker, node};
use crate::diagnostic::quoted;
use crate::ir::{Access, Kind, Node, Span};
use crate::syntax::ast::{Block, Expr, Name};
use crate::types::Type;
use model::TableId;

/// Where a path leads.
pub(super) enum Step {
    Member(TableId, Access),
    /// A key, or a field of a record of a table that is not known.
    Key,
    /// Nowhere; the mistake is noted.
    Wrong,
}

impl Checker<'_, '_> {
    /// What a name after a point means for a value of this type.
    pub(super) fn step(&mut self, of: &Type, name: &Name) -> Step {
        let item = of.each();
        match item {
            Type::Record(table) if self.schema.table(table).is_ok() => {
                self.cursor_at_field(table, name);
                let found = Wanted::passes(&name.text).find_map(|wanted| self.member(table, &wanted));
                if let Some(access) = found {
                    self.note_member(name, table, access);
                    return Step::Member(table, access);
                }
                let near = self.near_field(table, &name.text);
                let notes = near.map(|near| format!("did you mean {}?", quoted(&near))).into_iter().collect();
                let message = format!("{} has no field {}", self.table_name(table), quoted(&name.text));
                self.mistakes.add_noted(name.span, message, notes);
                Step::Wrong
            }
            Type::Record(_) | Type::Any | Type::Object | Type::Null | Type::Array(_) => Step::Key,
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::DateTime
            | Type::Time
            | Type::Interval
            | Type::Appointment
            | Type::Choice(..)
            | Type::Multi(..)
            | Type::User => {
                let message = format!("{}, so there is no {}", Self::no_fields(&item), quoted(&name.text));
                self.mistakes.add(name.span, message);
                Step::Wrong
            }
        }
    }

    /// `e.name`
    pub(super) fn path(&mut self, of: &Expr, name: &Name, span: Span) -> Node {
        let of = self.boxed(of);
        match self.step(&of.ty, name) {
            Step::Member(table, access) => {
                let ty = gathered(&of.ty, self.access_type(table, access));
                node(Kind::Field { of, table, access }, ty, span)
            }
            Step::Key => {
                let ty = gathered(&of.ty, Type::Any);
                // A key of an object is no field, whatever it is called.
                self.open |= of.ty.each() != Type::Object;
                node(Kind::Key { of, name: name.text.clone() }, ty, span)
            }
            Step::Wrong => super::unknown(span),
        }
    }

    /// `e.(block)` and its other forms.
    pub(super) fn map(&mut self, of: &Expr, body: &Block, span: Span) -> Node {
        let of = self.boxed(of);
        let context = self.open_context(of.ty.each(), span);
        let body = Box::new(self.block(body));
        self.close_context();
        let ty = match &of.ty {
            Type::Any | Type::Null => Type::Any,
            ty => gathered(ty, body.ty.clone()),
        };
        node(Kind::Map { of, context, body }, ty, span)
    }

    /// `e[condition]`, and `where`.
    pub(super) fn filter(&mut self, of: &Expr, span: Span, condition: impl FnOnce(&mut Self) -> Node) -> Node {
        let of = self.boxed(of);
        let item = of.ty.each();
        let context = self.open_context(item.clone(), span);
        let condition = Box::new(condition(self));
        self.close_context();
        node(Kind::Filter { of, context, condition }, item.array(), span)
    }

    /// `e order by key`
    pub(super) fn order(&mut self, of: &Expr, key: &Expr, span: Span) -> Node {
        let of = self.boxed(of);
        let item = of.ty.each();
        let context = self.open_context(item.clone(), span);
        let key = self.boxed(key);
        self.close_context();
        node(Kind::Order { of, context, key }, item.array(), span)
    }
}

/// What a step gives: of one item its value; of many, their values flattened by one level; of what may be either, no
/// one knows.
fn gathered(of: &Type, step: Type) -> Type {
    match of {
        Type::Array(_) | Type::Multi(..) => step.each().array(),
        Type::Any => Type::Any,
        _ => step,
    }
}
