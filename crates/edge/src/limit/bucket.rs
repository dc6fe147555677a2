//! One bucket: a number that says when it would be full again (the generic cell rate algorithm). Nothing ticks.

use super::buckets::{Buckets, Key};
use model::time::Instant;

/// Nanoseconds.
pub const SECOND: u64 = 1_000_000_000;
/// The longest debt, in nanoseconds: a batch never shuts its sender out for longer.
const LONGEST_DEBT: u64 = 600 * SECOND;

/// What happens to a request that costs more than is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// It passes when anything is left, and those after it wait until the debt is paid.
    Debt,
    /// It is refused, and costs nothing.
    Refuse,
}

/// How a bucket fills and what it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Nanoseconds for one more.
    interval: u64,
    /// What it holds when full.
    burst: u32,
    over: Over,
}

/// How full a bucket is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    /// Unix seconds when it is full again.
    pub reset: u64,
}

impl Rule {
    /// So many in a number of seconds, and so many at once.
    pub const fn new(many: u32, seconds: u32, burst: u32, over: Over) -> Rule {
        let many = if many == 0 { 1 } else { many as u64 };
        Rule { interval: seconds as u64 * SECOND / many, burst: if burst == 0 { 1 } else { burst }, over }
    }

    /// Takes `cost`, or gives the nanoseconds to wait.
    pub fn take(self, buckets: &Buckets, key: Key, cost: u64, now: Instant) -> Result<Standing, u64> {
        let now = nanoseconds(now);
        buckets.change(key, now, |full_at| {
            let least = match self.over {
                Over::Debt => 1,
                Over::Refuse => cost,
            };
            let after = full_at.saturating_add(least.saturating_mul(self.interval));
            match after.saturating_sub(now).checked_sub(self.capacity()) {
                None | Some(0) => {
                    *full_at = self.spent(*full_at, cost, now);
                    Ok(self.shown(*full_at, now))
                }
                Some(wait) => Err(wait),
            }
        })
    }

    /// Takes more for a request that was let in already: into debt where that is the rule.
    pub fn more(self, buckets: &Buckets, key: Key, cost: u64, now: Instant) -> Result<(), u64> {
        match self.over {
            Over::Refuse => self.take(buckets, key, cost, now).map(drop),
            Over::Debt => {
                let now = nanoseconds(now);
                buckets.change(key, now, |full_at| *full_at = self.spent(*full_at, cost, now));
                Ok(())
            }
        }
    }

    /// How full it is.
    pub fn standing(self, buckets: &Buckets, key: Key, now: Instant) -> Standing {
        let now = nanoseconds(now);
        self.shown(buckets.look(key, now), now)
    }

    fn capacity(self) -> u64 {
        self.interval.saturating_mul(self.burst.into())
    }

    fn spent(self, full_at: u64, cost: u64, now: u64) -> u64 {
        let most = now.saturating_add(self.capacity()).saturating_add(LONGEST_DEBT);
        full_at.saturating_add(cost.saturating_mul(self.interval)).min(most)
    }

    fn shown(self, full_at: u64, now: u64) -> Standing {
        let left = self.capacity().saturating_sub(full_at.saturating_sub(now)) / self.interval.max(1);
        let remaining = u32::try_from(left).unwrap_or(u32::MAX);
        Standing { limit: self.burst, remaining, reset: full_at.max(now).div_ceil(SECOND) }
    }
}

fn nanoseconds(now: Instant) -> u64 {
    u64::try_from(now.0).unwrap_or(0).saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::super::Who;
    use super::*;

    const KEY: Key = Key { who: Who::Token(1), door: 0, rate: 0 };
    const NOW: Instant = Instant(1_700_000_000_000);

    fn later(milliseconds: i64) -> Instant {
        Instant(NOW.0 + milliseconds)
    }

    #[test]
    fn a_bucket_holds_its_burst_and_fills_at_its_rate() {
        let (buckets, rule) = (Buckets::default(), Rule::new(10, 1, 5, Over::Refuse));
        for left in (0..5).rev() {
            assert_eq!(rule.take(&buckets, KEY, 1, NOW).map(|standing| standing.remaining), Ok(left));
        }
        assert_eq!(rule.take(&buckets, KEY, 1, NOW), Err(SECOND / 10));
        assert_eq!(rule.take(&buckets, KEY, 1, later(99)), Err(SECOND / 1000));
        assert!(rule.take(&buckets, KEY, 1, later(100)).is_ok());
        let full = rule.standing(&buckets, KEY, later(10_000));
        assert_eq!(full, Standing { limit: 5, remaining: 5, reset: 1_700_000_010 });
    }

    #[test]
    fn a_batch_goes_into_debt_where_that_is_the_rule_and_is_refused_where_it_is_not() {
        let buckets = Buckets::default();
        let (debt, refuse) = (Rule::new(10, 1, 10, Over::Debt), Rule::new(10, 1, 10, Over::Refuse));
        assert_eq!(debt.take(&buckets, KEY, 1, NOW).map(|standing| standing.remaining), Ok(9));
        assert_eq!(debt.more(&buckets, KEY, 49, NOW), Ok(()));
        // Forty are owed, and one more is wanted.
        assert_eq!(debt.take(&buckets, KEY, 1, NOW), Err(41 * SECOND / 10));
        assert_eq!(debt.standing(&buckets, KEY, NOW), Standing { limit: 10, remaining: 0, reset: 1_700_000_005 });
        assert!(debt.take(&buckets, KEY, 1, later(4100)).is_ok());
        let other = Key { who: Who::Token(2), ..KEY };
        assert_eq!(refuse.take(&buckets, other, 11, NOW), Err(SECOND / 10));
        assert_eq!(refuse.take(&buckets, other, 10, NOW).map(|standing| standing.remaining), Ok(0));
        assert_eq!(refuse.more(&buckets, other, 3, NOW), Err(3 * SECOND / 10));
    }

    #[test]
    fn a_debt_has_an_end_however_large_the_batch_and_a_clock_that_goes_back_breaks_nothing() {
        let (buckets, rule) = (Buckets::default(), Rule::new(1, 60, 1, Over::Debt));
        rule.take(&buckets, KEY, u64::MAX, NOW).expect("let in");
        assert!(rule.take(&buckets, KEY, 1, later(600_000)).is_err());
        assert!(rule.take(&buckets, KEY, 1, later(660_000)).is_ok());
        assert!(rule.take(&buckets, KEY, 1, Instant(0)).is_err());
        assert!(rule.take(&buckets, KEY, 1, Instant(-5)).is_err());
    }
}
