//! Replay: walking the log of a database back, and forward again. Restoring to a point is this, and so is the proof
//! that the log tells everything.

use crate::Engine;
use crate::apply::Work;
use crate::write::WriteContext;
use model::{Actor, DatabaseKey, Error, Result, Seq};
use std::sync::Arc;
use store::database::log;
use store::tx::{GO_ON, STOP};

/// Most changes that one walk takes back in one transaction.
const MOST: usize = 1_000_000;

impl Engine {
    /// Takes back every write after `point`, newest first, as one write of its own whose inverse leads forward again.
    /// Needs the owner of the database. The sequence of that write; none when there was nothing to take back.
    pub async fn rewind(&self, actor: &Arc<Actor>, database: DatabaseKey, point: Seq) -> Result<Option<Seq>> {
        let scope = self.scope(actor, database)?;
        if scope.role < model::Role::Owner {
            return Err(Error::Forbidden(model::Ability::DatabaseUpdate));
        }
        let open = self.inner().store.database(database)?;
        let key = self.write_key();
        open.write(move |w| {
            let mut changes = Vec::new();
            log::rows_back_to(w.tx, point, &mut |row| {
                changes.extend(row.inverse);
                Ok(if changes.len() <= MOST { GO_ON } else { STOP })
            })?;
            if changes.len() > MOST {
                return Err(Error::TooLarge { what: "number of changes to take back", limit: MOST as u64 });
            }
            let mut work = Work::new(w, &scope);
            work.trusted = true;
            for change in changes {
                work.apply(change)?;
            }
            work.finish(key, WriteContext::default())
        })
        .await
    }
}
