//! Signing in and out, and changing a password.

use super::authenticate::active_user;
use super::{blocking, passwords, secret};
use crate::Engine;
use model::access::{Credential, Reach};
use model::error::Credentials;
use model::{Ability, AbilitySet, Actor, Error, Result, UserId};
use std::sync::Arc;
use store::home::grants::{self, Holder};
use store::home::sessions::{self, SessionRow};
use store::home::users::{self, UserState};
use store::home::{Touch, resets, tokens};
use store::once;
use store::tx::Tx;

/// How long a session lasts after its last use, in milliseconds: 30 days.
pub const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Longest e-mail address that is looked up, in bytes.
const MAX_EMAIL: usize = 1024;
/// Most sessions of a user; the one not used for longest makes room.
const MAX_SESSIONS: usize = 100;

impl Engine {
    /// Signs a person in: the session's secret, for a cookie, and whose it is. A wrong password, an unknown address
    /// and a suspended user are one answer after the same work; too many failures are refused for a while.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<(String, UserId)> {
        once::unkept(self.signed_in(email, password)).await
    }

    async fn signed_in(&self, email: &str, password: &str) -> Result<(String, UserId)> {
        let state = &self.inner().access;
        let wrong = Error::Unauthenticated(Credentials::WrongPassword);
        // Nobody's address is that long, and no work is done on it.
        let email = if email.len() > MAX_EMAIL { "" } else { email };
        let account = secret::hash(&users::fold_email(email));
        state.throttle.lock().begin(&account, self.now().0)?;
        let found = self.inner().store.home().read(|tx| users::by_email(tx, email))?;
        let found = found.filter(|(user, _)| user.state == UserState::Active);
        let (user, stored) = found.map_or((None, None), |(user, stored)| (Some(user.id), stored));
        let right = state.passwords.verify(password, stored.clone()).await?;
        let Some(user) = user.filter(|_| right) else { return Err(wrong) };
        state.throttle.lock().succeed(&account);
        let (secret, trimmed) = blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                // The password may have been changed, or the user taken out, while the hash was worked out.
                active_user(tx, user)?;
                if users::password(tx, user)? != stored {
                    return Err(wrong);
                }
                self.begin_session(tx, user)
            })
        })?;
        if trimmed > 0 {
            // A session that made room may still be known in memory.
            self.inner().store.home().write(Touch::Access, |_| Ok(()))?;
        }
        Ok((secret, user))
    }

    /// Keeps a new session of a user: its secret, and how many others made room for it.
    pub(super) fn begin_session(&self, tx: &mut dyn Tx, user: UserId) -> Result<(String, u64)> {
        let (secret, now) = (secret::new_session(&self.inner().ports), self.now().0);
        let session = SessionRow { user, created_at: now, expires_at: now + SESSION_MS, last_seen: now };
        sessions::delete_expired(tx, now)?;
        sessions::insert(tx, &secret::hash(&secret), &session)?;
        let trimmed = sessions::trim(tx, user, MAX_SESSIONS)?;
        Ok((secret, trimmed))
    }

    /// Ends the session of a cookie. One that is unknown has ended already.
    pub fn sign_out(&self, cookie: &str) -> Result<()> {
        let (home, hash) = (self.inner().store.home(), secret::hash(cookie));
        // Anybody can send a cookie; only a real one costs a write.
        if home.read(|tx| sessions::get(tx, &hash))?.is_none() {
            return Ok(());
        }
        blocking(|| home.write(Touch::Access, |tx| sessions::delete(tx, &hash).map(drop)))
    }

    /// Changes the password of the actor, who is in a session and knows the present one. All other sessions end; the
    /// one of `cookie` stays.
    pub async fn change_password(&self, actor: &Actor, cookie: &str, present: &str, new: &str) -> Result<()> {
        once::unkept(self.password_changed(actor, cookie, present, new)).await
    }

    async fn password_changed(&self, actor: &Actor, cookie: &str, present: &str, new: &str) -> Result<()> {
        let state = &self.inner().access;
        let user = actor
            .user
            .filter(|_| actor.credential == Credential::Session)
            .ok_or(Error::Forbidden(Ability::TokenManage))?;
        let row = self.inner().store.home().read(|tx| users::get(tx, user))?;
        let account = secret::hash(&users::fold_email(row.email.as_deref().unwrap_or_default()));
        state.throttle.lock().begin(&account, self.now().0)?;
        let stored = self.inner().store.home().read(|tx| users::password(tx, user))?;
        if !state.passwords.verify(present, stored.clone()).await? {
            return Err(Error::Unauthenticated(Credentials::WrongPassword));
        }
        state.throttle.lock().succeed(&account);
        passwords::check(new)?;
        let hash = state.passwords.hash(new, &self.inner().ports).await?;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                if users::password(tx, user)? != stored {
                    return Err(Error::Conflict("the password was changed meanwhile".to_owned()));
                }
                users::set_password(tx, user, &hash)?;
                resets::delete_of_user(tx, user)?;
                sessions::delete_of_user(tx, user, Some(&secret::hash(cookie)))
            })
        })
    }

    /// Sets the password of a user, as an administrator or on the command line. All sessions of the user end.
    pub async fn set_password(&self, actor: &Actor, user: UserId, new: &str) -> Result<()> {
        super::rules::admit_administrator(actor)?;
        passwords::check(new)?;
        let hash = self.inner().access.passwords.hash(new, &self.inner().ports).await?;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                users::get(tx, user)?;
                users::set_password(tx, user, &hash)?;
                resets::delete_of_user(tx, user)?;
                sessions::delete_of_user(tx, user, None)
            })
        })
    }

    /// Ends all sessions and tokens of the actor's user: what to do when something was stolen.
    pub fn sign_out_everywhere(&self, actor: &Actor) -> Result<()> {
        let user = super::rules::token_owner(actor)?;
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                sessions::delete_of_user(tx, user, None)?;
                tokens::revoke_of_user(tx, user, now)
            })
        })
    }
}

/// The actor of a session of a user.
pub(super) fn session_actor(tx: &mut dyn Tx, user: UserId) -> Result<Actor> {
    let administrator = active_user(tx, user)?;
    Ok(Actor {
        user: Some(user),
        credential: Credential::Session,
        abilities: AbilitySet::ALL,
        reach: Reach::All,
        grants: Arc::new(grants::of_holder(tx, Holder::User(user))?),
        administrator,
        rate: None,
        profile: None,
    })
}
