//! Runs of buttons: kept by button, the newest of them, also in a database that was made before there were any.

use model::kind::button::Deed;
use model::time::Instant;
use model::{DatabaseKey, FieldId, RecordId, Seq, TableId, UserId};
use store::database::Database;
use store::database::runs::{self, KEPT, Outcome, Run, State};
use store::index::AdvisorOptions;
use testbed::Bed;

fn open(bed: &Bed) -> Database {
    let key = DatabaseKey::parse("abcdefghij12").expect("a key");
    bed.database(key, AdvisorOptions::default(), 0).expect("a database")
}

fn run(seq: u64, field: u32) -> Run {
    let pending = Outcome { action: Deed::CallWebhook, state: State::Pending, status: None, error: None, result: None };
    Run {
        seq: Seq(seq),
        at: Instant(1_700_000_000_000),
        actor: Some(UserId(7)),
        table: TableId(1),
        record: RecordId(2),
        field: FieldId(field),
        outcomes: vec![pending],
        took: None,
    }
}

fn of_field(database: &Database, field: u32, before: u64, limit: usize) -> Vec<Run> {
    let read = database.read_blocking(|r| runs::of_field(r.tx, TableId(1), FieldId(field), Seq(before), limit));
    read.expect("runs")
}

#[test]
fn the_newest_runs_of_each_button_are_kept() {
    let bed = Bed::new();
    let database = open(&bed);
    let kept = u64::from(KEPT);
    let all = move |w: &mut store::database::WriteTx<'_>| {
        runs::insert(w, &run(1, 9))?;
        (2..kept + 5).try_for_each(|seq| runs::insert(w, &run(seq, 5)))
    };
    database.write_blocking(all).expect("written");
    let found = of_field(&database, 5, u64::MAX, 2000);
    assert_eq!(found.len() as u64, kept);
    assert_eq!((found[0].seq, found[found.len() - 1].seq), (Seq(kept + 4), Seq(5)));
    assert_eq!(of_field(&database, 9, u64::MAX, 10), [run(1, 9)], "another button's are not counted");
    let page: Vec<u64> = of_field(&database, 5, 100, 3).iter().map(|run| run.seq.0).collect();
    assert_eq!(page, [99, 98, 97]);
}

#[test]
fn what_came_of_a_run_is_kept_later() {
    let bed = Bed::new();
    let database = open(&bed);
    database.write_blocking(|w| runs::insert(w, &run(1, 5))).expect("written");
    let failed = Outcome {
        action: Deed::CallWebhook,
        state: State::Failed,
        status: Some(500),
        error: Some("it answered 500".to_owned()),
        result: None,
    };
    let outcomes = vec![failed];
    let told = outcomes.clone();
    database.write_blocking(move |w| runs::finish(w, Seq(1), &told, 42)).expect("written");
    assert_eq!(of_field(&database, 5, u64::MAX, 10), [Run { outcomes, took: Some(42), ..run(1, 5) }]);
}

#[test]
fn a_database_from_before_there_were_runs_gets_their_table_when_it_is_opened() {
    let bed = Bed::new();
    let database = open(&bed);
    let back = "DROP TABLE runs; DELETE FROM migrations WHERE version = 2";
    database.write_blocking(|w| w.tx.script(back)).expect("as it was");
    drop(database);
    let database = open(&bed);
    database.write_blocking(|w| runs::insert(w, &run(1, 5))).expect("written");
    assert_eq!(of_field(&database, 5, u64::MAX, 10).len(), 1);
}
