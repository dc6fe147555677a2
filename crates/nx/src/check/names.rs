//! Bare names, by the two passes of section 5.3: exact spelling from the innermost scope outwards, then ignoring case.

use super::scope::Seen;
use super::{Checker, node, tables};
use crate::diagnostic::quoted;
use crate::ir::{Access, Depth, Kind, Node, Place, Span};
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::types::Type;
use model::TableId;
use model::text::fold;
use std::borrow::Cow;
use std::collections::HashSet;

/// A name in one of the two passes.
pub(super) enum Wanted<'n> {
    Exact(&'n str),
    /// Case folded.
    Folded(Cow<'n, str>),
}

impl<'n> Wanted<'n> {
    /// The two passes in their order.
    pub fn passes(name: &'n str) -> impl Iterator<Item = Wanted<'n>> {
        std::iter::once(Wanted::Exact(name)).chain(std::iter::once_with(move || Wanted::Folded(fold(name))))
    }

    /// Whether this name is meant.
    pub fn is(&self, name: &str) -> bool {
        match self {
            Wanted::Exact(wanted) => *wanted == name,
            Wanted::Folded(wanted) => *wanted == fold(name),
        }
    }

    /// The name, if it is wanted exactly as spelled.
    pub fn exact(&self) -> Option<&'n str> {
        match self {
            Wanted::Exact(name) => Some(name),
            Wanted::Folded(_) => None,
        }
    }
}

/// What a bare name means.
pub(super) enum Found {
    Variable(Place, Type),
    /// Something of the record of a context.
    Member {
        context: Depth,
        table: TableId,
        access: Access,
    },
}

impl Checker<'_, '_> {
    /// What a bare name means; none when nothing that is declared has that name.
    pub(super) fn look_up(&self, name: &str) -> Option<Found> {
        Wanted::passes(name).find_map(|wanted| {
            self.scopes.seen().find_map(|scope| match scope {
                Seen::Context(context, Type::Record(table)) => {
                    let access = self.member(*table, &wanted)?;
                    Some(Found::Member { context, table: *table, access })
                }
                Seen::Context(..) => None,
                Seen::Variables(variables) => {
                    let found = variables.get(&wanted)?;
                    Some(Found::Variable(found.place, found.ty.clone()))
                }
            })
        })
    }

    /// The contexts around whose items are not known to be records, the innermost first: what is declared nowhere may
    /// be a key there.
    pub(super) fn open_contexts(&self) -> Vec<Depth> {
        let open = self.scopes.seen().filter_map(|scope| match scope {
            Seen::Context(depth, Type::Any | Type::Object | Type::Null | Type::Array(_)) => Some(depth),
            Seen::Context(..) | Seen::Variables(..) => None,
        });
        open.collect()
    }

    /// A bare name as an expression.
    pub(super) fn name(&mut self, name: &Name) -> Node {
        self.cursor_at_name(name);
        let span = name.span;
        match self.look_up(&name.text) {
            Some(Found::Variable(place, ty)) => node(Kind::Variable(place), ty, span),
            Some(Found::Member { context, table, access }) => {
                let of = Box::new(node(Kind::This(context), Type::Record(table), span));
                self.note_member(name, table, access);
                let ty = self.access_type(table, access);
                node(Kind::Field { of, table, access }, ty, span)
            }
            None => {
                let contexts = self.open_contexts();
                if contexts.is_empty() {
                    return self.unknown_name(name);
                }
                self.open = true;
                node(Kind::FreeName { name: name.text.clone(), contexts }, Type::Any, span)
            }
        }
    }

    /// `this`: the item of the innermost context.
    pub(super) fn this(&mut self, span: Span) -> Node {
        let innermost = self.scopes.seen().find_map(|scope| match scope {
            Seen::Context(depth, item) => Some((depth, item.clone())),
            Seen::Variables(..) => None,
        });
        match innermost {
            Some((depth, item)) => node(Kind::This(depth), item, span),
            None => {
                let note = "`this` is the item of a filter, map or order; functions have none of their own";
                self.mistake(span, "there is no current record here", vec![note.to_owned()])
            }
        }
    }

    /// Tells that nothing has this name, and what may have been meant.
    pub(super) fn unknown_name(&mut self, name: &Name) -> Node {
        if self.mistakes.is_full() {
            return super::unknown(name.span);
        }
        let word = quoted(&name.text);
        let tables: Vec<String> = self.context_tables().into_iter().map(|table| self.table_name(table)).collect();
        let message = match tables.as_slice() {
            [] => format!("{word} is not declared"),
            tables => format!("{word} is neither a variable nor a field of {}", tables.join(" or ")),
        };
        let notes = self.hints(name);
        self.mistake(name.span, message, notes)
    }

    fn hints(&self, name: &Name) -> Vec<String> {
        let any = |wanted: &Wanted<'_>| self.scopes.function(wanted).is_some() || self.builtin(wanted).is_some();
        if Wanted::passes(&name.text).any(|wanted| any(&wanted)) {
            return vec!["it is a function: call it with parentheses".to_owned()];
        }
        if let tables::Named::One(_) = self.find_table(&name.text) {
            let spelled = crate::syntax::print::spelled(&name.text);
            return vec![format!("it is a table: its records are `select {spelled}`")];
        }
        if let Some(near) = self.near_name(&name.text) {
            return vec![format!("did you mean {}?", quoted(&near))];
        }
        let named = |table: &model::Table| Wanted::passes(&name.text).any(|w| self.member(table.id, &w).is_some());
        if self.context_tables().is_empty() && self.schema.live_tables().any(|table| named(table)) {
            return vec![
                "there is no current record here: a field is read through one, as in `record.field`".to_owned(),
            ];
        }
        Vec::new()
    }

    /// The tables of the contexts around, the innermost first.
    pub(super) fn context_tables(&self) -> Vec<TableId> {
        let mut tables = Vec::new();
        for scope in self.scopes.seen() {
            if let Seen::Context(_, Type::Record(table)) = scope
                && !tables.contains(table)
            {
                tables.push(*table);
            }
        }
        tables
    }
}

/// Collects the names that are assigned to by `:=` alone, folded.
pub(super) fn collect_assigned(expr: &Expr, names: &mut HashSet<String>) {
    if let ExprKind::Assign { target, .. } = &expr.kind
        && let ExprKind::Name(name) = &target.kind
    {
        names.insert(fold(&name.text).into_owned());
    }
    expr.kind.children(&mut |child| collect_assigned(child, names));
}
