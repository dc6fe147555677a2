//! What changed since a sequence, and the files that a record has itself: kept, replaced, gone and back with it.

mod access_support;

use access_support::*;
use engine::files::FileOfRecord;
use engine::{Gone, Receipt, UndoOutcome, View, Weight, WriteContext};
use model::change::{Change, Children, NewField, NewRecord, NewTable, RecordFile, RecordSet, RecordUpdate};
use model::kind::Kind;
use model::kind::line::Line;
use model::{Ability, Error, FieldId, RecordId, Result, Role, Seq, Slot, TableId, Value};

const TABLE: TableId = TableId(1);
const NAME: FieldId = FieldId(1);
const WINDOW: &str = "window";

/// A database with a table of three records.
fn library() -> World {
    let world = World::new();
    let fields = vec![NewField::of("Name", Kind::Line(Line::default()))];
    let table = NewTable { name: "Books".to_owned(), fields, ..NewTable::default() };
    done(&world, vec![Change::CreateTable { table: Box::new(table) }]);
    let record = |name: &str| NewRecord { values: vec![name_is(name)], ..NewRecord::default() };
    done(&world, vec![Change::CreateRecords { table: TABLE, records: ["a", "b", "c"].map(record).to_vec() }]);
    world
}

fn name_is(name: &str) -> (Slot, Value) {
    (Slot::plain(NAME), Value::text(name))
}

fn write(world: &World, context: WriteContext, changes: Vec<Change>) -> Result<Receipt> {
    let context = WriteContext { client: Some(WINDOW.to_owned()), ..context };
    let render = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.clone());
    let owner = world.owner();
    block_on(world.engine.write(&owner, world.first.database, context, move |_| Ok(changes.clone()), render))
}

/// The sequence of a write that must succeed.
#[track_caller]
fn done(world: &World, changes: Vec<Change>) -> Seq {
    write(world, WriteContext::default(), changes).expect("a write").seq.expect("a change")
}

fn read<T: Send + 'static>(world: &World, ask: impl FnMut(&mut View<'_>) -> Result<T> + Send + 'static) -> T {
    block_on(world.engine.read(&world.owner(), world.first.database, Weight::Point, ask)).expect("a read")
}

fn gone(world: &World, record: Option<RecordId>, after: Seq) -> Gone {
    read(world, move |view| view.gone_since(TABLE, record, after))
}

fn files(world: &World) -> Option<Vec<FileOfRecord>> {
    read(world, |view| view.files_of_record(TABLE, RecordId(1)))
}

fn names(world: &World) -> Vec<String> {
    files(world).expect("a record").into_iter().map(|found| found.file.name).collect()
}

fn delete(records: &[u32]) -> Change {
    let records = RecordSet::of(records.iter().map(|id| RecordId(*id)));
    Change::DeleteRecords { table: TABLE, records, children: Children::Delete }
}

fn undo(world: &World) -> UndoOutcome {
    block_on(world.engine.undo(&world.owner(), world.first.database, None, WINDOW)).expect("undone")
}

/// Puts a file of these bytes under a name.
fn put(world: &World, name: &str, bytes: &'static [u8]) -> Seq {
    let file = block_on(async {
        let mut upload = world.engine.begin_upload().expect("room");
        upload.write(bytes.into()).await.expect("room");
        let stored = upload.finish(name).await.expect("stored");
        world.engine.new_file(&world.owner(), world.engine.new_file_token(), name, &stored)
    });
    let set = set(name, Some(&file.token));
    let context = WriteContext { files: vec![file], ..WriteContext::default() };
    write(world, context, vec![set]).expect("a write").seq.expect("a change")
}

fn set(name: &str, token: Option<&str>) -> Change {
    let file = RecordFile { name: name.to_owned(), token: token.map(str::to_owned), stamp: None };
    Change::SetRecordFiles { table: TABLE, record: RecordId(1), files: vec![file] }
}

#[test]
fn what_went_and_did_not_come_back_is_gone() {
    let world = library();
    let begin = read(&world, |view| view.sequence());
    let made = NewRecord { values: vec![name_is("d")], ..NewRecord::default() };
    done(&world, vec![Change::CreateRecords { table: TABLE, records: vec![made] }]);
    let middle = done(&world, vec![delete(&[1, 4])]);
    done(&world, vec![delete(&[2])]);
    assert_eq!(gone(&world, None, begin).records, [1, 2, 4].map(RecordId));
    assert_eq!(gone(&world, None, middle).records, [RecordId(2)]);
    assert_eq!(gone(&world, Some(RecordId(4)), begin).records, [RecordId(4)]);
    assert_eq!(gone(&world, Some(RecordId(3)), begin), Gone::default());
    undo(&world);
    assert_eq!(gone(&world, None, begin).records, [1, 4].map(RecordId));
}

#[test]
fn a_record_that_was_made_and_undone_is_gone() {
    let world = library();
    let begin = read(&world, |view| view.sequence());
    let made = NewRecord { id: Some(RecordId(9)), ..NewRecord::default() };
    done(&world, vec![Change::CreateRecords { table: TABLE, records: vec![made] }]);
    undo(&world);
    assert_eq!(gone(&world, None, begin).records, [RecordId(9)]);
    assert_eq!(read(&world, |view| view.next_records())[&TABLE], 10, "its number is never given again");
}

#[test]
fn the_sequence_and_definitions_are_told() {
    let world = library();
    let made = read(&world, |view| view.defined_at(TABLE));
    assert_eq!(made, Seq(1));
    let update = RecordUpdate { record: RecordId(1), values: vec![name_is("z")] };
    let last = done(&world, vec![Change::UpdateRecords { table: TABLE, updates: vec![update] }]);
    assert_eq!(read(&world, |view| view.sequence()), last);
    assert!(
        read(&world, |view| view.is_defined_since(Seq(0))) && !read(&world, move |view| view.is_defined_since(made))
    );
    assert_eq!(read(&world, |view| Ok(view.table_named("Books").map(|table| table.id))), Some(TABLE));
    assert_eq!(read(&world, |view| Ok(view.table_named("books").map(|table| table.id))), None);
}

#[test]
fn a_file_of_a_record_is_replaced_by_its_name_and_put_back() {
    let world = library();
    let first = put(&world, "a.txt", b"one");
    let second = put(&world, "a.txt", b"two");
    put(&world, "b.txt", b"three");
    assert_eq!(names(&world), ["a.txt", "b.txt"]);
    assert_eq!(files(&world).expect("a record")[0].seq, second);
    let since = read(&world, move |view| view.record_files_since(TABLE, None, first));
    assert_eq!(since.len(), 2);
    done(&world, vec![set("b.txt", None)]);
    assert_eq!(gone(&world, None, first).files, [(RecordId(1), "b.txt".to_owned())]);
    for expected in [vec!["a.txt", "b.txt"], vec!["a.txt"], vec!["a.txt"], vec![]] {
        undo(&world);
        assert_eq!(names(&world), expected);
    }
}

#[test]
fn files_go_and_come_with_their_record() {
    let world = library();
    put(&world, "a.txt", b"one");
    let before = files(&world).expect("a record");
    done(&world, vec![delete(&[1, 2])]);
    assert_eq!(files(&world), None);
    undo(&world);
    let after = files(&world).expect("a record");
    assert_eq!((&after[0].file, after[0].at, after[0].by), (&before[0].file, before[0].at, before[0].by));
}

#[test]
fn a_file_that_was_replaced_since_is_not_put_back_unseen() {
    let world = library();
    put(&world, "a.txt", b"one");
    let set = |world: &World, client: &str, name: &str| {
        let token = files(world).expect("a record")[0].file.token.clone();
        let change = set(name, Some(&token));
        let context = WriteContext { client: Some(client.to_owned()), ..WriteContext::default() };
        let owner = world.owner();
        let written =
            world.engine.write(&owner, world.first.database, context, move |_| Ok(vec![change.clone()]), |_, _| Ok(()));
        block_on(written).expect("a write");
    };
    // The same file under a second name, which somebody else then gives up.
    set(&world, WINDOW, "copy.txt");
    let gone = Change::SetRecordFiles {
        table: TABLE,
        record: RecordId(1),
        files: vec![RecordFile { name: "copy.txt".to_owned(), token: None, stamp: None }],
    };
    let context = WriteContext { client: Some("other".to_owned()), ..WriteContext::default() };
    let owner = world.owner();
    block_on(world.engine.write(&owner, world.first.database, context, move |_| Ok(vec![gone.clone()]), |_, _| Ok(())))
        .expect("a write");
    let refused = block_on(world.engine.undo(&owner, world.first.database, None, WINDOW));
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
}

#[test]
fn nobody_puts_a_file_there_without_the_right_or_from_nowhere() {
    let world = library();
    let unknown = write(&world, WriteContext::default(), vec![set("a.txt", Some("no-such-token"))]);
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    put(&world, "a.txt", b"one");
    let token = files(&world).expect("a record")[0].file.token.clone();
    let reader = world.person(world.add_member("reader", Role::Read));
    let change = set("b.txt", Some(&token));
    let database = world.first.database;
    let refused = world.engine.write(
        &reader,
        database,
        WriteContext::default(),
        move |_| Ok(vec![change.clone()]),
        |_, _| Ok(()),
    );
    assert_eq!(block_on(refused), Err(Error::Forbidden(Ability::RecordUpdate)));
    let listed = world.engine.read(&reader, database, Weight::Point, |view| {
        Ok(view.files_of_record(TABLE, RecordId(1))?.map(|list| list.len()))
    });
    assert_eq!(block_on(listed), Ok(Some(1)), "who may read the record may read its files");
}
