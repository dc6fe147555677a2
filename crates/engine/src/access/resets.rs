//! Passwords that were forgotten: a code is mailed to the address of the account, and with it a new one is set, once.
//!
//! Asking is answered before anything is looked up, so that neither the answer nor its time tells who has an account.

use super::{blocking, passwords, secret};
use crate::Engine;
use crate::ports::mailer::{Code, Letter, Says};
use model::{Error, Result, UserId};
use store::home::users::{self, UserState};
use store::home::{Touch, resets, sessions};
use store::once;

/// How long a code is good.
const MINUTES: u32 = 30;
/// Longest e-mail address that is looked up, in bytes.
const MAX_EMAIL: usize = 1024;

impl Engine {
    /// Has a code mailed to an address, if it is an active user's. Must be called on a runtime. The same for every
    /// address; too many for one address, or over all, are refused for a while.
    pub fn ask_for_reset(&self, email: &str) -> Result<()> {
        if email.len() > MAX_EMAIL {
            return Err(Error::malformed("email", "is not an e-mail address"));
        }
        let email = super::rules::mail_address("email", email)?.to_owned();
        let account = secret::hash(&users::fold_email(&email));
        self.inner().access.resets.lock().begin(&account, self.now().0)?;
        let engine = self.clone();
        // The brake bounds how many of these there are.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = engine.mail_reset(&email) {
                tracing::warn!(%error, "a letter about a password is not written");
            }
        });
        Ok(())
    }

    /// Sets a new password with a mailed code, which is used up. All sessions of the user end; the tokens stay, which
    /// the user ends where that is wanted.
    pub async fn reset_password(&self, code: &str, new: &str) -> Result<()> {
        once::unkept(self.password_reset(code, new)).await.map(drop)
    }

    /// As [`Engine::reset_password`]; whose password it was.
    pub(super) async fn password_reset(&self, code: &str, new: &str) -> Result<UserId> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        passwords::check(new)?;
        let (hash, now) = (secret::hash(code), self.now().0);
        state.codes.lock().begin(&hash, now)?;
        // Nobody has the server work out a hash for a code that is none.
        home.read(|tx| resets::find(tx, &hash, now))?.ok_or_else(no_code)?;
        let password = state.passwords.hash(new, &self.inner().ports).await?;
        let user = blocking(|| {
            home.write(Touch::Access, |tx| {
                let user = resets::find(tx, &hash, now)?.ok_or_else(no_code)?;
                users::find(tx, user)?.filter(|row| row.state == UserState::Active).ok_or_else(no_code)?;
                users::set_password(tx, user, &password)?;
                resets::delete_of_user(tx, user)?;
                sessions::delete_of_user(tx, user, None)?;
                Ok(user)
            })
        })?;
        state.codes.lock().succeed(&hash);
        Ok(user)
    }

    fn mail_reset(&self, email: &str) -> Result<()> {
        let home = self.inner().store.home();
        let found = home.read(|tx| users::by_email(tx, email))?.map(|(user, _)| user);
        let Some(user) = found.filter(|user| user.state == UserState::Active) else { return Ok(()) };
        let Some(to) = user.email else { return Ok(()) };
        let (code, now) = (secret::new_session(&self.inner().ports), self.now().0);
        home.write(Touch::Nothing, |tx| {
            resets::delete_expired(tx, now)?;
            resets::put(tx, &secret::hash(&code), user.id, now + i64::from(MINUTES) * 60_000)
        })?;
        let says = Says::Reset { code: Code(code), minutes: MINUTES };
        self.inner().ports.mailer.post(Letter { to, says });
        Ok(())
    }
}

fn no_code() -> Error {
    Error::malformed("code", "is none, was used, or has ended")
}
