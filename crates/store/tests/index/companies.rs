//! A small database of companies.

use model::field::FieldColumn;
use model::filter::{Operand, Predicate};
use model::kind::{Kind, NoNames};
use model::query::{Direction, Query, Sort, TextOrder};
use model::table::Shape;
use model::time::Instant;
use model::{
    Bag, ColumnId, DatabaseKey, Field, FieldId, Filter, LocaleId, RecordId, Slot, StoredCell, Table, TableId, Value,
};
use store::database::records::{NewRow, Stamp};
use store::database::{Database, records, tables};
use store::index::AdvisorOptions;
use store::print;
use store::tx::GO_ON;
use testbed::Bed;

pub const NAME: ColumnId = ColumnId(1);
pub const STATUS: ColumnId = ColumnId(2);
pub const NOTE: ColumnId = ColumnId(3);
pub const REVENUE: ColumnId = ColumnId(4);

/// The field of a column.
pub fn field(column: ColumnId) -> FieldId {
    FieldId(column.0)
}

fn new_field(column: ColumnId, kind: Kind) -> Field {
    Field {
        id: field(column),
        name: format!("field {}", column.0),
        key: format!("f{}", column.0),
        description: None,
        kind,
        validators: Vec::new(),
        localized: false,
        default: None,
        columns: vec![FieldColumn { locale: LocaleId::NONE, column }],
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
    }
}

/// A new database with an empty table.
pub fn database() -> (Database, Bed) {
    database_in(Bed::new(), 1)
}

/// The same at a place, with this many threads that scan.
pub fn database_in(bed: Bed, threads: usize) -> (Database, Bed) {
    let key = DatabaseKey::parse("abcdefghijkl").expect("the database works");
    let database = bed.database_with_scans(key, threads, AdvisorOptions::default(), 0).expect("the database works");
    let table = Table {
        id: TableId(1),
        name: "Companies".to_owned(),
        key: "companies".to_owned(),
        description: None,
        icon: None,
        shape: Shape::Plain,
        primary: field(NAME),
        fields: vec![
            new_field(NAME, Kind::Line(Default::default())),
            new_field(STATUS, Kind::Line(Default::default())),
            new_field(NOTE, Kind::LongText(Default::default())),
            new_field(REVENUE, Kind::Number(Default::default())),
        ]
        .into(),
        views: Vec::new(),
        next_field: FieldId(5),
        next_column: ColumnId(5),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    };
    database.write_blocking(move |w| tables::create(w, &table)).expect("the database works");
    (database, bed)
}

/// Makes a company.
pub fn create(database: &Database, id: u32, name: &str, note: &str, revenue: f64) {
    let cells = [
        StoredCell::Text(name.to_owned()),
        StoredCell::Text("open".to_owned()),
        StoredCell::Text(note.to_owned()),
        StoredCell::Real(revenue),
    ];
    database
        .write_blocking(move |w| {
            let catalog = w.catalog();
            let row = NewRow { id: RecordId(id), cells: &cells, valid: true, parent: None, rank: None };
            records::insert(w, catalog.layout(TableId(1))?, Stamp { at: 0, by: None }, &row)
        })
        .expect("the database works");
}

/// Changes a text of a company.
pub fn update(database: &Database, id: u32, column: ColumnId, text: Option<&str>) {
    let cell = text.map_or(StoredCell::Null, |text| StoredCell::Text(text.to_owned()));
    database
        .write_blocking(move |w| {
            let catalog = w.catalog();
            let layout = catalog.layout(TableId(1))?;
            records::update(w, layout, Stamp { at: 0, by: None }, RecordId(id), true, &[(column, cell.clone())])
        })
        .expect("the database works");
}

/// The numbers of the records that a query means.
pub fn ids(database: &Database, query: &Query) -> Vec<u32> {
    let mut found = Vec::new();
    database
        .read_blocking(|read| {
            let catalog = read.catalog.clone();
            print::select(read.tx, &catalog, query, &NoNames(Instant(0)), &mut |row| {
                found.push(row.id().0);
                Ok(GO_ON)
            })
        })
        .expect("the database works");
    found
}

pub fn filtered(filter: Filter) -> Query {
    Query { filter, ..Query::table(TableId(1)) }
}

pub fn is(column: ColumnId, value: Value) -> Filter {
    Filter::field(field(column), Predicate::Equals(value))
}

pub fn contains(column: ColumnId, needle: &str) -> Query {
    filtered(Filter::field(field(column), Predicate::Contains(needle.to_owned())))
}

pub fn sorted_by(column: ColumnId, direction: Direction, filter: Filter) -> Query {
    let by = Operand::Slot(Slot::plain(field(column)));
    Query {
        sort: vec![Sort { by, direction, order: TextOrder::Natural, ranks: None, bucket: None }],
        ..filtered(filter)
    }
}
