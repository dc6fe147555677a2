//! Coming in with a mailed code: a session begins, with the password that is set or, for who has an account, known.

use super::secret::{self, Hash};
use super::sign_up::SignUp;
use super::{blocking, invitations, passwords};
use crate::Engine;
use model::access::Credential;
use model::error::Credentials;
use model::{Ability, Actor, Bag, Error, Result, UserId};
use store::home::users::{self, UserRow, UserState};
use store::home::{Touch, resets, sessions};
use store::once;
use store::tx::Tx;

/// What somebody changes of themselves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OwnPatch {
    pub name: Option<String>,
    /// What one dialect keeps; what others keep stays.
    pub bag: Bag,
    pub email: Option<String>,
    pub password: Option<String>,
}

impl Engine {
    /// Lets the reader of a mailed invitation in: with their password if they have an account at its address, else with a
    /// new account of this password. The session's secret, and whose it is.
    pub async fn arrive_by_invitation(&self, code: &str, password: &str) -> Result<(String, UserId)> {
        once::unkept(self.arrived(code, password)).await
    }

    async fn arrived(&self, code: &str, password: &str) -> Result<(String, UserId)> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        let (hash, now) = (secret::hash(code), self.now().0);
        state.codes.lock().begin(&hash, now)?;
        let found = home.read(|tx| self.guest(tx, &hash, now))?;
        let (known, stored) = found.ok_or_else(no_code)?;
        // Who reads the letter of an account without a password is who was to get one.
        let set = match (&known, &stored) {
            (Some(_), Some(stored)) => {
                let right = state.passwords.verify(password, Some(stored.clone())).await?;
                if !right {
                    return Err(Error::Unauthenticated(Credentials::WrongPassword));
                }
                None
            }
            (Some(_) | None, _) => {
                passwords::check(password)?;
                Some(state.passwords.hash(password, &self.inner().ports).await?)
            }
        };
        let made = blocking(|| {
            home.write(Touch::People, |tx| {
                // Both may have changed while the hash was worked out.
                let row = invitations::open_by_hash(tx, &hash, now)?.ok_or_else(no_code)?;
                if self.guest(tx, &hash, now)? != Some((known.clone(), stored.clone())) {
                    return Err(Error::Conflict("the account was changed meanwhile".to_owned()));
                }
                let user = match &known {
                    Some(user) => user.id,
                    None => newcomer(tx, row.person, &row.address, row.email.as_deref().unwrap_or_default(), now)?,
                };
                if let Some(set) = &set {
                    users::set_password(tx, user, set)?;
                }
                invitations::accept(tx, &row, user, now)?;
                users::forget_invited(tx)?;
                let (secret, _) = self.begin_session(tx, user)?;
                Ok((secret, user))
            })
        })?;
        state.codes.lock().succeed(&hash);
        Ok(made)
    }

    /// The account at the address of an open mailed invitation, if there is one, with its password's hash; none when the
    /// code lets nobody in.
    #[allow(clippy::type_complexity, reason = "an account and its password's hash")]
    fn guest(&self, tx: &mut dyn Tx, hash: &Hash, now: i64) -> Result<Option<(Option<UserRow>, Option<String>)>> {
        let row = invitations::open_by_hash(tx, hash, now)?;
        let Some((row, email)) = row.and_then(|row| row.email.clone().map(|email| (row, email))) else {
            return Ok(None);
        };
        Ok(match users::by_email(tx, &email)? {
            Some((user, stored)) if user.state == UserState::Active => Some((Some(user), stored)),
            Some(_) => None,
            // Who is not invited by name needs the server's leave to make an account.
            None if row.person.is_some() || self.inner().access.sign_up.get() != SignUp::Off => Some((None, None)),
            None => None,
        })
    }

    /// Sets a new password with a mailed code, as [`Engine::reset_password`] does, and begins a session.
    pub async fn arrive_by_reset(&self, code: &str, new: &str) -> Result<(String, UserId)> {
        once::unkept(self.arrived_anew(code, new)).await
    }

    async fn arrived_anew(&self, code: &str, new: &str) -> Result<(String, UserId)> {
        let user = self.password_reset(code, new).await?;
        let home = self.inner().store.home();
        let (secret, _) = blocking(|| home.write(Touch::Nothing, |tx| self.begin_session(tx, user)))?;
        Ok((secret, user))
    }

    /// Changes what is the actor's own, who is in the session of `secret`. With a new password all other sessions end;
    /// with a new address the letters to the old one are worth nothing any more.
    pub async fn change_own(&self, actor: &Actor, secret: &str, patch: OwnPatch) -> Result<()> {
        once::unkept(self.own_changed(actor, secret, patch)).await
    }

    async fn own_changed(&self, actor: &Actor, session: &str, patch: OwnPatch) -> Result<()> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        let session = secret::hash(session);
        let user = actor.user.filter(|_| actor.credential == Credential::Session);
        let user = user.ok_or(Error::Forbidden(Ability::TokenManage))?;
        super::people::check_bag(&patch.bag)?;
        let email = patch.email.as_deref().map(|email| super::rules::mail_address("email", email)).transpose()?;
        let name = patch.name.as_deref().map(|name| super::rules::name("name", name)).transpose()?;
        let hash = match &patch.password {
            None => None,
            Some(new) => {
                passwords::check(new)?;
                Some(state.passwords.hash(new, &self.inner().ports).await?)
            }
        };
        if email.is_some() {
            // The answer cannot hide that an address is taken.
            state.codes.lock().begin(&secret::hash(&format!("user {}", user.0)), self.now().0)?;
        }
        blocking(|| {
            home.write(Touch::People, |tx| {
                let mut row = users::get(tx, user)?;
                row.name = name.unwrap_or(&row.name).to_owned();
                row.bag.extend(patch.bag.clone());
                if let Some(email) = email {
                    row.email = Some(email.to_owned());
                    resets::delete_of_user(tx, user)?;
                }
                users::update(tx, &row)?;
                if let Some(hash) = &hash {
                    users::set_password(tx, user, hash)?;
                    resets::delete_of_user(tx, user)?;
                    sessions::delete_of_user(tx, user, Some(&session))?;
                }
                Ok(())
            })
        })
    }
}

/// The account of who comes for the first time: the row that waited for them, or a new one.
fn newcomer(tx: &mut dyn Tx, waiting: Option<UserId>, address: &str, folded: &str, now: i64) -> Result<UserId> {
    let email = if address.is_empty() { folded } else { address };
    let waiting = waiting.map(|user| users::find(tx, user)).transpose()?.flatten();
    match waiting.filter(|row| row.state == UserState::Invited) {
        Some(mut row) => {
            row.email = Some(email.to_owned());
            row.state = UserState::Active;
            users::update(tx, &row)?;
            Ok(row.id)
        }
        None => {
            let name = super::sign_up::name_of(email);
            users::insert(
                tx,
                &users::NewUser { name: &name, email, password_hash: None, administrator: false, at: now },
            )
        }
    }
}

fn no_code() -> Error {
    Error::malformed("code", "is none, was used, or has ended")
}
