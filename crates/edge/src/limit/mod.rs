//! How often a credential may ask: token buckets, shared by all doors. A door says which numbers its documents publish
//! ([`Rate`]); the [`Plan`] of the server says whether they or our own count; a token may have a limit of its own.
//!
//! Nobody's requests are counted against another: a bucket is of one credential at one door. Requests without a
//! credential are counted by their address, and so are wrong credentials. Start with [`Limits::take`].

mod bucket;
mod buckets;
mod guesses;
mod meter;
mod plan;

pub use bucket::{Over, Rule, Standing};
pub use buckets::{Buckets, Key, Who};
pub use meter::Meter;
pub(crate) use meter::say;
pub use plan::{Plan, Rate};

pub(crate) use guesses::Guesses;

use crate::door::Door;
use model::access::Credential;
use model::time::Instant;
use model::{Actor, Error, Result};
use std::net::IpAddr;

/// The buckets of a server.
pub struct Limits {
    plan: Plan,
    /// Of credentials that are known.
    known: Buckets,
    /// Of addresses, apart so that they cannot crowd out those of credentials.
    strangers: Buckets,
    pub(crate) guesses: Guesses,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new(Plan::Off)
    }
}

impl Limits {
    /// Buckets that are all full.
    pub fn new(plan: Plan) -> Limits {
        Limits { plan, known: Buckets::default(), strangers: Buckets::default(), guesses: Guesses::new(plan) }
    }

    /// What an actor is measured by; none when nothing is.
    pub(crate) fn meter(&self, actor: &Actor, place: Asked<'_>) -> Option<Meter> {
        let who = match (actor.credential, actor.user) {
            (Credential::Token(token), _) => Who::Token(token.0),
            (Credential::Session, Some(user)) => Who::User(user.0),
            (Credential::Session | Credential::Local, _) => return None,
        };
        let rules = match actor.rate {
            Some(own) => plan::own(own),
            None => self.plan.rules(place.door, place.rate)?,
        };
        Some(Meter { key: Key { who, door: place.number, rate: place.rate as u16 }, rules })
    }

    /// Takes one request from the bucket.
    pub(crate) fn take(&self, meter: &Meter, now: Instant) -> Result<()> {
        meter.rules.requests.take(&self.known, meter.key, 1, now).map(drop).map_err(too_often)
    }

    /// Takes one request of somebody without a credential from the bucket of the address.
    pub(crate) fn take_stranger(&self, address: IpAddr, place: Asked<'_>, now: Instant) -> Result<()> {
        let Some(rules) = self.plan.rules(place.door, place.rate) else { return Ok(()) };
        let key = Key { who: Who::address(address), door: place.number, rate: place.rate as u16 };
        rules.requests.take(&self.strangers, key, 1, now).map(drop).map_err(too_often)
    }

    /// Counts more than the one that a request costs, once it is known how much it asks for.
    pub(crate) fn charge(&self, meter: &Meter, records: usize, now: Instant) -> Result<()> {
        match meter.rules.records {
            // Counted apart from requests.
            Some(rule) => rule.take(&self.known, meter.key.of_records(), records as u64, now).map(drop),
            None => match records as u64 {
                0 | 1 => Ok(()),
                // The first was counted when the request came.
                many => meter.rules.requests.more(&self.known, meter.key, many - 1, now),
            },
        }
        .map_err(too_often)
    }

    /// Where a measured credential stands.
    pub(crate) fn standing(&self, meter: &Meter, now: Instant) -> Standing {
        meter.rules.requests.standing(&self.known, meter.key, now)
    }
}

/// What is asked, as far as limits tell things apart.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub door: &'a dyn Door,
    /// The door's place among all.
    pub number: u16,
    /// The place of the rate in the door's list.
    pub rate: usize,
}

/// The refusal, with the time to wait in nanoseconds.
fn too_often(wait: u64) -> Error {
    Error::RateLimited { retry_after: u32::try_from(wait.div_ceil(bucket::SECOND)).unwrap_or(u32::MAX).max(1) }
}
