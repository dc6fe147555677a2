//! The first start: an owner, a workspace, a database and a token, so that the server can be used at once.

use super::secret::{self, TokenSecret};
use super::tokens::NewToken;
use super::{blocking, passwords, rules};
use crate::Engine;
use model::{DatabaseKey, Error, Result, Role, UserId, WorkspaceId};
use store::home::databases::{self, NewDatabase};
use store::home::grants::{self, Holder, Place};
use store::home::users::{self, NewUser};
use store::home::{Touch, workspaces};

/// What the first start is given.
#[derive(Clone, Copy)]
pub struct FirstStart<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    /// The text of the token, when the administrator chose one.
    pub token: Option<&'a str>,
}

/// What the first start made.
#[derive(Clone, PartialEq, Debug)]
pub struct FirstThings {
    pub user: UserId,
    pub workspace: WorkspaceId,
    pub database: DatabaseKey,
    /// A token of full access. Its text is here and nowhere else.
    pub token: TokenSecret,
}

impl Engine {
    /// Makes the first user, who is an administrator and owns a workspace with one database and a token of full
    /// access. Nothing happens, and none is answered, when there ever was a user.
    pub fn first_start(&self, given: FirstStart<'_>) -> Result<Option<FirstThings>> {
        let store = &self.inner().store;
        if store.home().read(users::any)? {
            return Ok(None);
        }
        let (ports, now) = (&self.inner().ports, self.now().0);
        let (name, email) = (rules::name("name", given.name)?, rules::email(given.email)?);
        passwords::check(given.password)?;
        let token = match given.token {
            Some(text) => TokenSecret::chosen(text)?,
            None => TokenSecret::new(ports, &secret::new_public_id(ports)),
        };
        let hash = blocking(|| passwords::hash(given.password, ports))?;
        let key = DatabaseKey::from_dice(self.random_bytes());
        let made = blocking(|| {
            store.create_database(key, Touch::People, |tx| {
                if users::any(tx)? {
                    return Err(Error::Conflict("there is a user already".to_owned()));
                }
                let new = NewUser { name, email, password_hash: Some(&hash), administrator: true, at: now };
                let user = users::insert(tx, &new)?;
                let workspace = workspaces::insert(tx, "Workspace", now)?;
                grants::put(tx, Holder::User(user), Place::Workspace(workspace), Role::Owner, now)?;
                let database = NewDatabase { key, workspace, name: "Database", icon: None, at: now };
                databases::insert(tx, &database)?;
                let new = NewToken { name: "First token".to_owned(), full_access: true, ..NewToken::default() };
                let mut row = self.new_row(Some(user), new);
                row.prefix = token.prefix();
                self.insert_token(tx, &mut row, &token)?;
                Ok((user, workspace))
            })
        });
        if matches!(made, Err(Error::Conflict(_))) && store.home().read(users::any)? {
            // Another server that started at the same time was first.
            return Ok(None);
        }
        let (user, workspace) = made?;
        Ok(Some(FirstThings { user, workspace, database: key, token }))
    }
}
