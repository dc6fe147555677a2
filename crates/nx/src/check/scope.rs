//! What names mean where: blocks with their variables and functions, contexts with their items, frames.

use super::names::Wanted;
use super::{Checker, MAX_CONTEXTS};
use crate::ir::{Depth, Place, Span};
use crate::syntax::ast::Name;
use crate::types::Type;
use model::text::fold;
use std::collections::HashMap;
use std::sync::Arc;

/// Named things, found in both passes without going through them: a script may have thousands.
pub(super) struct Names<T> {
    items: Vec<(Arc<str>, T)>,
    exact: HashMap<Arc<str>, usize>,
    folded: HashMap<String, usize>,
}

impl<T> Default for Names<T> {
    fn default() -> Names<T> {
        Names { items: Vec::new(), exact: HashMap::new(), folded: HashMap::new() }
    }
}

impl<T> Names<T> {
    /// Adds one, which hides those of the same name.
    pub fn add(&mut self, name: &Arc<str>, item: T) {
        self.exact.insert(name.clone(), self.items.len());
        self.folded.insert(fold(name).into_owned(), self.items.len());
        self.items.push((name.clone(), item));
    }

    /// Adds one that those of the same name hide.
    pub fn add_below(&mut self, name: &str, item: T) {
        let name = Arc::from(name);
        self.exact.entry(Arc::clone(&name)).or_insert(self.items.len());
        self.folded.entry(fold(&name).into_owned()).or_insert(self.items.len());
        self.items.push((name, item));
    }

    pub fn get(&self, wanted: &Wanted<'_>) -> Option<&T> {
        let at = match wanted {
            Wanted::Exact(name) => self.exact.get(*name),
            Wanted::Folded(name) => self.folded.get(name.as_ref()),
        };
        at.map(|at| &self.items[*at].1)
    }

    /// All of them, the last one first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.items.iter().rev().map(|(name, item)| (&**name, item))
    }
}

/// A variable.
pub(super) struct Variable {
    pub place: Place,
    pub ty: Type,
}

/// What a block declares.
#[derive(Default)]
pub(super) struct Declarations {
    pub variables: Names<Variable>,
    /// Numbers of functions.
    pub functions: Names<usize>,
}

/// One scope.
enum Scope {
    /// A block, in this kind of frame.
    Block(Declarations, FrameKind),
    /// Fields or keys of an item.
    Context { depth: Depth, item: Type },
    /// The border of a function: from inside, only the script's own variables are seen beyond it.
    Function,
}

/// A scope as it is seen from inside.
pub(super) enum Seen<'s> {
    Variables(&'s Names<Variable>),
    Context(Depth, &'s Type),
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

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FrameKind {
    #[default]
    Script,
    Function,
}

/// A name that is already taken in its block.
pub(super) struct Twice;

impl Scopes {
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
            Scope::Block(declarations, frame) => {
                (inside || *frame == FrameKind::Script).then_some(Seen::Variables(&declarations.variables))
            }
            Scope::Context { depth, item } => inside.then_some(Seen::Context(*depth, item)),
            Scope::Function => {
                inside = false;
                None
            }
        })
    }

    fn blocks(&self) -> impl Iterator<Item = &Declarations> {
        self.0.iter().rev().filter_map(|scope| match scope {
            Scope::Block(declarations, _) => Some(declarations),
            Scope::Context { .. } | Scope::Function => None,
        })
    }

    /// The functions that are seen, from the innermost outwards.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &usize)> {
        self.blocks().flat_map(|declarations| declarations.functions.iter())
    }

    /// The number of the function of a name.
    pub fn function(&self, wanted: &Wanted<'_>) -> Option<usize> {
        self.blocks().find_map(|declarations| declarations.functions.get(wanted)).copied()
    }

    fn innermost_block(&mut self) -> Option<&mut Declarations> {
        match self.0.last_mut() {
            Some(Scope::Block(declarations, _)) => Some(declarations),
            Some(Scope::Context { .. } | Scope::Function) | None => None,
        }
    }

    /// Adds a function to the innermost block, unless it has one of that name.
    pub fn add_function(&mut self, name: &Arc<str>, number: usize) -> Result<(), Twice> {
        let Some(block) = self.innermost_block() else { return Ok(()) };
        if block.functions.get(&Wanted::Exact(name)).is_some() {
            return Err(Twice);
        }
        block.functions.add(name, number);
        Ok(())
    }
}

impl Checker<'_, '_> {
    pub(super) fn open_block(&mut self) {
        self.scopes.0.push(Scope::Block(Declarations::default(), self.frame.kind));
    }

    /// Declares a variable in the innermost block.
    pub(super) fn declare(&mut self, name: &Name, ty: Type) -> Place {
        let number = self.frame.places;
        self.frame.places += 1;
        let place = match self.frame.kind {
            FrameKind::Script => Place::Global(number),
            FrameKind::Function => Place::Local(number),
        };
        let ty = if self.reassigned.contains(fold(&name.text).as_ref()) { Type::Any } else { ty };
        if let Some(block) = self.scopes.innermost_block() {
            block.variables.add(&name.text, Variable { place, ty });
        }
        place
    }

    /// Opens a context whose items have this type.
    pub(super) fn open_context(&mut self, item: Type, span: Span) -> Depth {
        let depth = Depth(self.frame.contexts);
        if depth.0 >= MAX_CONTEXTS {
            let message = format!("filters, maps and orders are nested deeper than {MAX_CONTEXTS} levels");
            self.mistakes.add(span, message);
        }
        self.frame.contexts += 1;
        self.scopes.0.push(Scope::Context { depth, item });
        depth
    }

    pub(super) fn close_context(&mut self) {
        self.scopes.close();
        self.frame.contexts -= 1;
    }
}
