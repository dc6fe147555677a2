//! Tables of the outline shape share a physical table, and nothing that is asked of one can tell: the same functions are
//! run on one that shares, between two others, and on one that has a physical table of its own.

#[path = "outlines/support.rs"]
mod support;

use model::kind::boolean::Boolean;
use model::table::Shape;
use model::{Cell, ColumnId, Kind, NavId, NavItem, RecordId, StoredCell, Table, TableId};
use store::database::ground::Physical;
use store::database::tables::Left;
use store::database::{blocks, catalog, places, records, tables};
use store::index::{self, Definition};
use store::tx;
use support::*;

#[test]
fn what_is_asked_of_a_shared_table_is_answered_as_by_one_of_its_own() {
    let Bench { database, bed: _bed } = bench();
    [BEFORE, SHARED, AFTER, OWN].into_iter().for_each(|table| fill(&database, table));
    change(&database, BEFORE, 20);
    change(&database, SHARED, 40);
    change(&database, OWN, 40);
    assert_eq!(ground(&database, SHARED), Physical::Outlines);
    assert_eq!(ground(&database, OWN), Physical::Own);
    let (shared, own) = (everything(&database, SHARED), everything(&database, OWN));
    assert_eq!(shared, own);
    assert!(shared.records.len() > 50, "{}", shared.records.len());
    // Its neighbours in the physical table have what they had.
    assert_ne!(everything(&database, BEFORE), shared);
    assert_ne!(everything(&database, AFTER), shared);
}

#[test]
fn a_deleted_record_of_a_shared_table_comes_back_whole_and_alone() {
    let Bench { database, bed: _bed } = bench();
    [BEFORE, SHARED, AFTER].into_iter().for_each(|table| fill(&database, table));
    let (other, was) = (everything(&database, AFTER), everything(&database, SHARED));
    let definition = database.catalog().schema.table(SHARED).expect("the table").clone();
    let table = definition.clone();
    let captured = database.write_blocking(move |w| {
        let captured = records::capture(w, &table, RecordId(3))?.expect("the record");
        records::delete(w, &table, RecordId(3))?;
        Ok(captured)
    });
    assert_eq!(everything(&database, SHARED).records.len(), was.records.len() - 1);
    let captured = captured.expect("a deletion");
    database.write_blocking(move |w| records::restore(w, &definition, &captured)).expect("a restoration");
    assert_eq!(everything(&database, SHARED), was);
    assert_eq!(everything(&database, AFTER), other);
}

#[test]
fn a_table_that_gets_a_column_moves_out_with_all_it_has() {
    let Bench { database, bed } = bench();
    [BEFORE, SHARED, AFTER].into_iter().for_each(|table| fill(&database, table));
    change(&database, SHARED, 40);
    let was = everything(&database, SHARED);
    let others = (everything(&database, BEFORE), everything(&database, AFTER));
    let older = database.catalog();
    let mut table = Table::clone(database.catalog().schema.table(SHARED).expect("the table"));
    let extra = field(8, "Done", Kind::Boolean(Boolean::default()));
    database
        .write_blocking(move |w| {
            tables::add_columns(w, &table, &extra)?;
            table.fields.push(extra.clone());
            w.put_table(table.clone())
        })
        .expect("a column");
    assert_eq!(ground(&database, SHARED), Physical::Own);
    let cells = vec![(ColumnId(8), StoredCell::Integer(1))];
    database
        .write_blocking(move |w| {
            let layout = w.catalog().layout(SHARED)?.clone();
            records::update(w, &layout, STAMP, RecordId(3), true, &cells)
        })
        .expect("a cell of its own");
    assert_eq!(everything(&database, SHARED).places, was.places);
    assert_eq!(everything(&database, SHARED).pages.len(), was.pages.len());
    assert_eq!((everything(&database, BEFORE), everything(&database, AFTER)), others);
    // Who began with the older catalog reads what was.
    let read = database.read_blocking(|read| {
        let mut old = store::database::ReadTx { tx: &mut *read.tx, catalog: older, is_brief: false };
        places::all_records(&mut old, SHARED)
    });
    assert_eq!(read.expect("records").len(), was.records.len());
    drop(database);
    let database = open(&bed);
    assert_eq!(ground(&database, SHARED), Physical::Own);
    assert_eq!(everything(&database, SHARED).places, was.places);
    database.write_blocking(|w| tables::sweep(w.tx, Left::Ever)).expect("a sweep");
    let left = database.read_blocking(|read| {
        let sql = "SELECT count(*) FROM outlines WHERE t = 2";
        tx::first(read.tx, sql, &[], |row| Ok(row.cell(0).integer()))
    });
    assert_eq!(left, Ok(Some(Some(0))), "what it left behind is gone");
    assert_eq!(everything(&database, SHARED).places, was.places);
    assert_eq!((everything(&database, BEFORE), everything(&database, AFTER)), others);
}

#[test]
fn an_index_or_another_shape_makes_a_table_move_out() {
    let Bench { database, bed: _bed } = bench();
    [SHARED, AFTER].into_iter().for_each(|table| fill(&database, table));
    let was = [everything(&database, SHARED), everything(&database, AFTER)];
    database.write_blocking(|w| index::ensure(w, &Definition::required(SHARED, ColumnId(1)))).expect("an index");
    let mut table = Table::clone(database.catalog().schema.table(AFTER).expect("the table"));
    table.shape = Shape::Ordered;
    database.write_blocking(move |w| w.put_table(table.clone())).expect("another shape");
    assert_eq!([SHARED, AFTER].map(|table| ground(&database, table)), [Physical::Own; 2]);
    assert_eq!([everything(&database, SHARED), everything(&database, AFTER)], was);
}

#[test]
fn names_settings_and_deletion_leave_a_table_where_it_is() {
    let Bench { database, bed: _bed } = bench();
    fill(&database, SHARED);
    let mut table = Table::clone(database.catalog().schema.table(SHARED).expect("the table"));
    table.name = "Another name".to_owned();
    table.fields[0].name = "Text".to_owned();
    table.fields[6].deleted_at = Some(1);
    database.write_blocking(move |w| w.put_table(table.clone())).expect("a definition");
    assert_eq!(ground(&database, SHARED), Physical::Outlines);
    let mut table = Table::clone(database.catalog().schema.table(SHARED).expect("the table"));
    table.deleted_at = Some(1);
    database.write_blocking(move |w| w.put_table(table.clone())).expect("a deletion");
    assert_eq!(ground(&database, SHARED), Physical::Outlines);
    assert_eq!(database.read_blocking(|read| blocks::count(read.tx, SHARED)), Ok(60), "until the trash expires");
}

#[test]
fn a_catalog_that_is_brought_up_to_date_is_the_one_that_is_read_anew() {
    let Bench { database, bed: _bed } = bench();
    let item = |id: u32, rank: &str| NavItem {
        id: NavId(id),
        parent: None,
        rank: rank.to_owned(),
        label: None,
        table: Some(SHARED),
        bag: model::Bag::new(),
    };
    let (first, second) = (item(1, "a"), item(2, "b"));
    database
        .write_blocking(move |w| {
            w.put_nav(first.clone())?;
            w.put_nav(second.clone())
        })
        .expect("items");
    let known = database.catalog();
    let third = item(3, "c");
    database
        .write_blocking(move |w| {
            w.delete_nav(NavId(1))?;
            w.put_nav(third.clone())?;
            tables::create(w, &outline(9))?;
            tables::move_out(w, SHARED)
        })
        .expect("changes");
    let (newer, anew) = database
        .read_blocking(|read| Ok((catalog::refresh(read.tx, &known)?, catalog::load(read.tx)?)))
        .expect("catalogs");
    assert_eq!(newer.schema, anew.schema);
    assert_eq!(newer.schema, database.catalog().schema);
    assert_eq!(newer.schema.nav.keys().collect::<Vec<_>>(), [&NavId(2), &NavId(3)]);
    for table in [BEFORE, SHARED, OWN, TableId(9)] {
        assert_eq!(newer.ground(table), anew.ground(table));
    }
    assert_eq!(newer.ground(SHARED).map(|ground| ground.physical), Ok(Physical::Own));
}

#[test]
fn more_outlines_make_no_more_physical_tables() {
    let Bench { database, bed: _bed } = bench();
    let physical = || {
        let sql = match testbed::on_postgres() {
            true => "SELECT count(*) FROM pg_catalog.pg_class WHERE relnamespace = current_schema()::regnamespace",
            false => "SELECT count(*) FROM sqlite_schema",
        };
        database.read_blocking(|read| tx::first(read.tx, sql, &[], |row| Ok(row.cell(0).integer()))).expect("a count")
    };
    let before = physical();
    database.write_blocking(|w| (10..300).try_for_each(|id| tables::create(w, &outline(id)))).expect("outlines");
    assert_eq!(physical(), before);
    assert_eq!(database.catalog().schema.live_tables().count(), 294);
    fill(&database, TableId(200));
    assert_eq!(everything(&database, TableId(200)).records.len(), 60);
}

#[test]
fn values_in_a_shared_table_are_bound() {
    let Bench { database, bed: _bed } = bench();
    for text in ["'; DROP TABLE outlines; --", "?1", "%_", "größe"] {
        let id = insert(&database, SHARED, text, 0, "a");
        let found = database.read_blocking(|read| {
            let sql = "SELECT count(*) FROM outlines WHERE t = 2 AND id = ?1 AND f1 = ?2";
            let params = [Cell::Integer(id.0.into()), Cell::Text(text)];
            tx::first(read.tx, sql, &params, |row| Ok(row.cell(0).integer()))
        });
        assert_eq!(found, Ok(Some(Some(1))), "{text}");
    }
}
