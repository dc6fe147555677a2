//! Bringing back what lies in the trash of a database, and emptying it.

use super::{TrashKind, brought_back};
use crate::Engine;
use crate::once::Once;
use crate::view::Scope;
use crate::write::{WriteContext, run};
use model::{Ability, Actor, Change, DatabaseKey, Error, Result, Seq, Subject, TableId};
use std::sync::Arc;
use store::database::{WriteTx, log, trash};

impl Engine {
    /// Brings back what a write deleted, as a write of its own. What lies in no trash is not found; what cannot come back
    /// as it was is refused.
    pub async fn restore_trash(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        seq: Seq,
        kind: TrashKind,
        client: Option<String>,
    ) -> Result<()> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let once = Once::next();
        let key = self.write_key();
        let client = client.map(|client| crate::undo::client_of(actor, &client));
        open.write(move |w| {
            Once::or_kept(once.as_ref(), w, |w| {
                let changes = wanted(w, &scope, seq, kind)?;
                let context = WriteContext { client: client.clone(), ..WriteContext::default() };
                run(w, &scope, key, context, changes).map(drop)
            })
        })
        .await
    }

    /// Empties the trash of a table, or with none that of tables: what lies there now cannot be restored from it. What the
    /// log needs to tell the history stays in the log.
    pub async fn empty_trash(&self, actor: &Arc<Actor>, database: DatabaseKey, of: Option<TableId>) -> Result<()> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let once = Once::next();
        open.write(move |w| {
            Once::or_kept(once.as_ref(), w, |w| {
                if let Some(table) = of {
                    w.catalog().schema.table(table)?;
                }
                admit(&scope, of)?;
                let last = Seq(w.seq().0.saturating_sub(1));
                trash::set_floor(w.tx, of, last)
            })
        })
        .await
    }
}

/// The changes that bring back what the row deleted.
fn wanted(w: &mut WriteTx<'_>, scope: &Scope, seq: Seq, kind: TrashKind) -> Result<Vec<Change>> {
    let missing = || Error::not_found(Subject::TrashItem, String::new());
    let row = log::row(w.tx, seq)?.ok_or_else(missing)?;
    let catalog = w.catalog();
    let changes = brought_back(w, &catalog, &row, kind, None)?;
    let unknown = |change: &Change| match change {
        Change::ReplaceTable { table } => scope.actor.table_role(scope.role, scope.key, table.id) == model::Role::None,
        _ => false,
    };
    if changes.iter().any(unknown) {
        return Err(missing());
    }
    let mut tables: Vec<Option<TableId>> = changes.iter().map(place_of).collect();
    if kind == TrashKind::Table {
        // The other changes are of what went with the table.
        tables.retain(Option::is_none);
    }
    if tables.is_empty() {
        return Err(missing());
    }
    for table in tables {
        // What the actor may not know of lies in no trash of theirs.
        if table.is_some_and(|table| catalog.schema.table(table).is_err()) {
            return Err(missing());
        }
        admit(scope, table)?;
        if row.seq <= trash::floor(w.tx, table)? || row.at < scope.keeping.since(scope.now).0 {
            return Err(missing());
        }
    }
    Ok(changes)
}

/// The table in whose trash it lies; none for a table itself.
fn place_of(change: &Change) -> Option<TableId> {
    match change {
        Change::RestoreRecords { table, .. }
        | Change::ReplaceField { table, .. }
        | Change::ReplaceView { table, .. } => Some(*table),
        _ => None,
    }
}

fn admit(scope: &Scope, table: Option<TableId>) -> Result<()> {
    let role = table.map_or(scope.role, |table| scope.actor.table_role(scope.role, scope.key, table));
    if role == model::Role::None {
        return Err(Error::not_found(Subject::TrashItem, String::new()));
    }
    if scope.actor.may(role, Ability::TrashUpdate) { Ok(()) } else { Err(Error::Forbidden(Ability::TrashUpdate)) }
}
