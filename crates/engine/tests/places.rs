//! Places in ordered tables and trees: that they are where somebody said, and that the log walks them back and forth.

mod access_support;

use access_support::*;
use engine::{Made, UndoOutcome, WriteContext};
use model::change::{Among, Change, Children, NewField, NewRecord, NewTable, Place, RecordSet, TablePatch};
use model::kind::Kind;
use model::kind::line::Line;
use model::table::Shape;
use model::{Actor, Error, RecordId, Result, Role, Seq, TableId};
use std::sync::Arc;
use store::database::{Database, places};

const TABLE: TableId = TableId(1);
const WINDOW: &str = "window";

/// Where every record is: its number, the one above it (0 at the top) and its rank.
type Picture = (Shape, Vec<(RecordId, i64, String)>);

/// A database with one empty table of a shape.
fn table_of(shape: Shape) -> World {
    let world = World::new();
    let fields = vec![NewField::of("Name", Kind::Line(Line::default()))];
    let table = NewTable { name: "Lines".to_owned(), fields, shape, ..NewTable::default() };
    done(&world, Change::CreateTable { table: Box::new(table) });
    world
}

fn write(world: &World, actor: &Arc<Actor>, change: Change) -> Result<Vec<Made>> {
    let context = WriteContext { client: Some(WINDOW.to_owned()), ..WriteContext::default() };
    let plan = move |_: &mut engine::View<'_>| Ok(vec![change.clone()]);
    let render = |_: &mut engine::View<'_>, receipt: &engine::Receipt| Ok(receipt.made.clone());
    block_on(world.engine.write(actor, world.first.database, context, plan, render))
}

/// One change by the owner that must succeed.
#[track_caller]
fn done(world: &World, change: Change) -> Vec<Made> {
    write(world, &world.owner(), change).expect("a change")
}

fn new_at(parent: Option<RecordId>, among: Among) -> Change {
    let record = NewRecord { place: Some(Place { parent, among }), ..NewRecord::default() };
    Change::CreateRecords { table: TABLE, records: vec![record] }
}

#[track_caller]
fn create(world: &World, parent: Option<RecordId>, among: Among) -> RecordId {
    match &done(world, new_at(parent, among))[..] {
        [Made::Records { ids, .. }] => ids[0],
        other => panic!("{other:?}"),
    }
}

fn moved(record: RecordId, parent: Option<RecordId>, among: Among) -> Change {
    Change::MoveRecords { table: TABLE, moves: vec![(record, Place { parent, among })] }
}

fn deleted(record: RecordId, children: Children) -> Change {
    Change::DeleteRecords { table: TABLE, records: RecordSet::of([record]), children }
}

fn shaped(shape: Shape) -> Change {
    let patch = TablePatch { shape: Some(shape), ..TablePatch::default() };
    Change::EditTable { table: TABLE, patch: Box::new(patch) }
}

fn undo(world: &World, actor: &Arc<Actor>) -> Result<UndoOutcome> {
    block_on(world.engine.undo(actor, world.first.database, None, WINDOW))
}

fn redo(world: &World, actor: &Arc<Actor>) -> Result<UndoOutcome> {
    block_on(world.engine.redo(actor, world.first.database, None, WINDOW))
}

fn opened(world: &World) -> Arc<Database> {
    world.engine.store().database(world.first.database).expect("open")
}

fn last(world: &World) -> Seq {
    *opened(world).seq().borrow()
}

#[track_caller]
fn rewind(world: &World, point: Seq) {
    block_on(world.engine.rewind(&world.owner(), world.first.database, point)).expect("a walk");
}

fn picture(world: &World) -> Picture {
    let read = opened(world).read_blocking(|read| {
        let shape = read.catalog.schema.table(TABLE).map_or(Shape::Plain, |table| table.shape);
        let mut found = Vec::new();
        for record in places::all_records(read, TABLE)? {
            let (parent, rank) = places::of(read, TABLE, record)?.expect("a record");
            // A plain table shows no places, though its records may still know where they were.
            found.push(if shape == Shape::Plain { (record, 0, String::new()) } else { (record, parent, rank) });
        }
        Ok((shape, found))
    });
    read.expect("a picture")
}

/// The records below a parent in their order.
fn below(world: &World, parent: Option<RecordId>) -> Vec<RecordId> {
    let parent = parent.map_or(0, |p| i64::from(p.0));
    let read = opened(world).read_blocking(move |read| places::children(read, TABLE, parent));
    read.expect("children").into_iter().map(|(record, _)| record).collect()
}

/// A die of its own, so that a failure comes again.
struct Die(u64);

impl Die {
    fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

/// One random write, an undo or a redo; a refusal is fine.
fn storm(world: &World, die: &mut Die) {
    let (shape, known) = picture(world);
    let mut pick = || known.get(die.roll(1000) % known.len().max(1)).map_or(RecordId(1), |one| one.0);
    let (record, above, beside) = (pick(), pick(), pick());
    let parent = (shape == Shape::Tree && die.roll(3) > 0).then_some(above);
    let among = match die.roll(6) {
        0 => Among::First,
        1 => Among::Last,
        2 | 3 => Among::Index(die.roll(5)),
        4 => Among::Before(beside),
        _ => Among::After(beside),
    };
    let owner = world.owner();
    let result = match die.roll(20) {
        0..=6 => write(world, &owner, new_at(parent, among)).map(drop),
        7..=11 => write(world, &owner, moved(record, parent, among)).map(drop),
        12 => write(world, &owner, deleted(record, Children::Delete)).map(drop),
        13 => write(world, &owner, deleted(record, Children::Lift)).map(drop),
        14..=16 => undo(world, &owner).map(drop),
        17 | 18 => redo(world, &owner).map(drop),
        _ => {
            let shapes = [Shape::Plain, Shape::Ordered, Shape::Tree, Shape::Tree];
            write(world, &owner, shaped(shapes[die.roll(4)])).map(drop)
        }
    };
    let refused = matches!(result, Err(Error::Conflict(_) | Error::NotFound { .. } | Error::Invalid(_)));
    assert!(result.is_ok() || refused, "{result:?}");
}

#[test]
fn each_random_write_is_walked_back_and_forth_exactly() {
    for shape in [Shape::Ordered, Shape::Tree] {
        let (world, mut die) = (table_of(shape), Die(41));
        let (start, empty) = (last(&world), picture(&world));
        for i in 0..150 {
            let (from, before) = (last(&world), picture(&world));
            storm(&world, &mut die);
            let (to, after) = (last(&world), picture(&world));
            rewind(&world, from);
            assert_eq!(picture(&world), before, "{shape:?}, write {i} back");
            rewind(&world, to);
            assert_eq!(picture(&world), after, "{shape:?}, write {i} forward");
        }
        let (end, full) = (last(&world), picture(&world));
        rewind(&world, start);
        assert_eq!(picture(&world), empty);
        rewind(&world, end);
        assert_eq!(picture(&world), full);
    }
}

#[test]
fn every_order_of_the_past_can_be_shown_again() {
    for (seed, shape) in (1..=10).zip([Shape::Ordered, Shape::Tree].into_iter().cycle()) {
        let (world, mut die) = (table_of(shape), Die(seed * 0x9e37_79b9));
        let mut pictures = Vec::new();
        for i in 0..90 {
            // Few points: a walk back takes the walks before it back, too.
            if i % 10 == 0 {
                pictures.push((last(&world), picture(&world)));
            }
            storm(&world, &mut die);
        }
        let (end, full) = (last(&world), picture(&world));
        assert!(end.0 > 40, "seed {seed}: only {} writes were accepted", end.0);
        for (seq, then) in pictures.iter().rev() {
            rewind(&world, *seq);
            assert_eq!(picture(&world), *then, "seed {seed}, back at {}", seq.0);
        }
        rewind(&world, end);
        assert_eq!(picture(&world), full, "seed {seed}, forward again");
    }
}

#[test]
fn ranks_that_are_made_anew_are_walked_back_too() {
    let world = table_of(Shape::Tree);
    let top = create(&world, None, Among::Last);
    let mut order: Vec<RecordId> = (0..4).map(|_| create(&world, Some(top), Among::Last)).collect();
    let (seq, before) = (last(&world), picture(&world));
    // Always the outer of the first three into their middle: the ranks close in on one point.
    let mut moves = Vec::new();
    for i in 0..700 {
        let record = order.remove(if i % 2 == 0 { 0 } else { 2 });
        order.insert(1, record);
        moves.push((record, Place { parent: Some(top), among: Among::Index(1) }));
    }
    done(&world, Change::MoveRecords { table: TABLE, moves });
    assert_eq!(below(&world, Some(top)), order);
    let after = picture(&world);
    assert!(after.1.iter().all(|(_, _, rank)| rank.len() <= 64), "ranks are bounded");
    undo(&world, &world.owner()).expect("undone");
    assert_eq!(picture(&world), before);
    redo(&world, &world.owner()).expect("done again");
    assert_eq!(picture(&world), after);
    rewind(&world, seq);
    assert_eq!(picture(&world), before);
}

#[test]
fn between_two_of_one_rank_there_is_a_place() {
    let world = table_of(Shape::Ordered);
    let first = create(&world, None, Among::Last);
    let second = create(&world, None, Among::Last);
    // An undo gives back the very rank, which somebody else has got meanwhile.
    done(&world, moved(second, None, Among::First));
    let other = world.person(world.add_member("Ed", Role::Edit));
    write(&world, &other, new_at(None, Among::Last)).expect("a record");
    undo(&world, &world.owner()).expect("undone");
    let third = RecordId(3);
    let ranks: Vec<String> = picture(&world).1.into_iter().map(|(_, _, rank)| rank).collect();
    assert_eq!(ranks[1], ranks[2], "the case that this test is about");
    assert_eq!(below(&world, None), [first, second, third]);
    let fourth = create(&world, None, Among::After(second));
    assert_eq!(below(&world, None), [first, second, fourth, third]);
    let fifth = create(&world, None, Among::Before(third));
    assert_eq!(below(&world, None), [first, second, fourth, fifth, third]);
}

#[test]
fn a_table_that_loses_its_shape_gets_its_places_back() {
    let world = table_of(Shape::Tree);
    let top = create(&world, None, Among::Last);
    let inner = create(&world, Some(top), Among::Last);
    create(&world, Some(inner), Among::Last);
    let (seq, before) = (last(&world), picture(&world));
    done(&world, shaped(Shape::Plain));
    done(&world, Change::CreateRecords { table: TABLE, records: vec![NewRecord::default()] });
    done(&world, shaped(Shape::Ordered));
    assert_eq!(below(&world, None).len(), 4, "a record that was made without a place has one");
    done(&world, shaped(Shape::Tree));
    rewind(&world, seq);
    assert_eq!(picture(&world), before);
    // The same when the shape comes back by an undo, over what somebody made meanwhile.
    done(&world, shaped(Shape::Plain));
    let other = world.person(world.add_member("Ed", Role::Edit));
    write(&world, &other, Change::CreateRecords { table: TABLE, records: vec![NewRecord::default()] }).expect("made");
    undo(&world, &world.owner()).expect("undone");
    assert_eq!((below(&world, None).len(), below(&world, Some(top))), (2, vec![inner]));
}

#[test]
fn an_undo_never_loses_what_others_put_below_or_moved() {
    let world = table_of(Shape::Tree);
    let (mine, other) = (world.owner(), world.person(world.add_member("Ed", Role::Edit)));
    let (base, side) = (create(&world, None, Among::Last), create(&world, None, Among::Last));
    let folder = create(&world, Some(base), Among::Last);
    write(&world, &other, new_at(Some(folder), Among::Last)).expect("a record below");
    let before = picture(&world);
    assert!(matches!(undo(&world, &mine), Err(Error::Conflict(_))), "it would take the other's record along");
    assert_eq!(picture(&world), before);
    undo(&world, &other).expect("theirs is taken back");
    undo(&world, &mine).expect("and so mine can be");
    // Moved by both: going back would undo the other's move unseen.
    done(&world, moved(side, Some(base), Among::Last));
    write(&world, &other, moved(side, None, Among::First)).expect("moved");
    assert!(matches!(undo(&world, &mine), Err(Error::Conflict(_))));
    assert_eq!(below(&world, None), [side, base]);
    // Deleted, and then what it lay below: there is no place to put it back to.
    let child = create(&world, Some(base), Among::Last);
    done(&world, deleted(child, Children::Delete));
    write(&world, &other, deleted(base, Children::Delete)).expect("deleted");
    assert!(matches!(undo(&world, &mine), Err(Error::NotFound { .. })));
    assert_eq!(below(&world, None), [side]);
}

#[test]
fn records_below_a_deleted_one_go_with_it_or_take_its_place() {
    let world = table_of(Shape::Tree);
    let ids: Vec<RecordId> = (0..3).map(|_| create(&world, None, Among::Last)).collect();
    let (a, b, c) = (ids[0], ids[1], ids[2]);
    let (x, y) = (create(&world, Some(b), Among::Last), create(&world, Some(b), Among::Last));
    let leaf = create(&world, Some(x), Among::Last);
    let before = picture(&world);
    done(&world, deleted(b, Children::Lift));
    assert_eq!((below(&world, None), below(&world, Some(x))), (vec![a, x, y, c], vec![leaf]));
    undo(&world, &world.owner()).expect("undone");
    assert_eq!(picture(&world), before);
    done(&world, deleted(b, Children::Delete));
    assert_eq!(picture(&world).1.len(), 2);
    undo(&world, &world.owner()).expect("undone");
    assert_eq!(picture(&world), before);
    let cycle = write(&world, &world.owner(), moved(b, Some(leaf), Among::Last));
    assert!(matches!(cycle, Err(Error::Conflict(_))), "{cycle:?}");
}
