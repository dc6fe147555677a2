//! Export: a file that a plain SQLite, without our functions, reads with people's own names.

mod home_support;

use home_support::*;
use model::kind::choice::{Choice, Options};
use model::kind::{self, Class};
use model::*;
use rusqlite::types::Value as Sql;
use store::database::links;
use store::home::Touch;
use store::home::users::{self, NewUser};
use store::index::{self, Definition, Form, IndexColumn, IndexKey, Origin};

const KEY: &str = "abcdefghij12";

fn options() -> Options {
    let mut options = Options::default();
    options.add("Open");
    options.add("It's done");
    options
}

fn reference(target: u32) -> Kind {
    Kind::Reference(kind::reference::Reference { targets: vec![TableId(target)], ..Default::default() })
}

/// People: t1 with reverse fields; tasks: t2 with a field of each kind that is shown in another way than stored.
fn tables() -> [Table; 3] {
    let links = Kind::Links(kind::links::Links { targets: vec![TableId(1)], ..Default::default() });
    let reverse = |field| Kind::Reverse(kind::reverse::Reverse { table: TableId(2), field: FieldId(field) });
    let lookup = |link| kind::lookup::Lookup { link: FieldId(link), target_table: TableId(1), target: FieldId(1) };
    let people = table(
        1,
        "People",
        vec![
            field(1, "Name", Kind::Line(Default::default())),
            field(2, "Owns", reverse(8)),
            field(3, "Helps", reverse(9)),
        ],
    );
    let choice = Kind::Choice(Choice { options: options() });
    let choices = Kind::MultiChoice(kind::multi_choice::MultiChoice { options: options() });
    let tasks = table(
        2,
        "My \"tasks\"",
        vec![
            field(1, "ID", Kind::Line(Default::default())),
            field(2, "Done", Kind::Boolean(Default::default())),
            field(3, "Day", Kind::Date(Default::default())),
            field(4, "At", Kind::DateTime(Default::default())),
            field(5, "Status", choice),
            field(6, "Tags", choices),
            field(7, "Meeting", Kind::Appointment(Default::default())),
            field(8, "Owner", reference(1)),
            field(9, "Helpers", links),
            field(10, "Owner's name", Kind::Lookup(lookup(8))),
            field(11, "Helper's names", Kind::Lookup(lookup(9))),
            field(12, "By", Kind::CreatedBy(Default::default())),
            field(13, "Reviewers", Kind::Users(Default::default())),
            field(14, "Took", Kind::Duration(Default::default())),
        ],
    );
    // A name that our own table has, whatever its case.
    [people, tasks, table(3, "LOG", vec![field(1, "select", Kind::Line(Default::default()))])]
}

fn fill(store: &store::store::Store) {
    let database = add_database(store, key(KEY));
    let [people, tasks, log] = tables();
    for table in [people, tasks.clone(), log] {
        add_table(&database, table);
    }
    for (email, name) in [("a@example.com", "Ada"), ("b@example.com", "Bob"), ("c@example.com", "Cay")] {
        let user = NewUser { name, email, password_hash: None, administrator: false, at: NOW };
        store.home().write(Touch::People, |tx| users::insert(tx, &user)).expect("made");
    }
    for name in ["Ann", "Ben"] {
        add_record(&database, TableId(1), vec![StoredCell::Text(name.to_owned())]);
    }
    let ben = RecordAddress { table: TableId(1), record: RecordId(2) };
    let values = [
        Value::Text("one".to_owned()),
        Value::Bool(true),
        Value::Date(19_782),
        Value::Instant(NOW),
        Value::Choice(ChoiceId(2)),
        Value::Choices(vec![ChoiceId(2), ChoiceId(1)]),
        Value::Span { start: NOW, end: NOW + 3_600_000 },
        Value::Reference(ben),
        Value::Users(vec![UserId(2)]),
        Value::Duration(90_500),
    ];
    let classes: Vec<Class> = tasks
        .fields
        .iter()
        .filter(|f| matches!(f.kind.storage(), kind::Storage::Column(_)))
        .map(|f| f.kind.class())
        .collect();
    let cells = classes.iter().zip(&values).map(|(class, value)| class.encode(value)).collect();
    let task = add_record(&database, TableId(2), cells);
    add_record(&database, TableId(2), vec![StoredCell::Null; values.len()]);
    let ann = RecordAddress { table: TableId(1), record: RecordId(1) };
    database
        .write_blocking(move |w| links::set(w.tx, TableId(2), ColumnId(9), task, &[ben.pack(), ann.pack()]))
        .expect("linked");
    // Indexes whose order and triggers call our functions.
    for form in [Form::Ordered, Form::Trigram] {
        let column =
            IndexColumn { column: IndexKey::Column(ColumnId(1)), natural: form == Form::Ordered, descending: false };
        let definition = Definition { table: TableId(1), columns: vec![column], form, origin: Origin::Asked };
        database.write_blocking(move |w| index::ensure(w, &definition)).expect("indexed");
    }
}

#[test]
fn a_plain_sqlite_reads_names_options_dates_and_links() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("data"));
    fill(&store);
    let target = folder.path().join("export.sqlite");
    store.export_database(key(KEY), &target).expect("exported");
    let plain = rusqlite::Connection::open(&target).expect("opens");
    let ours = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%mt\\_%' ESCAPE '\\' OR sql LIKE '%fts5%'";
    assert_eq!(plain.query_row(ours, [], |row| row.get::<_, i64>(0)).expect("reads"), 0);
    let inside = store.database(key(KEY)).expect("opens");
    let before = inside.read_blocking(|read| store::tx::first(read.tx, ours, &[], |row| Ok(row.cell(0).integer())));
    assert!(before.expect("reads").flatten() > Some(1), "the database itself keeps them");
    let mut statement = plain.prepare("SELECT * FROM \"My \"\"tasks\"\"\" ORDER BY \"id\"").expect("a view");
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let rows: Vec<Vec<Sql>> = statement
        .query_map([], |row| (0..names.len()).map(|i| row.get(i)).collect())
        .expect("reads")
        .collect::<rusqlite::Result<_>>()
        .expect("rows");
    let text = |text: &str| Sql::Text(text.to_owned());
    let expected = [
        ("id", Sql::Integer(1), Sql::Integer(2)),
        ("ID 2", text("one"), Sql::Null),
        ("Done", Sql::Integer(1), Sql::Integer(0)),
        ("Day", text("2024-02-29"), Sql::Null),
        ("At", text("2023-11-14T22:13:20.123Z"), Sql::Null),
        ("Status", text("It's done"), Sql::Null),
        ("Tags", text(r#"["It's done","Open"]"#), Sql::Null),
        ("Meeting", text("2023-11-14T22:13:20.123Z/2023-11-14T23:13:20.123Z"), Sql::Null),
        ("Owner", Sql::Integer(2), Sql::Null),
        ("Helpers", text("[2,1]"), text("[]")),
        ("Owner's name", text("Ben"), Sql::Null),
        ("Helper's names", text(r#"["Ben","Ann"]"#), text("[]")),
        ("By", text("Ada"), text("Ada")),
        ("Reviewers", text(r#"["Bob"]"#), Sql::Null),
        ("Took", Sql::Real(90.5), Sql::Null),
    ];
    assert_eq!(names, expected.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    for (i, (name, first, second)) in expected.into_iter().enumerate() {
        assert_eq!(rows[0][i], first, "{name}");
        assert_eq!(rows[1][i], second, "{name}");
    }
    let ben: (String, String) = plain
        .query_row("SELECT Owns, Helps FROM People WHERE id = 2", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("reads");
    assert_eq!(ben, ("[1]".to_owned(), "[1]".to_owned()));
    plain.query_row("SELECT count(\"select\") FROM \"LOG 2\"", [], |row| row.get::<_, i64>(0)).expect("a view");
    // Only people who stand in the records are in the file.
    let people: i64 = plain.query_row("SELECT count(*) FROM export_users", [], |row| row.get(0)).expect("reads");
    assert_eq!(people, 2);
    // Nothing calls what a plain shell does not have: every table can be written, checked and rebuilt.
    plain
        .execute_batch("UPDATE t1 SET f1 = f1 || '!'; INSERT INTO t1 SELECT 99, seq, created_at, created_by, \
                        modified_at, modified_by, valid, parent, rank, 'New' FROM t1 WHERE id = 1; REINDEX; VACUUM; PRAGMA integrity_check")
        .expect("a plain file");
    assert!(!folder.path().join("export.sqlite-wal").exists());
    let again = store.export_database(key(KEY), &target);
    assert!(matches!(again, Err(Error::Conflict(_))), "nothing is overwritten");
    let missing = store.export_database(key("zzzzzzzzzzzz"), &folder.path().join("none"));
    assert_eq!(missing, Err(Error::not_found(Subject::Database, "zzzzzzzzzzzz")));
}
