//! Workspaces: groups of databases with members.

use super::blocking;
use super::rules::{self, admit};
use crate::Engine;
use model::access::Credential;
use model::time::Instant;
use model::{Ability, Actor, Error, Result, Role, Subject, WorkspaceId};
use store::home::grants::{self, Place};
use store::home::workspaces::{self, WorkspaceRow};
use store::home::{MAX_LIST, Touch, databases};

/// A workspace, with the actor's role in it.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkspaceInfo {
    pub id: WorkspaceId,
    pub name: String,
    pub role: Role,
    pub created_at: Instant,
}

impl Engine {
    /// Makes a workspace, which is the actor's. A token that is bound to some workspaces is bound to this one too.
    pub fn create_workspace(&self, actor: &Actor, name: &str) -> Result<WorkspaceInfo> {
        if !actor.abilities.has(Ability::WorkspaceCreate) {
            return Err(Error::Forbidden(Ability::WorkspaceCreate));
        }
        let (name, now) = (rules::name("name", name)?, self.now());
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                let id = workspaces::insert(tx, name, now.0)?;
                if let Some(owner) = rules::owner(tx, actor)? {
                    grants::put(tx, owner, Place::Workspace(id), Role::Owner, now.0)?;
                }
                rules::extend_reach(tx, actor, id)?;
                Ok(WorkspaceInfo { id, name: name.to_owned(), role: Role::Owner, created_at: now })
            })
        })
    }

    /// The workspaces in which the actor has a role, by number.
    pub fn list_workspaces(&self, actor: &Actor) -> Result<Vec<WorkspaceInfo>> {
        if !actor.abilities.has(Ability::WorkspaceRead) {
            return Err(Error::Forbidden(Ability::WorkspaceRead));
        }
        let rows = self.inner().store.home().read(|tx| {
            if actor.credential == Credential::Local {
                return workspaces::all(tx);
            }
            let mut ids: Vec<WorkspaceId> = actor.grants.workspaces.keys().copied().collect();
            ids.retain(|id| actor.workspace_role(*id) > Role::None);
            ids.sort_unstable();
            let mut rows = Vec::new();
            for id in ids.into_iter().take(MAX_LIST) {
                rows.extend(workspaces::find(tx, id)?);
            }
            Ok(rows)
        })?;
        Ok(rows.into_iter().map(|row| info(actor, row)).collect())
    }

    /// A workspace.
    pub fn get_workspace(&self, actor: &Actor, workspace: WorkspaceId) -> Result<WorkspaceInfo> {
        self.admit_to_workspace(actor, workspace, Ability::WorkspaceRead)
    }

    /// Renames a workspace.
    pub fn update_workspace(&self, actor: &Actor, workspace: WorkspaceId, name: &str) -> Result<WorkspaceInfo> {
        let found = self.admit_to_workspace(actor, workspace, Ability::WorkspaceUpdate)?;
        let name = rules::name("name", name)?;
        blocking(|| self.inner().store.home().write(Touch::Access, |tx| workspaces::rename(tx, workspace, name)))?;
        Ok(WorkspaceInfo { name: name.to_owned(), ..found })
    }

    /// Deletes a workspace with its databases, whose files go to the trash.
    pub fn delete_workspace(&self, actor: &Actor, workspace: WorkspaceId) -> Result<()> {
        self.admit_to_workspace(actor, workspace, Ability::WorkspaceDelete)?;
        let (store, now) = (&self.inner().store, self.now().0);
        blocking(|| {
            store.home().write(Touch::Access, |tx| {
                databases::delete_of_workspace(tx, workspace, now)?;
                workspaces::note_deleter(tx, workspace, actor.user)?;
                workspaces::delete(tx, workspace, now)
            })?;
            // It is deleted whatever becomes of the files now: the next sweep moves what this one could not.
            if let Err(error) = store.sweep() {
                tracing::warn!(workspace.id = workspace.0, %error, "files of a deleted workspace stay in their place");
            }
            Ok(())
        })
    }

    /// The workspace, if the actor may do this with it. One that is deleted, foreign or was never there is not found.
    pub(super) fn admit_to_workspace(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
        ability: Ability,
    ) -> Result<WorkspaceInfo> {
        let row = self.inner().store.home().read(|tx| workspaces::find(tx, workspace))?;
        let row = row.ok_or_else(|| not_found(workspace))?;
        admit(actor, actor.workspace_role(workspace), ability, || not_found(workspace))?;
        Ok(info(actor, row))
    }
}

pub(super) fn not_found(workspace: WorkspaceId) -> Error {
    Error::not_found(Subject::Workspace, workspace.0.to_string())
}

fn info(actor: &Actor, row: WorkspaceRow) -> WorkspaceInfo {
    let role = actor.workspace_role(row.id);
    WorkspaceInfo { id: row.id, name: row.name, role, created_at: Instant(row.created_at) }
}
