//! A write while it runs: the transaction, the catalog as this write sees it, and the counters it moves.

use super::blocks;
use super::catalog::{Catalog, SHARED, to_stored};
use super::ground::{Ground, Grounds, Physical};
use super::orders::Orders;
use super::tables;
use crate::index;
use crate::tx::{self, Tx};
use model::schema::Settings;
use model::{Cell, Error, NavId, NavItem, RecordId, Result, Seq, Table, TableId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

const NEXT_RECORD: &str = "SELECT next_record FROM tables WHERE id = ?1";
const PUT_STATE: &str = "UPDATE state SET seq = ?1 WHERE one = 1";
const PUT_SCHEMA_VERSION: &str = "UPDATE state SET schema_version = ?1 WHERE one = 1";
const PUT_COUNTERS: &str = "UPDATE tables SET version = version + ?2, \
                            next_record = CASE WHEN next_record < ?3 THEN ?3 ELSE next_record END WHERE id = ?1";
const PUT_TABLE: &str = "INSERT INTO tables (id, definition, changed, lies) VALUES (?1, ?2, ?3, ?4) \
                         ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, changed = excluded.changed";
const PUT_NAV: &str = "INSERT INTO nav (id, definition, changed) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, changed = excluded.changed";
const MOVED_OUT: &str = "UPDATE tables SET lies = ?2, changed = ?3 WHERE id = ?1";
const PUT_SETTINGS: &str = "INSERT INTO meta (key, value) VALUES ('settings', ?1) \
                            ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const TABLE_VERSION: &str = "SELECT version FROM tables WHERE id = ?1";

/// Numbers that the writer keeps in memory and writes once for each group of jobs.
pub struct Counters {
    seq: Seq,
    next_record: HashMap<TableId, u32>,
    /// Not yet written: writes per table, and records per block.
    versions: BTreeMap<TableId, i64>,
    blocks: BTreeMap<(TableId, u32), i64>,
    dirty_records: BTreeSet<TableId>,
    written_seq: Seq,
    orders: Orders,
}

/// What one job moved; merged into the counters when the job stands.
#[derive(Default)]
pub struct Pending {
    /// The key of its row in the log, if it has one.
    logged: Option<[u8; 16]>,
    next_record: BTreeMap<TableId, u32>,
    touched: BTreeSet<TableId>,
    blocks: BTreeMap<(TableId, u32), i64>,
}

impl Pending {
    /// The key of the write's row in the log, if it has one.
    pub fn key(&self) -> Option<[u8; 16]> {
        self.logged
    }
}

impl Counters {
    pub fn new(seq: Seq) -> Counters {
        Counters {
            seq,
            next_record: HashMap::new(),
            versions: BTreeMap::new(),
            blocks: BTreeMap::new(),
            dirty_records: BTreeSet::new(),
            written_seq: seq,
            orders: Orders::default(),
        }
    }

    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Takes over what a job moved.
    pub fn take(&mut self, pending: Pending) {
        self.orders.settle();
        if pending.logged.is_some() {
            self.seq = Seq(self.seq.0 + 1);
        }
        for (table, next) in pending.next_record {
            self.next_record.insert(table, next);
            self.dirty_records.insert(table);
        }
        for table in pending.touched {
            *self.versions.entry(table).or_default() += 1;
        }
        for (block, n) in pending.blocks {
            *self.blocks.entry(block).or_default() += n;
        }
    }

    /// Notes that the sequence was written.
    pub fn wrote_seq(&mut self) {
        self.written_seq = self.seq;
    }

    /// Writes what the group moved.
    pub fn flush(&mut self, tx: &mut dyn Tx, schema_version: Option<u64>) -> Result<()> {
        if self.seq != self.written_seq {
            tx.put_apart(PUT_STATE, &[Cell::Integer(self.seq.0 as i64)])?;
            self.written_seq = self.seq;
        }
        if let Some(version) = schema_version {
            tx.put(PUT_SCHEMA_VERSION, &[Cell::Integer(version as i64)])?;
        }
        for table in std::mem::take(&mut self.dirty_records) {
            self.versions.entry(table).or_default();
        }
        for (table, writes) in std::mem::take(&mut self.versions) {
            let next = self.next_record.get(&table).copied().unwrap_or(0);
            let params = [Cell::Integer(table.0.into()), Cell::Integer(writes), Cell::Integer(next.into())];
            tx.put_apart(PUT_COUNTERS, &params)?;
        }
        for ((table, block), n) in std::mem::take(&mut self.blocks) {
            if n != 0 {
                blocks::add(tx, table, block, n)?;
            }
        }
        Ok(())
    }
}

/// A write while it runs.
pub struct WriteTx<'a> {
    pub tx: &'a mut dyn Tx,
    catalog: Arc<Catalog>,
    counters: &'a mut Counters,
    pending: Pending,
}

impl Grounds for WriteTx<'_> {
    fn at(&mut self, table: TableId) -> Result<(&mut dyn Tx, Ground)> {
        let ground = self.catalog.ground(table)?;
        Ok((&mut *self.tx, ground))
    }
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(tx: &'a mut dyn Tx, catalog: Arc<Catalog>, counters: &'a mut Counters) -> WriteTx<'a> {
        counters.orders.begin();
        WriteTx { tx, catalog, counters, pending: Pending::default() }
    }

    pub(crate) fn finish(self) -> (Arc<Catalog>, Pending) {
        (self.catalog, self.pending)
    }

    /// The catalog with this write's own changes.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.clone()
    }

    /// The sequence that this write takes if it changes anything.
    pub fn seq(&self) -> Seq {
        Seq(self.counters.seq.0 + 1)
    }

    /// Notes that this write has its row in the log: it takes its sequence.
    pub(super) fn took_seq(&mut self, key: [u8; 16]) {
        self.pending.logged = Some(key);
    }

    /// Notes that records or the definition of a table changed.
    pub fn touch(&mut self, table: TableId) {
        self.pending.touched.insert(table);
    }

    /// What is known of the orders of children. Whoever changes places by the functions of [`super::records`] need not
    /// think of them.
    pub fn orders(&mut self) -> &mut Orders {
        &mut self.counters.orders
    }

    /// How many more records a table has than its stored counts say: the counts are written once for each group.
    pub fn uncounted(&self, table: TableId) -> i64 {
        let of = |blocks: &BTreeMap<(TableId, u32), i64>| -> i64 {
            blocks.iter().filter(|((of, _), _)| *of == table).map(|(_, n)| *n).sum()
        };
        of(&self.counters.blocks) + of(&self.pending.blocks)
    }

    pub(super) fn count(&mut self, table: TableId, record: RecordId, n: i64) {
        *self.pending.blocks.entry((table, blocks::block_of(record))).or_default() += n;
    }

    /// Reserves `n` record numbers in a row; the first of them.
    pub fn reserve(&mut self, table: TableId, n: u32) -> Result<RecordId> {
        let next = self.next_record(table)?;
        let after = next.checked_add(n).ok_or_else(|| Error::Conflict("the table is full".to_owned()))?;
        self.pending.next_record.insert(table, after);
        Ok(RecordId(next))
    }

    /// Makes sure that numbers up to this one are never given again.
    pub fn reserve_up_to(&mut self, table: TableId, record: RecordId) -> Result<()> {
        let next = self.next_record(table)?;
        if record.0 >= next {
            let after = record.0.checked_add(1).ok_or_else(|| Error::Conflict("the table is full".to_owned()))?;
            self.pending.next_record.insert(table, after);
        }
        Ok(())
    }

    fn next_record(&mut self, table: TableId) -> Result<u32> {
        if let Some(next) = self.pending.next_record.get(&table).or_else(|| self.counters.next_record.get(&table)) {
            return Ok(*next);
        }
        let stored = tx::first(self.tx, NEXT_RECORD, &[Cell::Integer(table.0.into())], |row| {
            Ok(row.cell(0).integer().unwrap_or(1))
        })?;
        let next = u32::try_from(stored.unwrap_or(1)).unwrap_or(u32::MAX);
        self.counters.next_record.insert(table, next);
        Ok(next)
    }

    /// Stores a table's definition and takes it into the catalog. A table that has become more than what the shared
    /// physical table holds moves out of it.
    pub fn put_table(&mut self, table: Table) -> Result<()> {
        let mut physical = match self.catalog.ground(table.id) {
            Ok(ground) => ground.physical,
            Err(_) => Physical::fit(&table),
        };
        if physical == Physical::Outlines && Physical::fit(&table) == Physical::Own {
            tables::move_out(self, table.id)?;
            physical = Physical::Own;
        }
        let lies = if physical == Physical::Outlines { SHARED } else { 0 };
        let definition = to_stored(&table)?;
        let id = Cell::Integer(table.id.0.into());
        self.tx.execute(PUT_TABLE, &[id, Cell::Text(&definition), self.coming_version(), Cell::Integer(lies)])?;
        self.touch(table.id);
        self.change_catalog(|catalog| catalog.put_table(table, physical));
        Ok(())
    }

    /// Notes that a table has a physical table of its own now, since an instant.
    pub(super) fn moved_out(&mut self, table: TableId, at: i64) -> Result<()> {
        let version = self.coming_version();
        self.tx.execute(MOVED_OUT, &[Cell::Integer(table.0.into()), Cell::Integer(at), version])?;
        let definition = self.catalog.schema.tables.get(&table).cloned();
        self.change_catalog(|catalog| {
            definition.into_iter().for_each(|table| catalog.put_table(table, Physical::Own));
        });
        Ok(())
    }

    /// Where the rows of a table lie.
    pub fn ground(&self, table: TableId) -> Result<Ground> {
        self.catalog.ground(table)
    }

    /// Stores an item of the navigation tree.
    pub fn put_nav(&mut self, item: NavItem) -> Result<()> {
        let definition = to_stored(&item)?;
        let id = Cell::Integer(item.id.0.into());
        self.tx.execute(PUT_NAV, &[id, Cell::Text(&definition), self.coming_version()])?;
        self.change_catalog(|catalog| drop(Arc::make_mut(&mut catalog.schema).nav.insert(item.id, item)));
        Ok(())
    }

    /// Takes an item out of the navigation tree.
    pub fn delete_nav(&mut self, item: NavId) -> Result<()> {
        let version = self.coming_version();
        self.tx.execute(PUT_NAV, &[Cell::Integer(item.0.into()), Cell::Text(""), version])?;
        self.change_catalog(|catalog| drop(Arc::make_mut(&mut catalog.schema).nav.remove(&item)));
        Ok(())
    }

    /// Stores the settings of the database.
    pub fn put_settings(&mut self, settings: Settings) -> Result<()> {
        let definition = to_stored(&settings)?;
        self.tx.execute(PUT_SETTINGS, &[Cell::Text(&definition)])?;
        self.change_catalog(|catalog| Arc::make_mut(&mut catalog.schema).settings = settings);
        Ok(())
    }

    /// Takes the indexes that stand now into the catalog.
    pub fn indexes_changed(&mut self) -> Result<()> {
        let indexes = Arc::new(index::list(self.tx)?);
        self.change_catalog(|catalog| catalog.indexes = indexes);
        Ok(())
    }

    /// How many writes changed a table, this one not counted.
    pub fn table_version(&mut self, table: TableId) -> Result<u64> {
        let stored = tx::first(self.tx, TABLE_VERSION, &[Cell::Integer(table.0.into())], |row| {
            Ok(row.cell(0).integer().unwrap_or(0))
        })?;
        let waiting = self.counters.versions.get(&table).copied().unwrap_or(0);
        Ok((stored.unwrap_or(0) + waiting).max(0) as u64)
    }

    /// The version of the schema that the next change of it makes.
    fn coming_version(&self) -> Cell<'static> {
        Cell::Integer(i64::try_from(self.catalog.schema.version + 1).unwrap_or(i64::MAX))
    }

    fn change_catalog(&mut self, change: impl FnOnce(&mut Catalog)) {
        let catalog = Arc::make_mut(&mut self.catalog);
        change(catalog);
        Arc::make_mut(&mut catalog.schema).version += 1;
    }
}
