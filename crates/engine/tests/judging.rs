//! Writes that tell all their faults together, and writes that are only judged.

mod access_support;

use access_support::*;
use engine::{Made, Receipt, UndoOutcome, View, Weight, WriteContext};
use model::change::{Change, FieldPatch, NewField, NewRecord, NewTable, RecordUpdate};
use model::kind::Kind;
use model::kind::line::Line;
use model::kind::number::Number;
use model::{Error, FieldId, Query, RecordId, Result, Slot, TableId, Validator, Value};

const TABLE: TableId = TableId(1);
const NAME: FieldId = FieldId(1);
const COUNT: FieldId = FieldId(2);
const WINDOW: &str = "window";

/// A table with a name that is required and unique, and a count of at least 1.
fn ruled(singleton: bool) -> World {
    let world = World::new();
    let name = NewField {
        validators: vec![Validator::Required, Validator::Unique],
        ..NewField::of("Name", Kind::Line(Line::default()))
    };
    let count = NewField {
        validators: vec![Validator::Range { min: Some(1.0), max: None }],
        ..NewField::of("Count", Kind::Number(Number::default()))
    };
    let table = NewTable { name: "T".to_owned(), fields: vec![name, count], singleton, ..NewTable::default() };
    write(&world, vec![Change::CreateTable { table: Box::new(table) }]).expect("a table");
    world
}

fn context() -> WriteContext {
    WriteContext { client: Some(WINDOW.to_owned()), ..WriteContext::default() }
}

fn write(world: &World, changes: Vec<Change>) -> Result<Receipt> {
    write_with(world, context(), changes)
}

fn write_with(world: &World, context: WriteContext, changes: Vec<Change>) -> Result<Receipt> {
    let render = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.clone());
    block_on(world.engine.write(&world.owner(), world.first.database, context, move |_| Ok(changes.clone()), render))
}

fn judge(world: &World, changes: Vec<Change>) -> Result<u64> {
    let render = |view: &mut View<'_>, _: &Receipt| {
        let mut found = 0;
        view.select(&Query::table(TABLE), &mut |_| {
            found += 1;
            Ok(engine::GO_ON)
        })?;
        Ok(found)
    };
    block_on(world.engine.judge(&world.owner(), world.first.database, context(), move |_| Ok(changes.clone()), render))
}

fn record(name: Value, count: Value) -> Change {
    let values = vec![(Slot::plain(NAME), name), (Slot::plain(COUNT), count)];
    Change::CreateRecords { table: TABLE, records: vec![NewRecord { values, ..NewRecord::default() }] }
}

fn count(world: &World) -> u64 {
    let ask = |view: &mut View<'_>| view.count(&Query::table(TABLE));
    block_on(world.engine.read(&world.owner(), world.first.database, Weight::Scan, ask)).expect("a count")
}

fn faults(refused: Result<Receipt>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| fault.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn faults_are_told_at_once_or_together() {
    let world = ruled(false);
    write(&world, vec![record(Value::text("a"), Value::Number(1.0))]).expect("a record");
    let both = || vec![record(Value::text("a"), Value::Number(0.0))];
    let wrong = "records[0].fields.Count must be a number of at least 1";
    let taken = "record.fields.Name must be unique, and another record has this value";
    assert_eq!(faults(write(&world, both())), [wrong]);
    assert_eq!(faults(write_with(&world, context().gathering(), both())), [wrong, taken]);
    // A value that was refused is not missing as well.
    let number = || vec![record(Value::Number(5.0), Value::Number(0.0))];
    let told = faults(write_with(&world, context().gathering(), number()));
    assert_eq!(told, ["records[0].fields.Name must be text", wrong]);
    assert_eq!(count(&world), 1, "nothing was written");
    let fine = vec![record(Value::text("b"), Value::Number(2.0))];
    write_with(&world, context().gathering(), fine).expect("what has no fault is written");
    let update = RecordUpdate { record: RecordId(1), values: vec![(Slot::plain(NAME), Value::text("b"))] };
    let update = vec![Change::UpdateRecords { table: TABLE, updates: vec![update] }];
    assert_eq!(faults(write_with(&world, context().gathering(), update)), [taken]);
}

#[test]
fn a_write_that_is_only_judged_leaves_nothing() {
    let world = ruled(false);
    let made = judge(&world, vec![record(Value::text("a"), Value::Null)]).expect("it could be done");
    assert_eq!((made, count(&world)), (1, 0), "its answer sees it, and nobody else");
    assert!(matches!(judge(&world, vec![record(Value::Null, Value::Null)]), Err(Error::Invalid(_))));
    let first = write(&world, vec![record(Value::text("a"), Value::Null)]).expect("a record");
    assert_eq!(first.made, [Made::Records { table: TABLE, ids: vec![RecordId(1)] }], "no number was used up");
    assert!(judge(&world, vec![record(Value::text("a"), Value::Null)]).is_err(), "it is taken");
}

#[test]
fn a_table_of_one_record_has_one_also_when_writes_share_a_commit() {
    let world = ruled(true);
    let (owner, key, engine) = (world.owner(), world.first.database, world.engine.clone());
    let tries = (0..8).map(|n| {
        let changes = vec![record(Value::text(n.to_string()), Value::Null)];
        let (engine, owner) = (engine.clone(), owner.clone());
        std::thread::spawn(move || {
            block_on(engine.write(&owner, key, context(), move |_| Ok(changes.clone()), |_, _| Ok(()))).is_ok()
        })
    });
    let tries: Vec<_> = tries.collect();
    let done = tries.into_iter().map(|one| one.join().expect("a thread")).filter(|ok| *ok).count();
    assert_eq!((done, count(&world)), (1, 1));
}

#[test]
fn the_key_of_a_deleted_field_is_free_and_what_comes_back_gets_another() {
    let world = ruled(false);
    write(&world, vec![Change::DeleteField { table: TABLE, field: COUNT }]).expect("deleted");
    let again = NewField { key: Some("count".to_owned()), ..NewField::of("Again", Kind::Line(Line::default())) };
    let new = Change::CreateField { table: TABLE, field: Box::new(again), at: None };
    let context = WriteContext { client: Some("other".to_owned()), ..WriteContext::default() };
    write_with(&world, context, vec![new]).expect("the key is free");
    let undone = block_on(world.engine.undo(&world.owner(), world.first.database, None, WINDOW)).expect("undone");
    assert!(matches!(undone, UndoOutcome::Fulfilled(_)), "{undone:?}");
    let ask = |view: &mut View<'_>| {
        let table = view.table(TABLE)?;
        Ok(table.live_fields().map(|field| field.key.clone()).collect::<Vec<_>>())
    };
    let keys = block_on(world.engine.read(&world.owner(), world.first.database, Weight::Point, ask)).expect("keys");
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().filter(|key| *key == "count").count() == 1 && !keys[1..].contains(&keys[0]), "{keys:?}");
    let patch = FieldPatch { key: Some("count".to_owned()), ..FieldPatch::default() };
    let taken = write(&world, vec![Change::EditField { table: TABLE, field: NAME, patch: Box::new(patch) }]);
    assert!(matches!(taken, Err(Error::Invalid(_))));
}
