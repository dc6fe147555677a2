//! Outlines to be asked the same: three that share the physical table and one with its own.

use model::field::FieldColumn;
use model::filter::{Operand, Predicate, System, Test};
use model::kind::NoNames;
use model::kind::boolean::Boolean;
use model::kind::integer::Integer;
use model::kind::long_text::LongText;
use model::query::{Direction, Page, Projection, Query, Search, Sort, TextOrder};
use model::table::Shape;
use model::time::Instant;
use model::{
    Bag, ColumnId, Field, FieldId, Filter, Kind, LocaleId, RecordAddress, RecordId, Slot, StoredCell, Table, TableId,
    UserId, Value,
};
use std::ops::ControlFlow;
use store::database::ground::Physical;
use store::database::records::{self, NewRow, Stamp};
use store::database::{Database, blocks, places, tables};
use store::index::AdvisorOptions;
use store::print;
use store::tx::GO_ON;
use testbed::Bed;

pub const STAMP: Stamp = Stamp { at: 1_700_000_000_000, by: Some(UserId(7)) };
pub const BEFORE: TableId = TableId(1);
pub const SHARED: TableId = TableId(2);
pub const AFTER: TableId = TableId(3);
/// Of the same shape, but with a physical table of its own, as tables made before there was a shared one have.
pub const OWN: TableId = TableId(4);

/// The database is closed before its place goes.
pub struct Bench {
    pub database: Database,
    pub bed: Bed,
}

pub fn open(bed: &Bed) -> Database {
    let key = model::DatabaseKey::parse("abcdefghij12").expect("a key");
    bed.database(key, AdvisorOptions::default(), 0).expect("a database")
}

pub fn bench() -> Bench {
    let bed = Bed::new();
    let database = open(&bed);
    database
        .write_blocking(|w| {
            for table in [BEFORE, SHARED, AFTER, OWN] {
                tables::create(w, &outline(table.0))?;
            }
            tables::move_out(w, OWN)
        })
        .expect("tables");
    Bench { database, bed }
}

pub fn field(id: u32, name: &str, kind: Kind) -> Field {
    Field {
        id: FieldId(id),
        name: name.to_owned(),
        key: name.to_lowercase(),
        description: None,
        kind,
        validators: Vec::new(),
        localized: false,
        default: None,
        columns: vec![FieldColumn { locale: LocaleId::NONE, column: ColumnId(id) }],
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
    }
}

/// A table of the standard outline shape.
pub fn outline(id: u32) -> Table {
    let text = || Kind::LongText(LongText::default());
    let flag = || Kind::Boolean(Boolean::default());
    let number = || Kind::Integer(Integer::default());
    Table {
        id: TableId(id),
        name: format!("Outline {id}"),
        key: format!("outline_{id}"),
        description: None,
        icon: None,
        shape: Shape::Tree,
        primary: FieldId(1),
        fields: vec![
            field(1, "Content", text()),
            field(2, "Note", text()),
            field(3, "Checked", flag()),
            field(4, "Checkbox", flag()),
            field(5, "Heading", number()),
            field(6, "Color", number()),
            field(7, "Collapsed", flag()),
        ]
        .into(),
        views: Vec::new(),
        next_field: FieldId(8),
        next_column: ColumnId(9),
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

pub fn ground(database: &Database, table: TableId) -> Physical {
    database.catalog().ground(table).expect("the table").physical
}

pub fn insert(database: &Database, table: TableId, text: &str, parent: i64, rank: &str) -> RecordId {
    let (text, rank) = (text.to_owned(), rank.to_owned());
    database
        .write_blocking(move |w| {
            let id = w.reserve(table, 1)?;
            let layout = w.catalog().layout(table)?.clone();
            let note = if id.0 % 4 == 0 { StoredCell::Text("a Note".to_owned()) } else { StoredCell::Null };
            let number = |n: u32| StoredCell::Integer(n.into());
            let flag = |n: u32| if id.0 % n == 0 { StoredCell::Integer(1) } else { StoredCell::Null };
            let text = StoredCell::Text(text.clone());
            let cells = [text, note, flag(3), flag(5), number(id.0 % 4), number(id.0 % 7), flag(11)];
            let row = NewRow { id, cells: &cells, valid: true, parent: Some(parent), rank: Some(&rank) };
            records::insert(w, &layout, STAMP, &row)?;
            Ok(id)
        })
        .expect("a record")
}

/// Sixty records: twenty at the top, the others below them.
pub fn fill(database: &Database, table: TableId) {
    for n in 0..60 {
        let parent = if n < 20 { 0 } else { i64::from(n % 20) + 1 };
        insert(database, table, &format!("Node {} of {n}", n * 7 % 13), parent, &format!("b{:02}", n * 17 % 60));
    }
}

/// Moves, edits and deletes some.
pub fn change(database: &Database, table: TableId, upto: u32) {
    let definition = database.catalog().schema.table(table).expect("the table").clone();
    database
        .write_blocking(move |w| {
            let layout = w.catalog().layout(table)?.clone();
            for n in (2..upto).step_by(3) {
                let id = RecordId(n);
                let cells = [(ColumnId(1), StoredCell::Text(format!("Änderung {}", n % 5)))];
                records::update(w, &layout, STAMP, id, true, &cells)?;
                records::set_place(w, &layout, RecordId(n + 1), i64::from(n % 2), &format!("a{n:02}"))?;
                records::set_cell(w, table, RecordId(n + 1), ColumnId(2), &StoredCell::Text(format!("set {n}")))?;
            }
            records::delete(w, &definition, RecordId(upto + 10))
        })
        .expect("changes");
}

/// All that can be asked of a table, but for its number.
#[derive(Clone, PartialEq, Debug)]
pub struct Everything {
    pub records: Vec<RecordId>,
    pub places: Vec<(i64, RecordId)>,
    pub walks: Vec<Vec<RecordId>>,
    pub counts: Vec<u64>,
    pub ranks: Vec<(Option<String>, Option<String>)>,
    /// The numbers and texts of what queries find.
    pub pages: Vec<Vec<(RecordId, Value)>>,
}

pub fn everything(database: &Database, table: TableId) -> Everything {
    database
        .read_blocking(|read| {
            let mut listed = Vec::new();
            places::each_by_place(read, table, &mut |parent, record| {
                listed.push((parent, record));
                Ok(ControlFlow::Continue(()))
            })?;
            let here = |record| RecordAddress { table, record: RecordId(record) };
            // Those of one level come in any order.
            let mut below = places::below(read, table, RecordId(2), 100)?;
            below.sort_unstable();
            let mut walks = vec![
                below,
                places::above(read, table, RecordId(45), 100)?,
                places::records_after(read, table, RecordId(10), 7)?,
                places::unplaced(read, table)?,
                places::children(read, table, 5)?.into_iter().map(|(child, _)| child).collect(),
            ];
            let text = StoredCell::Text("Node 0 of 0".to_owned());
            walks.push(places::same_value(read, table, ColumnId(1), text.borrow(), RecordId(9))?.into_iter().collect());
            let mut counts = vec![blocks::count(read.tx, table)?, places::count(read, table, 0)? as u64];
            for record in [1, 33, 50, 60, 61] {
                counts.push(records::exists(read, here(record))?.into());
            }
            let mut ranks = vec![(places::last(read, table, 0, RecordId(1))?, None)];
            for index in [0, 3, 100] {
                ranks.push(places::around(read, table, 0, RecordId(2), index)?);
            }
            if let Some((parent, rank)) = places::of(read, table, RecordId(7))? {
                ranks.push(places::neighbours(read, table, parent, (RecordId(7), &rank), RecordId(8))?);
                ranks.push((Some(rank), None));
            }
            let records = places::all_records(read, table)?;
            let catalog = read.catalog.clone();
            let mut pages = Vec::new();
            for query in queries(table) {
                let mut page = Vec::new();
                print::select(read.tx, &catalog, &query, &NoNames(Instant(0)), &mut |row| {
                    page.push((row.id(), row.value(0)));
                    Ok(GO_ON)
                })?;
                counts.push(print::count(read.tx, &catalog, &query, &NoNames(Instant(0)))?);
                pages.push(page);
            }
            Ok(Everything { records, places: listed, walks, counts, ranks, pages })
        })
        .expect("a read")
}

fn queries(table: TableId) -> Vec<Query> {
    let slot = |field: u32| Operand::Slot(Slot::plain(FieldId(field)));
    let plain = || Query { projection: Projection::These(vec![slot(1)]), ..Query::table(table) };
    let test = |operand: Operand, predicate: Predicate| Filter::Test(Test { operand, predicate });
    let sort = |by: Operand, direction| Sort { by, direction, order: TextOrder::Natural, ranks: None, bucket: None };
    let window = |skip, take| Page::Window { skip, take };
    let mut set = plain();
    set.source = model::query::Source::Tables(vec![table]);
    set.projection = Projection::Nothing;
    set.search = Some(Search { needle: "node 3".to_owned(), fields: Vec::new() });
    let several = Projection::These([1, 2, 3, 4, 5, 6, 7].map(slot).into());
    vec![
        plain(),
        Query { projection: several, ..plain() },
        Query { page: window(15, 20), ..plain() },
        Query { page: Page::After { record: RecordId(20), take: 5 }, ..plain() },
        Query { filter: test(slot(3), Predicate::Equals(Value::Bool(true))), ..plain() },
        Query { filter: test(slot(1), Predicate::Contains("ÄNDERUNG".to_owned())), page: window(0, 5), ..plain() },
        Query { sort: vec![sort(slot(1), Direction::Descending)], page: window(3, 9), ..plain() },
        Query { sort: vec![sort(slot(6), Direction::Ascending), sort(slot(1), Direction::Ascending)], ..plain() },
        Query { search: Some(Search { needle: "a note".to_owned(), fields: vec![FieldId(2)] }), ..plain() },
        Query { sort: vec![sort(Operand::System(System::Seq), Direction::Ascending)], page: window(2, 3), ..plain() },
        set,
    ]
}
