//! The data folder: its lock, its key, and databases made, deleted, restored and found again after a crash.

mod home_support;

use home_support::*;
use model::{Error, StoredCell, Subject, TableId};
use std::path::Path;
use store::folder::DataFolder;
use store::home::{Touch, databases};
use store::sqlite::Durability;
use store::store::{Store, StoreOptions};

const KEY: &str = "abcdefghij12";

#[test]
fn a_second_opening_of_the_folder_is_refused_until_the_first_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = open(folder.path());
    assert!(matches!(DataFolder::open(folder.path()), Err(Error::Conflict(_))));
    drop(first);
    DataFolder::open(folder.path()).expect("free again");
}

#[test]
fn another_process_that_holds_the_lock_keeps_us_out() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    // A process of its own that takes the lock, says so and waits for its input to end.
    let script = "exec 9<>\"$0/lock\"; flock -n 9 || exit 1; echo held; cat >/dev/null";
    let mut child = std::process::Command::new("sh")
        .args(["-c", script])
        .arg(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut said = String::new();
    let output = child.stdout.take().expect("its output");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut said).expect("a line");
    assert_eq!(said, "held\n");
    assert!(matches!(DataFolder::open(folder.path()), Err(Error::Conflict(_))));
    drop(child.stdin.take());
    child.wait().expect("ends");
    DataFolder::open(folder.path()).expect("free again");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_folder_its_key_or_the_home_file() {
    use std::os::unix::fs::PermissionsExt;
    let outer = tempfile::tempdir().expect("a folder");
    let path = outer.path().join("data");
    let store = open(&path);
    let key = store.folder().secret_key(|| [7; 32]).expect("a key");
    assert_eq!(key, [7; 32]);
    assert_eq!(store.folder().secret_key(|| [8; 32]).expect("the same"), [7; 32], "made once");
    drop(add_database(&store, home_support::key(KEY)));
    let mode = |p: &Path| std::fs::metadata(p).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for name in ["secret.key", "home.db", "lock", "databases/abcdefghij12.db"] {
        assert_eq!(mode(&path.join(name)), 0o600, "{name}");
    }
    std::fs::write(path.join("secret.key"), b"short").expect("written");
    assert!(store.folder().secret_key(|| [9; 32]).is_err(), "a damaged key is not replaced");
}

#[test]
fn a_deleted_database_is_not_found_and_comes_back_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let database = add_database(&store, key(KEY));
    add_table(&database, texts(1));
    add_record(&database, TableId(1), vec![StoredCell::Text("kept".to_owned())]);
    drop(database);
    store.delete_database(key(KEY), NOW).expect("deleted");
    let error = store.database(key(KEY)).map(drop).expect_err("gone");
    assert_eq!(error, Error::not_found(Subject::Database, KEY));
    assert_eq!(store.delete_database(key(KEY), NOW), Err(error), "deleting again finds nothing");
    assert!(folder.path().join("trash/abcdefghij12.db").exists());
    assert!(!folder.path().join("databases/abcdefghij12.db").exists());
    assert_eq!(store.check(), Vec::<String>::new());
    store.restore_database(key(KEY)).expect("restored");
    let database = store.database(key(KEY)).expect("back");
    assert_eq!(read_texts(&database, 1), [(1, "kept".to_owned())]);
    assert!(matches!(store.restore_database(key(KEY)), Err(Error::Conflict(_))));
    assert_eq!(store.check(), Vec::<String>::new());
}

#[test]
fn the_trash_is_emptied_of_what_was_deleted_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    drop(add_database(&store, key(KEY)));
    store.delete_database(key(KEY), NOW).expect("deleted");
    assert_eq!(store.purge(NOW).expect("purged"), 0);
    assert_eq!(store.purge(NOW + 1).expect("purged"), 1);
    assert!(!folder.path().join("trash/abcdefghij12.db").exists());
    assert!(store.restore_database(key(KEY)).is_err());
}

#[test]
fn a_database_that_cannot_be_listed_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let refused = store.create_database(key(KEY), Touch::Access, |_| Err::<(), _>(Error::TimedOut));
    assert_eq!(refused, Err(Error::TimedOut));
    assert!(!folder.path().join("databases/abcdefghij12.db").exists());
    assert_eq!(store.check(), Vec::<String>::new());
}

#[test]
fn what_a_crash_left_half_done_is_finished_at_the_next_opening() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    drop(add_database(&store, key(KEY)));
    // The row was marked, the file not moved.
    let row = store.home().read(|tx| databases::find(tx, key(KEY))).expect("reads").expect("listed");
    store.home().write(Touch::Access, |tx| databases::set_deleted(tx, row.id, Some(NOW))).expect("marked");
    drop(store);
    let store = open(folder.path());
    assert!(folder.path().join("trash/abcdefghij12.db").exists());
    // The row was marked live again, the file not moved back.
    store.home().write(Touch::Access, |tx| databases::set_deleted(tx, row.id, None)).expect("marked");
    drop(store);
    let store = open(folder.path());
    store.database(key(KEY)).expect("live");
    assert_eq!(store.check(), Vec::<String>::new());
}

#[test]
fn databases_that_crowd_each_other_out_lose_no_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let options =
        StoreOptions { durability: Durability::Normal, scan_threads: 1, open_databases: 1, ..StoreOptions::default() };
    let store = Store::open(folder.path(), options, NOW).expect("opens");
    let keys = ["databaseone1", "databasetwo2", "databasethr3"].map(key);
    for key in keys {
        add_table(&add_database(&store, key), texts(1));
    }
    let store = &store;
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || {
                for n in 0..60 {
                    let database = store.database(keys[(n + thread) % 3]).expect("opens");
                    add_numbered(&database, TableId(1));
                }
            });
        }
    });
    for key in keys {
        let found = read_texts(&store.database(key).expect("opens"), 1);
        let expected: Vec<(i64, String)> = (1..=60).map(|n| (n, n.to_string())).collect();
        assert_eq!(found, expected);
    }
    assert_eq!(store.check(), Vec::<String>::new());
}

#[test]
fn a_missing_file_is_never_made_anew_and_the_check_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    drop(add_database(&store, key(KEY)));
    drop(store);
    std::fs::remove_file(folder.path().join("databases/abcdefghij12.db")).expect("removed");
    std::fs::write(folder.path().join("databases/zzzzzzzzzzzz.db"), b"").expect("written");
    let store = open(folder.path());
    assert!(matches!(store.database(key(KEY)), Err(Error::Unavailable(_))));
    assert_eq!(
        store.check(),
        ["the database abcdefghij12 (Database) has no file", "the file databases/zzzzzzzzzzzz.db is not listed"]
    );
}

#[test]
fn the_check_finds_a_log_with_a_gap_and_a_swapped_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let database = add_database(&store, key(KEY));
    add_table(&database, texts(1));
    for n in 0..3 {
        add_record(&database, TableId(1), vec![StoredCell::Text(n.to_string())]);
    }
    drop(database);
    drop(add_database(&store, key("otherdataba1")));
    assert_eq!(store.check(), Vec::<String>::new());
    drop(store);
    let path = |name: &str| folder.path().join("databases").join(name);
    let raw = rusqlite::Connection::open(path("abcdefghij12.db")).expect("opens");
    raw.execute_batch("DELETE FROM log WHERE seq = 2; DELETE FROM t1 WHERE id = 3").expect("damaged");
    drop(raw);
    std::fs::copy(path("abcdefghij12.db"), path("otherdataba1.db")).expect("swapped");
    let faults = open(folder.path()).check();
    let expected = [
        "abcdefghij12: the log has a gap before 3",
        "abcdefghij12: the table t1 has 2 records and a count of 3",
        "otherdataba1: the file says it is the database abcdefghij12",
    ];
    for fault in expected {
        assert!(faults.iter().any(|f| f == fault), "{fault} in {faults:?}");
    }
}

#[test]
fn a_home_file_of_a_newer_format_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let raw = rusqlite::Connection::open(folder.path().join("home.db")).expect("opens");
    raw.execute("INSERT INTO migrations VALUES (99, 'later', 'x', 0)", []).expect("written");
    drop(raw);
    let options = Default::default();
    let Err(Error::Unavailable(why)) = Store::open(folder.path(), options, NOW) else { panic!("opened") };
    assert!(why.contains("newer"), "{why}");
}
