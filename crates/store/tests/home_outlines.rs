//! What is made of whole files, with tables that share a physical one: checks, exports, backups, and files of before.

mod home_support;

use home_support::*;
use model::kind::boolean::Boolean;
use model::kind::integer::Integer;
use model::kind::long_text::LongText;
use model::table::Shape;
use model::{Kind, StoredCell, Table, TableId};
use store::database::ground::Physical;
use store::database::tables;
use store::store::{FilesPart, restore};

const KEY: &str = "abcdefghij12";

fn outline(id: u32) -> Table {
    let text = || Kind::LongText(LongText::default());
    let flag = || Kind::Boolean(Boolean::default());
    let number = || Kind::Integer(Integer::default());
    let kinds = [text(), text(), flag(), flag(), number(), number(), flag()];
    let names = ["Content", "Note", "Checked", "Checkbox", "Heading", "Color", "Collapsed"];
    let fields = (1..).zip(names).zip(kinds).map(|((id, name), kind)| field(id, name, kind)).collect();
    Table { shape: Shape::Tree, ..table(id, &format!("Outline {id}"), fields) }
}

fn node(text: &str) -> Vec<StoredCell> {
    let mut cells = vec![StoredCell::Null; 7];
    cells[0] = StoredCell::Text(text.to_owned());
    cells
}

/// Two outlines that share, and one that has moved out.
fn fill(store: &store::store::Store) {
    let database = add_database(store, key(KEY));
    for id in 1..=3 {
        add_table(&database, outline(id));
        for n in 0..id {
            add_record(&database, TableId(id), node(&format!("Node {n} of {id}")));
        }
    }
    database.write_blocking(|w| tables::move_out(w, TableId(2))).expect("moved");
}

#[test]
fn a_database_with_outlines_is_sound_and_one_with_stray_rows_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    fill(&store);
    assert_eq!(store.check(), Vec::<String>::new());
    let database = store.database(key(KEY)).expect("opens");
    let stray = "INSERT INTO outlines (t, id, seq, created_at, valid) VALUES (9, 1, 1, 0, 1)";
    database.write_blocking(|w| w.tx.execute(stray, &[])).expect("a row");
    database.write_blocking(|w| w.tx.execute("DELETE FROM outlines WHERE t = 3 AND id = 1", &[])).expect("a row less");
    let faults = store.check();
    assert!(faults[0].contains("t3 has 2 records and a count of 3"), "{faults:?}");
    assert!(faults[1].contains("1 rows of outlines"), "{faults:?}");
}

#[test]
fn an_export_has_a_view_for_each_outline() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    fill(&store);
    let target = folder.path().join("export.db");
    store.export_database(key(KEY), &target).expect("exported");
    let plain = rusqlite::Connection::open(&target).expect("opens");
    for id in 1..=3u32 {
        let sql = format!("SELECT group_concat(\"Content\", '|') FROM (SELECT * FROM \"Outline {id}\" ORDER BY id)");
        let found: String = plain.query_row(&sql, [], |row| row.get(0)).expect("a view");
        let expected: Vec<String> = (0..id).map(|n| format!("Node {n} of {id}")).collect();
        assert_eq!(found, expected.join("|"));
    }
    let left: u32 =
        plain.query_row("SELECT count(*) FROM outlines WHERE t = 2", [], |row| row.get(0)).expect("a count");
    assert_eq!(left, 0, "what moved out is there once");
}

#[test]
fn a_backup_restores_shared_and_own_tables_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    fill(&store);
    store.backup(&folder.path().join("backup"), NOW, |_| Ok(FilesPart::default())).expect("backed up");
    let again = folder.path().join("restored");
    restore(&folder.path().join("backup"), &again, |_| Ok(())).expect("restored");
    let restored = open(&again);
    assert_eq!(restored.check(), Vec::<String>::new());
    let database = restored.database(key(KEY)).expect("opens");
    let grounds = [1, 2, 3].map(|id| database.catalog().ground(TableId(id)).expect("the table").physical);
    assert_eq!(grounds, [Physical::Outlines, Physical::Own, Physical::Outlines]);
    assert_eq!(read_texts(&database, 2).len(), 2);
    assert_eq!(add_record(&database, TableId(3), node("more")).0, 4);
}

#[test]
fn a_file_of_before_there_was_a_shared_table_keeps_its_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    fill(&store);
    let database = store.database(key(KEY)).expect("opens");
    for id in [1, 3] {
        database.write_blocking(move |w| tables::move_out(w, TableId(id))).expect("moved");
    }
    // The format before, as far as it differs: each outline has a physical table.
    let before = "DROP TABLE outlines; ALTER TABLE tables DROP COLUMN lies; ALTER TABLE tables DROP COLUMN changed; \
                  ALTER TABLE nav DROP COLUMN changed; DELETE FROM migrations WHERE version = 6";
    database.write_blocking(move |w| w.tx.script(before)).expect("the format of before");
    drop(database);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.check(), Vec::<String>::new());
    let database = store.database(key(KEY)).expect("opens");
    for id in 1..=3u32 {
        assert_eq!(database.catalog().ground(TableId(id)).expect("the table").physical, Physical::Own);
        assert_eq!(read_texts(&database, id).len(), id as usize);
    }
    add_table(&database, outline(4));
    assert_eq!(database.catalog().ground(TableId(4)).expect("the table").physical, Physical::Outlines);
}
