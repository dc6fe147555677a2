//! What a door works out of a table's definition, kept as long as the definition is the same.

use crate::View;
use model::{DatabaseKey, Result, Table, TableId};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// Most that are kept; when there are more, all are made again as they are asked for.
const MOST: usize = 256;

/// What can be worked out of a table as a view sees it.
pub trait Shaped {
    /// Works it out. `table` is of this view.
    fn of(view: &View<'_>, table: Arc<Table>) -> Self;
}

/// The shapes of the tables asked for lately.
#[derive(Debug)]
pub struct Shapes<S> {
    kept: RwLock<HashMap<(DatabaseKey, TableId), Kept<S>>>,
}

/// A shape with what it was made from.
#[derive(Debug)]
struct Kept<S> {
    table: Arc<Table>,
    /// The version of the schema.
    version: u64,
    shape: Arc<S>,
}

impl<S> Default for Shapes<S> {
    fn default() -> Shapes<S> {
        Shapes { kept: RwLock::default() }
    }
}

impl<S: Shaped> Shapes<S> {
    /// The shape of a table, for a read.
    pub fn of(&self, view: &View<'_>, table: TableId) -> Result<Arc<S>> {
        let found = view.table(table)?;
        if let Some(shape) = self.present(view, &found) {
            return Ok(shape);
        }
        let shape = Arc::new(S::of(view, found.clone()));
        if is_shared(view) {
            let mut kept = self.kept.write();
            if kept.len() >= MOST {
                kept.clear();
            }
            let made = Kept { table: found, version: view.schema().version, shape: shape.clone() };
            kept.insert((view.key(), table), made);
        }
        Ok(shape)
    }

    /// The shape of a table inside a write. It is not kept: the schema it is made from may be rolled back. One that is
    /// kept and is not it is forgotten, so that who asks [`Shapes::kept`] before a write has it made anew.
    pub fn within_write(&self, view: &View<'_>, table: TableId) -> Result<Arc<S>> {
        let found = view.table(table)?;
        if let Some(shape) = self.present(view, &found) {
            return Ok(shape);
        }
        if is_shared(view) {
            self.kept.write().remove(&(view.key(), table));
        }
        Ok(Arc::new(S::of(view, found)))
    }

    /// The shape of a table that is kept, old as it may be.
    pub fn kept(&self, database: DatabaseKey, table: TableId) -> Option<Arc<S>> {
        self.kept.read().get(&(database, table)).map(|kept| kept.shape.clone())
    }

    /// A kept shape of exactly this definition. Whoever sees the very table sees all its fields; the version covers the
    /// locales and the other tables that its lookups lead to.
    fn present(&self, view: &View<'_>, table: &Arc<Table>) -> Option<Arc<S>> {
        if !is_shared(view) {
            return None;
        }
        let kept = self.kept.read();
        let found = kept.get(&(view.key(), table.id))?;
        (Arc::ptr_eq(&found.table, table) && found.version == view.schema().version).then(|| found.shape.clone())
    }
}

/// Whether the actor sees what everyone sees: no rights of their own on tables and fields.
fn is_shared(view: &View<'_>) -> bool {
    let grants = &view.actor().grants;
    grants.fields.is_empty() && grants.tables.is_empty()
}
