//! A map by small numbers that is cheap to copy: copies share what none of them has changed. A schema is such a value:
//! readers keep the one they began with, and a write that makes one more table of thousands copies few of the others.

use crate::ids::{NavId, TableId};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

/// Keys that share all but these bits are kept, and copied, together.
const BITS: u32 = 6;

/// A key that is a small number.
pub trait Number: Copy + Ord {
    fn number(self) -> u32;
}

impl Number for TableId {
    fn number(self) -> u32 {
        self.0
    }
}

impl Number for NavId {
    fn number(self) -> u32 {
        self.0
    }
}

/// Values by number, in its order.
#[derive(Clone, PartialEq)]
pub struct Numbered<K, V> {
    /// None of them is empty.
    parts: BTreeMap<u32, Arc<BTreeMap<K, V>>>,
    len: usize,
}

impl<K: Number, V> Numbered<K, V> {
    pub fn new() -> Numbered<K, V> {
        Numbered { parts: BTreeMap::new(), len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.parts.get(&part_of(*key))?.get(key)
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.parts.values().flat_map(|part| part.iter())
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Number, V: Clone> Numbered<K, V> {
    /// Puts a value in; the one that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = Arc::make_mut(self.parts.entry(part_of(key)).or_default()).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.get(key)?;
        let part = self.parts.get_mut(&part_of(*key))?;
        let removed = Arc::make_mut(part).remove(key);
        if part.is_empty() {
            self.parts.remove(&part_of(*key));
        }
        self.len -= usize::from(removed.is_some());
        removed
    }
}

fn part_of<K: Number>(key: K) -> u32 {
    key.number() >> BITS
}

impl<K: Number, V> Default for Numbered<K, V> {
    fn default() -> Numbered<K, V> {
        Numbered::new()
    }
}

impl<K: Number + fmt::Debug, V: fmt::Debug> fmt::Debug for Numbered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Number, V> Index<&K> for Numbered<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("a number that is there")
    }
}

impl<K: Number, V: Clone> FromIterator<(K, V)> for Numbered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Numbered<K, V> {
        let mut map = Numbered::new();
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        map
    }
}

impl<K: Number, V: Clone, const N: usize> From<[(K, V); N]> for Numbered<K, V> {
    fn from(entries: [(K, V); N]) -> Numbered<K, V> {
        entries.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_map_and_a_copy_of_it_stays_as_it_was(
            steps in prop::collection::vec((0..400_u32, any::<Option<u8>>()), 0..300),
        ) {
            let (mut plain, mut map) = (BTreeMap::new(), Numbered::new());
            for (key, value) in steps {
                let (before, copy) = (plain.clone(), map.clone());
                match value {
                    Some(value) => prop_assert_eq!(map.insert(TableId(key), value), plain.insert(TableId(key), value)),
                    None => prop_assert_eq!(map.remove(&TableId(key)), plain.remove(&TableId(key))),
                }
                prop_assert!(copy.iter().eq(before.iter()));
            }
            prop_assert!(map.iter().eq(plain.iter()));
            prop_assert_eq!(map.len(), plain.len());
            prop_assert_eq!(&map, &plain.into_iter().collect::<Numbered<TableId, u8>>());
        }
    }

    #[test]
    fn copies_share_what_neither_changed() {
        let before: Numbered<TableId, u32> = (0..1000).map(|n| (TableId(n), n)).collect();
        let mut after = before.clone();
        after.insert(TableId(7), 0);
        let shared = before.parts.iter().filter(|(at, part)| Arc::ptr_eq(part, &after.parts[at])).count();
        assert_eq!(shared, before.parts.len() - 1);
    }
}
