//! What writes: `create`, `delete`, assignments to fields. Where a script may only read, each is a mistake, also in a
//! branch that would not run.

use super::names::Found;
use super::paths::Step;
use super::{Checker, node, unknown};
use crate::diagnostic::quoted;
use crate::ir::{Access, Kind, Node, Span};
use crate::setting;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::types::Type;
use model::TableId;

impl Checker<'_, '_> {
    /// Notes a part that writes.
    pub(super) fn write(&mut self, span: Span, what: &str) {
        self.writes = true;
        match self.access {
            setting::Access::Write => {}
            setting::Access::Read => self.mistakes.add(span, format!("{what} writes, and this script may only read")),
        }
    }

    /// `create T`
    pub(super) fn create(&mut self, name: &Name, span: Span) -> Node {
        self.write(span, "`create`");
        match self.table(name) {
            Some(table) => node(Kind::Create(table), Type::Record(table), span),
            None => unknown(span),
        }
    }

    /// `delete e`
    pub(super) fn delete(&mut self, of: &Expr, span: Span) -> Node {
        self.write(span, "`delete`");
        let of = self.boxed(of);
        match of.ty.each() {
            Type::Record(_) | Type::Any | Type::Null | Type::Array(_) => node(Kind::Delete(of), Type::Null, span),
            other => {
                let message = format!("only records can be deleted, and this is {}", other.word());
                self.mistake(of.span, message, Vec::new())
            }
        }
    }

    /// `target := value`
    pub(super) fn assign(&mut self, target: &Expr, value: &Expr, span: Span) -> Node {
        match &target.kind {
            ExprKind::Name(name) => self.assign_name(name, value, span),
            ExprKind::Path { of, name } => {
                let of = self.boxed(of);
                self.assign_step(of, name, value, span)
            }
            // The parser lets nothing else be assigned to.
            _ => unknown(span),
        }
    }

    fn assign_name(&mut self, name: &Name, value: &Expr, span: Span) -> Node {
        self.cursor_at_name(name);
        match self.look_up(&name.text) {
            Some(Found::Variable(place, _)) => {
                let value = self.boxed(value);
                let ty = value.ty.clone();
                node(Kind::SetVariable(place, value), ty, span)
            }
            Some(Found::Member { context, table, access }) => {
                let of = Box::new(node(Kind::This(context), Type::Record(table), name.span));
                self.assign_member((of, table, access), name, value, span)
            }
            None => match self.open_contexts().first() {
                Some(context) => {
                    let of = Box::new(node(Kind::This(*context), Type::Any, name.span));
                    self.assign_key(of, name, value, span)
                }
                None => {
                    self.check(value);
                    self.unknown_name(name)
                }
            },
        }
    }

    fn assign_step(&mut self, of: Box<Node>, name: &Name, value: &Expr, span: Span) -> Node {
        if of.ty.each() == Type::Object {
            self.check(value);
            let notes = vec!["`setItem` gives an object with another value".to_owned()];
            return self.mistake(name.span, "an object cannot be changed", notes);
        }
        match self.step(&of.ty, name) {
            Step::Member(table, access) => self.assign_member((of, table, access), name, value, span),
            Step::Key => self.assign_key(of, name, value, span),
            Step::Wrong => {
                self.check(value);
                unknown(span)
            }
        }
    }

    fn assign_key(&mut self, of: Box<Node>, name: &Name, value: &Expr, span: Span) -> Node {
        self.write(span, "an assignment to a field");
        let value = self.boxed(value);
        let ty = value.ty.clone();
        node(Kind::AssignKey { of, name: name.text.clone(), value }, ty, span)
    }

    /// Writes what is there to be written: not what is worked out, and not the records of the other side.
    fn assign_member(
        &mut self,
        (of, table, access): (Box<Node>, TableId, Access),
        name: &Name,
        value: &Expr,
        span: Span,
    ) -> Node {
        self.write(span, "an assignment to a field");
        let value = self.boxed(value);
        let Access::Field(field) = access else {
            return self.mistake(name.span, format!("{} cannot be assigned to", quoted(&name.text)), Vec::new());
        };
        let kind = self.schema.table(table).and_then(|table| table.field(field)).map(|field| &field.kind);
        if let Ok(kind) = kind
            && (kind.is_computed() || matches!(kind, model::Kind::Reverse(_)))
        {
            let message = format!("{} cannot be assigned to: it is a {}", quoted(&name.text), kind.word());
            return self.mistake(name.span, message, Vec::new());
        }
        let ty = value.ty.clone();
        node(Kind::Assign { of, table, field, value }, ty, span)
    }
}
