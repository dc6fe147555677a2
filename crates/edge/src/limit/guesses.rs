//! The brake on guessing: wrong credentials of an address, whether tokens, cookies or passwords.
//!
//! It refuses what is wrong, and sign-ins, but never a credential that is right: nobody is shut out by what others guess
//! from the same address. The brake by account stands behind it, in the engine.

use super::bucket::{Over, Rule};
use super::buckets::{Buckets, Key, Who};
use super::{Plan, too_often};
use model::error::Credentials;
use model::time::Instant;
use model::{Error, Result};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

const RULE: Rule = Rule::new(5, 1, 100, Over::Refuse);

/// Wrong credentials by address.
pub(crate) struct Guesses {
    buckets: Buckets,
    is_off: bool,
    /// Whether there ever was one: the usual request costs no look-up.
    any: AtomicBool,
}

impl Guesses {
    pub fn new(plan: Plan) -> Guesses {
        Guesses { buckets: Buckets::default(), is_off: plan == Plan::Off, any: AtomicBool::new(false) }
    }

    /// Whether anybody ever guessed.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Refuses an address that has guessed too much; for requests that show nothing to be known by.
    pub fn admit(&self, address: IpAddr, now: Instant) -> Result<()> {
        let standing = RULE.standing(&self.buckets, key(address), now);
        if standing.remaining > 0 { Ok(()) } else { Err(Error::RateLimited { retry_after: 1 }) }
    }

    /// What to answer instead of this error, when it is about a wrong credential and there were too many.
    pub fn note(&self, error: Error, address: IpAddr, now: Instant) -> Error {
        let Error::Unauthenticated(what) = &error else { return error };
        match what {
            Credentials::Missing => return error,
            Credentials::Unknown | Credentials::Expired | Credentials::WrongPassword => {}
        }
        if self.is_off {
            return error;
        }
        self.any.store(true, Ordering::Relaxed);
        RULE.take(&self.buckets, key(address), 1, now).map_or_else(too_often, |_| error)
    }
}

fn key(address: IpAddr) -> Key {
    Key { who: Who::address(address), door: 0, rate: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_too_much_is_slowed_down_and_others_are_not() {
        let guesses = Guesses::new(Plan::Fair);
        let now = Instant(1_700_000_000_000);
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let wrong = || Error::Unauthenticated(Credentials::Unknown);
        for _ in 0..100 {
            guesses.admit(here, now).expect("not yet");
            assert_eq!(guesses.note(wrong(), here, now), wrong());
        }
        assert_eq!(guesses.note(wrong(), here, now), Error::RateLimited { retry_after: 1 });
        assert_eq!(guesses.admit(here, now), Err(Error::RateLimited { retry_after: 1 }));
        assert_eq!(guesses.note(wrong(), there, now), wrong());
        let missing = Error::Unauthenticated(Credentials::Missing);
        assert_eq!(guesses.note(missing.clone(), here, now), missing);
        guesses.admit(here, Instant(now.0 + 200)).expect("one more after a while");
    }
}
