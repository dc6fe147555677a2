//! What every engine behind the store must do. Each test gets a fresh database of each engine.

use model::change::{Change, Children, RecordSet};
use model::ids::ColumnId;
use model::kind::Kind;
use model::table::Shape;
use model::{
    Cell, DatabaseKey, Error, Field, FieldId, LocaleId, RecordAddress, RecordId, Result, Seq, StoredCell, Table,
    TableId, UserId,
};
use std::sync::Arc;
use store::database::log::{self, Cause, Entry, TABLE_ITSELF};
use store::database::records::{self, NewRow, Stamp};
use store::database::{Database, WriteTx, blocks, links, tables};
use store::index::AdvisorOptions;
use testbed::Bed;

const STAMP: Stamp = Stamp { at: 1_700_000_000_000, by: Some(UserId(7)) };

/// The database is closed before its place goes.
struct Bench {
    database: Database,
    bed: Bed,
}

fn key() -> DatabaseKey {
    DatabaseKey::parse("abcdefghij12").expect("a key")
}

fn open(bed: &Bed) -> Result<Database> {
    bed.database(key(), AdvisorOptions::default(), 0)
}

fn fresh() -> Bench {
    let bed = Bed::new();
    let database = open(&bed).expect("a database");
    database.write_blocking(|w| tables::create(w, &people())).expect("a table");
    Bench { database, bed }
}

fn field(id: u32, name: &str, kind: Kind) -> Field {
    Field {
        id: FieldId(id),
        name: name.to_owned(),
        key: name.to_lowercase(),
        description: None,
        kind,
        validators: Vec::new(),
        localized: false,
        default: None,
        columns: vec![model::field::FieldColumn { locale: LocaleId::NONE, column: ColumnId(id) }],
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: model::Bag::new(),
    }
}

/// A table of a name (column 1), an age (column 2) and friends (links, column 3).
fn people() -> Table {
    let links = model::kind::links::Links { targets: vec![TableId(1)], partners: Vec::new(), exclusive: false };
    Table {
        id: TableId(1),
        name: "People".to_owned(),
        key: "people".to_owned(),
        description: None,
        icon: None,
        shape: Shape::Plain,
        primary: FieldId(1),
        fields: vec![
            field(1, "Name", Kind::Line(model::kind::line::Line {})),
            field(2, "Age", Kind::Number(model::kind::number::Number::default())),
            field(3, "Friends", Kind::Links(links)),
        ]
        .into(),
        views: Vec::new(),
        next_field: FieldId(4),
        next_column: ColumnId(4),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: model::Bag::new(),
    }
}

fn insert(w: &mut WriteTx<'_>, name: &str) -> Result<RecordId> {
    let id = w.reserve(TableId(1), 1)?;
    let catalog = w.catalog();
    let cells = [StoredCell::Text(name.to_owned()), StoredCell::Real(1.5)];
    let row = NewRow { id, cells: &cells, valid: true, parent: None, rank: None };
    records::insert(w, catalog.layout(TableId(1))?, STAMP, &row)?;
    Ok(id)
}

fn logged(w: &mut WriteTx<'_>, records: Vec<(TableId, RecordId)>, inverse: Vec<Change>) -> Result<Seq> {
    let mut key = [0; 16];
    key[8..].copy_from_slice(&w.seq().0.to_be_bytes());
    let entry = Entry {
        key,
        at: STAMP.at,
        actor: Some(UserId(7)),
        token: None,
        client: Some("7:window".to_owned()),
        cause: Cause::Write,
        tables: vec![TableId(1)],
        records,
        inverse,
    };
    log::append(w, &entry)
}

fn names(database: &Database) -> Vec<String> {
    database
        .read_blocking(|r| {
            store::tx::all(r.tx, "SELECT f1 FROM t1 ORDER BY id", &[], |row| {
                Ok(row.cell(0).text().unwrap_or("").to_owned())
            })
        })
        .expect("names")
}

#[test]
fn a_write_is_there_after_it_is_answered_and_after_reopening() {
    let Bench { database, bed } = fresh();
    let seq = database
        .write_blocking(|w| {
            let id = insert(w, "Ada")?;
            assert_eq!(id, RecordId(1));
            logged(w, vec![], vec![])
        })
        .expect("a write");
    assert_eq!(seq, Seq(1));
    assert_eq!(names(&database), ["Ada"]);
    drop(database);
    let again = open(&bed).expect("the same database");
    assert_eq!(names(&again), ["Ada"]);
    assert_eq!(*again.seq().borrow(), Seq(1));
    let next = again.write_blocking(|w| insert(w, "Grace")).expect("a write");
    assert_eq!(next, RecordId(2), "numbers go on after reopening");
    assert_eq!(again.catalog().schema.table(TableId(1)).expect("the table").name, "People");
}

#[test]
fn a_failed_write_leaves_nothing_and_takes_no_sequence() {
    let Bench { bed: _bed, database } = fresh();
    let refused = database.write_blocking(|w| {
        insert(w, "Nobody")?;
        logged(w, vec![], vec![])?;
        Err::<(), Error>(Error::Conflict("no".to_owned()))
    });
    assert_eq!(refused, Err(Error::Conflict("no".to_owned())));
    assert!(names(&database).is_empty());
    let seq = database.write_blocking(|w| {
        insert(w, "Ada")?;
        logged(w, vec![], vec![])
    });
    assert_eq!(seq, Ok(Seq(1)));
    assert_eq!(database.read_blocking(|r| blocks::count(r.tx, TableId(1))), Ok(1));
}

#[test]
fn a_write_that_panics_is_an_error_and_the_next_one_works() {
    let Bench { bed: _bed, database } = fresh();
    let broken = database.write_blocking(|w| -> Result<()> {
        insert(w, "Nobody")?;
        panic!("on purpose");
    });
    assert!(matches!(broken, Err(Error::Internal(_))));
    assert!(database.write_blocking(|w| insert(w, "Ada")).is_ok());
    assert_eq!(names(&database), ["Ada"]);
}

#[test]
fn many_rows_are_followed_by_a_statement_that_is_new_to_their_connection() {
    let Bench { bed: _bed, database } = fresh();
    let new = "DELETE FROM meta WHERE key = ?1 AND value = 'of no other statement'";
    let written = database.write_blocking(|w| {
        for n in 0..40 {
            insert(w, &format!("Person {n}"))?;
        }
        w.tx.put(new, &[Cell::Text("none")])
    });
    assert_eq!(written, Ok(()));
    assert_eq!(names(&database).len(), 40);
}

#[test]
fn waiting_writes_share_commits_and_fail_alone() {
    let Bench { bed: _bed, database } = fresh();
    let database = Arc::new(database);
    let threads: Vec<_> = (0..8)
        .map(|t| {
            let database = database.clone();
            std::thread::spawn(move || {
                for i in 0..50 {
                    let result = database.write_blocking(move |w| {
                        insert(w, &format!("{t}-{i}"))?;
                        if i % 5 == 0 { Err(Error::TimedOut) } else { logged(w, vec![], vec![]) }
                    });
                    assert_eq!(result.is_err(), i % 5 == 0);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|t| t.join().expect("a thread"));
    let found = names(&database);
    assert_eq!(found.len(), 8 * 40);
    assert!(found.iter().all(|n| !n.ends_with("-0") && !n.ends_with("-5")));
    assert_eq!(*database.seq().borrow(), Seq(8 * 40));
    let faults = database.read_blocking(|r| log::check(r.tx, Seq(8 * 40))).expect("a check");
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_deleted_record_comes_back_whole() {
    let Bench { bed: _bed, database } = fresh();
    database
        .write_blocking(|w| {
            let (a, b) = (insert(w, "Ada")?, insert(w, "Grace")?);
            let packed = |r| RecordAddress { table: TableId(1), record: r }.pack();
            links::set(w.tx, TableId(1), ColumnId(3), a, &[packed(b), packed(a)])
        })
        .expect("two records");
    let captured = database
        .write_blocking(|w| {
            let captured = records::capture(w, &people(), RecordId(1))?.expect("the record");
            records::delete(w, &people(), RecordId(1))?;
            Ok(captured)
        })
        .expect("a deletion");
    assert_eq!(names(&database), ["Grace"]);
    assert_eq!(captured.links.len(), 1);
    let same = captured.clone();
    database
        .write_blocking(move |w| {
            records::restore(w, &people(), &captured)?;
            records::restore_links(w, &people(), &captured)
        })
        .expect("a restoration");
    let again = database.read_blocking(|r| records::capture(r, &people(), RecordId(1))).expect("a read");
    let mut again = again.expect("the record");
    again.system[1] = same.system[1].clone();
    assert_eq!(again, same, "all but its sequence");
    assert_eq!(database.read_blocking(|r| blocks::count(r.tx, TableId(1))), Ok(2));
}

#[test]
fn the_log_finds_the_rows_of_a_record_newest_first() {
    let Bench { bed: _bed, database } = fresh();
    let touch = |record: u32| {
        let inverse = vec![Change::DeleteRecords {
            table: TableId(1),
            records: RecordSet::of([RecordId(record)]),
            children: Children::Delete,
        }];
        database
            .write_blocking(move |w| logged(w, vec![(TableId(1), RecordId(record))], inverse.clone()))
            .expect("a write")
    };
    let (first, _, third) = (touch(1), touch(2), touch(1));
    let rows = |record: RecordId| {
        let mut seqs = Vec::new();
        database
            .read_blocking(|r| {
                log::rows_of_record(r.tx, TableId(1), record, Seq(u64::MAX >> 1), &mut |row| {
                    assert_eq!(row.actor, Some(UserId(7)));
                    seqs.push(row.seq);
                    Ok(store::tx::GO_ON)
                })
            })
            .expect("rows");
        seqs
    };
    assert_eq!(rows(RecordId(1)), [third, first]);
    assert_eq!(rows(TABLE_ITSELF).len(), 3);
}

#[test]
fn skipping_counts_blocks_instead_of_records() {
    let Bench { bed: _bed, database } = fresh();
    database
        .write_blocking(|w| {
            (0..5_000).try_for_each(|i| insert(w, &i.to_string()).map(drop))?;
            (1..=100).try_for_each(|i| records::delete(w, &people(), RecordId(i)))
        })
        .expect("records");
    let (from, left) = database.read_blocking(|r| blocks::seek(r.tx, TableId(1), 4_000)).expect("a place");
    assert_eq!((from.0 % 1024, from.0 / 1024), (0, 4));
    let sql = format!("SELECT id FROM t1 WHERE id >= {} ORDER BY id LIMIT 1 OFFSET {left}", from.0);
    let id = database.read_blocking(|r| store::tx::first(r.tx, &sql, &[], |row| Ok(row.cell(0).integer())));
    assert_eq!(id, Ok(Some(Some(4_101))), "100 records are gone, numbers start at 1");
    assert_eq!(database.read_blocking(|r| blocks::count(r.tx, TableId(1))), Ok(4_900));
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let Bench { database, bed } = fresh();
    database
        .write_blocking(|w| {
            w.tx.execute(
                "INSERT INTO migrations (version, name, checksum, applied_at) VALUES (99, 'future', 'x', 0)",
                &[],
            )
        })
        .expect("a row");
    drop(database);
    match open(&bed) {
        Err(Error::Unavailable(why)) => assert!(why.contains("newer"), "{why}"),
        other => panic!("expected a refusal, got {:?}", other.err()),
    }
}

#[test]
fn values_are_bound_and_never_become_sql() {
    let Bench { bed: _bed, database } = fresh();
    let hostile = ["'; DROP TABLE t1; --", "\")", "\\", "$$", "?1", "%_"];
    for text in hostile {
        database.write_blocking(move |w| insert(w, text)).expect("a record");
        let found = database.read_blocking(|r| {
            store::tx::first(r.tx, "SELECT count(*) FROM t1 WHERE f1 = ?1", &[Cell::Text(text)], |row| {
                Ok(row.cell(0).integer())
            })
        });
        assert_eq!(found, Ok(Some(Some(1))), "{text}");
    }
}
