//! Bearers: the credentials in whose name signed addresses are given.
//!
//! An address lives as long as the credential does: the key that signs it is made of what changes when the token is
//! revoked or renewed, or the person's password is changed.

use super::authenticate::{Known, token_actor};
use super::sessions::session_actor;
use crate::Engine;
use model::access::Credential;
use model::error::Credentials;
use model::{Actor, Error, Result, TokenId, UserId};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::home::{tokens, users};

/// A credential as it stands in an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bearer {
    Token(TokenId),
    /// A person in a session.
    Person(UserId),
}

/// A bearer that stands: its rights, and the key that signs in its name.
pub struct Standing {
    pub actor: Arc<Actor>,
    pub key: [u8; 32],
    known: Known,
}

impl Bearer {
    /// The bearer of an actor; none on the command line.
    pub fn of(actor: &Actor) -> Option<Bearer> {
        match (actor.credential, actor.user) {
            (Credential::Token(token), _) => Some(Bearer::Token(token)),
            (Credential::Session, user) => user.map(Bearer::Person),
            (Credential::Local, _) => None,
        }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Bearer> {
        let number = text.get(1..)?.parse().ok()?;
        match text.as_bytes()[0] {
            b't' => Some(Bearer::Token(TokenId(number))),
            b'u' => Some(Bearer::Person(UserId(number))),
            _ => None,
        }
    }
}

impl fmt::Display for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bearer::Token(token) => write!(f, "t{}", token.0),
            Bearer::Person(user) => write!(f, "u{}", user.0),
        }
    }
}

impl Engine {
    /// A bearer with its rights of now: answered from memory while no rights change.
    pub(crate) fn bearer(&self, bearer: Bearer) -> Result<Arc<Standing>> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        let epoch = home.access_epoch();
        let standing = match state.bearers.get(&bearer, epoch) {
            Some(standing) => standing,
            None => {
                let standing = Arc::new(self.find_bearer(bearer)?);
                state.bearers.put(bearer, epoch, standing.clone());
                standing
            }
        };
        if standing.known.expires_at.load(Ordering::Relaxed) <= self.now().0 {
            return Err(Error::Unauthenticated(Credentials::Expired));
        }
        Ok(standing)
    }

    fn find_bearer(&self, bearer: Bearer) -> Result<Standing> {
        let unknown = || Error::Unauthenticated(Credentials::Unknown);
        let (actor, expires_at, stamp) = self.inner().store.home().read(|tx| match bearer {
            Bearer::Token(token) => {
                let row = tokens::get(tx, token)?.ok_or_else(unknown)?;
                let hash = tokens::hash_of(tx, token)?.ok_or_else(unknown)?;
                Ok((token_actor(tx, &row)?, row.expires_at, hash.to_vec()))
            }
            Bearer::Person(user) => {
                let actor = session_actor(tx, user)?;
                let password = users::password(tx, user)?.unwrap_or_default();
                Ok((actor, None, password.into_bytes()))
            }
        })?;
        let key = self.bearer_key(bearer, &stamp);
        let known = Known::new(actor, expires_at, 0);
        Ok(Standing { actor: known.actor.clone(), key, known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_reads_back_and_nothing_else_does() {
        for bearer in [Bearer::Token(TokenId(7)), Bearer::Person(UserId(4_000_000_000))] {
            assert_eq!(Bearer::parse(&bearer.to_string()), Some(bearer));
        }
        for wrong in ["", "t", "7", "x7", "t-7", "tt7", "t99999999999", "é7"] {
            assert_eq!(Bearer::parse(wrong), None, "{wrong}");
        }
    }
}
