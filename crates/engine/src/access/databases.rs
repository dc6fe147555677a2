//! Databases as the home store lists them. What is in one is the rest of the engine's business.

use super::rules::{self, admit};
use super::{blocking, workspaces};
use crate::Engine;
use model::access::Credential;
use model::change::Patch;
use model::time::Instant;
use model::{Ability, Actor, Bag, DatabaseId, DatabaseKey, Error, Result, Role, Subject, WorkspaceId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::home::databases::{self, DatabaseRow, NewDatabase};
use store::home::{MAX_LIST, Touch};

/// A database, with the actor's role on it.
#[derive(Clone, PartialEq, Debug)]
pub struct DatabaseInfo {
    pub id: DatabaseId,
    pub key: DatabaseKey,
    pub workspace: WorkspaceId,
    pub name: String,
    pub icon: Option<String>,
    pub role: Role,
    pub created_at: Instant,
    pub bag: Bag,
}

/// What to change of a database's entry in the list.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DatabasePatch {
    pub name: Option<String>,
    pub icon: Patch<String>,
    pub bag: Option<Bag>,
}

impl Engine {
    /// A database and the actor's role on it: on the path of every request, so answered from memory. One that is
    /// deleted, foreign or was never there is not found, alike.
    pub fn resolve_database(&self, actor: &Actor, key: DatabaseKey) -> Result<(DatabaseInfo, Role)> {
        let row = self.listed(key)?.ok_or_else(|| not_found(key))?;
        let role = actor.database_role(row.workspace, key);
        if role == Role::None {
            return Err(not_found(key));
        }
        Ok((info(&row, role), role))
    }

    /// A database.
    pub fn get_database(&self, actor: &Actor, key: DatabaseKey) -> Result<DatabaseInfo> {
        self.admit_to_database(actor, key, Ability::DatabaseRead)
    }

    /// The databases of a workspace that the actor reaches, in their order.
    pub fn list_databases(&self, actor: &Actor, workspace: WorkspaceId) -> Result<Vec<DatabaseInfo>> {
        let home = self.inner().store.home();
        let found = home.read(|tx| store::home::workspaces::find(tx, workspace))?;
        found.ok_or_else(|| workspaces::not_found(workspace))?;
        let rows = home.read(|tx| databases::of_workspace(tx, workspace))?;
        let reached = reached(actor, rows);
        // Whoever has a role on a database only may list it in its workspace, which they know by the database.
        if reached.is_empty() && actor.workspace_role(workspace) == Role::None {
            return Err(workspaces::not_found(workspace));
        }
        require(actor, Ability::DatabaseRead)?;
        Ok(reached)
    }

    /// All databases that the actor reaches, by workspace and in their order.
    pub fn list_all_databases(&self, actor: &Actor) -> Result<Vec<DatabaseInfo>> {
        require(actor, Ability::DatabaseRead)?;
        let rows = self.inner().store.home().read(|tx| {
            let mut rows = Vec::new();
            if actor.credential == Credential::Local {
                databases::each(tx, &mut |row| {
                    if row.deleted_at.is_none() && rows.len() < MAX_LIST {
                        rows.push(row);
                    }
                    Ok(())
                })?;
                return Ok(rows);
            }
            let mut of: BTreeSet<WorkspaceId> = actor.grants.workspaces.keys().copied().collect();
            for key in actor.grants.databases.keys().take(MAX_LIST) {
                of.extend(databases::find(tx, *key)?.map(|row| row.workspace));
            }
            for workspace in of {
                if rows.len() < MAX_LIST {
                    let reachable = |row: &DatabaseRow| actor.database_role(row.workspace, row.key) > Role::None;
                    rows.extend(databases::of_workspace(tx, workspace)?.into_iter().filter(reachable));
                }
            }
            Ok(rows)
        })?;
        Ok(reached(actor, rows))
    }

    /// Makes a database in a workspace.
    pub fn create_database(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
        name: &str,
        icon: Option<&str>,
    ) -> Result<DatabaseInfo> {
        let role = self.admit_to_workspace(actor, workspace, Ability::DatabaseCreate)?.role;
        let name = rules::name("name", name)?;
        rules::bounded_option("icon", icon)?;
        let (key, now) = (DatabaseKey::from_dice(self.random_bytes()), self.now());
        let new = NewDatabase { key, workspace, name, icon, at: now.0 };
        let row = blocking(|| {
            self.inner().store.create_database(key, Touch::Access, |tx| {
                // The workspace may have gone while the file was made.
                store::home::workspaces::find(tx, workspace)?.ok_or_else(|| workspaces::not_found(workspace))?;
                databases::insert(tx, &new)?;
                databases::find(tx, key)
            })
        })?;
        let row = row.ok_or_else(|| Error::Internal("a new database is not listed".to_owned()))?;
        Ok(info(&row, role))
    }

    /// Changes name, icon or bag of a database.
    pub fn update_database(&self, actor: &Actor, key: DatabaseKey, patch: DatabasePatch) -> Result<DatabaseInfo> {
        let role = self.admit_to_database(actor, key, Ability::DatabaseUpdate)?.role;
        let name = patch.name.as_deref().map(|name| rules::name("name", name)).transpose()?;
        let row = blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                let mut row =
                    databases::find(tx, key)?.filter(|r| r.deleted_at.is_none()).ok_or_else(|| not_found(key))?;
                if let Some(name) = name {
                    row.name = name.to_owned();
                }
                patch.icon.apply(&mut row.icon);
                rules::bounded_option("icon", row.icon.as_deref())?;
                row.bag = patch.bag.unwrap_or(row.bag);
                databases::update(tx, &row)?;
                Ok(row)
            })
        })?;
        Ok(info(&row, role))
    }

    /// Deletes a database: its file goes to the trash.
    pub fn delete_database(&self, actor: &Actor, key: DatabaseKey) -> Result<()> {
        self.admit_to_database(actor, key, Ability::DatabaseDelete)?;
        blocking(|| self.inner().store.delete_database_by(key, self.now().0, actor.user))
    }

    /// Brings a deleted database back.
    pub fn restore_database(&self, actor: &Actor, key: DatabaseKey) -> Result<DatabaseInfo> {
        let row = self.inner().store.home().read(|tx| databases::find(tx, key))?.ok_or_else(|| not_found(key))?;
        admit(actor, actor.database_role(row.workspace, key), Ability::DatabaseDelete, || not_found(key))?;
        blocking(|| self.inner().store.restore_database(key))?;
        self.get_database(actor, key)
    }

    /// The deleted databases of a workspace that can be brought back, for those who may.
    pub fn list_deleted_databases(&self, actor: &Actor, workspace: WorkspaceId) -> Result<Vec<DatabaseInfo>> {
        self.admit_to_workspace(actor, workspace, Ability::DatabaseDelete)?;
        let rows = self.inner().store.home().read(|tx| databases::deleted_of_workspace(tx, workspace))?;
        Ok(reached(actor, rows))
    }

    /// The database, if the actor may do this with it.
    pub(crate) fn admit_to_database(&self, actor: &Actor, key: DatabaseKey, ability: Ability) -> Result<DatabaseInfo> {
        let (found, role) = self.resolve_database(actor, key)?;
        admit(actor, role, ability, || not_found(key))?;
        Ok(found)
    }

    /// The live database of a key, from memory when the rights have not changed since.
    pub(super) fn listed(&self, key: DatabaseKey) -> Result<Option<Arc<DatabaseRow>>> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        let epoch = home.access_epoch();
        if let Some(known) = state.databases.get(&key, epoch) {
            return Ok(known);
        }
        let row = home.read(|tx| databases::find(tx, key))?;
        let row = row.filter(|row| row.deleted_at.is_none()).map(Arc::new);
        state.databases.put(key, epoch, row.clone());
        Ok(row)
    }
}

/// Refuses a credential whose scopes lack an ability, whatever the place.
fn require(actor: &Actor, ability: Ability) -> Result<()> {
    if actor.abilities.has(ability) { Ok(()) } else { Err(Error::Forbidden(ability)) }
}

fn reached(actor: &Actor, rows: Vec<DatabaseRow>) -> Vec<DatabaseInfo> {
    let role = |row: &DatabaseRow| actor.database_role(row.workspace, row.key);
    rows.iter().filter(|row| role(row) > Role::None).take(MAX_LIST).map(|row| info(row, role(row))).collect()
}

fn not_found(key: DatabaseKey) -> Error {
    Error::not_found(Subject::Database, key.to_string())
}

fn info(row: &DatabaseRow, role: Role) -> DatabaseInfo {
    DatabaseInfo {
        id: row.id,
        key: row.key,
        workspace: row.workspace,
        name: row.name.clone(),
        icon: row.icon.clone(),
        role,
        created_at: Instant(row.created_at),
        bag: row.bag.clone(),
    }
}
