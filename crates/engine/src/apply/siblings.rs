//! Siblings counted in memory, for a write that names many places by their index: the first few are looked up by SQL,
//! then the order of the parent's children is read once and kept up with what the write does.

use model::{RecordId, TableId};
use std::collections::HashMap;

/// Look-ups of places below one parent before its order is read.
const PATIENCE: u32 = 8;
/// Children of a chunk, about.
const CHUNK: usize = 512;

/// A child with its rank, by which it is ordered.
pub type Ranked = (String, RecordId);

/// What a write knows of the orders of children.
#[derive(Default)]
pub struct Siblings {
    parents: HashMap<(TableId, i64), Known>,
}

#[derive(Default)]
struct Known {
    asked: u32,
    order: Option<Order>,
}

impl Siblings {
    /// Notes that a place below a parent is looked up. Whether its order should be read first.
    pub fn ask(&mut self, table: TableId, parent: i64) -> bool {
        let known = self.parents.entry((table, parent)).or_default();
        known.asked += 1;
        known.order.is_none() && known.asked > PATIENCE
    }

    /// Keeps the order of a parent's children.
    pub fn learn(&mut self, table: TableId, parent: i64, children: Vec<Ranked>) {
        self.parents.entry((table, parent)).or_default().order = Some(Order::of(children));
    }

    /// The ranks before and at an index, if the order is known; past the end the last one and none.
    pub fn around(&self, table: TableId, parent: i64, index: usize) -> Option<(Option<String>, Option<String>)> {
        let order = self.parents.get(&(table, parent))?.order.as_ref()?;
        let index = index.min(order.len());
        let rank = |index: usize| order.get(index).map(|(rank, _)| rank.clone());
        Some((index.checked_sub(1).and_then(rank), rank(index)))
    }

    /// Takes note of a child that came.
    pub fn add(&mut self, table: TableId, parent: i64, child: Ranked) {
        if let Some(order) = self.order(table, parent) {
            order.insert(child);
        }
    }

    /// Takes note of a child that goes.
    pub fn remove(&mut self, table: TableId, parent: i64, child: &Ranked) {
        if let Some(order) = self.order(table, parent) {
            order.remove(child);
        }
    }

    /// Forgets what is known of a table: more has changed than is worth following.
    pub fn forget(&mut self, table: TableId) {
        self.parents.retain(|(of, _), _| *of != table);
    }

    fn order(&mut self, table: TableId, parent: i64) -> Option<&mut Order> {
        self.parents.get_mut(&(table, parent))?.order.as_mut()
    }
}

/// Children in their order, in chunks that are not empty: a place in the middle costs little however many there are.
struct Order(Vec<Vec<Ranked>>);

impl Order {
    fn of(children: Vec<Ranked>) -> Order {
        let mut chunks: Vec<Vec<Ranked>> = Vec::with_capacity(children.len() / CHUNK + 1);
        for child in children {
            match chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
                Some(chunk) => chunk.push(child),
                None => chunks.push(vec![child]),
            }
        }
        Order(chunks)
    }

    fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    fn get(&self, mut index: usize) -> Option<&Ranked> {
        for chunk in &self.0 {
            if index < chunk.len() {
                return chunk.get(index);
            }
            index -= chunk.len();
        }
        None
    }

    /// The chunk where a child is or belongs.
    fn chunk(&self, child: &Ranked) -> usize {
        self.0.partition_point(|chunk| chunk.first().is_some_and(|first| first <= child)).saturating_sub(1)
    }

    fn insert(&mut self, child: Ranked) {
        let at = self.chunk(&child);
        let Some(chunk) = self.0.get_mut(at) else {
            self.0.push(vec![child]);
            return;
        };
        let place = chunk.partition_point(|other| *other < child);
        chunk.insert(place, child);
        if chunk.len() > 2 * CHUNK {
            let rest = chunk.split_off(CHUNK);
            self.0.insert(at + 1, rest);
        }
    }

    fn remove(&mut self, child: &Ranked) {
        let at = self.chunk(child);
        let Some(chunk) = self.0.get_mut(at) else { return };
        if let Ok(place) = chunk.binary_search(child) {
            chunk.remove(place);
        }
        if chunk.is_empty() {
            self.0.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_order_is_a_sorted_list(steps in prop::collection::vec((any::<u8>(), any::<bool>()), 0..3000)) {
            let mut plain: Vec<Ranked> = (0..300).map(|n| (format!("{n:05}"), RecordId(n))).collect();
            let mut order = Order::of(plain.clone());
            for (i, (die, adds)) in steps.into_iter().enumerate() {
                if adds || plain.is_empty() {
                    let child = (format!("{:05}", usize::from(die) * 7), RecordId(1000 + i as u32));
                    let at = plain.partition_point(|other| *other < child);
                    plain.insert(at, child.clone());
                    order.insert(child);
                } else {
                    let gone = plain.remove(usize::from(die) % plain.len());
                    order.remove(&gone);
                }
            }
            prop_assert_eq!(order.len(), plain.len());
            for (i, child) in plain.iter().enumerate() {
                prop_assert_eq!(order.get(i), Some(child));
            }
            prop_assert_eq!(order.get(plain.len()), None);
        }
    }
}
