//! What is worked out once: parts of a loop's body or of a condition that give the same in each turn and ask the host.

use super::facts::Traits;
use super::{Lowering, Machine};
use crate::ir::{Depth, Kind, Node, Place};
use crate::types::Type;
use crate::value::Value;

/// Values of expressions by where these lie in memory, which they do not leave while the script runs.
#[derive(Default)]
pub(super) struct Memo {
    entries: Vec<(usize, Option<Value>)>,
}

/// How many entries there were before a scope.
pub(super) struct Scope(usize);

fn place(node: &Node) -> usize {
    std::ptr::from_ref(node) as usize
}

impl<'p> Machine<'p, '_> {
    /// Opens a scope in which parts of these expressions are worked out once: those that ask the host and do not change
    /// from turn to turn, because they read neither the context of the turns nor a variable that these set. Where
    /// something is written nothing stays as it was.
    pub(super) fn remember_turns(&mut self, bodies: &[&'p Node], depth: Option<Depth>, turns: &[Place]) -> Scope {
        let scope = Scope(self.memo.entries.len());
        let all: Vec<Traits> = bodies.iter().map(|body| self.traits(body)).collect();
        if self.lowering == Lowering::Off || all.iter().any(|traits| traits.writes) || all.iter().all(|t| !t.reads) {
            return scope;
        }
        let sets: Vec<Place> = all.into_iter().flat_map(|traits| traits.sets).chain(turns.iter().copied()).collect();
        for body in bodies {
            self.mark(body, depth.map_or(usize::MAX, |depth| depth.0), &sets);
        }
        scope
    }

    /// Closes a scope.
    pub(super) fn forget(&mut self, scope: Scope) {
        self.memo.entries.truncate(scope.0);
    }

    /// Contexts from number `inner` on are made anew in each turn, by the turns or within the body.
    fn mark(&mut self, node: &'p Node, inner: usize, sets: &[Place]) {
        let traits = self.traits(node);
        if !traits.reads {
            return;
        }
        let varies = traits.reads_context(inner) || traits.uses.iter().any(|place| sets.contains(place));
        if can_be_remembered(node) && traits.is_steady() && !varies {
            self.memo.entries.push((place(node), None));
            return;
        }
        self.mark_parts(node, inner, sets);
    }

    fn mark_parts(&mut self, node: &'p Node, inner: usize, sets: &[Place]) {
        for child in node.children() {
            let inner = node.binds(child).map_or(inner, |context| inner.min(context));
            match goes_on(node, child) {
                // What selects becomes a part of its parent's query.
                true => self.mark_parts(child, inner, sets),
                false => self.mark(child, inner, sets),
            }
        }
    }

    #[inline]
    pub(super) fn remembered(&self, node: &Node) -> Option<Value> {
        if self.memo.entries.is_empty() {
            return None;
        }
        let place = place(node);
        self.memo.entries.iter().rev().find(|(at, _)| *at == place).and_then(|(_, value)| value.clone())
    }

    #[inline]
    pub(super) fn is_to_be_remembered(&self, node: &Node) -> bool {
        if self.memo.entries.is_empty() {
            return false;
        }
        let place = place(node);
        self.memo.entries.iter().rev().find(|(at, _)| *at == place).is_some_and(|(_, value)| value.is_none())
    }

    pub(super) fn remember(&mut self, node: &Node, value: Value) {
        let place = place(node);
        if let Some(entry) = self.memo.entries.iter_mut().rev().find(|(at, _)| *at == place) {
            entry.1 = Some(value);
        }
    }
}

/// The kinds that look whether they are remembered.
fn can_be_remembered(node: &Node) -> bool {
    matches!(
        node.kind,
        Kind::Select(_)
            | Kind::Filter { .. }
            | Kind::Map { .. }
            | Kind::Order { .. }
            | Kind::Field { .. }
            | Kind::Call { .. }
            | Kind::CallFunction { .. }
    )
}

/// Whether a part gives records that its parent narrows, orders, measures or reads columns of.
fn goes_on(node: &Node, child: &Node) -> bool {
    let first = match &node.kind {
        Kind::Filter { of, .. } | Kind::Map { of, .. } | Kind::Order { of, .. } | Kind::Field { of, .. } => {
            Some(of.as_ref())
        }
        Kind::Call { arguments, .. } => arguments.first(),
        _ => None,
    };
    first.is_some_and(|first| std::ptr::eq(first, child))
        && matches!(&child.ty, Type::Array(item) if matches!(item.as_ref(), Type::Record(_)))
}
