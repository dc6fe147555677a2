//! What names mean where: blocks with their variables and functions, contexts with their items, frames.

use super::Checker;
use super::names::Wanted;
use crate::ir::{Depth, Place};
use crate::syntax::ast::Name;
use crate::types::Type;
use model::text::fold;
use std::sync::Arc;

/// A variable.
pub(super) struct Variable {
    pub name: Arc<str>,
    pub place: Place,
    pub ty: Type,
}

/// One scope.
pub(super) enum Scope {
    Block {
        variables: Vec<Variable>,
        /// Names of functions, and their numbers.
        functions: Vec<(Arc<str>, usize)>,
    },
    /// Fields or keys of an item.
    Context { depth: Depth, item: Type },
    /// The border of a function: from inside, only the script's own variables are seen beyond it.
    Function,
}

/// The scopes around a place, the innermost last.
#[derive(Default)]
pub(super) struct Scopes(Vec<Scope>);

/// The frame that is being checked: the script's own, or that of a function.
#[derive(Default)]
pub(super) struct Frame {
    pub kind: FrameKind,
    pub places: usize,
    pub contexts: usize,
    /// How many loops are around.
    pub loops: usize,
}

#[derive(Default)]
pub(super) enum FrameKind {
    #[default]
    Script,
    Function,
}

impl Scopes {
    pub fn open_block(&mut self) {
        self.0.push(Scope::Block { variables: Vec::new(), functions: Vec::new() });
    }

    pub fn open_function(&mut self) {
        self.0.push(Scope::Function);
    }

    pub fn close(&mut self) {
        self.0.pop();
    }

    /// The scopes whose variables and contexts are seen, from the innermost outwards.
    pub fn seen(&self) -> impl Iterator<Item = Seen<'_>> {
        let mut inside = true;
        self.0.iter().rev().filter_map(move |scope| match scope {
            Scope::Block { variables, .. } => Some(Seen::Variables(variables, inside)),
            Scope::Context { depth, item } => inside.then_some(Seen::Context(*depth, item)),
            Scope::Function => {
                inside = false;
                None
            }
        })
    }

    /// The functions that are seen, from the innermost outwards.
    pub fn functions(&self) -> impl Iterator<Item = &(Arc<str>, usize)> {
        self.0.iter().rev().flat_map(|scope| match scope {
            Scope::Block { functions, .. } => functions.as_slice(),
            Scope::Context { .. } | Scope::Function => &[],
        })
    }

    /// The number of the function of a name.
    pub fn function(&self, wanted: &Wanted<'_>) -> Option<usize> {
        self.functions().find(|(name, _)| wanted.is(name)).map(|(_, number)| *number)
    }

    /// Adds a function to the innermost block, unless it has one of that name.
    pub fn add_function(&mut self, name: &Arc<str>, number: usize) -> Result<(), Twice> {
        if let Some(Scope::Block { functions, .. }) = self.0.last_mut() {
            if functions.iter().any(|(known, _)| known == name) {
                return Err(Twice);
            }
            functions.push((name.clone(), number));
        }
        Ok(())
    }
}

/// A name that is already taken in its block.
pub(super) struct Twice;

/// A scope as it is seen from inside.
pub(super) enum Seen<'s> {
    Variables(&'s [Variable], bool),
    Context(Depth, &'s Type),
}

impl<'s> Seen<'s> {
    /// The variables that can be reached; those of a surrounding function cannot.
    pub fn variables(self) -> impl Iterator<Item = &'s Variable> {
        let (variables, inside): (&[Variable], bool) = match self {
            Seen::Variables(variables, inside) => (variables, inside),
            Seen::Context(..) => (&[], true),
        };
        variables.iter().rev().filter(move |variable| inside || matches!(variable.place, Place::Global(_)))
    }
}

impl Checker<'_, '_> {
    /// Declares a variable in the innermost block.
    pub(super) fn declare(&mut self, name: &Name, ty: Type) -> Place {
        let number = self.frame.places;
        self.frame.places += 1;
        let place = match self.frame.kind {
            FrameKind::Script => Place::Global(number),
            FrameKind::Function => Place::Local(number),
        };
        let ty = if self.reassigned.contains(fold(&name.text).as_ref()) { Type::Any } else { ty };
        if let Some(Scope::Block { variables, .. }) = self.scopes.0.last_mut() {
            variables.push(Variable { name: name.text.clone(), place, ty });
        }
        place
    }

    /// Opens a context whose items have this type.
    pub(super) fn open_context(&mut self, item: Type) -> Depth {
        let depth = Depth(self.frame.contexts);
        self.frame.contexts += 1;
        self.scopes.0.push(Scope::Context { depth, item });
        depth
    }

    pub(super) fn close_context(&mut self) {
        self.scopes.close();
        self.frame.contexts -= 1;
    }
}
