//! Members of workspaces and databases. Owners give and take roles; a workspace always keeps one.
//!
//! Who is not a member yet is invited, see `invitations.rs`; only somebody whom the actor meets in the workspace already
//! can be added at once.

use super::blocking;
use super::directory::User;
use crate::Engine;
use model::access::Credential;
use model::time::Instant;
use model::{Ability, Actor, DatabaseKey, Error, Path, Result, Role, Rule, Subject, UserId, WorkspaceId};
use store::home::Touch;
use store::home::grants::{self, GrantRow, Holder};
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
    /// Whether the role is one on the place itself or on the workspace around it.
    pub principal: Principal,
}

/// Where a role was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Principal {
    Workspace,
    Database,
}

/// Whether somebody must be a member already to be given a role.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Member,
    /// With a role somewhere in the workspace.
    Acquaintance,
    Anybody,
}

/// A place that the actor was admitted to.
struct Admitted {
    place: grants::Place,
    /// The workspace that it is or is in.
    workspace: WorkspaceId,
    /// The actor's role there.
    role: Role,
}

impl Admitted {
    /// Nobody gives a role above their own, or touches somebody who has one.
    fn refuse_above(&self, role: Role) -> Result<()> {
        let ability = match self.place {
            grants::Place::Workspace(_) => Ability::WorkspaceInvite,
            grants::Place::Database(_) | grants::Place::Table(..) | grants::Place::Field(..) => Ability::DatabaseInvite,
        };
        if role <= self.role { Ok(()) } else { Err(Error::Forbidden(ability)) }
    }
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
        Ok(self.shown(actor, rows.into_iter().filter(|row| row.place == admitted.place)))
    }

    /// The members of a database, and those of its workspace, who are members of it by that: all who can be named in it.
    pub fn list_all_collaborators(&self, actor: &Actor, key: DatabaseKey) -> Result<Vec<Collaborator>> {
        let found = self.admit_to_database(actor, key, Ability::DatabaseRead)?;
        let rows = self.inner().store.home().read(|tx| {
            let mut rows = grants::of_database(tx, found.id)?;
            rows.retain(|row| row.place == grants::Place::Database(found.id));
            rows.extend(grants::of_workspace(tx, found.workspace)?);
            Ok(rows)
        })?;
        Ok(self.shown(actor, rows))
    }

    fn shown(&self, actor: &Actor, rows: impl IntoIterator<Item = GrantRow>) -> Vec<Collaborator> {
        let directory = self.directory();
        let mut list = Vec::new();
        for row in rows {
            let Holder::User(user) = row.holder else { continue };
            let Some(mut user) = directory.get(user).cloned() else { continue };
            if !actor.abilities.has(Ability::EmailRead) {
                user.email.clear();
            }
            let principal = match row.place {
                grants::Place::Workspace(_) => Principal::Workspace,
                grants::Place::Database(_) | grants::Place::Table(..) | grants::Place::Field(..) => Principal::Database,
            };
            list.push(Collaborator { user, role: row.role, since: Instant(row.created_at), principal });
        }
        list
    }

    /// Gives any user a role on a place, new or in the place of another. For callers that know whom they mean; a door
    /// that takes a user's number from outside uses [`Engine::change_collaborator`] or [`Engine::add_collaborators`].
    pub fn set_collaborator(&self, actor: &Actor, place: Place, user: UserId, role: Role) -> Result<()> {
        self.put_collaborators(actor, place, &[user], role, Standing::Anybody)
    }

    /// Gives a member of a place another role.
    pub fn change_collaborator(&self, actor: &Actor, place: Place, user: UserId, role: Role) -> Result<()> {
        self.put_collaborators(actor, place, &[user], role, Standing::Member)
    }

    /// Gives people a role on a place. They must have a role on its workspace or on a database there: anybody else is not
    /// found, and has to be invited.
    pub fn add_collaborators(&self, actor: &Actor, place: Place, users: &[UserId], role: Role) -> Result<()> {
        self.put_collaborators(actor, place, users, role, Standing::Acquaintance)
    }

    /// Whether the actor may give and take roles on a place, before more is read of a request.
    pub fn may_manage_members(&self, actor: &Actor, place: Place) -> Result<()> {
        self.admit_to(actor, place, Ability::WorkspaceInvite, Ability::DatabaseInvite).map(drop)
    }

    fn put_collaborators(
        &self,
        actor: &Actor,
        place: Place,
        users: &[UserId],
        role: Role,
        standing: Standing,
    ) -> Result<()> {
        let admitted = self.admit_to(actor, place, Ability::WorkspaceInvite, Ability::DatabaseInvite)?;
        if role == Role::None {
            return Err(Error::invalid(Path::of("role"), Rule::Required));
        }
        admitted.refuse_above(role)?;
        let standing = if actor.credential == Credential::Local { Standing::Anybody } else { standing };
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                for user in users {
                    let (user, holder) = (*user, Holder::User(*user));
                    let present = grants::get(tx, holder, admitted.place)?;
                    let known = match standing {
                        Standing::Member => present.is_some(),
                        Standing::Acquaintance => grants::is_in_workspace(tx, user, admitted.workspace)?,
                        Standing::Anybody => true,
                    };
                    if !known || users::find(tx, user)?.is_none_or(|row| row.state != UserState::Active) {
                        return Err(not_found(user));
                    }
                    admitted.refuse_above(present.unwrap_or_default())?;
                    if role != Role::Owner {
                        keep_an_owner(tx, admitted.place, user)?;
                    }
                    grants::put(tx, holder, admitted.place, role, now)?;
                }
                Ok(())
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
                let holder = Holder::User(user);
                if !own {
                    admitted.refuse_above(grants::get(tx, holder, admitted.place)?.unwrap_or_default())?;
                }
                keep_an_owner(tx, admitted.place, user)?;
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
                let role = self.admit_to_workspace(actor, workspace, in_workspace)?.role;
                Admitted { place: grants::Place::Workspace(workspace), workspace, role }
            }
            Place::Database(key) => {
                let found = self.admit_to_database(actor, key, in_database)?;
                Admitted { place: grants::Place::Database(found.id), workspace: found.workspace, role: found.role }
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
