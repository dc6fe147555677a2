//! The laws of the tree, against a plain tree in memory: whatever is asked, in whatever batches, the stored tree has the
//! same parents and the same orders, each record once, and undoing all of it leaves nothing.

mod access_support;

use access_support::*;
use engine::{GO_ON, Made, Steps, View, Weight, WriteContext};
use model::change::{Among, Change, Children, NewField, NewRecord, NewTable, Place, RecordSet};
use model::kind::Kind;
use model::kind::integer::Integer;
use model::kind::line::Line;
use model::kind::long_text::LongText;
use model::table::Shape;
use model::{Error, RecordId, Result, TableId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store::database::ground::Physical;

const TABLE: TableId = TableId(1);
const WINDOW: &str = "window";

/// What is asked; records are named by any number, of which the rest counts.
#[derive(Clone, Debug)]
enum Step {
    Insert { parent: u16, among: Where },
    Move { node: u16, parent: u16, among: Where },
    Delete { node: u16 },
}

#[derive(Clone, Copy, Debug)]
enum Where {
    First,
    Last,
    Index(u8),
}

impl Where {
    fn among(self) -> Among {
        match self {
            Where::First => Among::First,
            Where::Last => Among::Last,
            Where::Index(index) => Among::Index(index.into()),
        }
    }

    fn of(self, length: usize) -> usize {
        match self {
            Where::First => 0,
            Where::Last => length,
            Where::Index(index) => usize::from(index).min(length),
        }
    }
}

/// A plain tree: the children of each record in their order; the top is 0.
#[derive(Clone, PartialEq, Debug, Default)]
struct Plain(BTreeMap<u32, Vec<u32>>);

impl Plain {
    fn parent(&self, node: u32) -> Option<u32> {
        self.0.iter().find(|(_, children)| children.contains(&node)).map(|(parent, _)| *parent)
    }

    fn all(&self) -> Vec<u32> {
        self.0.values().flatten().copied().collect()
    }

    fn is_within(&self, node: u32, outer: u32) -> bool {
        std::iter::successors(Some(node), |node| self.parent(*node)).any(|node| node == outer)
    }

    fn insert(&mut self, node: u32, parent: u32, at: Where) {
        let children = self.0.entry(parent).or_default();
        children.insert(at.of(children.len()), node);
    }

    fn remove(&mut self, node: u32) {
        self.0.values_mut().for_each(|children| children.retain(|child| *child != node));
        self.0.retain(|_, children| !children.is_empty());
    }

    fn delete(&mut self, node: u32) {
        for child in self.0.get(&node).cloned().unwrap_or_default() {
            self.delete(child);
        }
        self.remove(node);
    }
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let place = || prop_oneof![Just(Where::First), Just(Where::Last), (0u8..12).prop_map(Where::Index)];
    let step = prop_oneof![
        5 => (any::<u16>(), place()).prop_map(|(parent, among)| Step::Insert { parent, among }),
        4 => (any::<u16>(), any::<u16>(), place()).prop_map(|(node, parent, among)| Step::Move { node, parent, among }),
        1 => any::<u16>().prop_map(|node| Step::Delete { node }),
    ];
    prop::collection::vec(prop::collection::vec(step, 1..30), 1..6)
}

/// What holds the rows of the tree: a physical table of its own, or the one that outlines share.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Lies {
    Alone,
    Shared,
}

fn tree_world(lies: Lies) -> World {
    let world = World::new();
    let text = |name| NewField::of(name, Kind::LongText(LongText::default()));
    let number = |name| NewField::of(name, Kind::Integer(Integer::default()));
    let fields = match lies {
        Lies::Alone => vec![NewField::of("Name", Kind::Line(Line::default()))],
        Lies::Shared => ["Content", "Note"]
            .map(text)
            .into_iter()
            .chain(["Checked", "Checkbox", "Heading", "Color", "Collapsed"].map(number))
            .collect(),
    };
    let table = NewTable { name: "Tree".to_owned(), fields, shape: Shape::Tree, ..NewTable::default() };
    let plan = move |_: &mut View<'_>| Ok(vec![Change::CreateTable { table: Box::new(table.clone()) }]);
    let context = WriteContext::default();
    let owner = world.owner();
    let write = world.engine.write(&owner, world.first.database, context, plan, |_, _| Ok(()));
    block_on(write).expect("a table");
    let physical = world.engine.store().database(world.first.database).expect("open").catalog().ground(TABLE);
    assert_eq!(physical.expect("the table").physical == Physical::Outlines, lies == Lies::Shared);
    world
}

fn above(parent: u32) -> Option<RecordId> {
    (parent > 0).then_some(RecordId(parent))
}

/// Carries a batch out as one write; the plain tree after it, or what was refused.
fn batch(world: &World, plain: &Plain, batch: &[Step]) -> Result<Plain> {
    let context = WriteContext { client: Some(WINDOW.to_owned()), ..WriteContext::default() };
    let (start, batch) = (plain.clone(), batch.to_vec());
    let write = move |steps: &mut Steps<'_, '_>| {
        let mut plain = start.clone();
        for step in &batch {
            carry_out(steps, &mut plain, step)?;
        }
        Ok(plain)
    };
    block_on(world.engine.write_stepwise(&world.owner(), world.first.database, context, write))
}

fn carry_out(steps: &mut Steps<'_, '_>, plain: &mut Plain, step: &Step) -> Result<()> {
    let all = plain.all();
    let some = |die: u16| all.get(usize::from(die) % all.len().max(1)).copied();
    // Every third parent is the top.
    let parent = |die: u16| if die.is_multiple_of(3) { 0 } else { some(die).unwrap_or(0) };
    match step {
        Step::Insert { parent: die, among } => {
            let to = parent(*die);
            let place = Place { parent: above(to), among: among.among() };
            let record = NewRecord { place: Some(place), ..NewRecord::default() };
            let made = steps.apply(Change::CreateRecords { table: TABLE, records: vec![record] })?;
            let Made::Records { ids, .. } = made else { panic!("{made:?}") };
            plain.insert(ids[0].0, to, *among);
        }
        Step::Move { node, parent: die, among } => {
            let Some(node) = some(*node) else { return Ok(()) };
            let to = parent(*die);
            let place = Place { parent: above(to), among: among.among() };
            let is_cycle = to != 0 && plain.is_within(to, node);
            match steps.apply(Change::MoveRecords { table: TABLE, moves: vec![(RecordId(node), place)] }) {
                Err(Error::Conflict(_)) if is_cycle => return Err(Error::TimedOut),
                moved => drop(moved?),
            }
            assert!(!is_cycle, "a record moved below itself");
            plain.remove(node);
            plain.insert(node, to, *among);
        }
        Step::Delete { node } => {
            let Some(node) = some(*node) else { return Ok(()) };
            let records = RecordSet::of([RecordId(node)]);
            steps.apply(Change::DeleteRecords { table: TABLE, records, children: Children::Delete })?;
            plain.delete(node);
        }
    }
    Ok(())
}

fn stored(world: &World) -> Plain {
    let read = |view: &mut View<'_>| {
        let mut found = Plain::default();
        view.each_by_place(TABLE, &mut |parent, record| {
            found.0.entry(parent.map_or(0, |p| p.0)).or_default().push(record.0);
            Ok(GO_ON)
        })?;
        Ok(found)
    };
    block_on(world.engine.read(&world.owner(), world.first.database, Weight::Scan, read)).expect("a tree")
}

fn seq(world: &World) -> u64 {
    world.engine.store().database(world.first.database).expect("open").seq().borrow().0
}

fn assert_is_tree(tree: &Plain) {
    let mut all = tree.all();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "a record is there twice");
    for node in all {
        assert!(tree.is_within(node, 0), "{node} is not below the top");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_stored_tree_is_the_plain_one_and_undo_walks_all_the_way_back(
        batches in steps(),
        lies in prop_oneof![Just(Lies::Alone), Just(Lies::Shared)],
    ) {
        let world = tree_world(lies);
        let mut plain = Plain::default();
        let mut past = vec![plain.clone()];
        for one in &batches {
            let before = seq(&world);
            match batch(&world, &plain, one) {
                Ok(after) => {
                    plain = after;
                    // A batch that changed nothing is no write.
                    if seq(&world) > before {
                        past.push(plain.clone());
                    }
                }
                // The whole batch was refused, since one step of it would have made a cycle.
                Err(Error::TimedOut) => {}
                Err(error) => panic!("{error}"),
            }
            let found = stored(&world);
            assert_is_tree(&found);
            prop_assert_eq!(&found, &plain);
        }
        for before in past.iter().rev().skip(1) {
            let undone = block_on(world.engine.undo(&world.owner(), world.first.database, None, WINDOW));
            undone.expect("undone");
            prop_assert_eq!(&stored(&world), before);
        }
    }
}

#[test]
fn many_places_among_many_siblings_are_counted_alike_in_memory_and_by_the_store() {
    let world = tree_world(Lies::Shared);
    let insert = |among| Step::Insert { parent: 0, among };
    let mut plain = batch(&world, &Plain::default(), &vec![insert(Where::Last); 200]).expect("inserted");
    let moves: Vec<Step> =
        (0..200u16).map(|i| Step::Move { node: i * 7, parent: 0, among: Where::Index((i * 31 % 250) as u8) }).collect();
    // One by one most are counted by the store, together in memory.
    let mut alone = plain.clone();
    for step in &moves {
        alone = batch(&world, &alone, std::slice::from_ref(step)).expect("moved");
    }
    assert_eq!(stored(&world), alone);
    plain = batch(&world, &alone, &moves).expect("moved");
    assert_eq!(stored(&world), plain);
}

#[test]
fn the_order_of_a_wide_parent_is_kept_between_writes_whatever_becomes_of_them() {
    let world = tree_world(Lies::Shared);
    let insert = |among| Step::Insert { parent: 0, among };
    let mut plain = batch(&world, &Plain::default(), &vec![insert(Where::Last); 400]).expect("inserted");
    for round in 0..60u16 {
        let among = Where::Index((round * 37 % 256) as u8);
        let mut steps = vec![insert(among), Step::Move { node: round * 5, parent: 0, among }];
        steps.extend((round % 7 == 0).then_some(Step::Delete { node: round * 3 }));
        if round % 4 == 1 {
            // A record that is moved below itself: the write is refused after its first steps.
            steps.push(Step::Move { node: 2, parent: 2, among });
            assert_eq!(batch(&world, &plain, &steps), Err(Error::TimedOut));
        } else {
            plain = batch(&world, &plain, &steps).expect("written");
        }
        assert_eq!(stored(&world), plain, "round {round}");
    }
}

#[test]
fn a_tree_moves_out_with_its_records_its_log_and_its_undo() {
    let world = tree_world(Lies::Shared);
    let insert = |parent, among| Step::Insert { parent, among };
    let steps = [insert(0, Where::Last), insert(1, Where::Last), insert(0, Where::First), insert(2, Where::Index(1))];
    let first = batch(&world, &Plain::default(), &steps).expect("inserted");
    let moved = batch(&world, &first, &[Step::Move { node: 1, parent: 0, among: Where::First }]).expect("moved");
    let field = NewField::of("Due", Kind::Line(Line::default()));
    let change = Change::CreateField { table: TABLE, field: Box::new(field), at: None };
    let context = || WriteContext { client: Some(WINDOW.to_owned()), ..WriteContext::default() };
    let (owner, key) = (world.owner(), world.first.database);
    let plan = move |_: &mut View<'_>| Ok(vec![change.clone()]);
    block_on(world.engine.write(&owner, key, context(), plan, |_, _| Ok(()))).expect("a field");
    let database = world.engine.store().database(key).expect("open");
    assert_eq!(database.catalog().ground(TABLE).expect("the table").physical, Physical::Own);
    assert_eq!(stored(&world), moved);
    let after = batch(&world, &moved, &[Step::Delete { node: 0 }, insert(0, Where::First)]).expect("written");
    assert_eq!(stored(&world), after);
    // The deletion, the field, the move and the records: each goes as it came.
    for before in [moved.clone(), moved, first, Plain::default()] {
        block_on(world.engine.undo(&owner, key, None, WINDOW)).expect("undone");
        assert_eq!(stored(&world), before);
    }
    assert_eq!(database.catalog().ground(TABLE).expect("the table").physical, Physical::Own, "it stays out");
}
