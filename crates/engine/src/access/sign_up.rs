//! Making an account of one's own, where the server lets people do so.
//!
//! Who may not sign up learns nothing of which addresses have accounts: an invitation is judged before the address is
//! looked at. Where everybody may, the answer cannot hide that an address is taken, and only the brake slows the asking.

use super::invitations;
use super::secret;
use super::{blocking, passwords, rules};
use crate::Engine;
use model::{Ability, Error, Result, Role, UserId};
use std::sync::atomic::{AtomicU8, Ordering};
use store::home::grants::{self, Holder, Place};
use store::home::users::{self, NewUser};
use store::home::{Touch, workspaces};
use store::once;

/// Longest name that is made of an address, in characters.
const MAX_OWN_NAME: usize = 64;

/// Who may make an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SignUp {
    /// Nobody: administrators make accounts.
    #[default]
    Off,
    /// Whoever has the code of an invitation.
    Invited,
    Open,
}

/// The rule of now.
#[derive(Default)]
pub struct SignUpRule(AtomicU8);

impl SignUpRule {
    pub(super) fn get(&self) -> SignUp {
        match self.0.load(Ordering::Relaxed) {
            1 => SignUp::Invited,
            2 => SignUp::Open,
            _ => SignUp::Off,
        }
    }
}

/// Who wants an account.
#[derive(Clone, Copy)]
pub struct Newcomer<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// The name of a workspace to be made for them. Without one, and without an invitation, it gets a name of its own.
    pub workspace: Option<&'a str>,
    /// The code of an invitation, which is accepted in the same step.
    pub invitation: Option<&'a str>,
}

impl Engine {
    /// Sets who may sign up from now on.
    pub fn allow_sign_up(&self, rule: SignUp) {
        let code = match rule {
            SignUp::Off => 0,
            SignUp::Invited => 1,
            SignUp::Open => 2,
        };
        self.inner().access.sign_up.0.store(code, Ordering::Relaxed);
    }

    /// Makes an account and begins a session: its secret, for a cookie, and whose it is.
    pub async fn sign_up(&self, given: Newcomer<'_>) -> Result<(String, UserId)> {
        once::unkept(self.signed_up(given)).await
    }

    async fn signed_up(&self, given: Newcomer<'_>) -> Result<(String, UserId)> {
        let state = &self.inner().access;
        let rule = state.sign_up.get();
        if rule == SignUp::Off {
            return Err(Error::Forbidden(Ability::ServerManage));
        }
        let email = rules::mail_address("email", given.email)?;
        passwords::check(given.password)?;
        let workspace = given.workspace.map(|name| rules::name("workspace", name)).transpose()?;
        let now = self.now().0;
        state.sign_ups.lock().begin(&secret::hash(&users::fold_email(email)), now)?;
        let invitation = given.invitation.map(secret::hash);
        let home = self.inner().store.home();
        match invitation {
            Some(hash) => drop(home.read(|tx| invitations::open_by_hash(tx, &hash, now))?.ok_or_else(no_invitation)?),
            None if rule == SignUp::Invited => return Err(no_invitation()),
            None => {}
        }
        let hash = state.passwords.hash(given.password, &self.inner().ports).await?;
        let name = name_of(email);
        let new = NewUser { name: &name, email, password_hash: Some(&hash), administrator: false, at: now };
        let own = format!("{name}'s workspace");
        let made = blocking(|| {
            home.write(Touch::People, |tx| {
                let user = users::insert(tx, &new)?;
                if let Some(hash) = invitation {
                    let row = invitations::open_by_hash(tx, &hash, now)?.ok_or_else(no_invitation)?;
                    invitations::accept(tx, &row, user, now)?;
                }
                if let Some(name) = workspace.or(invitation.is_none().then_some(own.as_str())) {
                    let workspace = workspaces::insert(tx, name, now)?;
                    grants::put(tx, Holder::User(user), Place::Workspace(workspace), Role::Owner, now)?;
                }
                let (secret, _) = self.begin_session(tx, user)?;
                Ok((secret, user))
            })
        })?;
        Ok(made)
    }
}

/// What somebody is called of whom only the address is known.
pub(super) fn name_of(email: &str) -> String {
    email.split('@').next().unwrap_or(email).chars().take(MAX_OWN_NAME).collect()
}

fn no_invitation() -> Error {
    Error::malformed("invitation", "must be the code of an invitation that is open")
}
