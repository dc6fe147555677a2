//! Writes whose later changes follow from what the earlier ones did: carried out one by one, logged and committed as one.

use crate::apply::Work;
use crate::once::Once;
use crate::view::View;
use crate::write::{Triggers, WriteContext};
use crate::{Engine, Made};
use model::{Actor, Change, DatabaseKey, Error, Result, TableId};
use std::cell::OnceCell;
use std::sync::Arc;

/// A write under way.
pub struct Steps<'w, 'a> {
    work: Work<'w, 'a>,
    made: Vec<Made>,
    refused: Option<Error>,
}

impl Steps<'_, '_> {
    /// The database as the changes so far have left it.
    pub fn view(&mut self) -> View<'_> {
        let present = self.work.catalog();
        View::new(&mut *self.work.w.tx, present, self.work.scope).after(&self.made)
    }

    /// Carries one change out. A refusal ends the write: nothing of it stays.
    pub fn apply(&mut self, change: Change) -> Result<Made> {
        match self.work.apply(change) {
            Ok(made) => {
                self.made.push(made.clone());
                Ok(made)
            }
            Err(error) => {
                self.refused = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Has the version of a table rise by this write even if nothing of it changes.
    pub fn touch(&mut self, table: TableId) {
        self.work.w.touch(table);
    }
}

impl Engine {
    /// Writes to a database step by step. As with [`Engine::write`], nothing is written when `steps` fails, the answer is
    /// given after the commit, `steps` may be run again, and a keyed request is carried out once.
    pub async fn write_stepwise<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        context: WriteContext,
        mut steps: impl FnMut(&mut Steps<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let once = Once::next();
        let key = self.write_key();
        let context = context.of(actor);
        open.write(move |w| {
            Once::or_kept(once.as_ref(), w, |w| {
                let manager = OnceCell::new();
                let mut work = Work::new(w, &scope);
                work.new_files.clone_from(&context.files);
                let mut under_way = Steps { work, made: Vec::new(), refused: None };
                let answer = steps(&mut under_way)?;
                // A refused change may have been carried out in part.
                if let Some(error) = under_way.refused {
                    return Err(error);
                }
                if context.triggers == Triggers::Run {
                    under_way.work.run_triggers(&scope, &manager)?;
                }
                under_way.work.finish(key, context.clone())?;
                Ok(answer)
            })
        })
        .await
    }
}
