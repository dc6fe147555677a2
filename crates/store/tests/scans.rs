//! Long reads: they delay nobody, they stop when nobody waits for them, and they leave their connection clean (S24). These
//! are about files, whose readers are in this process; PostgreSQL has tests of its own.

#[path = "index/companies.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod companies;

use companies::*;
use model::kind::NoNames;
use model::query::{Direction, Query};
use model::time::Instant;
use model::{Cell, Error, Filter, RecordId, Result, StoredCell, TableId};
use std::future::ready;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use store::database::records::{self, NewRow, Stamp};
use store::database::{Database, ReadTx, Weight};
use store::print;
use store::tx::{self, GO_ON};
use testbed::Bed;
use tokio::task::JoinHandle;

const ROWS: u32 = 1_000_000;
/// Rows of one write: of all in one, the disk would have to hold each twice.
const STEP: u32 = 50_000;
const STAMP: Stamp = Stamp { at: 0, by: None };

/// A database of many companies, whose notes no index helps to search.
fn filled(rows: u32, threads: usize) -> (Arc<Database>, Bed) {
    let (database, folder) = database_in(Bed::in_files(), threads);
    for done in (0..rows).step_by(STEP as usize) {
        let fill = database.write_blocking(move |w| {
            let step = STEP.min(rows - done);
            let first = w.reserve(TableId(1), step)?.0;
            let catalog = w.catalog();
            let layout = catalog.layout(TableId(1))?;
            let open = StoredCell::Text("open".to_owned());
            let note = StoredCell::Text("aaaaaaaaaaaaaaaaaaaaaaab".to_owned());
            for n in first..first + step {
                // Scattered, so that a sort has something to do.
                let name = StoredCell::Text(format!("company {}", n.wrapping_mul(2_654_435_761)));
                let cells = [name, open.clone(), note.clone(), StoredCell::Real(f64::from(n))];
                let row = NewRow { id: RecordId(n), cells: &cells, valid: true, parent: None, rank: None };
                records::insert(w, layout, STAMP, &row)?;
            }
            Ok(())
        });
        fill.expect("rows");
    }
    (Arc::new(database), folder)
}

/// What scans tell of themselves, each by its name.
#[derive(Clone)]
struct Tell {
    begun: Sender<&'static str>,
    ended: Sender<(&'static str, Error)>,
}

struct Told {
    begun: Receiver<&'static str>,
    ended: Receiver<(&'static str, Error)>,
}

fn telling() -> (Tell, Told) {
    let ((begun, has_begun), (ended, has_ended)) = (channel(), channel());
    (Tell { begun, ended }, Told { begun: has_begun, ended: has_ended })
}

/// Reads the same again and again until it is stopped.
fn endless(read: &mut ReadTx<'_>, query: &Query, name: &'static str, tell: &Tell) -> Result<()> {
    tell.begun.send(name).expect("somebody listens");
    let catalog = read.catalog.clone();
    let error = loop {
        let names = NoNames(Instant(0));
        if let Err(error) = print::select(read.tx, &catalog, query, &names, &mut |_| Ok(GO_ON)) {
            break error;
        }
    };
    // The test may be over, so that nobody listens any more.
    let _ = tell.ended.send((name, error.clone()));
    Err(error)
}

/// Starts a scan that only ends when it is stopped; to abort the task is to go away.
fn start(database: &Arc<Database>, query: &Query, name: &'static str, tell: &Tell) -> JoinHandle<Result<()>> {
    let (database, query, tell) = (database.clone(), query.clone(), tell.clone());
    tokio::spawn(async move { database.read(Weight::Scan, move |read| endless(read, &query, name, &tell)).await })
}

/// A search that finds nothing in any row, over rows in an order that no index has.
fn dear() -> Query {
    let needle = contains(NOTE, "aaac").filter;
    sorted_by(NAME, Direction::Ascending, Filter::Or(vec![needle, is(STATUS, model::Value::text("closed"))]))
}

async fn name_of(database: &Database, id: u32) -> Option<String> {
    let read = database.read(Weight::Point, move |read| {
        tx::first(read.tx, "SELECT f1 FROM t1 WHERE id = ?1", &[Cell::Integer(id.into())], |row| {
            Ok(row.cell(0).text().unwrap_or("").to_owned())
        })
    });
    read.await.expect("a point read")
}

async fn rename(database: &Database, id: u32, name: String) {
    let write = database.write(move |w| {
        let catalog = w.catalog();
        let cells = [(NAME, StoredCell::Text(name.clone()))];
        records::update(w, catalog.layout(TableId(1))?, STAMP, RecordId(id), true, &cells)
    });
    write.await.expect("a write");
}

/// How many records there are, by reading them all.
async fn count(database: &Database) -> usize {
    let read = database.read(Weight::Scan, |read| {
        let (catalog, mut found) = (read.catalog.clone(), 0);
        print::select(read.tx, &catalog, &Query::table(TableId(1)), &NoNames(Instant(0)), &mut |_| {
            found += 1;
            Ok(GO_ON)
        })?;
        Ok(found)
    });
    read.await.expect("a scan")
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_scans_of_a_million_rows_as_can_run_delay_no_point_read_and_no_write() {
    // More threads than one database has connections, so that some scans wait for others.
    let (database, _folder) = filled(ROWS, 8);
    let (tell, told) = telling();
    let scans: Vec<_> = (0..8).map(|_| start(&database, &dear(), "scan", &tell)).collect();
    (0..4).for_each(|_| assert_eq!(told.begun.recv(), Ok("scan")));
    for id in 1..=100 {
        rename(&database, id, format!("renamed {id}")).await;
        assert_eq!(name_of(&database, id).await, Some(format!("renamed {id}")));
        assert!(name_of(&database, ROWS - id).await.is_some());
    }
    assert_eq!(told.ended.try_recv(), Err(TryRecvError::Empty), "every scan is still at it");
    scans.iter().for_each(JoinHandle::abort);
    (0..4).for_each(|_| assert_eq!(told.ended.recv(), Ok(("scan", Error::TimedOut))));
    assert_eq!(count(&database).await, ROWS as usize, "the readers are free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_nobody_waits_for_stops_before_its_time_is_over() {
    let (database, _folder) = filled(20_000, 2);
    let (tell, told) = telling();
    let stayer = start(&database, &dear(), "stayer", &tell);
    assert_eq!(told.begun.recv(), Ok("stayer"));
    let leaver = start(&database, &dear(), "leaver", &tell);
    assert_eq!(told.begun.recv(), Ok("leaver"));
    leaver.abort();
    // The one that stays began earlier, so the bound in time would have stopped it first.
    assert_eq!(told.ended.recv(), Ok(("leaver", Error::TimedOut)));
    assert_eq!(told.ended.try_recv(), Err(TryRecvError::Empty), "the other goes on");
    assert_eq!(count(&database).await, 20_000, "the thread and the connection are free again");
    assert_eq!(told.ended.try_recv(), Err(TryRecvError::Empty), "the other goes on");
    stayer.abort();
    assert_eq!(told.ended.recv(), Ok(("stayer", Error::TimedOut)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_whose_caller_left_before_its_turn_never_begins() {
    let (database, _folder) = filled(1_000, 1);
    let (tell, told) = telling();
    let first = start(&database, &dear(), "first", &tell);
    assert_eq!(told.begun.recv(), Ok("first"));
    {
        let (query, tell) = (dear(), tell.clone());
        let waiting = database.read(Weight::Scan, move |read| endless(read, &query, "waiting", &tell));
        // Asked once, so that it stands in the queue; then dropped.
        tokio::select! {
            biased;
            answer = waiting => panic!("answered before its turn: {answer:?}"),
            () = ready(()) => {}
        }
    }
    first.abort();
    assert_eq!(count(&database).await, 1_000, "its turn is after that of the one that left");
    assert_eq!(told.begun.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_read_that_turns_out_long_is_given_up_and_runs_as_a_scan() {
    let (database, _folder) = filled(1_000, 1);
    let read = async |sql: &'static str| {
        let (tell, told) = channel();
        let counted = database.read(Weight::Brief, move |read| {
            tell.send(read.is_brief).expect("a listener");
            tx::first(read.tx, sql, &[], |row| Ok(row.cell(0).integer()))
        });
        (counted.await.expect("a count"), told.try_iter().collect::<Vec<bool>>())
    };
    let short = "SELECT count(*) FROM t1 WHERE id < 10";
    assert_eq!(read(short).await, (Some(Some(9)), vec![true]));
    assert_eq!(read("SELECT count(*) FROM t1 a, t1 b").await, (Some(Some(1_000_000)), vec![true, false]));
    // The bound is gone with the read, and no wrong answer is taken for one that is given up.
    assert_eq!(count(&database).await, 1_000);
    let wrong = database.read(Weight::Brief, |read| tx::first(read.tx, "SELECT nothing", &[], |_| Ok(())));
    assert!(matches!(wrong.await, Err(Error::Internal(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_panics_leaves_its_connection_clean() {
    let (database, _folder) = filled(10, 1);
    let broken = database.read(Weight::Scan, |read| -> Result<()> {
        tx::first(read.tx, "SELECT count(*) FROM t1", &[], |row| Ok(row.cell(0).integer()))?;
        panic!("on purpose");
    });
    assert!(matches!(broken.await, Err(Error::Internal(_))));
    let more = database.write(|w| {
        let id = w.reserve(TableId(1), 1)?;
        let catalog = w.catalog();
        let cells = vec![StoredCell::Null; 4];
        let row = NewRow { id, cells: &cells, valid: true, parent: None, rank: None };
        records::insert(w, catalog.layout(TableId(1))?, STAMP, &row)
    });
    more.await.expect("a write");
    assert_eq!(count(&database).await, 11, "the next reads what was written since");
    assert_eq!(name_of(&database, 11).await, Some(String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_keep_their_snapshots_see_every_answered_write_and_do_not_make_the_log_grow() {
    let (database, bed) = filled(1_000, 4);
    let long = "x".repeat(5_000);
    let log = || {
        let files = std::fs::read_dir(bed.path()).expect("a folder").map(|file| file.expect("a file"));
        let logs = files.filter(|file| file.path().to_string_lossy().ends_with("-wal"));
        logs.map(|log| log.metadata().expect("its size").len()).max().unwrap_or(0)
    };
    let mut longest = 0;
    for n in 0..2_000 {
        let id = n % 500 + 1;
        let name = format!("{n} {long}");
        rename(&database, id, name.clone()).await;
        // Both kinds of readers have a snapshot whenever something is written.
        assert_eq!(name_of(&database, id).await, Some(name.clone()));
        let scanned = database.read_blocking(move |read| {
            let named = [Cell::Integer(id.into())];
            tx::first(read.tx, "SELECT f1 FROM t1 WHERE id = ?1", &named, |row| Ok(row.cell(0).text() == Some(&name)))
        });
        assert_eq!(scanned, Ok(Some(true)), "write {n}");
        longest = longest.max(log());
    }
    // All that was written is many times as long.
    assert!((1..24 << 20).contains(&longest), "{longest} bytes");
}
