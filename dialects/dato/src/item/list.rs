//! The list of items: newest change first, of one table or of several (facts 2, "GET /items").
//!
//! One table is read as one query and streams. Several are merged by the core; their rows are then read in small groups,
//! each table's together, and put into the order of the list.

use super::ask::Ask;
use super::one::{sees_valid_only, world};
use super::places::Places;
use super::shape::{Shape, Shapes};
use super::write::ItemWriter;
use crate::cell::World;
use crate::field::shown;
use crate::item_type;
use crate::names;
use edge::json::Commas;
use edge::{Settings, Spill};
use engine::access::DatabaseInfo;
use engine::{GO_ON, View};
use model::filter::{Operand, Predicate, System, Test};
use model::query::{Direction, Page, Projection, Search, Sort, Source, TextOrder};
use model::{Ability, Filter, Query, RecordAddress, RecordId, Result, TableId, Value};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Bytes that an item takes, by guess.
const GUESS: usize = 600;
/// Items of several tables that are put into order at once.
const GROUP: usize = 50;

/// Writes the answer.
pub fn write(
    view: &mut View<'_>,
    shapes: &Shapes,
    site: &DatabaseInfo,
    ask: &Ask,
    settings: &Arc<Settings>,
) -> Result<Spill> {
    let mut out = Spill::new(settings, 64 + GUESS * ask.limit as usize);
    out.out().extend_from_slice(b"{\"data\":[");
    let lists = Lists { shapes, world: world(view, site) };
    let tables = tables(view, ask)?;
    let total = match (&ask.ids, tables.as_slice()) {
        (Some(ids), _) => lists.by_ids(view, ask, &tables, ids, &mut out)?,
        (None, [one]) => lists.one_table(view, ask, *one, &mut out)?,
        (None, several) => lists.several(view, ask, several, &mut out)?,
    };
    out.out().extend_from_slice(format!("],\"meta\":{{\"total_count\":{total}}}}}").as_bytes());
    Ok(out)
}

/// The tables asked for that the asker may read.
fn tables(view: &View<'_>, ask: &Ask) -> Result<Vec<TableId>> {
    let mut tables = Vec::new();
    match &ask.types {
        Some(types) => {
            for name in types {
                let table = names::find_item_type(view, name)?.id;
                view.require(Some(table), Ability::RecordRead)?;
                if !tables.contains(&table) {
                    tables.push(table);
                }
            }
        }
        None => {
            let listed = item_type::listed(view);
            let readable = |table: &TableId| view.require(Some(*table), Ability::RecordRead).is_ok();
            tables.extend(listed.iter().map(|table| table.id).filter(readable));
        }
    }
    Ok(tables)
}

struct Lists<'a> {
    shapes: &'a Shapes,
    world: World,
}

/// A record with what it is sorted by.
type Keyed = (u64, RecordAddress);

impl Lists<'_> {
    fn one_table(&self, view: &mut View<'_>, ask: &Ask, table: TableId, out: &mut Spill) -> Result<u64> {
        let shape = self.shapes.of(view, table)?;
        let places = Places::all(view, &shape.table)?;
        let query = Query {
            filter: filter(view, table),
            search: search(ask, &shape),
            sort: newest(),
            page: Page::Window { skip: ask.offset, take: ask.limit },
            projection: shape.projection.clone(),
            ..Query::table(table)
        };
        let writer = ItemWriter::new(&shape, &self.world, &places);
        let mut commas = Commas::default();
        if ask.limit > 0 {
            view.select(&query, &mut |row| {
                commas.next(out.out());
                writer.write(out.out(), row);
                out.checkpoint()?;
                Ok(GO_ON)
            })?;
        }
        view.count(&query)
    }

    fn several(&self, view: &mut View<'_>, ask: &Ask, tables: &[TableId], out: &mut Spill) -> Result<u64> {
        let Some(first) = tables.first() else { return Ok(0) };
        // A search is about the fields that this door shows and the asker sees, and validity about rights: both differ
        // from table to table.
        let same = tables.iter().all(|table| filter(view, *table) == filter(view, *first));
        if ask.query.is_some() || !same {
            let mut all = Vec::new();
            for table in tables {
                let shape = self.shapes.of(view, *table)?;
                let query = Query { search: search(ask, &shape), ..addresses(view, *table) };
                collect(view, &query, &mut all)?;
            }
            return self.page(view, ask, all, out);
        }
        let query = Query {
            source: Source::Tables(tables.to_vec()),
            sort: newest(),
            page: Page::Window { skip: ask.offset, take: ask.limit },
            ..addresses(view, *first)
        };
        let mut page = Vec::new();
        if ask.limit > 0 {
            collect(view, &query, &mut page)?;
        }
        self.in_order(view, page.into_iter().map(|(_, address)| address).collect(), out)?;
        view.count(&query)
    }

    fn by_ids(
        &self,
        view: &mut View<'_>,
        ask: &Ask,
        tables: &[TableId],
        ids: &[RecordAddress],
        out: &mut Spill,
    ) -> Result<u64> {
        let mut of: BTreeMap<TableId, Vec<RecordId>> = BTreeMap::new();
        for id in ids {
            of.entry(id.table).or_default().push(id.record);
        }
        let mut all = Vec::new();
        // Named ones are found where they are, unless the list is of other item types.
        of.retain(|table, _| if ask.types.is_some() { tables.contains(table) } else { is_readable(view, *table) });
        for (table, records) in of {
            let numbers = records.iter().map(|record| Value::Number(record.0.into())).collect();
            let is_asked = Test { operand: Operand::System(System::Id), predicate: Predicate::OneOf(numbers) };
            let shape = self.shapes.of(view, table)?;
            let mut query = Query { search: search(ask, &shape), ..addresses(view, table) };
            query.filter = query.filter.and(Filter::Test(is_asked));
            collect(view, &query, &mut all)?;
        }
        self.page(view, ask, all, out)
    }

    /// Writes a page of these records, and tells how many they are.
    fn page(&self, view: &mut View<'_>, ask: &Ask, mut all: Vec<Keyed>, out: &mut Spill) -> Result<u64> {
        all.sort_unstable_by(|(a, at), (b, bt)| b.cmp(a).then(bt.cmp(at)));
        let total = all.len() as u64;
        let page = all.into_iter().skip(ask.offset as usize).take(ask.limit as usize);
        self.in_order(view, page.map(|(_, address)| address).collect(), out)?;
        Ok(total)
    }

    /// Writes records of any tables in this order.
    fn in_order(&self, view: &mut View<'_>, page: Vec<RecordAddress>, out: &mut Spill) -> Result<()> {
        let mut kept: HashMap<TableId, (Arc<Shape>, Places)> = HashMap::new();
        let mut commas = Commas::default();
        for group in page.chunks(GROUP) {
            let mut of: BTreeMap<TableId, Vec<RecordId>> = BTreeMap::new();
            group.iter().for_each(|address| of.entry(address.table).or_default().push(address.record));
            let mut written: Vec<u8> = Vec::with_capacity(GUESS * group.len());
            let mut ranges: HashMap<RecordAddress, Range<usize>> = HashMap::new();
            for (table, records) in of {
                let (shape, places) = match kept.entry(table) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let shape = self.shapes.of(view, table)?;
                        let places = Places::all(view, &shape.table)?;
                        new.insert((shape, places))
                    }
                };
                let writer = ItemWriter::new(shape, &self.world, places);
                view.by_ids(table, &records, &shape.projection, &mut |row| {
                    let begin = written.len();
                    writer.write(&mut written, row);
                    ranges.insert(RecordAddress { table, record: row.id() }, begin..written.len());
                    Ok(GO_ON)
                })?;
            }
            for range in group.iter().filter_map(|address| ranges.get(address)) {
                commas.next(out.out());
                out.out().extend_from_slice(&written[range.clone()]);
            }
            out.checkpoint()?;
        }
        Ok(())
    }
}

fn is_readable(view: &View<'_>, table: TableId) -> bool {
    view.table(table).is_ok() && view.require(Some(table), Ability::RecordRead).is_ok()
}

/// All records of a table that the asker sees, without values.
fn addresses(view: &View<'_>, table: TableId) -> Query {
    Query { filter: filter(view, table), projection: Projection::Nothing, ..Query::table(table) }
}

fn collect(view: &mut View<'_>, query: &Query, found: &mut Vec<Keyed>) -> Result<()> {
    view.select(query, &mut |row| {
        found.push((row.seq(), RecordAddress { table: row.table(), record: row.id() }));
        Ok(GO_ON)
    })
}

/// Who only reads sees what is valid.
fn filter(view: &View<'_>, table: TableId) -> Filter {
    if sees_valid_only(view, table) {
        let operand = Operand::System(System::Valid);
        return Filter::Test(Test { operand, predicate: Predicate::Equals(Value::Bool(true)) });
    }
    Filter::all()
}

fn search(ask: &Ask, shape: &Shape) -> Option<Search> {
    let needle = ask.query.clone()?;
    let fields = shown::shown_fields(&shape.table).map(|field| field.id);
    Some(Search { needle, fields: fields.filter(|field| shape.column_of(*field).is_some()).collect() })
}

/// The last written first.
fn newest() -> Vec<Sort> {
    let by = |system| Sort {
        by: Operand::System(system),
        direction: Direction::Descending,
        order: TextOrder::default(),
        ranks: None,
        bucket: None,
    };
    vec![by(System::Seq), by(System::Id)]
}
