//! Deleted databases and workspaces: marked in the home store, and gone for good when their time is over.

use super::Keeping;
use crate::Engine;
use model::time::Instant;
use model::{Ability, Actor, DatabaseKey, Error, Result, Subject, UserId, WorkspaceId};
use std::sync::atomic::{AtomicU32, Ordering};
use store::blocking::blocking;
use store::home::{MAX_LIST, Touch, databases, grants, workspaces};

/// A deleted database of a workspace that is there.
#[derive(Clone, PartialEq, Debug)]
pub struct TrashedDatabase {
    pub key: DatabaseKey,
    pub workspace: WorkspaceId,
    pub name: String,
    pub deleted_at: Instant,
    pub deleted_by: Option<UserId>,
}

/// A deleted workspace.
#[derive(Clone, PartialEq, Debug)]
pub struct TrashedWorkspace {
    pub id: WorkspaceId,
    pub name: String,
    pub deleted_at: Instant,
    pub deleted_by: Option<UserId>,
}

/// The setting, which a server makes once: days, 0 for ever.
#[derive(Debug)]
pub(crate) struct Days(AtomicU32);

impl Default for Days {
    fn default() -> Days {
        Days(AtomicU32::new(0))
    }
}

impl Engine {
    /// Says after how many days deleted things go for good; 0 is never.
    pub fn keep_trash(&self, days: u32) {
        self.inner().trash_days.0.store(days, Ordering::Relaxed);
    }

    /// How long deleted things are kept.
    pub fn keeping(&self) -> Keeping {
        let days = self.inner().trash_days.0.load(Ordering::Relaxed);
        Keeping { days: (days > 0).then_some(days) }
    }

    /// The deleted workspaces that the actor owns, newest first.
    pub fn list_deleted_workspaces(&self, actor: &Actor) -> Result<Vec<TrashedWorkspace>> {
        require(actor, Ability::WorkspaceDelete)?;
        let since = self.keeping().since(self.now()).0;
        let rows = self.inner().store.home().read(|tx| workspaces::deleted(tx, since))?;
        let mine = rows.into_iter().filter(|row| actor.may(actor.workspace_role(row.id), Ability::WorkspaceDelete));
        let shown = mine.map(|row| TrashedWorkspace {
            id: row.id,
            name: row.name,
            deleted_at: Instant(row.deleted_at),
            deleted_by: row.deleted_by,
        });
        Ok(shown.collect())
    }

    /// The deleted databases that the actor may bring back, in all workspaces that are there, newest first.
    pub fn list_trashed_databases(&self, actor: &Actor) -> Result<Vec<TrashedDatabase>> {
        require(actor, Ability::DatabaseDelete)?;
        let since = self.keeping().since(self.now()).0;
        let rows = self.inner().store.home().read(|tx| databases::deleted(tx, since))?;
        let may = |row: &databases::DeletedRow| {
            actor.may(actor.database_role(row.workspace, row.key), Ability::DatabaseDelete)
        };
        let shown = rows.into_iter().filter(may).take(MAX_LIST).map(|row| TrashedDatabase {
            key: row.key,
            workspace: row.workspace,
            name: row.name,
            deleted_at: Instant(row.deleted_at),
            deleted_by: row.deleted_by,
        });
        Ok(shown.collect())
    }

    /// Brings a deleted workspace back, with the databases that went with it.
    pub fn restore_workspace(&self, actor: &Actor, workspace: WorkspaceId) -> Result<()> {
        let missing = || Error::not_found(Subject::TrashItem, String::new());
        let found = self.list_deleted_workspaces(actor)?.into_iter().find(|row| row.id == workspace);
        let found = found.ok_or_else(missing)?;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                if !workspaces::undelete(tx, workspace, found.deleted_at.0)? {
                    return Err(missing());
                }
                databases::undelete_of_workspace(tx, workspace, found.deleted_at.0)
            })?;
            self.inner().store.sweep()
        })
    }

    /// Brings a deleted database back from the trash. One whose time is over, or that lies in none, is not found.
    pub fn restore_trashed_database(&self, actor: &Actor, key: DatabaseKey) -> Result<()> {
        let missing = || Error::not_found(Subject::TrashItem, String::new());
        let found = self.list_trashed_databases(actor)?.into_iter().any(|row| row.key == key);
        if !found {
            return Err(missing());
        }
        blocking(|| self.inner().store.restore_database(key))
    }

    /// Removes databases and workspaces for good whose time in the trash is over.
    pub(crate) fn expire_trash(&self, now: Instant) -> Result<()> {
        if self.keeping().days.is_none() {
            return Ok(());
        }
        let before = self.keeping().since(now).0;
        let purged = self.inner().store.purge(before)?;
        if purged > 0 {
            tracing::info!(databases = purged, "databases whose time in the trash was over are removed");
        }
        self.inner().store.home().write(Touch::Nothing, |tx| {
            for workspace in workspaces::forgettable(tx, before)? {
                grants::remove_of_workspace(tx, workspace)?;
                workspaces::remove(tx, workspace)?;
            }
            Ok(())
        })
    }
}

fn require(actor: &Actor, ability: Ability) -> Result<()> {
    if actor.abilities.has(ability) { Ok(()) } else { Err(Error::Forbidden(ability)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Role;

    #[test]
    fn only_owners_may_bring_back_what_only_owners_may_delete() {
        assert_eq!(Ability::WorkspaceDelete.least_role(), Role::Owner);
        assert_eq!(Ability::DatabaseDelete.least_role(), Role::Owner);
        assert_eq!(Keeping { days: None }.since(Instant(5)), Instant(i64::MIN));
        assert_eq!(Keeping { days: Some(1) }.since(Instant(86_400_005)), Instant(5));
    }
}
