//! Which numbers count.

use super::bucket::{Over, Rule};
use crate::door::Door;
use model::access::RateLimit;

/// Whose numbers count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plan {
    /// Those that the documents of each dialect publish.
    Documented,
    /// Generous ones of our own, so that no token starves another.
    Fair,
    /// None, but those of single tokens.
    Off,
}

/// A published limit of a door. Endpoints of the same rate share a bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    pub name: &'static str,
    pub rule: Rule,
}

/// What a credential is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    pub requests: Rule,
    /// For the records of requests; none when each counts as a request.
    pub records: Option<Rule>,
}

/// Far above what one script does, and below what would keep a server from its other clients.
const FAIR_REQUESTS: Rule = Rule::new(1000, 1, 10_000, Over::Debt);
const FAIR_RECORDS: Rule = Rule::new(50_000, 1, 1_000_000, Over::Debt);

impl Plan {
    /// The rules of a rate of a door; none when nothing is measured.
    pub(super) fn rules(self, door: &dyn Door, rate: usize) -> Option<Rules> {
        match self {
            Plan::Off => None,
            Plan::Fair => Some(Rules { requests: FAIR_REQUESTS, records: Some(FAIR_RECORDS) }),
            Plan::Documented => {
                let records = door.rule_of_records(rate);
                door.rates().get(rate).map(|rate| Rules { requests: rate.rule, records })
            }
        }
    }
}

/// The rules of a token with a limit of its own.
pub(super) fn own(rate: RateLimit) -> Rules {
    Rules { requests: Rule::new(rate.per_second, 1, rate.burst, Over::Debt), records: None }
}
