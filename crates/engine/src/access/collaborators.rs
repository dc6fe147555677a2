//! Members of workspaces and databases. Owners invite; a workspace always keeps one.

use super::blocking;
use super::directory::User;
use crate::Engine;
use model::time::Instant;
use model::{Ability, Actor, DatabaseKey, Error, Path, Result, Role, Rule, Subject, UserId, WorkspaceId};
use store::home::Touch;
use store::home::grants::{self, Holder};
use store::home::users::{self, UserState};
use store::tx::Tx;

/// What a member is a member of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Workspace(WorkspaceId),
    Database(DatabaseKey),
}

/// A member.
#[derive(Clone, PartialEq, Debug)]
pub struct Collaborator {
    /// Without an e-mail address when the actor may not see it.
    pub user: User,
    pub role: Role,
    pub since: Instant,
}

/// A place that the actor was admitted to.
struct Admitted {
    place: grants::Place,
    /// The workspace that it is or is in.
    workspace: WorkspaceId,
}

impl Engine {
    /// The members of a place, in the order in which they came. Those of a database's workspace are not repeated.
    pub fn list_collaborators(&self, actor: &Actor, place: Place) -> Result<Vec<Collaborator>> {
        let admitted = self.admit_to(actor, place, Ability::WorkspaceRead, Ability::DatabaseRead)?;
        let rows = self.inner().store.home().read(|tx| match admitted.place {
            grants::Place::Workspace(workspace) => grants::of_workspace(tx, workspace),
            grants::Place::Database(database)
            | grants::Place::Table(database, _)
            | grants::Place::Field(database, _, _) => grants::of_database(tx, database),
        })?;
        let directory = self.directory();
        let mut list = Vec::new();
        for row in rows.into_iter().filter(|row| row.place == admitted.place) {
            let Holder::User(user) = row.holder else { continue };
            let Some(mut user) = directory.get(user).cloned() else { continue };
            if !actor.abilities.has(Ability::EmailRead) {
                user.email.clear();
            }
            list.push(Collaborator { user, role: row.role, since: Instant(row.created_at) });
        }
        Ok(list)
    }

    /// Gives a user a role on a place, new or in the place of another.
    pub fn set_collaborator(&self, actor: &Actor, place: Place, user: UserId, role: Role) -> Result<()> {
        let admitted = self.admit_to(actor, place, Ability::WorkspaceInvite, Ability::DatabaseInvite)?;
        if role == Role::None {
            return Err(Error::invalid(Path::of("role"), Rule::Required));
        }
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                if users::find(tx, user)?.is_none_or(|row| row.state != UserState::Active) {
                    return Err(not_found(user));
                }
                if role != Role::Owner {
                    keep_an_owner(tx, admitted.place, user)?;
                }
                grants::put(tx, Holder::User(user), admitted.place, role, now)
            })
        })
    }

    /// Takes a member out. Everybody may take out themselves.
    pub fn remove_collaborator(&self, actor: &Actor, place: Place, user: UserId) -> Result<()> {
        let own = actor.user == Some(user);
        let (in_workspace, in_database) = if own {
            (Ability::WorkspaceRead, Ability::DatabaseRead)
        } else {
            (Ability::WorkspaceInvite, Ability::DatabaseInvite)
        };
        let admitted = self.admit_to(actor, place, in_workspace, in_database)?;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                keep_an_owner(tx, admitted.place, user)?;
                let holder = Holder::User(user);
                if !grants::remove(tx, holder, admitted.place)? {
                    return Err(not_found(user));
                }
                // Roles on its tables narrow what a member of the workspace may do, so for one they stay.
                let member = grants::get(tx, holder, grants::Place::Workspace(admitted.workspace))?.is_some();
                if let (grants::Place::Database(database), false) = (admitted.place, member) {
                    grants::remove_within(tx, user, database)?;
                }
                Ok(())
            })
        })
    }

    fn admit_to(&self, actor: &Actor, place: Place, in_workspace: Ability, in_database: Ability) -> Result<Admitted> {
        Ok(match place {
            Place::Workspace(workspace) => {
                self.admit_to_workspace(actor, workspace, in_workspace)?;
                Admitted { place: grants::Place::Workspace(workspace), workspace }
            }
            Place::Database(key) => {
                let found = self.admit_to_database(actor, key, in_database)?;
                Admitted { place: grants::Place::Database(found.id), workspace: found.workspace }
            }
        })
    }
}

/// Refuses to take the role of the only owner of a workspace.
fn keep_an_owner(tx: &mut dyn Tx, place: grants::Place, user: UserId) -> Result<()> {
    let grants::Place::Workspace(workspace) = place else { return Ok(()) };
    let owner = grants::get(tx, Holder::User(user), place)? == Some(Role::Owner);
    if owner && grants::other_owners(tx, workspace, user)? == 0 {
        return Err(Error::Conflict("a workspace needs an owner, and there is no other".to_owned()));
    }
    Ok(())
}

fn not_found(user: UserId) -> Error {
    Error::not_found(Subject::User, user.0.to_string())
}
