//! Orders of children kept in memory by the writer, for places that are named by their index: the first few are looked up
//! by SQL, then the order of the parent's children is read once and kept up with what writes do. Orders of wide parents
//! outlive the write: counting among 100,000 children takes longer than writing one.
//!
//! They belong to the writer's counters, so they go when another node wrote or a group of writes was not committed. What a
//! write that failed did to them is not taken back: those orders are forgotten.

use model::{RecordId, TableId};
use std::collections::{HashMap, HashSet};

/// Look-ups of places below one parent before its order is read.
const PATIENCE: u32 = 8;
/// Children of a chunk, about.
const CHUNK: usize = 512;
/// Fewer children than this are not kept after a write: to count them is as good.
const WIDE: usize = 256;
/// Most children kept after a write, in all orders of a database: about 60 bytes each.
const MOST: usize = 300_000;
/// Most parents of which it is counted how often they are asked for.
const MOST_PARENTS: usize = 1_000;

/// A child with its rank, by which it is ordered.
pub type Ranked = (Box<str>, RecordId);

/// A parent of a table; 0 is the top.
type Parent = (TableId, i64);

/// What a writer knows of the orders of children.
#[derive(Default)]
pub struct Orders {
    parents: HashMap<Parent, Known>,
    /// Those that the running write read or changed.
    dirty: HashSet<Parent>,
    /// Counts uses, so that the one not used for longest is known.
    uses: u64,
}

#[derive(Default)]
struct Known {
    asked: u32,
    used: u64,
    order: Option<Order>,
}

impl Orders {
    /// A write begins. Of one before that did not end well nothing stays.
    pub fn begin(&mut self) {
        for parent in std::mem::take(&mut self.dirty) {
            self.parents.remove(&parent);
        }
    }

    /// The write stands: what is worth it is kept.
    pub fn settle(&mut self) {
        let mut children = 0;
        for parent in self.dirty.drain() {
            if self.parents.get(&parent).and_then(|known| known.order.as_ref()).is_some_and(|o| o.len() < WIDE) {
                self.parents.remove(&parent);
            }
        }
        if self.parents.len() > MOST_PARENTS {
            self.parents.retain(|_, known| known.order.is_some());
        }
        let mut kept: Vec<(u64, usize, Parent)> = Vec::new();
        for (parent, known) in &self.parents {
            let length = known.order.as_ref().map_or(0, Order::len);
            children += length;
            if length > 0 {
                kept.push((known.used, length, *parent));
            }
        }
        if children > MOST {
            kept.sort_unstable();
        }
        for (_, length, parent) in kept {
            if children <= MOST {
                break;
            }
            children -= length;
            self.parents.remove(&parent);
        }
    }

    /// Notes that a place below a parent is looked up. Whether its order should be read first.
    pub fn ask(&mut self, table: TableId, parent: i64) -> bool {
        self.uses += 1;
        let known = self.parents.entry((table, parent)).or_default();
        known.asked += 1;
        known.used = self.uses;
        known.order.is_none() && known.asked > PATIENCE
    }

    /// Keeps the order of a parent's children.
    pub fn learn(&mut self, table: TableId, parent: i64, children: Vec<Ranked>) {
        self.dirty.insert((table, parent));
        self.parents.entry((table, parent)).or_default().order = Some(Order::of(children));
    }

    /// The ranks before and at an index, if the order is known; past the end the last one and none.
    pub fn around(&self, table: TableId, parent: i64, index: usize) -> Option<(Option<String>, Option<String>)> {
        let order = self.parents.get(&(table, parent))?.order.as_ref()?;
        let index = index.min(order.len());
        let rank = |index: usize| order.get(index).map(|(rank, _)| rank.to_string());
        Some((index.checked_sub(1).and_then(rank), rank(index)))
    }

    /// Whether an order of a table is known.
    pub fn knows(&self, table: TableId) -> bool {
        self.parents.iter().any(|((of, _), known)| *of == table && known.order.is_some())
    }

    /// Takes note of a child that came.
    pub fn add(&mut self, table: TableId, parent: i64, rank: &str, record: RecordId) {
        if let Some(order) = self.order(table, parent) {
            order.insert((rank.into(), record));
        }
    }

    /// Takes note of a child that goes.
    pub fn remove(&mut self, table: TableId, parent: i64, rank: &str, record: RecordId) {
        if let Some(order) = self.order(table, parent) {
            order.remove(&(rank.into(), record));
        }
    }

    /// Forgets what is known of a table: more has changed than is worth following.
    pub fn forget(&mut self, table: TableId) {
        self.parents.retain(|(of, _), _| *of != table);
    }

    fn order(&mut self, table: TableId, parent: i64) -> Option<&mut Order> {
        let order = self.parents.get_mut(&(table, parent))?.order.as_mut()?;
        self.dirty.insert((table, parent));
        Some(order)
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
            let mut plain: Vec<Ranked> = (0..300).map(|n| (format!("{n:05}").into(), RecordId(n))).collect();
            let mut order = Order::of(plain.clone());
            for (i, (die, adds)) in steps.into_iter().enumerate() {
                if adds || plain.is_empty() {
                    let child: Ranked = (format!("{:05}", usize::from(die) * 7).into(), RecordId(1000 + i as u32));
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
    /// Orders with one of so many children below the top of a table.
    fn learnt(orders: &mut Orders, table: u32, children: u32) {
        let children = (0..children).map(|n| (format!("{n:06}").into(), RecordId(n))).collect();
        orders.learn(TableId(table), 0, children);
    }

    #[test]
    fn a_wide_order_outlives_its_write_and_a_narrow_one_does_not() {
        let mut orders = Orders::default();
        learnt(&mut orders, 1, 1_000);
        learnt(&mut orders, 2, 20);
        orders.settle();
        orders.begin();
        assert!(orders.knows(TableId(1)) && !orders.knows(TableId(2)));
        orders.add(TableId(1), 0, "000000a", RecordId(2_000));
        assert_eq!(orders.around(TableId(1), 0, 1), Some((Some("000000".to_owned()), Some("000000a".to_owned()))));
    }

    #[test]
    fn what_a_write_that_failed_changed_is_forgotten() {
        let mut orders = Orders::default();
        learnt(&mut orders, 1, 1_000);
        learnt(&mut orders, 2, 1_000);
        orders.settle();
        orders.begin();
        orders.remove(TableId(1), 0, "000001", RecordId(1));
        orders.begin();
        assert!(!orders.knows(TableId(1)) && orders.knows(TableId(2)));
    }

    #[test]
    fn the_orders_not_used_for_longest_make_room() {
        let mut orders = Orders::default();
        for table in 1..=5 {
            orders.ask(TableId(table), 0);
            learnt(&mut orders, table, 100_000);
            orders.settle();
        }
        let kept: Vec<u32> = (1..=5).filter(|table| orders.knows(TableId(*table))).collect();
        assert_eq!(kept, [3, 4, 5]);
    }
}
