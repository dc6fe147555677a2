//! Where a script keeps things while it runs: variables, and the items of contexts.

use super::selection::Flow;
use super::{Machine, Outcome};
use crate::ir::{Depth, Kind, Node, Place};
use crate::value::Value;
use model::RecordId;
use std::rc::Rc;

/// The variables and contexts of the script or of one call of a function.
pub(super) struct Frame<'p> {
    places: Vec<Held<'p>>,
    pub contexts: Vec<Item<'p>>,
}

/// What a variable holds. In a script that only reads it may be a selection that was not needed yet.
pub(super) enum Held<'p> {
    Value(Value),
    Flow(Rc<Flow<'p>>),
}

/// The item of a context.
#[derive(Clone)]
pub(super) struct Item<'p> {
    pub this: Value,
    /// Cells that were read with it.
    pub row: Option<(Rc<Batch<'p>>, usize)>,
}

/// Rows that were read together.
pub(super) struct Batch<'p> {
    /// Which node reads which cell. Few, so they are looked for in turn.
    pub columns: Vec<(&'p Node, usize)>,
    /// Cells of a row.
    pub width: usize,
    pub records: Vec<RecordId>,
    pub cells: Vec<Value>,
    /// Whether the bytes of its cells ended it.
    pub is_full: bool,
}

impl<'p> Frame<'p> {
    pub fn of(places: usize) -> Frame<'p> {
        Frame { places: (0..places).map(|_| Held::Value(Value::Null)).collect(), contexts: Vec::new() }
    }

    pub fn set(&mut self, place: usize, held: Held<'p>) {
        if let Some(slot) = self.places.get_mut(place) {
            *slot = held;
        }
    }
}

impl<'p> Item<'p> {
    pub fn value(this: Value) -> Item<'p> {
        Item { this, row: None }
    }
}

impl<'p> Machine<'p, '_> {
    pub(super) fn frame(&self) -> &Frame<'p> {
        self.frames.last().expect("the script's own frame is never taken away")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame<'p> {
        self.frames.last_mut().expect("the script's own frame is never taken away")
    }

    /// What a variable holds.
    #[inline]
    pub(super) fn held(&self, place: Place) -> &Held<'p> {
        match place {
            Place::Global(place) => &self.frames[0].places[place],
            Place::Local(place) => &self.frame().places[place],
        }
    }

    pub(super) fn hold(&mut self, place: Place, held: Held<'p>) {
        match place {
            Place::Global(place) => self.frames[0].set(place, held),
            Place::Local(place) => self.frame_mut().set(place, held),
        }
    }

    /// Declares or assigns a variable; gives what was assigned.
    #[inline(never)]
    pub(super) fn set_variable(&mut self, place: Place, value: &'p Node) -> Outcome<Value> {
        let value = self.eval(value)?;
        self.hold(place, Held::Value(value.clone()));
        Ok(value)
    }

    /// The item of a context.
    #[inline]
    pub(super) fn context(&self, depth: Depth) -> &Item<'p> {
        &self.frame().contexts[depth.0]
    }

    /// Makes an item that of a context. What lies deeper is over.
    #[inline]
    pub(super) fn enter(&mut self, depth: Depth, item: Item<'p>) {
        let contexts = &mut self.frame_mut().contexts;
        contexts.truncate(depth.0);
        while contexts.len() < depth.0 {
            contexts.push(Item::value(Value::Null));
        }
        contexts.push(item);
    }

    /// Leaves a context.
    pub(super) fn leave(&mut self, depth: Depth) {
        self.frame_mut().contexts.truncate(depth.0);
    }

    /// The cell that was read for this very expression with the row of its context.
    #[inline]
    pub(super) fn cell(&self, node: &'p Node) -> Option<&Value> {
        let mut base = node;
        let depth = loop {
            match &base.kind {
                Kind::Field { of, .. } => base = of,
                Kind::This(depth) => break *depth,
                _ => return None,
            }
        };
        let (batch, at) = self.context(depth).row.as_ref()?;
        let column = batch.columns.iter().find(|(reads, _)| std::ptr::eq(*reads, node))?.1;
        batch.cells.get(at * batch.width + column)
    }
}
