//! A host in memory, for tests: the records lie in maps, [`model::evaluate`] answers every question about them, and
//! `change` carries out what scripts do to records. It is written to be seen right, not to be fast.
//!
//! Start with [`MemoryHost::sample`], a small database with fields of every kind, or [`table`] for one of your own.

mod change;
mod sample;
mod scripts;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod values;
mod world;

pub use sample::{CUSTOMERS, INVOICES, ITEMS, table};
pub use scripts::random_script;
#[cfg(test)]
pub use values::any_value;
pub use world::{Dice, random_world};

use crate::host::{File, Host, Person};
use model::evaluate::{self, Row, World};
use model::filter::Operand;
use model::kind::Names;
use model::query::{Page, Projection, Query, Summary};
use model::time::Instant;
use model::{Change, RecordAddress, RecordId, Result, Schema, TableId, UserId, Value};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A database in memory.
pub struct MemoryHost {
    pub memory: Memory,
    /// Whether [`Host::change`] is refused.
    pub read_only: ReadOnly,
    pub user: Option<UserId>,
    pub people: Vec<Person>,
    pub files: BTreeMap<RecordAddress, Vec<File>>,
    /// Where chance stands; it takes the same course in every run.
    seed: u64,
}

/// Whether a host refuses writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadOnly {
    Yes,
    No,
}

/// The records, and the moment.
#[derive(Clone)]
pub struct Memory {
    pub schema: Arc<Schema>,
    pub rows: BTreeMap<TableId, BTreeMap<RecordId, Row>>,
    /// The lowest numbers of records not yet given.
    pub next: BTreeMap<TableId, u32>,
    pub now: Instant,
    /// The sequence of the last change.
    pub seq: u64,
}

impl World for Memory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn rows(&self, table: TableId) -> Vec<&Row> {
        self.rows.get(&table).into_iter().flat_map(BTreeMap::values).collect()
    }

    fn row(&self, address: RecordAddress) -> Option<&Row> {
        self.rows.get(&address.table)?.get(&address.record)
    }

    fn now(&self) -> Instant {
        self.now
    }
}

impl MemoryHost {
    /// A database without records, at noon of 15 March 2024, a Friday.
    pub fn new(schema: Schema) -> MemoryHost {
        let now = Instant::parse("2024-03-15T12:00:00Z").expect("this is how an instant is written");
        let (rows, next) = (BTreeMap::new(), BTreeMap::new());
        MemoryHost {
            memory: Memory { schema: Arc::new(schema), rows, next, now, seq: 0 },
            read_only: ReadOnly::No,
            user: None,
            people: Vec::new(),
            files: BTreeMap::new(),
            seed: 0x9e37_79b9_7f4a_7c15,
        }
    }
}

/// Names of people and titles of records, for orders and searches.
struct Known<'a> {
    memory: &'a Memory,
    people: &'a [Person],
}

impl Names for Known<'_> {
    fn now(&self) -> Instant {
        self.memory.now
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.people.iter().find(|p| p.name == text || p.email.as_deref() == Some(text)).map(|p| p.id)
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.people.iter().find(|p| p.id == user).map(|p| p.name.clone())
    }

    fn find_record(&self, tables: &[TableId], title: &str) -> Option<RecordAddress> {
        let rows = tables.iter().flat_map(|table| self.memory.rows(*table));
        let mut addresses = rows.map(Row::address);
        addresses.find(|address| self.record_title(*address).as_deref() == Some(title))
    }

    fn record_title(&self, record: RecordAddress) -> Option<String> {
        evaluate::title_of(self.memory, record, &model::kind::NoNames(self.memory.now))
    }
}

impl Host for MemoryHost {
    fn schema(&self) -> &Arc<Schema> {
        &self.memory.schema
    }

    fn now(&self) -> Instant {
        self.memory.now
    }

    fn random(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn cells(&mut self, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>> {
        let Some(row) = self.memory.row(record) else { return Ok(None) };
        Ok(Some(operands.iter().map(|operand| evaluate::value_of(&self.memory, row, operand)).collect()))
    }

    fn select(
        &mut self,
        query: &Query,
        each: &mut dyn FnMut(RecordId, &mut dyn FnMut(usize) -> Value) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let memory = &self.memory;
        let names = Known { memory, people: &self.people };
        let operands: &[Operand] = match &query.projection {
            Projection::Nothing => &[],
            Projection::These(operands) => operands,
        };
        for row in evaluate::select(memory, query, &names)? {
            let mut value =
                |i: usize| operands.get(i).map(|operand| evaluate::value_of(memory, row, operand)).unwrap_or_default();
            if each(row.id, &mut value)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn count(&mut self, query: &Query) -> Result<u64> {
        let query = Query { page: Page::All, projection: Projection::Nothing, ..query.clone() };
        let names = Known { memory: &self.memory, people: &self.people };
        Ok(evaluate::select(&self.memory, &query, &names)?.len() as u64)
    }

    fn summarize(&mut self, summary: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
        evaluate::summarize(&self.memory, summary)
    }

    fn change(&mut self, change: Change) -> Result<Vec<RecordId>> {
        match self.read_only {
            ReadOnly::Yes => Err(crate::host::read_only(&change)),
            ReadOnly::No => self.memory.change(change, self.user),
        }
    }

    fn user(&self) -> Option<UserId> {
        self.user
    }

    fn people(&mut self) -> Result<Vec<Person>> {
        Ok(self.people.clone())
    }

    fn files(&mut self, record: RecordAddress) -> Result<Vec<File>> {
        Ok(self.files.get(&record).cloned().unwrap_or_default())
    }

    fn place(&self) -> (String, String) {
        ("abcdefghij12".to_owned(), "mAnyTonGue0000001".to_owned())
    }
}
