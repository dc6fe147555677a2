//! Users of the server: the list of them is the administrators', a person's own name and picture their own.

use super::rules::{self, admit_administrator};
use super::{blocking, passwords};
use crate::Engine;
use model::access::Credential;
use model::change::Patch;
use model::time::Instant;
use model::{Actor, Error, Result, UserId};
use store::home::grants::{self, Holder};
use store::home::users::{self, NewUser, UserRow, UserState};
use store::home::{Touch, invitations, preferences, resets, sessions, tokens, workspaces};
use store::tx::Tx;

/// A user with what concerns only them and the administrators.
#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub avatar: Option<String>,
    pub created_at: Instant,
    pub administrator: bool,
    pub suspended: bool,
}

/// An account to be made. Without a password nobody can sign in to it yet.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub password: Option<String>,
    pub administrator: bool,
}

/// What to change of an account.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AccountPatch {
    pub name: Option<String>,
    pub email: Option<String>,
    pub avatar: Patch<String>,
    pub administrator: Option<bool>,
    pub suspended: Option<bool>,
}

impl Engine {
    /// The actor's own account.
    pub fn me(&self, actor: &Actor) -> Result<Account> {
        let user = actor.user.ok_or_else(|| not_found(UserId(0)))?;
        self.inner().store.home().read(|tx| users::get(tx, user)).map(account)
    }

    /// All accounts that are not deleted, by number.
    pub fn list_users(&self, actor: &Actor) -> Result<Vec<Account>> {
        admit_administrator(actor)?;
        let rows = self.inner().store.home().read(users::all)?;
        Ok(rows
            .into_iter()
            .filter(|row| matches!(row.state, UserState::Active | UserState::Suspended))
            .map(account)
            .collect())
    }

    /// An account, for administrators and the user.
    pub fn get_user(&self, actor: &Actor, user: UserId) -> Result<Account> {
        admit_self_or_administrator(actor, user)?;
        self.inner().store.home().read(|tx| users::get(tx, user)).map(account)
    }

    /// Makes an account.
    pub async fn create_user(&self, actor: &Actor, new: NewAccount) -> Result<Account> {
        admit_administrator(actor)?;
        let (name, email) = (rules::name("name", &new.name)?, rules::email(&new.email)?);
        let hash = match &new.password {
            Some(password) => {
                passwords::check(password)?;
                Some(self.inner().access.passwords.hash(password, &self.inner().ports).await?)
            }
            None => None,
        };
        let user =
            NewUser { name, email, password_hash: hash.as_deref(), administrator: new.administrator, at: self.now().0 };
        blocking(|| {
            self.inner().store.home().write(Touch::People, |tx| {
                let id = users::insert(tx, &user)?;
                users::get(tx, id).map(account)
            })
        })
    }

    /// Changes an account: the user's own name and avatar, or as an administrator anything.
    pub fn update_user(&self, actor: &Actor, user: UserId, patch: AccountPatch) -> Result<Account> {
        admit_self_or_administrator(actor, user)?;
        if patch.email.is_some() || patch.administrator.is_some() || patch.suspended.is_some() {
            admit_administrator(actor)?;
        }
        blocking(|| {
            self.inner().store.home().write(Touch::People, |tx| {
                let mut row = users::get(tx, user)?;
                apply(&mut row, &patch)?;
                if !row.administrator || row.state != UserState::Active {
                    refuse_without_administrator(tx, user)?;
                }
                users::update(tx, &row)?;
                if patch.email.is_some() || row.state == UserState::Suspended {
                    // What was mailed to the address of before is no proof any more.
                    resets::delete_of_user(tx, user)?;
                }
                if row.state == UserState::Suspended {
                    sessions::delete_of_user(tx, user, None)?;
                }
                Ok(account(row))
            })
        })
    }

    /// Deletes a user: sessions, tokens and roles end, the name stays in the records. Refused for the last
    /// administrator and for the only owner of a workspace.
    pub fn delete_user(&self, actor: &Actor, user: UserId) -> Result<()> {
        admit_administrator(actor)?;
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::People, |tx| {
                users::get(tx, user)?;
                refuse_without_administrator(tx, user)?;
                for workspace in grants::owned_by(tx, user)? {
                    if grants::other_owners(tx, workspace, user)? == 0 {
                        let name = workspaces::find(tx, workspace)?.map(|row| row.name).unwrap_or_default();
                        let why = format!("the user is the only owner of the workspace {name}");
                        return Err(Error::Conflict(why));
                    }
                }
                sessions::delete_of_user(tx, user, None)?;
                resets::delete_of_user(tx, user)?;
                invitations::delete_of_user(tx, user)?;
                tokens::revoke_of_user(tx, user, now)?;
                grants::remove_of(tx, Holder::User(user))?;
                preferences::remove(tx, Holder::User(user))?;
                users::erase(tx, user)
            })
        })
    }
}

fn apply(row: &mut UserRow, patch: &AccountPatch) -> Result<()> {
    if let Some(name) = &patch.name {
        row.name = rules::name("name", name)?.to_owned();
    }
    if let Some(email) = &patch.email {
        row.email = Some(rules::email(email)?.to_owned());
    }
    patch.avatar.clone().apply(&mut row.avatar);
    rules::bounded_option("avatar", row.avatar.as_deref())?;
    if let Some(administrator) = patch.administrator {
        row.administrator = administrator;
    }
    if let Some(suspended) = patch.suspended {
        row.state = if suspended { UserState::Suspended } else { UserState::Active };
    }
    Ok(())
}

/// Refuses to take `user` out of the active administrators when there is no other.
fn refuse_without_administrator(tx: &mut dyn Tx, user: UserId) -> Result<()> {
    if users::administrators(tx)? == [user] {
        return Err(Error::Conflict("the server needs an administrator".to_owned()));
    }
    Ok(())
}

/// A user's own account is theirs in a session only: a token does not change who its user is.
fn admit_self_or_administrator(actor: &Actor, user: UserId) -> Result<()> {
    if actor.user == Some(user) && actor.credential == Credential::Session {
        return Ok(());
    }
    admit_administrator(actor).map_err(|_| not_found(user))
}

fn not_found(user: UserId) -> Error {
    Error::not_found(model::Subject::User, user.0.to_string())
}

fn account(row: UserRow) -> Account {
    Account {
        id: row.id,
        name: row.name,
        email: row.email.unwrap_or_default(),
        avatar: row.avatar,
        created_at: Instant(row.created_at),
        administrator: row.administrator,
        suspended: row.state == UserState::Suspended,
    }
}
