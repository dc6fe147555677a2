//! Many buckets: bounded in number, so that nobody fills memory by coming from many places.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

/// So that requests seldom wait for each other.
const SHARDS: usize = 64;
/// Most buckets of a shard.
const SHARD_BUCKETS: usize = 2048;

/// Whose bucket it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Who {
    Token(u32),
    /// A person in sessions.
    User(u32),
    /// Somebody without a credential.
    Address([u8; 16]),
}

impl Who {
    /// An address; of IPv6 the network, since whoever has one address there has them all.
    pub fn address(address: IpAddr) -> Who {
        match address.to_canonical() {
            IpAddr::V4(address) => Who::Address(address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[8..].fill(0);
                Who::Address(octets)
            }
        }
    }
}

/// Which bucket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    pub who: Who,
    pub door: u16,
    pub rate: u16,
}

impl Key {
    /// The bucket for records beside the one for requests.
    pub fn of_records(self) -> Key {
        Key { rate: u16::MAX, ..self }
    }
}

/// When each bucket would be full again, in nanoseconds; one that is not here is full.
pub struct Buckets {
    hasher: RandomState,
    shards: [Mutex<HashMap<Key, u64>>; SHARDS],
}

impl Default for Buckets {
    fn default() -> Buckets {
        Buckets { hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Buckets {
    /// Changes when a bucket would be full again; it is given as no earlier than `now`.
    #[inline]
    pub fn change<T>(&self, key: Key, now: u64, change: impl FnOnce(&mut u64) -> T) -> T {
        let mut shard = self.shard(&key).lock();
        if let Some(full_at) = shard.get_mut(&key) {
            *full_at = now.max(*full_at);
            return change(full_at);
        }
        if shard.len() >= SHARD_BUCKETS {
            make_room(&mut shard, now);
        }
        let mut full_at = now;
        let done = change(&mut full_at);
        shard.insert(key, full_at);
        done
    }

    /// When a bucket is full again; no earlier than `now`.
    pub fn look(&self, key: Key, now: u64) -> u64 {
        self.shard(&key).lock().get(&key).copied().unwrap_or(now).max(now)
    }

    fn shard(&self, key: &Key) -> &Mutex<HashMap<Key, u64>> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }
}

/// Forgets the buckets that are full, and when that is not enough, those that are nearly.
#[cold]
fn make_room(shard: &mut HashMap<Key, u64>, now: u64) {
    shard.retain(|_, full_at| *full_at > now);
    if shard.len() < SHARD_BUCKETS {
        return;
    }
    let mut ends: Vec<u64> = shard.values().copied().collect();
    let (_, middle, _) = ends.select_nth_unstable(SHARD_BUCKETS / 2);
    let middle = *middle;
    shard.retain(|_, full_at| *full_at > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: u32) -> Key {
        Key { who: Who::Token(n), door: 0, rate: 0 }
    }

    #[test]
    fn there_are_never_too_many_and_who_owes_most_is_remembered() {
        let buckets = Buckets::default();
        buckets.change(token(u32::MAX), 5, |full_at| *full_at += 1_000_000);
        for n in 0..400_000 {
            buckets.change(token(n), 5, |full_at| *full_at += u64::from(n % 1000));
        }
        let held: usize = buckets.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(held <= SHARDS * SHARD_BUCKETS, "{held}");
        assert_eq!(buckets.look(token(u32::MAX), 5), 1_000_005);
    }

    #[test]
    fn the_addresses_of_one_network_are_one() {
        let who = |text: &str| Who::address(text.parse().expect("an address"));
        assert_eq!(who("2001:db8::1"), who("2001:db8::ffff:1"));
        assert_ne!(who("2001:db8::1"), who("2001:db8:1::1"));
        assert_eq!(who("::ffff:10.0.0.1"), who("10.0.0.1"));
        assert_ne!(who("10.0.0.1"), who("10.0.0.2"));
    }
}
