//! From a credential to an actor: on the path of every request, so answered from memory.
//!
//! What is in memory is good for one epoch of the home store, which rises with every change of rights. Times of use
//! are noted in memory and written by [`Engine::flush_last_used`].

use super::secret::{self, Hash, MAX_TEXT};
use super::sessions::{SESSION_MS, session_actor};
use crate::Engine;
use model::access::{Credential, Reach};
use model::error::Credentials;
use model::{Ability, AbilitySet, Actor, Error, Result, TokenId, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::home::grants::{self, Holder};
use store::home::tokens::{self, TokenRow};
use store::home::users::{self, UserState};
use store::home::{Touch, sessions};
use store::tx::Tx;

/// Uses closer together than this are noted once.
const NOTE_MS: i64 = 60_000;

/// A credential that was found, with the actor it stands for.
pub struct Known {
    pub actor: Arc<Actor>,
    /// UTC milliseconds; a session's moves on with its use.
    pub expires_at: AtomicI64,
    noted_at: AtomicI64,
}

/// Times of use that are not written yet, UTC milliseconds.
#[derive(Default)]
pub struct Seen {
    pub tokens: HashMap<TokenId, i64>,
    pub sessions: HashMap<Hash, i64>,
}

impl Known {
    pub fn new(actor: Actor, expires_at: Option<i64>, noted_at: i64) -> Known {
        Known {
            actor: Arc::new(actor),
            expires_at: AtomicI64::new(expires_at.unwrap_or(i64::MAX)),
            noted_at: AtomicI64::new(noted_at),
        }
    }

    /// Refuses an expired credential. Whether this use is to be noted.
    fn admit(&self, now: i64) -> Result<bool> {
        if self.expires_at.load(Ordering::Relaxed) <= now {
            return Err(Error::Unauthenticated(Credentials::Expired));
        }
        let noted = self.noted_at.load(Ordering::Relaxed);
        let due = now.saturating_sub(noted) >= NOTE_MS;
        Ok(due && self.noted_at.compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed).is_ok())
    }
}

impl Engine {
    /// The actor of an access token.
    pub fn authenticate(&self, token: &str) -> Result<Arc<Actor>> {
        let state = &self.inner().access;
        let hash = text_hash(token)?;
        // The epoch is asked before reading, so what is read is at least that new.
        let epoch = self.inner().store.home().access_epoch();
        let known = match state.tokens.get(&hash, epoch) {
            Some(known) => known,
            None => {
                let known = Arc::new(self.find_token(&hash)?);
                state.tokens.put(hash, epoch, known.clone());
                known
            }
        };
        let now = self.now().0;
        if known.admit(now)?
            && let Credential::Token(token) = known.actor.credential
        {
            state.seen.lock().tokens.insert(token, now);
        }
        Ok(known.actor.clone())
    }

    /// The actor of a session's cookie. Each use makes the session last longer.
    pub fn authenticate_session(&self, cookie: &str) -> Result<Arc<Actor>> {
        let state = &self.inner().access;
        let hash = text_hash(cookie)?;
        let epoch = self.inner().store.home().access_epoch();
        // One that has ended here may have been used elsewhere since, which makes it last longer.
        let lasting = |known: &Arc<Known>| known.expires_at.load(Ordering::Relaxed) > self.now().0;
        let known = match state.sessions.get(&hash, epoch).filter(lasting) {
            Some(known) => known,
            None => {
                let known = Arc::new(self.find_session(&hash)?);
                state.sessions.put(hash, epoch, known.clone());
                known
            }
        };
        let now = self.now().0;
        if known.admit(now)? {
            known.expires_at.fetch_max(now + SESSION_MS, Ordering::Relaxed);
            state.seen.lock().sessions.insert(hash, now);
        }
        Ok(known.actor.clone())
    }

    /// The same actor with the rights of now: after making something, or in a stream that goes on for long. A session's
    /// own end is not seen here; its cookie tells.
    pub fn renewed(&self, actor: &Actor) -> Result<Arc<Actor>> {
        let unknown = || Error::Unauthenticated(Credentials::Unknown);
        let renewed = self.inner().store.home().read(|tx| match (actor.credential, actor.user) {
            (Credential::Token(token), _) => {
                let row = tokens::get(tx, token)?.ok_or_else(unknown)?;
                Ok((token_actor(tx, &row)?, row.expires_at))
            }
            (Credential::Session, Some(user)) => Ok((session_actor(tx, user)?, None)),
            (Credential::Session, None) => Err(unknown()),
            (Credential::Local, _) => Ok((actor.clone(), None)),
        });
        let (renewed, expires_at) = renewed?;
        if expires_at.is_some_and(|at| at <= self.now().0) {
            return Err(Error::Unauthenticated(Credentials::Expired));
        }
        Ok(Arc::new(renewed))
    }

    /// Writes the times of use that were noted in memory. To be called now and then, and at the end.
    pub fn flush_last_used(&self) -> Result<()> {
        let seen = std::mem::take(&mut *self.inner().access.seen.lock());
        if seen.tokens.is_empty() && seen.sessions.is_empty() {
            return Ok(());
        }
        super::blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                for (token, at) in &seen.tokens {
                    tokens::used(tx, *token, *at)?;
                }
                for (hash, at) in &seen.sessions {
                    sessions::extend(tx, hash, *at, *at + SESSION_MS)?;
                }
                Ok(())
            })
        })
    }

    /// When a token was last used, as far as this process knows beyond what is stored.
    pub(super) fn noted_use(&self, token: TokenId) -> Option<i64> {
        self.inner().access.seen.lock().tokens.get(&token).copied()
    }

    fn find_token(&self, hash: &Hash) -> Result<Known> {
        self.inner().store.home().read(|tx| {
            let row = tokens::by_hash(tx, hash)?.ok_or(Error::Unauthenticated(Credentials::Unknown))?;
            let actor = token_actor(tx, &row)?;
            Ok(Known::new(actor, row.expires_at, row.last_used_at.unwrap_or(0)))
        })
    }

    fn find_session(&self, hash: &Hash) -> Result<Known> {
        self.inner().store.home().read(|tx| {
            let row = sessions::get(tx, hash)?.ok_or(Error::Unauthenticated(Credentials::Unknown))?;
            let actor = session_actor(tx, row.user)?;
            // It may have been used since it was written down.
            let noted = self.inner().access.seen.lock().sessions.get(hash).copied().unwrap_or(row.last_seen);
            let expires_at = row.expires_at.max(noted + SESSION_MS);
            Ok(Known::new(actor, Some(expires_at), noted))
        })
    }
}

/// The hash of a text that can be one of ours at all.
fn text_hash(text: &str) -> Result<Hash> {
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(Error::Unauthenticated(Credentials::Unknown));
    }
    Ok(secret::hash(text))
}

/// The actor of a token: its user's roles, or its own when it has no user.
pub fn token_actor(tx: &mut dyn Tx, row: &TokenRow) -> Result<Actor> {
    let administrator = match row.user {
        Some(user) => active_user(tx, user)?,
        None => false,
    };
    let holder = row.user.map_or(Holder::Token(row.id), Holder::User);
    let grants = grants::of_holder(tx, holder)?;
    let abilities = if row.full_access { AbilitySet::ALL } else { row.abilities };
    Ok(Actor {
        user: row.user,
        credential: Credential::Token(row.id),
        // Full access is all that there is now, not all that there was when the token was made.
        abilities,
        reach: row.reach.clone(),
        grants: Arc::new(grants),
        // The server is no workspace, so a token that is bound to some does not reach it.
        administrator: administrator && row.reach == Reach::All && abilities.has(Ability::ServerManage),
        rate: row.rate,
        profile: row.profile,
    })
}

/// Whether an active user is an administrator; users who are not active are not let in.
pub fn active_user(tx: &mut dyn Tx, user: UserId) -> Result<bool> {
    match users::find(tx, user)? {
        Some(row) if row.state == UserState::Active => Ok(row.administrator),
        Some(_) | None => Err(Error::Unauthenticated(Credentials::Unknown)),
    }
}
