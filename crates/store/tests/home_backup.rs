//! Backup while writes go on, restore, and what restore refuses.

mod home_support;

use home_support::*;
use model::{Error, StoredCell, TableId};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use store::database::format::STEPS as FORMAT_STEPS;
use store::home::users::{self, NewUser};
use store::home::{Touch, databases};
use store::store::{FilesPart, Manifest, restore};

const ONE: &str = "databaseone1";
const TWO: &str = "databasetwo2";

#[test]
fn a_backup_made_while_writes_go_on_restores_to_an_exact_prefix_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    let databases = [add_database(&store, key(ONE)), add_database(&store, key(TWO))];
    for database in &databases {
        add_table(database, texts(1));
    }
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let backups: Vec<(Manifest, u64)> = std::thread::scope(|scope| {
        for database in &databases {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        add_numbered(database, TableId(1));
                        written.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        }
        let backups = (0..3)
            .map(|n| {
                let before = written.load(Ordering::Relaxed);
                while written.load(Ordering::Relaxed) < before + 50 {
                    std::thread::yield_now();
                }
                let least = written.load(Ordering::Relaxed);
                (
                    store
                        .backup(&folder.path().join(format!("backup{n}")), NOW, |_| Ok(FilesPart::default()))
                        .expect("backed up"),
                    least,
                )
            })
            .collect();
        stop.store(true, Ordering::Relaxed);
        backups
    });
    for (n, (manifest, least)) in backups.iter().enumerate() {
        let data = folder.path().join(format!("restored{n}"));
        assert_eq!(&restore(&folder.path().join(format!("backup{n}")), &data, |_| Ok(())).expect("restored"), manifest);
        let restored = open(&data);
        assert_eq!(restored.check(), Vec::<String>::new());
        let mut total = 0;
        for file in &manifest.databases {
            let database = restored.database(file.key).expect("opens");
            assert_eq!(database.seq().borrow().0, file.seq);
            // The first write made the table; each other made one record, numbered in order, whose text says so.
            let expected: Vec<(i64, String)> = (1..file.seq as i64).map(|n| (n, n.to_string())).collect();
            assert_eq!(read_texts(&database, 1), expected);
            total += file.seq - 1;
            // And it goes on from there.
            assert_eq!(add_record(&database, TableId(1), vec![StoredCell::Null]).0 as u64, file.seq);
        }
        assert!(total >= *least, "what was answered before the backup began is in it");
    }
}

#[test]
fn a_backup_keeps_deleted_databases_apart_and_numbers_of_users_are_not_given_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    drop(add_database(&store, key(ONE)));
    drop(add_database(&store, key(TWO)));
    let user = |email| NewUser { name: "A", email, password_hash: None, administrator: false, at: NOW };
    store.home().write(Touch::People, |tx| users::insert(tx, &user("a@example.com"))).expect("made");
    store.delete_database(key(TWO), NOW).expect("deleted");
    let backup = folder.path().join("backup");
    let manifest = store.backup(&backup, NOW, |_| Ok(FilesPart::default())).expect("backed up");
    assert_eq!(manifest.databases.iter().map(|f| f.deleted_at.is_some()).collect::<Vec<_>>(), [false, true]);
    assert!(!backup.join("secret.key").exists());
    let data = folder.path().join("restored");
    restore(&backup, &data, |_| Ok(())).expect("restored");
    let restored = open(&data);
    restored.database(key(ONE)).expect("there");
    assert!(restored.database(key(TWO)).is_err());
    restored.restore_database(key(TWO)).expect("out of the trash");
    restored.database(key(TWO)).expect("there");
    let next = restored.home().write(Touch::People, |tx| users::insert(tx, &user("b@example.com")));
    assert!(next.expect("made").0 > 1000, "a user made during the backup may stand in a log");
    let listed = restored.home().read(|tx| databases::find(tx, key(ONE))).expect("reads").expect("listed");
    assert_eq!(listed.name, "Database");
}

#[test]
fn backup_and_restore_refuse_a_folder_that_is_not_empty() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let store = open(&data);
    assert!(matches!(store.backup(&data, NOW, |_| Ok(FilesPart::default())), Err(Error::Conflict(_))));
    let backup = folder.path().join("backup");
    store.backup(&backup, NOW, |_| Ok(FilesPart::default())).expect("backed up");
    assert!(matches!(store.backup(&backup, NOW, |_| Ok(FilesPart::default())), Err(Error::Conflict(_))));
    assert!(matches!(restore(&backup, &data, |_| Ok(())), Err(Error::Conflict(_))));
}

#[test]
fn restore_refuses_changed_bytes_newer_formats_and_no_manifest() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    drop(add_database(&store, key(ONE)));
    let backup = folder.path().join("backup");
    store.backup(&backup, NOW, |_| Ok(FilesPart::default())).expect("backed up");
    let refused = |name: &str, word: &str| {
        let data = folder.path().join(name);
        match restore(&backup, &data, |_| Ok(())) {
            Err(Error::Unavailable(why)) => assert!(why.contains(word), "{why}"),
            other => panic!("{other:?}"),
        }
        assert!(!data.join("home.db").exists(), "no data folder was made");
    };
    let manifest = std::fs::read_to_string(backup.join("manifest.json")).expect("a manifest");
    let put = |text: String| std::fs::write(backup.join("manifest.json"), text).expect("written");
    let present = format!("\"version\": {}", FORMAT_STEPS.len());
    put(manifest.replacen(&present, "\"version\": 99", 1));
    refused("home-newer", "newer");
    put(manifest.replace("\"format\": 1", "\"format\": 2"));
    refused("manifest-newer", "newer");
    put(manifest.replace(ONE, "../../etc/pa"));
    refused("another-path", "manifest");
    put(manifest);
    let file = backup.join(format!("databases/{ONE}.db"));
    let mut bytes = std::fs::read(&file).expect("a file");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    refused("changed", "bytes");
    std::fs::remove_file(backup.join("manifest.json")).expect("removed");
    refused("none", "manifest");
}
