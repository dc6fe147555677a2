//! Indexes: they change how fast an answer comes, never the answer.

#[path = "index/companies.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod companies;

use companies::{NAME, NOTE, REVENUE, STATUS, contains, create, database, database_in, ids, is, sorted_by, update};
use model::filter::{Comparison, Predicate};
use model::query::{Direction, Page, Query};
use model::time::{DAY_MS, Instant};
use model::{Filter, RecordId, StoredCell, TableId, Value};
use std::time::Duration;
use store::database::records::{self, NewRow, Stamp};
use store::index::build::{Progress, build_step};
use store::index::{self, Advisor, AdvisorOptions, Definition, Form, IndexColumn, IndexKey, Origin};
use store::tx;
use testbed::Bed;

const TABLE: TableId = TableId(1);

fn slow() -> Duration {
    Duration::from_millis(5)
}

#[test]
fn an_index_asked_for_twice_is_one_and_can_be_dropped() {
    let (database, _folder) = database();
    let names = database
        .write_blocking(|w| {
            index::ensure(w, &Definition::required(TABLE, NAME))?;
            let asked = Definition { origin: Origin::Automatic, ..Definition::required(TABLE, NAME) };
            index::ensure(w, &asked)?;
            let standing = index::list(w.tx)?;
            assert_eq!(standing[0].definition.origin, Origin::Required, "the stronger reason stays");
            Ok(standing.into_iter().map(|s| (s.name, s.built)).collect::<Vec<_>>())
        })
        .unwrap();
    assert_eq!(names, [("i1_1".to_owned(), true)]);
    assert_eq!(database.catalog().indexes.len(), 1, "the catalog knows it");
    database.write_blocking(|w| index::drop(w, "i1_1")).unwrap();
    assert!(database.catalog().indexes.is_empty());
    assert!(database.write_blocking(|w| index::drop(w, "i1_1; DROP TABLE t1")).is_err());
}

#[test]
fn an_index_survives_the_drop_of_another_column_only() {
    let (database, _folder) = database();
    database
        .write_blocking(|w| {
            index::ensure(w, &Definition::required(TABLE, NAME))?;
            index::ensure(w, &Definition::trigram(TABLE, NOTE, Origin::Asked))?;
            index::drop_columns(w, TABLE, &[NOTE])
        })
        .unwrap();
    let names: Vec<String> = database.catalog().indexes.iter().map(|s| s.name.clone()).collect();
    assert_eq!(names, ["i1_1"]);
}

#[test]
fn a_trigram_index_follows_every_write() {
    let (database, _folder) = database();
    for (i, note) in
        ["Straße nach Rom", "strasse", "", "日本語のメモ", "a \"quoted\" OR text", "ABC"].into_iter().enumerate()
    {
        create(&database, i as u32 + 1, "x", note, 1.0);
    }
    let needles = ["STRASSE", "本語の", "\"quo", "or t", "abcd", "abc", "ss", "ab", "rom"];
    let answers =
        |database: &store::database::Database| needles.map(|needle| ids(database, &contains(NOTE, needle))).to_vec();
    let before = answers(&database);
    assert_eq!(before[0], [1, 2], "the scan folds case");
    database.write_blocking(|w| index::ensure(w, &Definition::trigram(TABLE, NOTE, Origin::Asked))).unwrap();
    assert_eq!(answers(&database), before);
    // Now the triggers.
    update(&database, 2, NOTE, Some("abcdef"));
    update(&database, 1, NOTE, None);
    update(&database, 3, NOTE, Some("Via Roma"));
    create(&database, 7, "x", "roman strasse", 2.0);
    database
        .write_blocking(|w| {
            let table = w.catalog().schema.table(TABLE)?.clone();
            records::delete(w, &table, RecordId(6))
        })
        .unwrap();
    let with_index = answers(&database);
    database.write_blocking(|w| index::drop(w, "x1_3")).unwrap();
    assert_eq!(with_index, answers(&database));
    assert_eq!(ids(&database, &contains(NOTE, "rom")), [3, 7]);
}

#[test]
fn a_trigram_index_is_filled_in_chunks_between_other_writes() {
    let (database, _folder) = database_in(Bed::in_files(), 1);
    for i in 1..=50 {
        create(&database, i, "x", &format!("note number {i}"), 1.0);
    }
    let definition = Definition::trigram(TABLE, NOTE, Origin::Automatic);
    let step = |definition: &Definition| {
        let definition = definition.clone();
        database.write_blocking(move |w| build_step(w, &definition, 20)).unwrap()
    };
    assert_eq!(step(&definition), Progress::More);
    assert!(!database.catalog().indexes[0].built, "a search must not use it yet");
    assert_eq!(ids(&database, &contains(NOTE, "number 4")).len(), 11);
    let unfinished = index::unfinished(&database.catalog().indexes, Instant::now());
    assert_eq!(unfinished.as_slice(), std::slice::from_ref(&definition), "after a crash it is taken up again");
    // Some that were taken in, some that were not, some that are new.
    update(&database, 5, NOTE, Some("something else"));
    update(&database, 40, NOTE, Some("something else"));
    create(&database, 51, "x", "note number 444", 1.0);
    database
        .write_blocking(|w| {
            let table = w.catalog().schema.table(TABLE)?.clone();
            records::delete(w, &table, RecordId(41))?;
            records::delete(w, &table, RecordId(4))
        })
        .unwrap();
    while step(&definition) == Progress::More {}
    assert!(database.catalog().indexes[0].built);
    assert_eq!(ids(&database, &contains(NOTE, "number 4")), [42, 43, 44, 45, 46, 47, 48, 49, 51]);
    assert_eq!(ids(&database, &contains(NOTE, "something")), [5, 40]);
    update(&database, 40, NOTE, Some("gone"));
    assert_eq!(ids(&database, &contains(NOTE, "something")), [5]);
}

#[test]
fn written_records_are_found_before_and_after_they_are_taken_into_a_trigram_index() {
    let (database, _folder) = database_in(Bed::in_files(), 1);
    database.write_blocking(|w| index::ensure(w, &Definition::trigram(TABLE, NOTE, Origin::Asked))).unwrap();
    let waiting = |database: &store::database::Database| {
        let count = |row: &dyn store::tx::Row| Ok(row.cell(0).integer().unwrap_or(0));
        database.read_blocking(|r| store::tx::first(r.tx, "SELECT count(*) FROM w1_3", &[], count)).unwrap()
    };
    for i in 1..=600 {
        create(&database, i, "x", &format!("note number {i}"), 1.0);
    }
    assert_eq!(waiting(&database), Some(88), "the first 512 were taken in");
    update(&database, 7, NOTE, Some("seven"));
    update(&database, 555, NOTE, Some("five hundred"));
    assert_eq!(ids(&database, &contains(NOTE, "number 55")), [55, 550, 551, 552, 553, 554, 556, 557, 558, 559]);
    assert_eq!(ids(&database, &contains(NOTE, "SEVEN")), [7]);
    assert_eq!(ids(&database, &contains(NOTE, "number 7")).len(), 10, "7 itself says so no more");
    database
        .write_blocking(|w| {
            let table = w.catalog().schema.table(TABLE)?.clone();
            (100..=599).try_for_each(|i| records::delete(w, &table, RecordId(i)))
        })
        .unwrap();
    assert_eq!(ids(&database, &contains(NOTE, "number 55")), [55]);
}

#[test]
fn a_build_in_the_background_ends() {
    let (database, _folder) = database();
    for i in 1..=30 {
        create(&database, i, "x", "long enough", f64::from(i));
    }
    let options = AdvisorOptions::default();
    index::run_build(&database, &Definition::trigram(TABLE, NOTE, Origin::Automatic), &options).unwrap();
    index::run_build(&database, &Definition::required(TABLE, REVENUE), &options).unwrap();
    assert_eq!(database.catalog().indexes.iter().filter(|s| s.built).count(), 2);
    assert_eq!(ids(&database, &contains(NOTE, "LONG")).len(), 30);
}

#[test]
fn the_advisor_asks_for_the_index_that_a_slow_shape_needs() {
    let (database, _folder) = database();
    let catalog = database.catalog();
    let advisor = Advisor::new(AdvisorOptions::default());
    let key = |column, natural, descending| IndexColumn { column: IndexKey::Column(column), natural, descending };
    let both = Filter::And(vec![
        is(STATUS, Value::text("open")),
        Filter::field(companies::field(REVENUE), Predicate::Compare(Comparison::Greater, Value::Number(5.0))),
    ]);
    let cases = [
        (
            sorted_by(REVENUE, Direction::Descending, both),
            vec![key(STATUS, false, false), key(REVENUE, false, true)],
            Form::Ordered,
        ),
        (sorted_by(NAME, Direction::Ascending, Filter::all()), vec![key(NAME, true, false)], Form::Ordered),
        (contains(NOTE, "needle"), vec![key(NOTE, false, false)], Form::Trigram),
    ];
    for (query, columns, form) in cases {
        let note = |elapsed, rows| advisor.note(&catalog, &[], &query, elapsed, || rows);
        assert_eq!(note(slow(), 100), None, "a small table needs none");
        assert_eq!(note(Duration::from_micros(100), 9_000), None, "a quick read needs none");
        assert_eq!(note(slow(), 9_000), None);
        assert_eq!(note(slow(), 9_000), None);
        let asked = note(slow(), 9_000).expect("the third time");
        assert_eq!((asked.columns.clone(), asked.form, asked.origin), (columns, form, Origin::Automatic));
        assert_eq!(note(slow(), 9_000), None, "it is asked for once");
    }
    let fourth = sorted_by(STATUS, Direction::Ascending, Filter::all());
    assert!((0..9).all(|_| advisor.note(&catalog, &[], &fourth, slow(), || 9_000).is_none()), "three are the most");
    assert_eq!(advisor.note(&catalog, &[], &contains(NOTE, "ab"), slow(), || 9_000), None, "too short for trigrams");
}

#[test]
fn a_list_is_brief_when_it_wants_few_and_an_index_yields_them_in_order() {
    let (database, _folder) = database();
    let open = || is(STATUS, Value::text("open"));
    let page = |query: Query, skip, take| Query { page: Page::Window { skip, take }, ..query };
    let sorted = |take| page(sorted_by(REVENUE, Direction::Descending, open()), 0, take);
    let brief = |query: &Query| index::is_brief(&database.catalog(), query);
    assert!(!brief(&sorted(100)), "no index yields it");
    let key = |column, descending| IndexColumn { column: IndexKey::Column(column), natural: false, descending };
    let columns = vec![key(STATUS, false), key(REVENUE, true)];
    let asked = Definition { table: TABLE, columns, form: Form::Ordered, origin: Origin::Asked };
    database.write_blocking(move |w| index::ensure(w, &asked)).unwrap();
    assert!(brief(&sorted(100)));
    assert!(!brief(&sorted(101)), "many");
    assert!(!brief(&page(sorted(1), 1, 1)), "not from the first on");
    assert!(!brief(&Query { page: Page::All, ..sorted(1) }), "all of them");
    let whole = Query { sort: Vec::new(), filter: Filter::all(), ..sorted(100) };
    assert!(brief(&whole), "the first ones of the table");
    let other = page(sorted_by(NAME, Direction::Ascending, open()), 0, 100);
    assert!(!brief(&other), "in another order");
}

#[test]
fn long_texts_sort_as_short_ones_do_and_keep_no_keys() {
    let (database, _folder) = database();
    // More than are held while the first of an order are looked for; some are alike.
    const ROWS: u32 = 10_000;
    database
        .write_blocking(|w| {
            let catalog = w.catalog();
            let layout = catalog.layout(TABLE)?;
            w.reserve(TABLE, ROWS)?;
            for id in 1..=ROWS {
                let scattered = id.wrapping_mul(2_654_435_761) % 6_000;
                let initial = ["ä", "B", "a", "Z", "é"][scattered as usize % 5];
                let text = StoredCell::Text(format!("{initial}{scattered}"));
                let cells = [text.clone(), StoredCell::Null, text, StoredCell::Null];
                let row = NewRow { id: RecordId(id), cells: &cells, valid: true, parent: None, rank: None };
                records::insert(w, layout, Stamp { at: 0, by: None }, &row)?;
            }
            Ok(())
        })
        .unwrap();
    for (direction, skip, take) in [
        (Direction::Ascending, 0, 50),
        (Direction::Descending, 0, 1),
        (Direction::Ascending, 40, 300),
        (Direction::Descending, 5_000, 100),
        (Direction::Ascending, 9_990, 100),
        (Direction::Ascending, 0, 0),
    ] {
        let page = |column| {
            let query = sorted_by(column, direction, Filter::all());
            ids(&database, &Query { page: Page::Window { skip, take }, ..query })
        };
        assert_eq!(page(NOTE), page(NAME), "{direction:?} {skip} {take}");
        assert_eq!(page(NOTE).len() as u64, take.min(u64::from(ROWS) - skip));
    }
    // An index would need keys, too.
    let (catalog, advisor) = (database.catalog(), Advisor::new(AdvisorOptions::default()));
    let by_note = sorted_by(NOTE, Direction::Ascending, Filter::all());
    let asked = (0..3).filter_map(|_| advisor.note(&catalog, &[], &by_note, slow(), || 9_000)).count();
    assert_eq!(asked, usize::from(!testbed::on_postgres()));
    if testbed::on_postgres() {
        let keys = database.read_blocking(|read| {
            let keys = "SELECT count(f1k), count(f3k), count(f1f), count(f3f) FROM t1";
            tx::first(read.tx, keys, &[], |row| Ok([0, 1, 2, 3].map(|place| row.cell(place).integer())))
        });
        let beyond_ascii = Some(i64::from(ROWS) * 2 / 5);
        assert_eq!(keys.unwrap(), Some([Some(i64::from(ROWS)), Some(0), beyond_ascii, beyond_ascii]));
    }
}

#[test]
fn an_automatic_index_goes_when_nobody_uses_it_and_others_stay() {
    let (database, _folder) = database();
    let advisor = Advisor::new(AdvisorOptions::default());
    let automatic = |column| Definition { origin: Origin::Automatic, ..Definition::required(TABLE, column) };
    database
        .write_blocking(move |w| {
            index::ensure(w, &Definition::required(TABLE, NAME))?;
            index::ensure(w, &automatic(REVENUE))?;
            index::ensure(w, &automatic(STATUS))?;
            index::ensure(w, &Definition::trigram(TABLE, NOTE, Origin::Automatic))?;
            w.tx.execute("UPDATE indexes SET used_at = 0", &[])?;
            w.indexes_changed()
        })
        .unwrap();
    let catalog = database.catalog();
    let used = companies::filtered(is(STATUS, Value::text("open")));
    assert_eq!(advisor.note(&catalog, &catalog.indexes, &used, slow(), || 9_000), None, "it is served already");
    assert!(advisor.has_usage());
    let usage = advisor.take_usage();
    assert!(!advisor.has_usage());
    database
        .write_blocking(move |w| {
            assert!(advisor.maintain(w, &usage, Instant(Instant::now().0 + 29 * DAY_MS))?);
            Ok(())
        })
        .unwrap();
    let standing = |database: &store::database::Database| {
        database.catalog().indexes.iter().map(|s| (s.name.clone(), s.built)).collect::<Vec<_>>()
    };
    let named = |name: &str, built| (name.to_owned(), built);
    assert_eq!(standing(&database), [named("i1_1", true), named("i1_2", true), named("x1_3", false)]);
    let advisor = Advisor::new(AdvisorOptions::default());
    let unused = advisor.take_usage();
    database.write_blocking(move |w| advisor.maintain(w, &unused, Instant::now()).map(drop)).unwrap();
    assert_eq!(standing(&database), [named("i1_1", true), named("i1_2", true)], "readers have let go of it");
}
