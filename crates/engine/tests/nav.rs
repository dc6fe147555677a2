//! The navigation tree: what its changes do, who may make them, and that they are logged and taken back.

mod access_support;

use access_support::*;
use engine::access::Part;
use engine::{Made, NavLine, Receipt, UndoOutcome, View, Weight, WriteContext};
use model::change::{Change, NavPlace, NewField, NewTable, Patch};
use model::kind::Kind;
use model::kind::line::Line;
use model::{Actor, Bag, Error, NavId, NavItem, Result, Role, Seq, Subject, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::database::log;

const WINDOW: &str = "window";

/// A database with a table called Books (1) and one called People (2), and no navigation yet.
fn library() -> World {
    let world = World::new();
    for name in ["Books", "People"] {
        let fields = vec![NewField::of("Name", Kind::Line(Line::default()))];
        let table = NewTable { name: name.to_owned(), fields, ..NewTable::default() };
        write(&world, &world.owner(), vec![Change::CreateTable { table: Box::new(table) }]).expect("a table");
    }
    world
}

fn write(world: &World, actor: &Arc<Actor>, changes: Vec<Change>) -> Result<Receipt> {
    let context = WriteContext { client: Some(WINDOW.to_owned()), ..WriteContext::default() };
    let render = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.clone());
    block_on(world.engine.write(actor, world.first.database, context, move |_| Ok(changes.clone()), render))
}

/// One change by the owner that must succeed.
#[track_caller]
fn done(world: &World, change: Change) -> Receipt {
    write(world, &world.owner(), vec![change]).expect("a change")
}

fn at(parent: Option<NavId>, index: usize) -> NavPlace {
    NavPlace { parent, index }
}

fn new_item(label: Option<&str>, table: Option<u32>, place: NavPlace) -> Change {
    let label = label.map(str::to_owned);
    let item =
        NavItem { id: NavId(0), parent: None, rank: String::new(), label, table: table.map(TableId), bag: Bag::new() };
    Change::CreateNavItem { item, at: place }
}

#[track_caller]
fn create(world: &World, label: Option<&str>, table: Option<u32>, place: NavPlace) -> NavId {
    match done(world, new_item(label, table, place)).made[..] {
        [Made::NavItem(id)] => id,
        ref other => panic!("{other:?}"),
    }
}

fn folder(world: &World, label: &str, parent: Option<NavId>) -> NavId {
    create(world, Some(label), None, at(parent, usize::MAX))
}

fn renamed(item: NavId, label: &str) -> Change {
    Change::EditNavItem { item, label: Patch::Set(label.to_owned()), table: Patch::Keep, bag: None }
}

fn step(world: &World, actor: &Arc<Actor>, way: &str) -> Result<UndoOutcome> {
    let (engine, key) = (&world.engine, world.first.database);
    block_on(async {
        match way {
            "undo" => engine.undo(actor, key, None, WINDOW).await,
            _ => engine.redo(actor, key, None, WINDOW).await,
        }
    })
}

fn lines(world: &World, actor: &Arc<Actor>) -> Vec<NavLine> {
    block_on(world.engine.read(actor, world.first.database, Weight::Point, |view| Ok(view.nav()))).expect("the tree")
}

/// The tree as indented labels, `*` before those that no item lists.
fn picture(world: &World) -> Vec<String> {
    let line = |line: NavLine| {
        let star = if line.item.is_none() { "*" } else { "" };
        format!("{}{star}{}", " ".repeat(line.depth), line.label)
    };
    lines(world, &world.owner()).into_iter().map(line).collect()
}

/// The items exactly, ranks and all.
fn items(world: &World) -> BTreeMap<NavId, NavItem> {
    let owner = world.owner();
    let all = |view: &mut View<'_>| Ok(view.schema().nav.iter().map(|(id, item)| (*id, item.clone())).collect());
    let read = world.engine.read(&owner, world.first.database, Weight::Point, all);
    block_on(read).expect("the items")
}

fn last(world: &World) -> Seq {
    *world.engine.store().database(world.first.database).expect("open").seq().borrow()
}

fn is_missing<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound { subject: Subject::NavItem, .. }))
}

#[test]
fn a_table_that_no_item_lists_shows_at_the_top() {
    let world = library();
    assert_eq!(picture(&world), ["*Books", "*People"]);
    let shelf = folder(&world, "Shelf", None);
    create(&world, None, Some(1), at(Some(shelf), 0));
    assert_eq!(picture(&world), ["Shelf", " Books", "*People"]);
    let found = lines(&world, &world.owner());
    assert_eq!(found[1].table, Some(TableId(1)), "an entry without a label shows the table's name");
    create(&world, Some("Writers"), Some(2), at(None, 0));
    assert_eq!(picture(&world), ["Writers", "Shelf", " Books"], "one with a label shows that");
}

#[test]
fn items_are_nested_put_in_order_and_moved() {
    let world = library();
    let (a, b, c) = (folder(&world, "a", None), folder(&world, "b", None), folder(&world, "c", None));
    create(&world, None, Some(1), at(None, 1));
    assert_eq!(picture(&world), ["a", "Books", "b", "c", "*People"]);
    done(&world, Change::MoveNavItem { item: c, at: at(None, 0) });
    assert_eq!(picture(&world), ["c", "a", "Books", "b", "*People"]);
    // The index counts the others, whether the item comes from above or below.
    done(&world, Change::MoveNavItem { item: c, at: at(None, 2) });
    assert_eq!(picture(&world), ["a", "Books", "c", "b", "*People"]);
    done(&world, Change::MoveNavItem { item: b, at: at(Some(a), 0) });
    done(&world, Change::MoveNavItem { item: c, at: at(Some(a), 0) });
    let inner = folder(&world, "inner", Some(b));
    assert_eq!(picture(&world), ["a", " c", " b", "  inner", "Books", "*People"]);
    done(&world, Change::MoveNavItem { item: inner, at: at(None, 99) });
    assert_eq!(picture(&world), ["a", " c", " b", "Books", "inner", "*People"]);
}

#[test]
fn an_item_cannot_move_below_itself_or_to_nowhere() {
    let world = library();
    let a = folder(&world, "a", None);
    let b = folder(&world, "b", Some(a));
    let c = folder(&world, "c", Some(b));
    let before = items(&world);
    for parent in [a, b, c] {
        let moved = write(&world, &world.owner(), vec![Change::MoveNavItem { item: a, at: at(Some(parent), 0) }]);
        assert!(matches!(moved, Err(Error::Conflict(_))), "below {parent:?}: {moved:?}");
    }
    let nowhere = Some(NavId(99));
    for change in [
        Change::MoveNavItem { item: a, at: at(nowhere, 0) },
        Change::MoveNavItem { item: NavId(99), at: at(None, 0) },
        new_item(Some("d"), None, at(nowhere, 0)),
        renamed(NavId(99), "d"),
        Change::DeleteNavItem { item: NavId(99) },
    ] {
        assert!(is_missing(write(&world, &world.owner(), vec![change.clone()])), "{change:?}");
    }
    let unknown = write(&world, &world.owner(), vec![new_item(None, Some(7), at(None, 0))]);
    assert!(matches!(unknown, Err(Error::NotFound { subject: Subject::Table, .. })), "{unknown:?}");
    assert_eq!(items(&world), before);
}

#[test]
fn labels_are_bounded() {
    let world = library();
    let a = folder(&world, "a", None);
    let long = "x".repeat(100_000);
    for label in ["", " ", "a\0b", &long] {
        for change in [new_item(Some(label), None, at(None, 0)), renamed(a, label)] {
            let refused = write(&world, &world.owner(), vec![change]);
            let Err(Error::Invalid(faults)) = refused else { panic!("{label:?}: {refused:?}") };
            assert_eq!(faults[0].at.to_string(), "label");
        }
    }
    let bag = Some(Bag::from_iter([("color".to_owned(), model::Json::from("red"))]));
    done(&world, Change::EditNavItem { item: a, label: Patch::Clear, table: Patch::Keep, bag });
    assert_eq!((&items(&world)[&a].label, items(&world)[&a].bag.len()), (&None, 1));
}

#[test]
fn deleting_an_item_leaves_its_table_and_lifts_what_lies_below_into_its_place() {
    let world = library();
    let (first, shelf) = (folder(&world, "first", None), folder(&world, "shelf", None));
    folder(&world, "last", None);
    let books = create(&world, None, Some(1), at(Some(shelf), 0));
    folder(&world, "new", Some(shelf));
    folder(&world, "old", Some(shelf));
    folder(&world, "rare", Some(books));
    assert_eq!(picture(&world), ["first", "shelf", " Books", "  rare", " new", " old", "last", "*People"]);
    done(&world, Change::DeleteNavItem { item: shelf });
    assert_eq!(picture(&world), ["first", "Books", " rare", "new", "old", "last", "*People"]);
    done(&world, Change::DeleteNavItem { item: books });
    assert_eq!(picture(&world), ["first", "rare", "new", "old", "last", "*Books", "*People"]);
    done(&world, Change::DeleteNavItem { item: first });
    assert_eq!(picture(&world), ["rare", "new", "old", "last", "*Books", "*People"]);
    let next = folder(&world, "next", None);
    assert!(!items(&world).keys().any(|id| *id > next) && next > books, "numbers are never given again");
}

#[test]
fn an_entry_of_a_deleted_table_hides_until_the_table_is_back() {
    let world = library();
    let books = create(&world, None, Some(1), at(None, 0));
    folder(&world, "below", Some(books));
    done(&world, Change::DeleteTable { table: TableId(1) });
    assert_eq!(picture(&world), ["below", "*People"]);
    assert!(items(&world).contains_key(&books));
    step(&world, &world.owner(), "undo").expect("the table is back");
    assert_eq!(picture(&world), ["Books", " below", "*People"]);
}

#[test]
fn who_may_change_records_may_change_the_navigation() {
    let world = library();
    let a = folder(&world, "a", None);
    for role in [Role::None, Role::Read, Role::Comment, Role::Edit, Role::Manage, Role::Owner] {
        let name = format!("{role:?}");
        let user = if role == Role::None { world.add_user(&name) } else { world.add_member(&name, role) };
        let actor = world.person(user);
        for change in [
            new_item(Some("new"), None, at(None, 0)),
            renamed(a, &name),
            Change::MoveNavItem { item: a, at: at(None, 0) },
            Change::DeleteNavItem { item: a },
        ] {
            let result = write(&world, &actor, vec![change.clone()]);
            let fits = match role {
                Role::None => matches!(result, Err(Error::NotFound { subject: Subject::Database, .. })),
                Role::Read | Role::Comment => matches!(result, Err(Error::Forbidden(_))),
                Role::Edit | Role::Manage | Role::Owner => result.is_ok(),
            };
            assert!(fits, "{change:?} as {role:?}: {result:?}");
        }
        if role >= Role::Edit {
            step(&world, &actor, "undo").expect("the item is back");
        }
    }
}

#[test]
fn an_entry_of_a_hidden_table_is_as_hidden_as_the_table() {
    let world = library();
    let books = create(&world, Some("secret"), Some(1), at(None, 0));
    folder(&world, "below", Some(books));
    let user = world.add_member("Ed", Role::Edit);
    let part = Part::Table(TableId(1));
    world.engine.set_part_role(&world.owner(), world.first.database, part, user, Role::None).expect("hidden");
    let actor = world.person(user);
    let labels: Vec<String> = lines(&world, &actor).into_iter().map(|line| line.label).collect();
    assert_eq!(labels, ["below", "People"]);
    let before = items(&world);
    for change in [
        renamed(books, "mine"),
        Change::MoveNavItem { item: books, at: at(None, 1) },
        Change::DeleteNavItem { item: books },
        new_item(Some("x"), None, at(Some(books), 0)),
    ] {
        assert!(is_missing(write(&world, &actor, vec![change.clone()])), "{change:?}");
    }
    let listed = write(&world, &actor, vec![new_item(None, Some(1), at(None, 0))]);
    assert!(matches!(listed, Err(Error::NotFound { subject: Subject::Table, .. })), "{listed:?}");
    assert_eq!(items(&world), before);
}

#[test]
fn each_change_is_undone_done_again_and_logged_as_one_row() {
    let world = library();
    let shelf = folder(&world, "shelf", None);
    let books = create(&world, None, Some(1), at(Some(shelf), 0));
    folder(&world, "b", Some(shelf));
    folder(&world, "c", None);
    for change in [
        new_item(Some("new"), Some(2), at(Some(shelf), 1)),
        renamed(shelf, "rack"),
        Change::EditNavItem { item: shelf, label: Patch::Clear, table: Patch::Keep, bag: None },
        Change::MoveNavItem { item: books, at: at(None, 1) },
        Change::DeleteNavItem { item: shelf },
    ] {
        let before = items(&world);
        let seq = done(&world, change.clone()).seq.expect("a write");
        let after = items(&world);
        assert_ne!(before, after, "{change:?}");
        for _ in 0..2 {
            assert_eq!(step(&world, &world.owner(), "undo"), Ok(UndoOutcome::Fulfilled(last(&world))), "{change:?}");
            assert_eq!(items(&world), before, "{change:?} undone");
            assert_eq!(step(&world, &world.owner(), "redo"), Ok(UndoOutcome::Fulfilled(last(&world))), "{change:?}");
            assert_eq!(items(&world), after, "{change:?} done again");
        }
        assert_eq!(last(&world), Seq(seq.0 + 4), "{change:?}");
        let database = world.engine.store().database(world.first.database).expect("open");
        let row = database.read_blocking(move |read| log::row(read.tx, seq)).expect("read").expect("a row");
        assert_eq!((row.actor, row.at, &row.tables[..]), (Some(world.first.user), NOW, &[][..]), "{change:?}");
        assert!(!row.inverse.is_empty(), "{change:?}");
    }
    let same = done(&world, renamed(NavId(4), "c"));
    assert_eq!(same.seq, None, "what changes nothing is not logged");
}

#[test]
fn an_undo_never_loses_what_others_did_with_the_item() {
    let world = library();
    let (mine, other) = (world.owner(), world.person(world.add_member("Ed", Role::Edit)));
    let (a, b) = (folder(&world, "a", None), folder(&world, "b", None));
    done(&world, renamed(a, "mine"));
    write(&world, &other, vec![renamed(a, "theirs")]).expect("renamed");
    let before = items(&world);
    assert!(matches!(step(&world, &mine, "undo"), Err(Error::Conflict(_))));
    assert_eq!(items(&world), before);
    step(&world, &other, "undo").expect("theirs is taken back");
    step(&world, &mine, "undo").expect("and so mine can be");
    assert_eq!(picture(&world)[..2], ["a", "b"]);
    // Out of b, while somebody moves b below it: back would close a ring that hangs on nothing.
    done(&world, Change::MoveNavItem { item: a, at: at(Some(b), 0) });
    done(&world, Change::MoveNavItem { item: a, at: at(None, 0) });
    write(&world, &other, vec![Change::MoveNavItem { item: b, at: at(Some(a), 0) }]).expect("moved");
    assert!(matches!(step(&world, &mine, "undo"), Err(Error::Conflict(_))));
    assert_eq!(picture(&world), ["a", " b", "*Books", "*People"]);
    // Deleted, and then what it lay below: there is no place to put it back to.
    let inner = folder(&world, "inner", Some(b));
    done(&world, Change::DeleteNavItem { item: inner });
    write(&world, &other, vec![Change::DeleteNavItem { item: b }]).expect("deleted");
    assert!(is_missing(step(&world, &mine, "undo")));
    assert_eq!(picture(&world), ["a", "*Books", "*People"]);
}

#[test]
fn places_between_two_stay_places_however_often_one_moves_there() {
    let world = library();
    let ids: Vec<NavId> = ["a", "b", "c", "d"].map(|label| folder(&world, label, None)).to_vec();
    let (mut order, before) = (ids.clone(), items(&world));
    let seq = last(&world);
    // Always the outer of the first three into their middle: the ranks close in on one point.
    let moves = (0..700).map(|i| {
        let item = order.remove(if i % 2 == 0 { 0 } else { 2 });
        order.insert(1, item);
        Change::MoveNavItem { item, at: at(None, 1) }
    });
    let moves: Vec<Change> = moves.collect();
    write(&world, &world.owner(), moves).expect("moved");
    let now = items(&world);
    let mut found = ids.clone();
    found.sort_by_key(|id| &now[id].rank);
    assert_eq!(found, order);
    assert!(now.values().all(|item| item.rank.len() <= 64), "ranks are bounded");
    block_on(world.engine.rewind(&world.owner(), world.first.database, seq)).expect("walked back");
    assert_eq!(items(&world), before);
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

/// One random change of the tree, an undo or a redo; a refusal is fine.
fn storm(world: &World, die: &mut Die) {
    let known: Vec<NavId> = items(world).into_keys().collect();
    let mut pick = || known.get(die.roll(1000) % known.len().max(1)).copied();
    let (item, other) = (pick().unwrap_or(NavId(1)), pick());
    let place = at(other.filter(|_| die.roll(3) > 0), die.roll(4));
    let label = format!("n{}", die.roll(100));
    let owner = world.owner();
    let done = match die.roll(10) {
        0..=3 => write(world, &owner, vec![new_item(Some(&label), [None, Some(1)][die.roll(2)], place)]).map(drop),
        4 | 5 => write(world, &owner, vec![Change::MoveNavItem { item, at: place }]).map(drop),
        6 => write(world, &owner, vec![renamed(item, &label)]).map(drop),
        7 => write(world, &owner, vec![Change::DeleteNavItem { item }]).map(drop),
        8 => step(world, &owner, "undo").map(drop),
        _ => step(world, &owner, "redo").map(drop),
    };
    assert!(matches!(done, Ok(()) | Err(Error::Conflict(_) | Error::NotFound { .. })), "{done:?}");
}

#[track_caller]
fn rewind(world: &World, point: Seq) {
    block_on(world.engine.rewind(&world.owner(), world.first.database, point)).expect("a walk");
}

#[test]
fn each_random_change_is_walked_back_and_forth_exactly() {
    let (world, mut die) = (library(), Die(77));
    let (start, empty) = (last(&world), items(&world));
    for i in 0..150 {
        let (from, before) = (last(&world), items(&world));
        storm(&world, &mut die);
        let (to, after) = (last(&world), items(&world));
        rewind(&world, from);
        assert_eq!(items(&world), before, "change {i} back");
        rewind(&world, to);
        assert_eq!(items(&world), after, "change {i} forward");
    }
    let (end, full) = (last(&world), items(&world));
    rewind(&world, start);
    assert_eq!(items(&world), empty);
    rewind(&world, end);
    assert_eq!(items(&world), full);
}

#[test]
fn every_tree_of_the_past_can_be_shown_again() {
    for seed in 1..=8 {
        let (world, mut die) = (library(), Die(seed * 0x9e37_79b9));
        let mut trees = Vec::new();
        for i in 0..90 {
            // Few points: a walk back takes the walks before it back, too.
            if i % 10 == 0 {
                trees.push((last(&world), items(&world)));
            }
            storm(&world, &mut die);
        }
        let (end, full) = (last(&world), items(&world));
        assert!(end.0 > 45, "seed {seed}: only {} writes were accepted", end.0);
        for (seq, tree) in trees.iter().rev() {
            rewind(&world, *seq);
            assert_eq!(items(&world), *tree, "seed {seed}, back at {}", seq.0);
        }
        rewind(&world, end);
        assert_eq!(items(&world), full, "seed {seed}, forward again");
    }
}
