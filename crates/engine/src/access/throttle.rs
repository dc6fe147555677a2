//! The brake on guessing passwords and codes, on signing up and on letters: by account, and over all accounts.
//!
//! An attempt counts as failed when it begins, so that attempts side by side are not free; success takes it back.
//! Accounts that do not exist are counted alike, so the brake tells nobody which do.

use model::{Error, Result};
use std::collections::HashMap;

/// Failures of an account that cost nothing yet.
const FREE_FAILURES: u32 = 5;
/// Each further failure doubles the pause, from a second up to this.
const LONGEST_PAUSE_MS: i64 = 15 * 60_000;
/// After this long without an attempt an account is forgotten.
const FORGET_MS: i64 = 60 * 60_000;
/// Most accounts that are remembered.
const MAX_ACCOUNTS: usize = 10_000;
/// Failures over all accounts: this many at once, then one a second.
const BURST: i64 = 100;
const REFILL_MS: i64 = 1000;

/// What is remembered of an account's failures: the account is a hash of what was given as its name.
#[derive(Clone, Copy)]
struct Account {
    failures: u32,
    last: i64,
}

/// The failures so far.
#[derive(Default)]
pub struct Throttle {
    accounts: HashMap<[u8; 32], Account>,
    /// When the allowance over all accounts would be full again.
    full_at: i64,
}

impl Throttle {
    /// Begins an attempt, or refuses it with the time to wait.
    pub fn begin(&mut self, account: &[u8; 32], now: i64) -> Result<()> {
        let spent_until = self.full_at.max(now) + REFILL_MS;
        wait(spent_until - BURST * REFILL_MS - now)?;
        let known = self.accounts.get(account).copied().filter(|known| now - known.last < FORGET_MS);
        let failures = known.map_or(0, |known| known.failures);
        if let Some(known) = known {
            wait(known.last + pause(failures) - now)?;
        }
        if !self.accounts.contains_key(account) {
            self.make_room(now);
        }
        self.accounts.insert(*account, Account { failures: failures.saturating_add(1), last: now });
        self.full_at = spent_until;
        Ok(())
    }

    /// The attempt was right.
    pub fn succeed(&mut self, account: &[u8; 32]) {
        self.accounts.remove(account);
        self.full_at -= REFILL_MS;
    }

    fn make_room(&mut self, now: i64) {
        if self.accounts.len() < MAX_ACCOUNTS {
            return;
        }
        self.accounts.retain(|_, known| now - known.last < FORGET_MS);
        if self.accounts.len() >= MAX_ACCOUNTS {
            let oldest = self.accounts.iter().min_by_key(|(_, known)| (known.failures, known.last));
            if let Some(oldest) = oldest.map(|(account, _)| *account) {
                self.accounts.remove(&oldest);
            }
        }
    }
}

/// The pause after so many failures.
fn pause(failures: u32) -> i64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(over) => (1000_i64 << over.min(30)).min(LONGEST_PAUSE_MS),
    }
}

fn wait(milliseconds: i64) -> Result<()> {
    if milliseconds <= 0 {
        return Ok(());
    }
    Err(Error::RateLimited { retry_after: u32::try_from((milliseconds + 999) / 1000).unwrap_or(u32::MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_pauses_longer_after_each_failure_and_starts_anew_after_a_success() {
        let mut throttle = Throttle::default();
        let account = [1; 32];
        let mut now = 1_000_000;
        for _ in 0..5 {
            throttle.begin(&account, now).expect("free");
        }
        for (seconds, later) in [(1, 1000), (2, 2000), (4, 4000)] {
            assert_eq!(throttle.begin(&account, now), Err(Error::RateLimited { retry_after: seconds }));
            throttle.begin(&[2; 32], now).expect("another account is not slowed down");
            throttle.succeed(&[2; 32]);
            now += later;
            throttle.begin(&account, now).expect("waited");
        }
        throttle.succeed(&account);
        throttle.begin(&account, now).expect("forgiven");
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE_MS);
    }

    #[test]
    fn failures_over_many_accounts_slow_everyone_down_and_memory_stays_bounded() {
        let mut throttle = Throttle::default();
        let account = |n: u64| {
            let mut account = [0; 32];
            account[..8].copy_from_slice(&n.to_be_bytes());
            account
        };
        let now = 1_000_000;
        for n in 0..BURST as u64 {
            throttle.begin(&account(n), now).expect("within the burst");
        }
        assert_eq!(throttle.begin(&account(999), now), Err(Error::RateLimited { retry_after: 1 }));
        throttle.begin(&account(999), now + REFILL_MS).expect("one a second");
        for n in 0..30_000 {
            throttle.begin(&account(n), now + 2 * REFILL_MS + n as i64 * REFILL_MS).expect("slowly");
        }
        assert!(throttle.accounts.len() <= MAX_ACCOUNTS);
    }
}
