//! What is printed, and that SQLite does with it what we mean.

mod expressions;

use super::operand::Printer;
use super::select::Conditions;
use crate::database::catalog::Catalog;
use crate::database::ground::Physical;
use crate::database::{format, tables};
use crate::flavor::Flavor;
use crate::index::{self, Definition, Form, IndexColumn, IndexKey, Origin};
use crate::sqlite::{self, Durability, Mode, SqliteTx};
use crate::tx::{self, Tx};
use model::field::FieldColumn;
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::kind::choice::{Choice, Options};
use model::kind::links::Links;
use model::kind::lookup::Lookup;
use model::kind::multi_choice::MultiChoice;
use model::kind::reference::Reference;
use model::kind::{Kind, Storage};
use model::query::{Direction, Page, Query, Search, Sort, TextOrder};
use model::table::Shape;
use model::{
    Bag, ColumnId, DatabaseKey, Field, FieldId, Filter, LocaleId, RecordAddress, RecordId, Slot, StoredCell, Table,
    TableId, UserId, Value,
};

const NAME: FieldId = FieldId(1);
const STATUS: FieldId = FieldId(2);
const REVENUE: FieldId = FieldId(3);
const TAGS: FieldId = FieldId(4);
const PERSON: FieldId = FieldId(5);
const FRIENDS: FieldId = FieldId(6);
const PERSONS_NAME: FieldId = FieldId(7);
const OWNER: FieldId = FieldId(8);
const DONE: FieldId = FieldId(9);

fn field(number: u32, name: &str, kind: Kind) -> Field {
    let stored = matches!(kind.storage(), Storage::Column(_) | Storage::LinkRows);
    let column = FieldColumn { locale: LocaleId::NONE, column: ColumnId(number) };
    Field {
        id: FieldId(number),
        name: name.to_owned(),
        key: format!("f{number}"),
        description: None,
        kind,
        validators: Vec::new(),
        localized: false,
        default: None,
        columns: if stored { vec![column] } else { Vec::new() },
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
    }
}

fn table(id: u32, fields: Vec<Field>) -> Table {
    Table {
        id: TableId(id),
        name: "x\"; DROP TABLE t1; --".to_owned(),
        key: format!("table_{id}"),
        description: None,
        icon: None,
        shape: Shape::Plain,
        primary: FieldId(1),
        next_field: FieldId(fields.len() as u32 + 1),
        next_column: ColumnId(fields.len() as u32 + 1),
        fields: fields.into(),
        views: Vec::new(),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    }
}

/// Companies (1) and people (2).
fn definitions() -> [Table; 2] {
    let mut options = Options::default();
    options.add("open");
    options.add("closed' OR 1=1");
    let targets = vec![TableId(2)];
    let reference = Reference { targets: targets.clone(), ..Reference::default() };
    let lookup = Lookup { link: PERSON, target_table: TableId(2), target: NAME };
    let companies = vec![
        field(1, "Name'); --", Kind::Line(Default::default())),
        field(2, "Status", Kind::Choice(Choice { options: options.clone() })),
        field(3, "Revenue", Kind::Number(Default::default())),
        field(4, "Tags", Kind::MultiChoice(MultiChoice { options })),
        field(5, "Person", Kind::Reference(reference)),
        field(6, "Friends", Kind::Links(Links { targets, ..Links::default() })),
        field(7, "Person's name", Kind::Lookup(lookup)),
        field(8, "Owner", Kind::User(Default::default())),
        field(9, "Done", Kind::Boolean(Default::default())),
    ];
    [table(1, companies), table(2, vec![field(1, "Name", Kind::Line(Default::default()))])]
}

fn catalog() -> Catalog {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let key = DatabaseKey::parse("abcdefghijkl").unwrap();
    let mut catalog = format::prepare_file(&connection, key, 0).unwrap().catalog;
    definitions().into_iter().for_each(|table| catalog.put_table(table, Physical::Own));
    catalog
}

fn companies() -> Query {
    Query::table(TableId(1))
}

fn sort(field: FieldId, direction: Direction) -> Sort {
    Sort { by: Operand::Slot(Slot::plain(field)), direction, order: TextOrder::Natural, ranks: None, bucket: None }
}

/// What stands after the table's name, and what is bound.
fn printed(catalog: &Catalog, query: &Query) -> (String, Vec<StoredCell>) {
    let mut printer = Printer::new(catalog, Flavor::Sqlite);
    let scope = printer.scope(TableId(1)).unwrap();
    let conditions = Conditions::of(&mut printer, &scope, query).unwrap();
    let order = printer.order_by(&scope, &query.sort).unwrap().expect("SQL can say the order");
    assert!(conditions.judge.is_none(), "SQL can say the conditions");
    (format!("{} ORDER BY {order}", conditions.sql), printer.params)
}

#[track_caller]
fn check(query: Query, expected: &str) {
    let (sql, params) = printed(&catalog(), &query);
    assert_eq!(sql.trim(), expected);
    let bound = (1..=params.len()).all(|i| sql.contains(&format!("?{i}")));
    assert!(bound, "every parameter has its place");
}

#[track_caller]
fn check_filter(field: FieldId, predicate: Predicate, expected: &str) {
    let query = Query { filter: Filter::field(field, predicate), ..companies() };
    check(query, &format!("WHERE {expected} ORDER BY t1.id"));
}

fn person(number: u32) -> Value {
    Value::Reference(RecordAddress { table: TableId(2), record: RecordId(number) })
}

#[test]
fn tests_of_cells_are_plain_comparisons() {
    check_filter(NAME, Predicate::IsEmpty, "(t1.f1 IS NULL OR t1.f1 = '')");
    check_filter(NAME, Predicate::Equals(Value::text("' OR 1=1")), "t1.f1 = ?1");
    check_filter(NAME, Predicate::Equals(Value::text("")), "FALSE");
    check_filter(NAME, Predicate::Contains("ß".to_owned()), "mt_contains(t1.f1, ?1)");
    check_filter(REVENUE, Predicate::Compare(Comparison::Less, Value::Number(5.0)), "t1.f3 < ?1");
    check_filter(REVENUE, Predicate::Equals(Value::text("5")), "FALSE");
    check_filter(REVENUE, Predicate::OneOf(vec![Value::Number(1.0), Value::Number(2.0)]), "t1.f3 IN (?1, ?2)");
    check_filter(DONE, Predicate::Equals(Value::Bool(true)), "t1.f9 = ?1");
    check_filter(DONE, Predicate::Equals(Value::Bool(false)), "FALSE");
    check_filter(STATUS, Predicate::Contains("OPE".to_owned()), "t1.f2 IN (?1)");
}

#[test]
fn tests_of_lists_look_at_their_elements() {
    let choice = |n| Value::Choice(model::ChoiceId(n));
    check_filter(
        TAGS,
        Predicate::HasAny(vec![choice(1), choice(2)]),
        "EXISTS (SELECT 1 FROM json_each(t1.f4) AS r1 WHERE r1.value IN (?1, ?2))",
    );
    check_filter(
        FRIENDS,
        Predicate::HasAny(vec![person(3)]),
        "t1.id IN (SELECT r1.owner FROM l1_6 AS r1 WHERE r1.target IN (?1))",
    );
    check_filter(FRIENDS, Predicate::IsEmpty, "NOT EXISTS (SELECT 1 FROM l1_6 AS r1 WHERE r1.owner = t1.id)");
    check_filter(
        FRIENDS,
        Predicate::Contains("ann".to_owned()),
        "EXISTS (SELECT 1 FROM l1_6 AS r1 WHERE r1.owner = t1.id AND \
         mt_contains((SELECT r2.f1 FROM t2 AS r2 WHERE r2.id = r1.target - 8589934592), ?1))",
    );
    check_filter(PERSON, Predicate::Equals(person(3)), "t1.f5 = ?1");
}

#[test]
fn a_lookup_reads_the_linked_record() {
    check_filter(
        PERSONS_NAME,
        Predicate::Equals(Value::text("Ann")),
        "(SELECT r1.f1 FROM t2 AS r1 WHERE r1.id = t1.f5 - 8589934592) = ?1",
    );
}

#[test]
fn logic_is_two_valued() {
    let empty = || Filter::field(REVENUE, Predicate::IsEmpty);
    let query = |filter| Query { filter, ..companies() };
    check(query(empty().negated()), "WHERE (t1.f3 IS NULL) IS NOT TRUE ORDER BY t1.id");
    check(query(Filter::Or(vec![])), "WHERE FALSE ORDER BY t1.id");
    check(
        query(Filter::And(vec![empty(), Filter::Or(vec![empty(), empty().negated()])])),
        "WHERE t1.f3 IS NULL AND (t1.f3 IS NULL OR (t1.f3 IS NULL) IS NOT TRUE) ORDER BY t1.id",
    );
}

#[test]
fn sorting_says_where_empty_cells_come() {
    let query = |field, direction| Query { sort: vec![sort(field, direction)], ..companies() };
    check(query(NAME, Direction::Ascending), "ORDER BY mt_key(t1.f1) ASC NULLS FIRST, t1.id");
    check(query(REVENUE, Direction::Descending), "ORDER BY t1.f3 DESC NULLS LAST, t1.id");
    check(query(DONE, Direction::Ascending), "ORDER BY coalesce(t1.f9, 0) ASC NULLS FIRST, t1.id");
    check(
        query(STATUS, Direction::Ascending),
        "ORDER BY CASE WHEN t1.f2 IS NOT NULL THEN CASE t1.f2 WHEN ?1 THEN 0 WHEN ?2 THEN 1 ELSE 2 END END \
         ASC NULLS FIRST, t1.id",
    );
    let ranked = Sort { ranks: Some(vec![7]), ..sort(OWNER, Direction::Ascending) };
    check(
        Query { sort: vec![ranked], ..companies() },
        "ORDER BY CASE WHEN t1.f8 IS NOT NULL THEN CASE t1.f8 WHEN ?1 THEN 0 ELSE 1 END END ASC NULLS FIRST, t1.id",
    );
    let by_number = Sort { by: Operand::System(System::Id), ..sort(NAME, Direction::Descending) };
    check(Query { sort: vec![by_number], ..companies() }, "ORDER BY t1.id DESC");
}

#[test]
fn a_search_looks_only_where_the_needle_can_be() {
    let search = Search { needle: "Ope".to_owned(), fields: vec![NAME, STATUS, REVENUE, DONE, PERSON] };
    check(
        Query { search: Some(search), ..companies() },
        "WHERE (mt_contains(t1.f1, ?1) OR t1.f2 IN (?2) OR \
         mt_contains((SELECT r1.f1 FROM t2 AS r1 WHERE r1.id = t1.f5 - 8589934592), ?3)) ORDER BY t1.id",
    );
}

#[test]
fn nothing_given_and_no_name_of_people_gets_into_the_text() {
    let hostile = "'\"; DROP TABLE t1; -- \\ ?1 :a @b $c [x] `y` %_ \u{0}";
    let catalog = catalog();
    for number in 1..=9 {
        let values = || vec![Value::text(hostile), Value::Number(6.66), person(3), Value::User(UserId(9))];
        for predicate in [
            Predicate::Equals(Value::text(hostile)),
            Predicate::OneOf(values()),
            Predicate::Contains(hostile.to_owned()),
            Predicate::HasAny(values()),
            Predicate::Compare(Comparison::Less, Value::text(hostile)),
        ] {
            let query = Query {
                filter: Filter::Test(Test { operand: Operand::Slot(Slot::plain(FieldId(number))), predicate }),
                search: Some(Search { needle: hostile.to_owned(), fields: vec![NAME, TAGS] }),
                sort: vec![sort(STATUS, Direction::Ascending)],
                ..companies()
            };
            let mut printer = Printer::new(&catalog, Flavor::Sqlite);
            let scope = printer.scope(TableId(1)).unwrap();
            let conditions = Conditions::of(&mut printer, &scope, &query).unwrap();
            let order = printer.order_by(&scope, &query.sort).unwrap().unwrap_or_default();
            let sql = format!("{}{}{order}", conditions.cells.sql(), conditions.sql);
            for word in ["DROP", "OR 1=1", "Name", "--", "\\", "%", "6.66", "\u{0}"] {
                assert!(!sql.contains(word), "{word:?} in {sql}");
            }
        }
    }
}

/// How SQLite goes about a query over companies that have this index.
fn plan(columns: &[(FieldId, bool, bool)], query: &Query) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::parse("abcdefghijkl").unwrap();
    let scans = crate::database::readers::ScanPool::start(1).unwrap();
    let advice = index::AdvisorOptions::default();
    let path = folder.path().join("plan.db");
    let database = crate::database::Database::open_file(&path, key, Durability::Normal, scans, advice, 0).unwrap();
    let columns = columns.iter().map(|(field, natural, descending)| IndexColumn {
        column: IndexKey::Column(ColumnId(field.0)),
        natural: *natural,
        descending: *descending,
    });
    let definition =
        Definition { table: TableId(1), columns: columns.collect(), form: Form::Ordered, origin: Origin::Asked };
    database
        .write_blocking(move |w| {
            for table in definitions() {
                tables::create(w, &table)?;
            }
            index::ensure(w, &definition)
        })
        .unwrap();
    let (rest, params) = printed(&database.catalog(), query);
    let connection = sqlite::open(&path, Mode::Read, Durability::Normal).unwrap();
    let mut tx = SqliteTx(&connection);
    let params: Vec<model::Cell<'_>> = params.iter().map(StoredCell::borrow).collect();
    let sql = format!("EXPLAIN QUERY PLAN SELECT t1.id FROM t1{rest} LIMIT 100");
    let tx: &mut dyn Tx = &mut tx;
    tx::all(tx, &sql, &params, |row| Ok(row.cell(3).text().unwrap_or("").to_owned())).unwrap()
}

#[test]
fn an_equality_a_range_and_an_order_use_one_index_without_sorting() {
    let query = Query {
        filter: Filter::And(vec![
            Filter::field(STATUS, Predicate::Equals(Value::Choice(model::ChoiceId(1)))),
            Filter::field(REVENUE, Predicate::Compare(Comparison::Greater, Value::Number(10.0))),
        ]),
        sort: vec![sort(REVENUE, Direction::Descending)],
        page: Page::Window { skip: 0, take: 100 },
        ..companies()
    };
    let steps = plan(&[(STATUS, false, false), (REVENUE, false, true)], &query);
    assert_eq!(steps, ["SEARCH t1 USING COVERING INDEX i1_2_3d (f2=? AND f3>?)"]);
}

#[test]
fn the_natural_order_of_a_text_uses_its_index() {
    let query = Query { sort: vec![sort(NAME, Direction::Ascending)], ..companies() };
    assert_eq!(plan(&[(NAME, true, false)], &query), ["SCAN t1 USING COVERING INDEX i1_1n"]);
    let query = Query { sort: vec![sort(NAME, Direction::Descending)], ..companies() };
    assert_eq!(plan(&[(NAME, true, true)], &query), ["SCAN t1 USING COVERING INDEX i1_1nd"]);
}

#[test]
fn the_latest_changes_use_the_index_on_the_sequence() {
    let latest = |direction| Sort { by: Operand::System(System::Seq), ..sort(NAME, direction) };
    let by_number = Sort { by: Operand::System(System::Id), ..sort(NAME, Direction::Descending) };
    let since = Filter::Test(Test {
        operand: Operand::System(System::Seq),
        predicate: Predicate::Compare(Comparison::Greater, Value::Number(7.0)),
    });
    let query = Query { filter: since, sort: vec![latest(Direction::Descending), by_number.clone()], ..companies() };
    assert_eq!(plan(&[(NAME, false, false)], &query), ["SEARCH t1 USING COVERING INDEX t1_seq (seq>?)"]);
    let query = Query { sort: vec![latest(Direction::Descending), by_number], ..companies() };
    assert_eq!(plan(&[(NAME, false, false)], &query), ["SCAN t1 USING COVERING INDEX t1_seq"]);
    let query = Query { sort: vec![latest(Direction::Ascending)], ..companies() };
    assert_eq!(plan(&[(NAME, false, false)], &query), ["SCAN t1 USING COVERING INDEX t1_seq"]);
}
