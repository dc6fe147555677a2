//! A bounded cache whose entries are good for one epoch: when the epoch has risen they are as good as gone.

use parking_lot::RwLock;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

/// So that requests seldom wait for each other.
const SHARDS: usize = 16;
/// Most entries of a shard.
const SHARD_ENTRIES: usize = 1024;

/// A cache by key and epoch.
pub struct Cache<K, V> {
    hasher: RandomState,
    shards: [RwLock<HashMap<K, (u64, V)>>; SHARDS],
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Cache<K, V> {
        Cache { hasher: RandomState::new(), shards: std::array::from_fn(|_| RwLock::default()) }
    }
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// The entry of a key, if it was put in this epoch.
    pub fn get(&self, key: &K, epoch: u64) -> Option<V> {
        let shard = self.shard(key).read();
        let (of, value) = shard.get(key)?;
        (*of == epoch).then(|| value.clone())
    }

    /// Keeps an entry that was read after asking for the epoch.
    pub fn put(&self, key: K, epoch: u64, value: V) {
        let mut shard = self.shard(&key).write();
        if shard.len() >= SHARD_ENTRIES && !shard.contains_key(&key) {
            shard.retain(|_, (of, _)| *of == epoch);
            if shard.len() >= SHARD_ENTRIES {
                // Entries are cheap to read again, so there is no book of who was used when.
                shard.clear();
            }
        }
        shard.insert(key, (epoch, value));
    }

    fn shard(&self, key: &K) -> &RwLock<HashMap<K, (u64, V)>> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_good_for_its_epoch_and_the_cache_stays_bounded() {
        let cache = Cache::default();
        cache.put(1, 7, "one");
        assert_eq!(cache.get(&1, 7), Some("one"));
        assert_eq!(cache.get(&1, 8), None);
        for n in 0..100_000 {
            cache.put(n, 8, "many");
        }
        let held: usize = cache.shards.iter().map(|shard| shard.read().len()).sum();
        assert!(held <= SHARDS * SHARD_ENTRIES && held > 0, "{held}");
    }
}
